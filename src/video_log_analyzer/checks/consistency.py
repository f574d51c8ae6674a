"""Check that resources are consistent in themselves and with each other (decisions D9, D25, D26).

A rule is skipped if a value is null, missing or of a wrong type, because other checks judge the shape of a response.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from contract_kit.api import Row
from contract_kit.check.observed_response import RecordedResponse
from contract_kit.check.properties import INFERRED, Judgement, Property
from contract_kit.check.seen import View
from contract_kit.findings.finding import Kind
from contract_kit.foreign_text import path_of
from contract_kit.instants import instant
from contract_kit.intervals import peak
from contract_kit.targets import origin

Resource = Row


def _property(name: str, expected: str, basis: str = "D25", *, counts_rows: bool = False) -> Property:
    return Property(name, Kind.CONSISTENCY, expected, basis, counts_rows=counts_rows)


ENDED = _property("completed-room-has-ended", "a completed room has an end_time")
NOT_ENDED = _property("room-in-progress-has-not-ended", "null: a room in progress has not ended")
END_IS_AFTER_START = _property("room-ends-after-start", "no earlier than create_time")
DURATION = _property("room-duration", "the seconds from create_time to end_time")
WITHIN = _property("count-within-count", "no more than the count that it is a part of", "D26")
ROOM_LIMIT = _property("concurrent-within-limit", "no more than max_concurrent_participants", "D26")
NO_CODECS = _property("no-participants-no-codecs", "a room without participants has no codecs")
NO_TOTAL = _property("no-participants-no-duration", "a room without participants has no duration of participants")
NOT_RECORDED = _property("not-recorded", "nothing is recorded where recording is not enabled")
NOT_TOO_LONG = _property("total-within-duration", "no more than every participant staying for the whole room")
COMPLETE_IS_COMPLETED = _property("processed-when-completed", "only a completed room is processed completely")
DISTINCT = _property("distinct", "every value once")

LEFT = _property("participant-has-left", "who has left has a leave_time")
NOT_LEFT = _property("participant-has-not-left", "null: who is there has not left")
LEAVES_AFTER_JOIN = _property("leaves-after-join", "no earlier than join_time")
STAY = _property("participant-duration", "the seconds from join_time to leave_time")
JOINS_WITHIN = _property("joins-within-room", "not before its room starts, nor after it ends")
LEAVES_WITHIN = _property("leaves-within-room", "not after its room ends")

UNIQUE = _property("participants-counted", "the number of participants", "D26", counts_rows=True)
IDENTITIES = _property("identities-counted", "the number of different identities", "D26", counts_rows=True)
TOTAL = _property("durations-summed", "the sum of the participants' durations", counts_rows=True)
CODECS = _property("codecs-joined", "every codec that a participant used, and no other", counts_rows=True)
ONE_AT_A_TIME = Property(
    "identity-at-one-time",
    Kind.CONSISTENCY,
    "an identity is in the room once at any time",
    "Participant.participant_identity",
    inferred=False,
)
PEAK = _property("peak-counted", "the most participants at the same time", "D26", counts_rows=True)

FINAL = Property("complete-is-final", Kind.CONSISTENCY, "the same value when it is fetched again", INFERRED)
ADDRESS = Property("address", Kind.CONSISTENCY, "the address of this resource, on the target", "D9", inferred=False)


class _Rules:
    """Creates judgements about one resource of a response."""

    def __init__(self, view: View) -> None:
        self._view = view

    def __call__(self, judged: Property, name: str, *others: str, holds: bool, detail: str = "") -> Judgement:
        """Judge the resource's property ``name``; the evidence also shows ``others``."""
        view = self._view
        top, _, below = name.partition("/")
        evidence = {each: view.row.get(each) for each in (top, *others)}
        location = f"{view.location}/{top}" + (f"/{below}" if below else "")
        return Judgement(judged, view.answer, location, holds, detail, evidence)


def row_judgements(view: View) -> Iterator[Judgement]:
    """Judge a room or a participant by itself, and a participant against its room."""
    if view.resource.parent:
        yield from _participant_judgements(view)
    else:
        yield from _room_judgements(view)
    yield from _address_judgements(view)


def _room_judgements(view: View) -> Iterator[Judgement]:
    room = view.row
    rule = _Rules(view)
    created, ended = instant(room.get("create_time")), instant(room.get("end_time"))
    if room.get("room_status") == "completed" and "end_time" in room:
        yield rule(ENDED, "end_time", "room_status", holds=room["end_time"] is not None)
    if room.get("room_status") == "in_progress":
        for name in ("end_time", "end_reason"):
            yield rule(NOT_ENDED, name, "room_status", holds=room.get(name) is None)
        yield rule(NOT_ENDED, "duration_sec", "room_status", holds=not room.get("duration_sec"))
        if room.get("processing_state") is not None:
            complete = room["processing_state"] == "complete"
            yield rule(COMPLETE_IS_COMPLETED, "processing_state", "room_status", holds=not complete)
    if created and ended:
        yield rule(END_IS_AFTER_START, "end_time", "create_time", holds=ended >= created)
        if ended >= created and (seconds := _integer(room, "duration_sec")) is not None:
            exact = abs(seconds - (ended - created).total_seconds()) < 1
            yield rule(DURATION, "duration_sec", "create_time", "end_time", holds=exact)
    for part, whole, judged in (
        ("unique_participant_identities", "unique_participants", WITHIN),
        ("concurrent_participants", "unique_participants", WITHIN),
        ("concurrent_participants", "max_concurrent_participants", ROOM_LIMIT),
        ("max_concurrent_participants", "max_participants", WITHIN),
    ):
        less, more = _integer(room, part), _integer(room, whole)
        if less is not None and more is not None:
            yield rule(judged, part, whole, holds=less <= more)
    participants, total = _integer(room, "unique_participants"), _integer(room, "total_participant_duration_sec")
    if participants == 0:
        if isinstance(room.get("codecs"), list):
            yield rule(NO_CODECS, "codecs", "unique_participants", holds=not room["codecs"])
        if total is not None:
            yield rule(NO_TOTAL, "total_participant_duration_sec", "unique_participants", holds=total == 0)
    seconds = _integer(room, "duration_sec")
    if participants and total is not None and seconds is not None:
        within = total <= participants * (seconds + 1)
        names = ("total_participant_duration_sec", "duration_sec", "unique_participants")
        yield rule(NOT_TOO_LONG, *names, holds=within)
    recorded = _integer(room, "total_recording_duration_sec")
    if room.get("recording_enabled") is False and recorded is not None:
        yield rule(NOT_RECORDED, "total_recording_duration_sec", "recording_enabled", holds=recorded <= 0)
    if isinstance(codecs := room.get("codecs"), list) and codecs:
        yield rule(DISTINCT, "codecs", holds=len({str(codec) for codec in codecs}) == len(codecs))


