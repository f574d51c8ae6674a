"""Pages that repeat, skip, loop, end early or never end, and ``meta`` that says otherwise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote

from contract_kit.emulator.faults.hooks import Json, with_query
from contract_kit.emulator.messages import Request, Response
from video_log_analyzer.emulator.errors import INVALID_PAGE_TOKEN, BadRequestError
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily
from video_log_analyzer.emulator.pages import Select
from video_log_analyzer.emulator.selection import Cursor, PageSelection, Rows

if TYPE_CHECKING:
    from contract_kit.emulator.faults.registry import Respond
    from video_log_analyzer.emulator.app import App

faults = ApiFaultFamily("paging")

# Rows


@faults.on_select
def _page_size_ignored(inner: Select, selection: PageSelection) -> Rows:
    """Pages always have fifty rows, whatever is asked for."""
    return inner(replace(selection, limit=50))


@faults.on_select
def _page_size_off_by_one(inner: Select, selection: PageSelection) -> Rows:
    """Pages have one row more than is asked for: the one that tells whether there is a next page."""
    return inner(replace(selection, limit=selection.limit + 1))


@faults.on_select
def _page_repeats_row(inner: Select, selection: PageSelection) -> Rows:
    """A page begins with the last row of the page before."""
    if selection.cursor is None or selection.backward:
        return inner(selection)
    return inner(replace(selection, cursor=replace(selection.cursor, after=False)))


@faults.on_select
def _page_skips_row(inner: Select, selection: PageSelection) -> Rows:
    """A row falls between two pages."""
    found = inner(selection)
    return found if selection.cursor is None or len(found.rows) == 1 else Rows(found.rows[1:], found.more)


@faults.on_select
def _row_twice_in_page(inner: Select, selection: PageSelection) -> Rows:
    """A join makes two rows of one."""
    found = inner(selection)
    return Rows([*found.rows[:1], *found.rows], found.more)


@faults.on_select
def _last_row_lost(inner: Select, selection: PageSelection) -> Rows:
    """The very last row of a list is never shown."""
    found = inner(selection)
    return found if found.more or selection.backward else Rows(found.rows[:-1], more=False)


@faults.on_select
def _rows_of_a_second_collapse(inner: Select, selection: PageSelection) -> Rows:
    """The next page begins at the next second, and rows of the same second are lost between the two."""
    cursor = selection.cursor
    if cursor is None or selection.backward or selection.room_sid is not None:
        return inner(selection)
    return inner(replace(selection, cursor=Cursor(cursor.time - 1, "~", after=False)))


@faults.on_select
def _pages_end_early(inner: Select, selection: PageSelection) -> Rows:
    """The second page claims to be the last."""
    found = inner(selection)
    return found if selection.cursor is None else Rows(found.rows, more=False)


@faults.on_select
def _wrong_order(inner: Select, selection: PageSelection) -> Rows:
    """The rows of a page come in the order of their SIDs."""
    found = inner(selection)
    by_sid = sorted(found.rows, key=lambda row: row.sid)
    return Rows(by_sid, found.more)


@faults.on_select
def _order_reversed(inner: Select, selection: PageSelection) -> Rows:
    """The rows of a page come in reverse."""
    found = inner(selection)
    return Rows(found.rows[::-1], found.more)


def _pages_by_offset(app: App) -> None:
    """A token is a number of rows, so that rows repeat or get lost between pages when the list changes."""
    inner = app.select
    offsets: dict[Cursor, int] = {}

    def select(selection: PageSelection) -> Rows:
        if selection.backward:
            return inner(selection)
        offset = 0 if selection.cursor is None else offsets.get(selection.cursor, 0)
        found = inner(replace(selection, cursor=None, limit=offset + selection.limit))
        rows = found.rows[offset:]
        if rows:
            offsets[Cursor(rows[-1].time, rows[-1].sid, after=True)] = offset + len(rows)
        return Rows(rows, found.more and bool(rows))

    app.select = select


faults.add(_pages_by_offset, _pages_by_offset)


def _default_window_moves(app: App) -> None:
    """A page token does not freeze its "now", and rows leave the list between two of its pages."""
    inner = app.select
    app.select = lambda selection: inner(replace(selection, now=app.store.now()))


faults.add(_default_window_moves, _default_window_moves)


def _page_tokens_used_up(app: App) -> None:
    """A token is good for one page only, so that a page that was lost on the way cannot be asked for again."""
    inner = app.respond
    used: set[str] = set()

    def respond(request: Request) -> Response:
        response = inner(request)
        token = "".join(parse_qs(request.query.decode("latin-1")).get("PageToken", []))
        if response.status != 200 or not token:
            return response
        if token in used:
            error = BadRequestError("Invalid PageToken: used before", INVALID_PAGE_TOKEN)
            return replace(response, status=400, body=error.body())
        used.add(token)
        return response

    app.respond = respond


faults.add(_page_tokens_used_up, _page_tokens_used_up)


@faults.on_respond
def _page_tokens_ignored(inner: Respond, request: Request) -> Response:
    """Every page is the first."""
    return inner(with_query(request, lambda name, value: None if name == "PageToken" else (name, _first(name, value))))


def _first(name: str, value: str) -> str:
    return "0" if name == "Page" and value.isdecimal() else value


# meta


@faults.on_meta
def _next_page_loops(meta: Json) -> None:
    """The next page is this page, for ever."""
    if meta["next_page_url"]:
        meta["next_page_url"] = meta["url"]


@faults.on_meta
def _next_page_goes_back(meta: Json) -> None:
    """Behind the second page comes the first again."""
    if meta["page"]:
        meta["next_page_url"] = meta["first_page_url"]


@faults.on_meta
def _no_last_page(meta: Json) -> None:
    """The last page leads on to the first."""
    meta["next_page_url"] = meta["next_page_url"] or meta["first_page_url"]


@faults.on_meta
def _no_next_page(meta: Json) -> None:
    """A page never leads on."""
    meta["next_page_url"] = None


@faults.on_meta
def _next_page_without_token(meta: Json) -> None:
    """The next page's URL has lost its token."""
    meta["next_page_url"] = meta["next_page_url"].partition("&PageToken=")[0]


