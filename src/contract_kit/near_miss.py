"""Suggest the known name that is nearest to an unknown one."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `` (did you mean 'deadline'?)`` for ``dead_line``; ``""`` if no known name is near.

    Case and separators are ignored.
    """
    folded = {_folded(each): each for each in known}
    close = difflib.get_close_matches(_folded(name), folded, n=1, cutoff=0.75)
    return f" (did you mean {folded[close[0]]!r}?)" if close else ""


def _folded(name: str) -> str:
    return name.lower().replace("-", " ").replace("_", " ")
