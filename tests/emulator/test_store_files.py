"""What outlives a process: versions of the schema, and kill -9 at any moment."""

from __future__ import annotations

import lzma
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from contract_kit.errors import UsageError
from tests.emulator import stores
from tests.emulator.stores import NOW, ONE
from video_log_analyzer.emulator.records import Participant, Room
from video_log_analyzer.emulator.selection import Filters, Selection
from video_log_analyzer.emulator.store import Store, schema

EVERYTHING = Filters(created_after=-(10**11))
VERSION_1 = Path(__file__).parent / "data" / "version_1.sqlite.xz"
WRITER = """
import sys
from tests.emulator.stores import NOW, ONE, participants, room
from video_log_analyzer.emulator.store import Store
store = Store.open(sys.argv[1])
store.add_account(ONE)
print("ready", flush=True)
for number in range(10**6):
    if number % 5 == 4:
        store.load(room(number * 1000 + each) for each in range(300))
    else:
        one = room(number)
        store.put_room(one, participants(one))
        print(one.room_sid, flush=True)
"""


@pytest.mark.parametrize("backend", stores.BACKENDS)
def test_a_kill_loses_nothing_that_was_reported(backend: str, tmp_path: Path) -> None:
    with stores.database(backend, tmp_path) as where:
        reported: set[str] = set()
        for seconds in (0.05, 0.2, 0.4):
            writer = subprocess.Popen([sys.executable, "-c", WRITER, where], stdout=subprocess.PIPE, text=True)
            assert writer.stdout is not None
            assert writer.stdout.readline() == "ready\n"
            time.sleep(seconds)
            reported.add(writer.stdout.readline().strip())  # however busy the machine is, one is there
            writer.kill()
            reported |= {line.strip() for line in writer.stdout if line.endswith("\n")}
            writer.wait()
            with closing(Store.open(where)) as store:
                records = list(store.dump())
                rooms = {one.room_sid for one in records if isinstance(one, Room)}
                assert reported <= rooms
                guests = [one for one in records if isinstance(one, Participant)]
                assert len(guests) >= 2 * len(reported)
                # A load is there as a whole or not at all.
                assert (len(rooms) - len(guests) // 2) % 300 == 0
                store.set_clock(NOW, frozen=True)
                page = store.select(Selection(ONE.sid, None, EVERYTHING, NOW, None, False, 10**6))
                assert {row.sid for row in page.rows} == rooms
                store.set_clock(None, frozen=False)
        assert reported


def test_a_file_of_version_1_is_migrated_with_everything_in_it(tmp_path: Path) -> None:
    # Written by the emulator of version 1 at NOW: nine rooms of the first account, nine of the second.
    file = tmp_path / "emulator.sqlite"
    file.write_bytes(lzma.decompress(VERSION_1.read_bytes()))
    with closing(sqlite3.connect(file)) as old:
        bodies = dict(old.execute("SELECT sid, body FROM room"))
        participants = dict(old.execute("SELECT sid, body FROM participant"))
        accounts = old.execute("SELECT sid, auth_token FROM account ORDER BY id").fetchall()
        (key,) = old.execute("SELECT value FROM secret").fetchone()
        kinds = {sid: (kind, mask) for sid, kind, mask in old.execute("SELECT sid, type, codec_mask FROM room")}
    for _ in range(2):
        with closing(Store.open(file)) as store:
            assert [(one.sid, one.auth_token) for one in store.accounts()] == accounts
            assert store.page_token_key() == key
            dumped = list(store.dump())
            assert {one.room_sid: one.body().decode() for one in dumped if isinstance(one, Room)} == bodies
            assert {
                one.participant_sid: one.body().decode() for one in dumped if isinstance(one, Participant)
            } == participants
            store.set_clock(NOW, frozen=True)
            for account, _token in accounts:
                every = store.select(Selection(account, None, EVERYTHING, NOW, None, False, 100)).rows
                assert len(every) == 9
                assert store.select(Selection(account, None, Filters(), NOW, None, False, 100)).rows
                for name, row in ((Room.from_body(row.body).room_name, row) for row in every):
                    found = replace(EVERYTHING, room_types=(kinds[row.sid][0],), room_name=name)
                    assert row in store.select(Selection(account, None, found, NOW, None, False, 100)).rows


def test_the_indexes_of_version_2_on_postgresql_are_made_anew(tmp_path: Path) -> None:
    definitions = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'video_log_analyzer' ORDER BY 1"
    with stores.database("postgresql", tmp_path) as where:
        with closing(Store.open(where)) as store:
            store.add_account(ONE)
            store.put_room(stores.room())
            expected = store._database.execute(definitions)
            with store.transaction():
                for name, definition in schema._INDEXES.items():
                    store._database.execute(f"DROP INDEX {name}")
                    # As it was: with the account in its first place.
                    store._database.execute(f"CREATE INDEX  {name} ON {definition}")
                store._database.set_version(2)
            assert store._database.execute(definitions) != expected
        with closing(Store.open(where)) as store:
            assert store._database.execute(definitions) == expected
            assert store.read_room(ONE.sid, stores.room().room_sid) == stores.room()


@pytest.mark.parametrize("backend", stores.BACKENDS)
def test_a_newer_version_is_refused_in_one_line(backend: str, tmp_path: Path) -> None:
    with stores.database(backend, tmp_path) as where:
        with closing(Store.open(where)) as store, store.transaction():
            store._database.set_version(99)
        with pytest.raises(UsageError, match="has schema version 99, this emulator knows 3; name a") as refused:
            Store.open(where)
        assert "\n" not in str(refused.value)


def test_a_postgresql_server_that_is_not_there_is_one_line_without_the_password() -> None:
    with pytest.raises(UsageError, match="cannot be used") as refused:
        Store.open("postgresql://someone:hidden@127.0.0.1:1/vla")
    assert "hidden" not in str(refused.value)
    assert "\n" not in str(refused.value)
