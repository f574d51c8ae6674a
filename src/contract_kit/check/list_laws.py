"""Check that the pages of a list join to the whole list, for every page size and style of paging."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from contract_kit.api import Query, Resource, Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import Page, keys_of, rows_of
from contract_kit.check.properties import Judgement, Property
from contract_kit.check.requester import Requester
from contract_kit.check.throttle import NoAnswerError
from contract_kit.findings.finding import Kind

# No list that the check reads has so many pages; a longer walk is reported as endless.
_MOST_PAGES = 2000


def _property(name: str, expected: str) -> Property:
    return Property(name, Kind.PAGING, expected)


ENDS = _property("list-ends", "a page that was not visited before, and null at last")
PAGE_LENGTH = _property("page-length", "at most as many rows as were asked for")
META_PAGE_SIZE = _property("meta-page-size", "the page size that was asked for")
META_KEY = _property("meta-key", "the name of the only list")
META_PAGE = _property("meta-page", "the index of the page, counted from the first")
FIRST_HAS_NO_PREVIOUS = _property("previous-url", "null on the first page and only there")
REPEATS = _property("repeated-rows", "every row once over all pages")
GAPS = _property("missing-rows", "every row that one large page has")
EXTRAS = _property("extra-rows", "only rows that one large page has as well")
ORDER = _property("order", "the same order at every page size")
LINKS = _property("page-behind-url", "the rows of the page that it names")
SAME_PAGE = _property("same-page", "the same rows when the same page is asked for again")


def walk(
    requester: Requester,
    resource: Resource,
    path: str,
    query: Query = (),
    most: int = _MOST_PAGES,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Page]:
    """Read the pages from the first to the last; a loop or an endless list is reported and ends the walk.

    Args:
        requester: Sends the requests.
        resource: The resource that is listed.
        path: The path of the list.
        query: The query of the first page.
        most: Stop after this many pages; only the default limit is reported as an endless list.
        meanwhile: Called once, between the first and the second page.

    Raises:
        NoAnswerError: a page gets no usable response.
    """
    return follow(requester, resource, requester.get(resource.list, path, query), most, meanwhile)


def follow(
    requester: Requester,
    resource: Resource,
    first: ObservedResponse,
    most: int = _MOST_PAGES,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Page]:
    """Like ``walk``, but starting from a response that is the first page."""
    session = requester.session
    page = requester.page(first, resource)
    pages, seen = [page], {first.url}
    path = first.url.partition("?")[0]
    while (following := page.following) is not None:
        key = following if isinstance(following, str) else str(following)
        # A broken target may return the same rows for ever, each time with another next URL.
        stands_still = len(pages) > 1 and bool(page.rows) and page.rows == pages[-2].rows
        leads_back = key in seen or stands_still
        if leads_back or len(pages) >= most:
            if leads_back or most == _MOST_PAGES:
                detail = "it leads back" if leads_back else f"{len(pages)} pages, and no end"
                session.judge([_judgement(ENDS, page, _next_location(page), holds=False, detail=detail)])
            return pages
        if len(pages) == 1:
            meanwhile()
        seen.add(key)
        asked = (
            requester.follow(resource.list, following)
            if isinstance(following, str)
            else requester.get(resource.list, path, following)
        )
        page = requester.page(asked, resource)
        pages.append(page)
    if requester.kit.paging is not None:
        session.judge([_judgement(ENDS, page, _next_location(page), holds=True)])
    return pages


def largest(requester: Requester) -> Query:
    """The query for the largest pages that the API allows: ``[("limit", "100")]``; empty if it has no page size."""
    style = requester.kit.paging
    return [(style.size, str(style.largest_size))] if style is not None and style.size else []


def page_judgements(page: Page, index: int, size: int) -> Iterator[Judgement]:
    """Judge what one page of a walk says about itself: its length, page size, index and previous URL.

    Args:
        page: The page.
        index: Its index in the walk, from 0.
        size: The requested page size, or the default one.
    """
    style, length = page.style, len(page.rows)
    detail = f"{length} rows where {size} were asked"
    yield _judgement(PAGE_LENGTH, page, page.resource.rows, holds=length <= size, detail=detail)

    def echo(judged: Property, where: str, holds: bool, detail: str) -> Judgement:  # noqa: FBT001
        evidence = {where.rpartition("/")[2]: page.at(where)}
        return _judgement(judged, page, where, holds=holds, detail=detail, evidence=evidence)

    if where := style.size_echo:
        yield echo(META_PAGE_SIZE, where, page.at(where) == size, f"asked for {size}")
    body = page.response.json
    if (where := style.rows_echo) and isinstance(body, dict):
        lists = [name for name, value in body.items() if isinstance(value, list)]
        named = [page.at(where)] == lists == [page.resource.rows.removeprefix("/")]
        shown = ", ".join(map(page.response.masker.key, lists))
        yield echo(META_KEY, where, named, f"the lists are {shown}")
    if where := style.number_echo:
        yield echo(META_PAGE, where, page.at(where) == style.first_number + index, f"it is page {index} of the walk")
    if style.previous:
        where, alone = page.location("previous"), (page.url("previous") is None) == (index == 0)
        yield echo(FIRST_HAS_NO_PREVIOUS, where, alone, f"on page {index} of the walk")


def union_judgements(pages: Sequence[Page], complete: Sequence[str]) -> Iterator[Judgement]:
    """Judge whether the rows of all pages equal ``complete``, the keys of the same list read in large pages."""
    together = [key for page in pages for key in page.keys]

    def judgement(judged: Property, *, holds: bool, detail: str = "") -> Judgement:
        return _judgement(judged, pages[0], pages[0].resource.rows, holds=holds, detail=detail)

    repeated = len(together) - len(set(together))
    missing, extra = set(complete) - set(together), set(together) - set(complete)
    yield judgement(REPEATS, holds=not repeated, detail=f"{repeated} rows of {len(pages)} pages were there before")
    if complete:
        yield judgement(GAPS, holds=not missing, detail=f"{len(missing)} of {len(complete)} rows are on no page")
    yield judgement(EXTRAS, holds=not extra, detail=f"{len(extra)} rows are only on small pages")
    if not (repeated or missing or extra) and len(complete) > 1:
        yield judgement(ORDER, holds=together == list(complete))


def link_judgements(requester: Requester, pages: Sequence[Page]) -> Iterator[Judgement]:
    """Judge whether each page's URLs of this, the first and the previous page return the rows of those pages."""
    for index, page in enumerate(pages):
        goals = {"this": page, "first": pages[0]}
        if index:
            goals["previous"] = pages[index - 1]
        for role, goal in goals.items():
            if (url := page.url(role)) is None:
                continue
            try:
                reached = requester.page(requester.follow(page.resource.list, url), page.resource)
            except NoAnswerError as error:
                if not requester.session.throttle.spent:
                    yield _judgement(LINKS, page, page.location(role), holds=False, detail=f"no page: {error}")
                continue
            yield _judgement(LINKS, page, page.location(role), holds=reached.keys == goal.keys)


