"""What the vendor's own library does otherwise, against the same emulator: the reasons of README's table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException  # type: ignore[import-untyped]
from twilio.http.response import Response  # type: ignore[import-untyped]
from twilio.rest import Client as TwilioClient  # type: ignore[import-untyped]
from twilio.rest.insights.v1.room import RoomPage  # type: ignore[import-untyped]
from video_log_analyzer_client import Client, errors

from contract_kit.embedded import EmbeddedEmulator
from contract_kit.targets import Target
from tests.client.conftest import Service, answer, client_of, page_of
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import KIT

UNKNOWN = "RM" + "0" * 32


@pytest.fixture(scope="module")
def empty() -> Iterator[Target]:
    with EmbeddedEmulator(KIT, ["--empty"]) as emulator:
        yield emulator.target


@pytest.fixture
def vendor(empty: Target) -> Any:
    found = TwilioClient(empty.credentials.username, empty.credentials.secret)
    found.insights.base_url = empty.url
    return found.insights.v1.rooms


@pytest.fixture
def client(empty: Target) -> Client:
    return Client(empty.credentials.username, empty.credentials.secret, base_url=empty.url)


def test_vendor_drops_the_time_zone_and_finds_other_rooms(empty: Target, vendor: Any, client: Client) -> None:
    started = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
    with EmulatorControl(empty.url) as control:
        sid = control.put_room(room_name="standup", create_time=started)["room_sid"]
    # The same instant, an hour before the room: once in UTC, once as it is called five and a half hours further east.
    before = started - timedelta(hours=1)
    elsewhere = before.astimezone(timezone(timedelta(hours=5, minutes=30)))
    assert before == elsewhere
    assert [room.room_sid for room in vendor.list(created_after=before)] == [sid]
    assert vendor.list(created_after=elsewhere) == []
    assert [room.room_sid for room in client.rooms.iterate(created_after=before)] == [sid]
    assert [room.room_sid for room in client.rooms.iterate(created_after=elsewhere)] == [sid]


@pytest.fixture
def elsewhere() -> Iterator[tuple[str, list[str | None]]]:
    """Another host that keeps the credentials that it gets."""
    got: list[str | None] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            got.append(self.headers["Authorization"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(json.dumps(page_of([])).encode())

        def log_message(self, *_arguments: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/v1/Video/Rooms?PageToken=a", got
        server.shutdown()
        thread.join()


def test_vendor_gives_the_credentials_to_whatever_host_next_page_url_names(
    elsewhere: tuple[str, list[str | None]], vendor: Any
) -> None:
    url, got = elsewhere
    first = RoomPage(vendor._version, Response(200, json.dumps(page_of([], url))))
    assert list(first.next_page()) == []
    assert [(given or "").partition(" ")[0] for given in got] == ["Basic"]
    with pytest.raises(errors.PagingError):
        list(client_of(Service([answer(page_of([], url))])).rooms.pages())
    assert len(got) == 1


def test_vendor_raises_otherwise_for_lists_than_for_what_is_fetched(vendor: Any, client: Client) -> None:
    with pytest.raises(TwilioRestException) as fetched:
        vendor(UNKNOWN).fetch()
    assert (fetched.value.status, fetched.value.code) == (404, 20404)
    with pytest.raises(TwilioException) as listed:
        vendor(UNKNOWN).participants.list()
    assert not isinstance(listed.value, TwilioRestException)
    assert not hasattr(listed.value, "code")
    for call in (
        lambda: client.rooms.fetch(UNKNOWN),
        lambda: client.rooms.participants(UNKNOWN).list(),
        lambda: list(client.rooms.participants(UNKNOWN).iterate()),
    ):
        with pytest.raises(errors.NotFound) as ours:
            call()
        assert (ours.value.status, ours.value.code) == (404, 20404)
