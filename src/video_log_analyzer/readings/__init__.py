"""Read the published sources: what stands where, in the facets of `facets`, without any knowledge of the claims.

A source has one of four notations, and each has its reader. What a reader finds by itself is a `Reading`; `evidence`
compares it with the claim at the same place, both ways. Sentences that no reader understands are left to the claims.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from contract_kit.ledger.model import Place
from video_log_analyzer.readings import fragments, rendering, run_together
from video_log_analyzer.readings.reading import Answer, Reading, answers


@dataclass(frozen=True)
class Page:
    """A source that was read: its lines, and what its reader found."""

    lines: tuple[str, ...]
    readings: tuple[Reading, ...]
    answers: tuple[Answer, ...]

    def text(self, at: Place) -> str:
        """The lines at a place, without regard to its path."""
        return "\n".join(self.lines[at.first - 1 : at.last])


@lru_cache(maxsize=32)
def read(notation: str, text: str) -> Page:
    """Read a source of the given notation (for dated rows see `history`).

    Raises:
        ValueError, LookupError: the text is not in that notation.
    """
    lines = tuple(text.splitlines())
    find_readings, find_answers = _READERS[notation]
    return Page(lines, tuple(find_readings(lines)), tuple(find_answers(lines)))


_READERS = {
    "fragments": (fragments.readings, answers),
    "rendering": (rendering.readings, answers),
    "run-together": (run_together.readings, run_together.answers),
}
