"""What time it is for the emulator: the only place that asks the operating system."""

from __future__ import annotations

import time
from dataclasses import dataclass


def system_now() -> int:
    """Return the system's time in whole epoch seconds, such as ``1795223372``: the API knows no smaller unit."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class ClockState:
    """How the emulator's clock stands: ``frozen`` at ``at``, or ``offset`` seconds ahead of the system's time.

    ``at`` is the emulator's time when it was asked.
    """

    frozen: bool
    offset: int
    at: int
