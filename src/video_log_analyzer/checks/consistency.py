"""Whether resources agree with themselves and with each other, as far as their meaning is decided (D9, D25, D26).

A rule that lacks a value (null, missing, of a wrong type) says nothing, because the shape of an answer is another
check's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from urllib.parse import urlsplit

from contract_kit.api import Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import INFERRED, Judgement, Property
from contract_kit.findings.finding import Kind
from contract_kit.instants import instant
from contract_kit.intervals import peak
from contract_kit.targets import origin
from video_log_analyzer.kit import ROOMS

Resource = Row

# Where the resources stand in an answer of a list; in other answers they are the body.
_ROWS = {"list_rooms": "/rooms/*", "list_participants": "/participants/*"}
_ROOM_COUNTS = (
    "max_participants",
    "unique_participants",
    "unique_participant_identities",
    "concurrent_participants",
    "max_concurrent_participants",
    "duration_sec",
    "total_participant_duration_sec",
    "total_recording_duration_sec",
)


def _property(name: str, expected: str, basis: str = "D25") -> Property:
    return Property(name, Kind.CONSISTENCY, expected, basis)


ENDED = _property("completed-room-has-ended", "a completed room has an end_time")
NOT_ENDED = _property("room-in-progress-has-not-ended", "null: a room in progress has not ended")
END_IS_AFTER_START = _property("room-ends-after-start", "no earlier than create_time")
DURATION = _property("room-duration", "the seconds from create_time to end_time")
COUNT = _property("count", "a count is not negative")
WITHIN = _property("count-within-count", "no more than the count that it is a part of", "D26")
ROOM_LIMIT = _property("concurrent-within-limit", "no more than max_concurrent_participants", "D26")
NO_CODECS = _property("no-participants-no-codecs", "a room without participants has no codecs")
NO_TOTAL = _property("no-participants-no-duration", "a room without participants has no duration of participants")
NOT_RECORDED = _property("not-recorded", "nothing is recorded where recording is not enabled")
NOT_TOO_LONG = _property("total-within-duration", "no more than every participant staying for the whole room")
COMPLETE_IS_COMPLETED = _property("processed-when-completed", "only a completed room is processed completely")
DISTINCT = _property("distinct", "every value once")

SID_KIND = Property("sid-of-kind", Kind.CONSISTENCY, "the room whose participants were asked for", "D9", inferred=False)
LEFT = _property("participant-has-left", "who has left has a leave_time")
NOT_LEFT = _property("participant-has-not-left", "null: who is there has not left")
LEAVES_AFTER_JOIN = _property("leaves-after-join", "no earlier than join_time")
STAY = _property("participant-duration", "the seconds from join_time to leave_time")
JOINS_WITHIN = _property("joins-within-room", "not before its room starts, nor after it ends")
LEAVES_WITHIN = _property("leaves-within-room", "not after its room ends")

UNIQUE = _property("participants-counted", "the number of participants", "D26")
IDENTITIES = _property("identities-counted", "the number of different identities", "D26")
TOTAL = _property("durations-summed", "the sum of the participants' durations")
CODECS = _property("codecs-joined", "every codec that a participant used, and no other")
PEAK = _property("peak-counted", "the most participants at the same time", "D26")

FINAL = Property("complete-is-final", Kind.CONSISTENCY, "the same value when it is fetched again", INFERRED)
ADDRESS = Property("address", Kind.CONSISTENCY, "the address of this resource, on the target", "D9", inferred=False)
ACCOUNT = Property("account", Kind.CONSISTENCY, "the account of the caller", "D21")


class _Rules:
    """Judgements about one resource of an answer."""

    def __init__(self, answer: ObservedResponse, resource: Resource) -> None:
        self._answer = answer
        self._resource = resource
        self._location = _ROWS.get(answer.operation, "")

    def __call__(self, judged: Property, name: str, *others: str, holds: bool, detail: str = "") -> Judgement:
        """Judge the property ``name`` of the resource, seen beside ``others``."""
        top, _, below = name.partition("/")
        evidence = {each: self._resource.get(each) for each in (top, *others)}
        location = f"{self._location}/{top}" + (f"/{below}" if below else "")
        return Judgement(judged, self._answer, location, holds, detail, evidence)


def room_judgements(answer: ObservedResponse, room: Resource) -> Iterator[Judgement]:
    """One room by itself."""
    rule = _Rules(answer, room)
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
    for name in _ROOM_COUNTS:
        if (count := _integer(room, name)) is not None:
            yield rule(COUNT, name, holds=count >= 0)
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


def participant_judgements(answer: ObservedResponse, participant: Resource, room: Resource) -> Iterator[Judgement]:
    """One participant by itself, and within its room."""
    rule = _Rules(answer, participant)
    yield rule(SID_KIND, "room_sid", holds=participant.get("room_sid") == room.get("room_sid"))
    joined, left = instant(participant.get("join_time")), instant(participant.get("leave_time"))
    status = participant.get("status")
    if "leave_time" in participant:
        if status in {"completed", "disconnected"}:
            yield rule(LEFT, "leave_time", "status", holds=participant["leave_time"] is not None)
        if status in {"in_progress", "connected"}:
            yield rule(NOT_LEFT, "leave_time", "status", holds=participant["leave_time"] is None)
    seconds = _integer(participant, "duration_sec")
    if seconds is not None:
        yield rule(COUNT, "duration_sec", holds=seconds >= 0)
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


def sum_judgements(answer: ObservedResponse, room: Resource, participants: Sequence[Resource]) -> Iterator[Judgement]:
    """A room against all of its participants; only for rooms whose processing is complete."""
    rule = _Rules(answer, room)

    def counted(judged: Property, name: str, found: int | None) -> Iterator[Judgement]:
        count = _integer(room, name)
        if count is not None and found is not None:
            yield rule(judged, name, holds=count == found, detail=f"{found} by its participants")

    durations = [_integer(participant, "duration_sec") for participant in participants]
    total = None if None in durations else sum(filter(None, durations))
    identities = [participant.get("participant_identity") for participant in participants]
    yield from counted(UNIQUE, "unique_participants", len(participants))
    yield from counted(
        IDENTITIES, "unique_participant_identities", None if None in identities else len(set(identities))
    )
    yield from counted(TOTAL, "total_participant_duration_sec", total)
    yield from counted(PEAK, "concurrent_participants", _peak(participants))
    codecs = room.get("codecs")
    if isinstance(codecs, list) and all(isinstance(each.get("codecs"), list) for each in participants):
        used = {str(codec) for participant in participants for codec in participant["codecs"]}
        yield rule(CODECS, "codecs", holds=used == {str(codec) for codec in codecs}, detail="its participants differ")


def address_judgements(
    answer: ObservedResponse, resource: Resource, path: str, account_sid: str | None
) -> Iterator[Judgement]:
    """Whether a resource says where it is, and whose.

    Args:
        answer: Where it came from.
        resource: A room or a participant.
        path: Its own path, for example ``/v1/Video/Rooms/RM…``.
        account_sid: The caller's account, if that is known.
    """
    rule = _Rules(answer, resource)
    links = resource.get("links")
    urls = {"url": (resource.get("url"), path)}
    if isinstance(links, dict):
        urls["links/participants"] = (links.get("participants"), f"{path}/Participants")
    for name, (url, expected) in urls.items():
        if isinstance(url, str):
            here = origin(url) == origin(answer.url) and urlsplit(url).path == expected
            yield rule(ADDRESS, name, holds=here)
    owner = resource.get("account_sid")
    if account_sid and isinstance(owner, str):
        yield rule(ACCOUNT, "account_sid", holds=owner == account_sid)


def room_path(room: Resource) -> str:
    """The path of a room's own address."""
    return f"{ROOMS}/{room.get('room_sid')}"


def _peak(participants: Sequence[Resource]) -> int | None:
    """The most participants at the same time; None where a time is missing."""
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
