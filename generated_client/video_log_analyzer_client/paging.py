"""From page to page, and from page to row."""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import TypeVar
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from . import errors

P = TypeVar("P")
R = TypeVar("R")

_PORTS = {"http": 80, "https": 443}


class Trail:
    """The way through the pages of one list: hands out each next address, and none that must not be followed.

    Args:
        base_url: The address of the service: credentials go nowhere else.
        operation: The operation that lists.
        path: The first page's, below that address.
    """

    def __init__(self, base_url: str, operation: str, path: str) -> None:
        self._base_url = base_url
        self._operation = operation
        self._place = base_url + path
        self._path = unquote(urlsplit(self._place).path)
        self._origin = _origin(urlsplit(base_url))
        self._seen: set[str] = set()

    def follow(self, url: str, own: str) -> str:
        """The whole address of the next page; raises ``errors.PagingError`` for another host, another
        list, or a page seen before.

        Args:
            url: ``next_page_url`` of the page that was read.
            own: That page's own ``url``.
        """
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


def size_for(limit: int | None, page_size: int | None, largest: int) -> int | None:
    """Rows to ask for in a page: no more than are wanted."""
    return page_size if page_size is not None or limit is None else max(1, min(limit, largest))


def rows(pages: Iterator[P], of: Callable[[P], list[R]], limit: int | None) -> Iterator[R]:
    """The rows of all pages, at most ``limit``; a page is let go of before the next one is asked for."""
    left = limit
    if left == 0:
        return
    for page in pages:
        found = of(page)
        del page
        for row in found:
            yield row
            if left is not None:
                left -= 1
                if left == 0:
                    return
        del found


async def rows_async(pages: AsyncIterator[P], of: Callable[[P], list[R]], limit: int | None) -> AsyncIterator[R]:
    """The rows of all pages, at most ``limit``; a page is let go of before the next one is asked for."""
    left = limit
    if left == 0:
        return
    async for page in pages:
        found = of(page)
        del page
        for row in found:
            yield row
            if left is not None:
                left -= 1
                if left == 0:
                    return
        del found
