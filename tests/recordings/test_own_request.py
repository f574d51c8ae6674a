"""Each recorded response is judged by its own request, and by the other responses of its file."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_kit.cassettes import cassette
from contract_kit.check.answer_laws import AnswerLaws
from contract_kit.check.seen import Seen
from tests.conftest import ROOT
from tests.recordings.examples import (
    CONTRACT,
    DOCUMENT,
    ERROR,
    HEADERS,
    MASKER,
    ORIGIN,
    PARTICIPANT,
    PARTICIPANT_PAGE,
    ROOM,
    ROOM_PAGE,
    har,
    har_entry,
    text,
    validated,
    write,
)

ROOMS = f"{ORIGIN}/v1/Video/Rooms"
Entry = dict[str, Any]


def room(number: int, **changes: Any) -> dict[str, Any]:
    """A room of the document's example with a SID of its own, in the same second as all others."""
    sid = f"RM{number:032x}"
    url = f"{ROOMS}/{sid}"
    return {**ROOM, "room_sid": sid, "url": url, "links": {"participants": f"{url}/Participants"}, **changes}


def page(query: dict[str, Any], *rows: Mapping[str, Any], **meta: Any) -> Entry:
    """The first and only page of a list of rooms, as the service would answer this query."""
    url = f"{ROOMS}?{urlencode({**query, 'PageSize': query.get('PageSize', 50), 'Page': 0}, doseq=True)}"
    head = {**ROOM_PAGE["meta"], "url": url, "first_page_url": url, "next_page_url": None, "previous_page_url": None}
    head |= {"page": 0, "page_size": int(query.get("PageSize", 50)), **meta}
    asked = f"{ROOMS}?{urlencode(query, doseq=True)}"
    return har_entry(text({"rooms": list(rows), "meta": head}), url=asked)


def detail(row: Mapping[str, Any], url: str | None = None, **headers: str) -> Entry:
    return har_entry(text(row), url=url or str(row["url"]), headers={**HEADERS, **headers})


def error(answered: int, *, url: str = ROOM["url"], headers: dict[str, str] | None = None, **body: Any) -> Entry:
    code = {401: 20003, 404: 20404, 429: 20429}[answered]
    more_info = f"https://www.twilio.com/docs/errors/{code}"
    content = {**ERROR, "code": code, "more_info": more_info, "status": answered, **body}
    given = {"Content-Type": "application/json", **(headers or {})}
    return har_entry(text(content), url=url, status=answered, headers=given)


PERIOD = {"CreatedAfter": "2026-11-14T00:00:00Z"}
TWO = (room(1), room(2))
CHALLENGE = {"WWW-Authenticate": 'Basic realm="Twilio API"'}
URL = f"{ROOMS}?PageSize=50&Page=0"


def found(tmp_path: Path, *entries: Entry) -> set[tuple[str, str, str]]:
    """The findings of a HAR file: operation, location, value."""
    result = validated(write(tmp_path / "calls.har", har(*entries)))
    return {(each.operation, each.location, each.value) for each in result.findings}


SOUND: dict[str, list[Entry]] = {
    "a list": [page(PERIOD, *TWO)],
    "a list by type": [page({**PERIOD, "RoomType": ["group", "go"]}, room(1, room_type="go"), room(2))],
    "a list by codec": [page({**PERIOD, "Codec": ["H264", "VP8"]}, *TWO)],
    "equal views": [page(PERIOD, room(1)), page({**PERIOD, "PageSize": 1}, room(1)), detail(room(1))],
    "a room that changed while it was processed": [
        page(PERIOD, room(1, processing_state="in_progress", codecs=["VP8"])),
        detail(room(1)),
    ],
    "errors": [error(404), error(401, headers=CHALLENGE), error(429, headers={"Retry-After": "7"})],
    "a date to retry at": [error(429, headers={"Retry-After": "Fri, 20 Nov 2026 20:08:56 GMT"})],
    "a null where it is allowed": [page(PERIOD, room(1, room_name=None, room_type=None, codecs=None))],
    "a page that could hold more": [page({**PERIOD, "PageSize": 1000}, *TWO)],
}


@pytest.mark.parametrize("name", SOUND)
def test_sound_recordings_have_no_finding(tmp_path: Path, name: str) -> None:
    assert found(tmp_path, *SOUND[name]) == set()


