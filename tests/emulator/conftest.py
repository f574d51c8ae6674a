"""A server in a thread, real HTTP on loopback, and hands on its clock and store to make things happen."""

from __future__ import annotations

import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from contract_kit.emulator.connection import protocol_class
from tests.emulator import stores
from tests.emulator.processes import Process
from video_log_analyzer.emulator.accounts import Account
from video_log_analyzer.emulator.app import App
from video_log_analyzer.emulator.sample import RoomSample
from video_log_analyzer.emulator.server import open_store
from video_log_analyzer.emulator.settings import Settings
from video_log_analyzer.emulator.store import Store

ROOMS = "/v1/Video/Rooms"
ALL = "0000-01-01T00:00:00Z"  # as CreatedAfter: every room, those in progress too


@dataclass(frozen=True)
class EmulatorClock:
    """The clock of an emulator, which stands still until it is told to move."""

    store: Store

    def now(self) -> int:
        return self.store.now()

    def advance(self, seconds: int) -> None:
        self.store.advance_clock(seconds)


@dataclass(frozen=True)
class Emulator:
    """A running emulator; ``client`` has the first account's credentials, ``stranger`` none."""

    client: httpx.Client
    stranger: httpx.Client
    store: Store
    clock: EmulatorClock
    accounts: list[Account]
    app: App

    def get(self, url: str = ROOMS, **parameters: Any) -> httpx.Response:
        # httpx would take an empty dict as "drop the query that is in the URL".
        return self.client.get(url, params=parameters or None)

    def document(self, url: str = ROOMS, **parameters: Any) -> Any:
        response = self.get(url, **parameters)
        assert response.status_code == 200, response.text
        return response.json()

    def rooms(self, **parameters: Any) -> list[Any]:
        """All rooms of the list that ``parameters`` describe, in one page."""
        rooms: list[Any] = self.document(**({"PageSize": 1000} | parameters))["rooms"]
        return rooms

    def walk(self, url: str = ROOMS, **parameters: Any) -> Iterator[Any]:
        """The pages of a list, one by one, as a client meets them."""
        next_page = self.document(url, **parameters)
        while True:
            yield next_page
            if next_page["meta"]["next_page_url"] is None:
                return
            next_page = self.document(next_page["meta"]["next_page_url"])

    def room_with_participants(self, at_least: int = 2) -> Any:
        return next(room for room in self.rooms(CreatedAfter=ALL) if room["unique_participants"] >= at_least)

    def add_room(self, created_ago: int, ended_ago: int | None) -> str:
        """Store a room of the first account and return its SID."""
        now = self.clock.now()
        sample = RoomSample(self.accounts[0].sid, now, seed=secrets.token_hex(8))
        room, participants = sample.room(now - created_ago, None if ended_ago is None else now - ended_ago)
        self.store.put_room(room, participants)
        return room.room_sid


@contextmanager
def running(folder: Path, settings: Settings) -> Iterator[Emulator]:
    database = settings.database or folder / "emulator.sqlite"
    with closing(Store.open(database)) as fresh:
        fresh.set_clock(int(time.time()), frozen=True)
    store = open_store(settings, database)
    app = App.from_settings(store, settings)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(
            app, http=protocol_class(), lifespan="off", log_config=None, access_log=False, proxy_headers=False
        )
    )
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        while not server.started:
            time.sleep(0.005)
        base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        accounts = store.accounts()
        with (
            httpx.Client(base_url=base_url, auth=(accounts[0].sid, accounts[0].auth_token), trust_env=False) as client,
            httpx.Client(base_url=base_url, trust_env=False) as stranger,
        ):
            yield Emulator(client, stranger, store, EmulatorClock(store), accounts, app)
    finally:
        server.should_exit = True
        thread.join()
        store.close()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator with the usual sample for every test that changes nothing."""
    with running(tmp_path_factory.mktemp("emulator"), Settings()) as one:
        yield one


@pytest.fixture(scope="session", params=stores.BACKENDS)
def changing_emulator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for a property test that adds and removes rooms: each example finds what the last one left."""
    folder = tmp_path_factory.mktemp("changing")
    with (
        stores.database(request.param, folder) as database,
        running(folder, Settings(rooms=100, database=database)) as one,
    ):
        yield one


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Emulator]]:
    """Start an emulator with settings of the test's own."""
    with ExitStack() as stack:
        count = 0

        def start_one(**settings: Any) -> Emulator:
            nonlocal count
            count += 1
            folder = tmp_path / str(count)
            folder.mkdir()
            return stack.enter_context(running(folder, Settings(**settings)))

        yield start_one


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Callable[..., Process]]:
    """Start an emulator in a process of its own, with settings of the test's own."""
    started: list[Process] = []

    def launch_one(**settings: Any) -> Process:
        started.append(Process(tmp_path, **settings))
        return started[-1]

    yield launch_one
    for process in started:
        process.kill()
