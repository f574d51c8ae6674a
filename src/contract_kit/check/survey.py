"""Find out what a target holds: read its lists, and choose a few resources to check closely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from contract_kit.api import Query, Resource, Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import Page, rows_of
from contract_kit.check.requester import Requester
from contract_kit.check.throttle import NoAnswerError
from contract_kit.check.walks import follow, largest, walk

# Longer lists are cut to their newest part; a small budget cuts them further.
_MOST_PAGES = 200
# The child lists of this many parents are read.
_MOST_PARENTS = 5


def window_query(resource: Resource, now: datetime) -> Query:
    """The query for the part of a list that does not change while it is read; empty if the kit declares no window."""
    window = resource.window
    if window is None:
        return ()
    bounds = ((window.since, now - window.oldest), (window.until, now - window.newest))
    return [(name, moment.strftime(window.format)) for name, moment in bounds]


class CompleteList:
    """All rows of a list, or of its window (the part that does not change while it is read), read in large pages.

    Checks compare filtered and paged lists with it.

    Args:
        requester: Sends the requests.
        resource: The resource that is listed.
        first: The response with the first page; its query has the window.

    Attributes:
        path: The path of the list.
        window: The query of the window.
        pages: The pages.
        rows: The rows of all pages.
        is_narrowed: Whether the window was too long, so that a smaller window replaces it.
        is_cut: Whether the list was too long, and only its beginning was read.

    Raises:
        NoAnswerError: a page gets no usable response.
    """

    def __init__(self, requester: Requester, resource: Resource, first: ObservedResponse) -> None:
        self._requester = requester
        self.resource = resource
        self.path = first.url.partition("?")[0]
        bounds = () if resource.window is None else (resource.window.since, resource.window.until)
        self.window: Query = [pair for pair in first.query if pair[0] in bounds]
        self.pages = follow(requester, resource, first, self._most(), partly=True)
        self.rows = rows_of(self.pages)
        self.is_narrowed = False
        self.is_cut = self.pages[-1].following is not None
        if self.is_cut:
            self._narrow()

    def read_again(self) -> None:
        """Read the same window again, because its rows may have changed.

        Raises:
            NoAnswerError: a page gets no usable response.
        """
        query = [*self.window, *largest(self._requester)]
        self.pages = walk(self._requester, self.resource, self.path, query)
        self.rows = rows_of(self.pages)

    def is_stable(self, row: Row) -> bool:
        """Whether a row cannot change during the run: on a live target only a final row cannot."""
        return self._requester.session.is_stable(self.resource, row)

    def part(self, size: int, most: int) -> tuple[Query, list[Row]]:
        """The query and the rows of the newest part of the list that fits into about ``most`` pages of ``size``."""
        window, rows = self.resource.window, self.rows
        if window is None or len(rows) <= size * most:
            return self.window, rows
        oldest = rows[size * most - 1].get(window.property)
        if not isinstance(oldest, str):
            return self.window, rows
        # Rows of the same second as the oldest row belong to the part, too.
        return self._since(oldest), [row for row in rows if str(row.get(window.property)) >= oldest]

    def _most(self) -> int:
        left = self._requester.session.throttle.budget.left(self.resource.list)
        return _MOST_PAGES if left is None else max(1, min(_MOST_PAGES, left // 4))

    def _narrow(self) -> None:
        """Reduce the window to the seconds whose rows were certainly all read."""
        window = self.resource.window
        if window is None:
            return
        starts = [start for row in self.rows if isinstance(start := row.get(window.property), str)]
        if starts != sorted(starts, reverse=True) or len(set(starts)) < 2:
            return
        # Unread rows may share the second of the last row, so that second is left out.
        oldest = min(start for start in starts if start != starts[-1])
        self.is_narrowed, self.is_cut = True, False
        self.window = self._since(oldest)
        self.rows = [row for row in self.rows if str(row.get(window.property)) >= oldest]

    def _since(self, oldest: str) -> Query:
        window = self.resource.window
        since = "" if window is None else window.since
        return [(since, oldest), *(pair for pair in self.window if pair[0] != since)]


@dataclass(frozen=True)
class Located:
    """A row of a list, and the path parameters that lead to it.

    Attributes:
        resource: The row's resource.
        row: The row as the list shows it.
        page: The page that shows it.
        values: The path parameters of the row and of the rows above it: ``{"itemId": "7"}``.
        above: The parent row; None for a top-level list.
    """

    resource: Resource
    row: Row
    page: Page
    values: Mapping[str, str]
    above: Located | None = None

    @property
    def key(self) -> str:
        """The row's key as text."""
        return str(self.row.get(self.resource.key))


