"""The journal of finished partitions, from which an interrupted validation continues."""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any

from contract_kit import atomic_write
from contract_kit.errors import FileError
from contract_kit.recordings.partitions import Partition
from contract_kit.recordings.tally import Tally

FORMAT = 3
_LONGEST_HEAD = 10_000
_REMEDY = "name another with --journal"


class Journal:
    """An NDJSON file: a head, then a line for each finished partition.

    Each line is synced to disk and has a digest, so that lines which a crash cut off are ignored when read again. The
    content is masked like a report, except for file paths, which identify the partitions. An open journal is locked.

    Attributes:
        broken: The number of its lines that are not whole or not ours, whose partitions are validated again.

    Args:
        path: The file; a missing folder is created.
        head: What the findings depend on, such as the document's digest; with another head the journal starts empty.
        fresh: Whether to discard the existing lines.
    """

    def __init__(self, path: Path, head: Mapping[str, Any], *, fresh: bool = False) -> None:
        self._path = path
        self.broken = 0
        self._done: dict[Partition, Tally] = {}
        head = {"format": FORMAT, **head}
        atomic_write.require_writable(path, _REMEDY)  # opening a pipe would wait
        try:
            with _locked(path):
                known, broken = _read(path, head)
                self._done, self.broken = ({}, 0) if fresh else (known, broken)
                # Rewrite the file with the valid lines; after that, lines are only appended.
                lines = [json.dumps(head) + "\n", *(_line(*each) for each in self._done.items())]
                atomic_write.write(path, "".join(lines).encode(), _REMEDY, private=True)
                self._file = path.open("a", encoding="utf-8")
                _lock(self._file)
        except BlockingIOError:
            raise FileError(path, f"is in use by another validation: wait for it, or {_REMEDY}") from None
        except OSError as error:
            raise FileError(path, f"cannot be read or written ({error.strerror}): {_REMEDY}") from None

    def known(self, partition: Partition) -> Tally | None:
        """The tally of the same partition of the unchanged file in an earlier run, or None."""
        return self._done.get(partition)

    def add(self, finished: Iterable[tuple[Partition, Tally]]) -> None:
        """Append finished partitions.

        Raises:
            FileError: the file cannot be written.
        """
        try:
            self._file.writelines(_line(*each) for each in finished)
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise FileError(self._path, f"cannot be written ({error.strerror}): {_REMEDY}") from None

    def close(self) -> None:
        """Close the file."""
        self._file.close()


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Lock an existing journal while it is read and replaced."""
    if not path.exists():
        yield
        return
    with path.open("rb") as file:
        _lock(file)
        yield


def _lock(file: IO[Any]) -> None:
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _line(partition: Partition, tally: Tally) -> str:
    data = {"partition": asdict(partition), "tally": tally.to_dict()}
    return json.dumps({**data, "digest": _digest(data)}) + "\n"


def _digest(data: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:16]


def _read(path: Path, head: Mapping[str, Any]) -> tuple[dict[Partition, Tally], int]:
    """The finished partitions, and the number of lines that are not whole or not ours."""
    done: dict[Partition, Tally] = {}
    broken = 0
    if not path.exists() or not path.stat().st_size:
        return done, broken
    with path.open(encoding="utf-8", errors="replace") as file:
        first = _parsed(file.readline(_LONGEST_HEAD))
        if not isinstance(first, dict) or first.keys() != head.keys() or not isinstance(first["format"], int):
            # Never overwrite another file whose name was given by mistake.
            raise FileError(path, f"is no journal of a validation: {_REMEDY}, or delete it")
        if first != head:
            return done, broken
        for line in file:
            data = _parsed(line)
            try:
                if not isinstance(data, dict) or data.pop("digest", "") != _digest(data):
                    raise ValueError("it is cut off, or was changed")
                done[_partition(data["partition"])] = Tally.from_dict(data["tally"])
            except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
                broken += 1
    return done, broken


def _partition(data: Mapping[str, Any]) -> Partition:
    path, start, end, identity = data["path"], data["start"], data["end"], tuple(data["identity"])
    if not isinstance(path, str) or any(type(each) is not int for each in (start, end, *identity)):
        raise ValueError("no partition")
    return Partition(path, start, end, identity)


def _parsed(line: str) -> object:
    """A parsed line, or None if it is cut off or broken; its partition is then validated again."""
    try:
        parsed: object = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return parsed
