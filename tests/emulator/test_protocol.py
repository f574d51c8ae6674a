"""Authentication, routes, methods, headers and errors, as any HTTP client sees them."""

from __future__ import annotations

import base64
import re
import socket
import time
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

from contract_kit.targets import Target

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

ROOMS = "/v1/Video/Rooms"
ABSENT = "RM00000000ffffffffffffffffffffffff"
CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST, OPTIONS",
    "access-control-allow-credentials": "true",
}


def require_error(response: httpx.Response, status: int, code: int) -> str:
    """The answer is the error, in the vendor's shape and with every published header; returns its message."""
    assert (response.status_code, response.headers["content-type"]) == (status, "application/json"), response.text
    error = response.json()
    assert {key: error[key] for key in ("code", "status", "more_info")} == {
        "code": code,
        "status": status,
        "more_info": f"https://www.twilio.com/docs/errors/{code}",
    }
    assert set(error) == {"code", "message", "more_info", "status"}
    require_published_headers(response)
    assert ("www-authenticate" in response.headers) == (status == 401)
    assert ("allow" in response.headers) == (status == 405)
    return str(error["message"])


def require_published_headers(response: httpx.Response) -> None:
    assert re.fullmatch("RQ[0-9a-f]{32}", response.headers["twilio-request-id"])
    assert float(response.headers["twilio-request-duration"]) >= 0
    assert int(response.headers["twilio-concurrent-requests"]) >= 1
    assert response.headers["strict-transport-security"].startswith("max-age=")
    assert {name: response.headers[name] for name in CORS} == CORS
    assert response.headers["access-control-allow-headers"]
    assert response.headers["access-control-expose-headers"]


def paths(emulator: Emulator) -> list[str]:
    room = emulator.room_with_participants()
    participants = emulator.document(room["links"]["participants"])["participants"]
    return [ROOMS, room["url"], room["links"]["participants"], participants[0]["url"]]


def test_the_four_operations_answer_json_with_the_published_headers(emulator: Emulator) -> None:
    request_ids = set()
    for path in paths(emulator):
        response = emulator.get(path)
        assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
        require_published_headers(response)
        request_ids.add(response.headers["twilio-request-id"])
    assert len(request_ids) == 4


def test_a_room_and_a_participant_are_the_same_in_their_list(emulator: Emulator) -> None:
    room = emulator.room_with_participants()
    assert emulator.document(room["url"]) == room
    participants = emulator.document(room["links"]["participants"], PageSize=1000)["participants"]
    assert len(participants) == room["unique_participants"]
    for participant in participants:
        assert emulator.document(participant["url"]) == participant


def basic(text: str) -> str:
    return "Basic " + base64.b64encode(text.encode()).decode()


def test_whoever_is_not_the_account_gets_401_before_anything_else(emulator: Emulator) -> None:
    first, second = emulator.accounts
    wrong = [
        None,
        "",
        "Basic",
        "Basic !!!",
        "Basic /w==",
        f"Bearer {first.auth_token}",
        basic(first.sid),
        basic(f"{first.sid}:"),
        basic(f":{first.auth_token}"),
        basic(f"{first.sid}:{first.auth_token}x"),
        basic(f"{first.sid}:{second.auth_token}"),
        basic(f"{first.sid.lower()}:{first.auth_token}"),
        basic(f"AC{'0' * 32}:{first.auth_token}"),
    ]
    for authorization in wrong:
        headers = {} if authorization is None else {"Authorization": authorization}
        for method, url in [("GET", ROOMS), ("POST", ROOMS), ("GET", "/nothing"), ("GET", f"{ROOMS}?PageSize=0")]:
            response = emulator.stranger.request(method, url, headers=headers)
            require_error(response, 401, 20003)
            assert response.headers["www-authenticate"] == 'Basic realm="Twilio API"'


