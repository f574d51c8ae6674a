"""Connections that do not say what they want: closed after a while, whatever else happens on them."""

from __future__ import annotations

import base64
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from contract_kit.emulator.connection import protocol_class
from contract_kit.emulator.request_timeout import with_request_timeout
from video_log_analyzer.emulator.accounts import first_account
from video_log_analyzer.emulator.settings import Settings

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

SECONDS = 1.0
HEAD = b"GET /v1/Video/Rooms?PageSize=1 HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic %b\r\n\r\n"


@pytest.fixture(params=["httptools", "h11"])
def connect(request: pytest.FixtureRequest, start: Callable[..., Emulator]) -> Iterator[Callable[[], socket.socket]]:
    """Open connections to an emulator with a short request timeout, on either of uvicorn's protocols."""
    emulator = start(rooms=5)
    protocol = H11Protocol if request.param == "h11" else protocol_class()
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(emulator.app, http=with_request_timeout(protocol, SECONDS), lifespan="off", log_config=None)
    )
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    opened: list[socket.socket] = []

    def connect_one() -> socket.socket:
        opened.append(socket.create_connection(listener.getsockname(), timeout=20))
        return opened[-1]

    while not server.started:
        time.sleep(0.005)
    yield connect_one
    for one in opened:
        one.close()
    server.should_exit = True
    thread.join()


@pytest.fixture
def head() -> bytes:
    account = first_account(Settings().seed)
    return HEAD % base64.b64encode(f"{account.sid}:{account.auth_token}".encode())


def answer(connection: socket.socket) -> bytes:
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(65536)
        assert piece, received
        received += piece
    head, _, body = received.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
    while len(body) < length:
        body += connection.recv(65536)
    return head


@contextmanager
def dripping(connection: socket.socket, piece: bytes) -> Iterator[None]:
    """Send this again and again, until the other side will not have it any more."""
    done = threading.Event()

    def drip() -> None:
        while not done.wait(SECONDS / 8):
            try:
                connection.sendall(piece)
            except OSError:
                return

    thread = threading.Thread(target=drip)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def is_closed(connection: socket.socket) -> bool:
    """Wait until the other side closes it; a timeout is an error."""
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True


def test_one_that_says_nothing_is_closed(connect: Callable[[], socket.socket]) -> None:
    assert is_closed(connect())


def test_a_head_that_never_ends_is_cut_off(connect: Callable[[], socket.socket], head: bytes) -> None:
    connection = connect()
    connection.sendall(head[:-2])
    with dripping(connection, b"x: y\r\n"):
        assert is_closed(connection)


def test_so_is_one_behind_an_answered_request(connect: Callable[[], socket.socket], head: bytes) -> None:
    connection = connect()
    connection.sendall(head)
    assert answer(connection).startswith(b"HTTP/1.1 200 ")
    connection.sendall(head[:-2])
    with dripping(connection, b"x: y\r\n"):
        assert is_closed(connection)


def test_who_asks_in_time_is_answered_for_as_long_as_they_like(
    connect: Callable[[], socket.socket], head: bytes
) -> None:
    connection = connect()
    for _ in range(3):
        # Slow, but not too slow, and idle between requests for longer than a head may take.
        connection.sendall(head[:20])
        time.sleep(SECONDS / 10)
        connection.sendall(head[20:])
        assert answer(connection).startswith(b"HTTP/1.1 200 ")
        time.sleep(SECONDS * 1.3)


@pytest.mark.parametrize("path", [b"/_emulator/rooms", b"/_emulator/load", b"/v1/Video/Rooms"])
def test_a_body_that_never_ends_is_cut_off(path: bytes, connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    connection.sendall(b"PUT %b HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\n{" % path)
    connection.settimeout(20 * SECONDS)
    with dripping(connection, b" "):
        while connection.recv(65536):  # the API answers before it has the body, and closes as late
            pass


def test_a_slow_body_is_waited_for(connect: Callable[[], socket.socket]) -> None:
    connection = connect()
    size = 40_000
    connection.sendall(b"PUT /_emulator/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % size)
    for _ in range(20):
        time.sleep(SECONDS / 10)
        connection.sendall(b" " * (size // 20))
    assert answer(connection).startswith(b"HTTP/1.1 400 ")  # blanks are no JSON
