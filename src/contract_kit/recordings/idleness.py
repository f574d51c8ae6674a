"""Leave a file that goes on and on without an answer of this API."""

from __future__ import annotations

import time

from contract_kit.recordings.bounds import IDLE_ITEMS, IDLE_SECONDS
from contract_kit.recordings.source import MalformedError


class Idleness:
    """Counts what was read since the last answer of this API.

    Args:
        items: What is counted: ``lines``.
    """

    def __init__(self, items: str) -> None:
        self._items = items
        self._count = 0
        self._judged = 0
        self._since = time.monotonic()

    def note(self, judged: int, count: int = 1) -> None:
        """Note ``count`` further items, after which ``judged`` answers have been validated in all.

        Raises:
            MalformedError: there were too many, or they took too long, since the last answer.
        """
        if judged != self._judged:
            self._judged, self._count, self._since = judged, 0, time.monotonic()
            return
        self._count += count
        if self._count > IDLE_ITEMS:
            raise self._left(f"{IDLE_ITEMS} {self._items}")
        if time.monotonic() - self._since > IDLE_SECONDS:
            raise self._left(f"{IDLE_SECONDS:.0f} s")

    def _left(self, after: str) -> MalformedError:
        return MalformedError("", f"{after} without an answer of this API: the rest is skipped; take out what is none")
