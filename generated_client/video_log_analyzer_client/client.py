"""The two clients, synchronous and asynchronous."""

import os
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import cached_property
from types import TracebackType
from typing import TYPE_CHECKING, Any, NoReturn, Self, TypedDict, TypeVar, Unpack
from urllib.parse import urlsplit

from . import errors, reading, resources, transport
from .models import Error, PageMeta
from .paging import Trail
from .reading import Deviation
from .requests import Request
from .retries import Retry
from .types import Answer, RawResponse, Response

if TYPE_CHECKING:
    import httpx

BASE_URL = "https://insights.twilio.com"
VERSION = "0.1.0"

A = TypeVar("A", bound=Answer)


class Settings(TypedDict, total=False):
    """The arguments of the clients that have a default; they are described there."""

    base_url: str
    timeout: "float | httpx.Timeout | None"
    retry: Retry | None
    strict: bool
    on_unknown: Callable[[Deviation], object] | None
    http2: bool
    httpx_args: Mapping[str, Any] | None


class _Settings:
    """What both clients are given; the arguments are described there."""

    def __init__(
        self,
        username: str,
        password: str,
        *,
        base_url: str = BASE_URL,
        timeout: "float | httpx.Timeout | None" = 30.0,
        retry: Retry | None = Retry(),
        strict: bool = False,
        on_unknown: Callable[[Deviation], object] | None = None,
        http2: bool = False,
        httpx_args: Mapping[str, Any] | None = None,
    ) -> None:
        if not username or not password:
            missing = "username" if not username else "password"
            raise errors.ConfigurationError(f"{missing} is empty: give an API key and its secret, or from_env()")
        if ":" in username:
            raise errors.ConfigurationError("username holds a colon, which HTTP Basic cannot send: give the SID alone")
        self.username = username
        self.base_url = _require_base_url(base_url)
        self.timeout = timeout
        self.retry = retry
        self.strict = strict
        self.on_unknown = on_unknown
        self.http2 = http2
        self.httpx_args = dict(httpx_args or {})
        # Not an attribute that vars(), a debugger or an error report would show.
        self._password: Callable[[], str] = lambda: password
        self._lock = threading.Lock()
        self._closed = False

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, **settings: Unpack[Settings]) -> Self:
        """A client with the credentials of the environment.

        These are TWILIO_API_KEY and TWILIO_API_SECRET where both are set, else TWILIO_ACCOUNT_SID and
        TWILIO_AUTH_TOKEN.

        Args:
            environment: Default: ``os.environ``.
            settings: The other arguments of the client.

        Raises:
            errors.ConfigurationError: neither pair is complete.
        """
        variables = os.environ if environment is None else environment
        pairs = ("TWILIO_API_KEY", "TWILIO_API_SECRET"), ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN")
        for username, password in pairs:
            if variables.get(username) and variables.get(password):
                return cls(variables[username], variables[password], **settings)
        half = [name for pair in pairs for name in pair if variables.get(name)]
        raise errors.ConfigurationError(
            "no credentials: set TWILIO_API_KEY and TWILIO_API_SECRET, or TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN"
            + (f" (found only {', '.join(half)})" if half else "")
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.username!r}, base_url={self.base_url!r})"

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"a {type(self).__name__} holds credentials and connections: make one where it is needed")

    def _arguments(self) -> dict[str, Any]:
        """The arguments of httpx's client."""
        import httpx

        if self._closed:
            raise errors.ConfigurationError("the client is closed: make another one")
        headers = {
            "Accept": "application/json",
            "User-Agent": f"video-log-analyzer-client/{VERSION} httpx/{httpx.__version__}",
        }
        return {
            "base_url": self.base_url,
            "timeout": self.timeout,
            "http2": self.http2,
            "auth": httpx.BasicAuth(self.username, self._password()),
            **self.httpx_args,
            "headers": {**headers, **self.httpx_args.get("headers", {})},
            # The credentials are for this service alone.
            "follow_redirects": False,
        }

    def _read(self, request: Request[A], raw: RawResponse) -> "A":
        """The data of an answer; raises ``errors.ApiError`` or ``errors.UnreadableResponse``."""
        if raw.status_code != 200:
            raise transport.error_of(raw)
        answer = reading.read(raw.content, request.kind, raw.origin)
        vars(answer)["raw_response"] = raw
        if self.strict or self.on_unknown is not None:
            transport.judge(raw, strict=self.strict, tell=self.on_unknown)
        return answer

    def _response(self, request: Request[A], raw: RawResponse) -> "Response[A | Error]":
        """The answer with whatever status; raises ``errors.UnreadableResponse`` for data only."""
        if raw.status_code == 200:
            return Response(raw, self._read(request, raw))
        try:
            return Response(raw, reading.read(raw.content, Error, raw.origin))
        except errors.UnreadableResponse:
            return Response(raw, None)


