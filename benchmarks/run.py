"""What all benchmarks are given: sizes, rounds, where the peers are, and the databases that several of them share."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Run:
    """One run of one or more benchmarks.

    Args:
        folder: Where databases go; emptied by who made it.
        peers: The versions of the peers that were measured against, filled by the benchmarks.
    """

    folder: Path
    rounds: int = 7
    seconds: float = 3.0
    connections: int = 8
    small: int = 10_000
    large: int = 1_000_000
    bulk: int = 200_000
    prism: str | None = None
    moto: str | None = None
    postgresql: str | None = None
    redocly: str | None = None
    specshift: str | None = None
    optic: str | None = None
    peers: dict[str, str] = field(default_factory=dict)
    databases: dict[int, Path] = field(default_factory=dict)

    def say(self, line: str) -> None:
        """Tell who waits how far it is."""
        print(line, file=sys.stderr, flush=True)

    def options(self) -> dict[str, object]:
        """What shapes the figures, for the results."""
        return {
            name: getattr(self, name) for name in ("rounds", "seconds", "connections", "small", "large", "bulk")
        } | {f"{name} version": version for name, version in self.peers.items()}
