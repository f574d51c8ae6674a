"""Rooms and participants as NDJSON, in and out, however many there are."""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator
from typing import IO, Any

from video_log_analyzer.emulator.control import fields, participants, rendered, rooms
from video_log_analyzer.emulator.control.problems import MOST_PROBLEMS, ControlError, Problems
from video_log_analyzer.emulator.records import ORIGIN, Participant, RenderedRoom, Room
from video_log_analyzer.emulator.store import Store, StrayParticipantsError

_CHUNK = 65_536
_NOWHERE: dict[str, Any] = {
    "create_time": None,
    "end_time": None,
    "media_region": "us1",
    "edge_location": "ashburn",
    "recording_enabled": False,
}


def load(store: Store, file: IO[bytes], *, account_sid: str, allow_unknown: bool) -> int:
    """Store what the lines of a file describe, or nothing if any cannot be used; return how many records they were.

    Raises ControlError with all mistakes. Missing rooms of participants are reported only when all lines can be read,
    because any line may bring the room.
    """
    found = records(
        file,
        account_sid=account_sid,
        accounts=[account.sid for account in store.accounts()],
        now=store.now(),
        allow_unknown=allow_unknown,
    )
    try:
        return store.load(found)
    except StrayParticipantsError as error:
        file.seek(0)
        raise _strays(file, set(error.args[0])) from None


def records(
    lines: Iterable[bytes], *, account_sid: str, accounts: Iterable[str], now: int, allow_unknown: bool
) -> Iterator[Room | RenderedRoom | Participant]:
    """Yield what the lines describe: a participant where there is a ``participant_sid``, else a room.

    Raises ControlError behind the last line if any cannot be used, so that whoever stores the records must do so in
    one transaction.
    """
    problems = Problems()
    known = frozenset(accounts)
    for number, line in enumerate(lines, 1):
        rendered_room = rendered.room(line)
        if rendered_room is not None and rendered_room.account_sid in known:
            if not problems.found:
                yield rendered_room
            continue
        if line.isspace():
            continue
        problems.line = number
        found = _read(line, account_sid, now, problems, allow_unknown=allow_unknown)
        for record in found:
            if record.account_sid not in known:
                problems.add("/account_sid", "is no account of this emulator")
        if len(problems.found) >= MOST_PROBLEMS:
            break
        if not problems.found:
            yield from found
    problems.raise_any()


def _read(
    line: bytes, account_sid: str, now: int, problems: Problems, *, allow_unknown: bool
) -> list[Room | Participant]:
    try:
        body = json.loads(line, parse_constant=_no_number)
    except (ValueError, RecursionError):
        problems.add("", "expected one JSON object on one line")
        return []
    if not isinstance(body, dict):
        problems.add("", "expected one JSON object on one line")
        return []
    owner = body.get("account_sid", account_sid)
    if "schedule" in body:
        problems.add("/schedule", "has no place in a bulk load: put the room, or its schedule, by itself")
        return []
    if "participant_sid" not in body:
        call = rooms.read(body, account_sid=owner, now=now, problems=problems, allow_unknown=allow_unknown)
        return [] if call is None else [call.room, *(call.participants or ())]
    before = len(problems.found)
    given = fields.read_object(body, fields.PARTICIPANT[allow_unknown], problems)
    if "room_sid" not in body:
        problems.add("/room_sid", "is missing: a participant on a line of its own needs it")
    if len(problems.found) > before:
        return []
    room = _NOWHERE | {"account_sid": owner, "room_sid": given["room_sid"], "create_time": now}
    return [participants.complete(given, room, given["participant_sid"], problems)]


def _strays(lines: Iterable[bytes], strays: Container[tuple[str, str]]) -> ControlError:
    """Return the error that names the lines of these participants; each is a room's SID and its own."""
    problems = Problems()
    for number, line in enumerate(lines, 1):
        if b"participant_sid" not in line and b"\\" not in line:
            continue
        body = json.loads(line)
        if (body.get("room_sid"), body.get("participant_sid")) in strays:
            problems.line = number
            problems.add("/room_sid", "is no room that is there, and no line brings it: a participant needs its room")
    return ControlError(400, *problems.found)


def lines(stored: Iterable[Room | Participant]) -> Iterator[bytes]:
    """Yield the NDJSON of all records in pieces of some 64 KiB; ``records`` reads it back as it was."""
    piece: list[bytes] = []
    size = 0
    for record in stored:
        body = record.body().replace(ORIGIN, b"")
        piece.append(body)
        size += len(body)
        if size >= _CHUNK:
            yield b"\n".join([*piece, b""])
            piece, size = [], 0
    if piece:
        yield b"\n".join([*piece, b""])


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
