"""Start to first answer with an empty database: the emulator against Prism's mock."""

from __future__ import annotations

from statistics import median

from benchmarks import measuring
from benchmarks.results import Goal, Measurement
from benchmarks.run import Run
from benchmarks.servers import Emulator, Prism, Server


def prism(run: Run) -> list[Measurement]:
    """From the start of the process to the last byte of its first answer."""
    run.peers["prism"] = Prism(run.prism).version()
    figures = measuring.alternate(
        {"emulator": lambda: _seconds(Emulator("--empty")), "prism": lambda: _seconds(Prism(run.prism))},
        run.rounds,
        say=run.say,
    )
    return [
        Measurement(
            "start to first answer, empty database", median(figures["emulator"]), "s", Goal("≤", 0.7), figures, "s"
        ),
        Measurement(
            "start to first answer: emulator ÷ Prism",
            measuring.ratio(figures["emulator"], figures["prism"]),
            "×",
            Goal("≤", 1),
            figures,
            "s",
        ),
    ]


def _seconds(server: Server) -> float:
    try:
        return server.start()
    finally:
        server.stop()
