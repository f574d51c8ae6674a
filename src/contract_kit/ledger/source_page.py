"""A published source as a reader has read it: what stands where, without any knowledge of the claims.

Each notation has a reader of its own, which whoever asks for the evidence brings along: a function from the text of a
source to its `SourcePage`. It raises ValueError or LookupError where the text is not in that notation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contract_kit.ledger.facets import Facets
from contract_kit.ledger.model import Passage


@dataclass(frozen=True)
class SourceReading:
    """What stands at ``at``.

    Attributes:
        at: The passage.
        subject: ``Item.status``; it may end in ``*`` where the source lost the name.
        facets: What is said of the subject, with ``run`` in place of ``enum`` where the values of a list are run
            together (``openclosedarchived``).
        text: The words that stand there.
    """

    at: Passage
    subject: str
    facets: Facets
    text: str


@dataclass(frozen=True)
class PublishedAnswer:
    """A published example: its passage and the JSON that stands there."""

    at: Passage
    body: Any
    text: str


@dataclass(frozen=True)
class SourcePage:
    """A source that was read: its lines, and what its reader found."""

    lines: tuple[str, ...]
    readings: tuple[SourceReading, ...]
    answers: tuple[PublishedAnswer, ...]

    def text(self, at: Passage) -> str:
        """The lines of a passage, without regard to its path."""
        return "\n".join(self.lines[at.first - 1 : at.last])


Readers = Mapping[str, Callable[[str], SourcePage]]
"""The reader of each notation, by its name."""
