"""Clock, faults, limits, counters, reset; and who may call the control API."""

from __future__ import annotations

import socket
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from video_log_analyzer.emulator.control.app import LARGEST_BODY
from video_log_analyzer.emulator.control.calls import PATHS
from video_log_analyzer.emulator_client import EmulatorControl, EmulatorError

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

ROOMS = "/v1/Video/Rooms"
ALL = "0000-01-01T00:00:00Z"
WHEN = datetime(2030, 2, 3, 4, 5, 6, tzinfo=UTC)


@pytest.fixture
def emulator(start: Callable[..., Emulator]) -> Emulator:
    return start(empty=True)


@pytest.fixture
def control(emulator: Emulator) -> Iterator[EmulatorControl]:
    with EmulatorControl(str(emulator.client.base_url)) as one:
        yield one


def test_the_clock_is_set_frozen_and_advanced(control: EmulatorControl) -> None:
    assert abs(control.set_clock().now - datetime.now(UTC)) < timedelta(minutes=1)
    assert control.set_clock(WHEN, frozen=True).now == WHEN
    assert (control.clock().now, control.clock().frozen) == (WHEN, True)
    assert control.advance_clock(3, minutes=1, hours=2, days=7).now == WHEN + timedelta(7, 3, 0, 0, 1, 2)
    running = control.set_clock(WHEN)
    assert (WHEN <= running.now < WHEN + timedelta(minutes=1), running.frozen) == (True, False)
    frozen = control.freeze_clock()
    assert (WHEN <= frozen.now < WHEN + timedelta(minutes=1), frozen.frozen) == (True, True)
    back = control.set_clock()
    assert (abs(back.now - datetime.now(UTC)) < timedelta(minutes=1), back.frozen) == (True, False)


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "clock", '{"at": 5}'),
        ("PUT", "clock", '{"frozen": "yes"}'),
        ("POST", "clock/advance", "{}"),
        ("POST", "clock/advance", '{"seconds": -1}'),
        ("POST", "clock/advance", '{"seconds": 1e400}'),
        ("PUT", "faults", '{"active": ["nonsense"]}'),
        ("PUT", "faults", '{"active": "unknown-room-type"}'),
        ("PUT", "faults", '{"activ": []}'),
        ("PUT", "limits/{account}", '{"requests": 0, "seconds": 1}'),
        ("PUT", "limits/{account}", '{"requests": 1}'),
        ("PUT", "rooms?nonsense=1", "{}"),
        ("PUT", "rooms?allow_unknown=yes", "{}"),
    ],
)
def test_what_cannot_be_meant_is_400(emulator: Emulator, method: str, path: str, body: str) -> None:
    path = path.replace("{account}", emulator.accounts[0].sid)
    answer = emulator.stranger.request(method, f"/_emulator/{path}", content=body)
    assert (answer.status_code, bool(answer.json()["errors"])) == (400, True)


def test_faults_come_and_go_by_name(emulator: Emulator, control: EmulatorControl) -> None:
    control.put_room()
    known = control.known_faults()
    assert {"unknown-room-type", "extra-room-key"} <= known.keys()
    control.set_faults("unknown-room-type")
    control.add_fault("extra-room-key")
    assert control.faults() == ("unknown-room-type", "extra-room-key")
    room = emulator.rooms()[0]
    assert (room["room_type"], "large_room" in room) == ("webinar", True)
    control.remove_fault("unknown-room-type")
    assert emulator.rooms()[0]["room_type"] == "group"
    with pytest.raises(EmulatorError, match=r"404.*did you mean"):
        control.add_fault("extra-rom-key")
    control.set_faults()
    assert "large_room" not in emulator.rooms()[0]


