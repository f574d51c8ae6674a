"""One request and its answer, over httpx: within a time for all of it, and within a size."""

import ssl
import time
import zlib
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import anyio
import httpcore
import httpx

from . import errors
from .requests import CREDENTIALS_HEADER, Request
from .types import RawResponse, Sent

if TYPE_CHECKING:
    from .client import AsyncClient, Client

FAILURES = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, errors.TransportError)
"""What comes where no whole answer does."""
_PASSING = frozenset(
    {"NetworkError", "ReadError", "WriteError", "CloseError", "RemoteProtocolError"}
    # Those of aiohttp.
    | {"ServerDisconnectedError", "ClientOSError", "ClientConnectionResetError"}
)

# So many bytes are unpacked at a time.
_PIECE = 1 << 18

# When the request that this thread is sending must be answered, by time.monotonic().
_end: ContextVar[float | None] = ContextVar("_end", default=None)


def kind_of(error: Exception) -> type[errors.TransportError]:
    """The class of error for one of httpx."""
    if isinstance(error, httpx.TimeoutException):
        return errors.TimeoutError
    if isinstance(error, httpx.ConnectError):
        return errors.ConnectError
    return errors.DamagedResponse if isinstance(error, httpx.DecodingError) else errors.TransportError


def may_pass(failure: errors.TransportError) -> bool:
    """Whether another try may do better: not where a certificate is not trusted, nor where nothing can be sent."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return False
        cause = cause.__cause__ or cause.__context__
    return type(failure) is not errors.TransportError or failure.kind in _PASSING


def strip(error: Exception) -> None:
    """Take the credentials out of the request that httpx hangs on its exceptions."""
    request: httpx.Request | None = getattr(error, "_request", None)
    if request is not None:
        request.headers.pop(CREDENTIALS_HEADER, None)


class Body:
    """Puts a body together, its encoding undone, and no longer than ``limit``.

    Args:
        operation: The operation, for errors.
        limit: The most bytes.
        encoding: The ``Content-Encoding``, if it is undone here: ``gzip`` or ``deflate``.
    """

    def __init__(self, operation: str, limit: int, encoding: str) -> None:
        self._operation = operation
        self._left = limit
        self._limit = limit
        self._encoding = encoding
        self._decoder = self._new_decoder()
        self._chunks: list[bytes] = []
        self._is_empty = True
        # The first two bytes, as far as they came.
        self._head = b""

    def add(self, chunk: bytes) -> None:
        """Add what came; raises ``errors.ResponseTooLarge`` or ``errors.DamagedResponse``."""
        made = b""
        # A piece that is full may have more behind it, though all that came is read.
        while chunk or len(made) == _PIECE:
            made, chunk = self._unpacked(chunk) if self._decoder is not None else (chunk, b"")
            self._is_empty = False
            self._left -= len(made)
            if self._left < 0:
                raise errors.ResponseTooLarge(self._operation, self._limit)
            self._chunks.append(made)
            if self._decoder is None:
                return

    def _unpacked(self, chunk: bytes) -> tuple[bytes, bytes]:
        """What a chunk holds, and what follows its end: gzip may have several members, one behind the other."""
        if chunk and (self._decoder is None or self._decoder.eof):
            self._decoder = self._new_decoder()
        assert self._decoder is not None
        try:
            # Piece by piece: a longer body than may be is found, and never unpacked as a whole.
            made = self._decoder.decompress(chunk, _PIECE)
        except zlib.error as error:
            if self._encoding != "deflate" or len(self._head) >= 2:
                raise self._damaged(str(error)) from None
            # Some servers leave out the head of zlib, which is two bytes long.
            self._decoder = zlib.decompressobj(-zlib.MAX_WBITS)
            self._encoding = "bare deflate"
            return self._unpacked(self._head + chunk)
        self._head += chunk[: 2 - len(self._head)]
        return made, self._decoder.unconsumed_tail or self._decoder.unused_data

    def _new_decoder(self) -> Any:
        bits = {"gzip": zlib.MAX_WBITS | 16, "deflate": zlib.MAX_WBITS}
        return zlib.decompressobj(bits[self._encoding]) if self._encoding in bits else None

    def whole(self) -> bytes:
        """All that was added; raises ``errors.DamagedResponse`` where the end is missing."""
        if self._decoder is not None and not self._decoder.eof and not self._is_empty:
            raise self._damaged("it is cut off")
        return b"".join(self._chunks)

    def _damaged(self, why: str) -> errors.DamagedResponse:
        return errors.DamagedResponse(self._operation, "DecodingError", f"the body cannot be unpacked: {why}", 1)


def exchange(client: "Client", request: Request[Any], left: float | None) -> RawResponse:
    """Send a request and read its answer, in ``left`` seconds; raises one of ``FAILURES``, or ``errors.ResponseTooLarge``."""
    token = _end.set(None if left is None else time.monotonic() + left)
    try:
        return _exchange(client, request)
    finally:
        _end.reset(token)


def _exchange(client: "Client", request: Request[Any]) -> RawResponse:
    http = client.get_httpx_client()
    # An address that came from the service has its query already, and is followed as it is.
    sent = http.build_request(
        request.method,
        request.path,
        params=request.query or None,
        content=request.content,
        headers={**client.headers, **dict(request.headers), **content_type(request)},
        timeout=client.timeout,
    )
    if client.on_request is not None:
        client.on_request(Sent(request.operation, str(sent.url), sent.headers))
    try:
        response = http.send(sent, stream=True)
    except RuntimeError as error:
        # Of httpx, asyncio or anyio: the client is closed, or the event loop that its connections belong to.
        if "clos" not in str(error):
            raise
        raise errors.ConfigurationError(f"the client cannot be used any more ({error}): make another one") from error
    try:
        if response.is_stream_consumed:
            # A hook, or whoever stands in for the network, has read it.
            content = response.content
        else:
            encoding = decoded_here(response.headers.get("Content-Encoding", ""))
            body = Body(request.operation, client.max_response_bytes, encoding)
            for chunk in response.iter_raw() if encoding else response.iter_bytes():
                body.add(chunk)
                _require_time(request.operation)
            content = body.whole()
    finally:
        response.close()
    if len(content) > client.max_response_bytes:
        raise errors.ResponseTooLarge(request.operation, client.max_response_bytes)
    kind = request.kind if response.status_code in request.successes else request.failure
    raw = RawResponse(request.operation, response.status_code, response.headers, content, kind)
    if client.on_response is not None:
        client.on_response(raw)
    return raw


async def exchange_async(client: "AsyncClient", request: Request[Any], left: float | None) -> RawResponse:
    """Send a request and read its answer, in ``left`` seconds; raises one of ``FAILURES``, or ``errors.ResponseTooLarge``."""
    try:
        with anyio.fail_after(left):
            return await _exchange_async(client, request)
    except TimeoutError as error:
        if isinstance(error, errors.TransportError):
            raise
        raise too_slow(request.operation) from None


async def _exchange_async(client: "AsyncClient", request: Request[Any]) -> RawResponse:
    http = client.get_async_httpx_client()
    # An address that came from the service has its query already, and is followed as it is.
    sent = http.build_request(
        request.method,
        request.path,
        params=request.query or None,
        content=request.content,
        headers={**client.headers, **dict(request.headers), **content_type(request)},
        timeout=client.timeout,
    )
    if client.on_request is not None:
        client.on_request(Sent(request.operation, str(sent.url), sent.headers))
    try:
        response = await http.send(sent, stream=True)
    except RuntimeError as error:
        # Of httpx, asyncio or anyio: the client is closed, or the event loop that its connections belong to.
        if "clos" not in str(error):
            raise
        raise errors.ConfigurationError(f"the client cannot be used any more ({error}): make another one") from error
    try:
        if response.is_stream_consumed:
            # A hook, or whoever stands in for the network, has read it.
            content = response.content
        else:
            encoding = decoded_here(response.headers.get("Content-Encoding", ""))
            body = Body(request.operation, client.max_response_bytes, encoding)
            async for chunk in response.aiter_raw() if encoding else response.aiter_bytes():
                body.add(chunk)
            content = body.whole()
    finally:
        await response.aclose()
    if len(content) > client.max_response_bytes:
        raise errors.ResponseTooLarge(request.operation, client.max_response_bytes)
    kind = request.kind if response.status_code in request.successes else request.failure
    raw = RawResponse(request.operation, response.status_code, response.headers, content, kind)
    if client.on_response is not None:
        client.on_response(raw)
    return raw


def content_type(request: Request[Any]) -> dict[str, str]:
    """The header of a request that has a body."""
    return {} if request.content is None else {"Content-Type": "application/json"}


def decoded_here(encoding: str) -> str:
    """The ``Content-Encoding`` of an answer where ``Body`` undoes it; ``""`` for all others."""
    name = encoding.strip().lower().removeprefix("x-")
    return name if name in {"gzip", "deflate"} else ""


def too_slow(operation: str) -> errors.TimeoutError:
    """The error for a request that took longer than it may."""
    return errors.TimeoutError(operation, "TotalTimeout", "no whole answer in the time that the request may take", 1)


def _require_time(operation: str) -> None:
    end = _end.get()
    if end is not None and time.monotonic() > end:
        raise too_slow(operation)


def bound(http: Any) -> None:
    """Let each step over the network of an ``httpx.Client`` end with the time of the request.

    httpx limits each read, but not all reads together: an answer whose head comes byte by byte would have no end. It has no
    parameter for this, so that the network below its connections is replaced; what stands in for it is left alone.
    """
    for transport in (http._transport, *http._mounts.values()):
        pool: Any = getattr(transport, "_pool", None)
        if isinstance(getattr(pool, "_network_backend", None), httpcore.SyncBackend):
            pool._network_backend = _Backend()


def _bounded(timeout: float | None, error: type[Exception]) -> float | None:
    end = _end.get()
    if end is None:
        return timeout
    left = end - time.monotonic()
    if left <= 0:
        raise error("no whole answer in the time that the request may take")
    return left if timeout is None else min(timeout, left)


class _Backend(httpcore.SyncBackend):
    def connect_tcp(self, host: str, port: int, timeout: float | None = None, *args: Any, **options: Any) -> Any:
        stream = super().connect_tcp(host, port, _bounded(timeout, httpcore.ConnectTimeout), *args, **options)
        return _Stream(stream)


class _Stream(httpcore.NetworkStream):
    """A stream whose steps end with the time of the request."""

    def __init__(self, under: httpcore.NetworkStream) -> None:
        self._under = under

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._under.read(max_bytes, _bounded(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._under.write(buffer, _bounded(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._under.close()

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> "_Stream":
        return _Stream(self._under.start_tls(ssl_context, server_hostname, _bounded(timeout, httpcore.ConnectTimeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._under.get_extra_info(info)
