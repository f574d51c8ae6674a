"""Pages are asked for when they are wanted, and followed to no other host and in no circle."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import httpx
import pytest
from video_log_analyzer_client import AsyncClient, errors

from tests.client.conftest import ORIGIN, PASSWORD, USERNAME, Service, answer, client_of, example, page_of

ROOMS = "/v1/Video/Rooms"


def rooms(*numbers: int) -> list[dict[str, Any]]:
    return [example("CompletedRoom") | {"room_name": str(number)} for number in numbers]


def pages(*following: str | None) -> Service:
    """A page of two rooms for each next_page_url."""
    return Service([answer(page_of(rooms(2 * index, 2 * index + 1), url)) for index, url in enumerate(following)])


def test_rows_come_lazily_and_in_order() -> None:
    service = pages(f"{ORIGIN}{ROOMS}?Page=1&PageToken=a", f"{ORIGIN}{ROOMS}?Page=2&PageToken=b", None)
    walk = client_of(service).rooms.iterate()
    assert service.requests == []
    assert [room.room_name for room in itertools.islice(walk, 2)] == ["0", "1"]
    assert len(service.requests) == 1
    assert [room.room_name for room in walk] == ["2", "3", "4", "5"]
    assert [str(request.url) for request in service.requests[1:]] == [
        f"{ORIGIN}{ROOMS}?Page=1&PageToken=a",
        f"{ORIGIN}{ROOMS}?Page=2&PageToken=b",
    ]


def test_pages_come_with_their_meta() -> None:
    service = pages(f"{ORIGIN}{ROOMS}?Page=1&PageToken=a", None)
    found = list(client_of(service).rooms.pages(page_size=2))
    assert [page.meta.next_page_url is None for page in found] == [False, True]
    assert service.requests[0].url.params["PageSize"] == "2"


@pytest.mark.parametrize(
    ("limit", "page_size", "sent", "names"),
    [(None, None, "1000", 4), (3, None, "3", 3), (2, None, "2", 2), (3, 2, "2", 3), (5000, None, "1000", 4)],
)
def test_limit_and_page_size(limit: int | None, page_size: int | None, sent: str | None, names: int) -> None:
    service = pages(f"{ORIGIN}{ROOMS}?PageToken=a", None)
    found = list(client_of(service).rooms.iterate(limit=limit, page_size=page_size))
    assert len(found) == names
    assert service.requests[0].url.params.get("PageSize") == sent
    assert len(service.requests) == (1 if names == 2 else 2)


def test_limit_of_none_at_all_asks_nothing() -> None:
    service = pages(None)
    assert list(client_of(service).rooms.iterate(limit=0)) == []
    assert service.requests == []
    with pytest.raises(errors.InvalidArgument, match="limit is -1"):
        client_of(service).rooms.iterate(limit=-1)


def test_circle_is_left_with_an_error_and_no_row_is_lost() -> None:
    service = pages(f"{ORIGIN}{ROOMS}?PageToken=a", f"{ORIGIN}{ROOMS}?PageToken=b", f"{ORIGIN}{ROOMS}?PageToken=a")
    seen: list[str | None] = []
    with pytest.raises(errors.PagingError, match="circle"):
        seen.extend(room.room_name for room in client_of(service).rooms.iterate())
    assert seen == ["0", "1", "2", "3", "4", "5"]
    assert len(service.requests) == 3


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example.com/v1/Video/Rooms?PageToken=a",
        "http://insights.example.com/v1/Video/Rooms?PageToken=a",
        "https://insights.example.com:8443/v1/Video/Rooms?PageToken=a",
        "https://insights.example.com.evil.example/v1/Video/Rooms",
        "https://insights.example.com@evil.example/v1/Video/Rooms",
        "https://user:other@insights.example.com/v1/Video/Rooms",
        "//evil.example/v1/Video/Rooms",
        "ftp://insights.example.com/",
        "https://[",
    ],
)
def test_credentials_follow_no_address_elsewhere(url: str) -> None:
    service = pages(url, None)
    with pytest.raises(errors.PagingError) as caught:
        list(client_of(service).rooms.iterate())
    assert caught.value.url == url
    assert caught.value.operation == "list_rooms"
    assert len(service.requests) == 1


def test_page_that_is_its_own_successor_is_read_once() -> None:
    page = page_of(rooms(0))
    page["meta"]["next_page_url"] = page["meta"]["url"] = f"{ORIGIN}{ROOMS}?PageSize=50&Page=0"
    service = Service([answer(page)])
    with pytest.raises(errors.PagingError, match="circle"):
        list(client_of(service).rooms.iterate())
    assert len(service.requests) == 1


@pytest.mark.parametrize("url", [f"{ORIGIN}:443{ROOMS}?PageToken=a", f"{ROOMS}?PageToken=a", "?PageToken=a"])
def test_other_spellings_of_the_same_origin_are_followed(url: str) -> None:
    service = pages(url, None)
    assert len(list(client_of(service).rooms.iterate())) == 4
    assert service.requests[1].url.path == ROOMS
    assert service.requests[1].url.params["PageToken"] == "a"


@pytest.mark.parametrize("url", ["x/", f"{ORIGIN}/v1/Video/Rooms/RM1", "/v1/Other?PageToken=a"])
def test_other_things_of_the_same_origin_are_no_pages_of_the_list(url: str) -> None:
    service = pages(url)
    with pytest.raises(errors.PagingError, match="something else than the same list"):
        list(client_of(service).rooms.iterate())
    assert len(service.requests) == 1


def test_redirect_is_not_followed_either() -> None:
    service = Service([httpx.Response(302, headers={"Location": "https://user:pass@evil.example/"})])
    client = client_of(service, {"httpx_args": {"follow_redirects": True}})
    with pytest.raises(
        errors.Redirected, match=r"leads to https://evil\.example/, where the client does not go"
    ) as caught:
        client.rooms.list()
    assert caught.value.status == 302
    assert caught.value.headers["location"] == "https://user:pass@evil.example/"
    assert len(service.requests) == 1


def test_asynchronous_pages_are_the_same() -> None:
    service = pages(f"{ORIGIN}{ROOMS}?PageToken=a", f"{ORIGIN}{ROOMS}?PageToken=a")

    async def walk() -> list[str | None]:
        seen: list[str | None] = []
        arguments = {"transport": httpx.MockTransport(service)}
        async with AsyncClient(USERNAME, PASSWORD, base_url=ORIGIN, httpx_args=arguments) as client:
            walk = client.rooms.iterate()
            for _ in range(4):
                seen.append((await anext(walk)).room_name)
            with pytest.raises(errors.PagingError, match="circle"):
                await anext(walk)
            assert [each.room_name async for each in client.rooms.iterate(limit=1)] == ["2"]
        return seen

    assert asyncio.run(walk()) == ["0", "1", "2", "3"]
