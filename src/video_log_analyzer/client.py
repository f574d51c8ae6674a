"""The generated client for the engine: it parses responses and runs scenarios."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpx
from video_log_analyzer_client import Client, reading
from video_log_analyzer_client.models import Error, Participant, ParticipantPage, Room, RoomPage

from contract_kit.api import Credentials
from video_log_analyzer.emulator.accounts import second_account

_MODELS: dict[str, Any] = {
    "list_rooms": RoomPage,
    "fetch_room": Room,
    "list_participants": ParticipantPage,
    "fetch_participant": Participant,
}


def read(operation: str, status: int, body: bytes) -> Any:
    """Parse a body with the client's model; raises the client's errors."""
    model = _MODELS[operation] if status < 400 else Error
    return reading.read(body, model, reading.Origin(operation, status))


@contextmanager
def connected(url: str, credentials: Credentials, transport: httpx.BaseTransport) -> Iterator[Client]:
    """Yield a client for one recording, which sends its requests over ``transport``."""
    options = {"transport": transport}
    with Client(credentials.username, credentials.secret, base_url=url, retry=None, httpx_args=options) as client:
        yield client


def other_account(options: Sequence[str]) -> Credentials:
    """Return the credentials of the second account of an emulator started with these options."""
    seed = int(options[options.index("--seed") + 1]) if "--seed" in options else 1
    account = second_account(seed)
    return Credentials(account.sid, account.auth_token)
