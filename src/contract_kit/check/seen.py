"""What a run has seen of each resource: an index by identity, in bounded memory.

It lets a response be compared with all earlier ones, whoever requested them, without further requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from hashlib import blake2b

from contract_kit.api import ApiKit, Resource, Row
from contract_kit.check.details import normal
from contract_kit.check.observed_response import ObservedResponse

# Resources whose values are compared; about 400 bytes each.
MOST_RESOURCES = 100_000
# Parents that are remembered with all of their values.
_MOST_PARENTS = 5_000
_MOST_MARKS = 500_000
_DIGEST = 8

Identity = tuple[str, ...]


@dataclass(frozen=True)
class View:
    """One resource as one response shows it.

    Attributes:
        answer: The response.
        resource: The kind of resource.
        row: Its values.
        location: Where it is in the body: ``/items/*``, or ``""``.
        values: The path parameters that lead to it: ``{"itemId": "7"}``.
        path: Its own path: ``/v1/items/7``; ``""`` if it cannot be fetched.
        parent: The latest view of its parent, or None if that was not seen.
    """

    answer: ObservedResponse
    resource: Resource
    row: Row
    location: str
    values: Mapping[str, str]
    path: str = ""
    parent: View | None = None

    @property
    def is_final(self) -> bool:
        """Whether neither the resource nor any above it will change any more."""
        resource = self.resource
        if resource.parent and (self.parent is None or not self.parent.is_final):
            return False
        return resource.is_final is None or resource.is_final(self.row)

    @property
    def identity(self) -> Identity:
        """What tells this resource from all others: its kind, its key and, unless keys are unique, its parents'."""
        if self.resource.is_unique:
            return self.resource.name, str(self.row.get(self.resource.key))
        return self.resource.name, *(self.values[name] for name in sorted(self.values))


@dataclass(frozen=True, slots=True)
class _Known:
    """What is kept of a resource: where it was first seen, below which parents, and digests of its values."""

    operation: str
    above: str
    whole: bytes
    names: tuple[str, ...]
    digests: bytes


@dataclass(frozen=True)
class Comparison:
    """A view compared with the first one of the same resource.

    Attributes:
        operation: The operation that showed the resource first.
        differing: The properties that both have, with different values.
        is_elsewhere: Whether it was below another parent then.
    """

    operation: str
    differing: tuple[str, ...]
    is_elsewhere: bool


class Seen:
    """The index of one run."""

    def __init__(self, kit: ApiKit) -> None:
        self._parents_of = {each.parent for each in kit.resources if each.parent}
        self._known: dict[Identity, _Known] = {}
        self._parents: dict[tuple[str, str], View] = {}
        self._marks: set[bytes] = set()
        # Most rows of an API have the same keys: each set of names is kept once.
        self._names: dict[tuple[str, ...], tuple[str, ...]] = {}
        self.accounts: dict[str, str] = {}

    @property
    def is_full(self) -> bool:
        """Whether there were more resources than are compared."""
        return len(self._known) >= MOST_RESOURCES

    def is_new(self, *parts: object) -> bool:
        """Mark something; return whether it was not marked before, or too many were to tell."""
        mark = _digest(parts)
        if mark in self._marks:
            return False
        if len(self._marks) < _MOST_MARKS:
            self._marks.add(mark)
        return True

    def parent(self, resource: Resource, key: str) -> View | None:
        """The latest view of a resource that has children."""
        return self._parents.get((resource.name, key))

    def add(self, view: View) -> Comparison | None:
        """Remember ``view``, and compare it with the first one; None if it is the first, or may still change."""
        name, key = view.resource.name, str(view.row.get(view.resource.key))
        if name in self._parents_of and (len(self._parents) < _MOST_PARENTS or (name, key) in self._parents):
            # Without the body, which may hold a thousand other rows.
            self._parents[name, key] = replace(view, answer=replace(view.answer, body=b""))
        if not view.is_final:
            return None
        known, whole = self._known.get(view.identity), _digest(view.row)
        above = "/".join(value for name, value in sorted(view.values.items()) if name != view.resource.parameter)
        if known is None:
            if not self.is_full:
                names = tuple(sorted(view.row))
                digests = b"".join(_digest(normal(view.row[each])) for each in names)
                names = self._names.setdefault(names, names)
                self._known[view.identity] = _Known(view.answer.operation, above, whole, names, digests)
            return None
        differing = () if whole == known.whole else tuple(_differing(known, view.row))
        return Comparison(known.operation, differing, known.above != above)


def _differing(known: _Known, row: Row) -> Iterator[str]:
    for index, name in enumerate(known.names):
        first = known.digests[index * _DIGEST : (index + 1) * _DIGEST]
        if name in row and first != _digest(normal(row[name])):
            yield name


def _digest(value: object) -> bytes:
    return blake2b(json.dumps(value, sort_keys=True, default=str).encode(), digest_size=_DIGEST).digest()
