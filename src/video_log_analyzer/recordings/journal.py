"""Which partitions an audit has finished, so that an interrupted one goes on where it was."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from video_log_analyzer import whole_file
from video_log_analyzer.errors import FileError
from video_log_analyzer.recordings.partitions import Partition
from video_log_analyzer.recordings.tally import Tally

FORMAT = 1
_REMEDY = "name another with --journal"


class Journal:
    """A file of NDJSON: a head, then a line for each finished partition.

    A line is written at once and synced; one that was cut off by a crash is not there on the next reading. What is in
    it is masked like a report.

    Args:
        path: The file; its folder is made where it is missing.
        head: What the findings depend on: with another document or tool the journal begins anew.
    """

    def __init__(self, path: Path, head: Mapping[str, Any], *, fresh: bool = False) -> None:
        self._path = path
        self._done: dict[Partition, Tally] = {}
        head = {"format": FORMAT, **head}
        try:
            if not fresh:
                self._done = _read(path, head)
            # What is still of use; from then on it only grows.
            lines = [json.dumps(head) + "\n", *(_line(partition, tally) for partition, tally in self._done.items())]
            whole_file.write(path, "".join(lines).encode(), _REMEDY)
            self._file = path.open("a", encoding="utf-8")
        except OSError as error:
            raise FileError(path, f"cannot be read or written ({error.strerror}): {_REMEDY}") from None

    def known(self, partition: Partition) -> Tally | None:
        """What an earlier run met in that very partition of that very file."""
        return self._done.get(partition)

    def add(self, partition: Partition, tally: Tally) -> None:
        """Note a finished partition.

        Raises:
            FileError: the disk is full or gone.
        """
        try:
            self._file.write(_line(partition, tally))
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise FileError(self._path, f"cannot be written ({error.strerror}): {_REMEDY}") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


def _line(partition: Partition, tally: Tally) -> str:
    return json.dumps({"partition": vars(partition), "tally": tally.to_dict()}, ensure_ascii=False) + "\n"


def _read(path: Path, head: Mapping[str, Any]) -> dict[Partition, Tally]:
    if not path.exists():
        return {}
    done: dict[Partition, Tally] = {}
    with path.open(encoding="utf-8", errors="replace") as file:
        try:
            first = json.loads(file.readline())
        except ValueError:
            first = None
        if not isinstance(first, dict) or "format" not in first:
            # Nobody's file is overwritten because its name was given by mistake.
            raise FileError(path, "is no journal of `vla audit`: name another with --journal, or delete it")
        if first != head:
            return {}
        for line in file:
            try:
                data = json.loads(line)
                place = data["partition"]
                partition = Partition(place["path"], place["start"], place["end"], tuple(place["identity"]))
                done[partition] = Tally.from_dict(data["tally"])
            except (AttributeError, KeyError, TypeError, ValueError):
                continue  # cut off: that partition is audited again
    return done
