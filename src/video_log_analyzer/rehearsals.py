"""What a rehearsal of ``settle`` does to an emulator's data, and which clauses can be seen in it.

The oracle knows the data, and nothing of how the probes ask.
"""

from __future__ import annotations

import json
import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime, timedelta
from typing import Any

from video_log_analyzer.emulator_client import EmulatorControl, EmulatorError

Record = dict[str, Any]
Records = Mapping[str, list[Record]]  # the participants of each room by its SID; the room itself comes first
Clause = tuple[str, str]

_APART = 120  # seconds
_MOST_MOVES = 200
_SECONDS_BETWEEN_MOVES = 0.03
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)

# What may be missing from somebody's account.
_KINDS: Sequence[Callable[[Record], bool]] = (
    lambda room: room["room_type"] == "go",
    lambda room: room["room_type"] == "group",
    lambda room: room["end_time"] is None,
    lambda room: room["end_time"] is not None and not room["unique_participants"],
    lambda room: (room["unique_participants"] or 0) > 2,
    lambda room: room["processing_state"] == "complete" and room["end_time"] is not None,
)


@contextmanager
def arranged(url: str, seed: int, worlds: Sequence[str]) -> Iterator[frozenset[Clause]]:
    """Take away some kinds of rooms, set the clock apart, and let the data move; yields the clauses that can be seen.

    Args:
        url: The emulator's.
        seed: What is drawn with.
        worlds: The other answers that it gives.
    """
    chance = random.Random(seed)  # noqa: S311  no secret
    with EmulatorControl(url) as control:
        missing = chance.sample(_KINDS, chance.choice([0, 0, 1, 2]))
        for sid, (room, *_) in _held(control).items():
            if any(is_missing(room) for is_missing in missing):
                control.delete_room(sid)
        if chance.random() < 0.5:
            control.set_clock(control.clock().now + timedelta(seconds=chance.randint(-_APART, _APART)))
        records, now = _held(control), control.clock().now
        with ExitStack() as stack:
            if chance.random() < 0.5:
                # Half of the rooms in progress stay, and of the others nobody can know that they will be seen.
                going_on = [sid for sid, (room, *_) in records.items() if room["end_time"] is None]
                moved = going_on[: len(going_on) // 2]
                records = {sid: found for sid, found in records.items() if sid not in moved}
                stack.enter_context(_moving(control, moved, chance))
            yield frozenset(_visible(_listed(records, now, worlds), now) - _hidden(worlds))


def _held(control: EmulatorControl) -> Records:
    """What the first account, which asks, has."""
    own = control.accounts()[0]["account_sid"]
    held: dict[str, list[Record]] = {}
    with control.dump() as chunks:
        for line in b"".join(chunks).splitlines():
            record = json.loads(line)
            if record["account_sid"] == own:
                held.setdefault(record["room_sid"], []).append(record)
    return held


@contextmanager
def _moving(control: EmulatorControl, moved: list[str], chance: random.Random) -> Iterator[None]:
    """Let the data move meanwhile."""
    ended = threading.Event()
    mover = threading.Thread(target=_move, args=(control, moved, chance, ended))
    mover.start()
    try:
        yield
    finally:
        ended.set()
        mover.join()


def _move(control: EmulatorControl, moved: list[str], chance: random.Random, ended: threading.Event) -> None:
    """Let rooms begin, these and new ones end, and participants come, until it is over."""
    for _ in range(_MOST_MOVES):
        if ended.wait(_SECONDS_BETWEEN_MOVES):
            return
        try:
            if moved and chance.random() < 0.4:
                control.complete_room(moved.pop(chance.randrange(len(moved))))
            elif moved and chance.random() < 0.5:
                control.put_participant(chance.choice(moved), participant_identity="somebody")
            else:
                moved.append(control.put_room(room_name="new")["room_sid"])
        except EmulatorError:
            continue  # it ended by itself


def _listed(records: Records, now: datetime, worlds: Sequence[str]) -> Records:
    """The rooms that some list shows."""
    longest = _DAY if "D17=bounds-within-window" in worlds else 7 * _DAY

    def is_listed(room: Record) -> bool:
        if room["end_time"] is None:
            return "D17=in-progress-listed" in worlds or _NO_ROOMS_IN_PROGRESS.isdisjoint(worlds)
        age = now - datetime.fromisoformat(room["end_time"])
        is_gone = room["room_type"] == "go" and "D30=go-two-days" in worlds and age > 2 * _DAY
        return age < longest and not is_gone

    return {sid: found for sid, found in records.items() if is_listed(found[0])}


def _visible(records: Records, now: datetime) -> set[Clause]:
    """The clauses of which the data has at least two instances, and not too rare ones."""
    rooms = [room for room, *_ in records.values()]
    people = [each for _, *found in records.values() for each in found]
    going_on = [room for room in rooms if room["end_time"] is None]
    ended = [(room, now - datetime.fromisoformat(room["end_time"])) for room in rooms if room["end_time"] is not None]
    recent = [room for room, age in ended if timedelta(minutes=5) < age < 22 * _HOUR and room["duration_sec"] >= 30]
    often = [
        room
        for room, *found in records.values()
        if room["end_time"] and max(Counter(each["participant_identity"] for each in found).values(), default=0) > 1
    ]

    def of_people(has: Callable[[Record], object]) -> list[Record]:
        return [each for each in people if has(each)]

    instances: dict[tuple[Clause, ...], Sequence[object]] = {
        (("D17", "what a bound does to the window"),): [age for _, age in ended if _DAY + _HOUR < age < 7 * _DAY],
        (
            ("D17", "rooms in progress without bounds"),
            ("D17", "rooms in progress with bounds"),
            ("D35", "the words"),
        ): going_on,
        (
            ("D17", "a room that starts at the lower bound"),
            ("D17", "a room that starts at the upper bound"),
            ("D17", "which time the bounds act on"),
        ): recent,
        (("D30", "go rooms of three days ago"),): [
            room for room, age in ended if room["room_type"] == "go" and 2 * _DAY + 2 * _HOUR < age < 7 * _DAY - _HOUR
        ],
        (("D11", "what links has"), ("D22", "a trailing slash")): rooms,
        (("D25", "the invariants"),): ended,
        (("D26", "concurrent participants"),): [room for room, _ in ended if room["unique_participants"]],
        (("D26", "unique participants"),): often,
        (("D6", "which reasons there are"),): of_people(lambda each: each["end_reason"]),
        (("D6", "an ordinary leave"),): of_people(lambda each: each["leave_time"] and not each["end_reason"]),
        (("D10", "the keys"), ("D10", "the types")): of_people(lambda each: each["properties"]),
        (("D14", "the type"),): of_people(lambda each: each["error_code"] is not None),
        (("D15", "keys without a value"),): people,
        (("D33", "edge locations"),): of_people(lambda each: each["edge_location"]),
        (("D21", "identities"),): of_people(lambda each: each["leave_time"] is None),
    }
    rare = len(rooms) / 10 if len(rooms) > 50 else 0
    return {
        *_ALWAYS,
        *(each for clauses, found in instances.items() if len(found) >= max(2, rare) for each in clauses),
    }


_ALWAYS: frozenset[Clause] = frozenset(
    {
        *(("D18", clause) for clause in ("the default", "above the maximum", "below one", "a page without a token")),
        *(("D22", clause) for clause in ("an unknown path", "a malformed SID", "what comes first")),
        ("D31", "an unknown parameter"),
        ("D19", "the body of an error"),
        ("D19", "the challenge"),
        ("D20", "who gets them"),
        ("D28", "the request id"),
    }
)


_NO_ROOMS_IN_PROGRESS = frozenset({"D17=completed-only-with-bounds", "D17=bounds-on-end-time"})


def _hidden(worlds: Sequence[str]) -> set[Clause]:
    """What nobody can see where the service answers so."""
    keys = {("D10", "the keys"), ("D10", "the types")}
    going_on = {("D17", "rooms in progress without bounds"), ("D17", "rooms in progress with bounds")}
    hides: Mapping[str, set[Clause]] = {
        "D15=untold-objects-absent": keys,
        **dict.fromkeys(_NO_ROOMS_IN_PROGRESS, going_on),
        "D6=reason-always": {("D6", "an ordinary leave")},
    }
    return set[Clause]().union(*(hides.get(world, set()) for world in worlds))