def test_both_accounts_have_rooms_that_the_other_cannot_reach(emulator: Emulator) -> None:
    second = emulator.accounts[1]
    of_second = (second.sid, second.auth_token)
    theirs = emulator.stranger.get(f"{ROOMS}?CreatedAfter=0000-01-01T00:00:00Z&PageSize=1000", auth=of_second).json()
    ours = emulator.rooms(CreatedAfter="0000-01-01T00:00:00Z")
    assert {room["account_sid"] for room in ours} == {emulator.accounts[0].sid}
    assert {room["account_sid"] for room in theirs["rooms"]} == {second.sid}
    room = next(room for room in theirs["rooms"] if room["unique_participants"])
    participant = emulator.stranger.get(room["links"]["participants"], auth=of_second).json()["participants"][0]
    for url in (room["url"], room["links"]["participants"], participant["url"]):
        require_error(emulator.get(url), 404, 20404)
    page_of_second = emulator.stranger.get(f"{ROOMS}?PageSize=1", auth=of_second).json()
    require_error(emulator.get(page_of_second["meta"]["next_page_url"]), 400, 21481)


def test_what_is_not_there_is_404_with_the_path_without_its_version(emulator: Emulator) -> None:
    room = emulator.room_with_participants()
    other = next(one for one in emulator.rooms() if one["room_sid"] != room["room_sid"])
    participant = emulator.document(room["links"]["participants"])["participants"][0]["participant_sid"]
    message = require_error(emulator.get(f"{ROOMS}/{ABSENT}"), 404, 20404)
    assert message == f"The requested resource /Video/Rooms/{ABSENT} was not found"
    for path in (
        "/",
        "/v1",
        "/v1/Video",
        "/v2/Video/Rooms",
        "/v1/video/rooms",
        f"{ROOMS}/",
        f"{ROOMS}//",
        f"{ROOMS}%2F{room['room_sid']}",
        f"{ROOMS}/{room['room_sid']}/",
        f"{ROOMS}/{room['room_sid']}/Participants/",
        f"{ROOMS}/{room['room_sid']}/Recordings",
        f"{ROOMS}/{room['room_sid']}/Participants/{participant}/Tracks",
        f"{ROOMS}/{room['room_sid'].upper()}",
        f"{ROOMS}/RM",
        f"{ROOMS}/%00",
        f"{ROOMS}/%FF",
        f"{ROOMS}/{'R' * 5000}",
        f"{ROOMS}/{ABSENT}/Participants",
        f"{ROOMS}/{ABSENT}/Participants/{participant}",
        f"{ROOMS}/{other['room_sid']}/Participants/{participant}",
    ):
        require_error(emulator.get(path), 404, 20404)


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "QUERY"])
def test_only_get_is_allowed(emulator: Emulator, method: str) -> None:
    for path in (*paths(emulator), f"{ROOMS}/anything", f"{ROOMS}/RM0/Participants/%2F"):
        response = emulator.client.request(method, path)
        assert (response.status_code, response.headers["allow"]) == (405, "GET")
        if method != "HEAD":
            require_error(response, 405, 20004)
    require_error(emulator.client.request("POST", "/nothing"), 404, 20404)


@pytest.mark.parametrize(
    ("query", "code"),
    [
        *((f"{name}={date}", 20001) for name in ("CreatedAfter", "CreatedBefore") for date in ("2026-11-20", "", "x")),
        ("CreatedAfter=2026-11-20T20:08:56+01:00", 20001),  # a plus that is not escaped is a space
        *((f"PageSize={value}", 20001) for value in ("0", "-1", "1.0", "1e2", "abc", "", "007", "%2B5", "٣", "0x10")),
        *((f"PageSize={value}", 20007) for value in ("1001", "9" * 900)),
        *((f"Page={value}", 20001) for value in ("1", "-1", "abc", "", "1.5", "9" * 900, "9" * 5000)),
        *((f"PageToken={value}", 21481) for value in ("", "PT", "x", "PTAAAA", "PT====", "%C3%A9", "P" * 9000)),
        *((f"RoomType={value}", 20001) for value in ("", "webinar", "GROUP", "go,group", "go&RoomType=nope")),
        *((f"Codec={value}", 20001) for value in ("", "AV1", "vp8", "VP8,opus")),
        ("PageSize=5&PageSize=5", 20001),
        ("Page=0&Page=0", 20001),
        ("PageToken=a&PageToken=b", 20001),
        ("RoomName=a&RoomName=a", 20001),
        ("CreatedAfter=2026-11-20T20:08:56Z&CreatedAfter=2026-11-20T20:08:56Z", 20001),
        *(("RoomName=" + value, 20001) for value in ("%", "%4", "%zz", "%FF", "%ED%A0%80", "a" * 17_000)),
        ("%FF=1", 20001),
    ],
)
def test_what_cannot_be_meant_is_400(emulator: Emulator, query: str, code: int) -> None:
    message = require_error(emulator.get(f"{ROOMS}?{query}"), 400, code)
    if query.startswith("Created") and "&" not in query:
        assert query.partition("=")[0] in message
        assert "yyyy-MM-dd'T'HH:mm:ss'Z'" in message


