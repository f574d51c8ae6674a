"""Find encoded data anywhere in bytes, and decode it once.

Uses only the standard library. Every pattern runs in linear time: an unbounded repetition is followed only by
something that cannot fail, or that the repetition itself cannot match.
"""

from __future__ import annotations

import binascii
import html
import re
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

# Offset of the encoded data, and the decoded bytes.
Piece = tuple[int, bytes]

_PERCENT = re.compile(rb"%[0-9a-fA-F]{2}")
_ESCAPE = re.compile(rb"\\(?:u00([0-9a-fA-F]{2})|x([0-9a-fA-F]{2})|([nrtbf/\"'\\]))")
_ESCAPED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b" ", b"f": b" "}
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8};);?")

_WRAP = rb"[ \t]{0,64}\\?\r?\n[ \t]{0,64}"
# The last line of wrapped base64 may be short.
_BASE64 = re.compile(
    rb"[A-Za-z0-9+/_-]{16,}(?:" + _WRAP + rb"[A-Za-z0-9+/_-]{16,})*(?:" + _WRAP + rb"[A-Za-z0-9+/_-]{1,15})?"
)
_STANDARD = bytes.maketrans(b"-_", b"+/")
# Only readable parts of decoded base64 are kept: at a wrong alignment, decoding gives noise of the same length.
_READABLE = re.compile(rb"[\t\n\r -~]{8,}(?:[\x80-\xff]{1,4}[\t\n\r -~]+)*")
# UTF-16 and UTF-32 of either byte order: readable characters, each followed by one or three zero bytes.
_WIDE = re.compile(rb"(?:[\t -~]\x00(?:\x00\x00)?){4,}[\t -~]?")

_PACKED = re.compile(rb"\x1f\x8b\x08|BZh[1-9]1AY&SY|\xfd7zXZ\x00|PK\x03\x04|x[\x01\x5e\x9c\xda]")
_LOCAL_HEADER = 30  # bytes: the header of a file in a zip archive, before its name and extra field
_DEFLATED = 8
_CHUNKS = (64, 4096)  # the first chunk is small, because most matches are not really compressed data


class DecodingBudget:
    """The number of bytes of a file that may still be decoded; it stops decompression bombs."""

    def __init__(self, size: int) -> None:
        self.left = size

    def take(self, data: bytes) -> bytes:
        """Return as much of ``data`` as the budget allows, and charge it."""
        taken = data[: max(self.left, 0)]
        self.left -= len(taken)
        return taken


def decoded(data: bytes, budget: DecodingBudget) -> Iterator[Piece]:
    """Decode percent-encoding, JSON escapes, HTML entities, UTF-16 and -32, base64, gzip, zlib, zip, bz2 and xz.

    Finds each anywhere in ``data`` and undoes one level; data that is encoded twice takes two calls.
    """
    # Line by line: an encoded line feed must not shift the line numbers.
    for sign, undo in ((_PERCENT, unquote_to_bytes), (_ESCAPE, _unescaped), (_ENTITY, _without_entities)):
        for start, line in _lines_with(data, sign):
            yield start, budget.take(undo(line))
    for start, text in _narrowed(data):
        yield start, budget.take(text)
    for start, text in _from_base64(data):
        yield start, budget.take(text)
    yield from _unpacked(data, budget)


def _lines_with(data: bytes, sign: re.Pattern[bytes]) -> Iterator[Piece]:
    end = 0
    while found := sign.search(data, end):
        start, end = data.rfind(b"\n", 0, found.start()) + 1, data.find(b"\n", found.end())
        end = len(data) if end < 0 else end
        yield start, data[start:end]


def _unescaped(text: bytes) -> bytes:
    def plain(found: re.Match[bytes]) -> bytes:
        code = found[1] or found[2]
        return bytes([int(code, 16)]) if code else _ESCAPED.get(found[3], found[3])

    return _ESCAPE.sub(plain, text)


def _without_entities(text: bytes) -> bytes:
    return _ENTITY.sub(lambda found: html.unescape(found[0].decode()).encode("utf-8", "replace"), text)


def _narrowed(data: bytes) -> Iterator[Piece]:
    if b"\0" in data:
        for found in _WIDE.finditer(data):
            yield found.start(), found[0].replace(b"\0", b"")


def _from_base64(data: bytes) -> Iterator[Piece]:
    for found in _BASE64.finditer(data):
        run = found[0].translate(_STANDARD, b" \t\r\n\\")
        # The leak may start anywhere in a longer run, so all four alignments are tried.
        for skipped in range(4):
            yield from ((found.start(), text) for text in _texts(run[skipped:]))


def _texts(run: bytes) -> Iterator[bytes]:
    """Decode base64 that begins here; a single left-over character is dropped."""
    if len(run) % 4 == 1:
        run = run[:-1]
    content = binascii.a2b_base64(run + b"=" * (-len(run) % 4))
    if readable := _READABLE.findall(content):
        yield b"\0".join(readable)
    if _PACKED.search(content) or (b"\0" in content and _WIDE.search(content)):
        yield content


def _unpacked(data: bytes, budget: DecodingBudget) -> Iterator[Piece]:
    end = 0
    while budget.left > 0 and (found := _PACKED.search(data, end)):
        start, opened = _opened(data, found)
        unpacked, consumed = _poured(opened, data, start, budget) if opened else (b"", 0)
        # More compressed data may follow directly: gzip has members, zip has files.
        end = max(found.end(), start + consumed)
        if unpacked:
            yield found.start(), unpacked


def _opened(data: bytes, found: re.Match[bytes]) -> tuple[int, Any]:
    """Return the offset of compressed bytes and a decompressor, or None if there is no decompressor."""
    start, sign = found.start(), found[0]
    if sign.startswith(b"PK"):
        header = data[start : start + _LOCAL_HEADER]
        begin = (
            start + _LOCAL_HEADER + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        )
        # Stored files are readable as they are; other methods are found by their own signatures.
        return begin, zlib.decompressobj(-15) if int.from_bytes(header[8:10], "little") == _DEFLATED else None
    try:
        if sign.startswith(b"BZ"):
            import bz2  # not every Python is built with it

            return start, bz2.BZ2Decompressor()
        if sign.startswith(b"\xfd"):
            import lzma  # nor with this

            return start, lzma.LZMADecompressor(memlimit=1 << 28)
    except ImportError:
        return start, None
    return start, zlib.decompressobj(31 if sign.startswith(b"\x1f") else 15)


def _poured(unpacking: Any, data: bytes, start: int, budget: DecodingBudget) -> tuple[bytes, int]:
    """Decompress until an error, the end or the end of the budget; return the data and the consumed length."""
    made: list[bytes] = []
    position, size = start, _CHUNKS[0]
    while position < len(data) and budget.left > 0 and not unpacking.eof:
        chunk = data[position : position + size]
        # Failures also cost budget: otherwise data that fails late could be retried at every byte.
        budget.left -= len(chunk)
        try:
            made.append(unpacking.decompress(chunk, max(budget.left, 1)))
        except Exception:  # each module has its own error class; any error ends the data
            break
        budget.left -= len(made[-1])
        position, size = position + len(chunk), _CHUNKS[1]
    return b"".join(made), position - start - len(unpacking.unused_data)
