"""What the server holds in memory when its database has a million rooms."""

from __future__ import annotations

import time

from benchmarks import rooms
from benchmarks.results import Goal, Measurement, spaced
from benchmarks.run import Run
from benchmarks.scale import CASES
from benchmarks.servers import Emulator


def resident(run: Run) -> list[Measurement]:
    """Resident memory after each kind of list was asked for, with small and with the largest pages."""
    path = rooms.database(run, run.large)
    with Emulator("--database", str(path)) as emulator:
        for page_size in (50, 1000):
            for case in CASES:
                emulator.get(case.path(int(time.time()), page_size))
        memory = emulator.memory()
    of = f"of the server with {spaced(run.large)} rooms"
    return [
        Measurement(f"memory {of}, after lists of every kind", memory["VmRSS"], "MB", Goal("≤", 150)),
        Measurement(f"memory {of}, at most", memory["VmHWM"], "MB"),
    ]