def test_parameters_of_the_participants_list_are_read_as_strictly(emulator: Emulator) -> None:
    path = emulator.room_with_participants()["links"]["participants"]
    for query, code in (("PageSize=0", 20001), ("PageSize=1001", 20007), ("Page=1", 20001), ("PageToken=PT", 21481)):
        require_error(emulator.get(f"{path}?{query}"), 400, code)
    assert emulator.document(f"{path}?RoomType=nonsense") == emulator.document(path)


def test_unknown_parameters_are_ignored(emulator: Emulator) -> None:
    assert emulator.document(f"{ROOMS}?Limit=1&pagesize=x&Foo=1&Foo=2&&=") == emulator.document()
    room = emulator.room_with_participants()
    assert emulator.document(room["url"] + "?PageSize=0") == room


def test_page_size_above_the_maximum_is_clamped_when_told_to(start: Callable[..., Emulator]) -> None:
    emulator = start(worlds=("D18=too-large-clamped",), rooms=3)
    meta = emulator.document(PageSize=5000)["meta"]
    assert (meta["page_size"], meta["url"].endswith("PageSize=1000&Page=0")) == (1000, True)


@pytest.mark.parametrize(
    ("headers", "origin"),
    [
        ({"Host": "insights.example"}, "http://insights.example"),
        ({"Host": "insights.example:8443", "X-Forwarded-Proto": "https"}, "https://insights.example:8443"),
        ({"Host": "[::1]:9", "X-Forwarded-Proto": "HTTPS, http"}, "https://[::1]:9"),
        ({"Host": "h", "X-Forwarded-Proto": "javascript"}, "http://h"),
        ({"Host": 'a"b/<c>'}, "http://127.0.0.1:{port}"),
        ({"Host": "user@evil.example"}, "http://127.0.0.1:{port}"),
    ],
)
def test_urls_are_on_the_origin_of_the_caller(emulator: Emulator, headers: dict[str, str], origin: str) -> None:
    origin = origin.replace("{port}", str(emulator.client.base_url.port))
    document = emulator.client.get(f"{ROOMS}?PageSize=1", headers=headers).json()
    meta, room = document["meta"], document["rooms"][0]
    urls = [meta["url"], meta["first_page_url"], meta["next_page_url"], room["url"], room["links"]["participants"]]
    assert {url.partition("/v1/")[0] for url in urls} == {origin}


def test_urls_are_on_the_public_url_if_there_is_one(start: Callable[..., Emulator]) -> None:
    emulator = start(public_url="https://insights.example/twilio", rooms=3)
    document = emulator.client.get(ROOMS, headers={"Host": "other", "X-Forwarded-Proto": "http"}).json()
    assert document["meta"]["url"] == "https://insights.example/twilio/v1/Video/Rooms?PageSize=50&Page=0"
    assert document["rooms"][0]["url"].startswith("https://insights.example/twilio/v1/Video/Rooms/RM")


