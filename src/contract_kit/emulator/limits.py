"""How many requests an account may make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """So many ``requests`` in so many ``seconds``, and at most ``concurrent`` of them at once (None: any number)."""

    requests: int
    seconds: int
    concurrent: int | None = None
