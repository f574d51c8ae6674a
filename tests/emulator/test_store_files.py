"""What outlives a process: versions of the schema, and kill -9 at any moment."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from contract_kit.errors import UsageError
from tests.emulator import stores
from tests.emulator.stores import NOW, ONE
from video_log_analyzer.emulator.records import Participant, Room
from video_log_analyzer.emulator.selection import Filters, PageSelection
from video_log_analyzer.emulator.store import Store

EVERYTHING = Filters(created_after=-(10**11))
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
                page = store.select(PageSelection(ONE.sid, None, EVERYTHING, NOW, None, False, 10**6))
                assert {row.sid for row in page.rows} == rooms
                store.set_clock(None, frozen=False)
        assert reported


@pytest.mark.parametrize("backend", stores.BACKENDS)
def test_another_version_is_refused_in_one_line(backend: str, tmp_path: Path) -> None:
    with stores.database(backend, tmp_path) as where:
        with closing(Store.open(where)) as store, store.transaction():
            store._database.set_version(99)
        with pytest.raises(UsageError, match="has schema version 99, this emulator knows only 1; name a") as refused:
            Store.open(where)
        assert "\n" not in str(refused.value)


def test_a_postgresql_server_that_is_not_there_is_one_line_without_the_password() -> None:
    with pytest.raises(UsageError, match="cannot be used") as refused:
        Store.open("postgresql://someone:hidden@127.0.0.1:1/vla")
    assert "hidden" not in str(refused.value)
    assert "\n" not in str(refused.value)
