"""Paging: the pages of a list are one list, whatever their size."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from video_log_analyzer.checks.api import ROOMS, Api, NoAnswerError, Query
from video_log_analyzer.checks.paging import (
    LISTS,
    identities,
    link_findings,
    page_findings,
    union_findings,
    walk,
)
from video_log_analyzer.findings import Finding, Kind

# A question is not asked with more requests than this; larger lists are cut to a part of their time.
MOST_PAGES = 25
VARIED = settings(
    max_examples=12,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

List = tuple[str, str, Query, list[dict[str, Any]]]


@pytest.fixture(scope="session", params=LISTS)
def listed(
    request: pytest.FixtureRequest, api: Api, rooms: list[dict[str, Any]], window: list[tuple[str, str]]
) -> List:
    """A list to page through: operation, path, query, and all of its rows read in pages as large as they get."""
    if request.param == "list_rooms":
        return "list_rooms", ROOMS, window, rooms
    busiest = max(rooms, key=lambda room: room.get("unique_participants") or 0)
    path = f"{ROOMS}/{busiest.get('room_sid')}/Participants"
    pages = walk(api, "list_participants", path, [("PageSize", "1000")])
    rows = [row for page in pages for row in page.rows]
    if not rows:
        pytest.skip("no room has a participant to judge by")
    return "list_participants", path, (), rows


def part(listed: List, size: int) -> List:
    """The list, or as much of it from its beginning as pages of ``size`` can show within reason."""
    operation, path, query, rows = listed
    if len(rows) <= size * MOST_PAGES or operation != "list_rooms":
        return listed
    oldest = rows[size * MOST_PAGES - 1].get("create_time")
    if not isinstance(oldest, str):
        return listed
    query = [("CreatedAfter", oldest), *(pair for pair in query if pair[0] != "CreatedAfter")]
    # Rows that started in the same second as the oldest belong to the part as well.
    return operation, path, query, [row for row in rows if str(row.get("create_time")) >= oldest]


@VARIED
@given(size=st.integers(1, 60))
@example(size=1)
@example(size=2)
@example(size=50)
def test_pages_join_to_the_whole_list(api: Api, listed: List, size: int) -> None:
    """Pages of any size join to the whole list: no row twice, none left out, none out of order."""
    operation, path, query, rows = part(listed, size)
    with suppress(NoAnswerError):
        pages = walk(api, operation, path, [*query, ("PageSize", str(size))])
        for index, page in enumerate(pages):
            api.session.add(page_findings(page, index, size))
        api.session.add(union_findings(pages, identities(operation, rows)))


def test_page_urls_lead_where_they_say(api: Api, listed: List) -> None:
    """url, first_page_url and previous_page_url lead to the page that they name."""
    operation, path, query, rows = listed
    size = max(1, -(-len(rows) // 4))
    pages = walk(api, operation, path, [*query, ("PageSize", str(size))])
    api.session.add(link_findings(api, pages))


def test_default_page_size_is_50(api: Api, listed: List) -> None:
    """Without PageSize a page has at most 50 rows and says so."""
    operation, path, query, rows = listed
    first = api.page(api.get(operation, path, query), LISTS[operation][0])
    api.session.add(page_findings(first, 0, 50))
    if len(first.rows) < min(50, len(rows)):
        api.session.add(union_findings([first], identities(operation, rows[:50])))


@pytest.mark.parametrize(
    ("name", "value"),
    [("Page", "1"), ("PageToken", "PTforged"), ("PageToken", "PT" + "0" * 64)],
    ids=["index", "short token", "long token"],
)
def test_pages_that_nobody_gave_out_are_refused(api: Api, listed: List, name: str, value: str) -> None:
    """A page index without a token, and a forged token, are refused with 400."""
    if not api.session.target.is_loopback:
        pytest.skip("wrong requests are sent only to targets on this machine")
    operation, path, query, _ = listed
    answer = api.get(operation, path, [*query, (name, value)])
    if answer.status != 400:
        place, basis = f"query:{name}", f"Paging.{name}"
        expected = "400: nobody gave out this page"
        api.session.add([Finding(Kind.PAGING, operation, place, str(answer.status), expected, answer.request, basis)])
