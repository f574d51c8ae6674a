"""One page of a list as one statement: which ranges of which index hold its rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.records import NO_TIME
from video_log_analyzer.emulator.selection import Selection
from video_log_analyzer.emulator.store.database import Value
from video_log_analyzer.emulator.store.life import DEFAULT_WINDOW, IN_PROGRESS, OLDER, RECENT
from video_log_analyzer.emulator.store.schema import digest

_TYPES = {name: number for number, name in enumerate(vocabulary.ROOM_TYPE.current)}
_BITS = {name: 1 << number for number, name in enumerate(vocabulary.CODEC.current)}
_OTHER_TYPE = len(_TYPES)
_MASKS = 1 << len(_BITS)


def kind(room_type: str | None, codecs: Iterable[str] | None) -> int:
    """Return type and codecs of a room as one number; what no filter can ask for has no number of its own."""
    mask = 0
    for codec in codecs or ():
        mask |= _BITS.get(codec, 0)
    return _TYPES.get(room_type or "", _OTHER_TYPE) * _MASKS + mask


def kinds(room_types: Sequence[str], codecs: Sequence[str]) -> list[int]:
    """Return the kinds that a filter by type and codec lets through; without either none, which means all."""
    if not room_types and not codecs:
        return []
    types = [_TYPES[one] for one in room_types] or range(_OTHER_TYPE + 1)
    wanted = sum(_BITS[one] for one in set(codecs))
    return [one * _MASKS + mask for one in types for mask in range(_MASKS) if mask & wanted or not wanted]


def statement(selection: Selection, account: int, *, merged: bool = True) -> tuple[str, dict[str, Value]]:
    """Return the statement for one page and one row more, and its values. Its rows are time, SID and body.

    ``merged`` is ``Database.merges_ranges``: without it, each range ends where the page would if it were the only one.
    """
    of_rooms = selection.room_sid is None
    time = "created" if of_rooms else "joined"
    # The rooms list runs from new to old, the participants list from first to last; backward is the other way.
    falling = of_rooms != selection.backward
    values: dict[str, Value] = {"account": account, "limit": selection.limit + 1}
    ranges = _of_rooms(selection, values) if of_rooms else _of_participants(selection, values)
    place = ""
    if selection.cursor is not None:
        values |= {"cursor_time": selection.cursor.time, "cursor_sid": selection.cursor.sid}
        includes_its_row = "=" if selection.cursor.after == selection.backward else ""
        comparison = ("<" if falling else ">") + includes_its_row
        place = f" AND ({time}, sid) {comparison} (:cursor_time, :cursor_sid)"
    # Each range is in list order, so all that is left to do is to merge them, and to stop when the page is full.
    direction = " DESC" if falling else ""
    end = f" ORDER BY {time}{direction}, sid{direction} LIMIT :limit"
    parts = [f"SELECT {time}, sid, body FROM {one}{place}" for one in ranges]
    if not merged and len(parts) > 1:
        parts = [f"({part}{end})" for part in parts]
    return " UNION ALL ".join(parts) + end, values


def _of_participants(selection: Selection, values: dict[str, Value]) -> list[str]:
    values["room"] = selection.room_sid
    return ["participant INDEXED BY participant_by_joined WHERE account = :account AND room = :room"]


def _of_rooms(selection: Selection, values: dict[str, Value]) -> list[str]:
    filters = selection.filters
    wanted = kinds(filters.room_types, filters.codecs)
    name = ""
    if filters.room_name is not None:
        values["name"] = digest(filters.room_name)
        name = " AND name = :name"
    # Kinds are our own numbers, never a caller's text.
    parts = [f"{name} AND kind = {one}" for one in wanted] or [name]
    by = "_and_".join([*(["name"] if name else []), *(["kind"] if wanted else [])]) or "created"
    if filters.default_window:
        one_of_kinds = f"{name} AND kind IN ({', '.join(map(str, wanted))})" if wanted else name
        return _of_default_window(selection, values, f"recent_by_{by}", parts, one_of_kinds)
    bounds = _bounds(selection, values)
    return [f"room INDEXED BY room_by_{by} WHERE phase < 3 AND account = :account{part}{bounds}" for part in parts]


def _bounds(selection: Selection, values: dict[str, Value]) -> str:
    """The bounds of the list; a room without a start is within none."""
    filters, bounds = selection.filters, ""
    # A cursor meets the bound on its own side already; without that bound SQLite begins at the cursor, not at it.
    if not (selection.cursor and selection.backward):
        values["after"] = NO_TIME + 1 if filters.created_after is None else filters.created_after
        bounds += " AND created >= :after"
    if filters.created_before is not None and not (selection.cursor and not selection.backward):
        values["before"] = filters.created_before
        bounds += " AND created < :before"
    return bounds


def _of_default_window(
    selection: Selection, values: dict[str, Value], index: str, parts: list[str], one_of_kinds: str
) -> list[str]:
    """The ranges of the rooms that completed in the 24 hours before ``selection.now``.

    They are those of phase ``RECENT``, in list order, but for what has moved since: rooms that completed later are
    among them and passed over; rooms that have left the window by now, and rooms whose end a clock that was set back
    has put into the future, are ranges of the index by end, and sorted. There are none while the time is the same, and
    few while a walk goes on.
    """
    values |= {"start": selection.now - DEFAULT_WINDOW, "end": selection.now}
    # Whatever went on at the time belongs to it, too, if it is asked for: what has completed since keeps its place.
    in_progress = selection.in_progress_in_default_window
    phases = (RECENT, IN_PROGRESS) if in_progress else (RECENT,)
    until_end = "" if in_progress else " AND ended <= :end"
    inside = {RECENT: f" AND ended > :start{until_end}", IN_PROGRESS: ""}
    moved = f"room INDEXED BY room_by_ended WHERE account = :account{one_of_kinds} AND phase = {OLDER}"
    # SQLite takes an index with a condition for a query that repeats it; `<> 2` is none that it could take for a range.
    # The + leaves SQLite one bound on each side of the range: of two it may take the one that bounds nothing.
    recent = f"room INDEXED BY {index} WHERE phase <> 2 AND phase <> 3 AND account = :account"
    return [
        *(f"{recent} AND phase = {phase}{part}{inside[phase]}" for phase in phases for part in parts),
        f"{moved} AND ended > :start AND ended <= (SELECT swept FROM clock) - {DEFAULT_WINDOW}"
        f"{until_end.replace('ended', '+ended')}",
        f"{moved} AND +ended > :start AND ended > (SELECT swept FROM clock){until_end}",
    ]
