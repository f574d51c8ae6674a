"""Filters: a filtered list is exactly that part of the whole list that matches."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from video_log_analyzer.checks import filters
from video_log_analyzer.checks.api import ROOMS, Api, NoAnswerError, Query
from video_log_analyzer.checks.filters import instant
from video_log_analyzer.checks.paging import walk
from video_log_analyzer.document import Document
from video_log_analyzer.findings import Finding, Kind

VARIED = settings(
    max_examples=40,
    derandomize=True,
    database=None,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
Rooms = list[dict[str, Any]]
Window = list[tuple[str, str]]


def check(api: Api, query: Query, window: Window, rooms: Rooms) -> None:
    """Ask with ``query`` and hold the answer against ``rooms``, the whole list of the window."""
    names = {name for name, _ in query}
    bounds = [bound for bound in window if bound[0] not in names]
    with suppress(NoAnswerError):
        pages = walk(api, "list_rooms", ROOMS, [*query, *bounds, ("PageSize", "1000")])
        got = [room for page in pages for room in page.rows]
        api.session.add(filters.findings(pages[0].answer, got, query, bounds, rooms))


def spelled(moment: datetime, offset_minutes: int = 0) -> str:
    """An instant as a filter takes it; with an offset in another zone's local time."""
    if not offset_minutes:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.astimezone(timezone(timedelta(minutes=offset_minutes))).isoformat()


def values_of(document: Document, name: str) -> list[str]:
    """The values that the document allows for a filter."""
    schema = document.operation("list_rooms").parameters[name]["schema"]
    return [str(value) for value in document.resolve(schema["items"])["enum"]]


@pytest.mark.parametrize("name", ["RoomType", "Codec"])
def test_values_divide_the_list(api: Api, document: Document, window: Window, rooms: Rooms, name: str) -> None:
    """Each value of a filter gives exactly the rooms that have it, and all values together any of them."""
    values = values_of(document, name)
    for chosen in [[value] for value in values] + [values[:2], values[1:], values]:
        check(api, [(name, value) for value in chosen], window, rooms)


def test_bounds_at_the_exact_second(api: Api, window: Window, rooms: Rooms) -> None:
    """CreatedAfter includes its second, CreatedBefore excludes it."""
    starts = sorted({start for room in rooms if (start := instant(room.get("create_time"))) is not None})
    for start in {starts[0], starts[len(starts) // 2], starts[-1]} if starts else ():
        for seconds in (-1, 0, 1):
            for name in ("CreatedAfter", "CreatedBefore"):
                check(api, [(name, spelled(start + timedelta(seconds=seconds)))], window, rooms)


def test_names_match_exactly(api: Api, window: Window, rooms: Rooms) -> None:
    """RoomName gives the rooms of exactly this name: no prefix, no other case, no part of it."""
    names = sorted({name for room in rooms if isinstance(name := room.get("room_name"), str) and name})
    for name in dict.fromkeys(names[:1] + names[len(names) // 2 :][:1] + names[-1:]):
        for asked in dict.fromkeys([name, name[:-1], name + "x", name.swapcase(), name[1:]]):
            if asked:
                check(api, [("RoomName", asked)], window, rooms)


@VARIED
@given(data=st.data())
def test_filters_combine(api: Api, document: Document, window: Window, rooms: Rooms, data: st.DataObject) -> None:
    """Filters in any combination give the rooms that match all of them."""
    query: list[tuple[str, str]] = []
    for name in ("RoomType", "Codec"):
        values = values_of(document, name)
        chosen: list[str] = data.draw(st.lists(st.sampled_from(values), unique=True, max_size=3))
        query += [(name, value) for value in chosen]
    names = sorted({str(room["room_name"]) for room in rooms if room.get("room_name")})
    if names and data.draw(st.integers(0, 3)) == 0:
        query.append(("RoomName", data.draw(st.sampled_from(names))))
    starts = [start for room in rooms if (start := instant(room.get("create_time"))) is not None]
    offsets = [0, 330, -480] if api.session.target.is_loopback else [0]
    for name in ("CreatedAfter", "CreatedBefore") if starts else ():
        if data.draw(st.booleans()):
            bound = data.draw(st.sampled_from(starts)) + timedelta(seconds=data.draw(st.integers(-1, 1)))
            query.append((name, spelled(bound, data.draw(st.sampled_from(offsets)))))
    check(api, query, window, rooms)


def test_default_window(api: Api, rooms: Rooms) -> None:
    """Without bounds the list has the rooms completed in the last 24 hours, and no others."""
    now = datetime.now(UTC)
    pages = walk(api, "list_rooms", ROOMS, [("PageSize", "1000")])
    shown = [room for page in pages for room in page.rows]
    # Rooms at the very edge may cross it between two requests.
    begin, margin = now - timedelta(hours=24), timedelta(minutes=2)
    problems = []
    for room in shown:
        end = instant(room.get("end_time"))
        if end is None or end < begin - margin:
            problems.append(("lets through", "only rooms completed in the last 24 hours"))
    sids = {room.get("room_sid") for room in shown}
    for room in rooms:
        end = instant(room.get("end_time"))
        if end is not None and end > begin + margin and room.get("room_sid") not in sids:
            problems.append(("leaves out", "every room completed in the last 24 hours"))
    answer = pages[0].answer
    api.session.add(
        Finding(Kind.FILTER, "list_rooms", "query:none", value, expected, answer.request, "D17")
        for value, expected in problems
    )
