"""Count overlapping intervals of time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


Moment = TypeVar("Moment", bound=_Ordered)


def peak(intervals: Iterable[tuple[Moment, Moment | None]]) -> int:
    """Return the largest number of intervals that are open at the same time; an end of None means still open.

    An interval that ends when another begins does not overlap it. An interval without length overlaps nothing,
    but the result is at least 1 if there is any interval: ``peak([(5, 5)])`` is 1.
    """
    changes: list[tuple[Moment, int]] = []
    any_at_all = 0
    for start, end in intervals:
        any_at_all = 1
        if start != end:
            changes.append((start, 1))
            if end is not None:
                changes.append((end, -1))
    most = any_at_all
    is_open = 0
    for _, change in sorted(changes):
        is_open += change
        most = max(most, is_open)
    return most
