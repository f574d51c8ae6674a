"""Filters: a filtered list has exactly the rooms of the whole list that match."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_kit.api import Query, Row
from contract_kit.check.list_laws import walk
from contract_kit.check.pages import rows_of
from contract_kit.check.properties import Judgement
from contract_kit.check.requester import Requester
from contract_kit.check.survey import CompleteList
from contract_kit.check.throttle import NoAnswerError
from contract_kit.document import Document
from contract_kit.instants import instant, spelled
from video_log_analyzer.checks import filters
from video_log_analyzer.kit import ROOM, ROOMS

ORDER = 40

Rooms = list[Row]
DAY = timedelta(hours=24)
# Rooms this close to the edge of the window may cross it between two requests.
MARGIN = timedelta(minutes=2)


def check(requester: Requester, query: Query, room_window: CompleteList) -> Rooms | None:
    """Compare the rooms that ``query`` gives with the whole window; return them, or None if a response is missing."""
    names = {name for name, _ in query}
    bounds = [bound for bound in room_window.window if bound[0] not in names]
    got: Rooms = []

    def question(reading: int) -> Iterator[Judgement]:
        if reading:
            room_window.read_again()
        pages = walk(requester, ROOM, ROOMS, [*query, *bounds, ("PageSize", "1000")])
        got[:] = rows_of(pages)
        yield from filters.judgements(pages[0].response, got, query, bounds, room_window.rows, room_window.is_stable)

    try:
        requester.session.judge_stable(question)
    except NoAnswerError:
        return None
    return got


def join(requester: Requester, room_window: CompleteList, name: str, parts: list[Rooms | None]) -> None:
    """Compare the parts of the list, divided by one filter, with the whole list, unless a part is missing."""
    known = [part for part in parts if part is not None]
    if len(known) == len(parts):
        requester.session.judge(
            filters.parts_judgement(room_window.pages[0].response, name, known, room_window.rows, room_window.is_stable)
        )


def values_of(document: Document, name: str) -> list[str]:
    """The values that the document allows for a filter: ``["go", "peer_to_peer", …]``."""
    schema = document.operation("list_rooms").parameters[name]["schema"]
    return [str(value) for value in document.resolve(schema["items"])["enum"]]


@pytest.mark.share(2)
@pytest.mark.parametrize("name", ["RoomType", "Codec"])
def test_values_divide_the_list(requester: Requester, document: Document, room_window: CompleteList, name: str) -> None:
    """Each value of a filter gives exactly the rooms that have it, and all values together any of them."""
    values = values_of(document, name)
    join(requester, room_window, name, [check(requester, [(name, value)], room_window) for value in values])
    for chosen in (values[:2], values[1:], values):
        check(requester, [(name, value) for value in chosen], room_window)


def test_time_divides_the_list(requester: Requester, room_window: CompleteList) -> None:
    """Windows that follow each other give all rooms between them, each in one window."""
    starts = sorted({start for room in room_window.rows if (start := instant(room.get("create_time"))) is not None})
    if len(starts) < 3:
        pytest.skip("too few rooms to divide")
    bounds = dict(room_window.window)
    cuts = [
        bounds["CreatedAfter"],
        *(spelled(starts[len(starts) * part // 3]) for part in (1, 2)),
        bounds["CreatedBefore"],
    ]
    parts = [
        check(requester, [("CreatedAfter", after), ("CreatedBefore", before)], room_window)
        for after, before in pairwise(cuts)
    ]
    join(requester, room_window, "CreatedAfter", parts)


@pytest.mark.share(2)
def test_bounds_at_the_exact_second(requester: Requester, room_window: CompleteList) -> None:
    """CreatedAfter includes its exact second, and CreatedBefore excludes it."""
    starts = sorted({start for room in room_window.rows if (start := instant(room.get("create_time"))) is not None})
    for start in sorted({starts[0], starts[len(starts) // 2], starts[-1]}) if starts else ():
        for seconds in (0, -1, 1):
            for name in ("CreatedAfter", "CreatedBefore"):
                check(requester, [(name, spelled(start + timedelta(seconds=seconds)))], room_window)


def test_names_match_exactly(requester: Requester, room_window: CompleteList) -> None:
    """RoomName gives only rooms with exactly this name, not a part of it or another case."""
    names = sorted({name for room in room_window.rows if isinstance(name := room.get("room_name"), str) and name})
    for name in dict.fromkeys(names[:1] + names[len(names) // 2 :][:1] + names[-1:]):
        for asked in dict.fromkeys([name, name[:-1], name + "x", name.swapcase(), name[1:], name[:1] + "%", "*"]):
            if asked:
                check(requester, [("RoomName", asked)], room_window)


@pytest.mark.share(3)
@given(data=st.data())
def test_filters_combine(
    requester: Requester, document: Document, room_window: CompleteList, data: st.DataObject
) -> None:
    """Any combination of filters gives the rooms that match all of them."""
    query: list[tuple[str, str]] = []
    for name in ("RoomType", "Codec"):
        values = values_of(document, name)
        chosen: list[str] = data.draw(st.lists(st.sampled_from(values), unique=True, max_size=3))
        query += [(name, value) for value in chosen]
    names = sorted({str(room["room_name"]) for room in room_window.rows if room.get("room_name")})
    if names and data.draw(st.integers(0, 3)) == 0:
        query.append(("RoomName", data.draw(st.sampled_from(names))))
    starts = [start for room in room_window.rows if (start := instant(room.get("create_time"))) is not None]
    # Other UTC offsets are allowed, but unusual: send them only to targets that may get invalid requests.
    offsets = [0, 330, -480] if requester.session.target.may_get_invalid else [0]
    for name in ("CreatedAfter", "CreatedBefore") if starts else ():
        if data.draw(st.booleans()):
            bound = data.draw(st.sampled_from(starts)) + timedelta(seconds=data.draw(st.integers(-1, 1)))
            query.append((name, spelled(bound, data.draw(st.sampled_from(offsets)))))
    check(requester, query, room_window)


def test_default_window(requester: Requester, room_window: CompleteList) -> None:
    """Without bounds the list has exactly the rooms completed in the last 24 hours."""

    def question(reading: int) -> Iterator[Judgement]:
        if reading:
            room_window.read_again()
        now = datetime.now(UTC)
        pages = walk(requester, ROOM, ROOMS, [("PageSize", "1000")])
        shown = rows_of(pages)
        ends = [(room, instant(room.get("end_time"))) for room in shown]
        wrong = [room for room, end in ends if end is None or end < now - DAY - MARGIN]
        answer, sids = pages[0].response, {room.get("room_sid") for room in shown}
        if shown:
            evidence = {"end_time": wrong[0].get("end_time")} if wrong else None
            detail = f"{len(wrong)} of {len(shown)} rooms"
            yield Judgement(filters.WINDOW, answer, "query:none", not wrong, detail, evidence)
        lately = [
            room
            for room in room_window.rows
            if (end := instant(room.get("end_time"))) is not None
            and end > now - DAY + MARGIN
            and room_window.is_stable(room)
        ]
        missing = [room for room in lately if room.get("room_sid") not in sids]
        if lately:
            evidence = {"end_time": missing[0].get("end_time")} if missing else None
            detail = f"{len(missing)} of {len(lately)} rooms are not there"
            yield Judgement(filters.WINDOW_COMPLETE, answer, "query:none", not missing, detail, evidence)

    requester.session.judge_stable(question)


@pytest.mark.parametrize("name", ["RoomType", "Codec"])
def test_filters_narrow_the_default_window(requester: Requester, document: Document, name: str) -> None:
    """Without bounds a filter gives the matching rooms of the default window."""
    values = values_of(document, name)

    def question(_: int) -> Iterator[Judgement]:
        shown = rows_of(walk(requester, ROOM, ROOMS, [("PageSize", "1000")]))
        for value in values:
            pages = walk(requester, ROOM, ROOMS, [(name, value), ("PageSize", "1000")])
            edge = datetime.now(UTC) - DAY + MARGIN

            def counts(room: Row, edge: datetime = edge) -> bool:
                end = instant(room.get("end_time"))
                return end is not None and edge < end < edge + DAY - 2 * MARGIN

            query = [(name, value)]
            yield from filters.judgements(pages[0].response, rows_of(pages), query, (), shown, counts)

    requester.session.judge_stable(question)
