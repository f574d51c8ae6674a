"""The API over HTTP: authentication, routes, methods, headers. ``pages`` and ``store`` decide what answers say."""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from http import HTTPStatus
from urllib.parse import unquote

from contract_kit.emulator.asgi import ASGIApp, Receive, Scope, Send
from contract_kit.emulator.clock import ClockReading, http_date
from contract_kit.emulator.limits import RequestLimit
from contract_kit.emulator.messages import Request, Response, UnusableRequestError
from video_log_analyzer.emulator import parameters
from video_log_analyzer.emulator.accounts import Account
from video_log_analyzer.emulator.control.app import PREFIX as CONTROL_PREFIX
from video_log_analyzer.emulator.control.app import Control, control_missing
from video_log_analyzer.emulator.errors import (
    ApiError,
    BadRequestError,
    InternalError,
    MethodNotAllowedError,
    NotFoundError,
    TooManyRequestsError,
    UnauthorizedError,
    error_body,
)
from video_log_analyzer.emulator.faults import FAULTS
from video_log_analyzer.emulator.pages import Listing, Select, read_page
from video_log_analyzer.emulator.records import ORIGIN, ROOMS_PATH
from video_log_analyzer.emulator.settings import Settings
from video_log_analyzer.emulator.store import Store
from video_log_analyzer.emulator.tokens import TokenSigner
from video_log_analyzer.emulator.worlds import WORLDS

logger = logging.getLogger(__name__)

