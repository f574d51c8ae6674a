"""The vendor's Python library, unmodified, against the emulator."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]

from contract_kit.embedded import EmbeddedEmulator
from contract_kit.targets import Target
from video_log_analyzer.kit import KIT

EVER = datetime(2000, 1, 1, tzinfo=UTC)
ROOMS = "/v1/Video/Rooms"


@pytest.fixture(autouse=True)
def _no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    """With either of these the library would put it into the host name."""
    monkeypatch.delenv("TWILIO_REGION", raising=False)
    monkeypatch.delenv("TWILIO_EDGE", raising=False)


def connect(target: Target, username: str | None = None, password: str | None = None) -> Client:
    client = Client(username or target.credentials.username, password or target.credentials.secret)
    client.insights.base_url = target.url
    return client


@pytest.fixture
def client(target: Target) -> Client:
    return connect(target)


@pytest.fixture(scope="module")
def rooms(target: Target) -> list[Any]:
    """What is on the wire."""
    credentials = (target.credentials.username, target.credentials.secret)
    response = httpx.get(
        target.url + ROOMS, auth=credentials, params={"CreatedAfter": "2000-01-01T00:00:00Z", "PageSize": 1000}
    )
    found: list[Any] = response.json()["rooms"]
    assert len(found) > 100
    return found


def sids(rooms: Iterator[Any] | list[Any]) -> list[str]:
    return [room.room_sid for room in rooms]


def test_every_field_of_a_room_arrives(client: Client, rooms: list[Any]) -> None:
    for expected in (rooms[0], rooms[-1]):
        room = client.insights.v1.rooms(expected["room_sid"]).fetch()
        for name, value in expected.items():
            seen = getattr(room, name)
            if name in ("create_time", "end_time") and value:
                assert seen == datetime.fromisoformat(value)
            elif value is not None:
                assert str(seen) == str(value), name
            else:
                assert seen is None, name


FILTERS: dict[str, tuple[dict[str, Any], Callable[[Any], bool]]] = {
    "RoomType": ({"room_type": ["go", "group"]}, lambda room: room["room_type"] in ("go", "group")),
    "Codec": ({"codec": ["H264"]}, lambda room: "H264" in room["codecs"]),
    "Codec twice": ({"codec": ["VP9", "opus"]}, lambda room: bool({"VP9", "opus"} & set(room["codecs"]))),
    "RoomName": ({"room_name": "Sprechstunde Müller"}, lambda room: room["room_name"] == "Sprechstunde Müller"),
    "all": (
        {"room_type": ["group"], "codec": ["VP8"], "room_name": "interview"},
        lambda room: (room["room_type"], room["room_name"]) == ("group", "interview") and "VP8" in room["codecs"],
    ),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_finds_what_it_names(client: Client, rooms: list[Any], name: str) -> None:
    filters, matches = FILTERS[name]
    expected = [room["room_sid"] for room in rooms if matches(room)]
    assert sids(client.insights.v1.rooms.list(created_after=EVER, **filters)) == expected
    assert 0 < len(expected) < len(rooms)


def test_bounds_include_the_start_and_exclude_the_end(client: Client, rooms: list[Any]) -> None:
    newest, oldest = rooms[20], rooms[60]
    found = client.insights.v1.rooms.list(
        created_after=datetime.fromisoformat(oldest["create_time"]),
        created_before=datetime.fromisoformat(newest["create_time"]),
    )
    assert sids(found) == [
        room["room_sid"] for room in rooms if oldest["create_time"] <= room["create_time"] < newest["create_time"]
    ]


def test_without_bounds_the_rooms_completed_in_the_last_24_hours(client: Client) -> None:
    found = client.insights.v1.rooms.list()
    day_ago = datetime.now(UTC) - timedelta(days=1, minutes=1)
    assert found
    assert all(room.end_time > day_ago for room in found)


@pytest.mark.parametrize(("limit", "page_size"), [(None, 1000), (None, 7), (25, 10), (25, None), (3, 50)])
def test_a_stream_walks_over_the_pages(
    client: Client, rooms: list[Any], limit: int | None, page_size: int | None
) -> None:
    streamed = client.insights.v1.rooms.stream(created_after=EVER, limit=limit, page_size=page_size)
    assert sids(streamed) == [room["room_sid"] for room in rooms[:limit]]


def test_pages_lead_forth_and_back(client: Client) -> None:
    first = client.insights.v1.rooms.page(created_after=EVER, page_size=10)
    second = first.next_page()
    assert second is not None
    back = second.previous_page()
    assert back is not None
    assert sids(list(back)) == sids(list(client.insights.v1.rooms.page(created_after=EVER, page_size=10)))
    assert first.previous_page_url is None


def test_participants_are_listed_and_fetched(client: Client, rooms: list[Any]) -> None:
    room = max(rooms, key=lambda room: int(room["unique_participants"]))
    context = client.insights.v1.rooms(room["room_sid"])
    participants = context.participants.list(page_size=2)
    assert len(participants) == room["unique_participants"]
    for participant in participants:
        fetched = context.participants(participant.participant_sid).fetch()
        assert (fetched.join_time, fetched.properties) == (participant.join_time, participant.properties)
        assert isinstance(fetched.join_time, datetime)
        assert fetched.publisher_info["name"].startswith("twilio-video")


def test_an_error_of_a_fetch_is_the_librarys_exception(client: Client) -> None:
    with pytest.raises(TwilioRestException) as raised:
        client.insights.v1.rooms("RM" + "0" * 32).fetch()
    assert (raised.value.status, raised.value.code) == (404, 20404)
    assert raised.value.msg == f"Unable to fetch record: The requested resource /Video/Rooms/RM{'0' * 32} was not found"


@pytest.mark.parametrize(
    ("ask", "status", "code"),
    [
        (lambda client: client.insights.v1.rooms("RM" + "0" * 32).participants.list(), 404, 20404),
        (lambda client: client.insights.v1.rooms.list(room_type=["webinar"]), 400, 20001),
        (lambda client: client.insights.v1.rooms.list(created_after="yesterday"), 400, 20001),
        (lambda client: client.insights.v1.rooms.page(page_token="PTx"), 400, 21481),
        # The library asks for as many rows a page as it may return, more than the documents allow.
        (lambda client: client.insights.v1.rooms.list(limit=5000), 400, 20007),
    ],
    ids=["participants", "room type", "date", "token", "limit 5000"],
)
def test_an_error_of_a_list_has_its_code_in_the_response_only(
    client: Client, ask: Callable[[Client], object], status: int, code: int
) -> None:
    assert list_error(lambda: ask(client)) == (status, code)


@pytest.mark.parametrize("username", [None, "AC" + "0" * 32])
def test_wrong_credentials(target: Target, rooms: list[Any], username: str | None) -> None:
    client = connect(target, username, "wrong")
    assert list_error(client.insights.v1.rooms.list) == (401, 20003)
    with pytest.raises(TwilioRestException) as raised:
        client.insights.v1.rooms(rooms[0]["room_sid"]).fetch()
    assert (raised.value.status, raised.value.code) == (401, 20003)


def list_error(ask: Callable[[], object]) -> tuple[int, int]:
    """Status and code of what a list raises: a bare TwilioException with the response."""
    with pytest.raises(TwilioException, match="Unable to fetch page") as raised:
        ask()
    response = raised.value.args[1]
    return response.status_code, json.loads(response.text)["code"]


def test_a_large_limit_works_where_page_sizes_are_clamped() -> None:
    with EmbeddedEmulator(KIT, ["--world", "D18=too-large-clamped"]) as emulator:
        found = connect(emulator.target).insights.v1.rooms.list(created_after=EVER, limit=5000)
    assert len(found) == 150
