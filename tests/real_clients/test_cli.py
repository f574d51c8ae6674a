"""The vendor's command line, unmodified, against the emulator: ``tox run -e real-clients`` installs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_kit.targets import Target
from tests.real_clients.tls_proxy import TlsProxy, standing_in_for

VENDOR_HOST = "insights.twilio.com"

# Where `npm install twilio-cli` was run.
FOLDER = os.environ.get("REAL_CLIENTS_NODE")
EVER = "2000-01-01T00:00:00Z"

pytestmark = pytest.mark.skipif(
    FOLDER is None or shutil.which("node") is None,
    reason="needs Node and the folder with twilio-cli in REAL_CLIENTS_NODE: run `tox run -e real-clients`",
)

Cli = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture(scope="module")
def proxy(target: Target, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsProxy]:
    with standing_in_for(VENDOR_HOST, target.url, tmp_path_factory.mktemp("proxy")) as proxy:
        yield proxy


@pytest.fixture
def cli(target: Target, proxy: TlsProxy, tmp_path: Path) -> Cli:
    """``twilio api:insights:v1:video:rooms…`` as somebody types it who has set the two variables for the proxy."""

    def run(topic: str, *options: str, auth_token: str | None = None) -> subprocess.CompletedProcess[str]:
        environment = {name: value for name, value in os.environ.items() if not name.upper().startswith("TWILIO_")}
        return subprocess.run(
            [Path(str(FOLDER)) / "node_modules" / ".bin" / "twilio", f"api:insights:v1:video:rooms{topic}", *options],
            env=environment
            | {
                "HTTP_PROXY": proxy.url,
                "NODE_EXTRA_CA_CERTS": str(proxy.authority),
                "HOME": str(tmp_path),  # no profile of who runs the tests, and none is left there
                "TWILIO_ACCOUNT_SID": target.credentials.username,
                "TWILIO_AUTH_TOKEN": auth_token or target.credentials.secret,
                "TWILIO_DISABLE_AUTOUPDATE": "true",
                "TWILIO_SKIP_NEW_VERSION_CHECK": "true",
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


@pytest.fixture
def ask(cli: Cli) -> Callable[..., list[Any]]:
    """What it prints as JSON; a single resource is a list of one."""

    def ask_cli(topic: str, *options: str) -> list[Any]:
        finished = cli(topic, *options, "-o", "json")
        assert finished.returncode == 0, finished.stderr
        found: list[Any] = json.loads(finished.stdout)
        return found

    return ask_cli


@pytest.fixture(scope="module")
def rooms(target: Target) -> list[Any]:
    """What is on the wire."""
    credentials = (target.credentials.username, target.credentials.secret)
    parameters: dict[str, str | int] = {"CreatedAfter": EVER, "PageSize": 1000}
    found: list[Any] = httpx.get(target.url + "/v1/Video/Rooms", auth=credentials, params=parameters).json()["rooms"]
    return found


FILTERS: dict[str, tuple[list[str], Callable[[Any], bool]]] = {
    "room type": (["--room-type", "go", "--room-type", "group"], lambda room: room["room_type"] in ("go", "group")),
    "codec": (["--codec", "VP9"], lambda room: "VP9" in room["codecs"]),
    "room name": (["--room-name", "Sprechstunde Müller"], lambda room: room["room_name"] == "Sprechstunde Müller"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_finds_what_it_names(ask: Callable[..., list[Any]], rooms: list[Any], name: str) -> None:
    options, matches = FILTERS[name]
    found = ask(":list", "--created-after", EVER, *options, "--no-limit")
    assert [room["roomSid"] for room in found] == [room["room_sid"] for room in rooms if matches(room)]
    assert found


def test_bounds_include_the_start_and_exclude_the_end(ask: Callable[..., list[Any]], rooms: list[Any]) -> None:
    oldest, newest = rooms[60]["create_time"], rooms[20]["create_time"]
    found = ask(":list", "--created-after", oldest, "--created-before", newest)
    expected = [room["room_sid"] for room in rooms if oldest <= room["create_time"] < newest]
    assert [room["roomSid"] for room in found] == expected


def test_it_follows_the_pages_over_new_connections(ask: Callable[..., list[Any]], rooms: list[Any]) -> None:
    """It asks for ``Connection: close``, and without that in the answer fails on the next page."""
    found = ask(":list", "--created-after", EVER, "--page-size", "20", "--no-limit")
    assert [room["roomSid"] for room in found] == [room["room_sid"] for room in rooms]
    assert len(ask(":list", "--created-after", EVER, "--page-size", "20", "--limit", "30")) == 30


def test_a_room_and_its_participants_are_fetched(ask: Callable[..., list[Any]], rooms: list[Any]) -> None:
    busiest = max(rooms, key=lambda room: int(room["unique_participants"]))
    (room,) = ask(":fetch", "--room-sid", busiest["room_sid"])
    assert (room["roomName"], room["codecs"]) == (busiest["room_name"], busiest["codecs"])
    assert room["url"] == f"https://{VENDOR_HOST}/v1/Video/Rooms/{busiest['room_sid']}"
    participants = ask(":participants:list", "--room-sid", busiest["room_sid"], "--page-size", "2", "--no-limit")
    assert len(participants) == busiest["unique_participants"]
    sid = participants[-1]["participantSid"]
    assert ask(":participants:fetch", "--room-sid", busiest["room_sid"], "--participant-sid", sid) == participants[-1:]


@pytest.mark.parametrize(
    ("topic", "options", "said"),
    [
        (":fetch", ["--room-sid", "RM" + "0" * 32], "20404"),
        (":participants:list", ["--room-sid", "RM" + "0" * 32], "20404"),
        (":list", ["--page", "2"], "20001"),
        (":list", ["--page-token", "PTx"], "21481"),
    ],
    ids=["room", "participants", "page", "token"],
)
def test_an_error_is_told_with_its_code(cli: Cli, topic: str, options: list[str], said: str) -> None:
    finished = cli(topic, *options)
    assert finished.returncode != 0
    assert f"Error code {said} from Twilio" in finished.stderr


def test_a_wrong_secret_is_told(cli: Cli) -> None:
    finished = cli(":list", auth_token="wrong")
    assert finished.returncode != 0
    assert "Error code 20003 from Twilio" in finished.stderr
