"""Filters: a filtered list has exactly the rows of the whole list that match, page by page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise

import pytest

from contract_kit.api import Filter, PageStyle, Query, Resource, Row
from contract_kit.check import filters
from contract_kit.check.combinations import bounds_of, covering, names_of, words_of
from contract_kit.check.near_misses import texts
from contract_kit.check.pages import rows_of
from contract_kit.check.properties import Judgement
from contract_kit.check.requester import Requester
from contract_kit.check.survey import CompleteList, Survey
from contract_kit.check.throttle import NoAnswerError
from contract_kit.check.walks import largest, walk
from contract_kit.configuration import Configuration
from contract_kit.contract import Contract

ORDER = 40
# Names whose near-misses are asked for.
MOST_NAMES = {"quick": 2, "full": 6}

Rows = list[Row]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Add one variant for each filter, or for each list that has any."""
    from contract_kit import kits
    from contract_kit.suite.plugin import RUN

    resources = kits.load_kit(metafunc.config.stash[RUN].kit).resources
    listed = [each for each in resources if each.filters and each.list and not each.parent]
    if "filter_name" in metafunc.fixturenames:
        names = [(each.name, one.parameter) for each in listed for one in each.filters]
        metafunc.parametrize(("resource_name", "filter_name"), names, ids=[name for _, name in names], scope="session")
    elif "resource_name" in metafunc.fixturenames:
        metafunc.parametrize("resource_name", [each.name for each in listed], scope="session")


@pytest.fixture(scope="session")
def whole(resource_name: str, contract: Contract, survey: Survey) -> CompleteList:
    """All rows of the list, or of its window; filtered lists are compared with it."""
    complete = survey.complete(contract.kit.resource(resource_name))
    if complete.is_cut:
        pytest.skip(f"the list of every {resource_name} is too long, and the kit declares no window")
    return complete


@pytest.fixture(scope="session")
def chosen(whole: CompleteList, filter_name: str) -> Filter:
    """The filter to test."""
    return next(each for each in whole.resource.filters if each.parameter == filter_name)


def check(requester: Requester, query: Query, whole: CompleteList, *, size: Query | None = None) -> Rows | None:
    """Compare the rows that ``query`` gives with the whole list; return them, or None if a response is missing.

    Without a bound in ``query``, those of the window are added.
    """
    resource = whole.resource
    names = {name for name, _ in query}
    sent = [*query, *(pair for pair in whole.window if pair[0] not in names)]
    # Beyond the window there may be rows that the whole list does not have.
    is_closed = filters.is_within(sent, whole.window, resource)
    return compare(requester, sent, whole, resource, size=size, is_closed=is_closed)


def compare(
    requester: Requester,
    sent: Query,
    whole: CompleteList,
    resource: Resource,
    *,
    size: Query | None = None,
    is_closed: bool,
) -> Rows | None:
    """Like ``check``, but with exactly these filters and bounds."""
    got: Rows = []

    def question(reading: int) -> Iterator[Judgement]:
        if reading:
            whole.read_again()
        pages = walk(requester, resource, whole.path, [*sent, *(largest(requester) if size is None else size)])
        got[:] = rows_of(pages)
        yield from filters.whole_judgements(
            pages[0].response, got, sent, whole.rows, resource, whole.is_stable, is_closed=is_closed
        )

    try:
        requester.session.judge_stable(question)
    except NoAnswerError:
        return None
    return got


@pytest.mark.share(2)
def test_each_value_of_a_filter(
    requester: Requester, contract: Contract, run: Configuration, whole: CompleteList, chosen: Filter
) -> None:
    """Each value of a filter gives exactly the rows that have it, and what is nearly the value gives none of them."""
    name, odd = chosen.parameter, requester.session.target.may_get_invalid
    if chosen.selects != "equal":
        for bound in bounds_of(whole.rows, chosen, odd=odd).values():
            check(requester, [(name, bound)], whole)
            # Alone, without the other bound of the window: rows beyond the window may be shown, too.
            compare(requester, [(name, bound)], whole, whole.resource, is_closed=False)
        return
    words = words_of(contract, whole.resource, chosen)
    parts = [check(requester, [(name, word)], whole) for word in words]
    known = [part for part in parts if part is not None]
    if words and len(known) == len(parts):
        answer = whole.pages[0].response
        judged = filters.parts_judgements(answer, chosen, words, known, whole.rows, whole.resource, whole.is_stable)
        requester.session.judge(judged)
    for several in (words[:2], words[1:], words) if len(words) > 2 else ():
        check(requester, [(name, word) for word in several], whole)
    for value in () if words else names_of(whole.rows, chosen, MOST_NAMES[run.profile]):
        check(requester, [(name, value)], whole)
        # Nearly right names are valid requests; the strangest go only where odd requests may be sent.
        near = texts(value).items()
        for asked in [asked for _, asked in near if odd or (asked.isprintable() and len(asked) < 100)]:
            check(requester, [(name, asked)], whole)


