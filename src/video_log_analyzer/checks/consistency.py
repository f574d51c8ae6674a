"""Whether resources agree with themselves and with each other, as far as their meaning is decided (D9, D25, D26).

Each rule names the property that it is about; a rule that lacks a value (null, missing, of a wrong type) says nothing,
because the shape of an answer is another check's matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from video_log_analyzer.checks.answer import Answer
from video_log_analyzer.checks.api import ROOMS, origin
from video_log_analyzer.checks.filters import instant
from video_log_analyzer.findings import Finding, Kind

Resource = dict[str, Any]

# Where the resources stand in an answer of a list; in other answers they are the body.
_ROWS = {"list_rooms": "/rooms/*", "list_participants": "/participants/*"}
_COUNTS = (
    "max_participants",
    "unique_participants",
    "unique_participant_identities",
    "concurrent_participants",
    "max_concurrent_participants",
    "duration_sec",
    "total_participant_duration_sec",
    "total_recording_duration_sec",
)


def room_findings(answer: Answer, room: Resource) -> Iterator[Finding]:
    """One room by itself."""

    def broken(name: str, expected: str, basis: str = "D25") -> Finding:
        return _finding(answer, f"/{name}", name, expected, basis)

    status, created, ended = room.get("room_status"), instant(room.get("create_time")), instant(room.get("end_time"))
    if status == "completed" and room.get("end_time", "") is None:
        yield broken("end_time", "a completed room has an end_time")
    if status == "in_progress":
        for name in ("end_time", "end_reason"):
            if room.get(name) is not None:
                yield broken(name, "a room in progress has not ended")
    if created and ended:
        if ended < created:
            yield broken("end_time", "no room ends before it starts")
        elif (seconds := _integer(room, "duration_sec")) is not None and seconds != (ended - created).total_seconds():
            yield broken("duration_sec", "the seconds from create_time to end_time")
    for name in _COUNTS:
        if (_integer(room, name) or 0) < 0:
            yield broken(name, "a count is not negative")
    participants = _integer(room, "unique_participants")
    for name in ("unique_participant_identities", "concurrent_participants"):
        count = _integer(room, name)
        if participants is not None and count is not None and count > participants:
            yield broken(name, "no more than unique_participants", "D26")
    peak, limit = _integer(room, "concurrent_participants"), _integer(room, "max_concurrent_participants")
    if peak is not None and limit is not None and peak > limit:
        yield broken("concurrent_participants", "no more than max_concurrent_participants", "D26")
    if participants == 0 and room.get("codecs"):
        yield broken("codecs", "a room without participants has no codecs")
    if room.get("recording_enabled") is False and (_integer(room, "total_recording_duration_sec") or 0) > 0:
        yield broken("total_recording_duration_sec", "nothing is recorded where recording is not enabled")


def participant_findings(answer: Answer, participant: Resource, room: Resource) -> Iterator[Finding]:
    """One participant by itself, and within its room."""

    def broken(name: str, expected: str) -> Finding:
        return _finding(answer, f"/{name}", name, expected, "D25")

    joined, left = instant(participant.get("join_time")), instant(participant.get("leave_time"))
    if participant.get("room_sid") != room.get("room_sid"):
        yield _finding(answer, "/room_sid", "room_sid", "the room whose participants were asked for", "D9")
    if joined and left:
        seconds = _integer(participant, "duration_sec")
        if left < joined:
            yield broken("leave_time", "nobody leaves before joining")
        elif seconds is not None and seconds != (left - joined).total_seconds():
            yield broken("duration_sec", "the seconds from join_time to leave_time")
    created, ended = instant(room.get("create_time")), instant(room.get("end_time"))
    if joined and created and joined < created:
        yield broken("join_time", "not before its room starts")
    if left and ended and left > ended:
        yield broken("leave_time", "not after its room ends")


def sum_findings(answer: Answer, room: Resource, participants: Sequence[Resource]) -> Iterator[Finding]:
    """A room against all of its participants; only for rooms whose processing is complete."""

    def unequal(name: str, value: int) -> bool:
        count = _integer(room, name)
        return count is not None and count != value

    identities = {participant.get("participant_identity") for participant in participants}
    durations = [_integer(participant, "duration_sec") for participant in participants]
    if unequal("unique_participants", len(participants)):
        yield _finding(answer, "/unique_participants", "unique_participants", "the number of participants", "D26")
    if unequal("unique_participant_identities", len(identities)):
        expected = "the number of different identities"
        yield _finding(answer, "/unique_participant_identities", "unique_participant_identities", expected, "D26")
    if None not in durations and unequal("total_participant_duration_sec", sum(filter(None, durations))):
        expected = "the sum of the participants' durations"
        yield _finding(answer, "/total_participant_duration_sec", "total_participant_duration_sec", expected, "D25")
    codecs = room.get("codecs")
    used = {
        codec for participant in participants for codec in participant.get("codecs") or () if isinstance(codec, str)
    }
    if isinstance(codecs, list) and not used <= set(codecs):
        yield _finding(answer, "/codecs", "codecs", "every codec that a participant used", "D25")
    peak = _peak(participants)
    if peak is not None and unequal("concurrent_participants", peak):
        expected = "the most participants at the same time"
        yield _finding(answer, "/concurrent_participants", "concurrent_participants", expected, "D26")


def same_findings(answer: Answer, listed: Resource, fetched: Resource) -> Iterator[Finding]:
    """A resource in a list against the same resource by itself, key by key."""
    for name in sorted(listed.keys() & fetched.keys()):
        if listed[name] != fetched[name]:
            yield _finding(answer, f"/{name}", name, "the same value in the list and in the detail", "D15")


def address_findings(answer: Answer, resource: Resource, path: str, account_sid: str | None) -> Iterator[Finding]:
    """Whether a resource says where it is, and whose.

    Args:
        answer: Where it came from.
        resource: A room or a participant.
        path: Its own path, for example ``/v1/Video/Rooms/RM…``.
        account_sid: The caller's account, if that is known.
    """
    links = resource.get("links")
    urls = {"url": (resource.get("url"), path)}
    if isinstance(links, dict):
        urls["links/participants"] = (links.get("participants"), f"{path}/Participants")
    for name, (url, expected) in urls.items():
        if isinstance(url, str) and (origin(url) != origin(answer.url) or urlsplit(url).path != expected):
            yield _finding(answer, f"/{name}", name, "the address of this resource, on the target", "D9")
    owner = resource.get("account_sid")
    if account_sid and isinstance(owner, str) and owner != account_sid:
        yield _finding(answer, "/account_sid", "account_sid", "the account of the caller", "D21")


def room_path(room: Resource) -> str:
    """The path of a room's own address."""
    return f"{ROOMS}/{room.get('room_sid')}"


def _peak(participants: Sequence[Resource]) -> int | None:
    """The most participants at the same time; None where a time is missing. Who leaves makes room for who joins."""
    changes: list[tuple[datetime, int]] = []
    for participant in participants:
        joined, left = instant(participant.get("join_time")), instant(participant.get("leave_time"))
        if joined is None or left is None:
            return None
        if left > joined:
            changes += [(joined, 1), (left, -1)]
    present = peak = 0
    for _, change in sorted(changes, key=lambda each: (each[0], each[1])):
        present += change
        peak = max(peak, present)
    return peak


def _integer(resource: Resource, name: str) -> int | None:
    value = resource.get(name)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _finding(answer: Answer, place: str, value: str, expected: str, basis: str) -> Finding:
    place = _ROWS.get(answer.operation, "") + place
    return Finding(Kind.CONSISTENCY, answer.operation, place, value, expected, answer.request, basis)