def raw(emulator: Emulator, request: bytes) -> bytes:
    """What comes back for bytes on a socket, until the server closes or falls silent."""
    with socket.create_connection(("127.0.0.1", emulator.client.base_url.port or 0), timeout=20) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := connection.recv(65_536):
            answer += chunk
        return answer


def test_connection_close_is_echoed(emulator: Emulator) -> None:
    assert emulator.client.get(ROOMS, headers={"Connection": "close"}).headers["connection"] == "close"
    assert "connection" not in emulator.get().headers


def test_malformed_requests_never_get_a_5xx(emulator: Emulator) -> None:
    credentials = basic(f"{emulator.accounts[0].sid}:{emulator.accounts[0].auth_token}").encode()
    head = b" HTTP/1.1\r\nHost: h\r\nConnection: close\r\nAuthorization: " + credentials
    for request, status in [
        (b"GET " + ROOMS.encode() + b"?RoomName=\xc3\xa9" + head + b"\r\n\r\n", b"400"),
        (b"GET " + ROOMS.encode() + b"?RoomName=\xff" + head + b"\r\n\r\n", b"400"),
        (b"GET " + ROOMS.encode() + b"?%" + head + b"\r\n\r\n", b"400"),
        (b"GET /" + b"a" * 60_000 + head + b"\r\n\r\n", b"400"),
        (b"GET " + ROOMS.encode() + b"?" + b"a=1&" * 20_000 + head + b"\r\n\r\n", b"400"),
        (b"GET " + ROOMS.encode() + head + b"\r\nAuthorization: " + credentials + b"\r\n\r\n", b"401"),
        (b"GET http://h" + ROOMS.encode() + head + b"\r\n\r\n", b"200"),
        (b"OPTIONS *" + head + b"\r\n\r\n", b"404"),
        (b"CONNECT h:80" + head + b"\r\n\r\n", b"400"),
        (b"NONSENSE " + ROOMS.encode() + head + b"\r\n\r\n", b"400"),
        (b"GET\r\n\r\n", b"400"),
        (b"\x16\x03\x01\x02\x00", b"400"),
        (b"GET " + ROOMS.encode() + b" HTTP/1.0\r\nAuthorization: " + credentials + b"\r\n\r\n", b"200"),
        (b"GET " + ROOMS.encode() + head + b"\r\nContent-Length: -1\r\n\r\n", b"400"),
    ]:
        answer = raw(emulator, request)
        assert answer[9:12] == status, (request[:80], answer[:200])


@pytest.mark.parametrize("headers", [{f"X-{number}": "1" for number in range(101)}, {"X": "a" * 40_000}])
def test_a_flood_of_headers_is_400(emulator: Emulator, headers: dict[str, str]) -> None:
    require_error(emulator.client.get(ROOMS, headers=headers), 400, 20001)


@pytest.mark.parametrize(
    "start_of_request",
    [
        b"GET " + ROOMS.encode() + b" HTTP/1.1\r\nX: ",
        b"GET " + ROOMS.encode() + b"?",
        b"GET " + ROOMS.encode() + b" HTTP/1.1\r\nContent-Length: 100000000000\r\n\r\n",
    ],
)
def test_what_never_ends_is_cut_off(target: Target, start_of_request: bytes) -> None:
    address = urlsplit(target.url)
    with socket.create_connection((str(address.hostname), address.port or 0), timeout=60) as connection:
        connection.sendall(start_of_request)
        time.sleep(0.05)  # the server is to see it by itself
        with pytest.raises((BrokenPipeError, ConnectionResetError)):
            connection.sendall(b"a" * 20_000_000)


def test_neither_log_nor_answer_of_a_500_tells_a_secret(
    start: Callable[..., Emulator], caplog: pytest.LogCaptureFixture
) -> None:
    emulator = start(rooms=3)
    emulator.store.close()
    message = require_error(emulator.get(), 500, 20500)
    assert "sqlite" not in message.lower()
    assert "closed database" in caplog.text
    for account in emulator.accounts:
        assert account.auth_token not in caplog.text + repr(account) + str(account)