@pytest.mark.share(3)
def test_filters_bounds_and_pages_combine(requester: Requester, contract: Contract, whole: CompleteList) -> None:
    """Any combination of filters, bounds and page sizes gives the rows that match all of them, over all pages."""
    style = contract.kit.paging or PageStyle()
    for query in covering(factors(requester, contract, whole, style)):
        size = [pair for pair in query if pair[0] == style.size]
        check(requester, [pair for pair in query if pair[0] != style.size], whole, size=size)


def factors(requester: Requester, contract: Contract, whole: CompleteList, style: PageStyle) -> dict[str, list[Query]]:
    """The alternatives of each filter, and a few page sizes; a filter may also be left out."""
    found: dict[str, list[Query]] = {}
    odd = requester.session.target.may_get_invalid
    for each in whole.resource.filters:
        name, words = each.parameter, words_of(contract, whole.resource, each)
        parts: list[Query] = [[]]
        if each.selects != "equal":
            parts += [[(name, bound)] for bound in list(bounds_of(whole.rows, each, odd=odd).values())[::4][:4]]
        elif words:
            parts += [[(name, words[0])], [(name, words[-1])], [(name, word) for word in words[:2]]]
        else:
            parts += [[(name, value)] for value in names_of(whole.rows, each, 2)]
        found[name] = parts
    if style.size:
        count = len(whole.rows)
        sizes = sorted({min(style.largest_size, max(1, size)) for size in (count // 7 + 1, count // 2 + 1, 10**9)})
        found[style.size] = [[], *([(style.size, str(size))] for size in sizes)]
    return found


@pytest.mark.share(2)
def test_default_window(requester: Requester, contract: Contract, whole: CompleteList) -> None:
    """Without bounds the list has exactly the rows of its default window, with and without filters, on all pages."""
    resource, style = whole.resource, contract.kit.paging or PageStyle()
    window = filters.default_window(resource, (), None)
    if window is None:
        pytest.skip("the list has no default window")

    def question(reading: int) -> Iterator[Judgement]:
        if reading:
            whole.read_again()
        pages = walk(requester, resource, whole.path, largest(requester))
        shown, clock = rows_of(pages), pages[0].response.clock or requester.session.now
        recent = [row for row in whole.rows if whole.is_stable(row) and filters.is_recent(row, window, clock)]
        if recent:
            yield filters.recent_judgement(pages[0].response, shown, recent, resource, window)

        def counts(row: Row, clock: datetime = clock) -> bool:
            # Rows at either edge of the window may enter or leave it between two requests.
            return filters.is_recent(row, window, clock - filters.MARGIN, -2 * filters.MARGIN)

        for query in default_queries(contract, resource, style, len(shown)):
            pages = walk(requester, resource, whole.path, query)
            asked = [pair for pair in query if pair[0] != style.size]
            yield from filters.whole_judgements(pages[0].response, rows_of(pages), asked, shown, resource, counts)

    requester.session.judge_stable(question)


def default_queries(contract: Contract, resource: Resource, style: PageStyle, count: int) -> Iterator[Query]:
    """Queries without bounds: each value of each filter, and the whole window in small pages."""
    large = [(style.size, str(style.largest_size))] if style.size else []
    small = [(style.size, str(min(style.largest_size, count // 5 + 1)))] if style.size else []
    yield small
    yield []
    for each in resource.filters:
        if each.selects == "equal":
            for number, word in enumerate(words_of(contract, resource, each)):
                yield [(each.parameter, word), *(large if number else small)]


def test_time_divides_the_list(requester: Requester, whole: CompleteList) -> None:
    """Windows that follow each other give all rows between them, each in one window."""
    window = whole.resource.window
    if window is None:
        pytest.skip("the list has no bounds")
    starts = sorted({start for row in whole.rows if isinstance(start := row.get(window.property), str)})
    bounds = dict(whole.window)
    if len(starts) < 3 or not {window.since, window.until} <= bounds.keys():
        pytest.skip("too few rows to divide")
    cuts = [bounds[window.since], *(starts[len(starts) * part // 3] for part in (1, 2)), bounds[window.until]]
    for since, until in pairwise(cuts):
        check(requester, [(window.since, since), (window.until, until)], whole)
    # Bounds in the wrong order: no row can match.
    check(requester, [(window.since, cuts[2]), (window.until, cuts[1])], whole)