def test_an_account_over_its_limit_gets_429(emulator: Emulator, control: EmulatorControl) -> None:
    first, second = emulator.accounts
    control.set_limit(first.sid, requests=2, seconds=60)
    assert control.limits() == {first.sid: {"requests": 2, "seconds": 60, "concurrent": None}}
    answers = [emulator.get() for _ in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    refused = answers[2]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert refused.json() == {
        "code": 20429,
        "message": "Too Many Requests",
        "more_info": "https://www.twilio.com/docs/errors/20429",
        "status": 429,
    }
    assert refused.headers["twilio-request-id"].startswith("RQ")
    assert emulator.stranger.get(ROOMS, auth=(second.sid, second.auth_token)).status_code == 200
    assert emulator.stranger.get(ROOMS).status_code == 401
    control.remove_limit(first.sid)
    assert emulator.get().status_code == 200
    with pytest.raises(EmulatorError, match="404"):
        control.set_limit("AC" + 32 * "0", requests=1, seconds=1)


def test_an_account_with_too_many_requests_at_once_gets_429(emulator: Emulator, control: EmulatorControl) -> None:
    first = emulator.accounts[0]
    control.set_limit(first.sid, requests=1000, seconds=1, concurrent=1)
    control.set_faults("latency")
    with ThreadPoolExecutor(3) as pool:
        answers = sorted(answer.status_code for answer in pool.map(lambda _: emulator.get(), range(3)))
    assert answers == [200, 429, 429]
    assert emulator.get().status_code == 200


def test_reset_puts_everything_back_but_the_accounts(emulator: Emulator, control: EmulatorControl) -> None:
    control.put_room()
    control.set_faults("unknown-room-type")
    control.set_limit(emulator.accounts[0].sid, requests=1, seconds=60)
    control.set_clock(WHEN, frozen=True)
    control.reset()
    assert (control.faults(), control.limits(), control.clock().frozen) == ((), {}, False)
    assert emulator.rooms(CreatedAfter="0000-01-01T00:00:00Z") == []
    assert [one["account_sid"] for one in control.accounts()] == [one.sid for one in emulator.accounts]


def test_health_readiness_and_counters(emulator: Emulator, control: EmulatorControl) -> None:
    assert emulator.stranger.get("/_emulator/health").json() == {"status": "ok"}
    assert control.is_ready()
    before = control.counters().get("answers_200", 0)
    emulator.get()
    emulator.get("/nothing")
    after = control.counters()
    assert (after["answers_200"], after["answers_404"] > 0) == (before + 1, True)


def test_the_docs_name_every_call(root: Path) -> None:
    text = (root / "docs" / "emulator.md").read_text(encoding="utf-8")
    for path in PATHS:
        assert all(part in text for part in path.split("/") if not part.startswith("{")), path


def test_no_secret_is_in_any_answer(emulator: Emulator, control: EmulatorControl) -> None:
    with control.dump() as pieces:
        shown = b"".join(pieces).decode()
    for path in ("accounts", "counters", "faults", "limits", "clock", "ready", "rooms", "nothing"):
        shown += emulator.stranger.get(f"/_emulator/{path}").text
    for account in emulator.accounts:
        assert account.auth_token not in shown


def test_paths_and_methods_that_are_not_there(emulator: Emulator) -> None:
    answer = emulator.stranger.delete("/_emulator/clock")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, PUT")
    answer = emulator.stranger.get("/_emulator/load")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")
    assert emulator.stranger.get("/_emulator/clock", headers={"X": "a" * 40_000}).status_code == 400
    answer = emulator.stranger.get("/_emulator/nonsense")
    assert (answer.status_code, "clock/advance" in answer.text) == (404, True)


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "emulator.example"},
        {"Host": "127.0.0.1.evil.example:80"},
        {"Host": ""},
        {"X-Forwarded-For": "192.0.2.1"},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "for=192.0.2.1"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
)
def test_only_this_machine_may_call(emulator: Emulator, headers: dict[str, str]) -> None:
    answer = emulator.stranger.post("/_emulator/reset", headers=headers)
    assert answer.status_code == 403
    assert emulator.stranger.post("/_emulator/reset", headers={"Host": "localhost:1"}).status_code == 200


