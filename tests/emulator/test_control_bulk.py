"""NDJSON in and out."""

from __future__ import annotations

import json
from collections.abc import Callable
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


def test_many_mistakes_are_told_up_to_a_hundred(start: Callable[..., Emulator]) -> None:
    emulator = start(empty=True)
    with EmulatorControl(str(emulator.client.base_url)) as control:
        with pytest.raises(EmulatorError) as refused:
            control.load([b"[]\n" * 5000])
        assert len(refused.value.mistakes) == 100


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
