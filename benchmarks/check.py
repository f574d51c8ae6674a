"""``vla check`` against the embedded emulator, and ``vla --help`` beside a bare Python."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

from benchmarks import measuring
from benchmarks.results import Goal, Measurement
from benchmarks.run import Run

# The command as people type it.
_VLA = [str(Path(sys.executable).with_name("vla"))]


def seconds(run: Run) -> list[Measurement]:
    """Whole runs, with set-up, reports and all."""
    sides = {"quick": lambda: _check("quick"), "full": lambda: _check("full")}
    checks = measuring.alternate(sides, run.rounds, say=run.say)
    helps = measuring.alternate(
        {"vla --help": lambda: _seconds([*_VLA, "--help"]), "python": lambda: _seconds([sys.executable, "-c", ""])},
        run.rounds * 5,
        say=lambda _: None,
    )
    return [
        Measurement("check, profile quick", median(checks["quick"]), "s", Goal("≤", 20), checks, "s"),
        Measurement("check, profile full", median(checks["full"]), "s", Goal("≤", 120), checks, "s"),
        Measurement(
            "`vla --help` ÷ bare Python",
            measuring.ratio(helps["vla --help"], helps["python"]),
            "×",
            Goal("≤", 3),
            helps,
            "s",
        ),
    ]


def _check(profile: str) -> float:
    return _seconds([*_VLA, "check", "--profile", profile])


def _seconds(command: Sequence[str]) -> float:
    with tempfile.TemporaryDirectory(prefix="check-") as folder:
        started = time.perf_counter()
        subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, check=True)
        return time.perf_counter() - started
