"""The one transport of check and recorder: one TLS context, one limit in size, one limit in time.

httpx limits each read and write, but neither an answer as a whole nor what compressed content unpacks to. So the limits
are set below httpx, in the pool of connections of httpcore: there they also hold while vcrpy records.
"""

from __future__ import annotations

import os
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from contract_kit.errors import UsageError
from contract_kit.targets import Target

# An answer's content, as it is sent and after its Content-Encoding is undone, has at most this many bytes.
MOST_BYTES = 64 * 1024 * 1024
# Seconds for a whole request, from the connection to the last byte of the answer; each read may take PATIENCE.
MOST_SECONDS = 60.0
PATIENCE = 30.0
# The extension of a response with the Content-Encoding that was undone.
ENCODING = "undone_encoding"
_ENCODINGS = "gzip, deflate"


class TooLongError(httpx.DecodingError):
    """The answer is longer than MOST_BYTES."""


class TooSlowError(httpx.ReadTimeout):
    """The answer was not complete after MOST_SECONDS, or when the run's time ended."""


class BoundedTransport(httpx.HTTPTransport):
    """Sends requests to one target, and reads each answer as a whole.

    Args:
        target: The target. For the vendor's own hosts no certificate of the environment counts: a proxy that intercepts
            TLS, or anybody with a certificate of a private authority, could otherwise pass for the live API.
        seconds_left: Returns the seconds that the run still has, if it has a deadline.

    Raises:
        UsageError: the environment names a file of certificates or a proxy that cannot be used.
    """

    def __init__(self, target: Target, seconds_left: Callable[[], float | None] = lambda: None) -> None:
        proxy = _proxy(target)
        try:
            super().__init__(verify=_tls_context(target), proxy=proxy)
        except (ValueError, ImportError, httpx.InvalidURL):
            raise UsageError("a proxy in the environment (HTTP_PROXY, HTTPS_PROXY, ALL_PROXY) is not usable") from None
        self._seconds_left = seconds_left
        self._clock = _Clock()
        # httpx has no parameter for either.
        self._pool._network_backend = _Backend(self._clock)
        self._pool = _BoundedPool(self._pool)  # type: ignore[assignment]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx has it; the response is complete.

        Raises:
            TooLongError, TooSlowError: the answer exceeds a limit.
            httpx.DecodingError: its content does not have the encoding that it names.
        """
        if "Accept-Encoding" in request.headers:
            request.headers["Accept-Encoding"] = _ENCODINGS  # httpx also names what only its own decoders undo
        request.extensions.setdefault("timeout", httpx.Timeout(PATIENCE).as_dict())
        left = self._seconds_left()
        self._clock.start(MOST_SECONDS if left is None else min(MOST_SECONDS, left))
        try:
            response = super().handle_request(request)
            response.read()
        except httpx.TimeoutException as error:
            if self._clock.left() <= 0:
                raise TooSlowError(str(error)) from None
            raise
        response.request = request
        return response


UNTRUSTED = "its certificate is of no trusted authority, or of another host"


def trouble(error: BaseException) -> str:
    """Why no answer came, in our words: an exception's text may quote what the target sent."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause is not None:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    if any(isinstance(each, ssl.SSLCertVerificationError) for each in causes):
        return UNTRUSTED
    if isinstance(error, httpx.ConnectError):
        for each in causes:
            if isinstance(each, OSError):
                unknown = isinstance(each, socket.gaierror)
                return "no such host" if unknown else f"no connection: {os.strerror(each.errno or 0)}"
    found = (words for each in causes for kind, words in _TROUBLES.items() if isinstance(each, kind))
    return next(found, type(error).__name__)


# The first that fits counts.
_TROUBLES: dict[type[httpx.RequestError], str] = {
    TooLongError: f"an answer longer than {MOST_BYTES // 1024**2} MiB",
    httpx.DecodingError: "an answer that does not have the encoding that it names",
    TooSlowError: "no complete answer in the time of a request",
    httpx.ConnectTimeout: "no connection in time",
    httpx.TimeoutException: "no answer in time",
    httpx.ConnectError: "no connection",
    httpx.ProxyError: "the proxy lets nobody through",
    httpx.RemoteProtocolError: "an answer that is not HTTP, or is cut off",
    httpx.LocalProtocolError: "a request that HTTP does not allow",
    httpx.NetworkError: "a connection that was lost",
}


def _tls_context(target: Target) -> ssl.SSLContext:
    """The context of verified TLS: with certifi's authorities or, for hosts that are not live, the environment's."""
    if target.is_live:
        return httpx.create_ssl_context(trust_env=False)
    for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "SSL_CERT_DIR"):
        if path := os.environ.get(name):
            kind = "capath" if Path(path).is_dir() else "cafile"
            try:
                return ssl.create_default_context(**{kind: path})  # type: ignore[arg-type]
            except OSError:
                raise UsageError(f"{name} names no readable file of certificates: correct it, or unset it") from None
    return httpx.create_ssl_context(trust_env=False)


