"""No answer takes longer than it may, or becomes larger."""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import pairwise

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from video_log_analyzer_client import AsyncClient, Client, Retry, errors
from video_log_analyzer_client.client import Settings, Transport

from tests.client.conftest import ORIGIN, PASSWORD, USERNAME, Service, Speak, answer, client_of, example, page_of

# An answer that drips takes ten times as long as a client here may wait.
PATIENT, LIMIT = 20.0, 2.0


def dripping(head: bytes, piece: bytes) -> Speak:
    def speak(connection: socket.socket) -> None:
        connection.sendall(head)
        end = time.monotonic() + PATIENT
        while time.monotonic() < end:
            connection.sendall(piece)
            time.sleep(0.1)

    return speak


SLOW = {
    "body": dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n", b" "),
    "head": dripping(b"HTTP/1.1 200 OK\r\nX-Long: ", b"a"),
    "status line": dripping(b"HTTP/1.1 200 ", b"a"),
    "continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "chunks": dripping(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
}


@pytest.mark.parametrize("slow", SLOW)
def test_slow_answer_ends_with_the_time_of_the_request(serve: Callable[[Speak], str], slow: str) -> None:
    retry = Retry(attempts=1, total_seconds=LIMIT)
    started = time.monotonic()
    with (
        Client(USERNAME, PASSWORD, base_url=serve(SLOW[slow]), timeout=PATIENT, retry=retry) as client,
        pytest.raises(errors.TimeoutError) as caught,
    ):
        client.rooms.list()
    assert isinstance(caught.value, TimeoutError)
    assert time.monotonic() - started < PATIENT - LIMIT


@pytest.mark.parametrize("transport", ["httpx", "aiohttp"])
@pytest.mark.parametrize("slow", SLOW)
def test_asynchronous_one_as_well(serve: Callable[[Speak], str], slow: str, transport: Transport) -> None:
    async def ask() -> None:
        settings: Settings = {
            "base_url": serve(SLOW[slow]),
            "timeout": PATIENT,
            "retry": Retry(attempts=1, total_seconds=LIMIT),
            "transport": transport,
        }
        async with AsyncClient(USERNAME, PASSWORD, **settings) as client:
            await client.rooms.list()

    started = time.monotonic()
    with pytest.raises(errors.TimeoutError):
        asyncio.run(ask())
    assert time.monotonic() - started < PATIENT - LIMIT


def test_time_is_that_of_all_tries_together(serve: Callable[[Speak], str]) -> None:
    retry = Retry(attempts=50, total_seconds=LIMIT, first_pause=0)
    started = time.monotonic()
    url = serve(lambda connection: time.sleep(0.5))
    with (
        Client(USERNAME, PASSWORD, base_url=url, retry=retry) as client,
        pytest.raises(errors.TransportError) as caught,
    ):
        client.rooms.list()
    assert time.monotonic() - started < PATIENT
    assert caught.value.attempts > 1


def packed(encoding: str, size: int) -> bytes:
    if encoding == "gzip":
        return gzip.compress(b" " * size)
    if encoding == "deflate":
        return zlib.compress(b" " * size)
    return b" " * size


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "identity"])
def test_long_body_is_refused_while_it_is_read(serve: Callable[[Speak], str], encoding: str) -> None:
    body = packed(encoding, 3_000_000)
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: {encoding}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
    url = serve(lambda connection: connection.sendall(head + body))
    with (
        Client(USERNAME, PASSWORD, base_url=url, max_response_bytes=1_000_000) as client,
        pytest.raises(errors.ResponseTooLarge, match="longer than 1000000 bytes: give the client"),
    ):
        client.rooms.list()


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "x-gzip"])
def test_packed_body_is_read(encoding: str) -> None:
    text = json.dumps(page_of([])).encode()
    body = zlib.compress(text) if encoding == "deflate" else gzip.compress(text[:9]) + gzip.compress(text[9:])
    stream = {"headers": {"Content-Encoding": encoding}, "stream": httpx.ByteStream(body)}
    assert client_of(Service([lambda _: httpx.Response(200, **stream)])).rooms.list().rooms == []  # type: ignore[arg-type]


def test_deflate_without_a_head_is_read_as_well() -> None:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    body = packer.compress(json.dumps(page_of([])).encode()) + packer.flush()
    stream = httpx.ByteStream(body)
    service = Service([lambda _: httpx.Response(200, headers={"Content-Encoding": "deflate"}, stream=stream)])
    assert client_of(service).rooms.list().rooms == []


def cut(body: bytes) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(body))


@pytest.mark.parametrize("body", [b"no gzip at all", gzip.compress(b"{}" * 5000)[:-9]])
def test_damaged_body_is_tried_again(body: bytes) -> None:
    service = Service([cut(body), answer(page_of([]))])
    assert client_of(service, {"retry": Retry(first_pause=0)}).rooms.list().rooms == []
    with pytest.raises(errors.DamagedResponse, match="cannot be unpacked"):
        client_of(Service([cut(body)])).rooms.list()


@pytest.mark.parametrize("status", [408, 409])
def test_status_that_passes_is_tried_again(status: int) -> None:
    service = Service([answer({}, status), answer(page_of([]))])
    assert client_of(service, {"retry": Retry(first_pause=0)}).rooms.list().rooms == []


def test_certificate_that_is_not_trusted_is_not_tried_again() -> None:
    import ssl

    def refuse(_request: httpx.Request) -> httpx.Response:
        try:
            raise ssl.SSLCertVerificationError("self-signed")
        except ssl.SSLError as error:
            raise httpx.ConnectError("self-signed") from error

    service = Service([refuse])
    with pytest.raises(errors.ConnectError) as caught:
        client_of(service, {"retry": Retry(first_pause=0), "base_url": ORIGIN}).rooms.list()
    assert caught.value.attempts == len(service.requests) == 1


class Pieces(httpx.SyncByteStream):
    """A body that comes in pieces."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.pieces)


@given(
    st.sampled_from(["gzip", "members", "deflate", "bare"]),
    st.sampled_from([0, 1, 100, (1 << 18) - 40, 1 << 18, 600_000]),
    st.lists(st.integers(1, 50_000), max_size=5),
)
def test_packed_body_is_read_however_it_comes(encoding: str, size: int, cuts: list[int]) -> None:
    text = json.dumps(page_of([example("CompletedRoom") | {"room_name": "x" * size}])).encode()
    bare = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    packed = {
        "gzip": gzip.compress(text),
        "members": gzip.compress(text[: size // 2]) + gzip.compress(text[size // 2 :]),
        "deflate": zlib.compress(text),
        "bare": bare.compress(text) + bare.flush(),
    }[encoding]
    places = [0, 1, *sorted(cuts), len(packed)]
    stream = Pieces([packed[start:end] for start, end in pairwise(places)])
    name = "gzip" if encoding in {"gzip", "members"} else "deflate"
    service = Service([lambda _: httpx.Response(200, headers={"Content-Encoding": name}, stream=stream)])
    assert len(client_of(service).rooms.list().rooms[0].room_name or "") == size
