"""Read a recording of any known format, and hold what is of this API against the document."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO

import orjson

from contract_kit.errors import FileError
from contract_kit.recordings import har
from contract_kit.recordings.bounds import CHUNK, LONGEST, mebibytes
from contract_kit.recordings.cassette import Cassette
from contract_kit.recordings.exchange import Exchange, SkipError
from contract_kit.recordings.json_stream import elements, first_keys
from contract_kit.recordings.lines import Lines
from contract_kit.recordings.source import BOM, MalformedError, blocks, chunks, kind_of, opened
from contract_kit.recordings.validator import Judge

_CASSETTE = frozenset({"interactions", "recorded"})
_OTHER_CASSETTES = frozenset({"http_interactions", "recorded_with"})
FORMATS = frozenset({".har", ".json", ".yaml", ".yml", ".ndjson", ".jsonl"})
_READ = ".har, .json, .yaml, .yml, .ndjson or .jsonl, each also with .gz or .zst behind it"


def read(path: Path, judge: Judge) -> bool:
    """Judge one file; whether its label says that the live API was recorded.

    Raises:
        FileError: it cannot be opened, or its name says no format.
        MalformedError: it cannot be read on.
    """
    with opened(path) as file:
        match kind_of(path):
            case ".har":
                _exchanges(har.exchanges(file, judge.file), judge)
            case ".yaml" | ".yml":
                return _cassette(Cassette(file, judge.file, is_json=False), judge)
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
        start = _beginning(again)
    keys = first_keys(start)
    if "log" in keys:
        _exchanges(har.exchanges(file, judge.file), judge)
    elif keys & _CASSETTE:
        return _cassette(Cassette(file, judge.file, is_json=True), judge)
    elif keys & _OTHER_CASSETTES:
        raise MalformedError("", "is a cassette of betamax or of Ruby's VCR: save it as HAR, or record it with vcrpy")
    elif start.startswith(b"["):
        for number, (_, body) in enumerate(elements(chunks(file), [()]), 1):
            Lines(judge).value(body, f"{judge.file} element {number}")
    elif _is_json(start.partition(b"\n")[0]) or b"\n" not in start:
        Lines(judge).blocks(blocks(file))
    else:
        # One body over several lines.
        content = b"".join(islice(chunks(file), 1 + LONGEST // CHUNK))
        if len(content) > LONGEST:
            problem = f"is one value of more than {mebibytes(LONGEST)}: write a body a line, and call it .ndjson"
            raise MalformedError("", problem)
        Lines(judge).body(content.removeprefix(BOM), judge.file)
    return False


def _beginning(file: IO[bytes]) -> bytes:
    """What a file begins with, blanks left out: at least a whole chunk, if there is as much."""
    start = b""
    for chunk in chunks(file):
        start = (start + chunk).removeprefix(BOM).lstrip()
        if len(start) >= CHUNK:
            break
    return start


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
