"""What holds over httpx holds over aiohttp: errors, retries, sizes, certificates, proxies, connections."""

from __future__ import annotations

import asyncio
import gzip
import json
import pickle
import socket
import ssl
import threading
from collections.abc import Callable
from typing import Any

import pytest
import trustme
from video_log_analyzer_client import AsyncClient, Client, RawResponse, Retry, Sent, errors
from video_log_analyzer_client.client import Settings

from tests.client.conftest import PASSWORD, USERNAME, Speak, example, page_of

Serve = Callable[[Speak], str]
EMPTY = json.dumps(page_of([])).encode()


def response(body: bytes = EMPTY, status: str = "200 OK", **headers: str) -> bytes:
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Length: {len(body)}",
        *(f"{n.replace('_', '-')}: {v}" for n, v in headers.items()),
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Script:
    """Gives answers in turn, the last one for ever, each over a connection of its own."""

    def __init__(self, *answers: bytes) -> None:
        self.answers = list(answers)
        self.count = 0

    def __call__(self, connection: socket.socket) -> None:
        self.count += 1
        connection.sendall(self.answers[min(self.count, len(self.answers)) - 1])


async def listed(url: str, settings: Settings | None = None) -> Any:
    given: Settings = {"transport": "aiohttp", "retry": None, **(settings or {}), "base_url": url}
    async with AsyncClient(USERNAME, PASSWORD, **given) as client:
        return await client.rooms.list()


QUICK: Settings = {"retry": Retry(attempts=3, first_pause=0)}


@pytest.mark.parametrize(
    "first",
    [
        response(b"{}", "503 No"),
        response(b"{}", "429 No", Retry_After="0"),
        response(b"{}", "408 No"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
        b"",
        response(b"no gzip", Content_Encoding="gzip"),
    ],
)
def test_what_passes_is_tried_again(serve: Serve, first: bytes) -> None:
    script = Script(first, response())
    assert asyncio.run(listed(serve(script), QUICK)).rooms == []
    assert script.count == 2


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (response(b'{"code": 20404, "message": "gone"}', "404 No"), errors.NotFound),
        (response(b"{}", "302 No", Location="https://u:p@evil.example/"), errors.Redirected),
        (response(b"<html>"), errors.UnreadableResponse),
        (b"no HTTP at all\r\n\r\n", errors.TransportError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", errors.DamagedResponse),
        (response(b"no gzip", Content_Encoding="gzip"), errors.DamagedResponse),
    ],
)
def test_each_failure_has_its_class(serve: Serve, answer: bytes, kind: type[errors.ClientError]) -> None:
    with pytest.raises(kind) as caught:
        asyncio.run(listed(serve(Script(answer))))
    assert type(caught.value) is kind
    assert PASSWORD not in repr(caught.value.__cause__) + str(vars(caught.value))
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)
    if isinstance(caught.value, errors.ApiError):
        assert caught.value.headers["content-length"] == str(len(caught.value.body))


def test_no_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        url = f"http://127.0.0.1:{free.getsockname()[1]}"
    with pytest.raises(errors.ConnectError) as caught:
        asyncio.run(listed(url, QUICK))
    assert caught.value.attempts == 3


def test_packed_and_too_long_bodies(serve: Serve) -> None:
    assert asyncio.run(listed(serve(Script(response(gzip.compress(EMPTY), Content_Encoding="gzip"))))).rooms == []
    bomb = response(gzip.compress(b" " * 3_000_000), Content_Encoding="gzip")
    with pytest.raises(errors.ResponseTooLarge):
        asyncio.run(listed(serve(Script(bomb)), {"max_response_bytes": 1_000_000}))


def test_query_headers_and_hooks(serve: Serve) -> None:
    def speak(connection: socket.socket) -> None:
        connection.sendall(response(json.dumps(example("CompletedRoom") | {"room_sid": "RM1"}).encode()))

    seen: list[Sent | RawResponse] = []

    async def ask(url: str) -> None:
        settings: Settings = {
            "transport": "aiohttp",
            "on_response": seen.append,
            "app_info": "x/1",
            "headers": {"X-Team": "v"},
        }

        def trace(request: Sent) -> None:
            request.headers["X-Trace"] = "1"
            seen.append(request)

        settings |= {"base_url": url, "on_request": trace}
        async with AsyncClient(USERNAME, PASSWORD, **settings) as client:
            assert (await client.rooms.fetch("RM1")).room_sid == "RM1"
            with pytest.raises(errors.WrongAnswer):
                await client.rooms.fetch("RM2")
            with pytest.raises(errors.ConfigurationError, match="carried by aiohttp"):
                client.get_async_httpx_client()
        with pytest.raises(errors.ConfigurationError, match="closed"):
            await client.rooms.list()

    asyncio.run(ask(serve(speak)))
    sent, got = seen[0], seen[1]
    assert isinstance(sent, Sent)
    assert "Authorization" not in sent.headers
    assert sent.url.endswith("/v1/Video/Rooms/RM1")
    assert isinstance(got, RawResponse)
    assert got.headers["content-length"] == got.headers["Content-Length"]


def test_certificate_that_is_not_trusted_is_not_tried_again() -> None:
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)

    def accept() -> None:
        while True:
            try:
                connection, _ = listener.accept()
                context.wrap_socket(connection, server_side=True).close()
            except ssl.SSLError:
                continue
            except OSError:
                return

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=accept, daemon=True).start()
        with pytest.raises(errors.ConnectError) as caught:
            asyncio.run(listed(f"https://localhost:{listener.getsockname()[1]}", QUICK))
    assert caught.value.attempts == 1


def test_proxy_comes_from_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", serve(Script(response())))
    assert asyncio.run(listed("http://rooms.invalid")).rooms == []


def test_no_more_connections_than_asked_for() -> None:
    opened = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal opened
        opened += 1
        while await reader.readuntil(b"\r\n\r\n"):
            writer.write(response())
            await writer.drain()

    async def ask() -> None:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        gate = asyncio.Semaphore(20)
        async with server, AsyncClient(USERNAME, PASSWORD, base_url=url, transport="aiohttp") as client:

            async def one() -> None:
                async with gate:
                    await client.rooms.list()

            await asyncio.gather(*(one() for _ in range(200)))

    asyncio.run(ask())
    assert 0 < opened <= 20


@pytest.mark.parametrize(
    ("kind", "settings", "said"),
    [
        (Client, {}, "is asynchronous: use AsyncClient"),
        (AsyncClient, {"http2": True}, "http2 is for transport 'httpx' alone"),
        (AsyncClient, {"httpx_args": {"verify": False}}, "httpx_args is for transport 'httpx' alone"),
        (AsyncClient, {"transport": "curl"}, "transport is 'curl': give 'httpx' or 'aiohttp'"),
    ],
)
def test_what_it_cannot_do_is_refused_at_once(kind: Any, settings: dict[str, Any], said: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=said):
        kind(USERNAME, PASSWORD, **{"transport": "aiohttp", **settings})
