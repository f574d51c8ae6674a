"""What happens on the way: latency, bursts of errors, and dropped connections. It ends within a few retries.

A connection is dropped through uvicorn's transport, because ASGI has no message for that.
"""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus

from contract_kit.emulator.asgi import ASGIApp, Message, Receive, Scope, Send
from contract_kit.emulator.faults.hooks import FaultFamily
from contract_kit.emulator.faults.registry import HookedApp

faults = FaultFamily("transient failure", "transient failure")

Headers = list[tuple[bytes, bytes]]
_PIECES = 8
_SLOW = 0.4  # seconds that a slow answer takes
_SPIKE = 1.5
_LATENCY = 0.05


@dataclass(frozen=True)
class _Exchange:
    """One request, and the ways to answer it."""

    app: HookedApp
    inner: ASGIApp
    scope: Scope
    receive: Receive
    _send: Send

    async def proceed(self) -> None:
        """Answer as without the fault."""
        await self.inner(self.scope, self.receive, self._send)

    async def answer(self) -> tuple[int, Headers, bytes]:
        """Return the answer that there would be without the fault."""
        messages: list[Message] = []

        async def keep(message: Message) -> None:
            messages.append(message)

        await self.inner(self.scope, self.receive, keep)
        body = b"".join(message.get("body", b"") for message in messages[1:])
        return messages[0]["status"], messages[0]["headers"], body

    async def start(self, status: int, headers: Headers) -> None:
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def send_body(self, body: bytes, *, more: bool) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})

    async def send(self, status: int, headers: Headers, body: bytes) -> None:
        await self.start(status, [*headers, (b"content-length", str(len(body)).encode())])
        await self.send_body(body, more=False)

    async def send_error(self, status: int, headers: Headers | None = None) -> None:
        """Answer with an error in the API's own shape."""
        json_headers = [(b"content-type", b"application/json"), *(headers or [])]
        await self.send(status, json_headers, self.app.error_body(status))

    @property
    def transport(self) -> asyncio.Transport:
        """The connection underneath: ``send`` is a method of uvicorn's cycle of request and response."""
        transport: asyncio.Transport = self._send.__self__.transport  # type: ignore[attr-defined]
        return transport

    async def close(self) -> None:
        """Close the connection, and wait until uvicorn has noticed: otherwise it would answer by itself."""
        self.transport.close()
        while (await self.receive())["type"] != "http.disconnect":
            pass


def _on_requests(number: int, *, of: int) -> Callable[[Callable[[_Exchange], Awaitable[None]]], None]:
    """Let the function answer the last ``number`` of every ``of`` requests, one after the other."""

    def decorate(function: Callable[[_Exchange], Awaitable[None]]) -> None:
        def plant(app: HookedApp) -> None:
            inner = app.serve
            count = itertools.count()

            async def serve(scope: Scope, receive: Receive, send: Send) -> None:
                exchange = _Exchange(app, inner, scope, receive, send)
                await (function(exchange) if next(count) % of >= of - number else exchange.proceed())

            app.serve = serve

        faults.add(function, plant)

    return decorate


# Late


@_on_requests(1, of=1)
async def _latency(exchange: _Exchange) -> None:
    """Every answer comes from another continent."""
    await asyncio.sleep(_LATENCY)
    await exchange.proceed()


@_on_requests(1, of=10)
async def _latency_spikes(exchange: _Exchange) -> None:
    """Now and then an answer waits for a lock."""
    await asyncio.sleep(_SPIKE)
    await exchange.proceed()


@_on_requests(1, of=10)
async def _slow_headers(exchange: _Exchange) -> None:
    """The head of an answer arrives byte by byte, over a bad line."""
    status, headers, body = await exchange.answer()
    lines = [f"HTTP/1.1 {status} {HTTPStatus(status).phrase}".encode()]
    lines += [name + b": " + value for name, value in [*headers, (b"connection", b"close")]]
    transport = exchange.transport
    for piece in _pieces(b"\r\n".join(lines) + b"\r\n\r\n"):
        transport.write(piece)
        await asyncio.sleep(_SLOW / _PIECES)
    transport.write(body)
    await exchange.close()


@_on_requests(1, of=10)
async def _slow_body(exchange: _Exchange) -> None:
    """The body of an answer arrives in pieces, over a bad line."""
    status, headers, body = await exchange.answer()
    await exchange.start(status, headers)
    for piece in _pieces(body):
        await exchange.send_body(piece, more=True)
        await asyncio.sleep(_SLOW / _PIECES)
    await exchange.send_body(b"", more=False)


# Dropped


@_on_requests(2, of=10)
async def _truncated_body(exchange: _Exchange) -> None:
    """A connection is closed in the middle of a body whose length was announced."""
    status, headers, body = await exchange.answer()
    await exchange.start(status, headers)
    await exchange.send_body(body[: len(body) // 2], more=True)
    await exchange.close()


@_on_requests(2, of=10)
async def _connection_closed(exchange: _Exchange) -> None:
    """A connection is closed without an answer, as when a server is restarted."""
    await exchange.close()


@_on_requests(2, of=10)
async def _connection_reset(exchange: _Exchange) -> None:
    """A connection is reset without an answer, as by a firewall."""
    raw: socket.socket | None = exchange.transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    await exchange.close()


@_on_requests(1, of=3)
async def _keep_alive_lost(exchange: _Exchange) -> None:
    """A connection is closed behind an answer that did not say so, as by an idle load balancer."""
    await exchange.proceed()
    exchange.transport.close()


# Refused


@_on_requests(2, of=40)
async def _rate_limited(exchange: _Exchange) -> None:
    """A burst of requests is refused, and told when to come back."""
    await exchange.send_error(429, [(b"retry-after", b"1")])


@_on_requests(2, of=10)
async def _rate_limited_silently(exchange: _Exchange) -> None:
    """A burst of requests is refused without a word about when to come back, as older APIs do."""
    await exchange.send_error(429)


@_on_requests(2, of=10)
async def _internal_errors(exchange: _Exchange) -> None:
    """One of several servers is broken, until the balancer notices."""
    await exchange.send_error(500)


@_on_requests(2, of=10)
async def _bad_gateway(exchange: _Exchange) -> None:
    """A gateway loses its servers during a deployment, and says so in HTML."""
    await exchange.send(502, [(b"content-type", b"text/html")], b"<html><h1>502 Bad Gateway</h1></html>")


@_on_requests(2, of=10)
async def _unavailable(exchange: _Exchange) -> None:
    """A service is overloaded for a moment."""
    await exchange.send_error(503)


@_on_requests(2, of=10)
async def _gateway_timeout(exchange: _Exchange) -> None:
    """A gateway gives up on its server, with an empty body."""
    await exchange.send(504, [], b"")


def _pieces(text: bytes) -> list[bytes]:
    size = len(text) // _PIECES + 1
    return [text[start : start + size] for start in range(0, len(text), size)]
