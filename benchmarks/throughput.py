"""Requests a second of a list page with 50 rows: the emulator against Prism's mock and against moto's server."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import yaml

from benchmarks import load, measuring
from benchmarks.results import Goal, Measurement
from benchmarks.run import Run
from benchmarks.servers import DOCUMENT, ROOMS_PATH, Emulator, Moto, Prism, Server

ROWS = 50
ROOM_LIST = f"{ROOMS_PATH}?PageSize={ROWS}"
SAMPLE = ("--rooms", "2000")  # enough that the default window holds more than a page
WARM_UP_SECONDS = 1.0


def prism(run: Run) -> list[Measurement]:
    """The document as it is, whose example page has one room, and with an example page of 50, which is comparable."""
    found = []
    with Emulator(*SAMPLE) as emulator, document_with_rows(emulator, run.folder) as full_document:
        for document, what, goal in (
            (full_document, "50-room page, requests/s: emulator ÷ Prism", Goal("≥", 4)),
            (DOCUMENT, "50-room page, requests/s: emulator ÷ Prism with the document's own one-room example", None),
        ):
            with Prism(run.prism, document) as peer:
                run.peers["prism"] = peer.version()
                expected = ROWS if document is full_document else 1
                found.append(_compare(run, what, goal, emulator, ("prism", peer, ROOM_LIST, "rooms", expected)))
    return found


def moto(run: Run) -> list[Measurement]:
    """A page of 50 rooms against a page of 50 Lambda functions: both GET, JSON, about 25 keys a row."""
    with Emulator(*SAMPLE) as emulator, Moto(run.moto) as peer:
        run.peers["moto"] = peer.version()
        peer.add_functions(ROWS)
        what = "50-row page, requests/s: emulator ÷ moto (Lambda ListFunctions)"
        return [_compare(run, what, Goal("≥", 15), emulator, ("moto", peer, Moto.LIST_PATH, "Functions", ROWS))]


def require_rows(server: Server, path: str, key: str, expected: int) -> None:
    """Raise ValueError unless the page has the rows that the comparison claims."""
    rows = len(server.get(path).json()[key])
    if rows != expected:
        raise ValueError(f"{path}: {rows} rows under {key!r}, expected {expected}")


@contextmanager
def document_with_rows(emulator: Server, folder: Path) -> Iterator[Path]:
    """The document, its example page replaced by a page of the emulator, as a file."""
    document = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8"))
    document["components"]["examples"]["RoomPage"]["value"] = emulator.get(ROOM_LIST).json()
    path = folder / "document-with-50-rooms.yaml"
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    yield path
    path.unlink()


def _compare(
    run: Run, what: str, goal: Goal | None, emulator: Server, other: tuple[str, Server, str, str, int]
) -> Measurement:
    name, peer, path, key, rows = other
    require_rows(emulator, ROOM_LIST, "rooms", ROWS)
    require_rows(peer, path, key, rows)

    def requests_per_second(server: Server, of: str, seconds: float) -> float:
        return load.run(server.order(of, connections=run.connections, seconds=seconds)).requests_per_second

    for server, of in ((emulator, ROOM_LIST), (peer, path)):
        requests_per_second(server, of, WARM_UP_SECONDS)
    run.say(what)
    figures = measuring.alternate(
        {
            "emulator": lambda: requests_per_second(emulator, ROOM_LIST, run.seconds),
            name: lambda: requests_per_second(peer, path, run.seconds),
        },
        run.rounds,
        say=run.say,
    )
    return Measurement(what, measuring.ratio(figures["emulator"], figures[name]), "×", goal, figures, "requests/s")
