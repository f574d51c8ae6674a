"""What happens on the way: latency, bursts of errors, and connections that drop. It ends within a few retries.

A connection is dropped through uvicorn's transport, since ASGI has no word for it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import struct
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING

from contract_kit.emulator.asgi import ASGIApp, Message, Receive, Scope, Send
from contract_kit.emulator.faults.registry import register
from video_log_analyzer.emulator.errors import more_info

if TYPE_CHECKING:
    from video_log_analyzer.emulator.app import App

Headers = list[tuple[bytes, bytes]]
_PIECES = 8
_SLOW = 0.4  # seconds that a slow answer takes
_SPIKE = 1.5
_LATENCY = 0.05


def _on_requests(
    number: int, *, of: int
) -> Callable[[Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]], None]:
    """Let the function answer the last ``number`` of every ``of`` requests, one after the other."""

    def decorate(function: Callable[[ASGIApp, Scope, Receive, Send], Awaitable[None]]) -> None:
        def plant(app: App) -> None:
            inner = app.serve
            count = itertools.count()

            async def serve(scope: Scope, receive: Receive, send: Send) -> None:
                await (
                    function(inner, scope, receive, send)
                    if next(count) % of >= of - number
                    else inner(scope, receive, send)
                )

            app.serve = serve

        register(function, plant, "weather")

    return decorate


# Late


@_on_requests(1, of=1)
async def _latency(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Every answer comes from another continent."""
    await asyncio.sleep(_LATENCY)
    await inner(scope, receive, send)


@_on_requests(1, of=10)
async def _latency_spikes(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Now and then an answer waits for a lock."""
    await asyncio.sleep(_SPIKE)
    await inner(scope, receive, send)


@_on_requests(1, of=10)
async def _slow_headers(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The head of an answer arrives byte by byte, over a bad line."""
    status, headers, body = await _answer_of(inner, scope, receive)
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
    lines += [name + b": " + value for name, value in [*headers, (b"connection", b"close")]]
    head = b"\r\n".join(lines) + b"\r\n\r\n"
    transport = _transport(send)
    for piece in _pieces(head):
        transport.write(piece)
        await asyncio.sleep(_SLOW / _PIECES)
    transport.write(body)
    await _close(send, receive)


@_on_requests(1, of=10)
async def _slow_body(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """The body of an answer arrives in pieces, over a bad line."""
    status, headers, body = await _answer_of(inner, scope, receive)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    for piece in _pieces(body):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(_SLOW / _PIECES)
    await send({"type": "http.response.body"})


# Dropped


@_on_requests(2, of=10)
async def _truncated_body(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A connection is closed in the middle of a body whose length was announced."""
    status, headers, body = await _answer_of(inner, scope, receive)
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
    await _close(send, receive)


@_on_requests(2, of=10)
async def _connection_closed(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A connection is closed without an answer, as when a server is restarted."""
    await _close(send, receive)


@_on_requests(2, of=10)
async def _connection_reset(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A connection is reset without an answer, as by a firewall."""
    raw: socket.socket | None = _transport(send).get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await _close(send, receive)


@_on_requests(1, of=3)
async def _keep_alive_lost(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A connection is closed behind an answer that did not say so, as by an idle load balancer."""
    await inner(scope, receive, send)
    _transport(send).close()


# Refused


@_on_requests(2, of=40)
async def _rate_limited(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A burst of requests is refused, and told when to come back."""
    await _send_error(send, 429, 20429, "Too many requests", [(b"retry-after", b"1")])


@_on_requests(2, of=10)
async def _rate_limited_silently(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A burst of requests is refused without a word about when to come back, as older APIs do."""
    await _send_error(send, 429, 20429, "Too many requests")


@_on_requests(2, of=10)
async def _internal_errors(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """One of several servers is broken, until the balancer notices."""
    await _send_error(send, 500, 20500, "Internal server error")


@_on_requests(2, of=10)
async def _bad_gateway(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A gateway loses its servers during a deployment, and says so in HTML."""
    await _send(send, 502, [(b"content-type", b"text/html")], b"<html><h1>502 Bad Gateway</h1></html>")


@_on_requests(2, of=10)
async def _unavailable(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A service is overloaded for a moment."""
    await _send_error(send, 503, 20503, "Service unavailable")


@_on_requests(2, of=10)
async def _gateway_timeout(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """A gateway gives up on its server, with an empty body."""
    await _send(send, 504, [], b"")


async def _answer_of(inner: ASGIApp, scope: Scope, receive: Receive) -> tuple[int, Headers, bytes]:
    messages: list[Message] = []

    async def keep(message: Message) -> None:
        messages.append(message)

    await inner(scope, receive, keep)
    return messages[0]["status"], messages[0]["headers"], b"".join(message.get("body", b"") for message in messages[1:])


async def _send_error(send: Send, status: int, code: int, message: str, headers: Headers | None = None) -> None:
    body = {
        "code": code,
        "message": message,
        "more_info": more_info(code),
        "status": status,
    }
    await _send(send, status, [(b"content-type", b"application/json"), *(headers or [])], json.dumps(body).encode())


async def _send(send: Send, status: int, headers: Headers, body: bytes) -> None:
    headers = [*headers, (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _pieces(text: bytes) -> list[bytes]:
    size = len(text) // _PIECES + 1
    return [text[start : start + size] for start in range(0, len(text), size)]


def _transport(send: Send) -> asyncio.Transport:
    """The connection underneath: ``send`` is a method of uvicorn's cycle of request and response."""
    transport: asyncio.Transport = send.__self__.transport  # type: ignore[attr-defined]
    return transport


async def _close(send: Send, receive: Receive) -> None:
    """Close the connection, and wait until uvicorn has noticed: else it would answer for us."""
    _transport(send).close()
    while (await receive())["type"] != "http.disconnect":
        pass
