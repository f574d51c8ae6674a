"""The emulator's time. Only this module asks the operating system for the time."""

from __future__ import annotations

import time
from dataclasses import dataclass


def system_now() -> int:
    """Return the system's time in whole epoch seconds, such as ``1795223372``: the API knows no smaller unit."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The emulator's time in epoch seconds, and whether its clock stands still."""

    at: int
    frozen: bool
