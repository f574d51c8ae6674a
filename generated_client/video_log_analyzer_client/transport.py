"""Requests over HTTP: tried again where that may help, answered with a value or one of this package's errors."""

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from . import errors, reading
from .requests import Request
from .retries import is_passing, seconds_after
from .types import RawResponse

if TYPE_CHECKING:
    from .client import AsyncClient, Client

# Names what was asked for by its operation alone: a path or a query may be personal.
_log = logging.getLogger(__package__)


def send(client: "Client", request: Request[Any]) -> RawResponse:
    """The answer with whatever status; raises ``errors.TransportError`` where none came."""
    # httpx takes half as long to import as a short script takes to run.
    from . import exchange

    send_once = exchange.exchange

    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        raw: RawResponse | None = None
        failure: errors.TransportError | None = None
        left = client.retry.total_seconds - (time.monotonic() - started) if client.retry else None
        try:
            raw = send_once(client, request, left)
        except exchange.FAILURES as error:
            failure = failure_of(error, request.operation, attempt)
        if raw is not None:
            if _log.isEnabledFor(logging.DEBUG):
                told = request.operation, attempt, raw.status_code, raw.request_id
                _log.debug("%s: try %d: status %d, request %s", *told)
            if not is_passing(raw.status_code):
                return raw
        else:
            assert failure is not None
            _log.debug("%s: try %d: %s", request.operation, attempt, failure.kind)
            if not exchange.may_pass(failure):
                raise failure
        wanted = seconds_after(raw.headers.get("Retry-After")) if raw is not None else None
        pause = client.retry.pause(attempt, time.monotonic() - started, wanted) if client.retry else None
        if pause is None:
            if raw is None:
                raise failure or AssertionError
            return raw
        _log.info("%s: tried again in %.2f s", request.operation, pause)
        time.sleep(pause)


async def send_async(client: "AsyncClient", request: Request[Any]) -> RawResponse:
    """The answer with whatever status; raises ``errors.TransportError`` where none came."""
    # httpx takes half as long to import as a short script takes to run.
    from anyio import sleep

    from . import exchange

    if client.transport == "aiohttp":
        from .aiohttp_exchange import exchange as send_once
    else:
        send_once = exchange.exchange_async

    started = time.monotonic()
    attempt = 0
    while True:
        attempt += 1
        raw: RawResponse | None = None
        failure: errors.TransportError | None = None
        left = client.retry.total_seconds - (time.monotonic() - started) if client.retry else None
        try:
            raw = await send_once(client, request, left)
        except exchange.FAILURES as error:
            failure = failure_of(error, request.operation, attempt)
        if raw is not None:
            if _log.isEnabledFor(logging.DEBUG):
                told = request.operation, attempt, raw.status_code, raw.request_id
                _log.debug("%s: try %d: status %d, request %s", *told)
            if not is_passing(raw.status_code):
                return raw
        else:
            assert failure is not None
            _log.debug("%s: try %d: %s", request.operation, attempt, failure.kind)
            if not exchange.may_pass(failure):
                raise failure
        wanted = seconds_after(raw.headers.get("Retry-After")) if raw is not None else None
        pause = client.retry.pause(attempt, time.monotonic() - started, wanted) if client.retry else None
        if pause is None:
            if raw is None:
                raise failure or AssertionError
            return raw
        _log.info("%s: tried again in %.2f s", request.operation, pause)
        await sleep(pause)


def failure_of(error: Exception, operation: str, attempt: int) -> errors.TransportError:
    """What happened, as one of this package's errors; its cause is the library's own, without credentials."""
    if isinstance(error, errors.TransportError):
        error.attempts = attempt
        return error
    from . import exchange

    exchange.strip(error)
    found = exchange.kind_of(error)(operation, type(error).__name__, str(error), attempt)
    found.__cause__ = error
    return found


def error_of(raw: RawResponse) -> errors.ApiError:
    """The exception for an answer with another status than 200, with all that its body tells."""
    import httpx

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
        # Those of any transport, so that the exception can be pickled.
        httpx.Headers(dict(raw.headers)),
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
