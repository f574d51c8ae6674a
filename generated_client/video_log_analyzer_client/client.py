"""The two clients, synchronous and asynchronous."""

import os
import sys
import warnings
from base64 import b64encode
from collections.abc import Callable, Mapping
from functools import cached_property
from importlib.util import find_spec
from types import TracebackType
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Literal,
    NoReturn,
    Self,
    TypedDict,
    TypeVar,
    Unpack,
)
from urllib.parse import urlsplit

from . import errors, reading, resources, transport
from .models import Error
from .reading import Deviation
from .requests import Request
from .retries import Retry
from .types import Answer, PageAnswer, RawResponse, Response, Sent

if TYPE_CHECKING:
    import aiohttp
    import httpx

BASE_URL = "https://insights.twilio.com"
BASE_URL_VARIABLE = "VIDEO_INSIGHTS_BASE_URL"
VERSION = "0.1.0"
MOST_BYTES = 64 * 1024 * 1024

Transport = Literal["httpx", "aiohttp"]
"""What carries the requests; ``aiohttp`` those of an ``AsyncClient`` alone."""

A = TypeVar("A", bound=Answer)
H = TypeVar("H")


class Options(TypedDict, total=False):
    """What ``with_options`` can change for some requests; the clients describe them."""

    timeout: "float | httpx.Timeout | None"
    retry: Retry | None
    headers: Mapping[str, str] | None


class Settings(Options, total=False):
    """The arguments of the clients that have a default; they are described there."""

    base_url: str
    strict: bool
    on_unknown: Callable[[Deviation], object] | None
    on_request: Callable[[Sent], object] | None
    on_response: Callable[[RawResponse], object] | None
    max_response_bytes: int
    app_info: str | None
    http2: bool
    transport: Transport
    httpx_args: Mapping[str, Any] | None


