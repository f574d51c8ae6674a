"""From page to page, and from page to row."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from . import errors
from .requests import Request
from .types import PageAnswer, links_of

if TYPE_CHECKING:
    import asyncio
    from concurrent.futures import Future

    from .client import AsyncClient, Client

P = TypeVar("P", bound=PageAnswer)
R = TypeVar("R")

_PORTS = {"http": 80, "https": 443}


class Trail:
    """The way through the pages of one list: hands out each next address, and none that must not be followed.

    Args:
        base_url: The address of the service: credentials go nowhere else.
        operation: The operation that lists.
        path: That of one of its pages: below that address, or whole.
    """

    def __init__(self, base_url: str, operation: str, path: str) -> None:
        self._base_url = base_url
        self._operation = operation
        self._place = path if "://" in path else base_url + path
        self._path = unquote(urlsplit(self._place).path)
        self._origin = _origin(urlsplit(base_url))
        self._seen: set[str] = set()

    def follow(self, url: str, own: str | None) -> str:
        """The whole address of the next page; raises ``errors.PagingError`` for another host, another
        list, or a page seen before.

        Args:
            url: ``next_page_url`` of the page that was read.
            own: That page's own ``url``; None for the first page of a walk.
        """
        if own is not None:
            self._seen.add(own)
        try:
            whole = urljoin(self._place, url)
            parts = urlsplit(whole)
            origin = _origin(parts)
        except ValueError as error:
            raise errors.PagingError(self._operation, url, f"next_page_url is no URL ({error})") from None
        if origin != self._origin or parts.username is not None or not whole.isprintable():
            raise errors.PagingError(
                self._operation, url, f"next_page_url leads away from {self._base_url}, where the credentials belong"
            )
        if unquote(parts.path) != self._path:
            # A relative address may lead one step further for ever, and never in a circle.
            raise errors.PagingError(self._operation, url, "next_page_url leads to something else than the same list")
        if whole in self._seen:
            raise errors.PagingError(
                self._operation, url, "next_page_url leads round in a circle, to a page seen before"
            )
        self._seen.add(whole)
        return whole


def _origin(parts: SplitResult) -> tuple[str, str | None, int | None]:
    return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)


def require_limit(limit: int | None) -> None:
    """Raise ``errors.InvalidArgument`` for a limit that is none."""
    if limit is not None and limit < 0:
        raise errors.InvalidArgument(f"limit is {limit}: give None for all rows, or how many there may be")


def size_for(limit: int | None, page_size: int | None, largest: int) -> int:
    """Rows to ask for in a page: as many as there may be in one, and no more than are wanted."""
    return page_size if page_size is not None else largest if limit is None else max(1, min(limit, largest))


def following(base_url: str, request: Request[P], own: str, url: str | None) -> Request[P] | None:
    """The request for the page that follows the one of ``request``, whose address is ``own``; None after the last."""
    if url is None:
        return None
    return at(request, Trail(base_url, request.operation, request.path).follow(url, own))


def at(request: Request[P], url: str) -> Request[P]:
    """The request for another page of the same list."""
    return Request(request.operation, url, (), request.kind, request.failure)


def resumed(base_url: str, request: Request[P], page_url: str | None) -> Request[P]:
    """The request that a walk begins with: ``page_url``, where another one stopped, if there is one."""
    if page_url is None:
        return request
    # A size is no choice of rows: iterate() names one by itself.
    chosen = sorted({name for name, _ in request.query} - {"PageSize"})
    if chosen:
        raise errors.InvalidArgument(f"page_url has a query of its own: leave out {', '.join(chosen)}")
    return at(request, Trail(base_url, request.operation, request.path).follow(page_url, None))


class Pages(Iterator[P]):
    """The pages of a list, each asked for when it is wanted.

    Where asking for one fails, it can be asked for again: the walk goes on from there, and has not ended.
    """

    def __init__(
        self, client: "Client", request: Request[P], page_url: str | None = None, *, prefetch: bool = False
    ) -> None:
        self._client = client
        self._prefetches = prefetch
        # The next page, asked for while its predecessor is in use.
        self._ahead: Future[P | None] | None = None
        self._request = request
        self._trail = Trail(client.base_url, request.operation, request.path)
        # What is asked for next; None at the end, and while the address in ``_link`` was not followed.
        self._next: Request[P] | None = resumed(client.base_url, request, page_url)
        # The last page's own address, and that of the next one.
        self._link: tuple[str, str | None] | None = None

    @property
    def next_page_url(self) -> str | None:
        """Where to go on, also in another process, as ``page_url``; None before the first page and after the last."""
        if self._link is not None:
            return self._link[1]
        return self._next.path if self._next is not None and "://" in self._next.path else None

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> P:
        ahead, self._ahead = self._ahead, None
        page = ahead.result() if ahead is not None else self._asked()
        if page is None:
            raise StopIteration
        self._link = links_of(page)
        if self._prefetches and page.has_next_page:
            self._ahead = _future(self._asked)
        return page

    def _asked(self) -> P | None:
        """The page that comes next; None at the end. Where this fails, it can be called again."""
        if self._link is not None:
            own, url = self._link
            self._next = at(self._request, self._trail.follow(url, own)) if url is not None else None
            self._link = None
        return None if self._next is None else self._client.fetch(self._next)

    def close(self) -> None:
        """Ask for no further page."""
        self._next = self._link = self._ahead = None


class Rows(Iterator[R]):
    """The rows of all pages, one after the other; a page is let go of before the next one is asked for.

    Where asking for a page fails, it can be asked for again: no row is left out, and none is given twice.
    """

    def __init__(self, pages: Pages[Any], of: Callable[[Any], list[R]], limit: int | None) -> None:
        self._pages = pages
        self._of = of
        self._left = limit
        self._rows: Iterator[R] = iter(())
        self._page_url: str | None = pages.next_page_url

    @property
    def page_url(self) -> str | None:
        """The address of the page that the last row is of: ``iterate(page_url=…)`` begins with its first row again."""
        return self._page_url

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        if self._left == 0:
            raise StopIteration
        while True:
            for row in self._rows:
                if self._left is not None:
                    self._left -= 1
                return row
            self._rows = iter(())
            page = next(self._pages)
            self._page_url = links_of(page)[0]
            self._rows = iter(self._of(page))

    def close(self) -> None:
        """Give no further row, and ask for no further page."""
        self._rows = iter(())
        self._pages.close()


class AsyncPages(AsyncIterator[P]):
    """The pages of a list, each asked for when it is wanted.

    Where asking for one fails, it can be asked for again: the walk goes on from there, and has not ended.
    """

    def __init__(
        self, client: "AsyncClient", request: Request[P], page_url: str | None = None, *, prefetch: bool = False
    ) -> None:
        self._client = client
        self._prefetches = prefetch
        # The next page, asked for while its predecessor is in use.
        self._ahead: asyncio.Task[P | None] | None = None
        self._request = request
        self._trail = Trail(client.base_url, request.operation, request.path)
        # What is asked for next; None at the end, and while the address in ``_link`` was not followed.
        self._next: Request[P] | None = resumed(client.base_url, request, page_url)
        # The last page's own address, and that of the next one.
        self._link: tuple[str, str | None] | None = None

    @property
    def next_page_url(self) -> str | None:
        """Where to go on, also in another process, as ``page_url``; None before the first page and after the last."""
        if self._link is not None:
            return self._link[1]
        return self._next.path if self._next is not None and "://" in self._next.path else None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> P:
        ahead, self._ahead = self._ahead, None
        page = await (ahead if ahead is not None else self._asked())
        if page is None:
            raise StopAsyncIteration
        self._link = links_of(page)
        if self._prefetches and page.has_next_page:
            self._ahead = _task(self._asked())
        return page

    async def _asked(self) -> P | None:
        """The page that comes next; None at the end. Where this fails, it can be called again."""
        if self._link is not None:
            own, url = self._link
            self._next = at(self._request, self._trail.follow(url, own)) if url is not None else None
            self._link = None
        return None if self._next is None else await self._client.fetch(self._next)

    async def aclose(self) -> None:
        """Ask for no further page."""
        if self._ahead is not None:
            self._ahead.cancel()
        self._next = self._link = self._ahead = None


class AsyncRows(AsyncIterator[R]):
    """The rows of all pages, one after the other; a page is let go of before the next one is asked for.

    Where asking for a page fails, it can be asked for again: no row is left out, and none is given twice.
    """

    def __init__(self, pages: AsyncPages[Any], of: Callable[[Any], list[R]], limit: int | None) -> None:
        self._pages = pages
        self._of = of
        self._left = limit
        self._rows: Iterator[R] = iter(())
        self._page_url: str | None = pages.next_page_url

    @property
    def page_url(self) -> str | None:
        """The address of the page that the last row is of: ``iterate(page_url=…)`` begins with its first row again."""
        return self._page_url

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> R:
        if self._left == 0:
            raise StopAsyncIteration
        while True:
            for row in self._rows:
                if self._left is not None:
                    self._left -= 1
                return row
            self._rows = iter(())
            page = await anext(self._pages)
            self._page_url = links_of(page)[0]
            self._rows = iter(self._of(page))

    async def aclose(self) -> None:
        """Give no further row, and ask for no further page."""
        self._rows = iter(())
        await self._pages.aclose()


def _future(ask: "Callable[[], P | None]") -> "Future[P | None]":
    """Ask in a thread of its own, which ends with the answer, and does not keep the program from ending."""
    from concurrent.futures import Future
    from threading import Thread

    future: Future[P | None] = Future()

    def run() -> None:
        try:
            future.set_result(ask())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, daemon=True).start()
    return future


def _task(asking: "Coroutine[Any, Any, P | None]") -> "asyncio.Task[P | None]":
    import asyncio

    def look(task: "asyncio.Task[P | None]") -> None:
        # So that nothing is said of a failure that nobody waits for any more.
        if not task.cancelled():
            task.exception()

    task = asyncio.get_running_loop().create_task(asking)
    task.add_done_callback(look)
    return task
