"""The laws of lists, for every page size and style of paging: pure functions of pages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import unquote

from contract_kit.api import PageStyle, Query, Row
from contract_kit.check.observed_response import ObservedResponse, RecordedResponse
from contract_kit.check.pages import Page, keys_of, rows_of
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind
from contract_kit.foreign_text import query_of, split_url
from contract_kit.instants import instant
from contract_kit.targets import origin


def _property(name: str, expected: str, *, counts_rows: bool = False) -> Property:
    return Property(name, Kind.PAGING, expected, counts_rows=counts_rows)


ENDS = _property("list-ends", "a page that was not visited before, and null at last")
PAGE_LENGTH = _property("page-length", "at most as many rows as were asked for", counts_rows=True)
META_PAGE_SIZE = _property("meta-page-size", "the page size that was asked for")
DEFAULT_SIZE = _property("default-page-size", "the default page size, where the request names none")
META_KEY = _property("meta-key", "the name of the only list")
META_PAGE = _property("meta-page", "the index of the page, counted from the first")
FIRST_HAS_NO_PREVIOUS = _property("previous-url", "null on the first page and only there")
REPEATS = _property("repeated-rows", "every row once over all pages", counts_rows=True)
GAPS = _property("missing-rows", "every row that one large page has", counts_rows=True)
EXTRAS = _property("extra-rows", "only rows that one large page has as well", counts_rows=True)
ORDER = _property("order", "the same order at every page size", counts_rows=True)
LINKS = _property("page-behind-url", "the rows of the page that it names", counts_rows=True)
SAME_PLACE = _property(
    "same-place", "the rows behind the place that the token names, at any page size", counts_rows=True
)
PAGE_URL = _property("page-url", "the same list, on the target")
URL_REPEATS = _property("page-url-query", "the filters of the request, each value")
URL_SIZE = _property("page-url-size", "the page size of the request")
SORTED = _property("sorted", "the documented order")
SAME_PAGE = _property("same-page", "the same rows when the same page is asked for again", counts_rows=True)


def own_page_judgements(page: Page, query: Query) -> Iterator[Judgement]:
    """Judge what one page says about itself, by the request that asked for it.

    Args:
        page: The page.
        query: The valid part of the request's query.
    """
    style, rows = page.style, page.resource.rows
    size = _size(style, page.response.query, query)
    length, keys = len(page.rows), page.keys
    if size is not None:
        detail = f"{length} rows where {size} were asked"
        yield _judgement(PAGE_LENGTH, page, rows, holds=length <= size, detail=detail)
        if where := style.size_echo:
            yield _echo(META_PAGE_SIZE if style.size in dict(query) else DEFAULT_SIZE, page, where, size)
    repeated = len(keys) - len(set(keys))
    yield _judgement(REPEATS, page, rows, holds=not repeated, detail=f"{repeated} rows are on this page twice")
    if name := page.resource.descending:
        shown = [value for row in page.rows if isinstance(value := row.get(name), str | int | float)]
        values = [instant(value) or value for value in shown]
        if len({type(value) for value in values}) == 1:
            detail, location = f"{name} rises from one row to the next", f"{rows}/*/{name}"
            yield _judgement(SORTED, page, location, holds=values == sorted(values, reverse=True), detail=detail)
    body = page.response.excerpt
    if (where := style.rows_echo) and isinstance(body, dict):
        lists = [name for name, value in body.items() if isinstance(value, list)]
        named = [page.at(where)] == lists == [rows.removeprefix("/")]
        detail = f"the lists are {', '.join(map(page.response.masker.key, lists))}"
        evidence = {where.rpartition("/")[2]: page.at(where)}
        yield _judgement(META_KEY, page, where, holds=named, detail=detail, evidence=evidence)
    asked = dict(query).get(style.number) if style.number else None
    if (where := style.number_echo) and (asked is not None or page.is_first):
        yield _echo(META_PAGE, page, where, style.first_number if asked is None else int(asked))
    if style.previous and page.is_first:
        holds, detail = page.url("previous") is None, "the first page has one"
        yield _judgement(FIRST_HAS_NO_PREVIOUS, page, page.location("previous"), holds=holds, detail=detail)
    for role in ("this", "first", "next", "previous"):
        yield from _url_judgements(page, role, query)


def _size(style: PageStyle, sent: Query, valid: Query) -> int | None:
    """The page size that a request asked for, or the default one; None if neither is known."""
    if style.size not in dict(sent):
        return style.default_size
    asked = dict(valid).get(style.size)
    return int(asked) if asked is not None and int(asked) <= style.largest_size else None


def _echo(judged: Property, page: Page, where: str, wanted: int) -> Judgement:
    evidence = {where.rpartition("/")[2]: page.at(where)}
    return _judgement(
        judged, page, where, holds=page.at(where) == wanted, detail=f"it is not {wanted}", evidence=evidence
    )


def _url_judgements(page: Page, role: str, query: Query) -> Iterator[Judgement]:
    """Judge whether a page's URL leads to the same list, with the filters and page size of the request."""
    url = page.url(role)
    if url is None:
        return
    style, response, location = page.style, page.response, page.location(role)
    parts, there = split_url(url), query_of(url)
    if parts is None:
        yield _judgement(PAGE_URL, page, location, holds=False, detail="it is no URL")
        return
    # A recording may have been made behind another host.
    is_here = isinstance(response, RecordedResponse) or origin(url) == origin(response.url)
    same_list = is_here and unquote(parts.path) == unquote(response.path)
    yield _judgement(PAGE_URL, page, location, holds=same_list, detail="it leads to another list")
    places = {style.token, style.number, style.offset, style.after_key}
    kept = [name for name in dict.fromkeys(name for name, _ in query) if name not in {*places, style.size}]
    if role == "this" and style.token in dict(query):
        kept.append(style.token)
    lost = [name for name in kept if not _same_values(_values(query, name), _values(there, name))]
    # Only a token may bring back filters that the request did not repeat; the service may write out the window.
    if style.token not in dict(response.query):
        window = page.resource.window
        bounds = {window.since, window.until} if window is not None else set()
        names = {each.parameter for each in page.resource.filters} - bounds
        lost += sorted(names & ({name for name, _ in there} - {name for name, _ in response.query}))
    detail = f"other values for {', '.join(dict.fromkeys(lost))} than the request"
    if kept or lost:
        yield _judgement(URL_REPEATS, page, location, holds=not lost, detail=detail)
    size, given = _size(style, response.query, query), _values(there, style.size)
    if size is not None and (given or style.size in dict(query)):
        # The page before may be a shorter one, at the beginning of the list.
        is_shorter = role == "previous" and len(given) == 1 and given[0].isdecimal() and int(given[0][:19]) < size
        holds = given == [str(size)] or is_shorter
        judged = URL_SIZE if style.size in dict(query) else DEFAULT_SIZE
        yield _judgement(judged, page, location, holds=holds, detail=f"it has not {size}")


