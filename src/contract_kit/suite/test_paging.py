"""Paging: the pages of a list join to the whole list, for every page size."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import islice
from urllib.parse import urlencode

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract_kit.api import ApiKit, PageStyle, Query, Resource, Row
from contract_kit.check import refusals
from contract_kit.check.combinations import bounds_of, names_of, words_of
from contract_kit.check.list_laws import again_judgements, place_judgement, union_judgements
from contract_kit.check.pages import keys_of, query_of, rows_of
from contract_kit.check.properties import Judgement
from contract_kit.check.refusals import Refusal, refusal_judgements
from contract_kit.check.requester import Requester
from contract_kit.check.survey import Survey
from contract_kit.check.throttle import NoAnswerError
from contract_kit.check.walks import largest, link_judgements, walk
from contract_kit.contract import Contract
from contract_kit.findings.finding import Kind
from contract_kit.foreign_text import path_of

ORDER = 30
# No walk reads more pages than this; a longer list is cut to its newest part.
MOST_PAGES = 25
MOST_OTHER_LISTS = 2


@dataclass(frozen=True)
class PagedList:
    """A list to page through, with all of its rows, which were read in large pages."""

    resource: Resource
    path: str
    query: Query
    rows: list[Row]
    survey: Survey

    def part(self, size: int) -> PagedList:
        """The list, or the newest part of it that ``MOST_PAGES`` pages of ``size`` can show."""
        if self.resource.parent:
            return self
        query, rows = self.survey.complete(self.resource).part(size, MOST_PAGES)
        return replace(self, query=query, rows=rows)


@pytest.fixture(scope="session")
def style(kit: ApiKit) -> PageStyle:
    """How the API pages."""
    if kit.paging is None:
        pytest.skip("the kit declares no paging")
    return kit.paging


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Add one variant for each resource with a list."""
    if "resource_name" in metafunc.fixturenames:
        metafunc.parametrize("resource_name", listed_names(metafunc.config), scope="session")


def listed_names(config: pytest.Config) -> list[str]:
    """The names of the resources with a list."""
    from contract_kit import kits
    from contract_kit.suite.plugin import RUN

    return [each.name for each in kits.load_kit(config.stash[RUN].kit).resources if each.list]


@pytest.fixture(scope="session")
def listed(resource_name: str, kit: ApiKit, style: PageStyle, requester: Requester, survey: Survey) -> PagedList:
    """The list to page through; for a child resource, the longest list of a few parents."""
    resource = kit.resource(resource_name)
    if not resource.parent:
        complete = survey.complete(resource)
        if complete.is_cut:
            pytest.skip(f"the list of every {resource.name} is too long, and the kit declares no window")
        return PagedList(resource, complete.path, complete.window, complete.rows, survey)
    found: dict[str, list[Row]] = {}
    for located in survey.located(resource):
        found.setdefault(located.page.response.url.partition("?")[0], []).append(located.row)
    if not found:
        pytest.skip(f"no {resource.parent} has a {resource.name} to judge by")
    path, rows = max(found.items(), key=lambda item: len(item[1]))
    return PagedList(resource, path_of(path), (), rows, survey)


def joined(requester: Requester, listed: PagedList, size: int) -> None:
    """Compare pages of ``size`` with the whole list; if they disagree, read both again."""
    style = requester.kit.paging or PageStyle()

    def question(reading: int) -> Iterator[Judgement]:
        rows = listed.rows
        if reading:
            rows = rows_of(walk(requester, listed.resource, listed.path, [*listed.query, *largest(requester)]))
        pages = walk(requester, listed.resource, listed.path, [*listed.query, (style.size, str(size))])
        yield from union_judgements(pages, keys_of(listed.resource, rows))

    requester.session.judge_stable(question)


