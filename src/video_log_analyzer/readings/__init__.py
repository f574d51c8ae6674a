"""The readers of this API's published sources, one for each notation.

A reader extracts each statement as a `SourceReading`; `contract_kit.ledger.evidence` compares it with the claim about
the same passage, both ways. Sentences that no reader understands are covered only by claims.
"""

from __future__ import annotations

from functools import lru_cache, partial

from contract_kit.ledger.source_page import Readers, SourcePage
from video_log_analyzer.readings import fragments, rendering, run_together
from video_log_analyzer.readings.reading import answers

_NOTATIONS = {
    "fragments": (fragments.readings, answers),
    "rendering": (rendering.readings, answers),
    "run-together": (run_together.readings, run_together.answers),
}


@lru_cache(maxsize=32)
def _read(notation: str, text: str) -> SourcePage:
    lines = tuple(text.splitlines())
    find_readings, find_answers = _NOTATIONS[notation]
    return SourcePage(lines, tuple(find_readings(lines)), tuple(find_answers(lines)))


READERS: Readers = {notation: partial(_read, notation) for notation in _NOTATIONS}
