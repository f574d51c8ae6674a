"""Read recordings of any known format, one after the other, and hold what is of this API against the document."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

import orjson

from video_log_analyzer.checks.coverage import Coverage
from video_log_analyzer.document import Document
from video_log_analyzer.errors import FileError
from video_log_analyzer.findings import Severity
from video_log_analyzer.masking import Masker
from video_log_analyzer.recordings import har
from video_log_analyzer.recordings.bounds import CHUNK
from video_log_analyzer.recordings.cassette import Cassette
from video_log_analyzer.recordings.exchange import Exchange, Selection, SkipError
from video_log_analyzer.recordings.judge import Judge, Sample
from video_log_analyzer.recordings.lines import Lines
from video_log_analyzer.recordings.outcome import Recordings, complaint_lines, result
from video_log_analyzer.recordings.referee import Referee
from video_log_analyzer.recordings.source import BOM, MalformedError, blocks, chunks, kind_of, opened
from video_log_analyzer.results import Result

_HAR = re.compile(rb'\s*\{\s*"log"\s*:')
_CASSETTE = re.compile(rb'\s*\{\s*"(?:version|interactions|recorded)"\s*:')
_READ = ".har, .json, .yaml, .yml, .ndjson or .jsonl, each also with .gz or .zst behind it"


@dataclass(frozen=True)
class Replay:
    """What is read, and how it is judged.

    Attributes:
        paths: The files.
        hosts: Hosts that count as this API besides the known ones.
        fail_on: The least severity that makes the run fail.
        masking: Where the masker's key is from, as in Result.
    """

    paths: Sequence[Path]
    hosts: Collection[str] = ()
    fail_on: Severity = Severity.DRIFT
    masking: str = ""


def replay(what: Replay, document: Document, masker: Masker, complain: Callable[[str], None]) -> tuple[Result, bool]:
    """Judge all files.

    Args:
        what: The files.
        document: What they are held against.
        masker: Masks what is shown.
        complain: Is given a line for each file or line that cannot be read.

    Returns:
        The result, and whether a file or a part of one could not be read.
    """
    started, begun = datetime.now(UTC), time.monotonic()
    coverage = Coverage(document)
    referee = Referee(document, coverage)
    recordings = Recordings()

    def examine(sample: Sample) -> None:
        referee.examine(sample, judge.tally)

    judge = Judge(document, masker, Selection(document, what.hosts), examine)
    for path in what.paths:
        at = time.monotonic()
        judge.begin(str(path))
        is_live = False
        try:
            is_live = _read(path, judge)
        except FileError as error:
            judge.tally.complain(str(error))
        except MalformedError as error:
            judge.tally.complain(f"{path}: {error}")
        for line in complaint_lines(str(path), judge.tally):
            complain(line)
        recordings.add(str(path), judge.tally, time.monotonic() - at, live=is_live)
    found = result(
        recordings,
        referee,
        document,
        started=started,
        seconds=time.monotonic() - begun,
        profile="replay",
        fail_on=what.fail_on,
        masking=what.masking,
        coverage=coverage,
    )
    return found, recordings.unreadable


def _read(path: Path, judge: Judge) -> bool:
    """Judge one file; whether its label says that the live API was recorded."""
    if path.is_dir():
        raise FileError(path, "is a folder: name files, or use `vla audit` for folders of NDJSON")
    with opened(path) as file:
        match kind_of(path):
            case ".har":
                _exchanges(har.exchanges(file, path), judge)
            case ".yaml" | ".yml":
                return _cassette(Cassette(file, path, is_json=False), judge)
            case ".ndjson" | ".jsonl":
                Lines(judge).blocks(blocks(file))
            case ".json":
                return _json(file, path, judge)
            case _:
                raise FileError(path, f"has a name that says no format: call it {_READ}")
    return False


def _json(file: IO[bytes], path: Path, judge: Judge) -> bool:
    """A file that may be anything in JSON: its beginning tells."""
    with opened(path) as again:
        start = next(chunks(again), b"").removeprefix(BOM)
    if _HAR.match(start):
        _exchanges(har.exchanges(file, path), judge)
    elif _CASSETTE.match(start):
        return _cassette(Cassette(file, path, is_json=True), judge)
    elif _is_json(start.partition(b"\n")[0]) or len(start) == CHUNK:
        Lines(judge).blocks(blocks(file))
    else:
        # One body over several lines.
        Lines(judge).body(b"".join(chunks(file)).removeprefix(BOM), str(path))
    return False


def _is_json(line: bytes) -> bool:
    try:
        orjson.loads(line)
    except orjson.JSONDecodeError:
        return False
    return True


def _cassette(cassette: Cassette, judge: Judge) -> bool:
    _exchanges(cassette.exchanges(), judge)
    return cassette.is_live


def _exchanges(exchanges: Iterable[Exchange | SkipError], judge: Judge) -> None:
    for exchange in exchanges:
        if isinstance(exchange, SkipError):
            judge.skip(exchange)
        else:
            judge.exchange(exchange)
