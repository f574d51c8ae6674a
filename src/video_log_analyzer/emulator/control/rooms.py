"""Rooms as the control API takes them: defaults for what is left out, and what follows from what is given."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from video_log_analyzer.emulator.accounts import invented_sid
from video_log_analyzer.emulator.control import fields, participants
from video_log_analyzer.emulator.control.problems import Problems
from video_log_analyzer.emulator.lifecycle import MOSTLY_PROCESSED_SECONDS, RoomPlan, duration, summary
from video_log_analyzer.emulator.records import Participant, Room

DEFAULT_LENGTH = 1800
DEFAULT_AGE = 900  # seconds since the end of a room without given times: it is processed, and in the default list

_SYSTEM_RANDOM = random.SystemRandom()
_SCHEDULE: fields.Readers = {
    "complete_at": fields.time,
    "end_reason": fields.ROOM[False]["end_reason"],
    "processed_after": fields.count,
    "final_state": fields.ROOM[False]["processing_state"],
}


@dataclass(frozen=True, slots=True)
class RoomCall:
    """A room to store, the participants to store with it (None: those that are there), and what is still to happen."""

    room: Room
    participants: list[Participant] | None
    plan: RoomPlan | None


def new_sid(prefix: str) -> str:
    """Return a new SID that is recognisably invented."""
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
    plan = read_plan(body["schedule"], problems, "/schedule") if "schedule" in body else None
    if room_sid is not None and given.get("room_sid", room_sid) != room_sid:
        problems.add("/room_sid", f"expected {room_sid}, as in the path, or nothing")
    room = _complete(given, room_sid or given.get("room_sid") or new_sid("RM"), account_sid, now, plan, problems)
    people = None
    if "participants" in body:
        people = _participants(body["participants"], room, problems, allow_unknown=allow_unknown)
    for name, value in summary(people if people is not None else present).items():
        room.setdefault(name, value)
    if len(problems.found) > before:
        return None
    if plan is None and "processing_state" not in given and _processing(room, now):
        plan = RoomPlan()  # A room that is being processed becomes complete without a schedule of the caller.
    return RoomCall(Room(**room), people, plan)


def read_plan(body: Any, problems: Problems, pointer: str = "") -> RoomPlan:
    """Return what ``body`` wants to happen: complete_at, end_reason, processed_after and final_state, each optional."""
    given = fields.read_object(body, _SCHEDULE, problems, pointer)
    if given.get("processed_after", 0) is None:
        del given["processed_after"]
    return RoomPlan(**given)


def change(old: Room, body: Any, problems: Problems, *, allow_unknown: bool = False) -> Room:
    """Return ``old`` with what ``body`` gives; numbers that followed from others follow them again."""
    given = fields.read_object(body, fields.ROOM[allow_unknown], problems)
    for name in ("room_sid", "account_sid"):
        if name in given and given[name] != getattr(old, name):
            problems.add(f"/{name}", "cannot be changed: delete the room and put another")
    changes = {name: value for name, value in given.items() if name not in ("url", "links")}
    if changes.get("end_time") is not None:
        changes.setdefault("room_status", "completed")
    elif "end_time" in changes and old.end_time is not None:
        changes = {"room_status": "in_progress", "end_reason": None, "processing_state": "not_started"} | changes
    new = replace(old, **changes)
    problems.require_order("/end_time", new.end_time, "create_time", new.create_time)
    if "duration_sec" not in given and old.duration_sec == duration(old.create_time, old.end_time):
        new = replace(new, duration_sec=duration(new.create_time, new.end_time))
    return new


def _complete(
    given: Mapping[str, Any], room_sid: str, account_sid: str, now: int, plan: RoomPlan | None, problems: Problems
) -> dict[str, Any]:
    """All fields of a room but those that sum up its participants, unless they are given."""
    scheduled = plan is not None and plan.complete_at is not None
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
    problems.require_order("/end_time", end_time, "create_time", create_time)
    if plan is not None:
        problems.require_order("/schedule/complete_at", plan.complete_at, "create_time", create_time)
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
    return room["end_time"] is not None and now < room["end_time"] + MOSTLY_PROCESSED_SECONDS


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
