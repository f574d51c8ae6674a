"""The generated client against the emulator: list, page, fetch, authenticate, and meet the unknown."""

from __future__ import annotations

import asyncio
import copy
import pickle
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from video_log_analyzer_client import AuthenticatedClient, Client
from video_log_analyzer_client.api.participants import fetch_participant, list_participants
from video_log_analyzer_client.api.rooms import fetch_room, list_rooms
from video_log_analyzer_client.models import Codec, Error, MediaRegion, ParticipantPage, Room, RoomPage, RoomType

from video_log_analyzer.targets import Target

WEEK_AGO = datetime.now(UTC) - timedelta(days=6)


@pytest.fixture
def client(target: Target) -> AuthenticatedClient:
    return AuthenticatedClient(target.url, username=target.credentials.username, password=target.credentials.password)


def test_lists_pages_and_fetches(client: AuthenticatedClient) -> None:
    rooms: list[Room] = []
    token: str | None = None
    while True:
        more = {} if token is None else {"page_token": token}
        page = list_rooms.sync(client=client, created_after=WEEK_AGO, page_size=40, **more)  # type: ignore[arg-type]
        assert isinstance(page, RoomPage)
        rooms += page.rooms
        if page.meta.next_page_url is None:
            break
        token = parse_qs(urlsplit(page.meta.next_page_url).query)["PageToken"][0]
    assert len(rooms) > 40
    assert len({room.room_sid for room in rooms}) == len(rooms)
    busiest = max(rooms, key=lambda room: room.unique_participants or 0)
    assert fetch_room.sync(busiest.room_sid, client=client) == busiest
    people = list_participants.sync(busiest.room_sid, client=client)
    assert isinstance(people, ParticipantPage)
    assert len(people.participants) == busiest.unique_participants
    somebody = people.participants[0]
    assert fetch_participant.sync(busiest.room_sid, somebody.participant_sid, client=client) == somebody


def test_filters_take_members_and_repeat_their_key(client: AuthenticatedClient) -> None:
    page = list_rooms.sync(client=client, created_after=WEEK_AGO, room_type=[RoomType.GO, RoomType.GROUP])
    assert isinstance(page, RoomPage)
    assert {room.room_type for room in page.rooms} == {RoomType.GO, RoomType.GROUP}


def test_asynchronous_calls_give_the_same(client: AuthenticatedClient) -> None:
    async def fetch() -> RoomPage | Error | None:
        async with client:
            return await list_rooms.asyncio(client=client, created_after=WEEK_AGO, page_size=5)

    page = asyncio.run(fetch())
    assert isinstance(page, RoomPage)
    assert len(page.rooms) == 5


def test_errors_of_the_api_are_parsed(client: AuthenticatedClient, target: Target) -> None:
    missing = fetch_room.sync_detailed("RM" + "0" * 32, client=client)
    assert missing.status_code == 404
    assert isinstance(missing.parsed, Error)
    assert missing.parsed.code == 20404
    wrong = AuthenticatedClient(target.url, username=target.credentials.username, password="wrong")
    refused = list_rooms.sync_detailed(client=wrong)
    assert refused.status_code == 401
    assert isinstance(refused.parsed, Error)


def test_secret_is_in_no_representation(client: AuthenticatedClient) -> None:
    secret = client.password
    client.get_httpx_client()
    assert secret not in repr(client)
    assert secret not in repr(Client("http://127.0.0.1", httpx_args={"auth": ("user", secret)}))


def test_unknown_enum_value_keeps_its_value() -> None:
    region = MediaRegion("us9")
    assert not region.is_known
    assert MediaRegion("us1").is_known
    assert region == "us9"
    assert str(region) == region.value == "us9"
    assert {region: 1}[MediaRegion("us9")] == 1
    assert pickle.loads(pickle.dumps(region)) == copy.deepcopy(region) == region
    assert not pickle.loads(pickle.dumps(region)).is_known
    with pytest.raises(ValueError, match="not a valid"):
        MediaRegion(9)  # type: ignore[arg-type]


def test_room_with_unknown_values_is_read_and_written(client: AuthenticatedClient) -> None:
    page = list_rooms.sync(client=client, created_after=WEEK_AGO, page_size=1)
    assert isinstance(page, RoomPage)
    sent = page.rooms[0].to_dict() | {"media_region": "us9", "codecs": ["VP8", "AV1"]}
    room = Room.from_dict(sent)
    assert room.codecs is not None
    assert [codec.is_known for codec in room.codecs] == [True, False]
    assert room.codecs == [Codec.VP8, "AV1"]
    assert room.to_dict() == sent