def test_with_control_everybody_may_call_but_no_foreign_page(start: Callable[..., Emulator]) -> None:
    stranger = start(control=True, empty=True, public_url="https://emulator.example/api").stranger
    for own in (
        "emulator.example",
        "EMULATOR.example:8080",
        "emulator",
        "vla.internal:1",
        "192.0.2.7:8080",
        "[2001:db8::1]",
    ):
        assert stranger.post("/_emulator/reset", headers={"Host": own}).status_code == 200
    foreign = {"Host": "emulator.example", "Origin": "https://evil.example"}
    assert stranger.post("/_emulator/reset", headers=foreign).status_code == 403


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8080", "emulator.example.evil.example", "1.evil.example."]
)
@pytest.mark.parametrize("origin", [{}, {"Origin": "http://evil.example"}])
def test_a_page_whose_own_name_leads_here_is_refused(
    host: str, origin: dict[str, str], start: Callable[..., Emulator]
) -> None:
    """DNS rebinding: the browser takes the emulator for the server of the page."""
    stranger = start(control=True, empty=True).stranger
    for method, path in (("GET", "dump"), ("GET", "accounts"), ("POST", "reset")):
        assert stranger.request(method, f"/_emulator/{path}", headers={"Host": host, **origin}).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        '{"room_name": "\\ud800"}',
        '{"account_sid": "\\ud800"}',
        '{"room_sid": "\\ud800"}',
        '{"\\ud800": 1}',
        '{"room_type": "\\ud800"}',
        '{"participants": [{"participant_sid": "\\ud800"}]}',
    ],
)
def test_half_of_a_surrogate_pair_is_a_mistake_of_the_caller(
    body: str, emulator: Emulator, caplog: pytest.LogCaptureFixture
) -> None:
    answer = emulator.stranger.put("/_emulator/rooms", content=body)
    assert answer.status_code in {400, 404}
    assert answer.json()["errors"]
    assert not caplog.records


def test_a_body_of_many_keys_keeps_nobody_waiting(emulator: Emulator) -> None:
    keys = [f'"key_{number}":1' for number in range(30_000)]
    for given in (keys, [*keys, keys[-1]]):
        answer = emulator.stranger.put("/_emulator/rooms", content="{" + ",".join(given) + "}")
        assert answer.status_code == 400
        assert len(answer.json()["errors"]) <= 100
    assert "stands twice" in answer.text


def test_all_bodies_together_are_bounded(start: Callable[..., Emulator]) -> None:
    """Callers that stall with a body almost sent."""
    emulator = start(empty=True)
    address = str(emulator.stranger.base_url.host), emulator.stranger.base_url.port or 80
    head = b"PUT /_emulator/rooms HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % LARGEST_BODY
    stalled = []
    refused = 0
    try:
        for _ in range(6):
            connection = socket.create_connection(address, timeout=30)
            stalled.append(connection)
            try:
                connection.sendall(head + b" " * (LARGEST_BODY - 1))
                connection.settimeout(0.5)
                refused += connection.recv(65536).startswith(b"HTTP/1.1 503 ")
            except TimeoutError:
                pass  # it is held
            except ConnectionError:
                refused += 1  # what comes behind the answer is not read for long
        assert refused >= 2
        assert emulator.get().status_code == 200
    finally:
        for connection in stalled:
            connection.close()


def test_a_locked_database_does_not_keep_readers_waiting(start: Callable[..., Emulator], tmp_path: Path) -> None:
    """Another process writes, for longer than SQLite would wait."""
    database = tmp_path / "locked.sqlite"
    emulator = start(database=database)
    assert database.stat().st_mode & 0o777 == 0o600
    sid = emulator.rooms(CreatedAfter=ALL)[0]["room_sid"]
    emulator.clock.advance(7200)
    with closing(sqlite3.connect(database, isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE clock SET at = at + 3600, due = 0")
        writer.execute("COMMIT")
        writer.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor() as pool:
            blocked = pool.submit(emulator.stranger.post, "/_emulator/reset", timeout=60)
            # All of these are answered before the one that must wait; SQLite's own five seconds would stop them all.
            for _ in range(50):
                assert emulator.get(f"{ROOMS}/{sid}").status_code == 200
            assert not blocked.done()
            writer.execute("ROLLBACK")
            assert blocked.result().status_code == 200


def test_without_control_there_is_nothing(start: Callable[..., Emulator]) -> None:
    emulator = start(control=False, empty=True)
    for answer in (emulator.client.post("/_emulator/reset"), emulator.stranger.get("/_emulator/health")):
        assert answer.status_code == 404
        assert "start the emulator with --control" in answer.text
