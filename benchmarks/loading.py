"""How many rooms a second come from NDJSON into a new SQLite database on disk."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx

from benchmarks import measuring, rooms
from benchmarks.results import Goal, Measurement, spaced
from benchmarks.run import Run
from benchmarks.servers import Emulator
from video_log_analyzer.emulator.records import ORIGIN, Room
from video_log_analyzer.emulator.store import Store

_CHUNK = 1 << 20
_PATH = "/_emulator/load"


def ndjson(run: Run) -> list[Measurement]:
    """Through the control API, as a user loads: from the first byte sent to the answer that all is stored.

    Lines as ``GET /_emulator/dump`` writes them, the same with their keys in another order, which an emulator must read
    with more care, and the store fed with records that are there already.
    """
    now = int(time.time())
    with Emulator("--empty") as emulator:  # every new database has the same first account
        account_sid = emulator.account_sid
    records = list(rooms.rooms(account_sid, run.bulk, now))
    as_dumped, otherwise = run.folder / "as-dumped.ndjson", run.folder / "otherwise.ndjson"
    _write(as_dumped, records)
    with as_dumped.open(encoding="utf-8") as lines, otherwise.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(json.loads(line), sort_keys=True) + "\n" for line in lines)
    figures = measuring.alternate(
        {
            "as dumped": lambda: run.bulk / _seconds_of_control_api(run, as_dumped),
            "keys sorted": lambda: run.bulk / _seconds_of_control_api(run, otherwise),
            "store alone": lambda: run.bulk / _seconds_of_store(run, records),
        },
        run.rounds,
        say=run.say,
    )
    as_dumped.unlink()
    otherwise.unlink()
    of = f"of {spaced(run.bulk)} rooms"
    return [
        Measurement(
            f"bulk load {of} into SQLite: NDJSON as the emulator dumps it",
            median(figures["as dumped"]),
            "rooms/s",
            Goal("≥", 30_000),
            figures,
            "rooms/s",
        ),
        Measurement(f"bulk load {of} into SQLite: NDJSON with sorted keys", median(figures["keys sorted"]), "rooms/s"),
        Measurement(f"bulk load {of} into SQLite: the store alone", median(figures["store alone"]), "rooms/s"),
    ]


def _write(path: Path, records: Iterable[Room]) -> None:
    with path.open("wb") as file:
        file.writelines(record.body().replace(ORIGIN, b"") + b"\n" for record in records)


def _seconds_of_control_api(run: Run, lines: Path) -> float:
    with _new_database(run.folder) as path, Emulator("--empty", "--database", str(path)) as emulator:
        started = time.perf_counter()
        answer = httpx.post(emulator.url + _PATH, content=_chunks(lines), timeout=600).raise_for_status()
        took = time.perf_counter() - started
        loaded = answer.json()["loaded"]
        if loaded != run.bulk:
            raise ValueError(f"{_PATH}: loaded {loaded} rooms, expected {run.bulk}")
        return took


def _seconds_of_store(run: Run, records: Iterable[Room]) -> float:
    with _new_database(run.folder) as path:
        with Emulator("--empty", "--database", str(path)):
            pass
        store = Store.open(path)
        try:
            started = time.perf_counter()
            store.load(records)
            return time.perf_counter() - started
        finally:
            store.close()


@contextmanager
def _new_database(folder: Path) -> Iterator[Path]:
    path = folder / "new.sqlite3"
    try:
        yield path
    finally:
        for each in folder.glob(f"{path.name}*"):
            each.unlink()


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            yield chunk
