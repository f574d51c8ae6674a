"""The query of a list request, read strictly: an unusable value is refused and never guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode

from contract_kit.emulator import rfc3339
from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.errors import PAGE_SIZE_TOO_LARGE, BadRequestError
from video_log_analyzer.emulator.selection import Filters

LONGEST_QUERY = 16_384
DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE_SIZE = 1000
LARGEST_PAGE = 2**63 - 1
_REMEMBERED = 256

Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which page is asked for; ``page`` None means that the query does not say."""

    page_size: int
    page: int | None
    page_token: str | None


def decode(query: bytes) -> list[tuple[str, str]]:
    """Return the pairs of a query in order; raises BadRequestError for what is no query in UTF-8."""
    if not query:
        return []
    if len(query) > LONGEST_QUERY:
        raise BadRequestError(f"Query string longer than {LONGEST_QUERY} bytes")
    if b"%" in query and re.search(rb"%(?![0-9A-Fa-f]{2})", query):
        raise BadRequestError("Query string with an incomplete percent escape")
    try:
        return parse_qsl(query.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        raise BadRequestError("Query string that is not UTF-8") from None


@lru_cache(maxsize=_REMEMBERED)
def read(query: bytes, *, filtered: bool) -> tuple[Filters, Paging]:
    """Return what a list request asks for; remembered, since clients ask for the same pages again and again.

    ``filtered`` says whether the list has filters. Raises BadRequestError.
    """
    pairs = decode(query)
    return read_filters(pairs) if filtered else Filters(), read_paging(pairs)


@lru_cache(maxsize=_REMEMBERED)
def write(filters: Filters, page_size: int) -> str:
    """Return the query that stands for these, up to where ``Page`` follows."""
    return urlencode([*filter_pairs(filters), ("PageSize", str(page_size))], quote_via=quote)


def read_filters(pairs: Pairs) -> Filters:
    """Return the filters of the rooms list; parameters that nobody published are ignored."""
    return Filters(
        room_types=_any_of(pairs, "RoomType", vocabulary.ROOM_TYPE),
        codecs=_any_of(pairs, "Codec", vocabulary.CODEC),
        room_name=_single(pairs, "RoomName"),
        created_after=_time(pairs, "CreatedAfter"),
        created_before=_time(pairs, "CreatedBefore"),
    )


def read_paging(pairs: Pairs) -> Paging:
    """Return page and page size."""
    page_size = _integer(pairs, "PageSize", smallest=1)
    page = _integer(pairs, "Page", smallest=0)
    page_token = _single(pairs, "PageToken")
    if page_size is None:
        page_size = DEFAULT_PAGE_SIZE
    elif page_size > LARGEST_PAGE_SIZE:
        raise BadRequestError(f"Page size too large: PageSize is at most {LARGEST_PAGE_SIZE}", PAGE_SIZE_TOO_LARGE)
    if page is not None and page > LARGEST_PAGE:
        raise BadRequestError(f"Invalid Page: expected at most {LARGEST_PAGE}")
    if page and page_token is None:
        raise BadRequestError("PageToken is required for paging")
    return Paging(page_size, page, page_token)


def filter_pairs(filters: Filters) -> list[tuple[str, str]]:
    """Return the query that stands for ``filters``, normalised: published order, times in whole seconds of UTC."""
    pairs = [("RoomType", room_type) for room_type in filters.room_types]
    pairs += [("Codec", codec) for codec in filters.codecs]
    if filters.room_name is not None:
        pairs.append(("RoomName", filters.room_name))
    if filters.created_after is not None:
        pairs.append(("CreatedAfter", rfc3339.render(filters.created_after)))
    if filters.created_before is not None:
        pairs.append(("CreatedBefore", rfc3339.render(filters.created_before)))
    return pairs


def _single(pairs: Pairs, name: str) -> str | None:
    values = [value for key, value in pairs if key == name]
    if len(values) > 1:
        raise BadRequestError(f"Invalid {name}: given {len(values)} times, expected once")
    return values[0] if values else None


def _any_of(pairs: Pairs, name: str, published: vocabulary.Vocabulary) -> tuple[str, ...]:
    values = {value for key, value in pairs if key == name}
    if not values <= set(published.current):
        raise BadRequestError(f"Invalid {name}: expected {', '.join(published.current)}")
    return tuple(value for value in published.current if value in values)


def _time(pairs: Pairs, name: str) -> int | None:
    text = _single(pairs, name)
    try:
        return None if text is None else rfc3339.parse(text)
    except ValueError:
        raise BadRequestError(f"Invalid {name}: expected a date-time such as yyyy-MM-dd'T'HH:mm:ss'Z'") from None


def _integer(pairs: Pairs, name: str, smallest: int) -> int | None:
    text = _single(pairs, name)
    if text is None:
        return None
    # Python refuses to convert more than 4300 digits; a thousand are plenty to be found too large.
    if not re.fullmatch(r"0|[1-9][0-9]{0,999}", text) or int(text) < smallest:
        raise BadRequestError(f"Invalid {name}: expected an integer of at least {smallest}")
    return int(text)