def _proxy(target: Target) -> str | None:
    """The environment's proxy for the target; none for a host on this machine."""
    parts = urlsplit(target.url)
    if target.is_loopback or proxy_bypass(parts.netloc):
        return None
    proxies = getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return found if not found or "://" in found else f"http://{found}"


class _Clock:
    """The time that the running request still has."""

    def __init__(self) -> None:
        self._end = 0.0

    def start(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        return self._end - time.monotonic()

    def bounded(self, timeout: float | None, error: type[Exception]) -> float:
        """The seconds that one step may take."""
        left = self.left()
        if left <= 0:
            raise error("no complete answer in time")
        return left if timeout is None else min(timeout, left)


class _Backend(httpcore.SyncBackend):
    """httpcore's network, where each step ends with the time of the request at the latest."""

    def __init__(self, clock: _Clock) -> None:
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        timeout = self._clock.bounded(timeout, httpcore.ConnectTimeout)
        stream = super().connect_tcp(host, port, timeout, local_address, socket_options)
        return _Stream(stream, self._clock)


class _Stream(httpcore.NetworkStream):
    def __init__(self, under: httpcore.NetworkStream, clock: _Clock) -> None:
        self._under = under
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._under.read(max_bytes, self._clock.bounded(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._under.write(buffer, self._clock.bounded(timeout, httpcore.WriteTimeout))

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        timeout = self._clock.bounded(timeout, httpcore.ConnectTimeout)
        return _Stream(self._under.start_tls(ssl_context, server_hostname, timeout), self._clock)

    def get_extra_info(self, info: str) -> Any:
        return self._under.get_extra_info(info)

    def close(self) -> None:
        self._under.close()


class _BoundedPool:
    """A pool of connections that reads and unpacks each answer before it returns it."""

    def __init__(self, under: httpcore.ConnectionPool) -> None:
        self._under = under

    def handle_request(self, request: httpcore.Request) -> httpcore.Response:
        response = self._under.handle_request(request)
        with _closing(response):
            content = bytearray()
            for piece in response.iter_stream():
                content += piece
                if len(content) > MOST_BYTES:
                    raise TooLongError(f"longer than {MOST_BYTES} bytes")
        named = b", ".join(value for name, value in response.headers if name.lower() == b"content-encoding")
        return httpcore.Response(
            response.status,
            headers=[pair for pair in response.headers if pair[0].lower() != b"content-encoding"],
            content=unpacked(bytes(content), named.decode("latin-1")),
            extensions={**response.extensions, ENCODING: named.decode("latin-1")},
        )

    def close(self) -> None:
        self._under.close()


@contextmanager
def _closing(response: httpcore.Response) -> Iterator[None]:
    try:
        yield
    finally:
        response.close()


def unpacked(content: bytes, encodings: str) -> bytes:
    """Undo the Content-Encoding of an answer, within MOST_BYTES at each step: ``gzip``, ``gzip, deflate``.

    Raises:
        TooLongError: it unpacks to more.
        httpx.DecodingError: it does not have that encoding, or nobody asked for that encoding.
    """
    for encoding in reversed([each.strip().lower() for each in encodings.split(",")]):
        if encoding in {"", "identity"} or not content:
            continue
        try:
            content = _UNPACK[encoding](content)
        except KeyError:
            raise httpx.DecodingError("an encoding that was not asked for") from None
        except zlib.error:
            raise httpx.DecodingError("not the encoding that it names") from None
    return content


def _gunzipped(content: bytes) -> bytes:
    made = bytearray()
    while content:  # gzip has members, one behind the other
        member = zlib.decompressobj(zlib.MAX_WBITS | 16)
        made += member.decompress(content, MOST_BYTES + 1 - len(made))
        if len(made) > MOST_BYTES:
            raise TooLongError(f"longer than {MOST_BYTES} bytes")
        content = member.unused_data
    return bytes(made)


def _inflated(content: bytes) -> bytes:
    try:
        made = zlib.decompressobj().decompress(content, MOST_BYTES + 1)
    except zlib.error:
        # Some servers leave out the head.
        made = zlib.decompressobj(-zlib.MAX_WBITS).decompress(content, MOST_BYTES + 1)
    if len(made) > MOST_BYTES:
        raise TooLongError(f"longer than {MOST_BYTES} bytes")
    return made


_UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": _gunzipped, "x-gzip": _gunzipped, "deflate": _inflated}