BROKEN: dict[str, tuple[list[Entry], tuple[str, str, str]]] = {
    "a row of another type": (
        [page({**PERIOD, "RoomType": "go"}, *TWO)],
        ("list_rooms", "query:RoomType", "lets-through"),
    ),
    "one row of another codec": (
        [page({**PERIOD, "Codec": "VP9"}, room(1, codecs=["VP9"]), room(2))],
        ("list_rooms", "query:Codec", "lets-through"),
    ),
    "a name altered": (
        [page({**PERIOD, "RoomName": "Zoë"}, room(1, room_name="Zoe"))],
        ("list_rooms", "query:RoomName", "lets-through"),
    ),
    "a row before the bound": (
        [page({"CreatedAfter": "2026-12-14T00:00:00Z"}, *TWO)],
        ("list_rooms", "query:CreatedAfter", "lets-through"),
    ),
    "rows between bounds in the wrong order": (
        [page({"CreatedAfter": "2026-11-21T00:00:00Z", "CreatedBefore": "2026-11-14T00:00:00Z"}, *TWO)],
        ("list_rooms", "query:CreatedAfter", "lets-through"),
    ),
    "more rows than asked for": (
        [page({**PERIOD, "PageSize": 1}, *TWO)],
        ("list_rooms", "/rooms", "page-length"),
    ),
    "a row twice": ([page(PERIOD, room(1), room(1))], ("list_rooms", "/rooms", "repeated-rows")),
    "the oldest first": (
        [page(PERIOD, room(1, create_time="2026-11-19T20:08:56Z", duration_sec=88200), room(2))],
        ("list_rooms", "/rooms/*/create_time", "sorted"),
    ),
    "another page size": (
        [page({**PERIOD, "PageSize": 7}, *TWO, page_size=50)],
        ("list_rooms", "/meta/page_size", "meta-page-size"),
    ),
    "a next page without the filter": (
        [page({"RoomType": "group"}, *TWO, next_page_url=f"{URL}&PageToken=PT00000000")],
        ("list_rooms", "/meta/next_page_url", "page-url-query"),
    ),
    "a next page with one of two values": (
        [page({"RoomType": ["group", "go"]}, *TWO, next_page_url=f"{URL}&RoomType=go&PageToken=PT00000000")],
        ("list_rooms", "/meta/next_page_url", "page-url-query"),
    ),
    "a previous page of the first": (
        [page(PERIOD, *TWO, previous_page_url=f"{URL}&CreatedAfter=2026-11-14T00:00:00Z&PageToken=PT00000000")],
        ("list_rooms", "/meta/previous_page_url", "previous-url"),
    ),
    "another value in the detail": (
        [page(PERIOD, room(1)), detail(room(1, edge_location="frankfurt"))],
        ("fetch_room", "/edge_location", "list-is-detail"),
    ),
    "another value under a filter": (
        [page(PERIOD, room(1)), page({**PERIOD, "RoomType": "group"}, room(1, media_region="de1"))],
        ("list_rooms", "/rooms/*/media_region", "same-everywhere"),
    ),
    "another room than asked for": (
        [detail(room(1), url=f"{ROOMS}/RM{2:032x}")],
        ("fetch_room", "/room_sid", "resource-asked-for"),
    ),
    "two accounts": (
        [page(PERIOD, room(1), room(2, account_sid="AC" + "0" * 32))],
        ("list_rooms", "/rooms/*/account_sid", "account"),
    ),
    "an end in the future of the service": (
        [detail(room(1), Date="Fri, 20 Nov 2026 20:30:00 GMT")],
        ("fetch_room", "/end_time", "not-in-the-future"),
    ),
    "a negative count": ([detail(room(1, max_participants=-1))], ("fetch_room", "/max_participants", "count")),
    "another status in the body": ([error(404, status=400)], ("fetch_room", "/status", "error-status")),
    "another code": ([error(404, code=20003)], ("fetch_room", "/code", "code-20404")),
    "a challenge without a realm": (
        [error(401, headers={"WWW-Authenticate": "Basic"})],
        ("fetch_room", "header:WWW-Authenticate", "challenge-form"),
    ),
    "a pause of minus one": (
        [error(429, headers={"Retry-After": "-1"})],
        ("fetch_room", "header:Retry-After", "retry-after"),
    ),
    "a pause with a superscript": (
        [error(429, headers={"Retry-After": "1\u00b2"})],
        ("fetch_room", "header:Retry-After", "retry-after"),
    ),
    "a date that is none": ([detail(room(1), Date="yesterday")], ("fetch_room", "header:Date", "date")),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_does_not_fit_the_request_is_found(tmp_path: Path, name: str) -> None:
    entries, finding = BROKEN[name]
    assert finding in found(tmp_path, *entries)


def people(*changes: dict[str, Any], of: int = 1) -> Entry:
    """The list of a room's participants."""
    url = f"{ROOMS}/RM{of:032x}/Participants"
    rows = []
    for number, each in enumerate(changes, 1):
        sid = f"PA{number:032x}"
        row = {**PARTICIPANT, "participant_sid": sid, "room_sid": f"RM{of:032x}", "url": f"{url}/{sid}", **each}
        rows.append(row)
    body = copy.deepcopy(PARTICIPANT_PAGE)
    first = f"{url}?PageSize=50&Page=0"
    body["meta"] |= {"url": first, "first_page_url": first, "next_page_url": None, "previous_page_url": None}
    return har_entry(text({**body, "participants": rows}), url=url)


def test_a_participant_of_two_rooms_is_found(tmp_path: Path) -> None:
    entries = [detail(room(1)), detail(room(2)), people({}), people({}, of=2)]
    assert ("list_participants", "/participants/*/participant_sid", "one-parent") in found(tmp_path, *entries)


def test_a_room_whose_totals_are_not_its_parts_is_found(tmp_path: Path) -> None:
    """The example's room has more participants than one, and another total."""
    values = {value for _, _, value in found(tmp_path, detail(room(1)), people({}))}
    assert {"participants-counted", "durations-summed"} <= values


def test_an_identity_twice_at_one_time_is_found(tmp_path: Path) -> None:
    values = {value for _, _, value in found(tmp_path, detail(room(1)), people({}, {}))}
    assert "identity-at-one-time" in values


def test_bodies_without_requests_are_not_judged_by_any(tmp_path: Path) -> None:
    rows = [room(1), room(1, edge_location="frankfurt", max_participants=-1)]
    result = validated(write(tmp_path / "rooms.ndjson", "".join(text(each) + "\n" for each in rows)))
    assert result.findings == ()


ANSWERS = [
    answer
    for file in sorted((ROOT / "contract_tests" / "cassettes").glob("*.yaml"))
    for answer in cassette.load(file).answers(DOCUMENT, MASKER)
]
ODD: list[Any] = [None, True, -1, 10**30, 1.5, "", "x", "²", "http://[::1/v1", [], {}, [{}], [[1]], {"a": {"b": [1]}}]
ODD += ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "2026-11-20T20:08:56Z"]
HEADER_NAMES = ["date", "retry-after", "www-authenticate", "allow", "twilio-request-id"]


