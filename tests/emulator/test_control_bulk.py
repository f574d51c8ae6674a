"""NDJSON in and out."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from video_log_analyzer.emulator_client import EmulatorControl, EmulatorError

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

ALL = "0000-01-01T00:00:00Z"


def test_what_is_dumped_loads_into_an_empty_emulator(start: Callable[..., Emulator]) -> None:
    emulator = start(rooms=60)
    rooms = emulator.rooms(CreatedAfter=ALL)
    with EmulatorControl(str(emulator.client.base_url)) as control:
        with control.dump() as pieces:
            dumped = b"".join(pieces)
        control.reset()
        assert emulator.rooms(CreatedAfter=ALL) == []
        assert control.load(dumped.splitlines(keepends=True)) == dumped.count(b"\n")
        assert emulator.rooms(CreatedAfter=ALL) == rooms
        with control.dump() as pieces:
            assert sorted(b"".join(pieces).splitlines()) == sorted(dumped.splitlines())


def test_a_load_is_all_or_nothing_and_tells_each_line(start: Callable[..., Emulator]) -> None:
    emulator = start(empty=True)
    lines = [b'{"room_name":"good"}', b"", b'{"room_type":"grup"}', b"nonsense", b'{"participant_sid":"PA1"}', b"{}"]
    with EmulatorControl(str(emulator.client.base_url)) as control:
        with pytest.raises(EmulatorError) as refused:
            control.load(line + b"\n" for line in lines)
        found = {(one.line, one.pointer) for one in refused.value.mistakes}
        assert found == {(3, "/room_type"), (4, ""), (5, "/participant_sid"), (5, "/room_sid")}
        assert emulator.rooms(CreatedAfter=ALL) == []
        people = [{"participant_identity": name} for name in ("alice", "bob")]
        assert control.load([json.dumps({"room_name": "good", "participants": people}).encode(), b"\n{}"]) == 4
        assert {room["unique_participants"] for room in emulator.rooms()} == {0, 2}


def test_the_api_goes_on_answering_during_a_load(start: Callable[..., Emulator]) -> None:
    """What is asked meanwhile sees nothing of it, what would change something waits, and then all of it is there."""
    emulator = start(rooms=100)
    count = 30_000
    sent, done = threading.Event(), threading.Event()

    def lines() -> Iterator[bytes]:
        yield b'{"room_name":"loaded"}\n' * count
        sent.set()

    def load() -> None:
        with EmulatorControl(str(emulator.client.base_url)) as control:
            assert control.load(lines()) == count
        done.set()

    with EmulatorControl(str(emulator.client.base_url)) as control, ThreadPoolExecutor() as threads:
        control.set_clock()
        # Time goes on, and there is always something due: each second one of these leaves the default window.
        for second in range(1, 10):
            emulator.add_room(created_ago=90_000, ended_ago=86_400 - second)
        control.set_limit(emulator.accounts[0].sid, requests=10_000, seconds=1)
        before = emulator.rooms(CreatedAfter=ALL)
        loading = threads.submit(load)
        assert sent.wait(60)
        for _ in range(5):
            assert emulator.rooms(CreatedAfter=ALL) == before
            assert emulator.rooms()
            assert control.counters()["answers_200"] > 0
            time.sleep(0.02)
        putting = threads.submit(control.put_room, room_name="put")
        assert emulator.rooms(CreatedAfter=ALL) == before
        assert not done.is_set()
        loading.result()
        assert emulator.rooms(RoomName="put")[0]["room_sid"] == putting.result()["room_sid"]
        assert len(emulator.rooms(RoomName="loaded", CreatedAfter=ALL)) == 1000
        assert emulator.rooms(RoomName="loaded")


def test_many_mistakes_are_told_up_to_a_hundred(start: Callable[..., Emulator]) -> None:
    emulator = start(empty=True)
    with EmulatorControl(str(emulator.client.base_url)) as control:
        with pytest.raises(EmulatorError) as refused:
            control.load([b"[]\n" * 5000])
        assert len(refused.value.mistakes) == 100


def test_a_participant_without_its_room_is_told_and_nothing_is_stored(start: Callable[..., Emulator]) -> None:
    emulator = start(empty=True)
    room, stranger = "RM" + "1" * 32, "RM" + "2" * 32

    def participant(number: int, room_sid: str) -> bytes:
        return json.dumps({"participant_sid": f"PA{number:032x}", "room_sid": room_sid}).encode() + b"\n"

    later = json.dumps({"room_sid": room}).encode() + b"\n"
    with EmulatorControl(str(emulator.client.base_url)) as control:
        escaped = participant(4, stranger).replace(b'"part', b'"\\u0070art')
        with pytest.raises(EmulatorError) as refused:
            control.load(
                [participant(1, room), participant(2, stranger), later, participant(3, "RM" + "3" * 32), b"\n", escaped]
            )
        assert refused.value.status == 400
        assert [(one.line, one.pointer) for one in refused.value.mistakes] == [(n, "/room_sid") for n in (2, 4, 6)]
        assert emulator.rooms(CreatedAfter=ALL) == []
        # One that is brought later, or was there before, is as good.
        assert control.load([participant(1, room), later]) == 2
        assert control.load([participant(2, room)]) == 1
        assert len(emulator.document(f"/v1/Video/Rooms/{room}/Participants")["participants"]) == 2
        with pytest.raises(EmulatorError) as refused:
            control.load([b"".join(participant(number, stranger) for number in range(5000))])
        assert len(refused.value.mistakes) == 100
        with control.dump() as pieces:
            dumped = b"".join(pieces)
        control.reset()
        assert control.load(reversed(dumped.splitlines(keepends=True))) == 3


def test_no_field_of_a_dumped_line_may_be_wrong(start: Callable[..., Emulator]) -> None:
    """A line just as a dump writes it is read in another way than all the rest, but no less strictly."""
    emulator = start(empty=True)
    with EmulatorControl(str(emulator.client.base_url)) as control:
        control.put_room(room_name="x", room_sid="RM00000000" + 24 * "1", status_callback="https://example.com/")
        with control.dump() as pieces:
            line = b"".join(pieces).decode()
        good = json.loads(line)
        wrong = []
        for name in sorted(good.keys() - {"url", "links"}):
            bad: object = "2026-02-30T00:00:00Z" if name.endswith("_time") else [] if name == "room_name" else "bad"
            wrong.append((name, json.dumps(good | {name: bad}, separators=(",", ":"))))
        wrong.append(("end_time", line.replace(good["end_time"], "2000-01-01T00:00:00Z")))
        wrong.append(("", line.replace('"x"', '"\x01"')))
        for number, (name, text) in enumerate(wrong):
            with pytest.raises(EmulatorError) as refused:
                control.load([text.encode()])
            assert [one.pointer.strip("/") for one in refused.value.mistakes] == [name], (number, text)
        assert control.load([line.encode()]) == 1
        assert control.load([line.replace('"x"', '"caf\\u00e9"').encode()]) == 1
        assert emulator.rooms()[0]["room_name"] == "café"
        with pytest.raises(EmulatorError):
            control.load([line.encode().replace(b'"x"', b'"\xff"')])
