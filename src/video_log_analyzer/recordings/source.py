"""Open a recording, plain or packed, and read it as chunks or lines of bounded length."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from video_log_analyzer.errors import FileError
from video_log_analyzer.recordings.bounds import CHUNK, LONGEST

_PACKED = (".gz", ".zst")
BOM = b"\xef\xbb\xbf"


class MalformedError(Exception):
    """A recording that cannot be read on: what was found, where, and what to do about it, as one line."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)


def is_packed(path: Path) -> bool:
    """Whether the file's name says gzip or zstd; such a file is read whole, never from its middle."""
    return path.suffix.lower() in _PACKED


def kind_of(path: Path) -> str:
    """What the name says that a file is, without ``.gz`` or ``.zst``: ``.har``, ``.yaml``, ``.ndjson``."""
    inner = path.with_suffix("") if is_packed(path) else path
    return inner.suffix.lower()


def opened(path: Path) -> IO[bytes]:
    """The unpacked bytes of ``path``.

    Raises:
        FileError: it cannot be opened, or is packed with zstd and the package for that is not there.
    """
    try:
        file = path.open("rb")
    except FileNotFoundError:
        raise FileError(path, "no such file") from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None
    match path.suffix.lower():
        case ".gz":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
        case ".zst":
            try:
                import zstandard
            except ImportError:
                file.close()
                raise FileError(
                    path, "is packed with zstd: `pip install video-log-analyzer[zstd]`, or unpack it first"
                ) from None
            # Frames may follow each other, as `cat` and `zstd -r` leave them.
            return io.BufferedReader(
                zstandard.ZstdDecompressor(max_window_size=32 << 20).stream_reader(file, read_across_frames=True)
            )
    return file


def chunks(file: IO[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """The rest of ``file``.

    Raises:
        MalformedError: it cannot be read or unpacked on.
    """
    done = 0
    while True:
        try:
            chunk = file.read(size)
        except (OSError, EOFError, zlib.error) as error:
            raise MalformedError(f"byte {done}", f"cannot be unpacked on ({error}): is the file whole?") from None
        except Exception as error:
            # zstandard has an exception of its own, and is only imported where it is needed.
            if type(error).__name__ != "ZstdError":
                raise
            raise MalformedError(f"byte {done}", f"cannot be unpacked on ({error}): is the file whole?") from None
        if not chunk:
            return
        done += len(chunk)
        yield chunk


@dataclass(frozen=True)
class Block:
    """Lines that stand one after the other.

    Attributes:
        offset: Where the first begins, in bytes.
        first: Its number, from 1, counted from the beginning of the range.
        lines: Without their line feeds.
        too_long: Whether this stands for a line of more than ``LONGEST`` bytes, and holds nothing.
    """

    offset: int
    first: int
    lines: Sequence[bytes]
    too_long: bool = False

    def begin(self, index: int) -> int:
        """Where the line with this index begins."""
        return self.offset + sum(len(line) + 1 for line in self.lines[:index])


def blocks(file: IO[bytes], start: int = 0, end: int | None = None) -> Iterator[Block]:
    """The lines that begin in ``[start, end)``; a line that is too long has a block of its own.

    Ranges that meet share no line and leave none out.

    Args:
        file: It stands at its beginning.
        start: A line that begins before it belongs to the range before.
        end: None for the end of the file.

    Raises:
        MalformedError: the file cannot be read or unpacked on.
    """
    begin, number, kept = 0, 1, b""
    # Bytes of the line that begins at `begin` which are not kept, since it is too long or not of this range.
    dropped = 0
    foreign = start > 0
    if foreign:
        # The byte before tells whether a line begins at `start` itself.
        begin = start - 1
        file.seek(begin)
    for chunk in chunks(file):
        *whole, kept = (kept + chunk).split(b"\n")
        # Only the first line can be older than the chunk.
        if whole and (foreign or dropped or len(whole[0]) > LONGEST):
            length = dropped + len(whole.pop(0))
            if not foreign:
                yield Block(begin, number, [], too_long=True)
                number += 1
            foreign = False
            begin += length + 1
            dropped = 0
        if whole:
            if end is not None and begin + sum(map(len, whole)) + len(whole) > end:
                yield from _up_to(end, begin, number, whole)
                return
            yield Block(begin, number, whole)
            begin += sum(map(len, whole)) + len(whole)
            number += len(whole)
        if end is not None and begin >= end and not foreign:
            return
        if dropped or foreign or len(kept) > LONGEST:
            dropped += len(kept)
            kept = b""
    if (kept or dropped) and not foreign:
        yield Block(begin, number, [] if dropped else [kept], too_long=dropped > 0)


def _up_to(end: int, begin: int, number: int, whole: Sequence[bytes]) -> Iterator[Block]:
    """The lines that begin before ``end``."""
    at = begin
    for index, line in enumerate(whole):
        if at >= end:
            whole = whole[:index]
            break
        at += len(line) + 1
    if whole:
        yield Block(begin, number, whole)
