"""Requests over HTTP: tried again where that may help, answered with a value or one of this package's errors."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from . import errors, reading
from .requests import Request
from .retries import is_passing, seconds_after
from .types import RawResponse

if TYPE_CHECKING:
    import httpx

    from .client import AsyncClient, Client


def send(client: "Client", request: Request[Any]) -> RawResponse:
    """The answer with whatever status; raises ``errors.TransportError`` where none came."""
    import httpx

    http = client.get_httpx_client()
    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        response: httpx.Response | None = None
        failure: errors.TransportError | None = None
        wanted = None
        try:
            # An address that came from the service has its query already, and is followed as it is.
            response = http.get(request.path, params=request.query or None)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            _strip(error)
            failure = errors.TransportError(request.operation, type(error).__name__, str(error), attempt)
            failure.__cause__ = error
            if not isinstance(error, (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError)):
                raise failure
        if response is not None:
            if not is_passing(response.status_code):
                return _raw(request, response)
            wanted = seconds_after(response.headers.get("Retry-After"))
        pause = client.retry.pause(attempt, time.monotonic() - started, wanted) if client.retry else None
        if pause is None:
            if response is None:
                raise failure or AssertionError
            return _raw(request, response)
        time.sleep(pause)


async def send_async(client: "AsyncClient", request: Request[Any]) -> RawResponse:
    """The answer with whatever status; raises ``errors.TransportError`` where none came."""
    import httpx
    from anyio import sleep

    http = client.get_async_httpx_client()
    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        response: httpx.Response | None = None
        failure: errors.TransportError | None = None
        wanted = None
        try:
            # An address that came from the service has its query already, and is followed as it is.
            response = await http.get(request.path, params=request.query or None)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
            _strip(error)
            failure = errors.TransportError(request.operation, type(error).__name__, str(error), attempt)
            failure.__cause__ = error
            if not isinstance(error, (httpx.NetworkError, httpx.TimeoutException, httpx.RemoteProtocolError)):
                raise failure
        if response is not None:
            if not is_passing(response.status_code):
                return _raw(request, response)
            wanted = seconds_after(response.headers.get("Retry-After"))
        pause = client.retry.pause(attempt, time.monotonic() - started, wanted) if client.retry else None
        if pause is None:
            if response is None:
                raise failure or AssertionError
            return _raw(request, response)
        await sleep(pause)


def error_of(raw: RawResponse) -> errors.ApiError:
    """The exception for an answer with another status than 200, with all that its body tells."""
    try:
        body = raw.json()
    except errors.UnreadableResponse:
        body = None
    told = cast("dict[str, object]", body) if isinstance(body, dict) else {}
    code, message, more_info = told.get("code"), told.get("message"), told.get("more_info")
    if not isinstance(message, str):
        kind = raw.headers.get("Content-Type", "no type")
        message = f"no message, but {len(raw.content)} bytes of {kind}"
    return errors.error_for(raw.status_code)(
        raw.operation,
        raw.status_code,
        code if isinstance(code, int) and not isinstance(code, bool) else None,
        message,
        more_info if isinstance(more_info, str) else None,
        raw.request_id,
        seconds_after(raw.headers.get("Retry-After")),
        raw.content,
    )


def judge(raw: RawResponse, *, strict: bool, tell: Callable[[reading.Deviation], object] | None) -> None:
    """Tell ``tell`` what the document does not know, and fail where ``strict``."""
    found = raw.deviations()
    for each in found:
        if tell is not None:
            tell(each)
    if strict and found:
        first = found[0]
        expected = {
            "unknown value": "a value that the document lists",
            "extra key": "no such key",
            "missing key": "a value",
        }[first.kind]
        shown = "nothing: the key is missing" if first.kind == "missing key" else reading.shown(first.value)
        raise errors.UnknownContent(
            raw.operation, raw.status_code, raw.request_id, first.pointer, expected, shown, raw.content
        )


def _raw(request: Request[Any], response: "httpx.Response") -> RawResponse:
    kind = request.kind if response.status_code == 200 else request.failure
    return RawResponse(request.operation, response.status_code, response.headers, response.content, kind)


def _strip(error: Exception) -> None:
    """Take the credentials out of the request that httpx hangs on its exceptions."""
    request: httpx.Request | None = getattr(error, "_request", None)
    if request is not None:
        request.headers.pop("Authorization", None)
