"""The emulator as a process: its three lines, its end, and what it cannot start with."""

from __future__ import annotations

import signal
import socket
import sqlite3
import subprocess
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from contract_kit.errors import UsageError
from tests.emulator import stores
from tests.emulator.processes import Process
from video_log_analyzer.emulator.accounts import first_account
from video_log_analyzer.emulator.server import open_store, serve
from video_log_analyzer.emulator.settings import Settings

ROOMS = "/v1/Video/Rooms"


def test_a_shell_can_evaluate_the_three_lines(launch: Callable[..., Process], tmp_path: Path) -> None:
    process = launch()
    script = 'eval "$1" && printf "%s|%s|%s" "$BASE_URL" "$TWILIO_ACCOUNT_SID" "$TWILIO_AUTH_TOKEN"'
    command = ["sh", "-c", script, "sh", "".join(process.lines)]
    shell = subprocess.run(command, capture_output=True, text=True, check=True)
    assert shell.stdout.split("|") == list(process.values.values())
    account = first_account(1)
    assert (process.values["TWILIO_ACCOUNT_SID"], process.values["TWILIO_AUTH_TOKEN"]) == (
        account.sid,
        account.auth_token,
    )
    assert process.get().status_code == 200


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(launch: Callable[..., Process], tmp_path: Path, number: int) -> None:
    process = launch()
    assert len(list(tmp_path.iterdir())) == 1
    assert process.get("?Page=1").status_code == 400
    # The connection of another client is open and idle all the while.
    with socket.create_connection(("127.0.0.1", int(process.values["BASE_URL"].rpartition(":")[2]))):
        assert process.stop(number) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("host", "base_url"),
    [("0.0.0.0", "http://127.0.0.1:"), ("::1", "http://[::1]:"), ("localhost", "http://localhost:")],
)
def test_the_printed_url_can_be_called(launch: Callable[..., Process], host: str, base_url: str) -> None:
    if host == "::1" and not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    process = launch(host=host)
    assert process.values["BASE_URL"].startswith(base_url)
    assert process.get().json()["meta"]["url"].startswith(process.values["BASE_URL"])


@pytest.mark.parametrize("backend", stores.BACKENDS)
def test_a_database_keeps_rooms_accounts_and_walks_over_restarts(
    launch: Callable[..., Process], tmp_path: Path, backend: str
) -> None:
    everything = "?CreatedAfter=0000-01-01T00:00:00Z&PageSize="
    with stores.database(backend, tmp_path) as database:
        process = launch(database=database, rooms=9)
        account = process.values["TWILIO_ACCOUNT_SID"]
        expected = process.get(f"{everything}1000").json()["rooms"]
        query, seen, pages = f"{everything}2", [], 0
        while query:
            page = process.get(query).json()
            seen += page["rooms"]
            pages += 1
            query = (page["meta"]["next_page_url"] or "").replace(process.values["BASE_URL"] + ROOMS, "")
            process.kill()
            process = launch(database=database, rooms=3, seed=2)
            assert process.values["TWILIO_ACCOUNT_SID"] == account
        process.kill()
    assert pages == 5
    assert [room["room_sid"] for room in seen] == [room["room_sid"] for room in expected]


def test_two_emulators_of_one_file_say_so(launch: Callable[..., Process], tmp_path: Path) -> None:
    first, second = (launch(database=str(tmp_path / "shared.sqlite")) for _ in range(2))
    sids = [[room["room_sid"] for room in each.get().json()["rooms"]] for each in (first, second)]
    assert sids[0] == sids[1]
    said = f"{tmp_path / 'shared.sqlite'}: is served by another emulator already"
    assert second.stop(signal.SIGTERM)[2].startswith(said)
    assert first.stop(signal.SIGTERM)[2] == ""


def test_a_port_in_use_is_one_line_that_says_what_to_do() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(UsageError, match=rf"127\.0\.0\.1:{port}: .*in use.*choose another port"):
            serve(Settings(port=port))


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_a_host_that_is_not_ours_is_one_line(host: str) -> None:
    with pytest.raises(UsageError, match=f"{host}:8080: ") as refused:
        serve(Settings(host=host))
    assert "\n" not in str(refused.value)


def test_a_database_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, but long enough to be one" * 100)
    foreign = tmp_path / "foreign.sqlite"
    with sqlite3.connect(foreign) as connection:
        connection.execute("CREATE TABLE something (id INTEGER)")
    newer = tmp_path / "newer.sqlite"
    with sqlite3.connect(newer) as connection:
        connection.execute("CREATE TABLE room (id INTEGER)")
        connection.execute("PRAGMA application_id = 0x564C4131")
        connection.execute("PRAGMA user_version = 99")
    contents = {path: path.read_bytes() for path in (text, foreign, newer)}
    for path in (*contents, tmp_path / "no" / "such" / "folder.sqlite", tmp_path):
        with pytest.raises(UsageError, match="name a new file") as refused:
            serve(Settings(port=0, database=path))
        assert str(path) in str(refused.value)
    assert {path: path.read_bytes() for path in contents} == contents


@pytest.mark.parametrize("damage", ["torn", "no clock", "no key", "no table"])
def test_a_damaged_database_is_one_line(damage: str, tmp_path: Path) -> None:
    path = tmp_path / "damaged.sqlite"
    with closing(open_store(Settings(rooms=300, database=path), path)):
        pass
    if damage == "torn":
        content = path.read_bytes()
        path.write_bytes(content[:8192] + b"\xa5" * (len(content) - 8192))
    else:
        statement = {
            "no clock": "DELETE FROM clock",
            "no key": "DELETE FROM secret",
            "no table": "DROP TABLE fault",
        }[damage]
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute(statement)
    with pytest.raises(UsageError, match="name a new file") as refused:
        open_store(Settings(database=path), path)
    assert str(path) in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": -1},
        {"port": 65_536},
        {"host": ""},
        {"host": "$(reboot)"},
        {"rooms": -1},
        {"rooms": 10**9},
        {"public_url": "insights.example"},
        {"public_url": "https://insights.example/"},
        {"public_url": 'https://x"y'},
        {"public_url": "ftp://insights.example"},
    ],
)
def test_settings_that_cannot_be_used_are_one_line(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as refused:
        Settings(**wrong)
    assert next(iter(wrong)) in str(refused.value)
    assert "\n" not in str(refused.value)


def test_an_unknown_fault_is_refused_before_anything_starts() -> None:
    with pytest.raises(UsageError, match="fault 'nonsense': unknown"):
        serve(Settings(port=0, faults=("nonsense",)))


def test_nothing_is_left_in_the_temporary_folder_when_the_start_fails(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(UsageError):
        serve(Settings(host="192.0.2.1"))
    assert list(tmp_path.iterdir()) == []
