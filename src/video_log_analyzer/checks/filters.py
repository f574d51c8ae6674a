"""Check that a filtered list has exactly the matching rooms of the whole list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from contract_kit.api import Query, Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind
from contract_kit.instants import instant

Room = Row
FILTERS = ("RoomType", "Codec", "RoomName", "CreatedAfter", "CreatedBefore")
# Claims of the sources define these filters; decision D17 defines the time bounds.
_CLAIMED = frozenset({"RoomType", "Codec", "RoomName"})


def _properties(name: str, expected: str) -> dict[str, Property]:
    """Return a property for each filter, with that filter's basis."""
    return {
        each: Property(
            name, Kind.FILTER, expected, f"list_rooms.{each}" if each in _CLAIMED else "D17", each not in _CLAIMED
        )
        for each in FILTERS
    }


LETS_THROUGH = _properties("lets-through", "only rooms that match")
LEAVES_OUT = _properties("leaves-out", "every room that matches")
LEAVES_OUT_SEVERAL = _properties("leaves-out-several-values", "every room that matches any of the values")
LEAVES_OUT_COMBINED = Property(
    "leaves-out-combined", Kind.FILTER, "every room that matches all of the filters", "list_rooms", inferred=False
)
ADDS = Property("adds", Kind.FILTER, "only rooms of the whole list")
PARTS = Property("parts", Kind.FILTER, "the parts of a list together are the whole list")
WINDOW = Property("default-window", Kind.FILTER, "only rooms completed in the last 24 hours", "D17")
WINDOW_COMPLETE = Property("default-window-complete", Kind.FILTER, "every room completed in the last 24 hours", "D17")


def mismatches(room: Room, query: Query) -> list[str]:
    """Return the filters of ``query`` that ``room`` does not match."""
    return [name for name in FILTERS if (values := _values(query, name)) and not _matches(room, name, values)]


def judgements(
    answer: ObservedResponse,
    got: Sequence[Room],
    query: Query,
    window: Query,
    whole: Sequence[Room],
    counts: Callable[[Room], bool],
) -> Iterator[Judgement]:
    """Judge a filtered list against the whole list.

    Args:
        answer: The first response of the filtered list.
        got: Its rows, from all pages.
        query: The filters under test.
        window: The time bounds sent with them, which limit the list to the period of ``whole``.
        whole: All rooms of the period, read without the filters under test.
        counts: Whether a room does not change any more, so that its presence or absence is meaningful.
    """
    sent = [*query, *window]
    names = [name for name in FILTERS if _values(query, name)]
    location = f"query:{' with '.join(names) or 'none'}"
    several = len(names) == 1 and len(query) > 1
    for name in dict.fromkeys(pair[0] for pair in sent):
        wrong = [room for room in got if name in mismatches(room, sent)]
        if got:
            detail = f"{len(wrong)} of {len(got)} rooms"
            evidence = _shown(wrong[0], name) if wrong else None
            yield Judgement(LETS_THROUGH[name], answer, f"query:{name}", not wrong, detail, evidence)
    seen, known = {room.get("room_sid") for room in got}, {room.get("room_sid") for room in whole}
    matching = [room for room in whole if counts(room) and not mismatches(room, sent)]
    missing = [room for room in matching if room.get("room_sid") not in seen]
    if matching:
        detail = f"{len(missing)} of {len(matching)} rooms of the whole list match and are not there"
        judged = LEAVES_OUT_COMBINED
        if len(names) == 1:
            judged = (LEAVES_OUT_SEVERAL if several else LEAVES_OUT)[names[0]]
        evidence = _shown(missing[0], *names) if missing else None
        yield Judgement(judged, answer, location, not missing, detail, evidence)
    extra = [room for room in got if counts(room) and not mismatches(room, sent) and room.get("room_sid") not in known]
    if got:
        detail = f"{len(extra)} rooms match and are not in the whole list"
        yield Judgement(ADDS, answer, location, not extra, detail)


def parts_judgement(
    answer: ObservedResponse,
    name: str,
    parts: Sequence[Sequence[Room]],
    whole: Sequence[Room],
    counts: Callable[[Room], bool],
) -> Iterator[Judgement]:
    """Judge whether the lists for all values of a filter together contain every room of the whole list, by SID."""
    together = {room.get("room_sid") for part in parts for room in part}
    # No Codec filter matches a room without codecs.
    left = [room for room in whole if counts(room) and (name != "Codec" or room.get("codecs"))]
    missing = [room for room in left if room.get("room_sid") not in together]
    if left:
        detail = f"{len(missing)} of {len(left)} rooms are in no part"
        evidence = _shown(missing[0], name) if missing else None
        yield Judgement(PARTS, answer, f"query:{name}", not missing, detail, evidence)


_FIELDS = {
    "RoomType": "room_type",
    "Codec": "codecs",
    "RoomName": "room_name",
    "CreatedAfter": "create_time",
    "CreatedBefore": "create_time",
}


def _shown(room: Room, *names: str) -> dict[str, Any]:
    return {field: room.get(field) for field in ("room_sid", *dict.fromkeys(_FIELDS[name] for name in names))}


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