def damaged(value: Any, data: st.DataObject) -> Any:
    """The value with one part of it replaced by something odd, at any depth."""
    if isinstance(value, dict | list) and value and data.draw(st.integers(0, 4)):
        key = data.draw(st.sampled_from(list(value) if isinstance(value, dict) else range(len(value))))
        return (
            {**value, key: damaged(value[key], data)}
            if isinstance(value, dict)
            else [damaged(each, data) if index == key else each for index, each in enumerate(value)]
        )
    return data.draw(st.sampled_from(ODD))


@settings(max_examples=400, deadline=None)
@given(data=st.data())
def test_no_law_stumbles_over_what_a_service_may_send(data: st.DataObject) -> None:
    laws, seen = AnswerLaws(CONTRACT), Seen(CONTRACT.kit)
    for _ in range(3):
        answer = data.draw(st.sampled_from(ANSWERS))
        body = damaged(answer.json, data)
        headers = {**answer.headers, data.draw(st.sampled_from(HEADER_NAMES)): data.draw(st.text(max_size=9))}
        status = data.draw(st.sampled_from([answer.status, 200, 401, 404, 405, 429]))
        changed = replace(answer, body=text(body).encode(), headers=headers, status=status)
        for judgement in laws.judgements(changed, seen):
            judgement.finding_on(is_live=False)
