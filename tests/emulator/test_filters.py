"""The filters of the rooms list, the default window and the end of a room's life."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from contract_kit.emulator import rfc3339
from video_log_analyzer.emulator import vocabulary

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

ALL = "0000-01-01T00:00:00Z"
DAY = 86_400


def sids(rooms: list[Any]) -> list[str]:
    return [room["room_sid"] for room in rooms]


def completed_in_the_last_day(emulator: Emulator, room: Any) -> bool:
    return room["end_time"] is not None and rfc3339.parse(room["end_time"]) > emulator.clock.now() - DAY


def test_without_a_bound_the_list_is_what_completed_in_24_hours(emulator: Emulator) -> None:
    everything = emulator.rooms(CreatedAfter=ALL)
    expected = [room for room in everything if completed_in_the_last_day(emulator, room)]
    assert 20 < len(expected) < len(everything)
    assert emulator.rooms() == expected


def test_either_bound_replaces_the_window_and_shows_rooms_in_progress(emulator: Emulator) -> None:
    for bound in ({"CreatedAfter": ALL}, {"CreatedBefore": "9999-12-31T23:59:59Z"}):
        rooms = emulator.rooms(**bound)
        assert len(rooms) == 150
        assert {room["room_status"] for room in rooms} == {"completed", "in_progress"}


def subsets(values: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [subset for size in range(4) for subset in itertools.combinations(values, size)]


@pytest.mark.parametrize("bounds", [{}, {"CreatedAfter": ALL}], ids=["default window", "all"])
def test_types_and_codecs_mean_any_of(emulator: Emulator, bounds: dict[str, str]) -> None:
    everything = emulator.rooms(**bounds)
    for types in subsets(vocabulary.ROOM_TYPE.current):
        for codecs in subsets(vocabulary.CODEC.current):
            expected = [
                room
                for room in everything
                if (not types or room["room_type"] in types) and (not codecs or set(codecs) & set(room["codecs"]))
            ]
            assert emulator.rooms(**bounds, RoomType=types, Codec=codecs) == expected


def test_the_room_name_is_exact(emulator: Emulator) -> None:
    everything = emulator.rooms(CreatedAfter=ALL)
    names = Counter(room["room_name"] for room in everything)
    assert any(count > 1 for count in names.values())
    assert any(not name.isascii() for name in names)
    for name in names:
        expected = [room for room in everything if room["room_name"] == name]
        assert emulator.rooms(CreatedAfter=ALL, RoomName=name) == expected
        for codec in vocabulary.CODEC.current:
            with_codec = [room for room in expected if codec in room["codecs"]]
            assert emulator.rooms(CreatedAfter=ALL, RoomName=name, Codec=codec) == with_codec
    name = next(name for name in names if name.startswith("daily"))
    for other in (name[:-1], name + " ", name.upper(), "%", "_", "", "' OR '1'='1", "\ud7ff"):
        assert emulator.rooms(CreatedAfter=ALL, RoomName=other) == []


def test_created_after_is_inclusive_and_created_before_exclusive(emulator: Emulator) -> None:
    everything = emulator.rooms(CreatedAfter=ALL)
    for room in everything[::10]:
        second = room["create_time"]
        assert sids(emulator.rooms(CreatedAfter=second)) == sids(
            [one for one in everything if one["create_time"] >= second]
        )
        assert sids(emulator.rooms(CreatedBefore=second)) == sids(
            [one for one in everything if one["create_time"] < second]
        )


def test_several_rooms_of_one_second_are_all_in_or_all_out(emulator: Emulator) -> None:
    everything = emulator.rooms(CreatedAfter=ALL)
    second, count = Counter(room["create_time"] for room in everything).most_common(1)[0]
    assert count > 1
    following = rfc3339.render(rfc3339.parse(second) + 1)
    assert len(emulator.rooms(CreatedAfter=second, CreatedBefore=following)) == count
    assert emulator.rooms(CreatedAfter=second, CreatedBefore=second) == []


def test_bounds_are_instants_however_they_are_written(emulator: Emulator) -> None:
    everything = emulator.rooms(CreatedAfter=ALL)
    epoch = rfc3339.parse(everything[70]["create_time"])
    expected = sids([room for room in everything if rfc3339.parse(room["create_time"]) >= epoch])
    elsewhere = rfc3339.render(epoch + 5 * 3600 + 1800).replace("Z", "+05:30")
    slightly_before = rfc3339.render(epoch - 1).replace("Z", ".000000000001Z")
    for bound in (elsewhere, slightly_before, rfc3339.render(epoch).lower()):
        assert sids(emulator.rooms(CreatedAfter=bound)) == expected


def test_all_filters_combine(emulator: Emulator) -> None:
    everything = emulator.rooms(CreatedAfter=ALL)
    after, before = everything[120]["create_time"], everything[10]["create_time"]
    found = emulator.rooms(
        RoomType=["group", "go"], Codec=["VP8"], RoomName="interview", CreatedAfter=after, CreatedBefore=before
    )
    assert found == [
        room
        for room in everything
        if room["room_type"] in ("group", "go")
        and "VP8" in room["codecs"]
        and room["room_name"] == "interview"
        and after <= room["create_time"] < before
    ]


def test_a_room_leaves_the_window_after_24_hours_and_everything_after_seven_days(
    start: Callable[..., Emulator],
) -> None:
    emulator = start(empty=True)
    room = emulator.add_room(created_ago=3600, ended_ago=0)
    in_progress = emulator.add_room(created_ago=60, ended_ago=None)

    def listed() -> tuple[bool, bool]:
        return room in sids(emulator.rooms()), room in sids(emulator.rooms(CreatedAfter=ALL))

    assert listed() == (True, True)
    emulator.clock.advance(DAY - 1)
    assert listed() == (True, True)
    emulator.clock.advance(1)
    assert listed() == (False, True)
    emulator.clock.advance(6 * DAY - 1)
    assert listed() == (False, True)
    assert emulator.get(f"/v1/Video/Rooms/{room}").status_code == 200
    emulator.clock.advance(1)
    assert listed() == (False, False)
    for path in (room, f"{room}/Participants"):
        assert emulator.get(f"/v1/Video/Rooms/{path}").status_code == 404
    assert sids(emulator.rooms(CreatedAfter=ALL)) == [in_progress]
