"""How long the slowest of a hundred requests takes when nobody else asks: the emulator against Prism's mock."""

from __future__ import annotations

from benchmarks import load, measuring
from benchmarks.results import Goal, Measurement
from benchmarks.run import Run
from benchmarks.servers import Emulator, Prism, Server
from benchmarks.throughput import ROOM_LIST, ROWS, SAMPLE, WARM_UP_SECONDS, document_with_rows, require_rows


def prism(run: Run) -> list[Measurement]:
    """99th percentile of a page of 50 rooms over one connection that stays open."""
    what = "50-room page, p99 with one connection: emulator ÷ Prism"
    with (
        Emulator(*SAMPLE) as emulator,
        document_with_rows(emulator, run.folder) as document,
        Prism(run.prism, document) as peer,
    ):
        run.peers["prism"] = peer.version()
        for server in (emulator, peer):
            require_rows(server, ROOM_LIST, "rooms", ROWS)
            _p99(server, WARM_UP_SECONDS)
        run.say(what)
        figures = measuring.alternate(
            {"emulator": lambda: _p99(emulator, run.seconds), "prism": lambda: _p99(peer, run.seconds)},
            run.rounds,
            say=run.say,
        )
    ratio = measuring.ratio(figures["emulator"], figures["prism"])
    return [Measurement(what, ratio, "×", Goal("≤", 0.25), figures, "ms")]


def _p99(server: Server, seconds: float) -> float:
    return load.run(server.order(ROOM_LIST, connections=1, seconds=seconds)).p99_ms
