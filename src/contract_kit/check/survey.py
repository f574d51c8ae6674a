"""What a target holds, as far as its lists show it: the lists themselves, and a few resources to look at closely."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from contract_kit.api import Query, Resource, Row
from contract_kit.check.list_laws import follow, largest, walk
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import Page, rows_of
from contract_kit.check.requester import Requester
from contract_kit.check.throttle import NoAnswerError

# Larger lists are cut to their newest part, and to less where the budget is small.
_MOST_PAGES = 200
# Of children, the lists of so many parents are looked at.
_MOST_PARENTS = 5


def window_query(resource: Resource, now: datetime) -> Query:
    """The query whose list holds still while it is read, as seen at ``now``."""
    window = resource.window
    if window is None:
        return ()
    bounds = ((window.since, now - window.oldest), (window.until, now - window.newest))
    return [(name, moment.strftime(window.format)) for name, moment in bounds]


class CompleteList:
    """All rows of a list, or of the part of it that holds still, read in pages as large as they get.

    Filtered and paged lists are held against it.

    Args:
        requester: Requests to the target.
        resource: Whose list it is.
        first: The answer to the first page; its query says which part it is.

    Attributes:
        path: The path of the list.
        window: The query of the part.
        pages: What was read.
        rows: The rows of all pages.
        is_narrowed: Whether the list was too long, so that this is a smaller part of it.
        is_cut: Whether the list was too long, and only its beginning was read.

    Raises:
        NoAnswerError: a page cannot be had.
    """

    def __init__(self, requester: Requester, resource: Resource, first: ObservedResponse) -> None:
        self._requester = requester
        self.resource = resource
        self.path = first.url.partition("?")[0]
        bounds = () if resource.window is None else (resource.window.since, resource.window.until)
        self.window: Query = [pair for pair in first.query if pair[0] in bounds]
        self.pages = follow(requester, resource, first, self._most())
        self.rows = rows_of(self.pages)
        self.is_narrowed = False
        self.is_cut = self.pages[-1].following is not None
        if self.is_cut:
            self._narrow()

    def read_again(self) -> None:
        """Read the same part once more: something in it may have moved.

        Raises:
            NoAnswerError: a page cannot be had.
        """
        query = [*self.window, *largest(self._requester)]
        self.pages = walk(self._requester, self.resource, self.path, query)
        self.rows = rows_of(self.pages)

    def is_stable(self, row: Row) -> bool:
        """Whether a row does not change while it is read: on a live target only one that is final does not."""
        return self._requester.session.is_stable(self.resource, row)

    def part(self, size: int, most: int) -> tuple[Query, list[Row]]:
        """As much of the list from its beginning as ``most`` pages of ``size`` can show: its query, and its rows."""
        window, rows = self.resource.window, self.rows
        if window is None or len(rows) <= size * most:
            return self.window, rows
        oldest = rows[size * most - 1].get(window.property)
        if not isinstance(oldest, str):
            return self.window, rows
        # Rows that are of the same second as the oldest belong to the part as well.
        return self._since(oldest), [row for row in rows if str(row.get(window.property)) >= oldest]

    def _most(self) -> int:
        left = self._requester.session.throttle.budget.left(self.resource.list)
        return _MOST_PAGES if left is None else max(1, min(_MOST_PAGES, left // 4))

    def _narrow(self) -> None:
        """Make the part as small as what was read of it: from the oldest row that was surely read to its end."""
        window = self.resource.window
        if window is None:
            return
        starts = [start for row in self.rows if isinstance(start := row.get(window.property), str)]
        if starts != sorted(starts, reverse=True) or len(set(starts)) < 2:
            return
        # More rows may be of the second that was read last, so it is left out.
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
    """A row, and the way to it.

    Attributes:
        resource: What it is.
        row: As the list shows it.
        page: Where it was listed.
        values: The path parameters that lead to it and to what is below it.
        above: What it is listed below; None for a list by itself.
    """

    resource: Resource
    row: Row
    page: Page
    values: Mapping[str, str]
    above: Located | None = None

    @property
    def key(self) -> str:
        """Its key as text."""
        return str(self.row.get(self.resource.key))


class Survey:
    """Finds lists and resources to look at; what it has found once it remembers.

    Args:
        requester: Requests to the target.
        now: What time it is for the target.
    """

    def __init__(self, requester: Requester, now: datetime) -> None:
        self._requester = requester
        self._contract = requester.session.contract
        self._now = now
        self._complete: dict[str, CompleteList] = {}
        self._located: dict[str, list[Located]] = {}

    def complete(self, resource: Resource, first: ObservedResponse | None = None) -> CompleteList:
        """The whole list of a resource that is listed by itself.

        Raises:
            NoAnswerError: a page cannot be had.
        """
        if resource.name not in self._complete:
            if first is None:
                query = [*window_query(resource, self._now), *largest(self._requester)]
                first = self._requester.get(resource.list, self.path(resource.list, {}), query)
            self._complete[resource.name] = CompleteList(self._requester, resource, first)
        return self._complete[resource.name]

    def path(self, operation: str, values: Mapping[str, str]) -> str:
        """The path of an operation with its parameters filled in."""
        return self._contract.path(operation, values)

    def is_stable(self, located: Located) -> bool:
        """Whether neither a row nor what it is below changes while it is read."""
        above = located.above is None or self.is_stable(located.above)
        return above and self._requester.session.is_stable(located.resource, located.row)

    def located(self, resource: Resource) -> list[Located]:
        """Rows of a resource, those with the most children first; of children, those of a few parents.

        Raises:
            NoAnswerError: a list cannot be had.
        """
        if resource.name not in self._located:
            self._located[resource.name] = list(self._find(resource))
        return self._located[resource.name]

    def lists(self, resource: Resource) -> Iterator[tuple[str, Located | None]]:
        """The paths of a few lists of a resource, each with what it is below."""
        if not resource.parent:
            yield self.path(resource.list, {}), None
            return
        for above in self.located(self._contract.kit.resource(resource.parent))[:_MOST_PARENTS]:
            yield self.path(resource.list, above.values), above

    def paths(self) -> dict[str, str]:
        """A path of each operation that leads to something; an operation is missing where nothing leads to it."""
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
            values = above.values if above else {}
            pages = (
                walk(self._requester, resource, path, largest(self._requester))
                if resource.parent
                else self.complete(resource).pages
            )
            for page in pages:
                for row in page.rows:
                    if isinstance(key := row.get(resource.key), str | int):
                        name = resource.parameter or resource.name
                        found.append(Located(resource, row, page, {**values, name: str(key)}, above))
        if resource.children:
            found.sort(key=lambda each: each.row.get(resource.children) or 0, reverse=True)
        yield from found
