"""Recordings of real HTTP traffic: scenarios, how they are recorded without secrets, and how they are replayed."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import vcr
import yaml
from video_log_analyzer_client import Client
from video_log_analyzer_client.api.participants import fetch_participant, list_participants
from video_log_analyzer_client.api.rooms import fetch_room, list_rooms
from video_log_analyzer_client.models import ParticipantPage, RoomPage

from video_log_analyzer import yaml_file
from video_log_analyzer.errors import FileError
from video_log_analyzer.targets import Target

# Stands in for the address of an emulator: no such host can exist, so nobody takes the recording for a live one.
SYNTHETIC_ORIGIN = "http://emulator.invalid"

_KEPT_RESPONSE_HEADERS = re.compile(
    r"content-type|www-authenticate|allow|retry-after|access-control-.*|twilio-request-id"
)


@dataclass(frozen=True)
class Cassette:
    """A recording, read from its file.

    Attributes:
        path: The file.
        label: Who was recorded and when: ``target`` (``live`` or ``emulator``), ``recorded_at``, ``document``,
            ``scenario``, ``tools``.
        interactions: What vcrpy recorded, each with ``request`` and ``response``.
    """

    path: Path
    label: Mapping[str, Any]
    interactions: tuple[Mapping[str, Any], ...]


def load(path: Path) -> Cassette:
    """Read a cassette.

    Raises:
        FileError: it is no cassette, or does not say what was recorded.
    """
    data = yaml_file.load(path).data
    label = data.get("recorded") if isinstance(data, dict) else None
    if not isinstance(label, dict) or label.get("target") not in {"live", "emulator"}:
        raise FileError(path, "has no `recorded` with `target: live` or `target: emulator`: record it again")
    return Cassette(path, label, tuple(data.get("interactions") or ()))


def browse(client: Client) -> None:
    """Two pages of rooms, a room, its participants, one of them, and a room that is not there."""
    page = list_rooms.sync(client=client, page_size=2)
    if not isinstance(page, RoomPage):
        return
    tokens = parse_qs(urlsplit(page.meta.next_page_url or "").query).get("PageToken", [])
    if tokens:
        list_rooms.sync(client=client, page_size=2, page=1, page_token=tokens[0])
    busiest = max(page.rooms, key=lambda room: room.unique_participants or 0)
    fetch_room.sync(busiest.room_sid, client=client)
    people = list_participants.sync(busiest.room_sid, client=client, page_size=3)
    if isinstance(people, ParticipantPage) and people.participants:
        fetch_participant.sync(busiest.room_sid, people.participants[0].participant_sid, client=client)
    fetch_room.sync("RM" + "0" * 32, client=client)


def be_refused(client: Client) -> None:
    """A list with a wrong secret."""
    with Client(client.username, "wrong", base_url=client.base_url, retry=None, httpx_args=client.httpx_args) as wrong:
        list_rooms.sync(client=wrong)


SCENARIOS: Mapping[str, Callable[[Client], None]] = {"browse": browse, "be-refused": be_refused}


def record(target: Target, scenario: str, document_version: str, path: Path) -> None:
    """Run a scenario against an emulator over real HTTP and write what was said to ``path``, whole or not at all."""

    class Labelled:
        """vcrpy's serializer, with a head that says what this is."""

        @staticmethod
        def serialize(cassette: dict[str, Any]) -> str:
            label = {
                "target": "emulator",
                "synthetic": "made by the emulator of this project: no evidence about the live API",
                "recorded_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                "document": document_version,
                "scenario": scenario,
                "tools": {name: metadata.version(name) for name in ("vcrpy", "httpx", "video-log-analyzer-client")},
            }
            return yaml.safe_dump({"recorded": label, **cassette}, sort_keys=False, allow_unicode=True, width=120)

        @staticmethod
        def deserialize(text: str) -> Any:
            return yaml.safe_load(text)

    def request(recorded: Any) -> Any:
        recorded.uri = recorded.uri.replace(target.url, SYNTHETIC_ORIGIN)
        recorded.headers = {}
        return recorded

    def response(recorded: dict[str, Any]) -> dict[str, Any]:
        headers = {name.lower(): values for name, values in recorded["headers"].items()}
        kept = {name: values for name, values in headers.items() if _KEPT_RESPONSE_HEADERS.fullmatch(name)}
        body = recorded["body"]["string"]
        text = body.decode() if isinstance(body, bytes) else body
        return {**recorded, "headers": kept, "body": {"string": text.replace(target.url, SYNTHETIC_ORIGIN)}}

    recorder = vcr.VCR(record_mode="all", match_on=["method", "uri"], decode_compressed_response=True)
    recorder.register_serializer("labelled", Labelled)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".recording-", dir=path.parent) as scratch:
        made = Path(scratch) / path.name
        options = {"serializer": "labelled", "before_record_request": request, "before_record_response": response}
        with (
            recorder.use_cassette(str(made), **options),
            Client(
                target.credentials.username,
                target.credentials.password,
                base_url=target.url,
                retry=None,
                httpx_args={"trust_env": False},
            ) as client,
        ):
            SCENARIOS[scenario](client)
        made.replace(path)


@contextmanager
def replayed(cassette: Cassette) -> Iterator[Client]:
    """A client that gets its answers from ``cassette`` and never from the network.

    Blank query values and the order of the query count: ``?CreatedBefore=`` is another request than none.
    """
    player = vcr.VCR(record_mode="none", match_on=["method", "uri"])
    with (
        player.use_cassette(str(cassette.path)),
        Client("AC" + "0" * 32, "replayed", base_url=SYNTHETIC_ORIGIN, retry=None) as client,
    ):
        yield client
