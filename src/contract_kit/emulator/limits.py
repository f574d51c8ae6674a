"""How much an account may ask for, and who is over it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """So many ``requests`` in so many ``seconds``, and at most ``concurrent`` of them at once (None: any number)."""

    requests: int
    seconds: int
    concurrent: int | None = None
