"""Intervals of time that overlap."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol, TypeVar


class _Ordered(Protocol):
    def __lt__(self, other: Any, /) -> bool: ...


Moment = TypeVar("Moment", bound=_Ordered)


def peak(intervals: Iterable[tuple[Moment, Moment | None]]) -> int:
    """Return the most intervals that are open at the same time; the end None means that one is still open.

    At a moment where one ends and another begins, the first counts no more. An interval without length is
    never open beside another, but counts where nothing else does: ``peak([(5, 5)])`` is 1.
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
