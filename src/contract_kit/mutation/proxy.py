"""The proxy: an HTTP server on this machine that passes requests on to a service, and mutations' changes with them."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from http.client import HTTPConnection, HTTPException, HTTPSConnection, responses
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from contract_kit.contract import Contract
from contract_kit.mutation.exchange import Delivery, Pairs, ProxyAnswer, ProxyRequest, Scene
from contract_kit.mutation.mutation import Mutation
from contract_kit.targets import Target

# Fields of one connection; they are made anew on each side.
_HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade", "content-length", "proxy-connection"}
)
_WITHOUT_BODY = frozenset({204, 304})
_SECONDS = 60
# More than one request is only repeated on a connection that the service had closed meanwhile.
_LOST = (HTTPException, OSError)
# A value may be null, a list empty, and another mutation may have removed what this one needs.
_NOT_APPLICABLE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)


class MutationProxy:
    """A proxy in front of a service, on a free port of 127.0.0.1, as a context manager.

    URLs of the service in answers become URLs of the proxy, so that a caller who follows them stays with the proxy.

    Args:
        contract: The kit and its document.
        upstream: The service and its right credentials.
        mutations: What is planted at first.
        leave_alone: Prefixes of paths that no mutation touches.
    """

    def __init__(
        self,
        contract: Contract,
        upstream: Target,
        mutations: Iterable[Mutation] = (),
        leave_alone: tuple[str, ...] = ("/_emulator/",),
    ) -> None:
        self._contract = contract
        self._upstream = upstream
        self._leave_alone = leave_alone
        self._connections = threading.local()
        self._server = _Server(self.exchange)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self.plant(mutations)

    @property
    def target(self) -> Target:
        """The proxy as a target, with the service's credentials."""
        return replace(self._upstream, url=self.url, embedded=False)

    def plant(self, mutations: Iterable[Mutation]) -> None:
        """Plant exactly these mutations; each begins with an empty memory."""
        self.shown: Counter[str] = Counter()
        """How many requests and answers each mutation has changed."""
        self._planted = [(each, Scene(self._contract, self._upstream.credentials, self._send)) for each in mutations]

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def exchange(self, asked: ProxyRequest) -> ProxyAnswer:
        """Pass a request on through what is planted, and return what comes back."""
        planted = [] if asked.path.startswith(self._leave_alone) else self._planted
        request, seen = asked, []
        # The last one is the nearest to the caller: it sees a request first and an answer last.
        for mutation, scene in planted[::-1]:
            seen.append((mutation, scene, request))
            changed = request
            with suppress(*_NOT_APPLICABLE):
                changed = mutation.request(request, scene)
            self.shown[mutation.name] += changed != request
            request = changed
        answer = self._send(request)
        for mutation, scene, before in seen[::-1]:
            other = answer
            with suppress(*_NOT_APPLICABLE):
                other = mutation.answer(answer, before, scene)
            self.shown[mutation.name] += other != answer
            answer = other
        return answer

    def _send(self, request: ProxyRequest) -> ProxyAnswer:
        for last in (False, True):
            connection = getattr(self._connections, "open", None) or self._connect()
            try:
                answer = self._ask(connection, request)
            except _LOST:
                connection.close()
                self._connections.open = None
                if last:
                    raise
            else:
                return self._localized(answer)
        raise AssertionError

    def _connect(self) -> HTTPConnection:
        parts = urlsplit(self._upstream.url)
        host, port = parts.hostname or "", parts.port
        if parts.scheme == "https":
            opened: HTTPConnection = _SecureConnection(
                host, port, timeout=_SECONDS, context=ssl.create_default_context()
            )
        else:
            opened = _PlainConnection(host, port, timeout=_SECONDS)
        self._connections.open = opened
        return opened

    def _ask(self, connection: HTTPConnection, request: ProxyRequest) -> ProxyAnswer:
        connection.putrequest(request.method, request.target, skip_host=True, skip_accept_encoding=True)
        connection.putheader("Host", urlsplit(self._upstream.url).netloc)
        connection.putheader("Accept-Encoding", "identity")
        for name, value in request.headers:
            if name.lower() not in _HOP_BY_HOP | {"host", "accept-encoding", "expect"}:
                connection.putheader(name, value.encode("latin-1"))
        if request.body or request.method in {"POST", "PUT", "PATCH"}:
            connection.putheader("Content-Length", str(len(request.body)))
        connection.endheaders(request.body or None)
        response = connection.getresponse()
        body = response.read()
        kept = {"content-length"} if request.method == "HEAD" else set()
        headers = tuple(pair for pair in response.getheaders() if pair[0].lower() not in _HOP_BY_HOP - kept)
        if response.will_close:
            connection.close()
            self._connections.open = None
        return ProxyAnswer(response.status, headers, body)

    def _localized(self, answer: ProxyAnswer) -> ProxyAnswer:
        there, here = self._upstream.url, self.url
        body = answer.body.replace(there.encode(), here.encode())
        body = body.replace(there.replace("/", r"\/").encode(), here.replace("/", r"\/").encode())
        headers = tuple((name, value.replace(there, here)) for name, value in answer.headers)
        return replace(answer, body=body, headers=headers)


