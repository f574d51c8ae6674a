"""Rooms and participants through the control API, seen through the API itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from video_log_analyzer.emulator_client import EmulatorControl, EmulatorError

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

ROOMS = "/v1/Video/Rooms"
ALL = {"CreatedAfter": "0000-01-01T00:00:00Z"}
ABSENT = "RM00000000ffffffffffffffffffffffff"
SID = "RM00000000" + 24 * "1"


@pytest.fixture
def emulator(start: Callable[..., Emulator]) -> Emulator:
    return start(empty=True)


@pytest.fixture
def control(emulator: Emulator) -> Iterator[EmulatorControl]:
    with EmulatorControl(str(emulator.client.base_url)) as one:
        yield one


def same(emulator: Emulator, shown: Any) -> bool:
    """Whether the API shows what the control API answered, apart from the origin of URLs."""
    origin = str(emulator.client.base_url).rstrip("/")
    found = emulator.document(shown["url"])
    return bool(str(found).replace(origin, "") == str(shown))


def mistakes(refused: pytest.ExceptionInfo[EmulatorError]) -> dict[str, str]:
    return {one.pointer: one.message for one in refused.value.mistakes}


def test_a_name_is_enough_for_a_room_in_the_default_list(emulator: Emulator, control: EmulatorControl) -> None:
    room = control.put_room(room_name="x")
    assert [one["room_sid"] for one in emulator.rooms()] == [room["room_sid"]]
    assert same(emulator, room)
    assert room["room_sid"].startswith("RM00000000")
    assert (room["room_name"], room["room_status"], room["processing_state"]) == ("x", "completed", "complete")
    assert (room["duration_sec"], room["unique_participants"], room["codecs"]) == (1800, 0, [])


def test_a_body_by_post_and_put_alike(emulator: Emulator) -> None:
    for method in ("POST", "PUT"):
        assert emulator.stranger.request(method, "/_emulator/rooms", json={"room_name": method}).status_code == 200
    assert emulator.stranger.put(f"/_emulator/rooms/{SID}").json()["room_sid"] == SID
    assert {room["room_name"] for room in emulator.rooms()} == {"POST", "PUT", SID}


def test_numbers_of_a_room_follow_from_its_participants(emulator: Emulator, control: EmulatorControl) -> None:
    began = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    room = control.put_room(
        create_time=began,
        end_time=began + timedelta(minutes=60),
        recording_enabled=True,
        participants=[
            {"participant_identity": "alice", "leave_time": began + timedelta(minutes=20), "codecs": ["opus"]},
            {"participant_identity": "alice", "join_time": began + timedelta(minutes=20), "codecs": ["VP8"]},
            {"participant_identity": "bob", "properties": {"recordOnConnect": False}},
        ],
    )
    numbers = {
        "duration_sec": 3600,
        "unique_participants": 3,
        "unique_participant_identities": 2,
        "concurrent_participants": 2,
        "codecs": ["VP8", "opus"],
        "total_participant_duration_sec": 7200,
        "total_recording_duration_sec": 3600,
    }
    assert {name: room[name] for name in numbers} == numbers
    people = emulator.document(room["links"]["participants"])["participants"]
    assert sorted(one["duration_sec"] for one in people) == [1200, 2400, 3600]
    control.delete_participant(room["room_sid"], people[0]["participant_sid"])
    control.put_participant(room["room_sid"], participant_identity="eve", codecs=["H264"])
    after = emulator.document(room["url"])
    assert (after["unique_participants"], "H264" in after["codecs"]) == (3, True)


def test_a_number_that_is_given_stays(emulator: Emulator, control: EmulatorControl) -> None:
    room = control.put_room(unique_participants=17, duration_sec=5, total_recording_duration_sec=None)
    assert (room["unique_participants"], room["duration_sec"], room["total_recording_duration_sec"]) == (17, 5, None)
    control.put_participant(room["room_sid"])
    after = emulator.document(room["url"])
    assert (after["unique_participants"], after["duration_sec"]) == (17, 5)
    assert (after["total_participant_duration_sec"], after["total_recording_duration_sec"]) == (1800, None)


def test_every_field_may_be_null_or_withdrawn_or_internal(emulator: Emulator, control: EmulatorControl) -> None:
    full = control.put_room(participants=[{}])
    fixed = {"account_sid", "room_sid", "participant_sid", "url", "links", "create_time", "join_time"}
    nothing: Any = {name: None for name in full if name not in fixed}
    nulls = control.put_room(**nothing)
    assert {name for name, value in nulls.items() if value is not None} <= fixed
    assert same(emulator, nulls)
    person = emulator.document(full["links"]["participants"])["participants"][0]
    nothing = {name: None for name in person if name not in fixed}
    nobody = control.put_participant(full["room_sid"], **nothing)
    assert {name for name, value in nobody.items() if value is not None} <= fixed
    assert same(emulator, nobody)
    old = control.put_room(media_region="stage_us1", status_callback_method="PATCH")
    assert same(emulator, old)


def test_what_nobody_published_needs_a_flag(emulator: Emulator, control: EmulatorControl) -> None:
    strange: Any = {
        "room_type": "webinar",
        "codecs": ["AV1", "VP8"],
        "end_reason": "boredom",
        "edge_location": "montreal",
    }
    with pytest.raises(EmulatorError) as refused:
        control.put_room(**strange)
    assert set(mistakes(refused)) == {"/room_type", "/codecs/0", "/end_reason", "/edge_location"}
    room = control.put_room(**strange, allow_unknown=True)
    assert {name: room[name] for name in strange} == strange
    assert same(emulator, room)
    assert [one["room_sid"] for one in emulator.rooms(Codec="VP8")] == [room["room_sid"]]


def test_all_mistakes_are_told_at_once_and_nothing_is_stored(emulator: Emulator, control: EmulatorControl) -> None:
    with pytest.raises(EmulatorError) as refused:
        control.put_room(
            room_nam="x",
            room_type="grup",
            create_time="yesterday",
            duration_sec=-1,
            recording_enabled="yes",
            status_callback="nowhere",
            participants=[{"codecs": ["VP8", "VP0", 5], "properties": {"numAudioTrack": 1, "isAdhoc": 0}}, []],
            schedule={"at": 5},
        )
    found = mistakes(refused)
    assert refused.value.status == 400
    assert set(found) == {
        *("/room_nam", "/room_type", "/create_time", "/duration_sec", "/recording_enabled", "/status_callback"),
        *("/participants/0/codecs/1", "/participants/0/codecs/2", "/participants/1", "/schedule/at"),
        *("/participants/0/properties/numAudioTrack", "/participants/0/properties/isAdhoc"),
    }
    assert "did you mean 'room_name'?" in found["/room_nam"]
    assert "did you mean 'group'?" in found["/room_type"]
    assert "did you mean 'numAudioTracks'?" in found["/participants/0/properties/numAudioTrack"]
    assert emulator.rooms(**ALL) == []


@pytest.mark.parametrize(
    "body",
    [
        *(b"{", b"[]", b'"x"', b"\xff", b'{"room_name": NaN}', b'{"room_name": "a", "room_name": "b"}'),
        *(b"[" * 100_000, b'{"room_name": "\\ud800"}', b'{"room_name": "\\u0000"}', b'{"max_participants": 1e3}'),
        *(b'{"max_participants": true}', b'{"max_participants": ' + b"9" * 5000 + b"}"),
        b'{"create_time": "2026-11-20T10:00:00Z", "end_time": "2026-11-20T09:00:00Z"}',
    ],
)
def test_a_body_that_is_no_room_is_400(emulator: Emulator, body: bytes) -> None:
    answer = emulator.stranger.put("/_emulator/rooms", content=body)
    assert answer.status_code == 400, answer.text
    assert answer.json()["errors"]
    assert emulator.rooms(**ALL) == []


def test_a_room_changes_field_by_field(emulator: Emulator, control: EmulatorControl) -> None:
    room = control.put_room(room_name="before", participants=[{}])
    later = control.change_room(room["room_sid"], room_name="after", end_time=None)
    assert (later["room_name"], later["room_status"], later["duration_sec"]) == ("after", "in_progress", None)
    assert (later["create_time"], later["unique_participants"]) == (room["create_time"], 1)
    assert same(emulator, later)
    with pytest.raises(EmulatorError) as refused:
        control.change_room(room["room_sid"], account_sid=None, participants=[], room_status=5)
    assert set(mistakes(refused)) == {"/participants", "/room_status"}
    assert emulator.stranger.patch(f"/_emulator/rooms/{SID}", json={}).status_code == 404
    other = emulator.stranger.patch(f"/_emulator/rooms/{room['room_sid']}", json={"room_sid": SID})
    assert (other.status_code, other.json()["errors"][0]["pointer"]) == (400, "/room_sid")
    assert same(emulator, later)


def test_a_participant_changes_and_its_room_with_it(emulator: Emulator, control: EmulatorControl) -> None:
    room = control.put_room(participants=[{"participant_identity": "alice"}])
    alice = emulator.document(room["links"]["participants"])["participants"][0]
    left = datetime.fromisoformat(alice["join_time"]) + timedelta(seconds=100)
    changed = control.change_participant(room["room_sid"], alice["participant_sid"], leave_time=left, error_code=53000)
    assert (changed["duration_sec"], changed["error_code"]) == (100, 53000)
    assert same(emulator, changed)
    assert emulator.document(room["url"])["total_participant_duration_sec"] == 100
    with pytest.raises(EmulatorError, match="/leave_time"):
        control.change_participant(room["room_sid"], alice["participant_sid"], leave_time="2000-01-01T00:00:00Z")


def test_completing_a_room_lets_everybody_leave(emulator: Emulator, control: EmulatorControl) -> None:
    control.set_clock(datetime(2026, 11, 20, 10, tzinfo=UTC), frozen=True)
    room = control.put_room(room_status="in_progress", participants=[{}, {}])
    assert (room["end_time"], room["processing_state"], room["total_participant_duration_sec"]) == (
        None,
        "not_started",
        0,
    )
    control.advance_clock(minutes=5)
    ended = control.complete_room(room["room_sid"], end_reason="timeout")
    assert (ended["duration_sec"], ended["end_reason"], ended["processing_state"]) == (300, "timeout", "in_progress")
    assert ended["total_participant_duration_sec"] == 600
    people = emulator.document(room["links"]["participants"])["participants"]
    assert {one["status"] for one in people} == {"disconnected"}
    with pytest.raises(EmulatorError, match="409"):
        control.complete_room(room["room_sid"])
    control.advance_clock(minutes=10)
    assert emulator.document(room["url"])["processing_state"] == "complete"
    control.advance_clock(days=7)
    assert emulator.get(room["url"]).status_code == 404


def test_a_scheduled_room_ends_by_itself(emulator: Emulator, control: EmulatorControl) -> None:
    now = control.set_clock(datetime(2026, 11, 20, 10, tzinfo=UTC), frozen=True).now
    schedule = {"complete_at": now + timedelta(hours=1), "processed_after": 60, "final_state": "timeout"}
    room = control.put_room(schedule=schedule, participants=[{}])
    other = control.put_room(room_status="in_progress")
    control.schedule_room(other["room_sid"], complete_at=now + timedelta(hours=2))
    states = []
    for minutes in (59, 1, 1, 59):
        control.advance_clock(minutes=minutes)
        states.append([emulator.document(one["url"])["processing_state"] for one in (room, other)])
    assert states == [
        ["not_started", "not_started"],
        ["in_progress", "not_started"],
        ["timeout", "not_started"],
        ["timeout", "in_progress"],
    ]
    assert emulator.document(room["url"])["duration_sec"] == 3600


def test_what_is_deleted_is_gone(emulator: Emulator, control: EmulatorControl) -> None:
    room = control.put_room(participants=[{}])
    control.delete_room(room["room_sid"])
    assert emulator.get(room["url"]).status_code == 404
    for call in (
        lambda: control.delete_room(room["room_sid"]),
        lambda: control.change_room(ABSENT, room_name="x"),
        lambda: control.put_participant(ABSENT),
        lambda: control.complete_room(ABSENT),
        lambda: control.put_room(account_sid="AC" + 32 * "0"),
    ):
        with pytest.raises(EmulatorError) as refused:
            call()
        assert refused.value.status == 404


def test_what_the_api_shows_can_be_put_as_it_is(emulator: Emulator, control: EmulatorControl) -> None:
    room = control.put_room(participants=[{}, {}], room_name="télé ☕", status_callback="https://example.com/a?b=1")
    shown = emulator.document(room["url"])
    people = emulator.document(room["links"]["participants"])["participants"]
    control.reset()
    control.put_room(**shown, participants=people)
    assert emulator.document(room["url"]) == shown
    assert emulator.document(room["links"]["participants"])["participants"] == people


def test_each_account_has_rooms_of_its_own(emulator: Emulator, control: EmulatorControl) -> None:
    first, second = (one["account_sid"] for one in control.accounts())
    room = control.put_room(account_sid=second, room_name="theirs")
    assert room["account_sid"] == second
    assert emulator.rooms(**ALL) == []
    with pytest.raises(EmulatorError) as refused:
        control.read_room(room["room_sid"], account_sid=first)
    assert refused.value.status == 404
    assert control.read_room(room["room_sid"], account_sid=second) == room


def test_a_schedule_outlives_changes_of_the_room(emulator: Emulator, control: EmulatorControl) -> None:
    now = control.set_clock(datetime(2026, 11, 20, 10, tzinfo=UTC), frozen=True).now
    room = control.put_room(schedule={"complete_at": now + timedelta(hours=1)})
    control.put_participant(room["room_sid"])
    control.change_room(room["room_sid"], room_name="renamed")
    control.advance_clock(hours=1)
    ended = emulator.document(room["url"])
    assert (ended["room_status"], ended["duration_sec"], ended["total_participant_duration_sec"]) == (
        "completed",
        3600,
        3600,
    )
    control.advance_clock(minutes=10)
    assert emulator.document(room["url"])["processing_state"] == "complete"


def test_rooms_in_progress_are_in_the_default_list_when_told_to(start: Callable[..., Emulator]) -> None:
    emulator = start(empty=True, worlds=("D17=in-progress-listed",))
    with EmulatorControl(str(emulator.client.base_url)) as control:
        going_on = control.put_room(room_status="in_progress")["room_sid"]
        old = control.put_room(create_time="2020-01-01T00:00:00Z", end_time=None)["room_sid"]
        over = control.put_room()["room_sid"]
    assert {room["room_sid"] for room in emulator.rooms()} == {going_on, old, over}
    assert {page["rooms"][0]["room_sid"] for page in emulator.walk(PageSize=1)} == {going_on, old, over}
