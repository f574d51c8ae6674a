"""Rooms as the control API takes them: defaults for what is left out, and what follows from what is given."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from video_log_analyzer.emulator.accounts import invented_sid
from video_log_analyzer.emulator.control import fields, participants
from video_log_analyzer.emulator.control.derived import duration, summary
from video_log_analyzer.emulator.control.problems import Problems
from video_log_analyzer.emulator.records import Participant, Room

PROCESSING_SECONDS = 600  # a log is mostly there ten minutes after the room's end
DEFAULT_LENGTH = 1800
DEFAULT_AGE = 900  # long enough ago to be processed, so that a room without wishes is in the default list, and final

_SYSTEM_RANDOM = random.SystemRandom()
_SCHEDULE: fields.Readers = {
    "complete_at": fields.time,
    "end_reason": fields.ROOM[False]["end_reason"],
    "processed_after": fields.count,
    "final_state": fields.ROOM[False]["processing_state"],
}


@dataclass(frozen=True, slots=True)
class Schedule:
    """What is still to happen to a room: its end, and the end of its processing so many seconds later."""

    complete_at: int | None
    end_reason: str | None
    processed_after: int
    final_state: str | None


@dataclass(frozen=True, slots=True)
class RoomCall:
    """A room to store, the participants to store with it (None: those that are there), and what is still to happen."""

    room: Room
    participants: list[Participant] | None
    schedule: Schedule | None


def new_sid(prefix: str) -> str:
    """Return a SID that nobody has, recognisably invented."""
    return invented_sid(prefix, _SYSTEM_RANDOM)


def read(
    body: Any,
    *,
    account_sid: str,
    now: int,
    problems: Problems,
    room_sid: str | None = None,
    present: Sequence[Participant] = (),
    allow_unknown: bool = False,
) -> RoomCall | None:
    """Return the room that ``body`` describes, None (and ``problems``) if it cannot be used.

    ``room_sid`` is the one that the path names; ``present`` are the participants that it has already.
    """
    if not isinstance(body, dict):
        problems.add("", "expected an object with the fields of a room")
        return None
    before = len(problems.found)
    own = {name: value for name, value in body.items() if name not in ("participants", "schedule")}
    given = fields.read_object(own, fields.ROOM[allow_unknown], problems)
    schedule = read_schedule(body["schedule"], problems, "/schedule") if "schedule" in body else None
    if room_sid is not None and given.get("room_sid", room_sid) != room_sid:
        problems.add("/room_sid", f"expected {room_sid}, as in the path, or nothing")
    room = _complete(given, room_sid or given.get("room_sid") or new_sid("RM"), account_sid, now, schedule, problems)
    people = None
    if "participants" in body:
        people = _participants(body["participants"], room, problems, allow_unknown=allow_unknown)
    for name, value in summary(people if people is not None else present).items():
        room.setdefault(name, value)
    if len(problems.found) > before:
        return None
    if schedule is None and room["end_time"] is not None and "processing_state" not in given:
        # What is in progress now will be complete: nobody has to ask for it.
        schedule = Schedule(None, None, PROCESSING_SECONDS, "complete") if _processing(room, now) else None
    return RoomCall(Room(**room), people, schedule)


def read_schedule(body: Any, problems: Problems, pointer: str = "") -> Schedule:
    """Return what ``body`` wants to happen: complete_at, end_reason, processed_after and final_state, each optional."""
    given = fields.read_object(body, _SCHEDULE, problems, pointer)
    processed_after = given.get("processed_after", PROCESSING_SECONDS)
    return Schedule(
        given.get("complete_at"),
        given.get("end_reason", "room_ended_via_api"),
        PROCESSING_SECONDS if processed_after is None else processed_after,
        given.get("final_state", "complete"),
    )


def change(old: Room, body: Any, problems: Problems, *, allow_unknown: bool = False) -> Room:
    """Return ``old`` with what ``body`` gives; numbers that followed from others follow them again."""
    given = fields.read_object(body, fields.ROOM[allow_unknown], problems)
    for name in ("room_sid", "account_sid"):
        if name in given and given[name] != getattr(old, name):
            problems.add(f"/{name}", "cannot be changed: delete the room and put another")
    changes = {name: value for name, value in given.items() if name not in ("url", "links")}
    if changes.get("end_time") is not None:
        changes.setdefault("room_status", "completed")
    elif "end_time" in changes:
        changes.setdefault("room_status", "in_progress")
    new = replace(old, **changes)
    _require_order(new.create_time, new.end_time, problems)
    if "duration_sec" not in given and old.duration_sec == duration(old.create_time, old.end_time):
        new = replace(new, duration_sec=duration(new.create_time, new.end_time))
    return new


def summed_up(room: Room, before: Sequence[Participant], after: Sequence[Participant]) -> Room:
    """Return the room with the numbers that followed from its participants following them again.

    A number that somebody gave, and that never followed from them, stays.
    """
    followed = summary(before)
    return replace(
        room, **{name: value for name, value in summary(after).items() if getattr(room, name) == followed[name]}
    )


def completed(room: Room, people: Sequence[Participant], at: int, schedule: Schedule) -> tuple[Room, list[Participant]]:
    """Return a room as its end at ``at`` leaves it, and its participants, who are all gone then."""
    gone = [participants.leave(one, at) for one in people]
    ended = replace(
        room,
        end_time=at,
        room_status="completed",
        end_reason=schedule.end_reason,
        duration_sec=duration(room.create_time, at),
        processing_state="in_progress" if schedule.processed_after else schedule.final_state,
    )
    return summed_up(ended, people, gone), gone


def _complete(
    given: Mapping[str, Any], room_sid: str, account_sid: str, now: int, schedule: Schedule | None, problems: Problems
) -> dict[str, Any]:
    """All fields of a room but those that sum up its participants, unless they are given."""
    scheduled = schedule is not None and schedule.complete_at is not None
    if "end_time" in given:
        end_time = given["end_time"]
    elif given.get("room_status") == "in_progress" or scheduled:
        end_time = None
    elif given.get("create_time") is not None:
        end_time = given["create_time"] + min(DEFAULT_LENGTH, max(0, now - given["create_time"]))
    else:
        end_time = now - DEFAULT_AGE
    if "create_time" in given:
        create_time = given["create_time"]
    else:
        create_time = now if end_time is None else end_time - DEFAULT_LENGTH
    _require_order(create_time, end_time, problems)
    if end_time is not None and (given.get("room_status") == "in_progress" or scheduled):
        problems.add("/end_time", "expected null for a room in progress")
    callback = given.get("status_callback")
    room = {
        "account_sid": account_sid,
        "room_sid": room_sid,
        "room_name": room_sid,
        "create_time": create_time,
        "end_time": end_time,
        "room_type": "group",
        "room_status": "in_progress" if end_time is None else "completed",
        "status_callback": None,
        "status_callback_method": None if callback is None else "POST",
        "created_method": "api",
        "end_reason": None if end_time is None else "room_ended_via_api",
        "max_participants": 50,
        "max_concurrent_participants": 50,
        "media_region": "us1",
        "duration_sec": duration(create_time, end_time),
        "recording_enabled": False,
        "edge_location": "ashburn",
    }
    room["processing_state"] = (
        "not_started" if end_time is None else "in_progress" if _processing(room, now) else "complete"
    )
    room |= {name: value for name, value in given.items() if name not in ("account_sid", "room_sid", "url", "links")}
    return room


def _processing(room: Mapping[str, Any], now: int) -> bool:
    return room["end_time"] is not None and now < room["end_time"] + PROCESSING_SECONDS


def _require_order(create_time: int | None, end_time: int | None, problems: Problems) -> None:
    if create_time is not None and end_time is not None and end_time < create_time:
        problems.add("/end_time", "expected a time that is not before create_time")


def _participants(body: Any, room: Mapping[str, Any], problems: Problems, *, allow_unknown: bool) -> list[Participant]:
    if not isinstance(body, list):
        problems.add("/participants", "expected a list of participants")
        return []
    people: dict[str, Participant] = {}
    for index, one in enumerate(body):
        pointer = f"/participants/{index}"
        given = fields.read_object(one, fields.PARTICIPANT[allow_unknown], problems, pointer)
        participant = participants.complete(given, room, new_sid("PA"), problems, pointer)
        if participant.participant_sid in people:
            problems.add(f"{pointer}/participant_sid", "is the same as that of another participant of this room")
        people[participant.participant_sid] = participant
    return list(people.values())