def _values(query: Query, name: str) -> list[str]:
    return [value for key, value in query if key == name]


def _same_values(one: Sequence[str], other: Sequence[str]) -> bool:
    if set(one) == set(other):
        return True
    # A service may write a time in another way, or in whole seconds.
    first, second = (instant(values[0]) if len(values) == 1 else None for values in (one, other))
    return first is not None and second is not None and abs(first - second) <= timedelta(seconds=1)


def walk_judgements(page: Page, index: int) -> Iterator[Judgement]:
    """Judge what a page says about its place, when it is the page of this index (from 0) in a walk."""
    style = page.style
    if where := style.number_echo:
        yield _echo(META_PAGE, page, where, style.first_number + index)
    if style.previous and index:
        holds, detail = page.url("previous") is not None, f"page {index} of a walk has none"
        yield _judgement(FIRST_HAS_NO_PREVIOUS, page, page.location("previous"), holds=holds, detail=detail)


def union_judgements(pages: Sequence[Page], complete: Sequence[str]) -> Iterator[Judgement]:
    """Judge whether the rows of all pages equal ``complete``, the keys of the same list read in large pages."""
    together = [key for page in pages for key in page.keys]

    def judgement(judged: Property, *, holds: bool, detail: str = "") -> Judgement:
        compared = [page.response for page in pages[1:]]
        return _judgement(judged, pages[0], pages[0].resource.rows, holds=holds, detail=detail, compared=compared)

    repeated = len(together) - len(set(together))
    missing, extra = set(complete) - set(together), set(together) - set(complete)
    yield judgement(REPEATS, holds=not repeated, detail=f"{repeated} rows of {len(pages)} pages were there before")
    if complete:
        yield judgement(GAPS, holds=not missing, detail=f"{len(missing)} of {len(complete)} rows are on no page")
    yield judgement(EXTRAS, holds=not extra, detail=f"{len(extra)} rows are only on small pages")
    if not (repeated or missing or extra) and len(complete) > 1:
        yield judgement(ORDER, holds=together == list(complete))


def again_judgements(first: Page, again: Page) -> Iterator[Judgement]:
    """Judge whether a page that is requested twice has the same rows in the same order."""
    yield _judgement(SAME_PAGE, again, again.resource.rows, holds=first.keys == again.keys)


def place_judgement(page: Page, *, holds: bool) -> Judgement:
    """The judgement of a page that was requested with the token of another page size."""
    return _judgement(
        SAME_PLACE, page, page.resource.rows, holds=holds, detail="other rows than those behind the token"
    )


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


def ends_judgement(page: Page, *, holds: bool, detail: str = "") -> Judgement:
    """The judgement of a walk that ended at ``page``: with no next page, or because it had to be stopped."""
    style = page.style
    location = page.location("next") if style.next else style.next_token or style.more or page.resource.rows
    return _judgement(ENDS, page, location, holds=holds, detail=detail)


def link_judgement(page: Page, role: str, *, holds: bool, detail: str = "") -> Judgement:
    """The judgement of a page's URL of another page: ``role`` is ``this``, ``first`` or ``previous``."""
    detail = detail or "it leads to other rows"
    return _judgement(LINKS, page, page.location(role), holds=holds, detail=detail)


def _judgement(
    judged: Property,
    page: Page,
    location: str,
    *,
    holds: bool,
    detail: str = "",
    evidence: object = None,
    compared: Sequence[ObservedResponse] = (),
) -> Judgement:
    return Judgement(judged, page.response, location, holds, detail, evidence, compared)
