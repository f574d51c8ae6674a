"""Read the elements of an array in a large JSON file one by one, without loading the file into memory."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import ijson

from contract_kit.recordings.bounds import HARDEST, IDLE_BYTES, LONGEST, mebibytes
from contract_kit.recordings.building import Bounded
from contract_kit.recordings.source import BOM, MalformedError

Path = tuple[str, ...]

# In a string: complete characters and escapes, up to its end, or up to an incomplete escape at the end of the chunk.
_REST = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
# After a match, no escape and no surrogate pair of escapes is incomplete.
_SAFE = re.compile(rb'[ -!#-\[\]-~]{13}|\\["\\/bfnrt][ -!#-\[\]-tv-~]|\\u[0-9a-cA-C][0-9a-fA-F]{3}')


# The end of a string that was cut; no real text ends like this.
CUT = "\0 and more"
# Stands for a value that exceeds the bounds.
TOO_LARGE = object()
# Levels of nesting around the requested values.
_DEEPEST = 10_000


def elements(
    chunks: Iterable[bytes], arrays: Collection[Path], wholes: Collection[Path] = ()
) -> Iterator[tuple[Path, Any]]:
    """Yield each element of the arrays at ``arrays`` and each value at ``wholes``, in the order of the file.

    A string of more than ``LONGEST`` bytes is cut there, and ends in ``CUT``.

    Args:
        chunks: The content of the file.
        arrays: Paths of arrays: ``("log", "entries")``.
        wholes: Paths of other values: ``("log", "version")``.

    Raises:
        MalformedError: the file is not JSON; everything before the error is yielded.
    """
    follower = _Follower(frozenset(arrays), frozenset(wholes))
    events: Any = ijson.sendable_list()
    parser = ijson.basic_parse_coro(events, use_float=True)
    cutter = _Cutter()
    read, held, quiet = 0, b"", 0

    def parsed() -> Iterator[tuple[Path, Any]]:
        nonlocal held, quiet
        try:
            if held:  # empty input would tell the parser that the file ends
                parser.send(held)
                held = b""
        finally:
            if events:
                cutter.silent = 0
                found = follower.feed(events)
                del events[:]
                quiet = 0 if found else quiet
                # Yield what came before an error, too.
                yield from found

    try:
        for chunk in chunks:
            # Feed the parser before cutting a long value, since the value may already have ended.
            if cutter.silent > LONGEST:
                yield from parsed()
            held += cutter.piece(chunk if read else chunk.removeprefix(BOM))
            read += len(chunk)
            quiet += len(chunk)
            if quiet > IDLE_BYTES:
                problem = f"more than {mebibytes(IDLE_BYTES)} without an entry: the rest is skipped"
                raise MalformedError(f"near byte {read}", problem)
            # The parser reparses an incomplete value with each piece, so larger values get larger pieces.
            if len(held) > cutter.silent - len(held):
                yield from parsed()
        yield from parsed()
        parser.close()
    except MalformedError:
        # The file cannot be read further: yield what was read but not yet parsed.
        with suppress(ijson.JSONError, ValueError):
            yield from parsed()
        raise
    except (ijson.JSONError, ValueError) as error:
        raise MalformedError(
            f"near byte {read}", f"is not JSON ({_said(error)}): record it again, or mend it there"
        ) from None


def first_keys(start: bytes) -> frozenset[str]:
    """The top-level keys of the object at the start of a file, as far as ``start`` has them."""
    keys: set[str] = set()
    level = 0
    events: Any = ijson.sendable_list()
    with suppress(ijson.JSONError, ValueError):
        ijson.basic_parse_coro(events).send(start)
    for event, value in events:
        if event in {"start_map", "start_array"}:
            level += 1
        elif event in {"end_map", "end_array"}:
            level -= 1
        elif event == "map_key" and level == 1:
            keys.add(value)
        if not level:
            break
    return frozenset(keys)


def _said(error: Exception) -> str:
    """The parser's message without its quotation from the file."""
    said = error.args[0] if error.args else ""
    text = said.decode("latin-1") if isinstance(said, bytes) else str(said)
    return " ".join(text.split("\n")[0].split())[:120]


class _Cutter:
    """Drops the rest of a string that is too long, and passes everything else.

    Attributes:
        silent: The bytes since the parser's last event, which is how much of the current value the parser holds.
    """

    def __init__(self) -> None:
        self.silent = 0
        self._before = b""  # the end of the last chunk
        self._leaving_out = False

    def piece(self, chunk: bytes) -> bytes:
        """The part of ``chunk`` that the parser gets."""
        if self._leaving_out:
            # A backslash at the end of the last chunk belongs to the start of this one.
            chunk = self._before + chunk
            end = _string_end(chunk, 0)
            self._before = chunk[end:]
            if end == len(chunk) or chunk[end : end + 1] != b'"':
                return b""
            self._leaving_out, self.silent = False, 0
            return chunk[end:]
        if self.silent > LONGEST and chunk.strip():
            begin = (len(self._before) - len(self._before.rstrip(b"\\"))) % 2
            end = _string_end(chunk, begin)
            safe = _SAFE.search(chunk, begin)
            if chunk[end : end + 1] != b'"' and safe is not None and safe.end() <= end:
                self._leaving_out, self._before = True, chunk[end:]
                return chunk[: safe.end()] + CUT.encode().replace(b"\0", b"\\u0000")
            if self.silent > HARDEST:
                raise ValueError(f"one value of more than {mebibytes(HARDEST)}")
        self.silent += len(chunk)
        self._before = chunk[-64:]
        return chunk


def _string_end(chunk: bytes, begin: int) -> int:
    found = _REST.match(chunk, begin)
    return found.end() if found is not None else begin


class _Follower:
    """Follows the parser's events, and builds the values at the requested paths."""

    def __init__(self, arrays: frozenset[Path], wholes: frozenset[Path]) -> None:
        self._arrays = arrays
        self._wholes = wholes
        # For each container around the next value: the current key of an object, None for an array.
        self._around: list[str | None] = []
        self._built: tuple[Path, Bounded] | None = None

    def feed(self, events: Sequence[tuple[str, Any]]) -> list[tuple[Path, Any]]:
        """Process events, and return the values that they complete, with their paths."""
        found: list[tuple[Path, Any]] = []
        index = 0
        while index < len(events):
            if self._built is None and not self._begins(*events[index]):
                index += 1
                continue
            assert self._built is not None
            place, built = self._built
            index = built.json(events, index)
            if built.complete:
                self._built = None
                found.append((place, TOO_LARGE if built.too_large else built.value))
        return found

    def _begins(self, event: str, value: Any) -> bool:
        """Follow one event, and return whether a requested value begins with it."""
        if event == "map_key":
            self._around[-1] = value
        elif event in {"end_map", "end_array"}:
            self._around.pop()
        elif (place := self._asked_for()) is not None:
            self._built = place, Bounded()
            return True
        elif event in {"start_map", "start_array"}:
            if len(self._around) == _DEEPEST:
                raise ValueError(f"more than {_DEEPEST} levels")
            self._around.append("" if event == "start_map" else None)
        return False

    def _asked_for(self) -> Path | None:
        """The requested path of the next value, or None if the value is not requested."""
        if not 0 < len(self._around) <= self._longest:
            return None
        keys = tuple(key for key in self._around if key is not None)
        if self._around[-1] is None:
            return keys if len(keys) == len(self._around) - 1 and keys in self._arrays else None
        return keys if len(keys) == len(self._around) and keys in self._wholes else None

    @property
    def _longest(self) -> int:
        return 1 + max(map(len, self._arrays | self._wholes))
