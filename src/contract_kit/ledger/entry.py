"""Parse one mapping of a YAML file key by key; a missing key or wrong type raises `FileError`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn

from contract_kit.errors import FileError
from contract_kit.ledger.facets import Value, flatten
from contract_kit.yaml_file import YamlFile, escape


@dataclass(frozen=True)
class Entry:
    """The mapping at ``pointer`` in ``file``; ``within`` names the enclosing entry, if any."""

    file: YamlFile
    pointer: str
    data: Mapping[str, Any]
    within: str = ""

    @property
    def line(self) -> int:
        """The line on which the mapping begins."""
        return self.file.line(self.pointer) or 1

    @property
    def name(self) -> str:
        """Its name for messages: the id, or else its pointer."""
        return self.within or str(self.data.get("id") or self.pointer or "the file")

    def fail(self, key: str, problem: str) -> NoReturn:
        """Raise `FileError` at ``key``."""
        line = self.file.line(f"{self.pointer}/{escape(key)}" if key else self.pointer)
        raise FileError(self.file.path, f"{self.name}: {problem}", line)

    def only(self, *allowed: str) -> Entry:
        """Return itself; raise `FileError` if it has a key that is not ``allowed``."""
        for key in self.data:
            if key not in allowed:
                self.fail(key, f"unknown key {key!r} (allowed: {', '.join(allowed)})")
        return self

    def get(self, key: str, kind: type | tuple[type, ...], wanted: str) -> Any:
        """Return the value at ``key``, which must exist and be of ``kind``; ``wanted`` names the kind in messages."""
        if key not in self.data:
            self.fail("", f"has no {key!r}, which must be {wanted}")
        value = self.data[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            self.fail(key, f"{key!r} is {value!r}, not {wanted}")
        return value

    def text(self, key: str) -> str:
        """Return the text at ``key``, which must not be empty."""
        text = str(self.get(key, str, "a text")).strip()
        return text or self.fail(key, f"{key!r} is empty")

    def optional_text(self, key: str) -> str | None:
        """Return the text at ``key``, or None if the key is missing."""
        return self.text(key) if key in self.data else None

    def texts(self, key: str) -> tuple[str, ...]:
        """Return the list of texts at ``key``; empty if the key is missing."""
        values = self.get(key, list, "a list of texts") if key in self.data else []
        for index, value in enumerate(values):
            if not isinstance(value, str):
                self.fail(f"{key}/{index}", f"{key!r} holds {value!r}, not a text: put it in quotation marks")
        return tuple(values)

    def facets(self, key: str) -> dict[str, Value]:
        """Return the mapping at ``key`` as flat facets."""
        for facet, value in self.entry(key).data.items():
            inner = value.values() if isinstance(value, dict) else [value]
            for item in (scalar for each in inner for scalar in (each if isinstance(each, list) else [each])):
                if not isinstance(item, str | int | bool | None):
                    self.fail(
                        f"{key}/{facet}", f"{facet!r} holds {item!r}, not a text, an integer, true, false or null"
                    )
        return flatten(self.data[key])

    def entry(self, key: str) -> Entry:
        """Return the mapping at ``key`` as an entry."""
        data = self.get(key, dict, "a mapping")
        named = {str(name): value for name, value in data.items()}
        return Entry(self.file, f"{self.pointer}/{escape(key)}", named, self.name)

    def entries(self, key: str) -> Iterator[Entry]:
        """Yield the mappings of the list at ``key``; none if the key is missing."""
        values = self.get(key, list, "a list of mappings") if key in self.data else []
        return _mappings(self.file, f"{self.pointer}/{escape(key)}", values)


def entries(file: YamlFile) -> Iterator[Entry]:
    """Yield the mappings of a file that is a list."""
    if not isinstance(file.data, list):
        raise FileError(file.path, "is not a list of entries, each beginning with '- id: …'", 1)
    return _mappings(file, "", file.data)


def whole(file: YamlFile) -> Entry:
    """Return a file that is a single mapping as an entry."""
    if not isinstance(file.data, dict):
        raise FileError(file.path, "is not a mapping", 1)
    return Entry(file, "", file.data)


def _mappings(file: YamlFile, pointer: str, values: list[Any]) -> Iterator[Entry]:
    for index, value in enumerate(values):
        if not isinstance(value, dict):
            raise FileError(file.path, f"{value!r} is not a mapping", file.line(f"{pointer}/{index}"))
        yield Entry(file, f"{pointer}/{index}", value)
