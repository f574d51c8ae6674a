"""Find recordings in folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from contract_kit.recordings.files import FORMATS
from contract_kit.recordings.source import kind_of


def found(folder: Path, complain: Callable[[str, str], None]) -> Iterator[Path]:
    """The recordings in a folder and below it, by their names, in order.

    Args:
        folder: Where to look; links are followed, but not in a circle.
        complain: Is given the path of what cannot be read, and why.
    """

    def unseen(error: OSError) -> None:
        complain(error.filename, f"{error.filename}: cannot be read: {error.strerror}")

    seen: set[tuple[int, int]] = set()
    for name, below, names in os.walk(folder, onerror=unseen, followlinks=True):
        known = Path(name).stat()
        if (known.st_dev, known.st_ino) in seen:
            below.clear()
            continue
        seen.add((known.st_dev, known.st_ino))
        below.sort()
        yield from (Path(name, each) for each in sorted(names) if kind_of(Path(each)) in FORMATS)
