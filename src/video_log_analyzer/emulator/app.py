"""The API over HTTP: authentication, routes, methods, headers. ``pages`` and ``store`` decide what answers say."""

from __future__ import annotations

import hmac
import logging
import re
import secrets
import time
from urllib.parse import unquote

from starlette.types import Receive, Scope, Send

from video_log_analyzer.emulator import parameters
from video_log_analyzer.emulator.errors import (
    ApiError,
    BadRequestError,
    InternalError,
    MethodNotAllowedError,
    NotFoundError,
    UnauthorizedError,
)
from video_log_analyzer.emulator.messages import Request, Response
from video_log_analyzer.emulator.pages import Listing, read_page
from video_log_analyzer.emulator.records import ORIGIN, ROOMS_PATH
from video_log_analyzer.emulator.selection import Filters
from video_log_analyzer.emulator.store import Store
from video_log_analyzer.emulator.tokens import TokenSigner

logger = logging.getLogger(__name__)

LONGEST_PATH = 8192
_PATHS = re.compile(rf"{ROOMS_PATH}(?:/(?P<room>[^/]+)(?P<participants>/Participants(?:/(?P<participant>[^/]+))?)?)?")
_PUBLISHED_HEADERS = (
    (b"content-type", b"application/json"),
    (b"strict-transport-security", b"max-age=31536000"),
    (b"x-home-region", b"us1"),
    (b"access-control-allow-origin", b"*"),
    # POST on paths that know only GET: so the vendor publishes it.
    (b"access-control-allow-methods", b"POST, OPTIONS"),
    (b"access-control-allow-headers", b"Accept, Authorization, Content-Type"),
    (b"access-control-allow-credentials", b"true"),
    (b"access-control-expose-headers", b"Twilio-Request-Id, Twilio-Request-Duration, Twilio-Concurrent-Requests"),
)


class App:
    """The ASGI application; ``authenticate``, ``select`` and ``respond`` are the seams where ``faults`` are planted."""

    def __init__(self, store: Store, *, public_url: str | None = None, clamp_page_size: bool = False) -> None:
        self.store = store
        self.authenticate = self._authenticate
        self.select = store.select
        self.respond = self._respond
        self._public_url = public_url
        self._clamp_page_size = clamp_page_size
        self._signer = TokenSigner(store.page_token_key())
        self._concurrent_requests = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        started = time.perf_counter()
        self._concurrent_requests += 1
        try:
            response = self._safe_response(scope)
            headers = [
                *response.headers,
                (b"content-length", str(len(response.body)).encode()),
                (b"twilio-concurrent-requests", str(self._concurrent_requests).encode()),
                (b"twilio-request-duration", f"{time.perf_counter() - started:.3f}".encode()),
            ]
            await send({"type": "http.response.start", "status": response.status, "headers": headers})
            await send({"type": "http.response.body", "body": response.body})
        finally:
            self._concurrent_requests -= 1

    def _safe_response(self, scope: Scope) -> Response:
        try:
            return self.respond(Request.from_scope(scope))
        except Exception:
            logger.exception("a %s request failed: answered 500", scope["method"])
            failure = InternalError()
            return Response(failure.status, (*_PUBLISHED_HEADERS, _request_id()), failure.body())

    def _respond(self, request: Request) -> Response:
        headers = (*_PUBLISHED_HEADERS, _request_id())
        try:
            return Response(200, headers, self._body(request))
        except ApiError as error:
            return Response(error.status, (*headers, *error.headers), error.body())

    def _body(self, request: Request) -> bytes:
        account_sid = self.authenticate(request)
        if len(request.path) > LONGEST_PATH:
            raise BadRequestError(f"Path longer than {LONGEST_PATH} bytes")
        path = _PATHS.fullmatch(request.path)
        if path is None:
            raise NotFoundError(request.path)
        if request.method != "GET":
            raise MethodNotAllowedError
        pairs = parameters.decode(request.query)
        room_sid, participant_sid = (part and unquote(part) for part in path.group("room", "participant"))
        origin = self._public_url or request.origin()
        if room_sid is None:
            text: str | None = self._page(Listing(account_sid, ROOMS_PATH, "rooms", None), pairs, origin)
        elif participant_sid is not None:
            text = self.store.participant(account_sid, room_sid, participant_sid)
        else:
            text = self.store.room(account_sid, room_sid)
            if text is not None and path["participants"]:
                listing = Listing(account_sid, f"{ROOMS_PATH}/{room_sid}/Participants", "participants", room_sid)
                text = self._page(listing, pairs, origin)
        if text is None:
            raise NotFoundError(request.path)
        return text.replace(ORIGIN, origin).encode()

    def _page(self, listing: Listing, pairs: parameters.Pairs, origin: str) -> str:
        return read_page(
            listing,
            parameters.read_filters(pairs) if listing.room_sid is None else Filters(),
            parameters.read_paging(pairs, clamp=self._clamp_page_size),
            now=self.store.clock.now(),
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
        account = self.store.account(user)
        # Compared even for an unknown account, so that the time taken does not tell which accounts exist.
        expected = account.auth_token if account else secrets.token_hex(16)
        if not hmac.compare_digest(password.encode(), expected.encode()) or account is None:
            raise UnauthorizedError
        return account.sid


def _request_id() -> tuple[bytes, bytes]:
    return b"twilio-request-id", f"RQ{secrets.token_hex(16)}".encode()
