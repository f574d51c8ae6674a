"""The control API over HTTP: who may call it, and its request and response bodies."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
import re
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from http import HTTPStatus
from ipaddress import ip_address
from typing import Any
from urllib.parse import parse_qsl

from contract_kit.emulator.asgi import Receive, Scope, Send
from contract_kit.emulator.database import DatabaseBusyError
from contract_kit.emulator.messages import Request, UnusableRequestError
from contract_kit.targets import is_loopback
from contract_kit.unique_keys import unique_keys
from video_log_analyzer.emulator.control import bulk
from video_log_analyzer.emulator.control.calls import PATHS, ROUTES, Call, account_sid_of
from video_log_analyzer.emulator.control.problems import CallProblem, ControlError, Problems, unknown
from video_log_analyzer.emulator.store import Store

logger = logging.getLogger(__name__)

PREFIX = b"/_emulator/"
LARGEST_BODY = 16_777_216  # of a JSON body; a bulk load may be as large as the disk
LARGEST_BODIES = 4 * LARGEST_BODY  # of all JSON bodies that are being sent
_SPOOLED = 1_048_576
_TRIES, _BETWEEN_TRIES = 100, 0.05
# RFC 6761 and 6762, and what ICANN keeps for private use.
_PRIVATE_SUFFIXES = (".localhost", ".local", ".internal", ".test", ".invalid", ".home.arpa")
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"})
_STREAMS = {"/_emulator/load": "POST", "/_emulator/dump": "GET"}
_QUERY = ("account_sid", "allow_unknown")


class Control:
    """The control API as an ASGI application beside the API itself.

    ``loopback_only`` refuses callers that come from another machine or through a proxy. A foreign host name is always
    refused: in a browser, it may be a page's own name that now leads to this address. ``names`` are the emulator's own.
    ``on_change`` is called when faults or limits may have changed.
    """

    def __init__(
        self, store: Store, *, loopback_only: bool, names: Collection[str] = (), on_change: Callable[[], None]
    ) -> None:
        self._store = store
        self._loopback_only = loopback_only
        self._names = frozenset(names)
        self._held = 0  # bytes of all bodies that are not answered yet
        self._on_change = on_change
        self._writing = asyncio.Lock()  # held by every call that changes something, and by a load for a while

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        try:
            request = Request.from_scope(scope)
            self._require_welcome(scope, request)
            if (request.method, request.path) == ("POST", "/_emulator/load"):
                answer = await self._load(_query(request.query), receive)
            elif (request.method, request.path) == ("GET", "/_emulator/dump"):
                await self._dump(send)
                return
            else:
                async with self._body(receive) as body:
                    if request.method == "GET":
                        answer = await self._answer(request, body)
                    else:
                        async with self._writing:
                            answer = await self._answer(request, body)
            await _send(send, 200, answer)
        except ControlError as error:
            problems = [
                {"pointer": one.pointer, "message": one.message} | ({} if one.line is None else {"line": one.line})
                for one in error.problems
            ]
            await _send(send, error.status, {"errors": problems}, error.allow)
        except UnusableRequestError as error:
            await _send(send, 400, {"errors": [{"pointer": "", "message": str(error)}]})
        except UnicodeEncodeError:
            message = "expected text, found half of a surrogate pair"
            await _send(send, 400, {"errors": [{"pointer": "", "message": message}]})
        except self._store.error as error:
            message = f"the database cannot be used ({error})"
            await _send(send, 503, {"errors": [{"pointer": "", "message": message}]})
        except Exception:
            logger.exception("a control call failed: answered 500")
            await _send(send, 500, {"errors": [{"pointer": "", "message": "internal error; see the emulator's log"}]})

    def _require_welcome(self, scope: Scope, request: Request) -> None:
        host = request.headers.get("host", "")
        # A page in a browser may call any address; only the Origin header reveals it.
        if request.headers.get("origin", f"http://{host}").rpartition("/")[2] != host:
            raise ControlError(403, CallProblem("", "the control API answers no page of another origin"))
        client = scope.get("client")
        name = re.sub(r":[0-9]+$", "", host).strip("[]").lower()
        if not self._loopback_only:
            if not self._is_own(name):
                message = "the control API answers under no foreign host name; give this one as --host or --public-url"
                raise ControlError(403, CallProblem("", message))
            return
        if not is_loopback(name) or (client and not is_loopback(client[0])) or _FORWARDED & request.headers.keys():
            message = "the control API answers on this machine only; start the emulator with --control to change that"
            raise ControlError(403, CallProblem("", message))

    def _is_own(self, name: str) -> bool:
        """Whether a page of somebody else cannot have this name: an address, a name without domain or of this machine.

        Whoever runs a domain decides to which address its names lead; nobody runs a domain of a private suffix.
        """
        try:
            ip_address(name)
        except ValueError:
            return name in self._names or "." not in name or name.endswith(_PRIVATE_SUFFIXES)
        return True

    async def _answer(self, request: Request, text: bytearray) -> Any:
        """Answer one call; where another process is writing into the database, try for a while."""
        for _ in range(_TRIES):
            try:
                with self._store.at_once():
                    return self._handled(request, text)
            except DatabaseBusyError:
                await asyncio.sleep(_BETWEEN_TRIES)
        raise ControlError(503, CallProblem("", "another process is writing into the database; try again"))

    @asynccontextmanager
    async def _body(self, receive: Receive) -> AsyncIterator[bytearray]:
        """Hold a body while it is read and answered. All together are bounded, not only each."""
        text = bytearray()
        try:
            async for chunk in _chunks(receive):
                text += chunk
                self._held += len(chunk)
                if len(text) > LARGEST_BODY:
                    problem = CallProblem("", f"expected at most {LARGEST_BODY} bytes; POST /_emulator/load takes more")
                    raise ControlError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, problem)
                if self._held > LARGEST_BODIES:
                    raise ControlError(503, CallProblem("", "other calls are sending too much at a time; try again"))
            yield text
        finally:
            self._held -= len(text)

    def _handled(self, request: Request, text: bytearray) -> Any:
        allowed = [_STREAMS[request.path]] if request.path in _STREAMS else []
        for methods, pattern, handle in ROUTES:
            path = pattern.fullmatch(request.path)
            if path is None:
                continue
            if request.method in methods:
                call = Call(path.groupdict(), _query(request.query), _json(text))
                try:
                    return handle(self._store, call)
                finally:
                    self._on_change()
            allowed += methods
        if allowed:
            problem = CallProblem("", f"{request.method} is not allowed; expected {' or '.join(allowed)}")
            raise ControlError(405, problem, allow=", ".join(allowed))
        raise ControlError(404, CallProblem("", f"no such path; there are {', '.join(sorted(PATHS))}"))

    async def _load(self, query: Mapping[str, str], receive: Receive) -> Any:
        account_sid = account_sid_of(self._store, query.get("account_sid"))
        # Spooled first, so that a transaction does not stay open while a slow caller sends.
        with tempfile.SpooledTemporaryFile(max_size=_SPOOLED) as spool:
            async for chunk in _chunks(receive):
                spool.write(chunk)
            spool.seek(0)
            allow_unknown = query.get("allow_unknown") == "true"
            # In a thread of its own, so that other requests are answered meanwhile.
            async with self._writing:
                with self._store.apart() as store:
                    load = functools.partial(bulk.load, account_sid=account_sid, allow_unknown=allow_unknown)
                    return {"loaded": await asyncio.to_thread(load, store, spool)}

    async def _dump(self, send: Send) -> None:
        headers = [(b"content-type", b"application/x-ndjson")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        for piece in bulk.lines(self._store.dump()):
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def _query(raw: bytes) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(raw.decode(), keep_blank_values=True, errors="strict")
    except ValueError:
        raise ControlError(400, CallProblem("", "expected a query in UTF-8")) from None
    problems = Problems()
    for name, value in pairs:
        if name not in _QUERY:
            problems.add(f"?{name}", unknown(name, _QUERY))
        elif name == "allow_unknown" and value not in ("true", "false"):
            problems.add(f"?{name}", "expected true or false")
    problems.raise_any()
    return dict(pairs)


def _json(text: bytes | bytearray) -> Any:
    if not text:
        return None
    try:
        return json.loads(text, object_pairs_hook=unique_keys, parse_constant=_no_number)
    except RecursionError:
        raise ControlError(400, CallProblem("", "expected JSON that is not nested so deeply")) from None
    except ValueError as error:
        raise ControlError(400, CallProblem("", f"expected JSON: {error}")) from None


def _no_number(name: str) -> None:
    raise ValueError(f"{name} is no number of JSON")


async def _chunks(receive: Receive) -> Any:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ControlError(400, CallProblem("", "the call broke off"))
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def control_missing(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer a call of the control API where it is not served: say how to switch it on."""
    said = "the control API is not served here: start the emulator with --control, or on 127.0.0.1"
    await _send(send, 404, {"errors": [{"pointer": "", "message": said}]})


async def _send(send: Send, status: int, answer: Any, allow: str | None = None) -> None:
    # Half of a surrogate pair, which a caller's key or name may have, is written as its escape in JSON.
    text = json.dumps(answer, ensure_ascii=False, indent=2).encode(errors="backslashreplace") + b"\n"
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(text)).encode())]
    if allow:
        headers.append((b"allow", allow.encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
