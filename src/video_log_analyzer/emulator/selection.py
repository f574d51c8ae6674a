"""The request to the store for one page of a list, and its result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Filters:
    """The filters of the rooms list; no value means no filter. Times are epoch seconds, types and codecs "any of"."""

    room_types: tuple[str, ...] = ()
    codecs: tuple[str, ...] = ()
    room_name: str | None = None
    created_after: int | None = None
    created_before: int | None = None

    @property
    def default_window(self) -> bool:
        """Whether the list is that of rooms completed in the last 24 hours: exactly when neither bound is given."""
        return self.created_after is None and self.created_before is None


@dataclass(frozen=True, slots=True)
class Cursor:
    """A gap between two rows: right behind (``after``) or right before the row with this time and SID.

    A gap stays where it is when rows come and go, so the pages on both of its sides neither overlap nor leave out.
    """

    time: int
    sid: str
    after: bool


@dataclass(frozen=True, slots=True)
class PageSelection:
    """One page: of the rooms of an account or, with ``room_sid``, of the participants of that room.

    ``now`` ends the default window, in which ``in_progress_in_default_window`` puts the rooms that still went on then,
    too. Without ``cursor`` the page is the first; ``backward`` asks for the ``limit`` rows
    before the cursor instead of those behind it (still in list order).
    """

    account_sid: str
    room_sid: str | None
    filters: Filters
    now: int
    cursor: Cursor | None
    backward: bool
    limit: int
    in_progress_in_default_window: bool = False


class Row(NamedTuple):
    """One room or participant: its place in the list (``time``, ``sid``) and its body as ``records`` renders it.

    ``time`` is ``records.NO_TIME`` where the resource has none: such rows are the oldest.
    """

    time: int
    sid: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one page, and whether more lie beyond it in the direction of the selection.

    They stay ``plain`` tuples, as the database gives them, until somebody looks at ``rows``: naming the fields of a
    page takes a third as long as reading it.
    """

    plain: Sequence[tuple[int, str, bytes]]
    more: bool

    @property
    def rows(self) -> list[Row]:
        """The rows, in list order."""
        return list(map(Row._make, self.plain))

    @property
    def bodies(self) -> list[bytes]:
        """The bodies of the rows."""
        return [body for _, _, body in self.plain]
