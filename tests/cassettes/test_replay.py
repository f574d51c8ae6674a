"""Replay: no network whichever library asks, matching by meaning, and a miss that explains itself."""

from __future__ import annotations

import _socket
import asyncio
import contextlib
import http.client
import multiprocessing
import os
import socket
import ssl
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import requests
import trustme

from contract_kit import contract
from contract_kit.cassettes import network
from contract_kit.cassettes.cassette import ORIGINS, Cassette, Interaction, Label, load
from contract_kit.cassettes.replay import MissError, replay, replaying
from contract_kit.errors import UsageError
from tests.conftest import ROOT

CONTRACT = contract.load("video_log_analyzer.kit:KIT")

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
    "a look-up of an address": lambda port: socket.getnameinfo(("127.0.0.1", port), 0),
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
    "multiprocessing": lambda _: multiprocessing.get_context("spawn").Process(target=print).start(),
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


@contextlib.contextmanager
def connected(family: socket.AddressFamily, folder: Path) -> Iterator[tuple[socket.socket, socket.socket]]:
    """A connection to a service: its two ends."""
    address = ("127.0.0.1", 0) if family == socket.AF_INET else os.path.relpath(folder / "service")
    with socket.create_server(address, family=family) as server, socket.socket(family) as ours:
        ours.connect(server.getsockname())
        with server.accept()[0] as theirs:
            yield ours, theirs


def _sent_as_file(ours: socket.socket) -> None:
    with Path(__file__).open("rb") as file:
        ours.sendfile(file)


def _copied(ours: socket.socket) -> None:
    with Path(__file__).open("rb") as file:
        os.sendfile(ours.fileno(), file.fileno(), 0, 100)


def _asked_by_http_client(ours: socket.socket) -> None:
    connection = http.client.HTTPConnection("127.0.0.1")
    connection.sock = ours
    connection.request("GET", "/")


SENDING: dict[str, Callable[[socket.socket], object]] = {
    "send": lambda ours: ours.send(b"x"),
    "sendall": lambda ours: ours.sendall(b"x"),
    "sendmsg": lambda ours: ours.sendmsg([b"x"]),
    "sendfile": _sent_as_file,
    "os.sendfile": _copied,
    "a file": lambda ours: ours.makefile("wb", buffering=0).write(b"x"),
    "http.client": _asked_by_http_client,
}


@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_UNIX])
@pytest.mark.parametrize("way", SENDING)
def test_nothing_gets_out_by_what_was_connected_before(way: str, family: socket.AddressFamily, tmp_path: Path) -> None:
    with connected(family, tmp_path) as (ours, theirs):
        with network.blocked(), pytest.raises(network.NetworkBlockedError):
            SENDING[way](ours)
        ours.sendall(b"afterwards")
        assert theirs.recv(100) == b"afterwards"


def test_nothing_gets_out_by_streams_of_asyncio_that_were_connected_before(tmp_path: Path) -> None:
    async def send(ours: socket.socket) -> None:
        _, writer = await asyncio.open_connection(sock=ours)
        with network.blocked():
            writer.write(b"x")
            with contextlib.suppress(OSError, network.NetworkBlockedError):
                await writer.drain()
        writer.transport.abort()

    with connected(socket.AF_INET, tmp_path) as (ours, theirs):
        # Not uvloop's, which an emulator in this process may have made the usual one.
        with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
            runner.run(send(ours))
        assert theirs.recv(100) == b""


@pytest.mark.parametrize("way", ["send", "sendall", "write", "sendfile"])
def test_nothing_gets_out_by_tls_that_was_connected_before(way: str) -> None:
    authority = trustme.CA()
    served, trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context()
    authority.issue_cert("service.invalid").configure_cert(served)
    authority.configure_trust(trusted)
    mine, other = socket.socketpair()
    received: list[bytes] = []

    def serve() -> None:
        with served.wrap_socket(other, server_side=True) as theirs:
            received.append(theirs.recv(100))

    thread = threading.Thread(target=serve)
    thread.start()
    with trusted.wrap_socket(mine, server_hostname="service.invalid") as ours, Path(__file__).open("rb") as file:
        with network.blocked(), pytest.raises(network.NetworkBlockedError):
            getattr(ours, way)(file if way == "sendfile" else b"x")
        ours.sendall(b"afterwards")
        thread.join()
    assert received == [b"afterwards"]


