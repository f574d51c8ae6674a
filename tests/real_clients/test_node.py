"""The vendor's Node library, unmodified, against the emulator: ``tox run -e real-clients`` installs it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_kit.targets import Target

SCRIPT = Path(__file__).parent / "node" / "script.js"
# Where `npm install twilio` was run.
FOLDER = os.environ.get("REAL_CLIENTS_NODE")

pytestmark = pytest.mark.skipif(
    FOLDER is None or shutil.which("node") is None,
    reason="needs Node and the folder with its twilio library in REAL_CLIENTS_NODE: run `tox run -e real-clients`",
)


@pytest.fixture(scope="module")
def seen(target: Target) -> Any:
    assert FOLDER is not None
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
    finished = subprocess.run(
        ["node", SCRIPT, target.url, target.credentials.username, target.credentials.secret],
        env=environment | {"NODE_PATH": str(Path(FOLDER) / "node_modules")},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert finished.returncode == 0, finished.stderr
    return json.loads(finished.stdout)


@pytest.fixture(scope="module")
def rooms(target: Target) -> list[Any]:
    """What is on the wire."""
    credentials = (target.credentials.username, target.credentials.secret)
    response = httpx.get(
        target.url + "/v1/Video/Rooms",
        auth=credentials,
        params={"CreatedAfter": "2000-01-01T00:00:00Z", "PageSize": 1000},
    )
    found: list[Any] = response.json()["rooms"]
    return found


def test_lists_streams_and_filters(seen: Any, rooms: list[Any]) -> None:
    sids = [room["room_sid"] for room in rooms]
    assert seen["all"] == sids
    assert seen["streamed"] == sids[:25]
    assert seen["back"] == sids[:10]
    assert 0 < len(seen["default_window"]) < len(sids)
    filters: dict[str, Callable[[Any], bool]] = {
        "types": lambda room: room["room_type"] in ("go", "group"),
        "codecs": lambda room: bool({"VP9", "opus"} & set(room["codecs"])),
        "name": lambda room: room["room_name"] == "Sprechstunde Müller",
        "bounds": lambda room: rooms[60]["create_time"] <= room["create_time"] < rooms[20]["create_time"],
    }
    for name, matches in filters.items():
        assert seen[name] == [room["room_sid"] for room in rooms if matches(room)], name


def test_rooms_and_participants_are_fetched(seen: Any, rooms: list[Any]) -> None:
    busiest = next(room for room in rooms if room["room_sid"] == seen["busiest"]["roomSid"])
    assert seen["busiest"]["uniqueParticipants"] == busiest["unique_participants"] == len(seen["participants"])
    assert seen["busiest"]["createTime"] == busiest["create_time"].replace("Z", ".000Z")
    assert seen["participant"]["participantSid"] == seen["participants"][0]
    assert seen["participant"]["properties"]["numAudioTracks"] >= 0


def test_a_room_in_progress_has_no_end(seen: Any) -> None:
    """The library would make the present of a key that is left out."""
    assert seen["end_time_of_room_in_progress"] is None


def test_errors_have_status_and_code(seen: Any) -> None:
    assert seen["errors"] == {
        "room": {"status": 404, "code": 20404},
        "type": {"status": 400, "code": 20001},
        "token": {"status": 400, "code": 21481},
        "limit": {"status": 400, "code": 20007},
        "secret": {"status": 401, "code": 20003},
    }