def again_judgements(first: Page, again: Page) -> Iterator[Judgement]:
    """Judge whether a page that is requested twice has the same rows in the same order."""
    yield _judgement(SAME_PAGE, again, again.resource.rows, holds=first.keys == again.keys)


def steady_judgement(judged: Property, pages: list[Page], before: list[Row], added: Sequence[str]) -> Judgement:
    """Judge whether a walk shows the list as it was at the start, although data changed during the walk.

    Args:
        judged: The property to judge.
        pages: The pages of the walk.
        before: The rows of the list just before the walk.
        added: Keys of rows that were added during the walk; the pages may show them or not.
    """
    resource = pages[0].resource
    seen, old = keys_of(resource, rows_of(pages)), set(keys_of(resource, before))
    missing, repeated = len(old - set(seen)), len(seen) - len(set(seen))
    extra = len(set(seen) - old - set(added))
    detail = f"of {len(old)} rows {missing} are missing, {repeated} repeated, {extra} too many"
    holds = not (missing or repeated or extra)
    return _judgement(judged, pages[0], resource.rows, holds=holds, detail=detail)


def _next_location(page: Page) -> str:
    style = page.style
    return page.location("next") if style.next else style.next_token or style.more or page.resource.rows


def _judgement(
    judged: Property, page: Page, location: str, *, holds: bool, detail: str = "", evidence: object = None
) -> Judgement:
    return Judgement(judged, page.response, location, holds, detail, evidence)
