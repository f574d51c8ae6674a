"""Whether the pages of a list are one list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from video_log_analyzer.checks.api import Api, NoAnswerError, Page, Query
from video_log_analyzer.findings import Finding, Kind

# No question of ours makes a list of so many pages: what goes on for longer has no end.
_MOST_PAGES = 2000

# operationId → (key of the rows, key of a row's identity)
LISTS = {"list_rooms": ("rooms", "room_sid"), "list_participants": ("participants", "participant_sid")}


def walk(api: Api, operation: str, path: str, query: Query) -> list[Page]:
    """The pages from the first to the last by ``next_page_url``; a loop, or no end, is reported and ends the walk.

    Raises:
        NoAnswerError: a page cannot be had.
    """
    key = LISTS[operation][0]
    page = api.page(api.get(operation, path, query), key)
    pages, seen = [page], {page.answer.url}
    while (following := page.url("next_page_url")) is not None:
        if following in seen or len(pages) >= _MOST_PAGES:
            value = "loop" if following in seen else "no end"
            api.session.add([_finding(page, "/meta/next_page_url", value, "a page that was not visited before")])
            break
        seen.add(following)
        page = api.page(api.follow(operation, following), key)
        pages.append(page)
    return pages


def identities(operation: str, rows: Sequence[dict[str, Any]]) -> list[str]:
    """The SIDs of rows, in their order; rows without one are left out (their shape is another check's matter)."""
    name = LISTS[operation][1]
    return [row[name] for row in rows if isinstance(row.get(name), str)]


def page_findings(page: Page, index: int, size: int) -> list[Finding]:
    """What one page of a walk says of itself.

    Args:
        page: The page.
        index: Its place in the walk, from 0.
        size: The page size that was asked for, or the default.
    """
    found = []
    key = LISTS[page.answer.operation][0]
    if len(page.rows) > size:
        found.append(_finding(page, f"/{key}", "longer than PageSize", f"at most PageSize rows ({size})"))
    if page.meta.get("page_size") != size:
        found.append(_finding(page, "/meta/page_size", "page_size", f"the page size asked for ({size})"))
    if page.meta.get("key") != key:
        found.append(_finding(page, "/meta/key", "key", f"the name of the list ({key})"))
    if page.meta.get("page") != index:
        found.append(_finding(page, "/meta/page", "page", "the index of the page, counted from 0"))
    if (page.url("previous_page_url") is None) != (index == 0):
        found.append(_finding(page, "/meta/previous_page_url", "presence", "null on the first page and only there"))
    return found


def union_findings(pages: Sequence[Page], whole: Sequence[str]) -> list[Finding]:
    """Whether the pages together are ``whole``, the SIDs of the same list read in one piece."""
    operation = pages[0].answer.operation
    place = f"/{LISTS[operation][0]}"
    together = [sid for page in pages for sid in identities(operation, page.rows)]
    found = []
    if len(set(together)) < len(together):
        found.append(_finding(pages[0], place, "repeat", "every row once over all pages"))
    if missing := set(whole) - set(together):
        detail = f"{len(missing)} of {len(whole)} rows are on no page"
        found.append(_finding(pages[0], place, "gap", "every row once over all pages", detail))
    if set(together) - set(whole):
        found.append(_finding(pages[0], place, "extra", "only rows that one large page has as well"))
    if not found and together != list(whole):
        found.append(_finding(pages[0], place, "order", "the same order at every page size"))
    return found


def link_findings(api: Api, pages: Sequence[Page]) -> list[Finding]:
    """Whether ``url``, ``first_page_url`` and ``previous_page_url`` lead where they say."""
    found = []
    operation = pages[0].answer.operation
    for index, page in enumerate(pages):
        goals = {"url": page, "first_page_url": pages[0]}
        if index:
            goals["previous_page_url"] = pages[index - 1]
        for name, goal in goals.items():
            url = page.url(name)
            if url is None:
                continue
            try:
                reached = api.page(api.follow(operation, url), LISTS[operation][0])
            except NoAnswerError as error:
                found.append(_finding(page, f"/meta/{name}", "no page", "a page", str(error)))
                continue
            if identities(operation, reached.rows) != identities(operation, goal.rows):
                found.append(_finding(page, f"/meta/{name}", "another page", "the rows of the page that it names"))
    return found


def _finding(page: Page, place: str, value: str, expected: str, detail: str = "") -> Finding:
    answer = page.answer
    basis = f"Meta.{place.rpartition('/')[2]}" if place.startswith("/meta/") else "Paging.PageToken"
    return Finding(Kind.PAGING, answer.operation, place, value, expected, answer.request, basis, detail)