class _Connections(Generic[H]):
    """The connections of a client and of all that were made of it by ``with_options``.

    Each process has its own, and each event loop: what was opened before a fork belongs to the parent, and two that read
    from one connection get each other's answers.
    """

    def __init__(self, label: str) -> None:
        self._label = label
        self._made: dict[tuple[int, object], H] = {}
        self.is_closed = False

    def get(self, make: Callable[[], H]) -> H:
        """Those of this process and event loop, made on first use."""
        if self.is_closed:
            raise errors.ConfigurationError("the client is closed: make another one")
        owner = self._owner()
        found = self._made.get(owner)
        # No lock, which another thread could hold at a fork: of two that were made at once one is not used.
        return found if found is not None else self._made.setdefault(owner, make())

    def close(self) -> H | None:
        """Allow no further use; return what is to be closed."""
        self.is_closed = True
        return self._made.pop(self._owner(), None)

    def _owner(self) -> tuple[int, object]:
        asyncio = sys.modules.get("asyncio")
        return os.getpid(), asyncio._get_running_loop() if asyncio else None

    def __del__(self) -> None:
        if not self.is_closed and any(pid == os.getpid() for pid, _ in self._made):
            warnings.warn(f"{self._label} was never closed: use it as a context manager", ResourceWarning, source=self)


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
        headers: Mapping[str, str] | None = None,
        strict: bool = False,
        on_unknown: Callable[[Deviation], object] | None = None,
        on_request: Callable[[Sent], object] | None = None,
        on_response: Callable[[RawResponse], object] | None = None,
        max_response_bytes: int = MOST_BYTES,
        app_info: str | None = None,
        http2: bool = False,
        transport: Transport = "httpx",
        httpx_args: Mapping[str, Any] | None = None,
    ) -> None:
        for name, value in (("username", username), ("password", password)):
            if not value:
                raise errors.ConfigurationError(f"{name} is empty: give an API key and its secret, or from_env()")
            if value != value.strip() or not value.isprintable():
                raise errors.ConfigurationError(f"{name} has blanks or a line end around it, or in it: take them away")
        if ":" in username:
            raise errors.ConfigurationError("username holds a colon, which HTTP Basic cannot send: give the SID alone")
        if app_info is not None and not (app_info.isascii() and app_info.isprintable()):
            raise errors.ConfigurationError("app_info goes into a header: give ASCII, such as 'billing/1.4'")
        self.httpx_args = dict(httpx_args or {})
        if "base_url" in self.httpx_args:
            raise errors.ConfigurationError(
                "httpx_args has base_url, which would lead the credentials there: give base_url itself"
            )
        self._require_transport(transport, http2=http2)
        self.transport = transport
        self.username = username
        self.base_url = _require_base_url(base_url)
        self.timeout = self.httpx_args.get("timeout", timeout)
        self.retry = retry
        self.headers = dict(headers or {})
        self.strict = strict
        self.on_unknown = on_unknown
        self.on_request = on_request
        self.on_response = on_response
        self.max_response_bytes = max_response_bytes
        self.app_info = app_info
        self.http2 = http2
        # Not an attribute that vars(), a debugger or an error report would show.
        self._password: Callable[[], str] = lambda: password
        self._connections: Any = _Connections(repr(self))

    @classmethod
    def from_env(cls, environment: Mapping[str, str] | None = None, **settings: Unpack[Settings]) -> Self:
        """A client with the credentials of the environment.

        These are TWILIO_API_KEY and TWILIO_API_SECRET where both are set, else TWILIO_ACCOUNT_SID and
        TWILIO_AUTH_TOKEN. VIDEO_INSIGHTS_BASE_URL, if it is set, is another address of the service.

        Args:
            environment: Default: ``os.environ``.
            settings: The other arguments of the client.

        Raises:
            errors.ConfigurationError: neither pair is complete, or the address is neither https nor of this machine.
        """
        variables = os.environ if environment is None else environment
        if variables.get(BASE_URL_VARIABLE) and "base_url" not in settings:
            settings["base_url"] = _require_safe(variables[BASE_URL_VARIABLE])
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

    def with_options(self, **options: Unpack[Options]) -> Self:
        """A client with other options that shares the connections of this one, for one call or for many.

        ``client.with_options(timeout=2, retry=None).rooms.fetch(sid)``

        Args:
            options: Another ``timeout`` or ``retry``; ``headers`` are added to those that are there.
        """
        # The operations by resource belong to this client.
        own = {name for name, value in vars(type(self)).items() if isinstance(value, cached_property)}
        shared = {name: value for name, value in vars(self).items() if name not in own}
        other = object.__new__(type(self))
        vars(other).update(shared)
        vars(other).update({**options, "headers": {**self.headers, **(options.get("headers") or {})}})
        return other

    def _require_transport(self, transport: str, *, http2: bool) -> None:
        """Raise ``errors.ConfigurationError`` for a transport that cannot be had, or not with these arguments."""
        if transport not in {"httpx", "aiohttp"}:
            raise errors.ConfigurationError(f"transport is {transport!r}: give 'httpx' or 'aiohttp'")
        if transport == "httpx":
            return
        if isinstance(self, Client):
            raise errors.ConfigurationError("transport 'aiohttp' is asynchronous: use AsyncClient, or leave it out")
        if http2 or self.httpx_args:
            name = "http2" if http2 else "httpx_args"
            raise errors.ConfigurationError(f"{name} is for transport 'httpx' alone: leave one of the two out")
        if find_spec("aiohttp") is None:
            raise errors.ConfigurationError("aiohttp is missing: pip install 'video-log-analyzer-client[aiohttp]'")

    def agent_headers(self, library: str) -> dict[str, str]:
        """The headers of all requests; ``library`` is what carries them: ``httpx/0.28.1``."""
        python = ".".join(map(str, sys.version_info[:2]))
        agent = f"video-log-analyzer-client/{VERSION} python/{python} {library}"
        return {
            "Accept": "application/json",
            # What can be unpacked bit by bit.
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"{agent} {self.app_info}" if self.app_info else agent,
        }

    def authorization(self) -> str:
        """The value of the header with the credentials."""
        return "Basic " + b64encode(f"{self.username}:{self._password()}".encode()).decode()

    def _arguments(self) -> dict[str, Any]:
        """The arguments of httpx's client."""
        import httpx

        headers = self.agent_headers(f"httpx/{httpx.__version__}")
        return {
            **_without_certificates(self.base_url, self.httpx_args),
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
        if isinstance(answer, PageAnswer):
            vars(answer)["walk"] = self, request
        for name, asked in request.about:
            found = getattr(answer, name)
            if isinstance(found, str) and found != asked:
                raise errors.WrongAnswer(raw.operation, name, asked, found, raw.request_id)
        if self.strict or self.on_unknown is not None:
            transport.judge(raw, strict=self.strict, tell=self.on_unknown)
        return answer

    def _response(self, request: Request[A], raw: RawResponse) -> "Response[A | Error]":
        """The answer with whatever status; raises ``errors.UnreadableResponse`` for data only."""
        if raw.status_code == 200:
            return Response(raw, self._read(request, raw))
        try:
            failure: Any = reading.read(raw.content, request.failure, raw.origin)
            return Response(raw, failure)
        except errors.UnreadableResponse:
            return Response(raw, None)


class Client(_Settings):
    """A connection to the service, made on first use and kept for all requests.

    Args:
        username: An API key (``SK…``), or the account SID (``AC…``).
        password: The key's secret, or the account's auth token. It appears in no ``repr()``, log, exception or pickle.
        base_url: Another address of the service, for example that of an emulator.
        timeout: Seconds that connecting, sending and receiving may each take; None waits for ever.
        retry: When a request is tried again, and how long all of it may take; None for once, without such a limit.
        headers: Further headers of all requests.
        strict: Fail with ``errors.UnknownContent`` on what the document does not know: an unknown value of an enum, an
            extra key, a missing one.
        on_unknown: Called with each of these.
        on_request: Called before each try; it may add headers.
        on_response: Called after each answer, also one that is tried again.
        max_response_bytes: A longer body is ``errors.ResponseTooLarge``.
        app_info: The name and version of the application, added to the user agent: ``billing/1.4``.
        http2: Speak HTTP/2 where the service does; needs ``video-log-analyzer-client[http2]``.
        transport: ``httpx``; only an ``AsyncClient`` has another.
        httpx_args: Further arguments of ``httpx.Client``: proxy, limits, event_hooks, transport, …

    Raises:
        errors.ConfigurationError: credentials are empty, or ``base_url`` is none.
    """

    _connections: "_Connections[httpx.Client]"

    @cached_property
    def rooms(self) -> "resources.Rooms":
        """The operations on rooms."""
        return resources.Rooms(self)

    def get_httpx_client(self) -> "httpx.Client":
        """The ``httpx.Client`` of all requests of this process, made on first use."""
        return self._connections.get(self._made)

    def _made(self) -> "httpx.Client":
        import httpx

        try:
            made = httpx.Client(**self._arguments())
        except ImportError as error:
            raise errors.ConfigurationError(str(error)) from None
        from . import exchange

        exchange.bound(made)
        return made

    def send(self, request: Request[A]) -> "Response[A | Error]":
        """The answer with whatever status: what the plain functions are made of."""
        return self._response(request, transport.send(self, request))

    def fetch(self, request: Request[A]) -> A:
        """The data; raises one of ``errors.ApiError`` for an answer that is none."""
        return self._read(request, transport.send(self, request))

    def close(self) -> None:
        """Close the connections; the client cannot be used any more, nor can those that ``with_options`` made of it."""
        http = self._connections.close()
        if http is not None:
            http.close()

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
        retry: When a request is tried again, and how long all of it may take; None for once, without such a limit.
        headers: Further headers of all requests.
        strict: Fail with ``errors.UnknownContent`` on what the document does not know: an unknown value of an enum, an
            extra key, a missing one.
        on_unknown: Called with each of these.
        on_request: Called before each try; it may add headers.
        on_response: Called after each answer, also one that is tried again.
        max_response_bytes: A longer body is ``errors.ResponseTooLarge``.
        app_info: The name and version of the application, added to the user agent: ``billing/1.4``.
        http2: Speak HTTP/2 where the service does; needs ``video-log-analyzer-client[http2]``.
        transport: What carries the requests: ``aiohttp`` takes less of the processor; needs ``video-log-analyzer-client[aiohttp]``.
        httpx_args: Further arguments of ``httpx.AsyncClient``: proxy, limits, event_hooks, transport, …

    Raises:
        errors.ConfigurationError: credentials are empty, or ``base_url`` is none.
    """

    _connections: "_Connections[Any]"

    @cached_property
    def rooms(self) -> "resources.AsyncRooms":
        """The operations on rooms."""
        return resources.AsyncRooms(self)

    def get_async_httpx_client(self) -> "httpx.AsyncClient":
        """The ``httpx.AsyncClient`` of all requests of this process and event loop, made on first use."""
        if self.transport != "httpx":
            raise errors.ConfigurationError(f"this client's requests are carried by {self.transport}, not by httpx")
        found: httpx.AsyncClient = self._connections.get(self._made)
        return found

    def get_aiohttp_session(self) -> "aiohttp.ClientSession":
        """The ``aiohttp.ClientSession`` of all requests of this process and event loop, made on first use."""
        from .aiohttp_exchange import session_of

        found: aiohttp.ClientSession = self._connections.get(lambda: session_of(self))
        return found

    def _made(self) -> "httpx.AsyncClient":
        import httpx

        try:
            made = httpx.AsyncClient(**self._arguments())
        except ImportError as error:
            raise errors.ConfigurationError(str(error)) from None
        return made

    async def send(self, request: Request[A]) -> "Response[A | Error]":
        """The answer with whatever status: what the plain functions are made of."""
        return self._response(request, await transport.send_async(self, request))

    async def fetch(self, request: Request[A]) -> A:
        """The data; raises one of ``errors.ApiError`` for an answer that is none."""
        return self._read(request, await transport.send_async(self, request))

    async def aclose(self) -> None:
        """Close the connections; the client cannot be used any more, nor can those that ``with_options`` made of it."""
        http = self._connections.close()
        if http is not None:
            await (http.close() if self.transport == "aiohttp" else http.aclose())

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


def _require_safe(text: str) -> str:
    """The URL, which must be https or of this machine; raises ``errors.ConfigurationError``."""
    url = _require_base_url(text)
    host = urlsplit(url).hostname or ""
    if not url.startswith("https:") and host != "localhost" and not host.startswith("127.") and host != "::1":
        raise errors.ConfigurationError(
            f"{BASE_URL_VARIABLE} is {text!r}: give an https:// URL, or one of this machine"
        )
    return url


def _without_certificates(base_url: str, httpx_args: Mapping[str, Any]) -> dict[str, Any]:
    """No trusted certificates where there is no TLS: reading them takes longer than a request."""
    from urllib.request import getproxies

    if (
        base_url.startswith("https:")
        or {"verify", "cert", "proxy", "mounts", "transport"} & httpx_args.keys()
        or getproxies()
    ):
        return {}
    import ssl

    return {"verify": ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)}
