"""The places of a body as its schema has them: what may stand there, prepared once and looked up by the million."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_kit.document import Document, Node

_CURRENT = "current"


@dataclass(frozen=True)
class Notice:
    """An enum value of a body that the document has, but not as a current one.

    Attributes:
        place: ``/rooms/*/media_region``.
        value: ``outside``.
        status: ``withdrawn`` or ``internal``.
        basis: What that rests on: the pointer of a decision.
    """

    place: str
    value: str
    status: str
    basis: str


class Place:
    """A place in a body, all alternatives of its schema together; what is below it is made when it is asked for.

    Args:
        document: Resolves references.
        schemas: What may stand there.
        name: ``/rooms/*/media_region``; ``""`` for the body itself.
        basis: Of the place above.

    Attributes:
        name: As given.
        has_enum: Whether an alternative is an enum.
        is_instant: Whether an alternative is a date-time.
        is_address: Whether an alternative is text without a format whose examples are all addresses.
    """

    def __init__(self, document: Document, schemas: Sequence[Node], name: str = "", basis: str = "") -> None:
        self._document = document
        self._branches = [branch for schema in schemas for branch in _branches(document, schema, basis)]
        self.name = name
        self.has_enum = any("enum" in branch for branch, _ in self._branches)
        self.is_instant = any(branch.get("format") == "date-time" for branch, _ in self._branches)
        self.is_address = any(
            "format" not in branch and _are_addresses(branch.get("examples")) for branch, _ in self._branches
        )
        self._statuses: Mapping[str, tuple[str, str]] = {
            str(value): (str(status), basis)
            for branch, basis in reversed(self._branches)
            for value, status in branch.get("x-enum-status", {}).items()
            if status != _CURRENT
        }

    @cached_property
    def properties(self) -> Mapping[str, Place]:
        """The places of the keys."""
        below: dict[str, tuple[list[Node], str]] = {}
        for branch, basis in self._branches:
            for name, schema in branch.get("properties", {}).items():
                below.setdefault(str(name), ([], basis))[0].append(schema)
        return {
            name: Place(self._document, schemas, f"{self.name}/{name}", basis)
            for name, (schemas, basis) in below.items()
        }

    @cached_property
    def items(self) -> Place | None:
        """The place of the rows, or None where no alternative says what these are."""
        found = [(branch["items"], basis) for branch, basis in self._branches if "items" in branch]
        if not found:
            return None
        return Place(self._document, [schema for schema, _ in found], f"{self.name}/*", found[0][1])

    @cached_property
    def may_notice(self) -> bool:
        """Whether some value at or below this place gives a notice; True also where a schema holds itself."""
        self.__dict__["may_notice"] = True  # while this is found out
        below = [*self.properties.values(), *([self.items] if self.items is not None else [])]
        return bool(self._statuses) or any(place.may_notice for place in below)

    def notices(self, value: Any) -> Iterator[Notice]:
        """The values at and below this place that are not current."""
        if not self.may_notice:
            return
        if isinstance(value, str):
            if value in self._statuses:
                yield Notice(self.name, value, *self._statuses[value])
        elif isinstance(value, dict):
            for name, below in self.properties.items():
                if name in value:
                    yield from below.notices(value[name])
        elif isinstance(value, list) and self.items is not None:
            for item in value:
                yield from self.items.notices(item)


def place_of(document: Document, response: Node) -> Place | None:
    """The body of a response as JSON, or None where the document has none."""
    schema = response.get("content", {}).get("application/json", {}).get("schema")
    return None if schema is None else Place(document, [schema])


def _branches(document: Document, schema: Node, basis: str) -> Iterator[tuple[Node, str]]:
    """``schema`` and its alternatives, references followed, each with its basis."""
    basis = str(schema.get("x-basis", basis))
    resolved = document.resolve(schema)
    yield resolved, basis
    for keyword in ("anyOf", "oneOf", "allOf"):
        for branch in resolved.get(keyword, ()):
            yield from _branches(document, branch, basis)


def _are_addresses(examples: object) -> bool:
    return isinstance(examples, list) and bool(examples) and all(str(each).startswith("https://") for each in examples)
