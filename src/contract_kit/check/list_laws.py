"""Whether the pages of a list are one list."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from contract_kit.check.observed_response import Answer
from contract_kit.check.properties import Judgement, Property
from contract_kit.check.requester import Api, Page, Query
from contract_kit.check.throttle import NoAnswerError
from contract_kit.findings.finding import Kind

# No question of ours makes a list of so many pages: what goes on for longer has no end.
_MOST_PAGES = 2000

# operationId → (key of the rows, key of a row's identity)
LISTS = {"list_rooms": ("rooms", "room_sid"), "list_participants": ("participants", "participant_sid")}

Row = dict[str, Any]


def _property(name: str, expected: str, basis: str) -> Property:
    return Property(name, Kind.PAGING, expected, basis, inferred=False)


ENDS = _property("list-ends", "a page that was not visited before, and null at last", "Meta.next_page_url")
PAGE_LENGTH = _property("page-length", "at most PageSize rows", "Paging.PageSize")
META_PAGE_SIZE = _property("meta-page-size", "the page size that was asked for", "Meta.page_size")
META_KEY = _property("meta-key", "the name of the only list", "Meta.key")
META_PAGE = _property("meta-page", "the index of the page, counted from 0", "Meta.page")
FIRST_HAS_NO_PREVIOUS = _property("previous-url", "null on the first page and only there", "Meta.previous_page_url")
REPEATS = _property("repeated-rows", "every row once over all pages", "Paging.PageToken")
GAPS = _property("missing-rows", "every row that one large page has", "Paging.PageToken")
EXTRAS = _property("extra-rows", "only rows that one large page has as well", "Paging.PageToken")
ORDER = Property("order", Kind.PAGING, "the same order at every page size")
LINKS = _property("page-behind-url", "the rows of the page that it names", "D12")
WALK_WHILE_ADDED = Property(
    "walk-while-added", Kind.PAGING, "every room that was there at the start, once, while rooms are added", "D17"
)
WALK_WHILE_PASSING = Property(
    "walk-while-time-passes", Kind.PAGING, "the rooms of the window as it was at the start, each once", "D17"
)
SAME_PAGE = Property("same-page", Kind.PAGING, "the same rows when the same page is asked for again")


def walk(
    api: Api,
    operation: str,
    path: str,
    query: Query,
    most: int = _MOST_PAGES,
    meanwhile: Callable[[], None] = lambda: None,
) -> list[Page]:
    """The pages from the first to the last by ``next_page_url``; a loop, or no end, is reported and ends the walk.

    Args:
        api: Requests to the target.
        operation: The operationId of the list.
        path: Its path.
        query: Of the first page.
        most: Stop after so many pages; that is reported only where it is the default.
        meanwhile: Called once, between the first page and the second.

    Raises:
        NoAnswerError: a page cannot be had.
    """
    return follow(api, api.get(operation, path, query), most, meanwhile)


def follow(
    api: Api, first: Answer, most: int = _MOST_PAGES, meanwhile: Callable[[], None] = lambda: None
) -> list[Page]:
    """As ``walk``, from the answer that is its first page."""
    operation = first.operation
    key = LISTS[operation][0]
    page = api.page(first, key)
    pages, seen = [page], {page.answer.url}
    while (following := page.url("next_page_url")) is not None:
        # Under another URL each time, the same rows come for ever.
        stands_still = len(pages) > 1 and bool(page.rows) and page.rows == pages[-2].rows
        leads_back = following in seen or stands_still
        if leads_back or len(pages) >= most:
            if leads_back or most == _MOST_PAGES:
                detail = "it leads back" if leads_back else f"{len(pages)} pages, and no end"
                api.session.judge([_judgement(ENDS, page, "/meta/next_page_url", holds=False, detail=detail)])
            return pages
        if len(pages) == 1:
            meanwhile()
        seen.add(following)
        page = api.page(api.follow(operation, following), key)
        pages.append(page)
    api.session.judge([_judgement(ENDS, page, "/meta/next_page_url", holds=True)])
    return pages


def rows_of(pages: Sequence[Page]) -> list[Row]:
    """The rows of all pages in their order."""
    return [row for page in pages for row in page.rows]


def identities(operation: str, rows: Sequence[Row]) -> list[str]:
    """The SIDs of rows, in their order; rows without one are left out (their shape is another check's matter)."""
    name = LISTS[operation][1]
    return [row[name] for row in rows if isinstance(row.get(name), str)]


def page_judgements(page: Page, index: int, size: int) -> Iterator[Judgement]:
    """What one page of a walk says of itself.

    Args:
        page: The page.
        index: Its place in the walk, from 0.
        size: The page size that was asked for, or the default.
    """
    key = LISTS[page.answer.operation][0]

    def meta(judged: Property, name: str, *, holds: bool, detail: str) -> Judgement:
        evidence = {name: page.meta.get(name)}
        return _judgement(judged, page, f"/meta/{name}", holds=holds, detail=detail, evidence=evidence)

    length = len(page.rows)
    yield _judgement(
        PAGE_LENGTH, page, f"/{key}", holds=length <= size, detail=f"{length} rows where {size} were asked"
    )
    yield meta(META_PAGE_SIZE, "page_size", holds=page.meta.get("page_size") == size, detail=f"asked for {size}")
    lists = [name for name, value in page.body.items() if isinstance(value, list)]
    named = page.meta.get("key") == key and lists == [key]
    yield meta(META_KEY, "key", holds=named, detail=f"the lists are {', '.join(map(page.answer.masker.key, lists))}")
    yield meta(META_PAGE, "page", holds=page.meta.get("page") == index, detail=f"it is page {index} of the walk")
    alone = (page.url("previous_page_url") is None) == (index == 0)
    yield meta(FIRST_HAS_NO_PREVIOUS, "previous_page_url", holds=alone, detail=f"on page {index} of the walk")


def union_judgements(pages: Sequence[Page], whole: Sequence[str]) -> Iterator[Judgement]:
    """Whether the pages together are ``whole``, the SIDs of the same list read in one piece."""
    operation = pages[0].answer.operation
    place = f"/{LISTS[operation][0]}"
    together = [sid for page in pages for sid in identities(operation, page.rows)]

    def judgement(judged: Property, *, holds: bool, detail: str = "") -> Judgement:
        return _judgement(judged, pages[0], place, holds=holds, detail=detail)

    repeated = len(together) - len(set(together))
    missing, extra = set(whole) - set(together), set(together) - set(whole)
    yield judgement(REPEATS, holds=not repeated, detail=f"{repeated} rows of {len(pages)} pages were there before")
    if whole:
        yield judgement(GAPS, holds=not missing, detail=f"{len(missing)} of {len(whole)} rows are on no page")
    yield judgement(EXTRAS, holds=not extra, detail=f"{len(extra)} rows are only on small pages")
    if not (repeated or missing or extra) and len(whole) > 1:
        yield judgement(ORDER, holds=together == list(whole))


def link_judgements(api: Api, pages: Sequence[Page]) -> Iterator[Judgement]:
    """Whether ``url``, ``first_page_url`` and ``previous_page_url`` lead where they say, and lead there again."""
    operation = pages[0].answer.operation
    for index, page in enumerate(pages):
        goals = {"url": page, "first_page_url": pages[0]}
        if index:
            goals["previous_page_url"] = pages[index - 1]
        for name, goal in goals.items():
            url, place = page.url(name), f"/meta/{name}"
            if url is None:
                continue
            try:
                reached = api.page(api.follow(operation, url), LISTS[operation][0])
            except NoAnswerError as error:
                if not api.session.door.spent:
                    yield _judgement(LINKS, page, place, holds=False, detail=f"no page: {error}")
                continue
            same = identities(operation, reached.rows) == identities(operation, goal.rows)
            yield _judgement(LINKS, page, place, holds=same)


def again_judgements(first: Page, again: Page) -> Iterator[Judgement]:
    """Whether a page that is asked for twice has the same rows in the same order."""
    operation = first.answer.operation
    same = identities(operation, first.rows) == identities(operation, again.rows)
    yield _judgement(SAME_PAGE, again, f"/{LISTS[operation][0]}", holds=same)


def _judgement(
    judged: Property, page: Page, place: str, *, holds: bool, detail: str = "", evidence: object = None
) -> Judgement:
    return Judgement(judged, page.answer, place, holds, detail, evidence)


def steady_judgement(judged: Property, pages: Sequence[Page], before: Sequence[Row], added: Sequence[str]) -> Judgement:
    """Whether a walk during which something happened shows the list as it was.

    Args:
        judged: What happened.
        pages: The walk.
        before: The rows of the list just before it.
        added: SIDs of what was added meanwhile; it may be shown or not.
    """
    operation = pages[0].answer.operation
    seen = identities(operation, rows_of(pages))
    old = set(identities(operation, before))
    missing, repeated = len(old - set(seen)), len(seen) - len(set(seen))
    extra = len(set(seen) - old - set(added))
    detail = f"of {len(old)} rows {missing} are missing, {repeated} repeated, {extra} too many"
    return _judgement(
        judged, pages[0], f"/{LISTS[operation][0]}", holds=not (missing or repeated or extra), detail=detail
    )
