"""Find recordings in folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from contract_kit.recordings.files import FORMATS
from contract_kit.recordings.source import kind_of


def found(folder: Path, complain: Callable[[str, str], None]) -> Iterator[Path]:
    """Find the recordings in a folder and its subfolders by file name, in sorted order.

    Args:
        folder: The folder; links are followed, but no folder is read twice.
        complain: Called with the path of each folder that cannot be read, and a message.
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
