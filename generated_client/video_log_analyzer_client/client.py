from types import TracebackType
from typing import Any, Self

import httpx
from attrs import define, field


@define
class Client:
    """A connection without credentials; the API answers it with 401.

    Attributes:
        base_url: The origin of the service, for example ``https://insights.twilio.com``.
        timeout: Seconds that connecting, sending or receiving may each take; None waits for ever.
        raise_on_unexpected_status: Raise ``errors.UnexpectedStatus`` on a status that is not documented; otherwise
            such an answer has ``parsed`` None.
        httpx_args: Further arguments for ``httpx.Client`` and ``httpx.AsyncClient``.
    """

    base_url: str
    timeout: float | httpx.Timeout | None = field(default=30.0, kw_only=True)
    raise_on_unexpected_status: bool = field(default=False, kw_only=True)
    httpx_args: dict[str, Any] = field(factory=dict, kw_only=True, repr=False)
    _client: httpx.Client | None = field(default=None, init=False, repr=False, eq=False)
    _async_client: httpx.AsyncClient | None = field(default=None, init=False, repr=False, eq=False)

    def _arguments(self) -> dict[str, Any]:
        return {"base_url": self.base_url, "timeout": self.timeout, **self.httpx_args}

    def get_httpx_client(self) -> httpx.Client:
        """The ``httpx.Client`` of all synchronous calls, made on first use."""
        if self._client is None:
            self._client = httpx.Client(**self._arguments())
        return self._client

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The ``httpx.AsyncClient`` of all asynchronous calls, made on first use."""
        if self._async_client is None:
            self._async_client = httpx.AsyncClient(**self._arguments())
        return self._async_client

    def __enter__(self) -> Self:
        self.get_httpx_client().__enter__()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        self.get_httpx_client().__exit__(exc_type, exc_value, traceback)

    async def __aenter__(self) -> Self:
        await self.get_async_httpx_client().__aenter__()
        return self

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None = None,
        exc_value: BaseException | None = None,
        traceback: TracebackType | None = None,
    ) -> None:
        await self.get_async_httpx_client().__aexit__(exc_type, exc_value, traceback)


@define
class AuthenticatedClient(Client):
    """A connection with credentials: API key and secret, or account SID and auth token.

    Attributes:
        username: The API key (``SK…``) or the account SID (``AC…``).
        password: The key's secret or the account's auth token; it appears in no ``repr()``.
    """

    username: str = field(kw_only=True)
    password: str = field(kw_only=True, repr=False)

    def _arguments(self) -> dict[str, Any]:
        return {"auth": httpx.BasicAuth(self.username, self.password), **super()._arguments()}