def test_loops_run_while_the_network_is_blocked() -> None:
    """A thread wakes a loop through a pair of sockets."""
    with network.blocked():
        assert asyncio.run(asyncio.wait_for(asyncio.to_thread(lambda: "woken"), 60)) == "woken"


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
        ("/a%2fb?x=%ff", "/a%2Fb?x=%FF"),
        ("/a?x=%C3%A9", "/a?x=é"),
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
        ("/a%2Fb", "/a/b", "answer 1 path /a%2Fb instead of /a/b"),
        ("/a%2Bb", "/a%20b", "answer 1 path /a%2Bb instead of /a%20b"),
        ("/a?x=%FF", "/a?x=%FE", "answer 1 x=%FF instead of x=%FE"),
        ("/a?x=1%26y", "/a?x=1&y=2", "answer 1 x=1%26y instead of x=1; has not y=2"),
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
    assert replay(recorded, CONTRACT) == []
    assert replay(replace(recorded, interactions=(*recorded.interactions, extra)), CONTRACT) == [extra]


def test_credentials_in_a_url_are_not_told() -> None:
    with pytest.raises(MissError) as caught, replaying(cassette("/a")):
        httpx.get("http://kim:hunter2@emulator.invalid:81/b")
    assert "kim" not in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert "origin http://emulator.invalid instead of http://emulator.invalid:81;" in str(caught.value)


def _swallowed() -> None:
    with contextlib.suppress(Exception):
        httpx.get(f"{ORIGIN}/b")


def _wrapped() -> None:
    try:
        httpx.get(f"{ORIGIN}/b")
    except Exception as error:
        raise RuntimeError("the client failed") from error


async def _in_a_group() -> None:
    async with httpx.AsyncClient() as client, asyncio.TaskGroup() as group:
        group.create_task(client.get(f"{ORIGIN}/b"))


def _in_a_thread() -> None:
    thread = threading.Thread(target=_swallowed)
    thread.start()
    thread.join()


def _caught() -> None:
    with pytest.raises(MissError, match="GET /b was not recorded"):
        httpx.get(f"{ORIGIN}/b")


@pytest.mark.parametrize(
    ("work", "cause"),
    [
        (_caught, type(None)),
        (_swallowed, type(None)),
        (_in_a_thread, type(None)),
        (_wrapped, RuntimeError),
        (lambda: asyncio.run(_in_a_group()), ExceptionGroup),
    ],
)
def test_a_miss_is_a_miss_whatever_becomes_of_it(work: Callable[[], None], cause: type[BaseException]) -> None:
    with pytest.raises(MissError, match="GET /b was not recorded") as caught, replaying(cassette("/a")):
        work()
    assert isinstance(caught.value.__cause__, cause)


def test_other_errors_stay_what_they_are() -> None:
    with pytest.raises(KeyError), replaying(cassette("/a")):
        raise KeyError


@pytest.mark.parametrize("get", [requests.get, urllib.request.urlopen, httpx.get])
def test_a_miss_is_a_miss_in_every_library(get: Callable[[str], object]) -> None:
    with pytest.raises(MissError), replaying(cassette("/a")), pytest.raises(MissError, match="GET /b"):
        get(f"{ORIGIN}/b")


def test_another_thread_cannot_replay_meanwhile() -> None:
    caught: list[BaseException] = []

    def replay_too() -> None:
        try:
            ask(cassette("/b"), "/b")
        except BaseException as error:
            caught.append(error)

    unpatched = httpx.HTTPTransport.handle_request
    with replaying(cassette("/a")), httpx.Client() as client:
        thread = threading.Thread(target=replay_too)
        thread.start()
        thread.join()
        assert client.get(f"{ORIGIN}/a").json() == "1"
    assert isinstance(caught[0], UsageError)
    assert "another thread replays rooms (emulator, 2026-11-21)" in str(caught[0])
    assert httpx.HTTPTransport.handle_request is unpatched
    replay_too()
    assert len(caught) == 1


def test_blocks_of_one_thread_may_stand_in_each_other() -> None:
    with replaying(cassette("/a")), httpx.Client() as client:
        assert ask(cassette("/b"), "/b") == ["1"]
        assert client.get(f"{ORIGIN}/a").json() == "1"
