"""One page of a list: from the query to rows, ``meta`` and the URLs of other pages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from json.encoder import encode_basestring_ascii

from video_log_analyzer.emulator import parameters
from video_log_analyzer.emulator.errors import INVALID_PAGE_TOKEN, BadRequestError
from video_log_analyzer.emulator.parameters import Paging
from video_log_analyzer.emulator.records import ORIGIN
from video_log_analyzer.emulator.selection import Cursor, Filters, PageSelection, Rows
from video_log_analyzer.emulator.tokens import PageToken, TokenSigner

Select = Callable[[PageSelection], Rows]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as its caller names it: ``path`` without origin, ``key`` of the rows in the answer."""

    account_sid: str
    path: str
    key: str
    room_sid: str | None


def read_page(
    listing: Listing,
    filters: Filters,
    paging: Paging,
    *,
    now: int,
    select: Select,
    signer: TokenSigner,
    origin: str,
) -> bytes:
    """Return the JSON of the requested page, with URLs on the caller's origin.

    Raises BadRequestError for a page token that is not of this list, or that was given for other filters.
    """
    token = None
    if paging.page_token is not None:
        token = signer.read(paging.page_token, listing.account_sid, listing.path)
        if filters not in (Filters(), token.filters):
            raise BadRequestError("Invalid PageToken: it belongs to other filters than those given", INVALID_PAGE_TOKEN)
        filters, now = token.filters, token.now or now
    page = paging.page if paging.page is not None else token.page if token else 0
    found = select(
        PageSelection(
            account_sid=listing.account_sid,
            room_sid=listing.room_sid,
            filters=filters,
            now=now,
            cursor=token.cursor if token else None,
            backward=token.backward if token else False,
            limit=paging.page_size,
        )
    )
    behind, before = _gaps(token, found)

    start = parameters.write(filters, paging.page_size)
    # Only the default window depends on the time. Other lists get the same tokens whenever a page is requested.
    frozen_now = now if listing.room_sid is None and filters.default_window else 0

    def url(number: int, token_text: str | None) -> str:
        # A token is base64url, so nothing in it needs an escape.
        end = f"&PageToken={token_text}" if token_text is not None else ""
        return f"{origin}{listing.path}?{start}&Page={number}{end}"

    def url_beyond(gap: Cursor | None, number: int, *, backward: bool) -> str | None:
        if gap is None or number < 0:
            return None
        place = PageToken(listing.account_sid, listing.path, filters, frozen_now, number, backward, gap)
        return url(number, signer.write(place))

    # Written by hand, because json.dumps takes longer than the rest of this function.
    head = (
        f'{{"meta":{{"first_page_url":{_json(url(0, None))},"key":"{listing.key}",'
        f'"next_page_url":{_json(url_beyond(behind, page + 1, backward=False))},"page":{page},'
        f'"page_size":{paging.page_size},'
        f'"previous_page_url":{_json(url_beyond(before, page - 1, backward=True))},'
        f'"url":{_json(url(page, paging.page_token))}}},"{listing.key}":['
    )
    # A page may be a megabyte. It is joined first, so that one pass replaces the origin.
    bodies = found.bodies or [b""]
    bodies[0] = head.encode() + bodies[0]
    bodies[-1] += b"]}"
    return b",".join(bodies).replace(ORIGIN, origin.encode())


def _json(text: str | None) -> str:
    return "null" if text is None else encode_basestring_ascii(text)


def _gaps(token: PageToken | None, found: Rows) -> tuple[Cursor | None, Cursor | None]:
    """The gaps behind and before a page, None where the list ends.

    On the side that the caller came from, the gap is that of the token itself, so that the way back leads to the page
    that the caller left, however the rows have changed since.
    """
    if token is not None and token.backward:
        return token.cursor, _gap(found, 0, after=False) if found.more else None
    return (_gap(found, -1, after=True) if found.more else None), token.cursor if token else None


def _gap(found: Rows, index: int, *, after: bool) -> Cursor:
    time, sid, _ = found.plain[index]
    return Cursor(time, sid, after)
