"""The sample: every published value is there, and every room agrees with itself and its participants."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.emulator import rfc3339
from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.accounts import first_account, second_account

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

ALL = "0000-01-01T00:00:00Z"
WEEK = 7 * 86_400
ROOM_KEYS = {
    *("account_sid", "room_sid", "room_name", "create_time", "end_time", "room_type", "room_status", "status_callback"),
    *("status_callback_method", "created_method", "end_reason", "max_participants", "unique_participants"),
    *("unique_participant_identities", "concurrent_participants", "max_concurrent_participants", "codecs"),
    *("media_region", "duration_sec", "total_participant_duration_sec", "total_recording_duration_sec"),
    *("processing_state", "recording_enabled", "edge_location", "url", "links"),
}
PARTICIPANT_KEYS = {
    *("participant_sid", "participant_identity", "join_time", "leave_time", "duration_sec", "account_sid", "room_sid"),
    *("status", "codecs", "end_reason", "error_code", "error_code_url", "media_region", "properties", "edge_location"),
    *("publisher_info", "url"),
}
ROOM_ENUMS = {
    "room_type": vocabulary.ROOM_TYPE,
    "room_status": vocabulary.ROOM_STATUS,
    "status_callback_method": vocabulary.STATUS_CALLBACK_METHOD,
    "created_method": vocabulary.CREATED_METHOD,
    "end_reason": vocabulary.ROOM_END_REASON,
    "processing_state": vocabulary.PROCESSING_STATE,
    "media_region": vocabulary.MEDIA_REGION,
    "edge_location": vocabulary.EDGE_LOCATION,
}
PARTICIPANT_ENUMS = {
    "status": vocabulary.PARTICIPANT_STATUS,
    "end_reason": vocabulary.PARTICIPANT_END_REASON,
    "media_region": vocabulary.MEDIA_REGION,
    "edge_location": vocabulary.EDGE_LOCATION,
}


def participants_of(emulator: Emulator, room: Any) -> list[Any]:
    participants: list[Any] = emulator.document(room["links"]["participants"], PageSize=1000)["participants"]
    return participants


def seconds(start: str, end: str) -> int:
    return rfc3339.parse(end) - rfc3339.parse(start)


def shown(resources: list[Any], key: str) -> set[str]:
    return {resource[key] for resource in resources if resource[key] is not None}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_current_value_and_no_other_is_shown(start: Callable[..., Emulator], seed: int) -> None:
    emulator = start(rooms=120, seed=seed)
    rooms = emulator.rooms(CreatedAfter=ALL)
    participants = [one for room in rooms for one in participants_of(emulator, room)]
    assert (len(rooms), len(vocabulary.PARTICIPANT_END_REASON.current)) == (120, 47)
    for resources, enums in ((rooms, ROOM_ENUMS), (participants, PARTICIPANT_ENUMS)):
        for key, published in enums.items():
            assert shown(resources, key) == set(published.current), key
        assert {codec for one in resources for codec in one["codecs"]} == set(vocabulary.CODEC.current)
    assert {room["unique_participants"] for room in rooms} == set(range(13))
    # Each nullable of the sources that may really be without a value is null somewhere.
    assert None in {room["status_callback"] for room in rooms}
    assert None in {one["end_reason"] for one in participants}


def test_legacy_values_appear_when_asked_for(start: Callable[..., Emulator]) -> None:
    emulator = start(legacy_values=True)
    rooms = emulator.rooms(CreatedAfter=ALL)
    assert shown(rooms, "media_region") == set(vocabulary.MEDIA_REGION.values(legacy=True))
    assert shown(rooms, "status_callback_method") == set(vocabulary.STATUS_CALLBACK_METHOD.values(legacy=True))


def test_rooms_agree_with_themselves_and_their_participants(emulator: Emulator) -> None:
    now = rfc3339.render(emulator.clock.now())
    states = set()
    for room in emulator.rooms(CreatedAfter=ALL):
        assert set(room) == ROOM_KEYS
        require_plausible_room(room, now)
        participants = participants_of(emulator, room)
        for participant in participants:
            assert set(participant) == PARTICIPANT_KEYS
            require_plausible_participant(participant, room, now)
        require_sums(room, participants)
        states.add((room["room_status"], room["processing_state"]))
    assert states >= {
        ("in_progress", "not_started"),
        *(("completed", state) for state in vocabulary.PROCESSING_STATE.current),
    }


def require_plausible_room(room: Any, now: str) -> None:
    assert re.fullmatch("RM0{8}[0-9a-f]{24}", room["room_sid"])
    assert re.fullmatch("AC0{8}[0-9a-f]{24}", room["account_sid"])
    completed = room["room_status"] == "completed"
    assert (room["end_time"] is not None, room["end_reason"] is not None) == (completed, completed)
    assert (room["status_callback"] is None) == (room["status_callback_method"] is None)
    if completed:
        assert room["duration_sec"] == seconds(room["create_time"], room["end_time"]) >= 0
        assert 0 <= seconds(room["end_time"], now) < WEEK
    else:
        assert room["duration_sec"] is None
    assert room["create_time"] <= now
    assert room["unique_participant_identities"] <= room["unique_participants"] <= room["max_participants"]
    assert room["concurrent_participants"] <= room["unique_participants"]
    assert room["concurrent_participants"] <= room["max_concurrent_participants"]


def require_plausible_participant(participant: Any, room: Any, now: str) -> None:
    assert re.fullmatch("PA0{8}[0-9a-f]{24}", participant["participant_sid"])
    assert (participant["room_sid"], participant["account_sid"]) == (room["room_sid"], room["account_sid"])
    assert room["create_time"] <= participant["join_time"] <= (room["end_time"] or now)
    if participant["leave_time"] is None:
        assert room["room_status"] == "in_progress"
        assert participant["status"] in ("connected", "in_progress")
        assert (participant["end_reason"], participant["duration_sec"]) == (None, None)
    else:
        assert participant["join_time"] <= participant["leave_time"] <= (room["end_time"] or now)
        assert participant["duration_sec"] == seconds(participant["join_time"], participant["leave_time"])
        assert participant["status"] in ("disconnected", "completed")
    assert set(participant["properties"]) == {
        *("recordOnConnect", "numAudioTracks", "numVideoTracks", "numDataTracks", "isAdhoc")
    }
    assert set(participant["publisher_info"]) == {"name", "sdk_version"}
    assert (participant["error_code_url"] is None) == (participant["error_code"] in (None, 0))


def require_sums(room: Any, participants: list[Any]) -> None:
    assert room["unique_participants"] == len(participants)
    assert room["unique_participant_identities"] == len({one["participant_identity"] for one in participants})
    assert room["total_participant_duration_sec"] == sum(one["duration_sec"] or 0 for one in participants)
    recorded = [one for one in participants if one["properties"]["recordOnConnect"]]
    assert room["total_recording_duration_sec"] == sum(one["duration_sec"] or 0 for one in recorded)
    assert room["recording_enabled"] or not recorded
    assert set(room["codecs"]) == {codec for one in participants for codec in one["codecs"]}
    peak = max(
        (
            sum(
                one["join_time"] <= other["join_time"] < (one["leave_time"] or "9")
                or one["participant_sid"] == other["participant_sid"]
                for one in participants
            )
            for other in participants
        ),
        default=0,
    )
    assert room["concurrent_participants"] == peak


def test_the_same_seed_makes_the_same_rooms(start: Callable[..., Emulator]) -> None:
    one, same, other = (start(rooms=20, seed=seed) for seed in (7, 7, 8))
    sids = [[room["room_sid"] for room in each.rooms(CreatedAfter=ALL)] for each in (one, same, other)]
    assert sids[0] == sids[1]
    assert not set(sids[0]) & set(sids[2])
    assert one.accounts == same.accounts == [first_account(7), second_account(7)]
    assert len({account.sid for each in (one, other) for account in each.accounts}) == 4


@pytest.mark.parametrize("rooms", [0, 1, 2, 5])
def test_a_small_sample_works_too(start: Callable[..., Emulator], rooms: int) -> None:
    emulator = start(rooms=rooms)
    assert len(emulator.rooms(CreatedAfter=ALL)) == rooms
    assert len(emulator.rooms()) >= min(rooms, 1)
