"""Several processes on one PostgreSQL database: what one is told all know, and none outlives their parent."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_kit.errors import UsageError
from tests.emulator import stores
from tests.emulator.processes import ROOMS, Process
from video_log_analyzer.emulator.server import serve
from video_log_analyzer.emulator.settings import Settings

EVERYTHING = f"{ROOMS}?CreatedAfter=0000-01-01T00:00:00Z"
WORKERS = 2


@pytest.fixture
def process(launch: Callable[..., Process], tmp_path: Path) -> Iterator[Process]:
    with stores.database("postgresql", tmp_path) as database:
        process = launch(rooms=20, workers=WORKERS, database=database)
        assert len(process.children()) == WORKERS
        yield process
        process.kill()


def eventually(is_so: Callable[[], bool]) -> None:
    """Wait for what must happen soon, for as long as a busy machine may take."""
    deadline = time.monotonic() + 20
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def gone(pid: int) -> bool:
    try:
        return " Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


@contextmanager
def client_of_each(process: Process) -> Iterator[list[httpx.Client]]:
    """A client for each worker: its one connection is made while the other worker is stopped, and stays open."""
    auth = (process.values["TWILIO_ACCOUNT_SID"], process.values["TWILIO_AUTH_TOKEN"])
    workers, clients = process.children(), []
    for other in workers:
        clients.append(httpx.Client(base_url=process.values["BASE_URL"], auth=auth, trust_env=False))
        os.kill(other, signal.SIGSTOP)
        try:
            assert clients[-1].get("/_emulator/health").status_code == 200
        finally:
            os.kill(other, signal.SIGCONT)
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def sids(client: httpx.Client, path: str = EVERYTHING) -> set[str]:
    rooms: list[Any] = client.get(path).raise_for_status().json()["rooms"]
    return {room["room_sid"] for room in rooms}


def test_a_walk_goes_on_whichever_worker_answers(process: Process) -> None:
    auth = (process.values["TWILIO_ACCOUNT_SID"], process.values["TWILIO_AUTH_TOKEN"])
    children = process.children()
    following = process.get("?CreatedAfter=0000-01-01T00:00:00Z&PageSize=6").json()
    # A killed one's successor, too.
    os.kill(children[0], signal.SIGKILL)
    seen = []
    while True:
        seen += [one["room_sid"] for one in following["rooms"]]
        if following["meta"]["next_page_url"] is None:
            break
        following = httpx.get(following["meta"]["next_page_url"], auth=auth, trust_env=False).json()
    assert len(seen) == len(set(seen)) == 20
    eventually(lambda: children[0] not in process.children())
    now = process.children()
    assert process.stop(signal.SIGTERM) == (0, "", "")
    assert all(map(gone, [*children, *now]))


def test_what_one_worker_is_told_all_know(process: Process) -> None:
    with client_of_each(process) as clients:
        for one, other in (clients, reversed(clients)):
            room = one.put("/_emulator/rooms", json={"room_name": "standup"}).raise_for_status().json()["room_sid"]
            assert room in sids(other)
            assert room in sids(other, ROOMS)
            assert other.post(f"/_emulator/rooms/{room}/complete").status_code == 409
            going_on = other.put("/_emulator/rooms", json={"room_status": "in_progress"}).json()["room_sid"]
            one.post(f"/_emulator/rooms/{going_on}/complete").raise_for_status()
            assert other.get(f"{ROOMS}/{going_on}").json()["room_status"] == "completed"
            # 24 hours pass at one of them: the default window is empty at both, and ten minutes are over.
            one.post("/_emulator/clock/advance", json={"seconds": 86_400}).raise_for_status()
            assert sids(other, ROOMS) == sids(one, ROOMS) == set()
            assert other.get(f"{ROOMS}/{going_on}").json()["processing_state"] == "complete"
            one.put("/_emulator/clock", json={"at": None}).raise_for_status()
            assert {room, going_on} <= sids(other, ROOMS)
            one.delete(f"/_emulator/rooms/{room}").raise_for_status()
            assert other.get(f"{ROOMS}/{room}").status_code == 404
            loaded = other.post("/_emulator/load", content=b'{"room_sid": "RM%032x"}' % 7).raise_for_status()
            assert loaded.json() == {"loaded": 1}
            assert f"RM{7:032x}" in sids(one)


def test_faults_and_limits_reach_every_worker(process: Process) -> None:
    """At once the one that was told, the others within a second."""
    account = process.values["TWILIO_ACCOUNT_SID"]
    with client_of_each(process) as (one, other):
        one.put("/_emulator/faults/unknown-room-type").raise_for_status()
        usual = {"go", "peer_to_peer", "group", "group_small"}

        def drifts(client: httpx.Client) -> bool:
            return not {room["room_type"] for room in client.get(EVERYTHING).json()["rooms"]} <= usual

        assert drifts(one)
        eventually(lambda: drifts(other))
        other.post("/_emulator/reset").raise_for_status()
        assert not drifts(other)
        eventually(lambda: not drifts(one))
        other.put(f"/_emulator/limits/{account}", json={"requests": 3, "seconds": 3600}).raise_for_status()
        # Counted together: three in all, not three each.
        assert [other.get(ROOMS).status_code for _ in range(4)] == [200, 200, 200, 429]
        eventually(lambda: one.get(ROOMS).status_code == 429)


def test_workers_end_when_their_parent_is_killed(process: Process) -> None:
    children = process.children()
    # One more is started later, and has had every chance to keep the first one's lifeline open.
    os.kill(children[0], signal.SIGKILL)
    eventually(lambda: len(process.children()) == WORKERS and children[0] not in process.children())
    eventually(lambda: process.get().status_code == 200)
    children = process.children()
    process.kill()
    try:
        eventually(lambda: all(map(gone, children)))
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)


def test_workers_on_sqlite_are_refused() -> None:
    with pytest.raises(UsageError, match="more than one needs --database postgresql://"):
        serve(Settings(workers=2))
