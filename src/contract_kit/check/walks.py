"""Walk through the pages of a list, and follow the URLs between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from contract_kit.api import Query, Resource
from contract_kit.check.list_laws import ends_judgement, link_judgement, walk_judgements
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import Page
from contract_kit.check.properties import Judgement
from contract_kit.check.requester import Requester
from contract_kit.check.throttle import NoAnswerError

# No list that the check reads has so many pages; a longer walk is reported as endless.
_MOST_PAGES = 2000


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
    *,
    partly: bool = False,
) -> list[Page]:
    """Like ``walk``, but starting from a response that is the first page.

    With ``partly``, a page without a usable response ends the walk; the last page then has a next one.
    """
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
                session.judge([ends_judgement(page, holds=False, detail=detail)])
            return pages
        if len(pages) == 1:
            meanwhile()
        seen.add(key)
        try:
            asked = (
                requester.follow(resource.list, following)
                if isinstance(following, str)
                else requester.get(resource.list, path, following)
            )
            page = requester.page(asked, resource)
        except NoAnswerError:
            if partly:
                return pages
            raise
        session.judge(walk_judgements(page, len(pages)))
        pages.append(page)
    if requester.kit.paging is not None:
        session.judge([ends_judgement(page, holds=True)])
    return pages


def largest(requester: Requester) -> Query:
    """The query for the largest pages that the API allows: ``[("limit", "100")]``; empty if it has no page size."""
    style = requester.kit.paging
    return [(style.size, str(style.largest_size))] if style is not None and style.size else []


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
                    yield link_judgement(page, role, holds=False, detail=f"no page: {error}")
                continue
            yield link_judgement(page, role, holds=reached.keys == goal.keys)
