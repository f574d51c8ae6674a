"""One request and its answer, over aiohttp: ``AsyncClient(…, transport="aiohttp")``.

Retries, times, sizes, errors, hooks and certificates are as over httpx; proxies come from the environment alone.
"""

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
import httpx
from yarl import URL

from . import errors
from .exchange import Body, decoded_here, too_slow
from .requests import Request
from .types import RawResponse, Sent

if TYPE_CHECKING:
    from .client import AsyncClient

# As many as httpx opens.
_MOST_CONNECTIONS = 100


def session_of(client: "AsyncClient") -> aiohttp.ClientSession:
    """The connections of a client in the running event loop."""
    context = httpx.create_ssl_context() if client.base_url.startswith("https:") else True
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=_MOST_CONNECTIONS, ssl=context),
        headers={**client.agent_headers(f"aiohttp/{aiohttp.__version__}"), "Authorization": client.authorization()},
        cookie_jar=aiohttp.DummyCookieJar(),
        # Bodies are unpacked here, bit by bit.
        auto_decompress=False,
        # Found once: aiohttp would look into the environment for each request, in a thread of its own.
        proxy=_proxy(client.base_url),
    )


def _proxy(base_url: str) -> str | None:
    """The proxy that the environment names for the service, if any."""
    parts = urlsplit(base_url)
    proxies = {} if proxy_bypass(parts.netloc) else getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


async def exchange(client: "AsyncClient", request: Request[Any], left: float | None) -> RawResponse:
    """Send a request and read its answer, in ``left`` seconds; raises ``errors.TransportError`` and others as httpx does."""
    try:
        return await _exchange(client, request, left)
    except TimeoutError as error:
        if isinstance(error, errors.TransportError):
            raise
        if isinstance(error, aiohttp.ClientError):
            # Of one step.
            raise errors.TimeoutError(request.operation, type(error).__name__, str(error), 1) from error
        raise too_slow(request.operation) from None
    except aiohttp.ClientConnectorError as error:
        raise errors.ConnectError(request.operation, type(error).__name__, str(error), 1) from error
    except aiohttp.ClientPayloadError as error:
        raise errors.DamagedResponse(request.operation, "ClientPayloadError", "the body is cut off", 1) from error
    except aiohttp.ClientResponseError as error:
        # It holds the request, with its credentials; and its text what was no HTTP.
        raise errors.TransportError(request.operation, "RemoteProtocolError", f"no HTTP ({error.status})", 1) from None
    except (aiohttp.ClientError, OSError) as error:
        raise errors.TransportError(request.operation, type(error).__name__, str(error), 1) from error
    except RuntimeError as error:
        if "clos" not in str(error):
            raise
        raise errors.ConfigurationError(f"the client cannot be used any more ({error}): make another one") from error


async def _exchange(client: "AsyncClient", request: Request[Any], left: float | None) -> RawResponse:
    session = client.get_aiohttp_session()
    # An address that came from the service has its query already, and is followed as it is.
    url = request.path if "://" in request.path else client.base_url + request.path
    if request.query:
        url = f"{url}?{urlencode(request.query, quote_via=quote)}"
    headers = {**client.headers, **dict(request.headers)}
    if client.on_request is not None:
        client.on_request(Sent(request.operation, url, headers))
    step = client.timeout if isinstance(client.timeout, (int, float)) else None
    timeout = aiohttp.ClientTimeout(total=left, sock_connect=step, sock_read=step)
    async with session.get(URL(url, encoded=True), headers=headers, allow_redirects=False, timeout=timeout) as response:
        encoding = decoded_here(response.headers.get("Content-Encoding", ""))
        body = Body(request.operation, client.max_response_bytes, encoding)
        async for chunk in response.content.iter_any():
            body.add(chunk)
        content = body.whole()
    kind = request.kind if response.status == 200 else request.failure
    raw = RawResponse(request.operation, response.status, response.headers, content, kind)
    if client.on_response is not None:
        client.on_response(raw)
    return raw