@faults.on_meta
def _next_page_cut_token(meta: Json) -> None:
    """The next page's token is cut off where a column ends."""
    meta["next_page_url"] = meta["next_page_url"][:-8]


@faults.on_meta
def _next_page_forgets_page_size(meta: Json) -> None:
    """The next page has the default size again."""
    size = f"PageSize={meta['page_size']}&"
    meta["next_page_url"] = meta["next_page_url"].replace(size, "")


@faults.on_meta
def _next_page_elsewhere(meta: Json) -> None:
    """The next page is on a host behind the gateway, to which clients then send their credentials."""
    meta["next_page_url"] = "http://insights.internal/v1/" + meta["next_page_url"].partition("/v1/")[2]


@faults.on_meta
def _no_previous_page(meta: Json) -> None:
    """A page never leads back."""
    meta["previous_page_url"] = None


@faults.on_meta
def _previous_page_of_first(meta: Json) -> None:
    """Before the first page there is another."""
    meta["previous_page_url"] = meta["previous_page_url"] or meta["first_page_url"]


@faults.on_meta
def _previous_page_loops(meta: Json) -> None:
    """The previous page is this page."""
    if meta["previous_page_url"]:
        meta["previous_page_url"] = meta["url"]


@faults.on_meta
def _wrong_first_page_url(meta: Json) -> None:
    """first_page_url forgets the filters and the page size."""
    meta["first_page_url"] = meta["first_page_url"].partition("?")[0] + "?PageSize=50&Page=0"


@faults.on_meta
def _wrong_meta_url(meta: Json) -> None:
    """Every page says that it is the first."""
    meta["url"] = meta["first_page_url"]


@faults.on_meta
def _page_urls_unescaped(meta: Json) -> None:
    """The URLs of pages have spaces and umlauts as they were typed."""
    meta["url"] = unquote(meta["url"])


@faults.on_meta
def _wrong_key(meta: Json) -> None:
    """meta.key names a list that is not in the answer."""
    meta["key"] = "items"


@faults.on_meta
def _wrong_page(meta: Json) -> None:
    """Pages are counted from one."""
    meta["page"] += 1


@faults.on_meta
def _page_never_counts(meta: Json) -> None:
    """Every page has the number 0."""
    meta["page"] = 0


@faults.on_document
def _page_size_counts_rows(document: Json) -> None:
    """page_size says how many rows there are, not how many were asked for."""
    for key in ("rooms", "participants"):
        if document.get("meta") and key in document:
            document["meta"]["page_size"] = len(document[key])
