"""A walk through pages goes on after a failure, and in another process: no row is lost, and none comes twice."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from video_log_analyzer_client import AsyncClient, errors

from tests.client.conftest import ORIGIN, PASSWORD, USERNAME, Service, answer, client_of, example, page_of
from tests.conftest import ROOT

ROOMS = f"{ORIGIN}/v1/Video/Rooms"
PAGES = 5
NAMES = [str(number) for number in range(2 * PAGES)]

FAILURES: dict[str, Callable[[], httpx.Response | Exception]] = {
    "500": lambda: answer({"code": 1, "message": "x"}, 500),
    "429": lambda: answer({"code": 1, "message": "x"}, 429),
    "connection": lambda: httpx.ConnectError("refused"),
    "timeout": lambda: httpx.ReadTimeout("slow"),
    "cut": lambda: answer(b'{"rooms": ['),
    "gzip": lambda: httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip")),
}


def service_failing(plan: list[str]) -> Service:
    """Answers with five pages of two rooms; the failures of ``plan`` come in the place of the first answers."""
    waiting = list(plan)

    def answering(request: httpx.Request) -> httpx.Response:
        failure = waiting.pop(0) if waiting else ""
        if failure:
            planned = FAILURES[failure]()
            if isinstance(planned, Exception):
                raise planned
            return planned
        number = int(request.url.params.get("Page", "0"))
        rooms = [example("CompletedRoom") | {"room_name": str(2 * number + each)} for each in range(2)]
        page = page_of(rooms, f"{ROOMS}?Page={number + 1}" if number < PAGES - 1 else None)
        page["meta"]["url"] = f"{ROOMS}?Page={number}"
        return answer(page)

    return Service([answering])


@given(st.lists(st.sampled_from(["", *FAILURES]), max_size=12), st.booleans())
def test_whatever_fails_each_row_comes_once(plan: list[str], prefetch: bool) -> None:
    walk = client_of(service_failing(plan)).rooms.iterate(prefetch=prefetch)
    seen: list[str | None] = []
    failures = 0
    while True:
        try:
            seen.append(next(walk).room_name)
        except StopIteration:
            break
        except errors.ClientError:
            failures += 1
    assert seen == NAMES
    assert failures == sum(map(bool, plan[: failures + PAGES]))


@given(st.lists(st.sampled_from(["", *FAILURES]), max_size=8), st.booleans())
def test_asynchronous_walk_goes_on_as_well(plan: list[str], prefetch: bool) -> None:
    async def walk() -> list[str | None]:
        seen: list[str | None] = []
        arguments = {"transport": httpx.MockTransport(service_failing(plan))}
        async with AsyncClient(USERNAME, PASSWORD, base_url=ORIGIN, retry=None, httpx_args=arguments) as client:
            rows = client.rooms.iterate(prefetch=prefetch)
            while True:
                try:
                    seen.append((await anext(rows)).room_name)
                except StopAsyncIteration:
                    return seen
                except errors.ClientError:
                    pass

    assert asyncio.run(walk()) == NAMES


def test_next_page_is_asked_for_while_the_rows_of_one_are_in_use() -> None:
    asked = threading.Event()
    service = service_failing([])

    def watch(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("Page") == "1":
            asked.set()
        return service(request)

    client = client_of(Service([watch]))
    rows = client.rooms.iterate(prefetch=True)
    assert next(rows).room_name == "0"
    assert asked.wait(timeout=60)
    rows.close()
    assert list(rows) == []


def test_without_it_no_page_is_asked_for_in_vain() -> None:
    service = service_failing([])
    assert next(client_of(service).rooms.iterate()).room_name == "0"
    assert len(service.requests) == 1


def test_asynchronous_walk_that_is_left_ends_its_request() -> None:
    async def leave() -> set[str]:
        arguments = {"transport": httpx.MockTransport(service_failing([]))}
        async with AsyncClient(USERNAME, PASSWORD, base_url=ORIGIN, httpx_args=arguments) as client:
            rows = client.rooms.iterate(prefetch=True)
            await anext(rows)
            await rows.aclose()
            await asyncio.sleep(0)
        return {task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}}

    assert asyncio.run(leave()) == set()


def test_pages_know_the_way_on() -> None:
    page = client_of(service_failing([])).rooms.list()
    seen = [*page.rooms]
    while page.has_next_page:
        following = page.next_page()
        assert following is not None
        page = following
        seen += page.rooms
    assert [room.room_name for room in seen] == NAMES
    assert page.next_page() is None


def test_page_of_the_other_client_or_of_none_says_so() -> None:
    page = client_of(service_failing([])).rooms.list()
    with pytest.raises(errors.ConfigurationError, match=r"a page|this page is of a Client: call next_page\(\)"):
        asyncio.run(page.next_page_async())
    with pytest.raises(errors.NoRawResponse):
        type(page).from_dict(page.to_dict()).next_page()

    async def ask() -> Any:
        arguments = {"transport": httpx.MockTransport(service_failing([]))}
        async with AsyncClient(USERNAME, PASSWORD, base_url=ORIGIN, httpx_args=arguments) as client:
            page = await client.rooms.list()
            with pytest.raises(errors.ConfigurationError, match=r"call next_page_async\(\)"):
                page.next_page()
            return await page.next_page_async()

    assert [room.room_name for room in asyncio.run(ask()).rooms] == NAMES[2:4]


def test_walk_goes_on_in_another_client_from_its_page() -> None:
    service = service_failing([])
    rows = client_of(service).rooms.iterate()
    first = [next(rows).room_name for _ in range(5)]
    place = rows.page_url
    assert place == f"{ROOMS}?Page=2"
    # The rows of the page that the last row is of come again.
    assert [*first[:4], *(room.room_name for room in client_of(service).rooms.iterate(page_url=place))] == NAMES
    pages = client_of(service).rooms.pages()
    assert pages.next_page_url is None
    next(pages)
    assert pages.next_page_url == f"{ROOMS}?Page=1"
    assert len(list(client_of(service).rooms.pages(page_url=pages.next_page_url))) == PAGES - 1


def test_token_is_sent_with_the_first_page() -> None:
    service = service_failing([])
    list(client_of(service).rooms.iterate(page_token="PT7", page_size=2))
    assert dict(service.requests[0].url.params) == {"PageToken": "PT7", "PageSize": "2"}


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/v1/Video/Rooms?Page=1",
        f"{ORIGIN}/v1/Other",
        "https://u:p@insights.example.com/v1/Video/Rooms",
    ],
)
def test_place_elsewhere_is_refused_before_anything_is_sent(url: str) -> None:
    service = service_failing([])
    with pytest.raises(errors.PagingError):
        client_of(service).rooms.iterate(page_url=url)
    assert service.requests == []


def test_place_with_filters_is_refused() -> None:
    with pytest.raises(errors.InvalidArgument, match="leave out RoomType"):
        client_of(service_failing([])).rooms.iterate(page_url=f"{ROOMS}?Page=1", room_type="go")


def test_closed_walk_asks_for_nothing_more() -> None:
    service = service_failing([])
    rows = client_of(service).rooms.iterate()
    next(rows)
    rows.close()
    assert list(rows) == []
    assert len(service.requests) == 1


def test_client_that_was_closed_says_so_in_the_walk() -> None:
    client = client_of(service_failing([]))
    rows = client.rooms.iterate()
    next(rows)
    next(rows)
    client.close()
    with pytest.raises(errors.ConfigurationError, match="closed"):
        next(rows)


RESUME = """
import json, sys
import httpx
from tests.client.test_walks import client_of, service_failing
rows = client_of(service_failing([])).rooms.iterate(page_url=sys.argv[1])
print(json.dumps([room.room_name for room in rows]))
"""


def test_another_process_goes_on() -> None:
    pages = client_of(service_failing([])).rooms.pages()
    next(pages)
    next(pages)
    done = subprocess.run(
        [sys.executable, "-c", RESUME, str(pages.next_page_url)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == NAMES[4:]
