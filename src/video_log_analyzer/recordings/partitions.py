"""One range of one file of NDJSON, judged: a plain function, without state, so that any engine can run it.

>>> partition("rooms.ndjson", 0, 67108864).tally.judged  # doctest: +SKIP
65536
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from video_log_analyzer import document
from video_log_analyzer.document import Document
from video_log_analyzer.errors import FileError
from video_log_analyzer.masking import Masker
from video_log_analyzer.recordings.exchange import Selection
from video_log_analyzer.recordings.judge import Judge, Sample
from video_log_analyzer.recordings.lines import Lines
from video_log_analyzer.recordings.source import MalformedError, blocks, is_packed, opened
from video_log_analyzer.recordings.tally import Tally

# Bytes of a plain file that are one unit of work, and of loss where a run is interrupted.
SIZE = 64 << 20
# What a partition hands on for a second look: the sample of sound records, and those of each sort of deviation.
_MOST_SAMPLES = 60
_MOST_BYTES = 1 << 20


@dataclass(frozen=True)
class Partition:
    """A range of a file, as it was when the range was laid.

    Attributes:
        path: The file.
        start: The first byte.
        end: The byte behind the last; for a packed file its size, since it is read whole.
        identity: Size, time of change in ns, and inode: while they stay the same the content does.
    """

    path: str
    start: int
    end: int
    identity: tuple[int, int, int]


@dataclass
class Outcome:
    """What was met in one partition.

    Attributes:
        tally: Counts and findings.
        samples: What jsonschema and the generated client should see, unmasked: it is never written anywhere.
    """

    tally: Tally
    samples: list[Sample] = field(default_factory=list)


def identity(path: Path) -> tuple[int, int, int]:
    """As in Partition.

    Raises:
        FileError: the file cannot be seen.
    """
    try:
        found = path.stat()
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None
    return found.st_size, found.st_mtime_ns, found.st_ino


def partitions(path: Path, size: int = SIZE) -> Iterator[Partition]:
    """The ranges of one file, by byte where it is plain, else one.

    Raises:
        FileError: the file cannot be seen.
    """
    known = identity(path)
    length = known[0]
    step = max(length, 1) if is_packed(path) else size
    for start in range(0, max(length, 1), step):
        yield Partition(str(path), start, min(start + step, length), known)


def partition(path: str, start: int, end: int, masking_key: str = "") -> Outcome:
    """Judge the records that begin in ``[start, end)`` of ``path``.

    Args:
        path: NDJSON, plain or packed; a packed file is read whole, whatever the range.
        start: The first byte.
        end: The byte behind the last.
        masking_key: Of ``VLA_MASK_KEY``, so that equal values look equal in the findings of all partitions.
    """
    samples: list[Sample] = []
    room = _MOST_BYTES

    def examine(sample: Sample) -> None:
        nonlocal room
        if len(samples) < _MOST_SAMPLES and len(sample.answer.body) <= room:
            room -= len(sample.answer.body)
            samples.append(sample)

    opened_document = _document()
    masker = Masker(masking_key, shown=opened_document.words)
    judge = Judge(opened_document, masker, Selection(opened_document), examine)
    judge.begin(path)
    lines = Lines(judge)
    try:
        with opened(Path(path)) as file:
            if is_packed(Path(path)):
                lines.blocks(blocks(file))
            else:
                lines.blocks(blocks(file, start, end), start)
    except FileError as error:
        judge.tally.complain(str(error))
    except MalformedError as error:
        judge.tally.complain(f"{path}: {error}")
    return Outcome(judge.tally, samples)


@cache
def _document() -> Document:
    """The document of this version, read once a process."""
    return document.load()
