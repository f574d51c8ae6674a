"""A published source as its reader parsed it, independently of the claims.

Each notation has its own reader, which the kit provides: a function from the text of a source to a `SourcePage`. It
raises ValueError or LookupError if the text is not in that notation.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from contract_kit.ledger.facets import Facets
from contract_kit.ledger.model import Passage


@dataclass(frozen=True)
class SourceReading:
    """What a source says about one subject in one passage.

    Attributes:
        at: The passage.
        subject: ``Item.status``; it may end in ``*`` if the source lost the name.
        facets: The subject's facets, with ``run`` instead of ``enum`` if the source lost the spaces between values
            (``openclosedarchived``).
        text: The text of the passage.
    """

    at: Passage
    subject: str
    facets: Facets
    text: str


@dataclass(frozen=True)
class PublishedAnswer:
    """A published example: its passage, its JSON and its text."""

    at: Passage
    body: Any
    text: str


@dataclass(frozen=True)
class SourcePage:
    """A parsed source: its lines, and the readings and examples that its reader found."""

    lines: tuple[str, ...]
    readings: tuple[SourceReading, ...]
    answers: tuple[PublishedAnswer, ...]

    def text(self, at: Passage) -> str:
        """Return the lines of a passage; its path is ignored."""
        return "\n".join(self.lines[at.first - 1 : at.last])


Readers = Mapping[str, Callable[[str], SourcePage]]
"""The reader of each notation, by the notation's name."""
