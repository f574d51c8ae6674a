"""Check that a list keeps to its filters: what it shows matches, and what matches is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from contract_kit.api import DefaultWindow, Filter, PageStyle, Query, Resource, Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind
from contract_kit.instants import instant

# Laws that each row keeps or breaks by itself; all others compare which rows lists have.
_OF_ONE_ROW = frozenset({"lets-through", "default-window"})


def _property(name: str, expected: str, each: Filter | None = None) -> Property:
    law = each.law if each is not None else None
    based = Property(name, Kind.FILTER, expected, *((law.basis, law.inferred) if law is not None else ()))
    return replace(based, counts_rows=name not in _OF_ONE_ROW)


def _window_property(name: str, expected: str, window: DefaultWindow) -> Property:
    basis, inferred = window.law.basis, window.law.inferred
    return Property(name, Kind.FILTER, expected, basis, inferred, counts_rows=name not in _OF_ONE_ROW)


# Rows this close to the edge of the default window may cross it between two requests.
MARGIN = timedelta(minutes=2)
ADDS = _property("adds", "only rows of the whole list")
PARTS = _property("parts", "the parts of a list together are the whole list")
LEAVES_OUT_COMBINED = _property("leaves-out-combined", "every row that matches all of the filters")


def mismatches(row: Row, query: Query, resource: Resource) -> list[Filter]:
    """The filters in ``query`` that ``row`` does not match; a filter whose value cannot be read is left out."""
    return [each for each in resource.filters if (wanted := _wanted(each, query)) and not _matches(row, each, wanted)]


def is_within(query: Query, window: Query, resource: Resource) -> bool:
    """Whether every row that ``query`` selects lies within the bounds of ``window``."""
    for each in resource.filters:
        outer, inner = _wanted(each, window), _wanted(each, query)
        if outer and not inner:
            return False
        if outer and type(outer[0]) is type(inner[0]):
            is_wider = inner[0] < outer[0] if each.selects == "from" else inner[0] > outer[0]
            if each.selects != "equal" and is_wider:
                return False
    return True


def shown_judgements(
    answer: ObservedResponse, rows: Sequence[Row], resource: Resource, query: Query, style: PageStyle | None
) -> Iterator[Judgement]:
    """Judge whether the rows of a response match its own request.

    Args:
        answer: The response.
        rows: Its rows.
        resource: The resource that is listed.
        query: The valid part of the request's query.
        style: How the API pages.
    """
    for each in resource.filters if rows else ():
        if wanted := _wanted(each, query):
            wrong = [row for row in rows if not _matches(row, each, wanted)]
            detail = f"{len(wrong)} of {len(rows)} rows do not match {each.parameter}"
            evidence = _shown(resource, wrong[0], each) if wrong else None
            judged = _property("lets-through", "only rows that match", each)
            yield Judgement(judged, answer, f"query:{each.parameter}", not wrong, detail, evidence)
    if rows and (window := default_window(resource, answer.query, style)) and (clock := answer.clock) is not None:
        # Conformance reports a row that lacks the property.
        wrong = [row for row in rows if window.property in row and not is_recent(row, window, clock, MARGIN)]
        detail, evidence = f"{len(wrong)} of {len(rows)} rows are older", None
        if wrong:
            evidence = {name: wrong[0].get(name) for name in (resource.key, window.property)}
        judged = _window_property("default-window", "only rows of the default window", window)
        yield Judgement(judged, answer, "query:none", not wrong, detail, evidence)


def default_window(resource: Resource, query: Query, style: PageStyle | None) -> DefaultWindow | None:
    """The default window, if ``query`` asks for it: it has neither bound, and no token that may bring one back."""
    window = resource.window
    if window is None or window.default is None:
        return None
    bounds = {window.since, window.until, style.token if style is not None else ""}
    return window.default if bounds.isdisjoint(name for name, _ in query) else None


def is_recent(row: Row, window: DefaultWindow, clock: datetime, margin: timedelta = -MARGIN) -> bool:
    """Whether ``row`` is in the default window that ends at ``clock``; a negative margin makes the window smaller."""
    moment = instant(row.get(window.property))
    return moment is not None and clock - window.length - margin < moment <= clock


def recent_judgement(
    answer: ObservedResponse, got: Sequence[Row], recent: Sequence[Row], resource: Resource, window: DefaultWindow
) -> Judgement:
    """Judge whether the default list ``got`` has all of ``recent``, rows of the whole list that must be in it."""
    shown = {_key(resource, row) for row in got}
    missing = [row for row in recent if _key(resource, row) not in shown]
    detail, evidence = f"{len(missing)} of {len(recent)} rows are not there", None
    if missing:
        evidence = {name: missing[0].get(name) for name in (resource.key, window.property)}
    judged = _window_property("default-window-complete", "every row of the default window", window)
    return Judgement(judged, answer, "query:none", not missing, detail, evidence)


def whole_judgements(
    answer: ObservedResponse,
    got: Sequence[Row],
    query: Query,
    whole: Sequence[Row],
    resource: Resource,
    counts: Callable[[Row], bool],
    *,
    is_closed: bool = True,
) -> Iterator[Judgement]:
    """Judge a filtered list against the whole list.

    Args:
        answer: The first response of the filtered list.
        got: Its rows, from all pages.
        query: All filters that were sent.
        whole: The rows of the whole list, read without filters, or with the bounds of a window only.
        resource: The resource that is listed.
        counts: Whether a row does not change any more, so that its presence or absence is meaningful.
        is_closed: Whether every row that matches must be in ``whole``; not if ``query`` leaves out one of its bounds.
    """
    bounds = {resource.window.since, resource.window.until} if resource.window is not None else set()
    used = [each for each in resource.filters if _wanted(each, query)]
    named = [each for each in used if each.parameter not in bounds] or used
    location = f"query:{' with '.join(each.parameter for each in named) or 'none'}"
    shown, known = {_key(resource, row) for row in got}, {_key(resource, row) for row in whole}
    matching = [row for row in whole if counts(row) and not mismatches(row, query, resource)]
    missing = [row for row in matching if _key(resource, row) not in shown]
    if matching:
        judged = LEAVES_OUT_COMBINED
        if len(named) == 1:
            several = sum(name == named[0].parameter for name, _ in query) > 1
            name = "leaves-out-several-values" if several else "leaves-out"
            judged = _property(name, "every row that matches" + " any of the values" * several, named[0])
        detail = f"{len(missing)} of {len(matching)} rows of the whole list match and are not there"
        evidence = _shown(resource, missing[0], *named) if missing else None
        yield Judgement(judged, answer, location, not missing, detail, evidence)
    if got and is_closed:
        extra = [
            row
            for row in got
            if counts(row) and not mismatches(row, query, resource) and _key(resource, row) not in known
        ]
        detail = f"{len(extra)} rows match and are not in the whole list"
        evidence = _shown(resource, extra[0], *named) if extra else None
        yield Judgement(ADDS, answer, location, not extra, detail, evidence)


def parts_judgements(
    answer: ObservedResponse,
    each: Filter,
    words: Sequence[str],
    parts: Sequence[Sequence[Row]],
    whole: Sequence[Row],
    resource: Resource,
    counts: Callable[[Row], bool],
) -> Iterator[Judgement]:
    """Judge whether the lists for all values of a filter together have every row that has one of the values."""
    together = {_key(resource, row) for part in parts for row in part}
    left = [row for row in whole if counts(row) and _matches(row, each, list(words))]
    missing = [row for row in left if _key(resource, row) not in together]
    if left:
        detail = f"{len(missing)} of {len(left)} rows are in no part"
        evidence = _shown(resource, missing[0], each) if missing else None
        yield Judgement(PARTS, answer, f"query:{each.parameter}", not missing, detail, evidence)


def _key(resource: Resource, row: Row) -> str:
    return str(row.get(resource.key))


def _shown(resource: Resource, row: Row, *filters: Filter) -> dict[str, Any]:
    return {name: row.get(name) for name in dict.fromkeys([resource.key, *(each.property for each in filters)])}


def _wanted(each: Filter, query: Query) -> list[Any]:
    """The values that ``query`` has for a filter, as they are compared; empty if there are none or one is unusable."""
    values = [value for name, value in query if name == each.parameter]
    if each.selects == "equal":
        return [value for value in values if value]
    read = [_ordered(value) for value in values]
    return read if len(read) == 1 and None not in read else []


def _matches(row: Row, each: Filter, wanted: list[Any]) -> bool:
    value = row.get(each.property)
    if each.selects == "equal":
        found = value if isinstance(value, list) else [value]
        return any(_spelled(one) in wanted for one in found if one is not None)
    at = _ordered(value) if isinstance(value, str) else None
    if at is None or type(at) is not type(wanted[0]):
        return False
    return bool(at >= wanted[0] if each.selects == "from" else at < wanted[0])


def _spelled(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


@lru_cache(maxsize=4096)
def _ordered(text: str) -> datetime | date | None:
    """A time or a day that can be compared; None if the text is neither."""
    if (moment := instant(text)) is not None:
        return moment
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
