"""Faults that the proxy plants are found by the check that they are for, and benign variations by none."""

from __future__ import annotations

import base64
import json
import socket
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from contract_kit import contract
from contract_kit.check import runner
from contract_kit.configuration import Configuration
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.findings.finding import Severity
from contract_kit.findings.results import Result
from contract_kit.mutation.generated import mutations_of
from contract_kit.mutation.mutation import Mutation
from contract_kit.mutation.proxy import MutationProxy
from contract_kit.targets import Target
from tests.conftest import Run, credentials
from video_log_analyzer.kit import KIT

CONTRACT = contract.load(KIT)
MUTATIONS = mutations_of(CONTRACT)
ROOMS = "/v1/Video/Rooms"

SOMEBODY = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "not-a-token"}

# One of each family: the mutation, the file of checks, and what it finds: kind, operation, location.
FOUND = [
    ("missing-field:list_rooms.rooms.room_type", "survey", "missing field", "list_rooms", "/rooms/*/room_type"),
    ("null-field:fetch_room.url", "survey", "null", "fetch_room", "/url"),
    ("wrong-type:list_participants.participants.duration_sec", "survey", "wrong type", "list_participants", "/"),
    ("bad-format:fetch_room.create_time", "survey", "format", "fetch_room", "/create_time"),
    ("undocumented-value:fetch_room.media_region", "survey", "undocumented value", "fetch_room", "/media_region"),
    ("respelled-value:fetch_room.room_status", "survey", "undocumented value", "fetch_room", "/room_status"),
    (
        "undocumented-field:fetch_participant.(body)",
        "survey",
        "undocumented field",
        "fetch_participant",
        "/internal_note",
    ),
    ("detail-differs:room.room_name", "every_resource", "consistency", "fetch_room", "/room_name"),
    ("wrong-size-echo", "paging", "paging", "list_rooms", "/meta/page_size"),
    ("row-repeated:list_rooms", "paging", "paging", "list_rooms", "/rooms"),
    ("loops", "paging", "paging", "list_rooms", "/meta/next_page_url"),
    ("lost-field:room.above-50", "survey", "missing field", "list_rooms", "/rooms/*"),
    ("filter-ignored:list_rooms.RoomType", "filters", "filter", "list_rooms", "query:RoomType"),
    ("invalid-ignored:list_rooms.PageSize", "refusals", "invalid request accepted", "list_rooms", "query:PageSize"),
    ("credentials-accepted:any-secret", "refusals", "authentication", "fetch_room", "header:Authorization"),
    ("error-status-differs:404", "refusals", "error shape", "fetch_room", "/status"),
    ("status-404-410:fetch_participant", "refusals", "", "fetch_participant", ""),
    ("empty-challenge:WWW-Authenticate", "refusals", "", "list_rooms", "header:WWW-Authenticate"),
]


@pytest.fixture(scope="module")
def service() -> Iterator[Target]:
    with EmbeddedEmulator(KIT) as emulator:
        yield emulator.target


def checked(service: Target, planted: list[Mutation], *suites: str) -> tuple[Result, Counter[str]]:
    """A quick check through the proxy, and how often something was changed on the way."""
    with MutationProxy(CONTRACT, service, planted) as proxy:
        run = Configuration(
            kit="video_log_analyzer.kit:KIT",
            target=proxy.url,
            profile="quick",
            select=tuple(f"test_{suite}.py" for suite in suites),
        )
        return runner.run(run, credentials(service), progress=False), +proxy.shown


@pytest.mark.parametrize("suite", sorted({each[1] for each in FOUND}))
def test_planted_faults_are_found(service: Target, suite: str) -> None:
    """All faults of one file of checks at once, since each run takes some seconds."""
    expected = [each for each in FOUND if each[1] == suite]
    result, shown = checked(service, MUTATIONS.find([each[0] for each in expected]), suite)
    found = [(each.kind, each.operation, each.location) for each in result.findings]
    for name, _, kind, operation, location in expected:
        assert shown[name], f"{name} was never shown"
        hit = [each for each in found if each[0].startswith(kind) and each[1] == operation]
        assert any(each[2].startswith(location) for each in hit), (name, hit)


def test_nothing_is_found_through_a_proxy_that_plants_nothing(service: Target) -> None:
    result, shown = checked(service, [], "survey", "paging", "every_resource", "refusals", "filters")
    assert (result.findings, shown.total()) == ((), 0)


def test_all_benign_at_once_are_not_reported(service: Target) -> None:
    # Those that only take time are left to `vla selftest`.
    slow = {"benign-slow-answers", "benign-very-slow-answers", "benign-in-pieces"}
    benign = [each for each in MUTATIONS if each.kind == "benign" and each.name not in slow]
    result, shown = checked(service, benign, "survey", "paging")
    assert [each for each in result.findings if each.severity is not Severity.NOTICE] == []
    # The newest room is not always there, a header that does not come has no case, and nobody is refused here.
    hidden = {each.name for each in benign if not shown[each.name]}
    challenges = {"benign-other-realm", "benign-challenge-in-lower-case", "benign-two-challenges"}
    assert hidden <= {"benign-late-room", "benign-identifiers-in-capitals", *challenges}


