"""Open a recording, plain or packed, and read it in chunks or lines of limited length."""

from __future__ import annotations

import gzip
import io
import stat
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO, Any, cast

from contract_kit.errors import FileError
from contract_kit.recordings.bounds import CHUNK, IDLE_BYTES, LONGEST, mebibytes

_PACKED = (".gz", ".zst")
NO_FILE = "is no file but a device or a pipe: write what it gives into a file"
BOM = b"\xef\xbb\xbf"
# Bytes of lines that are parsed together; the parsed values should fit into the processor's cache.
_BLOCK = 32 << 10
# Packed bytes that are unpacked at a time; they may unpack to about 40 MB.
_PIECE = 1 << 10


class MalformedError(Exception):
    """A recording cannot be read further; the one-line message says what is wrong, where, and what to do."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}" if place else problem)


def is_packed(path: Path) -> bool:
    """Whether the file name ends in ``.gz`` or ``.zst``; such a file must be read from its start."""
    return path.suffix.lower() in _PACKED


def kind_of(path: Path) -> str:
    """The file's suffix in lower case, without ``.gz`` or ``.zst``: ``.har``, ``.yaml``, ``.ndjson``."""
    inner = path.with_suffix("") if is_packed(path) else path
    return inner.suffix.lower()


def opened(path: Path) -> IO[bytes]:
    """Open ``path`` for reading its unpacked bytes.

    Raises:
        FileError: it cannot be opened, or it needs the package zstandard, which is not installed.
    """
    try:
        if not stat.S_ISREG(path.stat().st_mode) and not path.is_dir():
            raise FileError(path, NO_FILE)
        file = path.open("rb")
    except FileNotFoundError:
        raise FileError(path, "no such file") from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None
    if is_packed(path) and path.is_file() and not path.stat().st_size:
        file.close()
        raise FileError(path, "is empty, which nothing packed is: is the file whole?")
    match path.suffix.lower():
        case ".gz":
            return cast("IO[bytes]", gzip.GzipFile(fileobj=file))
        case ".zst":
            try:
                import zstandard
            except ImportError:
                file.close()
                raise FileError(
                    path, "is packed with zstd: install the package zstandard, or unpack it first"
                ) from None
            return io.BufferedReader(_Frames(file, zstandard.ZstdDecompressor(max_window_size=32 << 20)))
    return file


class _Frames(io.RawIOBase):
    """Unpacks one or more zstd frames, and raises an error if the last one is cut off.

    zstandard's own reader would treat a cut-off file as complete.
    """

    def __init__(self, file: IO[bytes], decompressor: Any) -> None:
        self._file = file
        self._decompressor = decompressor
        self._frame: Any = None
        self._read = b""
        self._held = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._held:
            self._read = self._read or self._file.read(_PIECE)
            if not self._read:
                if self._frame is not None:
                    raise EOFError("the last frame is cut off")
                return 0
            self._frame = self._frame or self._decompressor.decompressobj()
            self._held = self._frame.decompress(self._read)
            self._read = b""
            if self._frame.eof:
                self._read, self._frame = self._frame.unused_data, None
        size = min(len(buffer), len(self._held))
        buffer[:size], self._held = self._held[:size], self._held[size:]
        return size

    def close(self) -> None:
        self._file.close()
        super().close()


def chunks(file: IO[bytes], size: int = CHUNK) -> Iterator[bytes]:
    """The rest of ``file``, in chunks of at most ``size`` bytes.

    Raises:
        MalformedError: the file cannot be read or unpacked to its end.
    """
    done = 0
    while True:
        try:
            # read1() reads the underlying file at most once, so data before an error is yielded before the error.
            chunk = file.read1(size)  # type: ignore[attr-defined]
        except Exception as error:
            raise MalformedError(f"byte {done}", f"cannot be read on ({_why(error)}): is the file whole?") from None
        if not chunk:
            return
        done += len(chunk)
        yield chunk


def _why(error: Exception) -> str:
    """Say what ended the reading. The text of the error is not shown: it may quote bytes of the file.

    Raises:
        Exception: the error, if it is not about the file.
    """
    if isinstance(error, EOFError):
        return "it is cut off"
    if isinstance(error, gzip.BadGzipFile):
        return "it is not what gzip writes"
    if isinstance(error, OSError):
        return error.strerror or "the system refuses"
    # Compare names, since zstandard and its exception are only imported when needed.
    if isinstance(error, zlib.error) or type(error).__name__ == "ZstdError":
        return f"it is not what {'gzip' if isinstance(error, zlib.error) else 'zstd'} writes, or damaged"
    raise error


@dataclass(frozen=True)
class Block:
    """Consecutive lines of a file.

    Attributes:
        offset: The offset of the first line, in bytes.
        text: The lines, without the last line feed.
        too_long: Whether this block stands for a line of more than ``LONGEST`` bytes; ``text`` is then empty.
    """

    offset: int
    text: bytes
    too_long: bool = False

    @cached_property
    def lines(self) -> Sequence[bytes]:
        """The lines, without their line feeds."""
        return [] if self.too_long else self.text.split(b"\n")

    def begin(self, index: int) -> int:
        """The offset of the line with this index, in bytes."""
        return self.offset + sum(len(line) + 1 for line in self.lines[:index])


def blocks(file: IO[bytes], start: int = 0, end: int | None = None) -> Iterator[Block]:
    """The lines that begin in ``[start, end)``; a line that is too long has a separate block.

    Adjacent ranges share no line and leave none out.

    Args:
        file: The file, at its start.
        start: The first byte; a line that begins before it belongs to the previous range.
        end: One past the last byte; None for the end of the file.

    Raises:
        MalformedError: the file cannot be read or unpacked to its end.
    """
    begin = 0
    # The bytes so far of the line that begins at `begin`, and their number, which also counts dropped bytes.
    pieces: list[bytes] = []
    length = 0
    foreign = start > 0
    if foreign:
        # The byte before `start` tells whether a line begins at `start`.
        begin = start - 1
        file.seek(begin)
    for chunk in chunks(file, _BLOCK):
        if end is not None and begin >= end and not foreign:
            return
        feed = chunk.find(b"\n")
        if feed < 0:
            length += len(chunk)
            pieces.append(chunk)
            if length > IDLE_BYTES:
                problem = f"a line of more than {mebibytes(IDLE_BYTES)}: the rest is skipped"
                raise MalformedError(f"byte {begin}", problem)
            if foreign or length > LONGEST:
                pieces.clear()
            continue
        last = chunk.rfind(b"\n")
        text: bytes | None = None
        if foreign or length + feed > LONGEST:
            if not foreign:
                yield Block(begin, b"", too_long=True)
            foreign = False
            begin += length + feed + 1
            if feed < last:
                text = chunk[feed + 1 : last]
        else:
            text = b"".join([*pieces, chunk[:last]])
        pieces = [chunk[last + 1 :]]
        length = len(pieces[0])
        if text is not None and (end is None or begin < end):
            if end is not None and begin + len(text) >= end:
                # The last line of the range is the one with its last byte.
                cut = text.find(b"\n", end - 1 - begin)
                yield Block(begin, text if cut < 0 else text[:cut])
                return
            yield Block(begin, text)
            begin += len(text) + 1
    if length and not foreign and (end is None or begin < end):
        too_long = length > LONGEST
        yield Block(begin, b"" if too_long else b"".join(pieces), too_long=too_long)
