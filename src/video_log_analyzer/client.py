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
def connected(url: str, credentials: Credentials, *, through_proxies: bool = False) -> Iterator[Client]:
    """Yield a client for one recording.

    Args:
        url: The target's origin.
        credentials: The caller's credentials.
        through_proxies: Whether to use the environment's proxies. Its certificates are never used: a proxy that
            intercepts TLS could otherwise pass for the vendor.
    """
    options = {"trust_env": through_proxies, "verify": httpx.create_ssl_context(trust_env=False)}
    with Client(credentials.username, credentials.secret, base_url=url, retry=None, httpx_args=options) as client:
        yield client


def other_account(options: Sequence[str]) -> Credentials:
    """Return the credentials of the second account of an emulator started with these options."""
    seed = int(options[options.index("--seed") + 1]) if "--seed" in options else 1
    account = second_account(seed)
    return Credentials(account.sid, account.auth_token)
