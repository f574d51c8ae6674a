"""The emulator's time. Only this module asks the operating system for the time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache

# The last second that a header can name: 9999-12-31T23:59:59Z.
_LATEST = 253_402_300_799


def system_now() -> int:
    """Return the system's time in whole epoch seconds, such as ``1795223372``: the API knows no smaller unit."""
    return int(time.time())


@dataclass(frozen=True, slots=True)
class ClockReading:
    """The emulator's time in epoch seconds, and whether its clock stands still."""

    at: int
    frozen: bool


@lru_cache(maxsize=4)
def http_date(epoch: int) -> bytes:
    """Return a time as headers have it: ``b"Fri, 20 Nov 2026 20:08:56 GMT"``."""
    return formatdate(min(max(epoch, 0), _LATEST), usegmt=True).encode()
