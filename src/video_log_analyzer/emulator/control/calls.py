"""What each call of the control API does to rooms and participants, and the routes of all calls."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from video_log_analyzer.emulator.control import fields, participants, rooms, state
from video_log_analyzer.emulator.control.problems import CallProblem, ControlError, Problems, not_found
from video_log_analyzer.emulator.lifecycle import RoomPlan, in_order, summed_up
from video_log_analyzer.emulator.records import ORIGIN, Participant, Room
from video_log_analyzer.emulator.store import Store


@dataclass(frozen=True, slots=True)
class Call:
    """One call: the parts that the path names, the query, and the JSON body (None if there is none)."""

    path: Mapping[str, str]
    query: Mapping[str, str]
    body: Any

    @property
    def allow_unknown(self) -> bool:
        """Whether values that nobody published may be put."""
        return self.query.get("allow_unknown") == "true"


def account_sid_of(store: Store, given: object) -> str:
    """The named account, or the first one; raises ControlError 404 for an unknown one."""
    if given is None:
        return store.accounts()[0].sid
    if not isinstance(given, str) or store.account(given) is None:
        raise ControlError(404, CallProblem("/account_sid", "is no account of this emulator"))
    return given


def _room(store: Store, call: Call) -> Room:
    account_sid, room_sid = account_sid_of(store, call.query.get("account_sid")), call.path["room"]
    room = store.read_room(account_sid, room_sid)
    if room is None:
        raise not_found(f"room {room_sid} of account {account_sid}")
    return room


def _participant(store: Store, room: Room, sid: str) -> Participant:
    found = store.read_participant(room.account_sid, room.room_sid, sid)
    if found is None:
        raise not_found(f"participant {sid} of room {room.room_sid}")
    return found


def _shown(record: Room | Participant) -> Any:
    return json.loads(record.body().replace(ORIGIN, b""))


def _people(store: Store, room: Room) -> list[Participant]:
    return list(store.read_participants(room.account_sid, room.room_sid))


def _put_room(store: Store, call: Call) -> Any:
    body = {} if call.body is None else call.body
    own = body.get("account_sid") if isinstance(body, dict) else None
    account_sid = account_sid_of(store, call.query.get("account_sid", own))
    room_sid = call.path.get("room")
    problems = Problems()
    if own is not None and own != account_sid:
        problems.add("/account_sid", "is another account than the query names")
    if room_sid is not None:
        _require_sid("RM", room_sid, problems)
    elif isinstance(body, dict):
        room_sid = body.get("room_sid") if isinstance(body.get("room_sid"), str) else None
    with store.transaction():
        read = rooms.read(
            body,
            account_sid=account_sid,
            now=store.now(),
            problems=problems,
            room_sid=room_sid,
            present=list(store.read_participants(account_sid, room_sid)) if room_sid is not None else (),
            allow_unknown=call.allow_unknown,
        )
        problems.raise_any()
        assert read is not None
        store.put_room(read.room, read.participants)
        if read.plan is not None:
            store.schedule_room(account_sid, read.room.room_sid, read.plan)
    return _shown(read.room)


def _patch_room(store: Store, call: Call) -> Any:
    problems = Problems()
    with store.transaction():
        old = _room(store, call)
        new = rooms.change(old, call.body, problems, allow_unknown=call.allow_unknown)
        if new.end_time is None:
            complete_at = store.planned_end(old.account_sid, old.room_sid)
            if not in_order(new.create_time, complete_at):
                problems.add("/create_time", "expected a time that is not after complete_at of the room's schedule")
        problems.raise_any()
        by_hand = {"processing_state"}
        if old.end_time is None and new.end_time is not None:
            ended = store.complete_room(old.account_sid, old.room_sid, RoomPlan(new.end_time))
            new = rooms.change(ended, call.body, problems, allow_unknown=call.allow_unknown)
        else:
            by_hand.add("end_time")
        # An end or a processing state that is set by hand replaces the schedule.
        store.put_room(new, None, keep_plan=not by_hand & call.body.keys())
    return _shown(new)


def _complete_room(store: Store, call: Call) -> Any:
    problems = Problems()
    body = {} if call.body is None else call.body
    plan = rooms.read_plan(body, problems)
    with store.transaction():
        room = _room(store, call)
        if plan.complete_at is None:
            plan = replace(plan, complete_at=store.now())
        if room.end_time is not None:
            raise ControlError(409, CallProblem("", f"room {room.room_sid} is completed already"))
        problems.require_order("/complete_at", plan.complete_at, "create_time", room.create_time)
        problems.raise_any()
        return _shown(store.complete_room(room.account_sid, room.room_sid, plan))


def _schedule_room(store: Store, call: Call) -> Any:
    problems = Problems()
    plan = rooms.read_plan(call.body, problems)
    with store.transaction():
        room = _room(store, call)
        if plan.complete_at is not None and room.end_time is not None:
            problems.add("/complete_at", "expected nothing for a room that is completed")
        problems.require_order("/complete_at", plan.complete_at, "create_time", room.create_time)
        problems.raise_any()
        store.schedule_room(room.account_sid, room.room_sid, plan)
    return _shown(room)


def _delete_room(store: Store, call: Call) -> Any:
    account_sid, room_sid = account_sid_of(store, call.query.get("account_sid")), call.path["room"]
    if not store.delete_room(account_sid, room_sid):
        raise not_found(f"room {room_sid} of account {account_sid}")
    return {}


def _put_participant(store: Store, call: Call) -> Any:
    problems = Problems()
    if "participant" in call.path:
        _require_sid("PA", call.path["participant"], problems)
    with store.transaction():
        room = _room(store, call)
        before = _people(store, room)
        body = {} if call.body is None else call.body
        given = fields.read_object(body, fields.PARTICIPANT[call.allow_unknown], problems)
        sid = call.path.get("participant") or given.get("participant_sid") or rooms.new_sid("PA")
        if given.get("participant_sid", sid) != sid:
            problems.add("/participant_sid", f"expected {sid}, as in the path, or nothing")
        where = {name: getattr(room, name) for name in participants.OF_ROOM}
        if room.end_time is None:
            where["create_time"] = store.now()
        participant = participants.complete(given, where, sid, problems)
        problems.raise_any()
        others = [one for one in before if one.participant_sid != participant.participant_sid]
        _store_participants(store, room, before, [*others, participant], participant)
    return _shown(participant)


def _patch_participant(store: Store, call: Call) -> Any:
    problems = Problems()
    with store.transaction():
        room = _room(store, call)
        old = _participant(store, room, call.path["participant"])
        given = fields.read_object(call.body, fields.PARTICIPANT[call.allow_unknown], problems)
        new = participants.change(old, given, problems)
        problems.raise_any()
        before = _people(store, room)
        after = [new if one.participant_sid == old.participant_sid else one for one in before]
        _store_participants(store, room, before, after, new)
    return _shown(new)


def _delete_participant(store: Store, call: Call) -> Any:
    with store.transaction():
        room = _room(store, call)
        gone = _participant(store, room, call.path["participant"])
        before = _people(store, room)
        store.delete_participant(room.account_sid, room.room_sid, gone.participant_sid)
        after = [one for one in before if one.participant_sid != gone.participant_sid]
        store.put_room(summed_up(room, before, after), None, keep_plan=True)
    return {}


def _store_participants(
    store: Store, room: Room, before: list[Participant], after: list[Participant], changed: Participant
) -> None:
    store.put_participant(changed)
    store.put_room(summed_up(room, before, after), None, keep_plan=True)


def _require_sid(prefix: str, sid: str, problems: Problems) -> None:
    try:
        fields.sid(prefix)(sid)
    except ValueError as error:
        problems.add("", f"the path has {sid[:100]!r}: {error}")


def _accounts(store: Store, _call: Call) -> Any:
    return {
        "accounts": [
            {"account_sid": account.sid, "api_keys": [key.sid for key in account.api_keys]}
            for account in store.accounts()
        ]
    }


def _ready(store: Store, _call: Call) -> Any:
    try:
        if store.accounts():
            return {"status": "ready"}
    except Exception as error:
        raise ControlError(503, CallProblem("", "the database does not answer")) from error
    raise ControlError(503, CallProblem("", "the database has no account yet"))


Handle = Callable[[Store, Call], Any]
_ROUTES_SHOWN: list[tuple[tuple[str, ...], str, Handle]] = [
    (("GET",), "health", lambda _store, _call: {"status": "ok"}),
    (("GET",), "ready", _ready),
    (("GET",), "counters", lambda store, _call: dict(store.counters())),
    (("GET",), "accounts", _accounts),
    (("POST", "PUT"), "rooms", _put_room),
    (("GET",), "rooms/{room}", lambda store, call: _shown(_room(store, call))),
    (("PUT",), "rooms/{room}", _put_room),
    (("PATCH",), "rooms/{room}", _patch_room),
    (("DELETE",), "rooms/{room}", _delete_room),
    (("POST",), "rooms/{room}/complete", _complete_room),
    (("PUT",), "rooms/{room}/schedule", _schedule_room),
    (("POST", "PUT"), "rooms/{room}/participants", _put_participant),
    (("PUT",), "rooms/{room}/participants/{participant}", _put_participant),
    (("PATCH",), "rooms/{room}/participants/{participant}", _patch_participant),
    (("DELETE",), "rooms/{room}/participants/{participant}", _delete_participant),
    (("POST",), "reset", lambda store, _call: state.reset(store)),
    (("GET",), "clock", lambda store, _call: state.clock(store)),
    (("PUT",), "clock", lambda store, call: state.set_clock(store, call.body)),
    (("POST",), "clock/advance", lambda store, call: state.advance_clock(store, call.body)),
    (("GET",), "faults", lambda store, _call: state.list_faults(store)),
    (("PUT",), "faults", lambda store, call: state.set_faults(store, call.body)),
    (("PUT",), "faults/{name}", lambda store, call: state.set_fault(store, call.path["name"], active=True)),
    (("DELETE",), "faults/{name}", lambda store, call: state.set_fault(store, call.path["name"], active=False)),
    (("GET",), "limits", lambda store, _call: state.limits(store)),
    (("PUT",), "limits/{account}", lambda store, call: state.set_limit(store, call.path["account"], call.body)),
    (("DELETE",), "limits/{account}", lambda store, call: state.lift_limit(store, call.path["account"])),
]
PATHS = {"load", "dump"} | {path for _, path, _ in _ROUTES_SHOWN}
ROUTES = [
    (methods, re.compile("/_emulator/" + re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", path)), handle)
    for methods, path, handle in _ROUTES_SHOWN
]