def _participant_judgements(view: View) -> Iterator[Judgement]:
    participant, room = view.row, {} if view.parent is None else view.parent.row
    rule = _Rules(view)
    joined, left = instant(participant.get("join_time")), instant(participant.get("leave_time"))
    status = participant.get("status")
    if "leave_time" in participant and isinstance(status, str):
        if status in {"completed", "disconnected"}:
            yield rule(LEFT, "leave_time", "status", holds=participant["leave_time"] is not None)
        if status in {"in_progress", "connected"}:
            yield rule(NOT_LEFT, "leave_time", "status", holds=participant["leave_time"] is None)
    seconds = _integer(participant, "duration_sec")
    if joined and left:
        yield rule(LEAVES_AFTER_JOIN, "leave_time", "join_time", holds=left >= joined)
        if left >= joined and seconds is not None:
            exact = abs(seconds - (left - joined).total_seconds()) < 1
            yield rule(STAY, "duration_sec", "join_time", "leave_time", holds=exact)
    created, ended = instant(room.get("create_time")), instant(room.get("end_time"))
    if joined and (created or ended):
        within = (created is None or joined >= created) and (ended is None or joined <= ended)
        yield rule(JOINS_WITHIN, "join_time", holds=within)
    if left and ended:
        yield rule(LEAVES_WITHIN, "leave_time", holds=left <= ended)
    if isinstance(codecs := participant.get("codecs"), list) and codecs:
        yield rule(DISTINCT, "codecs", holds=len({str(codec) for codec in codecs}) == len(codecs))


def sum_judgements(view: View, participants: Sequence[Resource]) -> Iterator[Judgement]:
    """Judge a room whose processing is complete against all of its participants."""
    room = view.row
    rule = _Rules(view)

    def counted(judged: Property, name: str, found: int | None) -> Iterator[Judgement]:
        count = _integer(room, name)
        if count is not None and found is not None:
            yield rule(judged, name, holds=count == found, detail=f"its participants give {found}")

    durations = [_integer(participant, "duration_sec") for participant in participants]
    total = None if None in durations else sum(filter(None, durations))
    identities = [who for each in participants if isinstance(who := each.get("participant_identity"), str)]
    yield from counted(UNIQUE, "unique_participants", len(participants))
    all_named = len(identities) == len(participants)
    yield from counted(IDENTITIES, "unique_participant_identities", len(set(identities)) if all_named else None)
    yield from counted(TOTAL, "total_participant_duration_sec", total)
    stays: dict[str, list[tuple[datetime, datetime]]] = {}
    for participant in participants:
        joined, left = instant(participant.get("join_time")), instant(participant.get("leave_time"))
        if isinstance(who := participant.get("participant_identity"), str) and joined and left and left >= joined:
            stays.setdefault(who, []).append((joined, left))
    if stays:
        detail, alone = "it is there twice at one time", max(map(peak, stays.values())) <= 1
        yield rule(ONE_AT_A_TIME, "unique_participant_identities", holds=alone, detail=detail)
    yield from counted(PEAK, "concurrent_participants", _peak(participants))
    codecs = room.get("codecs")
    if isinstance(codecs, list) and all(isinstance(each.get("codecs"), list) for each in participants):
        used = {str(codec) for participant in participants for codec in participant["codecs"]}
        yield rule(CODECS, "codecs", holds=used == {str(codec) for codec in codecs}, detail="its participants differ")


def _address_judgements(view: View) -> Iterator[Judgement]:
    """Judge a resource's own URLs."""
    rule, links = _Rules(view), view.row.get("links")
    urls = {"url": (view.row.get("url"), view.path)}
    if isinstance(links, dict):
        urls["links/participants"] = (links.get("participants"), f"{view.path}/Participants")
    for name, (url, expected) in urls.items():
        if isinstance(url, str):
            # A recording may have been made behind another host.
            is_recorded = isinstance(view.answer, RecordedResponse)
            is_here = is_recorded or origin(url) == origin(view.answer.url)
            yield rule(ADDRESS, name, holds=is_here and path_of(url) == expected, detail="it is another address")


def _peak(participants: Sequence[Resource]) -> int | None:
    """Return the largest number of participants at the same time; None if a time is missing."""
    stays: list[tuple[datetime, datetime]] = []
    for participant in participants:
        joined, left = instant(participant.get("join_time")), instant(participant.get("leave_time"))
        if joined is None or left is None:
            return None
        if left >= joined:
            stays.append((joined, left))
    return peak(stays)


def _integer(resource: Resource, name: str) -> int | None:
    value = resource.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
