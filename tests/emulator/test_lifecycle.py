"""A room completes in one way, whoever completes it and when: through the control API, on both stores."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.emulator import stores
from tests.emulator.conftest import running
from video_log_analyzer.emulator.settings import Settings
from video_log_analyzer.emulator_client import EmulatorControl, EmulatorError

START = datetime(2026, 11, 20, 10, tzinfo=UTC)
LENGTH = 3600  # seconds that the room goes on
SID = "RM" + 32 * "1"
HAS_LEFT = {"completed", "disconnected"}
MISSING: Any = object()  # a field that is left out, so that the emulator chooses


def at(seconds: int) -> str:
    return (START + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def given_fields(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value is not MISSING}


@st.composite
def participants(draw: st.DrawFn, number: int) -> dict[str, Any]:
    joined = draw(st.just(MISSING) | st.none() | st.integers(0, LENGTH))
    stay = draw(st.just(MISSING) | st.none() | st.integers(0, 2 * LENGTH))
    start = joined if isinstance(joined, int) else 0
    return given_fields(
        participant_sid=f"PA{number:032x}",
        participant_identity=draw(st.sampled_from(["alice", "bob", None])),
        join_time=at(joined) if isinstance(joined, int) else joined,
        leave_time=at(start + stay) if isinstance(stay, int) else stay,
        status=draw(
            st.just(MISSING) | st.sampled_from(["in_progress", "connected", "completed", "disconnected", None])
        ),
        duration_sec=draw(st.just(MISSING) | st.sampled_from([0, 5, None])),
        properties=draw(st.sampled_from([MISSING, None, {}, {"recordOnConnect": True}])),
        codecs=draw(st.sampled_from([MISSING, None, [], ["opus"], ["VP8", "H264"]])),
    )


@st.composite
def rooms(draw: st.DrawFn) -> dict[str, Any]:
    return given_fields(
        room_sid=SID,
        create_time=draw(st.sampled_from([at(0), None])),
        end_time=None,
        room_status=draw(st.sampled_from([MISSING, "in_progress", None])),
        recording_enabled=draw(st.booleans()),
        total_participant_duration_sec=draw(st.sampled_from([MISSING, None, 0, 17])),
        unique_participants=draw(st.sampled_from([MISSING, None, 17])),
        concurrent_participants=draw(st.sampled_from([MISSING, 1])),
        participants=[draw(participants(number)) for number in range(draw(st.integers(0, 4)))],
    )


@pytest.fixture(scope="module", params=stores.BACKENDS)
def control(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmulatorControl]:
    folder = tmp_path_factory.mktemp("lifecycle")
    with (
        stores.database(request.param, folder) as database,
        running(folder, Settings(empty=True, database=database)) as emulator,
        EmulatorControl(str(emulator.client.base_url)) as one,
    ):
        yield one


def dump(control: EmulatorControl) -> list[bytes]:
    with control.dump() as pieces:
        return b"".join(pieces).splitlines()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    room=rooms(),
    processed_after=st.sampled_from([0, 60, 600]),
    since_end=st.sampled_from([0, 59, 60, 700]),
    final_state=st.sampled_from(["complete", "timeout"]),
)
def test_every_way_to_complete_a_room_leaves_the_same(
    control: EmulatorControl, room: Any, processed_after: int, since_end: int, final_state: str
) -> None:
    plan: dict[str, Any] = {"end_reason": "timeout", "processed_after": processed_after, "final_state": final_state}
    end: dict[str, Any] = {"complete_at": at(LENGTH)}

    def scheduled() -> None:
        control.schedule_room(SID, **plan, **end)
        control.advance_clock(LENGTH + since_end)

    def put_with_its_schedule() -> None:
        control.delete_room(SID)
        control.put_room(**{name: room[name] for name in room if name != "room_status"}, schedule=plan | end)
        control.advance_clock(LENGTH)
        control.advance_clock(since_end)

    def completed_then() -> None:
        control.advance_clock(LENGTH)
        control.complete_room(SID, **plan)
        control.advance_clock(since_end)

    def completed_later() -> None:
        control.advance_clock(LENGTH + since_end)
        control.complete_room(SID, **plan, **end)
        control.advance_clock(0)

    ways: list[Callable[[], None]] = [scheduled, put_with_its_schedule, completed_then, completed_later]
    seen = []
    for way in ways:
        control.reset()
        control.set_clock(START, frozen=True)
        control.put_room(**room)
        way()
        seen.append(dump(control))
    for way, lines in zip(ways[1:], seen[1:], strict=True):
        assert list(map(json.loads, lines)) == list(map(json.loads, seen[0])), way.__name__

    control.reset()
    control.set_clock(START + timedelta(seconds=LENGTH + since_end), frozen=True)
    control.load(line + b"\n" for line in seen[0])
    assert dump(control) == seen[0]

    ended, *people = map(json.loads, seen[0])
    assert (ended["end_time"], ended["room_status"], ended["end_reason"]) == (at(LENGTH), "completed", "timeout")
    assert ended["duration_sec"] == (LENGTH if ended["create_time"] else None)
    assert ended["processing_state"] == (final_state if since_end >= processed_after else "in_progress")
    for one in people:
        was = room["participants"][int(one["participant_sid"][2:])]
        assert one["leave_time"] is not None
        assert one["leave_time"] <= at(LENGTH)
        if not was.get("leave_time") or was["leave_time"] > at(LENGTH):
            assert one["status"] in HAS_LEFT
            if one["join_time"]:
                lasted = datetime.fromisoformat(one["leave_time"]) - datetime.fromisoformat(one["join_time"])
                assert one["duration_sec"] == lasted.total_seconds()
    if "total_participant_duration_sec" not in room:
        assert ended["total_participant_duration_sec"] == sum(one["duration_sec"] or 0 for one in people)


def test_changing_the_end_of_a_room_in_progress_completes_it(control: EmulatorControl) -> None:
    control.reset()
    control.set_clock(START, frozen=True)
    control.put_room(room_sid=SID, room_status="in_progress", participants=[{}, {}])
    control.advance_clock(LENGTH)
    control.complete_room(SID)
    completed = dump(control)
    sids = [json.loads(line)["participant_sid"] for line in completed[1:]]
    control.reset()
    control.set_clock(START, frozen=True)
    people = [{"participant_sid": sid} for sid in sids]
    control.put_room(room_sid=SID, room_status="in_progress", participants=people)
    control.advance_clock(LENGTH)
    control.change_room(SID, end_time=at(LENGTH))
    assert dump(control) == completed
    control.advance_clock(minutes=10)
    assert control.read_room(SID)["processing_state"] == "complete"


@pytest.mark.parametrize(
    ("pointer", "call"),
    [
        ("/end_time", lambda control: control.put_room(create_time=at(0), end_time=at(-1))),
        ("/end_time", lambda control: control.change_room(SID, end_time=at(-1))),
        ("/complete_at", lambda control: control.complete_room(SID, complete_at=at(-1))),
        ("/complete_at", lambda control: control.schedule_room(SID, complete_at=at(-1))),
        (
            "/schedule/complete_at",
            lambda control: control.put_room(create_time=at(0), schedule={"complete_at": at(-1)}),
        ),
        ("/create_time", lambda control: control.change_room(SID, create_time=at(LENGTH + 1))),
        (
            "/end_time",
            lambda control: control.load(
                [json.dumps({"create_time": at(0), "end_time": at(-1), "room_name": "x"}).encode()]
            ),
        ),
    ],
)
def test_no_way_in_takes_a_room_that_ends_before_it_begins(
    control: EmulatorControl, pointer: str, call: Callable[[EmulatorControl], Any]
) -> None:
    control.reset()
    control.set_clock(START, frozen=True)
    control.put_room(room_sid=SID, room_status="in_progress", participants=[{}])
    control.schedule_room(SID, complete_at=at(LENGTH))
    before = dump(control)
    with pytest.raises(EmulatorError) as refused:
        call(control)
    assert (refused.value.status, [one.pointer for one in refused.value.mistakes]) == (400, [pointer])
    assert dump(control) == before
    control.advance_clock(LENGTH)
    assert control.read_room(SID)["duration_sec"] == LENGTH
