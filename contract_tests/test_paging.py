"""Paging: the pages of a list are one list, whatever their size."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contract_kit.check.list_laws import (
    LISTS,
    again_judgements,
    identities,
    link_judgements,
    page_judgements,
    rows_of,
    union_judgements,
    walk,
)
from contract_kit.check.properties import Judgement
from contract_kit.check.refusals import Refusal, refusal_judgements
from contract_kit.check.requester import ROOMS, Api, Query
from contract_kit.check.throttle import NoAnswerError
from contract_kit.findings.finding import Kind
from video_log_analyzer.checks.room_window import Whole

# A question is not asked with more requests than this; larger lists are cut to a part of their time.
MOST_PAGES = 25


@dataclass(frozen=True)
class List:
    """A list to page through, and all of its rows read in pages as large as they get."""

    operation: str
    path: str
    query: Query
    rows: list[dict[str, Any]]

    def part(self, size: int) -> List:
        """The list, or as much of it from its beginning as pages of ``size`` can show within reason."""
        if len(self.rows) <= size * MOST_PAGES or self.operation != "list_rooms":
            return self
        oldest = self.rows[size * MOST_PAGES - 1].get("create_time")
        if not isinstance(oldest, str):
            return self
        query = [("CreatedAfter", oldest), *(pair for pair in self.query if pair[0] != "CreatedAfter")]
        # Rows that started in the same second as the oldest belong to the part as well.
        rows = [row for row in self.rows if str(row.get("create_time")) >= oldest]
        return List(self.operation, self.path, query, rows)


@pytest.fixture(scope="session", params=LISTS)
def listed(request: pytest.FixtureRequest, api: Api, whole: Whole) -> List:
    """A list to page through."""
    if request.param == "list_rooms":
        return List("list_rooms", ROOMS, whole.window, whole.rooms)
    busiest = max(filter(whole.counts, whole.rooms), key=lambda room: room.get("unique_participants") or 0, default={})
    path = f"{ROOMS}/{busiest.get('room_sid')}/Participants"
    rows = rows_of(walk(api, "list_participants", path, [("PageSize", "1000")]))
    if not rows:
        pytest.skip("no room has a participant to judge by")
    return List("list_participants", path, (), rows)


def joined(api: Api, listed: List, size: int) -> None:
    """Hold pages of ``size`` against the whole list; where they disagree, read both again."""

    def question(reading: int) -> Iterator[Judgement]:
        rows = listed.rows
        if reading:
            rows = rows_of(walk(api, listed.operation, listed.path, [*listed.query, ("PageSize", "1000")]))
        pages = walk(api, listed.operation, listed.path, [*listed.query, ("PageSize", str(size))])
        for index, page in enumerate(pages):
            yield from page_judgements(page, index, size)
        yield from union_judgements(pages, identities(listed.operation, rows))

    api.session.settle(question)


@pytest.mark.share(3)
@settings(max_examples=max(4, settings.default.max_examples // 3) if settings.default else 12)
@given(size=st.integers(1, 60))
@example(size=1)
@example(size=2)
@example(size=50)
def test_pages_join_to_the_whole_list(api: Api, listed: List, size: int) -> None:
    """Pages of any size join to the whole list: no row twice, none left out, none out of order."""
    with suppress(NoAnswerError):
        joined(api, listed.part(size), size)


def test_page_urls_lead_where_they_say(api: Api, listed: List) -> None:
    """url, first_page_url and previous_page_url lead to the page that they name."""
    size = max(1, -(-len(listed.rows) // 4))

    def question(_: int) -> Iterator[Judgement]:
        pages = walk(api, listed.operation, listed.path, [*listed.query, ("PageSize", str(size))])
        yield from link_judgements(api, pages)

    api.session.settle(question)


def test_default_page_size_is_50(api: Api, listed: List) -> None:
    """Without PageSize a page has at most 50 rows and says so."""

    def question(_: int) -> Iterator[Judgement]:
        key = LISTS[listed.operation][0]
        first = api.page(api.get(listed.operation, listed.path, listed.query), key)
        yield from page_judgements(first, 0, 50)
        if len(first.rows) < min(50, len(listed.rows)):
            yield from union_judgements([first], identities(listed.operation, listed.rows[:50]))
        again = api.page(api.get(listed.operation, listed.path, listed.query), key)
        yield from again_judgements(first, again)

    api.session.settle(question)


@pytest.mark.parametrize(
    ("name", "value"),
    [("Page", "1"), ("PageToken", "PTforged"), ("PageToken", "PT" + "0" * 64)],
    ids=["index without token", "short token", "long token"],
)
def test_pages_that_nobody_gave_out_are_refused(
    api: Api, listed: List, name: str, value: str, request: pytest.FixtureRequest
) -> None:
    """A page index without a token, and a forged token, are refused with 400."""
    what = str(request.node.callspec.id).partition("-")[2] or value
    code = 20001 if name == "Page" else 21481
    answer = api.get(listed.operation, listed.path, [*listed.query, (name, value)])
    refusal = Refusal(400, code, Kind.PAGING, f"query:{name}", what, "D18")
    api.session.judge(refusal_judgements(answer, refusal))


def test_cut_off_tokens_are_refused(api: Api, listed: List) -> None:
    """A page token that was given out is refused with 400 once it is cut off or changed."""
    first = api.page(
        api.get(listed.operation, listed.path, [*listed.query, ("PageSize", "1")]), LISTS[listed.operation][0]
    )
    url = first.url("next_page_url")
    if url is None:
        pytest.skip("the list has one page only")
    head, _, rest = url.partition("PageToken=")
    token, ampersand, tail = rest.partition("&")
    if len(token) < 8:
        pytest.skip("next_page_url has no page token")
    middle = len(token) // 2
    swapped = token[:middle] + ("A" if token[middle] != "A" else "B") + token[middle + 1 :]
    for what, changed in {"cut-off token": token[:-4], "changed token": swapped}.items():
        answer = api.follow(listed.operation, f"{head}PageToken={changed}{ampersand}{tail}")
        refusal = Refusal(400, 21481, Kind.PAGING, "query:PageToken", what, "D18")
        api.session.judge(refusal_judgements(answer, refusal))
