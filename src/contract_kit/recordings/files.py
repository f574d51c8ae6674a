"""Read a recording of any known format, and validate its exchanges with this API."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import IO

import orjson

from contract_kit.errors import FileError
from contract_kit.recordings import har
from contract_kit.recordings.bounds import CHUNK, IDLE_BYTES, LONGEST, mebibytes
from contract_kit.recordings.cassette import CassetteReader
from contract_kit.recordings.exchange import Exchange, SkipError
from contract_kit.recordings.idleness import Idleness
from contract_kit.recordings.json_stream import elements, first_keys
from contract_kit.recordings.lines import Lines
from contract_kit.recordings.source import BOM, MalformedError, blocks, chunks, kind_of, opened
from contract_kit.recordings.validator import Validator

_CASSETTE = frozenset({"interactions", "recorded"})
_OTHER_CASSETTES = frozenset({"http_interactions", "recorded_with"})
FORMATS = frozenset({".har", ".json", ".yaml", ".yml", ".ndjson", ".jsonl"})
_READ = ".har, .json, .yaml, .yml, .ndjson or .jsonl, each also with .gz or .zst behind it"


def read(path: Path, validator: Validator) -> bool:
    """Validate one file, and return whether its label says that the live API was recorded.

    Raises:
        FileError: the file cannot be opened, or its name does not tell its format.
        MalformedError: the file cannot be read to its end.
    """
    with opened(path) as file:
        match kind_of(path):
            case ".har":
                _exchanges(har.exchanges(file, validator.file), validator)
            case ".yaml" | ".yml":
                return _cassette(CassetteReader(file, validator.file, is_json=False), validator)
            case ".ndjson" | ".jsonl":
                Lines(validator).blocks(blocks(file))
            case ".json":
                return _json(file, path, validator)
            case _:
                raise FileError(path, f"has a name that says no format: call it {_READ}")
    return False


def _json(file: IO[bytes], path: Path, validator: Validator) -> bool:
    """Validate a ``.json`` file; its start tells which of the formats it has."""
    with opened(path) as again:
        start = _beginning(again)
    keys = first_keys(start)
    if "log" in keys:
        _exchanges(har.exchanges(file, validator.file), validator)
    elif keys & _CASSETTE:
        return _cassette(CassetteReader(file, validator.file, is_json=True), validator)
    elif keys & _OTHER_CASSETTES:
        raise MalformedError("", "is a cassette of betamax or of Ruby's VCR: save it as HAR, or record it with vcrpy")
    elif start.startswith(b"["):
        idleness = Idleness("elements")
        for number, (_, body) in enumerate(elements(chunks(file), [()]), 1):
            Lines(validator).value(body, f"{validator.file} element {number}")
            idleness.note(validator.tally.judged)
    elif _is_json(start.partition(b"\n")[0]) or b"\n" not in start:
        Lines(validator).blocks(blocks(file))
    else:
        # One body over several lines.
        content = b"".join(islice(chunks(file), 1 + LONGEST // CHUNK))
        if len(content) > LONGEST:
            problem = f"is one value of more than {mebibytes(LONGEST)}: write a body a line, and call it .ndjson"
            raise MalformedError("", problem)
        Lines(validator).body(content.removeprefix(BOM), validator.file)
    return False


def _beginning(file: IO[bytes]) -> bytes:
    """The start of a file without leading blanks: at least ``CHUNK`` bytes, if the file has as many."""
    start = b""
    for chunk in islice(chunks(file), IDLE_BYTES // CHUNK):
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


def _cassette(cassette: CassetteReader, validator: Validator) -> bool:
    _exchanges(cassette.exchanges(), validator)
    return cassette.is_live


def _exchanges(exchanges: Iterable[Exchange | SkipError], validator: Validator) -> None:
    idleness = Idleness("entries")
    for exchange in exchanges:
        if isinstance(exchange, SkipError):
            validator.skip(exchange)
        else:
            validator.exchange(exchange)
        idleness.note(validator.tally.judged)
