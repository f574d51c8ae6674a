"""A problem of the ledger or the document, with its remedy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class LedgerProblem:
    """``str(problem)``: ``claims/guide.yaml:41 L.Item.status: unknown source 'guide' (known: docs-html, …)``."""

    file: str
    line: int | None
    id: str
    text: str

    def __str__(self) -> str:
        """Return the problem as one line."""
        return f"{self.file}{f':{self.line}' if self.line else ''} {self.id}: {self.text}"


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """Return ``unknown facet 'formt' (nearest: format)``; up to 12 known names are all listed."""
    names = sorted(known)
    if len(names) > 12:
        names = get_close_matches(name, names, n=3, cutoff=0.4)
        return f"unknown {kind} {name!r}" + (f" (nearest: {', '.join(names)})" if names else "")
    return f"unknown {kind} {name!r} (known: {', '.join(names) or 'none'})"


def shorten(text: str, width: int = 100) -> str:
    """Return ``text`` on one line, cut in the middle, so that a problem quotes little of a source."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width // 2]} … {line[-(width // 2) :]}"
