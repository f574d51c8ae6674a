"""The client against the emulator: by resource and by plain function, synchronous and asynchronous, all the same."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from video_log_analyzer_client import AsyncClient, Client, Codec, Error, Participant, Room, RoomPage, RoomType, errors
from video_log_analyzer_client.api.participants import fetch_participant, list_participants
from video_log_analyzer_client.api.rooms import fetch_room, list_rooms

from contract_kit.targets import Target

WEEK_AGO = datetime.now(UTC) - timedelta(days=6)
# What began hours ago has ended and is processed: nothing changes while a test looks twice.
SETTLED: Any = {"created_after": WEEK_AGO, "created_before": WEEK_AGO + timedelta(days=6, hours=-8)}
UNKNOWN = "RM" + "0" * 32


@pytest.fixture
def client(target: Target) -> Client:
    return Client(target.credentials.username, target.credentials.secret, base_url=target.url)


def test_lists_iterates_and_fetches(client: Client) -> None:
    rooms = list(client.rooms.iterate(**SETTLED, page_size=40))
    assert len(rooms) > 80
    assert len({room.room_sid for room in rooms}) == len(rooms)
    page = client.rooms.list(**SETTLED, page_size=40)
    assert page.rooms == rooms[:40]
    assert page.meta.next_page_url is not None
    assert page.raw.deviations() == []
    assert page.raw.request_id is not None
    busiest = max(rooms, key=lambda room: room.unique_participants or 0)
    assert client.rooms.fetch(busiest.room_sid) == busiest
    participants = client.rooms.participants(busiest.room_sid)
    people = list(participants.iterate(page_size=2))
    assert len(people) == busiest.unique_participants
    assert participants.list().participants == people
    assert participants.fetch(people[0].participant_sid) == people[0]


def test_asynchronous_calls_give_the_same(client: Client, target: Target) -> None:
    async def everything() -> tuple[list[Room], RoomPage, list[Participant], Participant, Room]:
        credentials = target.credentials
        async with AsyncClient(credentials.username, credentials.secret, base_url=target.url) as other:
            rooms = [room async for room in other.rooms.iterate(**SETTLED, limit=60)]
            page = await other.rooms.list(**SETTLED, page_size=5)
            participants = other.rooms.participants(busiest.room_sid)
            people = [each async for each in participants.iterate()]
            one = await participants.fetch(people[0].participant_sid)
            return rooms, page, people, one, await other.rooms.fetch(busiest.room_sid)

    same = list(client.rooms.iterate(**SETTLED))
    busiest = max(same, key=lambda room: room.unique_participants or 0)
    rooms, page, people, one, fetched = asyncio.run(everything())
    assert rooms == same[:60]
    assert page.rooms == same[:5]
    assert people == list(client.rooms.participants(busiest.room_sid).iterate())
    assert one == people[0]
    assert fetched == busiest


def test_filters_take_members_and_strings_one_or_several(client: Client) -> None:
    def rooms(**filters: object) -> list[Room]:
        return list(client.rooms.iterate(**SETTLED, **filters))  # type: ignore[arg-type]

    both = rooms(room_type=[RoomType.GO, "group"])
    assert {room.room_type for room in both} == {RoomType.GO, RoomType.GROUP}
    assert rooms(room_type={"go", "group"}) == rooms(room_type=(each for each in ("group", RoomType.GO))) == both
    assert rooms(room_type="go") == rooms(room_type=[RoomType.GO]) == rooms(room_type=RoomType.GO)
    assert all(Codec.H264 in (room.codecs or ()) for room in rooms(codec=Codec.H264))


def test_plain_functions_give_answers_and_errors_as_values(client: Client, target: Target) -> None:
    page = list_rooms.sync(client=client, **SETTLED, page_size=3)
    assert isinstance(page, RoomPage)
    assert len(page.rooms) == 3
    busiest = max(
        client.rooms.iterate(**SETTLED),
        key=lambda room: room.unique_participants or 0,
    )
    assert fetch_room.sync(busiest.room_sid, client=client) == busiest
    detailed = list_participants.sync_detailed(busiest.room_sid, client=client, page_size=1)
    assert detailed.status_code == 200
    assert detailed.headers["content-type"].startswith("application/json")
    assert not isinstance(detailed.parsed, Error)
    assert detailed.parsed is not None
    somebody = detailed.parsed.participants[0]
    assert fetch_participant.sync(busiest.room_sid, somebody.participant_sid, client=client) == somebody
    missing = fetch_room.sync_detailed(UNKNOWN, client=client)
    assert missing.status_code == 404
    assert isinstance(missing.parsed, Error)
    assert missing.parsed.code == 20404

    async def asynchronous() -> tuple[object, object]:
        credentials = target.credentials
        async with AsyncClient(credentials.username, credentials.secret, base_url=target.url) as other:
            detailed = await fetch_room.asyncio_detailed(UNKNOWN, client=other)
            same = await list_rooms.asyncio(client=other, **SETTLED, page_size=3)
            assert isinstance(same, RoomPage)
            # Not the pages: the URLs of their neighbours hold when they were made.
            return same.rooms, detailed.parsed

    assert asyncio.run(asynchronous()) == (page.rooms, missing.parsed)


def test_errors_have_all_that_the_service_says(client: Client, target: Target) -> None:
    wrong = Client(target.credentials.username, "wrong", base_url=target.url)
    with pytest.raises(errors.AuthenticationError) as refused:
        wrong.rooms.list()
    assert (refused.value.operation, refused.value.status, refused.value.code) == ("list_rooms", 401, 20003)
    with pytest.raises(errors.AuthenticationError):
        wrong.rooms.fetch(UNKNOWN)
    with pytest.raises(errors.NotFound) as missing:
        client.rooms.fetch(UNKNOWN)
    with pytest.raises(errors.NotFound) as missing_list:
        list(client.rooms.participants(UNKNOWN).iterate())
    assert missing.value.code == missing_list.value.code == 20404
    assert missing.value.more_info == "https://www.twilio.com/docs/errors/20404"
    assert missing.value.request_id is not None
    assert missing.value.request_id in str(missing.value)
    assert UNKNOWN in missing.value.message
    with pytest.raises(errors.InvalidRequest) as large:
        client.rooms.list(page_size=5000)
    assert large.value.code == 20007


def test_closed_client_says_so(client: Client) -> None:
    with client:
        assert client.rooms.list().meta.page == 0
    with pytest.raises(errors.ConfigurationError, match="closed"):
        client.rooms.list()