LONGEST_PATH = 8192
_LOOK_SECONDS = 1  # how long this process may keep what it has read of faults, limits and secrets
_PATHS = re.compile(rf"{ROOMS_PATH}(?:/(?P<room>[^/]+)(?P<participants>/Participants(?:/(?P<participant>[^/]+))?)?)?")
_PUBLISHED_HEADERS = (
    (b"content-type", b"application/json"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-home-region", b"us1"),
    (b"access-control-allow-origin", b"*"),
    # The vendor publishes POST even on paths that only have GET.
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Authorization, Content-Type"),
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-expose-headers", b"Twilio-Request-Id, Twilio-Request-Duration, Twilio-Concurrent-Requests"),
)


class App:
    """The ASGI application.

    ``serve`` (the connection), ``respond``, ``authenticate`` and ``select`` are the hooks that ``faults`` wrap.
    """

    def __init__(
        self,
        store: Store,
        *,
        public_url: str | None = None,
        worlds: Collection[str] = (),
        serve_control: bool = False,
        control_on_loopback_only: bool = True,
        control_names: Collection[str] = (),
    ) -> None:
        self.store = store
        self.serve: ASGIApp
        self.authenticate: Callable[[Request], str]
        self.select: Select
        self.respond: Callable[[Request], Response]
        self._worlds = WORLDS.planted(worlds)
        self.unhook()
        self._public_url = public_url
        self._signer = TokenSigner(store.page_token_key())
        self._concurrent_requests = 0
        self._faults: tuple[str, ...] = ()
        self._limits: Mapping[str, RequestLimit] = {}
        self._users: dict[str, tuple[Account, str]] = {}
        self._in_flight: Counter[str] = Counter()
        self._look_again = 0.0
        self._clock = ClockReading(0, frozen=False)
        self._looked_at = 0.0
        self._control = (
            Control(store, loopback_only=control_on_loopback_only, names=control_names, on_change=self._look)
            if serve_control
            else None
        )

    @classmethod
    def from_settings(cls, store: Store, settings: Settings) -> App:
        """Return the application that ``settings`` describe."""
        return cls(
            store,
            public_url=settings.public_url,
            worlds=settings.worlds,
            serve_control=settings.serves_control,
            control_on_loopback_only=settings.control is None,
            control_names=settings.host_names,
        )

    def unhook(self) -> None:
        """Make every hook what it is without faults, in the world that this emulator lives in."""
        self.serve = self._serve
        self.authenticate = self._authenticate
        self.select = self.store.select
        self.respond = self._respond
        for world in self._worlds:
            world.plant(self)

    def error_body(self, status: int) -> bytes:
        """Return the body of an error such as 429 or 503, as something in front of the API would write it."""
        return error_body(status, 20_000 + status, HTTPStatus(status).phrase.capitalize())

    def answer(self, scope: Scope) -> Response | None:
        """Return the whole answer to a GET without ASGI; None where only ``__call__`` can answer.

        That is so for the control API, for accounts with limits, and where a fault changes what goes over the wire.
        """
        if time.monotonic() >= self._look_again:
            self._look()
        for_control = scope["raw_path"].startswith(CONTROL_PREFIX)
        changed = self.serve != self._serve or self.respond != self._respond
        if for_control or changed or self._limits or scope["method"] != "GET":
            return None
        started = time.perf_counter()
        self._concurrent_requests += 1
        try:
            return self._completed(self._safe_response(scope), started)
        finally:
            self._concurrent_requests -= 1

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if time.monotonic() >= self._look_again:
            self._look()
        if scope["raw_path"].startswith(CONTROL_PREFIX):
            # Not through the hooks: no fault may block the call that lifts it.
            await (self._control or control_missing)(scope, receive, send)
        elif self._limits:
            await self._serve_within_limit(scope, receive, send)
        else:
            await self.serve(scope, receive, send)

    def _look(self) -> None:
        """Read again which faults and limits are set, by whichever process, and forget the secrets."""
        self._look_again = time.monotonic() + _LOOK_SECONDS
        self._users.clear()
        try:
            self._clock, self._looked_at = self.store.clock_state(), time.time()
            self._limits = self.store.limits()
            names = self.store.faults()
            if names != self._faults:
                FAULTS.apply(self, names)
                self._faults = names
        except self.store.error as error:
            logger.error("faults and limits could not be read (%s): they stay as they are", error)
        except Exception:
            logger.exception("faults and limits could not be read: they stay as they are")

    async def _serve_within_limit(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            account_sid = self.authenticate(Request.from_scope(scope))
        except (ApiError, UnusableRequestError):
            account_sid = ""  # `serve` answers with the error
        if account_sid not in self._limits:
            await self.serve(scope, receive, send)
            return
        self._in_flight[account_sid] += 1
        try:
            wait = self._seconds_to_wait(account_sid)
            if wait is None:
                await self.serve(scope, receive, send)
            else:
                await self._send(_response_to(TooManyRequestsError(wait)), time.perf_counter(), send)
        finally:
            self._in_flight[account_sid] -= 1

    def _seconds_to_wait(self, account_sid: str) -> int | None:
        concurrent = self._limits[account_sid].concurrent
        if concurrent is not None and self._in_flight[account_sid] > concurrent:
            return 1
        # The system's time, because a client that is told to wait really waits.
        wait = self.store.take(account_sid, int(time.time()))
        return None if wait is None else max(1, wait)

    async def _serve(self, scope: Scope, _receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        self._concurrent_requests += 1
        try:
            await self._send(self._safe_response(scope), started, send)
        finally:
            self._concurrent_requests -= 1

    async def _send(self, response: Response, started: float, send: Send) -> None:
        response = self._completed(response, started)
        await send({"type": "http.response.start", "status": response.status, "headers": response.headers})
        await send({"type": "http.response.body", "body": response.body})

    def _completed(self, response: Response, started: float) -> Response:
        """Count a response, and add the headers that are known only when it is there."""
        self._count(response.status)
        headers = (
            *response.headers,
            (b"date", self._date()),
            (b"content-length", str(len(response.body)).encode()),
            (b"twilio-concurrent-requests", str(max(1, self._concurrent_requests)).encode()),
            (b"twilio-request-duration", f"{time.perf_counter() - started:.3f}".encode()),
        )
        return Response(response.status, headers, response.body)

    def _date(self) -> bytes:
        """The emulator's own time, as the rooms have it: a client may compare the two."""
        clock = self._clock
        return http_date(clock.at if clock.frozen else clock.at + int(time.time() - self._looked_at))

    def _count(self, status: int) -> None:
        try:
            self.store.count(f"answers_{status}")
        except Exception:
            logger.exception("an answer could not be counted")

    def _safe_response(self, scope: Scope) -> Response:
        try:
            return self.respond(Request.from_scope(scope))
        except ApiError as error:
            return _response_to(error)
        except UnusableRequestError as error:
            return _response_to(BadRequestError(str(error)))
        except self.store.error as error:
            logger.error("the database cannot be used (%s): answered 500", error)
            return _response_to(InternalError())
        except Exception:
            logger.exception("a %s request failed: answered 500", scope["method"])
            return _response_to(InternalError())

    def _respond(self, request: Request) -> Response:
        try:
            return Response(200, (*_PUBLISHED_HEADERS, _request_id()), self._body(request))
        except ApiError as error:
            return _response_to(error)

    def _body(self, request: Request) -> bytes:
        account_sid = self.authenticate(request)
        if len(request.path) > LONGEST_PATH:
            raise BadRequestError(f"Path longer than {LONGEST_PATH} bytes")
        path = _PATHS.fullmatch(request.path)
        if path is None:
            raise NotFoundError(request.path)
        if request.method != "GET":
            raise MethodNotAllowedError
        room_sid, participant_sid = (part and unquote(part) for part in path.group("room", "participant"))
        origin = self._public_url or request.origin()
        if room_sid is None:
            return self._page(Listing(account_sid, ROOMS_PATH, "rooms", None), request.query, origin)
        parameters.decode(request.query)  # refuses a malformed query on a single resource too
        if participant_sid is not None:
            body = self.store.participant(account_sid, room_sid, participant_sid)
        else:
            body = self.store.room(account_sid, room_sid)
            if body is not None and path["participants"]:
                listing = Listing(account_sid, f"{ROOMS_PATH}/{room_sid}/Participants", "participants", room_sid)
                return self._page(listing, request.query, origin)
        if body is None:
            raise NotFoundError(request.path)
        return body.replace(ORIGIN, origin.encode())

    def _page(self, listing: Listing, query: bytes, origin: str) -> bytes:
        filters, paging = parameters.read(query, filtered=listing.room_sid is None)
        return read_page(
            listing,
            filters,
            paging,
            now=self.store.now(),
            select=self.select,
            signer=self._signer,
            origin=origin,
        )

    def _authenticate(self, request: Request) -> str:
        """Return the SID of the account whose credentials the request carries, or raise UnauthorizedError."""
        credentials = request.credentials()
        if credentials is None:
            raise UnauthorizedError
        user, password = credentials
        found = self._users.get(user) or self.store.account_for(user)
        # An unknown user's password is compared too, so that timing does not reveal which accounts exist.
        expected = found[1] if found else secrets.token_hex(16)
        if not hmac.compare_digest(password.encode(), expected.encode()) or found is None:
            raise UnauthorizedError
        self._users[user] = found
        return found[0].sid


def _response_to(error: ApiError) -> Response:
    return Response(error.status, (*_PUBLISHED_HEADERS, _request_id(), *error.headers), error.body())


def _request_id() -> tuple[bytes, bytes]:
    return b"twilio-request-id", f"RQ{secrets.token_hex(16)}".encode()
