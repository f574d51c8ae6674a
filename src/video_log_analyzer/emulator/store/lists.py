"""One page of a list as one statement, which reads its rows from ranges of an index."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from contract_kit.emulator.database import Value
from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.records import NO_TIME
from video_log_analyzer.emulator.selection import PageSelection
from video_log_analyzer.emulator.store.phases import DEFAULT_WINDOW, IN_PROGRESS, OLDER, RECENT
from video_log_analyzer.emulator.store.schema import digest

_TYPES = {name: number for number, name in enumerate(vocabulary.ROOM_TYPE.current)}
_BITS = {name: 1 << number for number, name in enumerate(vocabulary.CODEC.current)}
_OTHER_TYPE = len(_TYPES)
_MASKS = 1 << len(_BITS)
_REMEMBERED = 256


def kind(room_type: str | None, codecs: Iterable[str] | None) -> int:
    """Return type and codecs of a room as one number. All types that no filter can name share one."""
    mask = 0
    for codec in codecs or ():
        mask |= _BITS.get(codec, 0)
    return _TYPES.get(room_type or "", _OTHER_TYPE) * _MASKS + mask


def kinds(room_types: Sequence[str], codecs: Sequence[str]) -> list[int]:
    """Return the kinds that a filter by type and codec lets through; an empty list means all."""
    if not room_types and not codecs:
        return []
    types = [_TYPES[one] for one in room_types] or range(_OTHER_TYPE + 1)
    wanted = sum(_BITS[one] for one in set(codecs))
    return [one * _MASKS + mask for one in types for mask in range(_MASKS) if mask & wanted or not wanted]


class _Shape(NamedTuple):
    """What the statements for a selection depend on: selections of one shape differ in their values alone."""

    of_rooms: bool
    backward: bool
    has_cursor: bool
    includes_cursor: bool
    room_types: tuple[str, ...]
    codecs: tuple[str, ...]
    has_name: bool
    has_after: bool
    has_before: bool
    in_progress: bool

    @property
    def time(self) -> str:
        """The column that a list is ordered by."""
        return "created" if self.of_rooms else "joined"

    @property
    def falling(self) -> bool:
        """The rooms list runs from new to old, the participants list from first to last; backward is the other way."""
        return self.of_rooms != self.backward


def statements(
    selection: PageSelection, account: int, *, merged: bool = True
) -> tuple[Sequence[str], dict[str, Value]]:
    """Return statements for one page and one row more, and their values; their rows are time, SID and body.

    The first that finds rows finds all of them; where none does, the page is empty. ``merged`` is
    ``Database.merges_ranges``: without it, each range ends where the page would if it were the only one.
    """
    filters, cursor = selection.filters, selection.cursor
    shape = _Shape(
        selection.room_sid is None,
        selection.backward,
        cursor is not None,
        cursor is not None and cursor.after == selection.backward,
        filters.room_types,
        filters.codecs,
        filters.room_name is not None,
        filters.created_after is not None,
        filters.created_before is not None,
        selection.in_progress_in_default_window,
    )
    values: dict[str, Value] = {
        "account": account,
        "limit": selection.limit + 1,
        "room": selection.room_sid,
        "name": digest(filters.room_name),
        # A room without a start matches no bound.
        "after": NO_TIME + 1 if filters.created_after is None else filters.created_after,
        "before": filters.created_before,
        "start": selection.now - DEFAULT_WINDOW,
        "end": selection.now,
    }
    if cursor is not None:
        values |= {"cursor_time": cursor.time, "cursor_sid": cursor.sid}
    return _statements(shape, merged), values


@lru_cache(maxsize=_REMEMBERED)
def _statements(shape: _Shape, merged: bool) -> Sequence[str]:  # noqa: FBT001  a key of the cache
    if not shape.of_rooms:
        ranges = ["participant INDEXED BY participant_by_joined WHERE account = :account AND room = :room"]
        return (_joined(shape, ranges, merged=merged),)
    return tuple(_joined(shape, ranges, merged=merged) for ranges in _of_rooms(shape))


def _joined(shape: _Shape, ranges: Sequence[str], *, merged: bool) -> str:
    time = shape.time
    place = ""
    if shape.has_cursor:
        comparison = ("<" if shape.falling else ">") + ("=" if shape.includes_cursor else "")
        place = f" AND ({time}, sid) {comparison} (:cursor_time, :cursor_sid)"
    # Each range is in list order; the database only has to merge them, and to stop when the page is full.
    direction = " DESC" if shape.falling else ""
    end = f" ORDER BY {time}{direction}, sid{direction} LIMIT :limit"
    parts = [f"SELECT {time}, sid, body FROM {one}{place}" for one in ranges]
    if not merged and len(parts) > 1:
        parts = [f"({part}{end})" for part in parts]
    return " UNION ALL ".join(parts) + end


def _of_rooms(shape: _Shape) -> Sequence[Sequence[str]]:
    """The ranges of each statement that ``statements`` returns."""
    wanted = kinds(shape.room_types, shape.codecs)
    name = " AND name = :name" if shape.has_name else ""
    # Kinds are numbers of this module, never a caller's text.
    parts = [f"{name} AND kind = {one}" for one in wanted] or [name]
    by = "_and_".join([*(["name"] if name else []), *(["kind"] if wanted else [])]) or "created"
    if not shape.has_after and not shape.has_before:
        one_of_kinds = f"{name} AND kind IN ({', '.join(map(str, wanted))})" if wanted else name
        return _of_default_window(f"recent_by_{by}", parts, one_of_kinds, in_progress=shape.in_progress)
    bounds = _bounds(shape)
    return [[f"room INDEXED BY room_by_{by} WHERE phase < 3 AND account = :account{part}{bounds}" for part in parts]]


def _bounds(shape: _Shape) -> str:
    """The bounds of the list."""
    bounds = ""
    # A cursor meets the bound on its own side already; without that bound SQLite begins at the cursor, not at it.
    if not (shape.has_cursor and shape.backward):
        bounds += " AND created >= :after"
    if shape.has_before and not (shape.has_cursor and not shape.backward):
        bounds += " AND created < :before"
    return bounds


def _of_default_window(
    index: str, parts: Sequence[str], one_of_kinds: str, *, in_progress: bool
) -> Sequence[Sequence[str]]:
    """The ranges of the rooms that completed in the 24 hours before ``:end``, a selection's ``now``.

    They are those of phase ``RECENT``, in list order, but for what has moved since: rooms that completed later are
    among them and passed over; rooms that have left the window by now, and rooms whose end a clock that was set back
    has put into the future, are ranges of the index by end, and sorted. There are none while the time is the same, and
    few while a walk goes on. While the phases are still those of ``:end`` nothing has moved: the first
    statement asks for that, too, in the same breath, since another process may move rooms at any moment.
    """
    # Whatever went on at the time belongs to it, too, if it is asked for: what has completed since keeps its place.
    phases = (RECENT, IN_PROGRESS) if in_progress else (RECENT,)
    until_end = "" if in_progress else " AND ended <= :end"
    inside = {RECENT: f" AND ended > :start{until_end}", IN_PROGRESS: ""}
    # SQLite takes an index with a condition for a query that repeats it; `<> 2` is none that it could take for a range.
    recent = f"room INDEXED BY {index} WHERE phase <> 2 AND phase <> 3 AND account = :account"
    ranges = [f"{recent} AND phase = {phase}{part}{inside[phase]}" for phase in phases for part in parts]
    moved = f"room INDEXED BY room_by_ended WHERE account = :account{one_of_kinds} AND phase = {OLDER}"
    # The + leaves SQLite one bound on each side of the range: of two it may take the one that bounds nothing.
    all_ranges = [
        *ranges,
        f"{moved} AND ended > :start AND ended <= (SELECT swept FROM clock) - {DEFAULT_WINDOW}"
        f"{until_end.replace('ended', '+ended')}",
        f"{moved} AND +ended > :start AND ended > (SELECT swept FROM clock){until_end}",
    ]
    if in_progress:
        # A room whose end lies in the future still goes on, and is in the last range even while no time passes.
        return [all_ranges]
    settled = " AND (SELECT swept <= :end AND due > :end FROM clock)"
    return [[one + settled for one in ranges], all_ranges]