def test_urls_lead_to_the_proxy_and_the_control_api_is_left_alone(service: Target) -> None:
    auth = (service.credentials.username, service.credentials.secret)
    benign = [each for each in MUTATIONS if each.family == "spelling"]
    with MutationProxy(CONTRACT, service, benign) as proxy, httpx.Client(base_url=proxy.url, auth=auth) as client:
        page = client.get(ROOMS, params={"PageSize": "1"})
        assert urlsplit(page.json()["meta"]["next_page_url"]).netloc == urlsplit(proxy.url).netloc
        assert service.url not in page.text
        assert proxy.shown.total()
        before = proxy.shown.total()
        assert client.get("/_emulator/state").content == httpx.get(f"{service.url}/_emulator/state").content
        assert proxy.shown.total() == before


@pytest.mark.parametrize(
    "path",
    [
        f"/{ROOMS}",
        f"{ROOMS}/",
        f"{ROOMS}//x",
        "/v1/Video/%52ooms",
        "/v1/./Video/Rooms",
        f"{ROOMS}?PageSize=1&PageSize=2",
    ],
)
def test_odd_requests_pass_unchanged(service: Target, path: str) -> None:
    """Byte by byte, as the service itself would get them."""
    auth = base64.b64encode(f"{service.credentials.username}:{service.credentials.secret}".encode()).decode()
    with MutationProxy(CONTRACT, service, []) as proxy:
        answers = [raw(url, f"GET {path} HTTP/1.1", f"Authorization: Basic {auth}") for url in (service.url, proxy.url)]
    statuses = [answer.split(b" ", 2)[1] for answer in answers]
    assert statuses[0] == statuses[1]
    bodies = [answer.partition(b"\r\n\r\n")[2] for answer in answers]
    assert bodies[0].replace(service.url.encode(), proxy.url.encode()) == bodies[1]


def raw(url: str, *lines: str) -> bytes:
    """What comes back for these lines of a request, until the connection ends."""
    where = urlsplit(url)
    head = "\r\n".join([*lines, f"Host: {where.netloc}", "Connection: close", "", ""])
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=30) as connection:
        connection.sendall(head.encode())
        return b"".join(iter(lambda: connection.recv(65536), b""))


def test_what_is_on_the_wire(service: Target) -> None:
    """Interim answers, chunks, an extension and trailers are really sent."""
    planted = MUTATIONS.find(["benign-interim-103", "benign-trailers", "benign-chunk-extensions", "benign-no-reason"])
    with MutationProxy(CONTRACT, service, planted) as proxy:
        received = raw(proxy.url, f"GET {ROOMS} HTTP/1.1")
    interim, final, body = received.split(b"\r\n\r\n", 2)
    assert interim.startswith(b"HTTP/1.1 103 ")
    assert final.startswith(b"HTTP/1.1 401 \r\n")
    assert b"\r\nTransfer-Encoding: chunked" in final
    assert b";note=" in body
    assert body.endswith(b"\r\nServer-Timing: total;dur=1\r\n\r\n")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--target", "http://127.0.0.1:1"), 2, "add --proxy"),
        (("--proxy", "--fault", "missing-feild:list_rooms.meta"), 2, "did you mean 'missing-field:list_rooms.meta'?"),
        (("--proxy", "--family", "pagin"), 2, "there are"),
        (("--proxy", "--sample", "0"), 2, "at least 1"),
        (("--proxy", "--target", "https://insights.twilio.com"), 2, "is the live API"),
        (("--proxy", "--list", "--family", "benign"), 0, "benign-gzip"),
        (("--proxy", "--list", "--sample", "5", "--seed", "3"), 0, ""),
    ],
)
def test_command_line(vla: Run, arguments: tuple[str, ...], status: int, said: str) -> None:
    done = vla("selftest", *arguments, environment=SOMEBODY)
    assert done.returncode == status, done.stderr
    assert said in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    if "--sample" in arguments and not status:
        assert len(done.stdout.splitlines()) == 5
        assert vla("selftest", *arguments, environment=SOMEBODY).stdout == done.stdout


def test_selftest_tells_what_was_detected(vla: Run, tmp_path: Path) -> None:
    """Three checks of an emulator behind the proxy: nothing planted, a fault, a variation."""
    names = ("undocumented-value:fetch_room.media_region", "benign-gzip")
    chosen = [part for name in names for part in ("--fault", name)]
    done = vla("selftest", "--proxy", "--profile", "quick", "--jobs", "1", "--json", "found.json", *chosen)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = {line.split()[1]: line for line in done.stdout.splitlines() if line.startswith(("contract ", "benign "))}
    assert "fetch_room /media_region" in lines[names[0]]
    assert lines[names[1]].endswith("—")
    assert "contract: 1 of 1 detected" in done.stdout
    assert "benign: 1 of 1 not reported" in done.stdout
    found = json.loads((tmp_path / "found.json").read_text())
    assert [each["fault"] for each in found if each["shown"]] == sorted(names)


def test_check_lists_faults_of_both_kinds(vla: Run) -> None:
    listed = vla("check", "--list-faults").stdout
    for name in ("unknown-room-region", "missing-field:list_rooms.rooms.room_type", "benign-gzip", "passing-503"):
        assert f"  {name} " in listed
    mutations = listed.partition("selftest --proxy")[2]
    headings = [line for line in mutations.splitlines() if line and not line.startswith(" ")]
    assert len(headings) == len(set(headings))
