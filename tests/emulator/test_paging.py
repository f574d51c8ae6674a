"""Paging: pages of any size add up to the list, whatever happens to the list in the meantime."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_kit.emulator import rfc3339
from video_log_analyzer.emulator import vocabulary

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

ROOMS = "/v1/Video/Rooms"
ALL = "0000-01-01T00:00:00Z"
DAY = 86_400


def sids(rooms: list[Any]) -> list[str]:
    return [room["room_sid"] for room in rooms]


def without(url: str, *names: str) -> str:
    """The URL less these parameters."""
    base, _, query = url.partition("?")
    return f"{base}?" + "&".join(pair for pair in query.split("&") if pair.partition("=")[0] not in names)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    page_size=st.integers(1, 60),
    types=st.lists(st.sampled_from(vocabulary.ROOM_TYPE.current), max_size=2),
    codecs=st.lists(st.sampled_from(vocabulary.CODEC.current), max_size=2),
    bounds=st.sampled_from([{}, {"CreatedAfter": ALL}, {"RoomName": "interview", "CreatedAfter": ALL}]),
)
def test_pages_of_any_size_add_up_to_one_page_of_all(
    emulator: Emulator, page_size: int, types: list[str], codecs: list[str], bounds: dict[str, str]
) -> None:
    filters: dict[str, Any] = {"RoomType": types, "Codec": codecs} | bounds
    whole = emulator.rooms(**filters)
    pages = list(emulator.walk(**filters, PageSize=page_size))
    assert [room for page in pages for room in page["rooms"]] == whole
    assert [page["meta"]["page"] for page in pages] == list(range(len(pages)))
    assert all(len(page["rooms"]) == page_size for page in pages[:-1])


def test_rooms_run_from_new_to_old(emulator: Emulator) -> None:
    rooms = emulator.rooms(CreatedAfter=ALL)
    places = [(room["create_time"], room["room_sid"]) for room in rooms]
    assert places == sorted(places, reverse=True)


def test_the_participants_list_pages_in_the_order_of_joining(emulator: Emulator) -> None:
    path = emulator.room_with_participants(at_least=8)["links"]["participants"]
    whole = emulator.document(path, PageSize=1000)["participants"]
    places = [(one["join_time"], one["participant_sid"]) for one in whole]
    assert places == sorted(places)
    for page_size in (1, 3, len(whole), len(whole) + 1):
        pages = list(emulator.walk(path, PageSize=page_size))
        assert [one for page in pages for one in page["participants"]] == whole
        assert {page["meta"]["key"] for page in pages} == {"participants"}


def test_fifty_rows_by_default(emulator: Emulator) -> None:
    document = emulator.document(CreatedAfter=ALL)
    assert (len(document["rooms"]), document["meta"]["page_size"]) == (50, 50)


def test_meta_says_where_one_is_and_where_to_go(emulator: Emulator) -> None:
    base = str(emulator.client.base_url)
    filters = f"RoomType=go&RoomType=group&Codec=opus&CreatedAfter={ALL.replace(':', '%3A')}"
    # Given in another order and with an offset: normalised in the answer.
    first = emulator.document(
        f"{ROOMS}?PageSize=7&Codec=opus&CreatedAfter=0000-01-01T01:00:00%2B01:00&RoomType=group&RoomType=go&RoomType=go"
    )["meta"]
    token = first["next_page_url"].rpartition("PageToken=")[2]
    assert token.startswith("PT")
    assert first == {
        "first_page_url": f"{base}{ROOMS}?{filters}&PageSize=7&Page=0",
        "key": "rooms",
        "next_page_url": f"{base}{ROOMS}?{filters}&PageSize=7&Page=1&PageToken={token}",
        "page": 0,
        "page_size": 7,
        "previous_page_url": None,
        "url": f"{base}{ROOMS}?{filters}&PageSize=7&Page=0",
    }
    second = emulator.document(first["next_page_url"])["meta"]
    assert (second["url"], second["first_page_url"]) == (first["next_page_url"], first["first_page_url"])
    assert f"{filters}&PageSize=7&Page=0&PageToken=PT" in second["previous_page_url"]


def test_the_last_page_leads_nowhere_even_when_it_is_full(emulator: Emulator) -> None:
    count = len(emulator.rooms())
    for page_size, next_is_none in ((count - 1, False), (count, True), (count + 1, True)):
        meta = emulator.document(PageSize=page_size)["meta"]
        assert (meta["next_page_url"] is None) == next_is_none


def test_an_empty_list_has_one_empty_page(start: Callable[..., Emulator]) -> None:
    document = start(empty=True).document()
    assert document["rooms"] == []
    assert (document["meta"]["next_page_url"], document["meta"]["previous_page_url"]) == (None, None)


@pytest.mark.parametrize("page_size", [1, 4, 29])
@pytest.mark.parametrize("filters", [{}, {"RoomType": ["go", "group"]}, {"Codec": "VP8"}], ids=str)
def test_the_way_back_shows_the_same_pages(emulator: Emulator, page_size: int, filters: dict[str, Any]) -> None:
    everything = emulator.rooms(CreatedAfter=ALL)
    bounds = {"CreatedAfter": everything[-5]["create_time"], "CreatedBefore": everything[5]["create_time"]}
    pages = list(emulator.walk(**bounds, **filters, PageSize=page_size))[:12]
    page = pages[-1]
    for expected in reversed(pages[:-1]):
        page = emulator.document(page["meta"]["previous_page_url"])
        assert page["rooms"] == expected["rooms"]
        assert page["meta"]["page"] == expected["meta"]["page"]
    assert page["meta"]["previous_page_url"] is None
    # And forth again, from a page that was reached backward.
    for expected in pages[1:]:
        page = emulator.document(page["meta"]["next_page_url"])
        assert page["rooms"] == expected["rooms"]


def test_the_way_back_is_right_after_a_last_page_that_is_not_full(emulator: Emulator) -> None:
    *_, before_last, last = emulator.walk(CreatedAfter=ALL, PageSize=40)
    assert len(last["rooms"]) == 30
    assert emulator.document(last["meta"]["previous_page_url"])["rooms"] == before_last["rooms"]


def test_first_page_url_is_the_first_page(emulator: Emulator) -> None:
    first, second, *_ = emulator.walk(CreatedAfter=ALL, RoomType="go", PageSize=5)
    again = emulator.document(second["meta"]["first_page_url"])
    assert (again["rooms"], again["meta"]["page"]) == (first["rooms"], 0)


def test_a_token_carries_its_filters(emulator: Emulator) -> None:
    _, second, *_ = emulator.walk(CreatedAfter=ALL, RoomType=["go", "group"], Codec="VP8", PageSize=5)
    url = second["meta"]["url"]
    bare = without(url, "RoomType", "Codec", "CreatedAfter")
    assert "RoomType" not in bare
    assert emulator.document(bare) == second
    for other in (
        without(url, "Codec"),
        f"{url}&RoomType=peer_to_peer",
        f"{bare}&RoomType=go",
        f"{url}&RoomName=interview",
        f"{bare}&CreatedBefore={ALL}",
    ):
        response = emulator.get(other)
        assert (response.status_code, response.json()["code"]) == (400, 21481)


def test_the_page_number_is_the_clients_business(emulator: Emulator) -> None:
    _, second, *_ = emulator.walk(PageSize=5)
    url = second["meta"]["url"]
    assert emulator.document(without(url, "Page"))["meta"]["page"] == 1
    renumbered = emulator.document(url.replace("Page=1", "Page=7"))
    assert (renumbered["rooms"], renumbered["meta"]["page"]) == (second["rooms"], 7)
    assert "Page=8&" in renumbered["meta"]["next_page_url"]
    assert "Page=6&" in renumbered["meta"]["previous_page_url"]


def test_the_page_size_may_change_on_the_way(emulator: Emulator) -> None:
    whole = emulator.rooms()
    first = emulator.document(PageSize=3)
    rest = emulator.document(first["meta"]["next_page_url"].replace("PageSize=3", "PageSize=1000"))
    assert first["rooms"] + rest["rooms"] == whole


def test_a_token_that_we_did_not_give_for_this_list_is_refused(
    emulator: Emulator, start: Callable[..., Emulator]
) -> None:
    token = dict(parse_qsl(urlsplit(emulator.document(PageSize=2)["meta"]["next_page_url"]).query))["PageToken"]
    assert emulator.get(PageToken=token).status_code == 200
    other_server = start(rooms=10).document(PageSize=2)["meta"]["next_page_url"].rpartition("=")[2]
    forged = [token[:-1], token + "A", token[:-4], token + "=", token[2:], "pt" + token[2:], other_server]
    # Every single character counts, the last one too, whose lowest bits base64 does not use.
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    for place in range(2, len(token)):
        other = alphabet[alphabet.index(token[place]) ^ 1]
        forged.append(f"{token[:place]}{other}{token[place + 1 :]}")
    participants = emulator.room_with_participants()["links"]["participants"]
    another = emulator.document(participants, PageSize=1)["meta"]["next_page_url"].rpartition("=")[2]
    for url, bad in [(ROOMS, text) for text in forged] + [(ROOMS, another), (participants, token)]:
        response = emulator.get(url, PageToken=bad)
        assert (response.status_code, response.json()["code"]) == (400, 21481)


def test_a_token_freezes_the_window(start: Callable[..., Emulator]) -> None:
    emulator = start(empty=True)
    before = [emulator.add_room(created_ago=DAY + 600 * number, ended_ago=DAY - 600) for number in range(6)]
    first = emulator.document(PageSize=2)
    emulator.clock.advance(3600)
    assert emulator.rooms() == []
    second = emulator.document(first["meta"]["next_page_url"])
    third = emulator.document(second["meta"]["next_page_url"])
    assert sids(first["rooms"] + second["rooms"] + third["rooms"]) == before
    assert emulator.document(second["meta"]["previous_page_url"])["rooms"] == first["rooms"]


def test_a_page_of_a_closed_window_is_the_same_whenever_it_is_asked_for(start: Callable[..., Emulator]) -> None:
    emulator = start()
    now = emulator.clock.now()
    bounds = {"CreatedAfter": rfc3339.render(now - 3 * 86_400), "CreatedBefore": rfc3339.render(now)}
    participants = emulator.room_with_participants(3)["links"]["participants"]

    def pages() -> list[bytes]:
        asked = [emulator.get(PageSize=2, **bounds), emulator.get(participants, PageSize=1)]
        for response in list(asked):
            following = emulator.get(response.json()["meta"]["next_page_url"])
            asked += [following, emulator.get(following.json()["meta"]["previous_page_url"])]
        assert {response.status_code for response in asked} == {200}
        return [response.content for response in asked]

    before = pages()
    emulator.clock.advance(7)
    assert pages() == before
    # What has expired since is missing behind a token, too.
    second_page = emulator.document(PageSize=2, **bounds)["meta"]["next_page_url"]
    emulator.clock.advance(8 * 86_400)
    assert {room["end_time"] for room in emulator.document(second_page)["rooms"]} == {None}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    page_size=st.integers(1, 20),
    bounds=st.sampled_from([{}, {"CreatedAfter": ALL}]),
    happenings=st.lists(
        st.lists(st.tuples(st.sampled_from(["begin", "complete", "expire"]), st.integers(0, 7 * DAY - 2)), max_size=4),
        max_size=12,
    ),
)
def test_a_walk_sees_once_what_was_there_while_rooms_come_and_go(
    changing_emulator: Emulator,
    page_size: int,
    bounds: dict[str, str],
    happenings: list[list[tuple[str, int]]],
) -> None:
    emulator = changing_emulator
    for number in range(max(0, 60 - len(emulator.rooms(CreatedAfter=ALL)))):
        age = (number * 12_345 + 1) % (7 * DAY if number % 2 else DAY)
        emulator.add_room(created_ago=age + number, ended_ago=age)
    at_start = emulator.rooms(**bounds)
    seen: list[str] = []
    for number, page in enumerate(emulator.walk(**bounds, PageSize=page_size)):
        seen += sids(page["rooms"])
        for happening, when in happenings[number] if number < len(happenings) else []:
            if happening == "expire":
                emulator.clock.advance(when // 10)
            else:
                emulator.add_room(created_ago=when + 1, ended_ago=when if happening == "complete" else None)
    alive = rfc3339.render(emulator.clock.now() - 7 * DAY)
    must_be_seen = sids([room for room in at_start if room["end_time"] is None or room["end_time"] > alive])
    assert len(seen) == len(set(seen))
    assert [sid for sid in seen if sid in set(must_be_seen)] == must_be_seen
