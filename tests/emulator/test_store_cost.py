"""What a page costs: no more rows are read than it shows, however many there are and whatever is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import asdict, replace
from itertools import product

import psycopg
import pytest

from tests.emulator import stores
from tests.emulator.stores import DAY, NOW, ONE
from video_log_analyzer.emulator.selection import Cursor, Filters, PageSelection
from video_log_analyzer.emulator.store import Store

ROOMS, PAGE = 3000, 5
ROWS_READ = "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables WHERE relname = 'room'"
FILTERS = [
    Filters(room_types=types, codecs=codecs, room_name=name, created_after=after, created_before=before)
    for types, codecs, name, after, before in product(
        [(), ("group",)], [(), ("VP8",)], [None, "interview"], [None, NOW - 6 * DAY], [None, NOW - DAY]
    )
]


@pytest.fixture(scope="module", params=["with statistics", "without statistics"])
def large(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Store, str]]:
    """PostgreSQL chooses its plans by statistics, which it gathers by itself at some time: with them and without."""
    with stores.database("postgresql", tmp_path_factory.mktemp("large")) as where, closing(Store.open(where)) as store:
        store.set_clock(NOW, frozen=True)
        store.add_account(ONE)
        store.load(
            stores.room(number, ended - 60, ended, room_name="interview" if number % 3 else "daily standup")
            for number in range(ROOMS)
            for ended in [NOW - 6 * DAY * number // ROOMS]
        )
        with psycopg.connect(where, autocommit=True) as connection:
            connection.execute("ALTER TABLE video_log_analyzer.room SET (autovacuum_enabled = false)")
            if request.param == "with statistics":
                connection.execute("ANALYZE video_log_analyzer.room")
        yield store, where


@pytest.mark.parametrize("filters", FILTERS, ids=lambda filters: "+".join(k for k, v in asdict(filters).items() if v))
@pytest.mark.parametrize("deep", [False, True], ids=["first page", "deep page"])
def test_a_page_reads_what_it_shows(large: tuple[Store, str], filters: Filters, deep: bool) -> None:
    store, where = large
    selection = PageSelection(ONE.sid, None, filters, NOW, None, backward=False, limit=PAGE)
    if deep:
        cursor = Cursor(NOW - (DAY // 2 if filters.default_window else 4 * DAY), "RM", after=True)
        selection = replace(selection, cursor=cursor)
    with psycopg.connect(where, autocommit=True) as connection:

        def rows_read() -> int:
            store._database.execute("SELECT pg_stat_force_next_flush()")
            store._database.execute("SELECT 1")
            return int(connection.execute(ROWS_READ).fetchall()[0][0])

        before = rows_read()
        assert len(store.select(selection).rows) == PAGE
        read = rows_read() - before
    # One row more tells whether there is a next page; of each range that is merged at least one row is read.
    ranges = len(filters.codecs and range(40)) or len(filters.room_types and range(16)) or 1
    assert PAGE < read <= PAGE + 1 + ranges
