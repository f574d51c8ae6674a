"""Replay: no network whichever library asks, matching by meaning, and a miss that explains itself."""

from __future__ import annotations

import _socket
import asyncio
import socket
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests

from tests.conftest import ROOT
from video_log_analyzer.cassettes import network
from video_log_analyzer.cassettes.cassette import ORIGINS, Cassette, Interaction, Label, load
from video_log_analyzer.cassettes.replay import MissError, replay, replaying

ORIGIN = ORIGINS["emulator"]
LABEL = Label("emulator", "2026-11-21", "2026-01-15T12:00:00Z", "0.1.0", "rooms", "allow-list 1", {})


def cassette(*resources: str) -> Cassette:
    made = [Interaction("GET", f"{ORIGIN}{each}", 200, {}, f'"{number}"') for number, each in enumerate(resources, 1)]
    return Cassette(LABEL, tuple(made), Path("rooms.yaml"))


async def _opened(port: int) -> None:
    await asyncio.open_connection("127.0.0.1", port)


async def _opened_by_httpx(port: int) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        await client.get(f"http://127.0.0.1:{port}/")


def _in_uvloop(work: Callable[[], Coroutine[Any, Any, object]]) -> None:
    with asyncio.Runner(loop_factory=pytest.importorskip("uvloop").new_event_loop) as runner:
        runner.run(work())


async def _looked_up() -> None:
    await asyncio.get_running_loop().getaddrinfo("localhost", 80)


async def _sent(port: int) -> None:
    await asyncio.get_running_loop().create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=("127.0.0.1", port))


async def _started() -> None:
    await asyncio.create_subprocess_exec(sys.executable, "-c", "")


WAYS: dict[str, Callable[[int], object]] = {
    "socket": lambda port: socket.socket().connect(("127.0.0.1", port)),
    "connect_ex": lambda port: socket.socket().connect_ex(("127.0.0.1", port)),
    "create_connection": lambda port: socket.create_connection(("127.0.0.1", port)),
    "the C module below": lambda port: _socket.socket().connect(("127.0.0.1", port)),
    "UDP": lambda port: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", port)),
    "a look-up": lambda _: socket.getaddrinfo("localhost", 80),
    "urllib": lambda port: urllib.request.urlopen(f"http://127.0.0.1:{port}/"),
    "requests": lambda port: requests.get(f"http://127.0.0.1:{port}/", timeout=5),
    "httpx": lambda port: httpx.get(f"http://127.0.0.1:{port}/", trust_env=False),
    "asyncio": lambda port: asyncio.run(_opened(port)),
    "httpx, asynchronous": lambda port: asyncio.run(_opened_by_httpx(port)),
    "uvloop": lambda port: _in_uvloop(lambda: _opened(port)),
    "uvloop, httpx": lambda port: _in_uvloop(lambda: _opened_by_httpx(port)),
    "uvloop, UDP": lambda port: _in_uvloop(lambda: _sent(port)),
    "uvloop, a look-up": lambda _: _in_uvloop(_looked_up),
    "uvloop, another process": lambda _: _in_uvloop(_started),
    "another process": lambda _: subprocess.run([sys.executable, "-c", ""], check=True),
}


@pytest.mark.parametrize("way", WAYS)
def test_nothing_gets_out(way: str) -> None:
    """Of a service that listens, no library reaches anything while the network is blocked."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.05)
        port = server.getsockname()[1]
        with network.blocked(), pytest.raises((network.NetworkBlockedError, ExceptionGroup)) as caught:
            WAYS[way](port)
        error: BaseException = caught.value
        while isinstance(error, ExceptionGroup):
            error = error.exceptions[0]
        assert isinstance(error, network.NetworkBlockedError)
        with pytest.raises(TimeoutError):
            server.accept()


def test_other_threads_do_not_get_out_either() -> None:
    caught: list[BaseException] = []

    def ask() -> None:
        try:
            socket.create_connection(("127.0.0.1", 9))
        except BaseException as error:
            caught.append(error)

    with network.blocked():
        thread = threading.Thread(target=ask)
        thread.start()
        thread.join()
    assert isinstance(caught[0], network.NetworkBlockedError)


def test_afterwards_the_network_is_back() -> None:
    with network.blocked():
        pass
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


def test_a_loop_of_uvloop_gets_out_again_afterwards() -> None:
    with network.blocked():
        pass
    with socket.create_server(("127.0.0.1", 0)) as server:
        _in_uvloop(lambda: _opened(server.getsockname()[1]))


def ask(recorded: Cassette, *resources: str) -> list[str]:
    with replaying(recorded), httpx.Client() as http:
        return [http.get(f"{ORIGIN}{each}").json() for each in resources]


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        ("/a?x=1&y=2", "/a?y=2&x=1"),
        ("/a?x=1&x=2", "/a?x=2&x=1"),
        ("/a?x=", "/a?x="),
        ("/a?x=a%20b%2Bc", "/a?x=a+b%2bc"),
        ("/a%7Eb", "/a~b"),
    ],
)
def test_same_requests_match(recorded: str, asked: str) -> None:
    assert ask(cassette(recorded), asked) == ["1"]


@pytest.mark.parametrize(
    ("recorded", "asked", "difference"),
    [
        ("/a?x=", "/a", "answer 1 has x="),
        ("/a", "/a?x=", "answer 1 has not x="),
        ("/a?x=1&x=1", "/a?x=1", "answer 1 has x=1"),
        ("/a?x=1", "/a?x=1&x=1", "answer 1 has not x=1"),
        ("/a?x=1", "/a?x=2", "answer 1 x=1 instead of x=2"),
        ("/a", "/b", "answer 1 path /a instead of /b"),
    ],
)
def test_other_requests_are_a_miss_that_says_what_differs(recorded: str, asked: str, difference: str) -> None:
    with pytest.raises(MissError) as caught:
        ask(cassette(recorded), asked)
    assert f"  {difference}\n" in str(caught.value)
    assert str(caught.value).startswith(f"GET {asked} was not recorded in rooms.yaml of rooms (emulator, 2026-11-21)")


def test_a_miss_names_the_nearest_first() -> None:
    with pytest.raises(MissError) as caught:
        ask(cassette("/far?q=1&r=2", "/a?x=1&y=2", "/a?x=1"), "/a?x=1&y=3")
    lines = str(caught.value).splitlines()
    assert lines[1:4] == [
        "  answer 2 y=2 instead of y=3",
        "  answer 3 has not y=3",
        "  answer 1 path /far instead of /a; has q=1; has r=2; has not x=1; has not y=3",
    ]


def test_answers_come_in_their_order_and_once() -> None:
    twice = cassette("/a", "/a")
    assert ask(twice, "/a", "/a") == ["1", "2"]
    with pytest.raises(MissError, match=r"GET /a was recorded 2 times \(answer 1, 2\) and is asked once more"):
        ask(twice, "/a", "/a", "/a")


def test_another_method_is_a_miss() -> None:
    with (
        pytest.raises(MissError, match="method GET instead of POST"),
        replaying(cassette("/a")),
        httpx.Client() as http,
    ):
        http.post(f"{ORIGIN}/a")


def test_what_the_scenario_no_longer_asks_for_is_told() -> None:
    recorded = load(ROOT / "contract_tests" / "cassettes" / "rooms.yaml")
    extra = replace(recorded.interactions[0], uri=f"{ORIGIN}/v1/Video/Rooms?RoomName=name-0001")
    assert replay(recorded) == []
    assert replay(replace(recorded, interactions=(*recorded.interactions, extra))) == [extra]
