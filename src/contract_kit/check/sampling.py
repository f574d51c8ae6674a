"""Choose a random sample of rows that is spread over their kinds, days and sizes."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from contract_kit.api import Resource, Row
from contract_kit.instants import instant

Item = TypeVar("Item")
# A text property with more values than this is no kind: it is a name or a key.
_MOST_VALUES = 30


def spread(
    items: Sequence[Item], row_of: Callable[[Item], Row], resource: Resource, most: int, drawn: random.Random
) -> list[Item]:
    """Choose up to ``most`` of the items: first one of each kind, then others at random.

    Kinds are the values of each property that has few of them (types, states, flags), the days of its times, and the
    number of its children in powers of two.
    """
    shuffled = list(items)
    drawn.shuffle(shuffled)
    if len(shuffled) <= most:
        return shuffled
    rows = [row_of(item) for item in shuffled]
    names = _kinds(rows)
    first: list[Item] = []
    rest: list[Item] = []
    covered: set[tuple[str, str]] = set()
    for item, row in zip(shuffled, rows, strict=True):
        traits = set(_traits(row, resource, names)) - covered
        covered |= traits
        (first if traits else rest).append(item)
    return [*first, *rest][:most]


def _kinds(rows: Sequence[Row]) -> frozenset[str]:
    values: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.items():
            known = values.setdefault(name, set())
            if len(known) <= _MOST_VALUES and not isinstance(value, dict | list):
                known.add(str(value))
    return frozenset(name for name, known in values.items() if len(known) <= min(_MOST_VALUES, len(rows) // 2))


def _traits(row: Row, resource: Resource, names: frozenset[str]) -> Iterator[tuple[str, str]]:
    for name, value in row.items():
        if name in names:
            yield name, str(value)
        elif instant(value) is not None:
            yield name, str(value)[:10]
    children = row.get(resource.children)
    if isinstance(children, int):
        yield "children", str(children.bit_length())
