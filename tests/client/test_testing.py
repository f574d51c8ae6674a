"""The service in memory, for tests of programs that use the client."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest
from video_log_analyzer_client import MediaRegion, Participant, Room, errors, testing

pytest_plugins = ["pytester"]


def service_of(count: int) -> testing.Service:
    service = testing.Service()
    for number in range(count):
        service.add(testing.example(Room, room_sid=f"RM{number}", room_type="go" if number % 2 else "group"))
    return service


def test_example_is_valid_and_changed_by_name() -> None:
    room = testing.example(Room, room_name="standup", end_time=datetime(2026, 11, 20, tzinfo=UTC))
    assert room.room_name == "standup"
    assert room.end_time == datetime(2026, 11, 20, tzinfo=UTC)
    with pytest.raises(errors.InvalidArgument, match="Room has no key roomname"):
        testing.example(Room, roomname="x")


def test_lists_come_page_by_page() -> None:
    service = service_of(120)
    with service.client() as client:
        page = client.rooms.list()
        assert len(page.rooms) == 50
        assert [room.room_sid for room in client.rooms.iterate(page_size=7)] == [f"RM{number}" for number in range(120)]
        assert len(list(client.rooms.pages(page_size=50))) == 3
        assert len(list(client.rooms.iterate(limit=3))) == 3
    assert service.requests[0] == "/v1/Video/Rooms?PageSize=50"


def test_rows_are_chosen_by_their_properties_or_not_at_all() -> None:
    with service_of(4).client() as client:
        assert [room.room_sid for room in client.rooms.iterate(room_type="go")] == ["RM1", "RM3"]
        assert list(client.rooms.iterate(codec="H264")) == []
        with pytest.raises(errors.InvalidArgument, match="CreatedAfter names no property of a Room"):
            client.rooms.list(created_after=datetime(2026, 11, 20, tzinfo=UTC))


def test_what_lies_below_and_what_is_missing() -> None:
    service = service_of(2)
    service.add(testing.example(Participant, room_sid="RM1", participant_sid="PA1", media_region=MediaRegion("us9")))
    with service.client() as client:
        assert [each.participant_sid for each in client.rooms.participants("RM1").iterate()] == ["PA1"]
        assert client.rooms.participants("RM0").list().participants == []
        assert client.rooms.participants("RM1").fetch("PA1").media_region == "us9"
        assert client.rooms.fetch("RM1").room_sid == "RM1"
        for ask in (lambda: client.rooms.fetch("RM9"), client.rooms.participants("RM9").list):
            with pytest.raises(errors.NotFound) as caught:
                ask()
            assert caught.value.code == 20404
        with pytest.raises(errors.NotFound):
            client.rooms.participants("RM0").fetch("PA1")


def test_asynchronous_client_of_it() -> None:
    async def names() -> list[str]:
        async with service_of(3).async_client() as client:
            return [room.room_sid async for room in client.rooms.iterate(page_size=2)]

    assert asyncio.run(names()) == ["RM0", "RM1", "RM2"]


def test_fixture_is_there_for_who_asks_for_it(pytester: pytest.Pytester) -> None:
    pytester.makeconftest('pytest_plugins = ["video_log_analyzer_client.pytest_plugin"]')
    pytester.makepyfile(
        """
        from video_log_analyzer_client import Room, testing

        def test_it(fake_service):
            fake_service.add(testing.example(Room, room_sid="RM1"))
            with fake_service.client() as client:
                assert client.rooms.fetch("RM1").room_sid == "RM1"
        """
    )
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)
