"""What is written the same in both documents, with all that it refers to: it need not be compared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from contract_kit.diff.contract import DocumentedOperation, Schema, Written
from contract_kit.diff.reading import Reader
from contract_kit.diff.source import Place
from contract_kit.errors import FileError

_Key = tuple[str, str]


class Sameness:
    """Tells what is written the same.

    Args:
        old: The reader of the old document.
        new: That of the new one.
    """

    def __init__(self, old: Reader, new: Reader) -> None:
        self._old = old
        self._new = new
        # OpenAPI 3.0 and 3.1 mean other things by the same words.
        self._is_possible = old.version[:3] == new.version[:3]
        self._references: dict[int, tuple[Any, list[str]]] = {}
        self._differs: dict[_Key, bool] = {}
        data = old.source.root.data, new.source.root.data
        self._has_same_top = all(data[0].get(key) == data[1].get(key) for key in ("servers", "security")) and _schemes(
            data[0]
        ) == _schemes(data[1])

    def of_written(self, old: tuple[Written, ...], new: tuple[Written, ...]) -> bool:
        """Whether schemas that are not read yet, and all that they refer to, are written the same."""
        if not self._is_possible or len(old) != len(new):
            return False
        return all(self._of(a.raw, a.place, b.raw, b.place) for a, b in zip(old, new, strict=True))

    def of_schemas(self, old: Schema, new: Schema) -> bool:
        """Whether two schemas, and all that they refer to, are written the same."""
        if not self._is_possible or len(old.parts) != len(new.parts):
            return False
        pairs = zip(old.parts, new.parts, strict=True)
        return all(self._of(a.raw, a.place, b.raw, b.place) for a, b in pairs)

    def of_operations(self, old: DocumentedOperation, new: DocumentedOperation) -> bool:
        """Whether two operations, with their path's parameters, are written the same."""
        if not self._is_possible or not self._has_same_top:
            return False
        nodes = []
        for operation, reader in ((old, self._old), (new, self._new)):
            above, _, method = operation.place.pointer.rpartition("/")
            item, at = reader.source.target(f"#{above}", operation.place) if above else (None, operation.place)
            if not isinstance(item, dict) or method not in item or operation.name.count(":"):
                return False
            shared = {key: value for key, value in item.items() if key in {"parameters", "servers"}}
            nodes.append(({"operation": item[method], **shared, "name": operation.name}, at))
        (first, at), (second, there) = nodes
        return self._of(first, at, second, there)

    def _of(self, old: Any, old_place: Place, new: Any, new_place: Place) -> bool:
        if old != new or not self._is_same_file(old_place, new_place):
            return False
        return not any(self._has_other(each, old_place, new_place) for each in self._referred(old))

    def _is_same_file(self, old: Place, new: Place) -> bool:
        """Whether what is referred to from both places is the same: the documents themselves may have any names."""
        roots = old.file is self._old.source.root, new.file is self._new.source.root
        return all(roots) or (not any(roots) and old.file.name == new.file.name)

    def _has_other(self, reference: str, old_place: Place, new_place: Place) -> bool:
        """Whether what a reference leads to, or anything that this refers to, is written otherwise."""
        start = self._resolved(reference, old_place, new_place)
        if start is None:
            return True
        key, old, new = start
        if key in self._differs:
            return self._differs[key]
        # First all that is reached from here, then backwards from what differs.
        above: dict[_Key, list[_Key]] = {key: []}
        other: list[_Key] = []
        row = [(key, old, new)]
        while row:
            key, (raw, place), (new_raw, there) = row.pop()
            if raw != new_raw:
                other.append(key)
                continue
            for each in self._referred(raw):
                found = self._resolved(each, place, there)
                if found is None or self._differs.get(found[0]):
                    other.append(key)
                elif found[0] not in self._differs:
                    if found[0] not in above:
                        above[found[0]] = []
                        row.append(found)
                    above[found[0]].append(key)
        self._differs.update(dict.fromkeys(above, False))
        while other:
            key = other.pop()
            self._differs[key] = True
            other += [each for each in above[key] if not self._differs[each]]
        return self._differs[start[0]]

    def _resolved(
        self, reference: str, old_place: Place, new_place: Place
    ) -> tuple[_Key, tuple[Any, Place], tuple[Any, Place]] | None:
        try:
            old, new = self._old.source.target(reference, old_place), self._new.source.target(reference, new_place)
        except FileError:
            return None  # Perhaps it is no reference, but an example of one.
        if not self._is_same_file(old[1], new[1]):
            return None
        return (old[1].file.name, old[1].pointer), old, new

    def _referred(self, raw: Any) -> list[str]:
        """All references in a node."""
        known = self._references.get(id(raw))
        if known is None:
            known = self._references[id(raw)] = raw, list(dict.fromkeys(_references(raw)))
        return known[1]


def _references(raw: Any) -> Iterator[str]:
    row = [raw]
    while row:
        node = row.pop()
        values: Iterable[Any] = ()
        if isinstance(node, dict):
            values = node.values()
            if isinstance(node.get("$ref"), str):
                yield node["$ref"]
        elif isinstance(node, list):
            values = node
        row += [each for each in values if isinstance(each, (dict, list))]


def _schemes(data: Any) -> Any:
    components = data.get("components")
    return components.get("securitySchemes") if isinstance(components, dict) else None