class Survey:
    """Finds lists and rows to check, and remembers them.

    Args:
        requester: Sends the requests.
        now: The current time by the target's clock.
    """

    def __init__(self, requester: Requester, now: datetime) -> None:
        self._requester = requester
        self._contract = requester.session.contract
        self._now = now
        self._complete: dict[str, CompleteList] = {}
        self._located: dict[str, list[Located]] = {}

    def complete(self, resource: Resource, first: ObservedResponse | None = None) -> CompleteList:
        """The complete list of a resource without a parent; ``first`` may be its first page, if already read.

        Raises:
            NoAnswerError: a page gets no usable response.
        """
        if resource.name not in self._complete:
            if first is None:
                query = [*window_query(resource, self._now), *largest(self._requester)]
                first = self._requester.get(resource.list, self.path(resource.list, {}), query)
            self._complete[resource.name] = CompleteList(self._requester, resource, first)
        return self._complete[resource.name]

    def path(self, operation: str, values: Mapping[str, str]) -> str:
        """The path of an operation with its path parameters filled in: ``/items/7``."""
        return self._contract.path(operation, values)

    def is_stable(self, located: Located) -> bool:
        """Whether neither the row nor any row above it can change during the run."""
        above = located.above is None or self.is_stable(located.above)
        return above and self._requester.session.is_stable(located.resource, located.row)

    def located(self, resource: Resource) -> list[Located]:
        """The rows of a resource, those with the most children first; for a child, the rows of a few parents.

        Raises:
            NoAnswerError: a list gets no usable response.
        """
        if resource.name not in self._located:
            self._located[resource.name] = list(self._find(resource))
        return self._located[resource.name]

    def lists(self, resource: Resource) -> Iterator[tuple[str, Located | None]]:
        """The paths of a few lists of a resource, each with its parent row (None for a top-level list)."""
        if not resource.parent:
            yield self.path(resource.list, {}), None
            return
        for above in self.located(self._contract.kit.resource(resource.parent))[:_MOST_PARENTS]:
            yield self.path(resource.list, above.values), above

    def paths(self) -> dict[str, str]:
        """An existing path for each operation, by operationId; operations without a known path are left out."""
        found: dict[str, str] = {}
        for resource in self._contract.kit.resources:
            try:
                lists = list(self.lists(resource)) if resource.list else []
                rows = self.located(resource)
            except NoAnswerError:
                continue
            if lists:
                found[resource.list] = self.path(resource.list, rows[0].values) if rows else lists[0][0]
            if resource.fetch and rows:
                found[resource.fetch] = self.path(resource.fetch, rows[0].values)
        return found

    def _find(self, resource: Resource) -> Iterator[Located]:
        if not resource.list:
            return
        found: list[Located] = []
        for path, above in self.lists(resource):
            try:
                pages = self._pages(resource, path)
            except NoAnswerError:
                if not found:
                    raise
                break  # a small budget ends here; what it has shown is enough to look at
            values = above.values if above else {}
            for page in pages:
                for row in page.rows:
                    if isinstance(key := row.get(resource.key), str | int):
                        name = resource.parameter or resource.name
                        found.append(Located(resource, row, page, {**values, name: str(key)}, above))
        if resource.children:
            found.sort(key=lambda each: each.row.get(resource.children) or 0, reverse=True)
        yield from found

    def _pages(self, resource: Resource, path: str) -> list[Page]:
        if not resource.parent:
            return self.complete(resource).pages
        return walk(self._requester, resource, path, largest(self._requester))