class _PlainConnection(HTTPConnection):
    """Passes on what Python's own connection refuses to send: a caller may have sent just that."""

    def _validate_path(self, url: str) -> None:
        pass

    def _encode_request(self, request: str) -> bytes:
        return request.encode("latin-1")


class _SecureConnection(_PlainConnection, HTTPSConnection):
    pass


class _Server(ThreadingHTTPServer):
    request_queue_size = 128
    daemon_threads = True

    def __init__(self, exchange: Callable[[ProxyRequest], ProxyAnswer]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.exchange = exchange

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller or a service that hung up."""
        if not isinstance(sys.exception(), _LOST):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 120
    server: _Server

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._pass_on
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  its name in the base class
        pass

    def _pass_on(self) -> None:
        # Not self.path, in which two slashes at the beginning have become one.
        path, _, query = self.requestline.split(" ")[1].partition("?")
        request = ProxyRequest(self.command, path, query, tuple(self.headers.items()), self._body())
        try:
            answer = self.server.exchange(request)
        except _LOST:
            self.close_connection = True
            return
        self._deliver(answer)

    def _body(self) -> bytes:
        """What came with the request, read in any case so that the next request begins where it should."""
        if self.headers.get("Transfer-Encoding"):
            pieces = []
            with suppress(ValueError):
                while size := int(self.rfile.readline(80).partition(b";")[0], 16):
                    pieces.append(self.rfile.read(size + 2)[:-2])
                self.rfile.readline(80)
            return b"".join(pieces)
        with suppress(ValueError):
            return self.rfile.read(max(0, int(self.headers.get("Content-Length", "0"))))
        return b""

    def _deliver(self, answer: ProxyAnswer) -> None:
        how = answer.delivery
        if how.pause:
            time.sleep(how.pause)
        if how.drops in {"close", "reset"}:
            self._drop(reset=how.drops == "reset")
            return
        if how.closes or how.drops or how.version == "HTTP/1.0":
            self.close_connection = True
        has_body = self.command != "HEAD" and answer.status not in _WITHOUT_BODY
        body = _framed(answer.body, how) if has_body else b""
        head = self._head(answer, how, has_body=has_body)
        if how.drops == "cut":
            body = body[: len(body) // 2]
        for piece in _pieces(head, body, how.pieces):
            self.wfile.write(piece)
            self.wfile.flush()
            if how.gap:
                time.sleep(how.gap)

    def _head(self, answer: ProxyAnswer, how: Delivery, *, has_body: bool) -> bytes:
        lines = []
        for status in how.interim:
            lines.append(f"HTTP/1.1 {status} {responses.get(status, '')}")
            lines += ["Link: </style.css>; rel=preload", ""] if status == 103 else [""]
        reason = responses.get(answer.status, "") if how.reason is None else how.reason
        lines.append(f"{how.version} {answer.status} {reason}")
        framing: Pairs = ()
        if has_body:
            is_chunked = how.chunk and how.version != "HTTP/1.0"
            framing = (
                (("Transfer-Encoding", "chunked"),) if is_chunked else (("Content-Length", str(len(answer.body))),)
            )
            if is_chunked and how.trailers:
                framing += (("Trailer", ", ".join(name for name, _ in how.trailers)),)
        if how.closes or how.version == "HTTP/1.0":
            framing += (("Connection", "close"),)
        lines += [f"{name}: {value}" for name, value in (*answer.headers, *framing)]
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")

    def _drop(self, *, reset: bool) -> None:
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()


def _framed(body: bytes, how: Delivery) -> bytes:
    if not how.chunk or how.version == "HTTP/1.0":
        return body
    extension = how.extension.encode()
    parts = [body[start : start + how.chunk] for start in range(0, len(body), how.chunk)]
    chunks = [b"%x%s\r\n%s\r\n" % (len(part), extension, part) for part in parts]
    trailers = "".join(f"{name}: {value}\r\n" for name, value in how.trailers).encode()
    return b"".join([*chunks, b"0\r\n", trailers, b"\r\n"])


def _pieces(head: bytes, body: bytes, count: int) -> list[bytes]:
    whole = head + body
    size = len(whole) // count + 1
    return [whole[start : start + size] for start in range(0, len(whole), size)]
