"""One thing that is wrong with the ledger or the document, and what to do about it."""

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
        """One line for a person."""
        return f"{self.file}{f':{self.line}' if self.line else ''} {self.id}: {self.text}"


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """``unknown facet 'formt' (nearest: format)``, or the whole list of what is known where that is short."""
    names = sorted(known)
    if len(names) > 12:
        names = get_close_matches(name, names, n=3, cutoff=0.4)
        return f"unknown {kind} {name!r}" + (f" (nearest: {', '.join(names)})" if names else "")
    return f"unknown {kind} {name!r} (known: {', '.join(names) or 'none'})"


def shorten(text: str, width: int = 100) -> str:
    """``text`` on one line, cut in the middle: a problem quotes a source only as far as it must."""
    line = " ".join(text.split())
    return line if len(line) <= width else f"{line[: width // 2]} … {line[-(width // 2) :]}"
