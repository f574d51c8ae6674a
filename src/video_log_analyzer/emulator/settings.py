"""How one emulator runs."""

from __future__ import annotations

import re
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from contract_kit.errors import UsageError
from contract_kit.targets import is_loopback
from video_log_analyzer.emulator.accounts import Account

MOST_ROOMS = 1_000_000
MOST_WORKERS = 64
_POSTGRESQL = ("postgresql://", "postgres://")


def database_from(text: str | None) -> Path | str | None:
    """Return what ``--database`` names: a URL as text, else a file."""
    return text if text is None or "://" in text else Path(text)


@dataclass(frozen=True)
class Settings:
    """The options of ``vla emulator``; raises UsageError for one that cannot be used.

    ``port`` 0 picks a free one. ``database`` is a file, a ``postgresql://`` URL, or None for a temporary file that goes
    with the process; an existing database keeps its rooms and accounts. ``accounts`` empty means the two invented ones.
    ``legacy_values`` lets withdrawn and internal values into the sample. ``public_url``, such as
    ``https://insights.example``, is the origin of every URL in an answer. ``control`` None serves the control API
    exactly when ``host`` is this machine's own. ``worlds`` are what it does otherwise than
    decided: ``D17=kept-longer``.
    """

    host: str = "127.0.0.1"
    port: int = 8080
    rooms: int = 150
    seed: int = 1
    empty: bool = False
    database: Path | str | None = None
    workers: int = 1
    accounts: tuple[Account, ...] = ()
    legacy_values: bool = False
    faults: tuple[str, ...] = ()
    worlds: tuple[str, ...] = ()
    public_url: str | None = None
    control: bool | None = None

    def __post_init__(self) -> None:
        """Refuse, in one line, what cannot be used."""
        # The host ends up in a line that a shell evaluates.
        if not re.fullmatch(r"[A-Za-z0-9.:_-]+", self.host):
            raise UsageError(f"host {self.host!r}: expected a name or an IP address such as 127.0.0.1 or ::1")
        if not 0 <= self.port <= 65_535:
            raise UsageError(f"port {self.port}: expected 0 (any free port) to 65535")
        if not 0 <= self.rooms <= MOST_ROOMS:
            raise UsageError(f"rooms {self.rooms}: expected 0 to {MOST_ROOMS}")
        if not 1 <= self.workers <= MOST_WORKERS:
            raise UsageError(f"workers {self.workers}: expected 1 to {MOST_WORKERS}")
        if isinstance(self.database, str) and "://" in self.database and not self.on_postgresql:
            scheme = self.database.partition("://")[0]
            raise UsageError(f"database {scheme}://…: expected a file or {_POSTGRESQL[0]}…")
        if self.workers > 1 and not self.on_postgresql:
            raise UsageError(f"workers {self.workers}: more than one needs --database postgresql://…, or leave it out")
        if self.public_url is not None and not re.fullmatch(
            r"https?://[A-Za-z0-9._\[\]:-]+(/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-])?", self.public_url
        ):
            raise UsageError(
                f"public_url {self.public_url!r}: expected http:// or https://, a host and perhaps a port and a path, "
                "without a slash, query or fragment at the end"
            )

    @property
    def on_postgresql(self) -> bool:
        """Whether ``database`` is the URL of a PostgreSQL database."""
        return str(self.database).startswith(_POSTGRESQL)

    @property
    def host_names(self) -> frozenset[str]:
        """The names by which this emulator is meant to be reached."""
        own = (self.host, socket.gethostname(), self.public_url and urlsplit(self.public_url).hostname)
        return frozenset(name.lower() for name in own if name)

    @property
    def serves_control(self) -> bool:
        """Whether the control API is there at all."""
        return is_loopback(self.host) if self.control is None else self.control
