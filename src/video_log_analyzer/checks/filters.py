"""Whether a filtered list of rooms is exactly the part of the whole list that matches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from video_log_analyzer.checks.answer import Answer
from video_log_analyzer.checks.api import Query
from video_log_analyzer.findings import Finding, Kind

Room = dict[str, Any]
FILTERS = ("RoomType", "Codec", "RoomName", "CreatedAfter", "CreatedBefore")


def instant(value: object) -> datetime | None:
    """An RFC 3339 time of an answer, or None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None


def mismatches(room: Room, query: Query) -> list[str]:
    """The filters of ``query`` that ``room`` should not have passed."""
    return [name for name in FILTERS if (values := _values(query, name)) and not _matches(room, name, values)]


def findings(answer: Answer, got: Sequence[Room], query: Query, window: Query, whole: Sequence[Room]) -> list[Finding]:
    """Hold a filtered list against the whole one.

    Args:
        answer: The first answer of the filtered list.
        got: Its rows, over all pages.
        query: The filters in question.
        window: Those sent beside them to keep to the time of ``whole``; they are not what is asked about.
        whole: All rooms of the window, read without the filters in question.
    """
    sent = [*query, *window]
    names = " with ".join(name for name in FILTERS if _values(query, name)) or "none"
    values = ", several values" if len(query) > 1 and len({name for name, _ in query}) == 1 else ""
    found = [
        _finding(answer, name, "lets through", f"only rooms that match {name}")
        for name in sorted({name for room in got for name in mismatches(room, sent)})
    ]
    seen, known = {room.get("room_sid") for room in got}, {room.get("room_sid") for room in whole}
    matching = [room for room in whole if not mismatches(room, sent)]
    if missing := [room for room in matching if room.get("room_sid") not in seen]:
        detail = f"{len(missing)} rooms of the whole list match and are not there"
        found.append(_finding(answer, names, f"leaves out{values}", "every room that matches", detail))
    if extra := [room for room in got if not mismatches(room, sent) and room.get("room_sid") not in known]:
        detail = f"{len(extra)} rooms match and are not in the whole list"
        found.append(_finding(answer, names, "adds", "only rooms of the whole list", detail))
    return found


def _values(query: Query, name: str) -> list[str]:
    return [value for key, value in query if key == name]


def _matches(room: Room, name: str, values: Sequence[str]) -> bool:
    if name == "RoomType":
        return room.get("room_type") in values
    if name == "RoomName":
        return room.get("room_name") in values
    if name == "Codec":
        codecs = room.get("codecs")
        return isinstance(codecs, list) and any(codec in values for codec in codecs)
    created, bound = instant(room.get("create_time")), instant(values[0])
    if created is None or bound is None:
        return False
    return created >= bound if name == "CreatedAfter" else created < bound


def _finding(answer: Answer, name: str, value: str, expected: str, detail: str = "") -> Finding:
    basis = f"list_rooms.{name}" if name in FILTERS else "D17"
    return Finding(Kind.FILTER, "list_rooms", f"query:{name}", value, expected, answer.request, basis, detail)
