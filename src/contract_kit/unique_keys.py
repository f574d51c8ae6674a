"""Refuse a JSON object that has a key twice; Python's parser would silently keep the last value."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

_LONGEST = 100


def unique_keys(pairs: Sequence[tuple[str, Any]], shown: Callable[[str], str] = str) -> dict[str, Any]:
    """Return the object, as ``object_pairs_hook`` of ``json.loads``; takes time in proportion to the pairs.

    Args:
        pairs: The keys and values, in order.
        shown: What the message may say of a key.

    Raises:
        ValueError: a key stands there twice; the message names the first one.
    """
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise ValueError(f"the key {shown(name)[:_LONGEST]!r} stands twice in one object")
            seen.add(name)
    return found
