"""What time it is for the emulator: the only place that asks the operating system."""

from __future__ import annotations

import time


class Clock:
    """The system's clock, in whole epoch seconds, since the API knows no smaller unit."""

    def now(self) -> int:
        """Return the current time, such as ``1795223372``."""
        return int(time.time())


class FrozenClock(Clock):
    """A clock that stands still until it is told to move, so that seven days can pass at once."""

    def __init__(self, now: int) -> None:
        self._now = now

    def now(self) -> int:
        """Return the time that was set."""
        return self._now

    def advance(self, seconds: int) -> None:
        """Let ``seconds`` pass."""
        self._now += seconds