@pytest.mark.share(3)
@settings(max_examples=max(4, settings.default.max_examples // 3) if settings.default else 12)
@given(size=st.one_of(st.integers(1, 60), st.integers(61, 999)))
@example(size=1)
@example(size=2)
@example(size=50)
@example(size=999)
def test_pages_join_to_the_whole_list(requester: Requester, style: PageStyle, listed: PagedList, size: int) -> None:
    """Pages of any size join to the whole list: no row twice, none left out, none out of order."""
    if not style.size:
        pytest.skip("the API has no parameter for the size of a page")
    with suppress(NoAnswerError):
        joined(requester, listed.part(size), min(size, style.largest_size))


def test_page_urls_lead_where_they_say(requester: Requester, style: PageStyle, listed: PagedList) -> None:
    """The URLs of this, the first and the previous page lead to the page that they name."""
    size = min(style.largest_size, max(1, -(-len(listed.rows) // 4)))
    query = [*listed.query, (style.size, str(size))] if style.size else listed.query

    def question(_: int) -> Iterator[Judgement]:
        pages = walk(requester, listed.resource, listed.path, query)
        yield from link_judgements(requester, pages)

    requester.session.judge_stable(question)


def test_default_page_size(requester: Requester, style: PageStyle, listed: PagedList) -> None:
    """Pages without a page size join to the whole list, and a page is the same when requested again."""
    listed = listed.part(style.default_size or 1)

    def question(reading: int) -> Iterator[Judgement]:
        resource, rows = listed.resource, listed.rows
        if reading:
            rows = rows_of(walk(requester, resource, listed.path, [*listed.query, *largest(requester)]))
        pages = walk(requester, resource, listed.path, listed.query)
        yield from union_judgements(pages, keys_of(resource, rows))
        again = requester.page(requester.get(resource.list, listed.path, listed.query), resource)
        yield from again_judgements(pages[0], again)

    requester.session.judge_stable(question)


def test_tokens_keep_their_place(requester: Requester, style: PageStyle, listed: PagedList) -> None:
    """A page token with another page size leads to the same place in the list."""
    if not style.token or not style.size:
        pytest.skip("the API gives out no page tokens")

    def question(_: int) -> Iterator[Judgement]:
        whole = walk(requester, listed.resource, listed.path, [*listed.query, *largest(requester)])
        keys = keys_of(listed.resource, rows_of(whole))
        first = requester.page(
            requester.get(listed.resource.list, listed.path, [*listed.query, (style.size, "1")]), listed.resource
        )
        query = query_of(first.following)
        if not dict(query).get(style.token):
            return
        behind = keys[len(first.rows) :]
        for size in (2, 3, style.largest_size):
            pairs = [(name, str(size) if name == style.size else value) for name, value in query]
            page = requester.page(requester.get(listed.resource.list, listed.path, pairs), listed.resource)
            # A page may hold fewer rows than it could, but only the last one ends the list.
            is_end = page.following is None and size >= len(behind)
            holds = page.keys == (behind if is_end else behind[: len(page.keys)])
            yield place_judgement(page, holds=holds)

    requester.session.judge_stable(question)


def test_tokens_with_another_filter(
    requester: Requester, style: PageStyle, contract: Contract, listed: PagedList
) -> None:
    """A page token with another filter is refused, or gives only rows that match the filter."""
    if not style.token or not style.size:
        pytest.skip("the API gives out no page tokens")
    resource = listed.resource
    first = requester.get(resource.list, listed.path, [*listed.query, (style.size, "1")])
    query = query_of(requester.page(first, resource).following)
    for each in resource.filters if dict(query).get(style.token) else ():
        values = [*words_of(contract, resource, each), *names_of(listed.rows, each, 2)]
        for value in values if each.selects == "equal" else bounds_of(listed.rows, each, odd=False).values():
            others = [pair for pair in query if pair[0] != each.parameter]
            with suppress(NoAnswerError):
                # Every response is judged by its own request, so there is nothing more to judge here.
                requester.get(resource.list, listed.path, [*others, (each.parameter, value)])


def test_tokens_of_another_list_are_refused(
    requester: Requester, style: PageStyle, contract: Contract, survey: Survey, listed: PagedList
) -> None:
    """A page token of another list is refused."""
    if not style.token or not style.size:
        pytest.skip("the API gives out no page tokens")
    first = requester.get(listed.resource.list, listed.path, [*listed.query, (style.size, "1")])
    token = dict(query_of(requester.page(first, listed.resource).following)).get(style.token)
    if not token:
        pytest.skip("the list has one page only")
    others = {
        (resource.list, path)
        for resource in contract.kit.resources
        if resource.list
        for path, _ in islice(survey.lists(resource), MOST_OTHER_LISTS)
        if path != path_of(listed.path)
    }
    location, what = f"query:{style.token}", "token of another list"
    refusal = Refusal(contract.kit.errors.invalid, Kind.PAGING, location, what, refusals.PAGING, "page token")
    for operation, path in sorted(others):
        answer = requester.get(operation, path, [(style.size, "1"), (style.token, token)])
        requester.session.judge(refusal_judgements(answer, refusal, contract))


# Invented page parameters: the role of the parameter, its value, and the reason's name in the kit's codes.
FORGED: Mapping[str, tuple[str, str, str]] = {
    "index without token": ("number", "1", "page number"),
    "short token": ("token", "forged", "page token"),
    "long token": ("token", "0" * 66, "page token"),
}


@pytest.mark.parametrize("what", FORGED)
def test_pages_that_nobody_gave_out_are_refused(
    requester: Requester, style: PageStyle, contract: Contract, listed: PagedList, what: str
) -> None:
    """A page index without a token, and a forged token, are refused."""
    role, value, reason = FORGED[what]
    name = getattr(style, role)
    # In an API with page numbers only, a number needs no token.
    if not style.token or not name:
        pytest.skip(f"the API has no page {role} that goes with a token")
    answer = requester.get(listed.resource.list, listed.path, [*listed.query, (name, value)])
    refusal = Refusal(contract.kit.errors.invalid, Kind.PAGING, f"query:{name}", what, refusals.PAGING, reason)
    requester.session.judge(refusal_judgements(answer, refusal, contract))


def test_cut_off_tokens_are_refused(
    requester: Requester, style: PageStyle, contract: Contract, listed: PagedList
) -> None:
    """A page token of the target is refused once it is cut off or changed."""
    if not style.token or not style.size:
        pytest.skip("the API gives out no page tokens")
    first = requester.get(listed.resource.list, listed.path, [*listed.query, (style.size, "1")])
    query = query_of(requester.page(first, listed.resource).following)
    token = dict(query).get(style.token, "")
    if len(token) < 8:
        pytest.skip("the next page has no token of eight characters or more")
    middle = len(token) // 2
    swapped = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for what, changed in {"cut-off token": token[:-4], "changed token": swapped}.items():
        pairs = [(name, changed if name == style.token else value) for name, value in query]
        answer = requester.get(listed.resource.list, f"{listed.path}?{urlencode(pairs)}")
        location = f"query:{style.token}"
        refusal = Refusal(contract.kit.errors.invalid, Kind.PAGING, location, what, refusals.PAGING, "page token")
        requester.session.judge(refusal_judgements(answer, refusal, contract))