class Client(_Settings):
    """A connection to the service, made on first use and kept for all requests.

    Args:
        username: An API key (``SK…``), or the account SID (``AC…``).
        password: The key's secret, or the account's auth token. It appears in no ``repr()``, log, exception or pickle.
        base_url: Another address of the service, for example that of an emulator.
        timeout: Seconds that connecting, sending and receiving may each take; None waits for ever.
        retry: When a request is tried again; None for never.
        strict: Fail with ``errors.UnknownContent`` on what the document does not know: an unknown value of an enum, an
            extra key, a missing one.
        on_unknown: Called with each of these.
        http2: Speak HTTP/2 where the service does; needs ``video-log-analyzer-client[http2]``.
        httpx_args: Further arguments of ``httpx.Client``: proxy, limits, event_hooks, transport, …

    Raises:
        errors.ConfigurationError: credentials are empty, or ``base_url`` is none.
    """

    _http: "httpx.Client | None" = None

    @cached_property
    def rooms(self) -> "resources.Rooms":
        """The operations on rooms."""
        return resources.Rooms(self)

    def get_httpx_client(self) -> "httpx.Client":
        """The ``httpx.Client`` of all requests, made on first use."""
        if self._http is None or self._closed:
            import httpx

            with self._lock:
                if self._http is None or self._closed:
                    try:
                        self._http = httpx.Client(**self._arguments())
                    except ImportError as error:
                        raise errors.ConfigurationError(str(error)) from None
        return self._http

    def send(self, request: Request[A]) -> "Response[A | Error]":
        """The answer with whatever status: what the plain functions are made of."""
        return self._response(request, transport.send(self, request))

    def fetch(self, request: Request[A]) -> A:
        """The data; raises one of ``errors.ApiError`` for an answer that is none."""
        return self._read(request, transport.send(self, request))

    def pages(self, request: Request[A], meta: Callable[[A], PageMeta]) -> Iterator[A]:
        """The page that is asked for and all that follow it, each asked for when it is wanted."""
        trail = Trail(self.base_url, request.operation, request.path)
        while True:
            page = self.fetch(request)
            place = meta(page)
            yield page
            del page
            if not place.next_page_url:
                return
            url = trail.follow(place.next_page_url, place.url)
            request = Request(request.operation, url, (), request.kind, request.failure)

    def close(self) -> None:
        """Close the connections; the client cannot be used any more."""
        self._closed = True
        if self._http is not None:
            self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


class AsyncClient(_Settings):
    """An asynchronous connection to the service, made on first use and kept for all requests.

    Args:
        username: An API key (``SK…``), or the account SID (``AC…``).
        password: The key's secret, or the account's auth token. It appears in no ``repr()``, log, exception or pickle.
        base_url: Another address of the service, for example that of an emulator.
        timeout: Seconds that connecting, sending and receiving may each take; None waits for ever.
        retry: When a request is tried again; None for never.
        strict: Fail with ``errors.UnknownContent`` on what the document does not know: an unknown value of an enum, an
            extra key, a missing one.
        on_unknown: Called with each of these.
        http2: Speak HTTP/2 where the service does; needs ``video-log-analyzer-client[http2]``.
        httpx_args: Further arguments of ``httpx.AsyncClient``: proxy, limits, event_hooks, transport, …

    Raises:
        errors.ConfigurationError: credentials are empty, or ``base_url`` is none.
    """

    _http: "httpx.AsyncClient | None" = None

    @cached_property
    def rooms(self) -> "resources.AsyncRooms":
        """The operations on rooms."""
        return resources.AsyncRooms(self)

    def get_async_httpx_client(self) -> "httpx.AsyncClient":
        """The ``httpx.AsyncClient`` of all requests, made on first use."""
        if self._http is None or self._closed:
            import httpx

            with self._lock:
                if self._http is None or self._closed:
                    try:
                        self._http = httpx.AsyncClient(**self._arguments())
                    except ImportError as error:
                        raise errors.ConfigurationError(str(error)) from None
        return self._http

    async def send(self, request: Request[A]) -> "Response[A | Error]":
        """The answer with whatever status: what the plain functions are made of."""
        return self._response(request, await transport.send_async(self, request))

    async def fetch(self, request: Request[A]) -> A:
        """The data; raises one of ``errors.ApiError`` for an answer that is none."""
        return self._read(request, await transport.send_async(self, request))

    async def pages(self, request: Request[A], meta: Callable[[A], PageMeta]) -> AsyncIterator[A]:
        """The page that is asked for and all that follow it, each asked for when it is wanted."""
        trail = Trail(self.base_url, request.operation, request.path)
        while True:
            page = await self.fetch(request)
            place = meta(page)
            yield page
            del page
            if not place.next_page_url:
                return
            url = trail.follow(place.next_page_url, place.url)
            request = Request(request.operation, url, (), request.kind, request.failure)

    async def aclose(self) -> None:
        """Close the connections; the client cannot be used any more."""
        self._closed = True
        if self._http is not None:
            await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()


def _require_base_url(text: str) -> str:
    """The URL without a slash at its end; raises ``errors.ConfigurationError`` where it is none."""
    example = f"give an address such as {BASE_URL}"
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError as error:
        raise errors.ConfigurationError(f"base_url is no URL ({error}): {example}") from None
    if parts.username is not None or parts.password is not None:
        raise errors.ConfigurationError(f"base_url holds credentials: {example}, and the credentials as arguments")
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise errors.ConfigurationError(f"base_url is {text!r}: {example}")
    return text.rstrip("/")
