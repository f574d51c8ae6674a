"""How many requests an account may make."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RequestLimit:
    """At most ``requests`` within ``seconds``, and at most ``concurrent`` at the same time (None: any number)."""

    requests: int
    seconds: int
    concurrent: int | None = None
