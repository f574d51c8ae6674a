"""Secrets and personal data where none belong: in plain, percent-encoded, JSON-escaped, base64 and gzip form.

Needs nothing but Python, so that a hook before a commit can run it without an installation.
"""

from __future__ import annotations

import base64
import binascii
import re
import zlib
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

# A line may hold one kind on purpose, with a reason: `leak-scan: allow e-mail (the address that the licence names)`.
ALLOWANCE = re.compile(rb"leak-scan: allow ([\w-]+) \((\S[^)\n]*)\)")

# What is packed into itself again and again is not looked into for ever.
_DEPTH = 4
_LARGEST = 64 * 1024 * 1024

_SID = re.compile(rb"(?<![0-9A-Z])[A-Z]{2}([0-9a-fA-F]{32})(?![0-9A-Za-z])")
# Not behind a colon within a URL: that is a password, which has a pattern of its own.
_EMAIL = re.compile(
    rb"(?<![:A-Za-z0-9._+-])[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@((?:[A-Za-z0-9-]{1,63}\.){1,8}([A-Za-z]{2,24}))(?![A-Za-z0-9-])"
)
_HARMLESS_DOMAIN = re.compile(rb"(?:.*\.)?(?:example\.[a-z]+|[a-z0-9-]+\.(?:invalid|test|example)|localhost)", re.I)
_USERINFO = re.compile(rb"://[^\s/@:\"']*:([^\s/@\"']{8,})@")
_BASIC = re.compile(rb"\bBasic[ +]+([A-Za-z0-9+/_-]{8,}={0,2})", re.I)
_BEARER = re.compile(rb"\bauthorization[\"']?\s*[:=,]\s*[\[\"']*\s*Bearer +([A-Za-z0-9._~+/-]{16,}=*)", re.I)
_WORD = rb"(?:auth[_-]?tokens?|api[_-]?(?:key[_-]?)?secrets?|secrets?|passwords?|passwd)"
_TOKEN = re.compile(
    rb"(?i:" + _WORD + rb")[\\\"'\]]*\s*(?:[:=,]|=>|is)?\s*[\\\"'\[]*\s*([0-9A-Za-z]{32})(?![0-9A-Za-z])"
)
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:[ \t]*\\?\r?\n[ \t]*[A-Za-z0-9+/_-]{16,})*={0,2}")
_UNICODE = re.compile(rb"\\u00([2-7][0-9a-fA-F])")
_SECRET_VARIABLE = re.compile(r"(?:TWILIO|VLA)_\w*(?:TOKEN|SECRET|KEY|SID|PASSWORD)\w*")


@dataclass(frozen=True, order=True)
class Leak:
    """Something that should not be there.

    Attributes:
        line: On which it begins, from 1.
        kind: ``SID``, ``e-mail``, ``credential``, ``auth-token`` or ``authorization``.
        hint: Enough to find it again, never the whole: ``AC…(34 characters)``.
    """

    line: int
    kind: str
    hint: str


def secrets_of(environment: Mapping[str, str]) -> dict[str, str]:
    """The credentials of ``environment`` by the names of their variables."""
    return {
        name: value
        for name, value in environment.items()
        if _SECRET_VARIABLE.fullmatch(name) and len(value.strip()) >= 8
    }


def scan(data: bytes, secrets: Mapping[str, str] | None = None) -> list[Leak]:
    """All leaks of a file's content, each once.

    Args:
        data: The content; gzip is unpacked.
        secrets: Values that must not occur, by a name that may be shown.
    """
    wanted = {name: value.encode() for name, value in (secrets or {}).items() if value}
    lines = _LineNumbers(data)
    allowed = {(lines.at(found.start()), found[1].decode()) for found in ALLOWANCE.finditer(data)}
    leaks = {Leak(line, kind, hint) for line, kind, hint in _look(data, wanted, lines.at, 0)}
    return sorted(leak for leak in leaks if (leak.line, leak.kind) not in allowed)


Found = tuple[int, str, str]


def _look(data: bytes, secrets: Mapping[str, bytes], line: Callable[[int], int], depth: int) -> Iterator[Found]:
    """The leaks of ``data`` and of whatever is encoded in it."""
    if data.startswith(b"\x1f\x8b"):
        if depth < _DEPTH and (unpacked := _unpacked(data)):
            yield from _look(unpacked, secrets, _always(line(0)), depth + 1)
        return
    for offset, kind, hint in _plain(data, secrets):
        yield line(offset), kind, hint
    if depth >= _DEPTH:
        return
    for decode, sign in ((unquote_to_bytes, b"%"), (_unescaped, b"\\u00")):
        if sign in data:
            # Line by line: a line feed that is encoded itself must not shift the numbers.
            for start, text in _lines_with(data, sign):
                decoded = decode(text)
                if decoded != text:
                    yield from _look(decoded, secrets, _always(line(start)), depth + 1)
    for found in _BASE64.finditer(data):
        run = re.sub(rb"[^A-Za-z0-9+/_-]", b"", found[0]).translate(_STANDARD)
        # What is looked for may stand anywhere in a longer run: each of four alignments, cut to whole groups.
        for skipped in range(4):
            piece = run[skipped:]
            try:
                decoded = base64.b64decode(piece + b"=" * (-len(piece) % 4))
            except binascii.Error:
                decoded = base64.b64decode(piece[: len(piece) // 4 * 4])
            if _worth(decoded):
                yield from _look(decoded, secrets, _always(line(found.start())), depth + 1)


_STANDARD = bytes.maketrans(b"-_", b"+/")
_READABLE = re.compile(rb"[\x20-\x7e]{8,}")


def _always(number: int) -> Callable[[int], int]:
    """What is unpacked stands on the line of its package."""
    return lambda _: number


def _worth(decoded: bytes) -> bool:
    """Whether bytes can hold something readable, or something packed."""
    return decoded.startswith(b"\x1f\x8b") or _READABLE.search(decoded) is not None


def _plain(data: bytes, secrets: Mapping[str, bytes]) -> Iterator[Found]:
    for name, value in secrets.items():
        offset = data.find(value)
        while offset >= 0:
            yield offset, "credential", f"the value of {name}"
            offset = data.find(value, offset + 1)
    for found in _SID.finditer(data):
        if not _is_invented(found[1]):
            yield found.start(), "SID", f"{found[0][:2].decode()}…({len(found[0])} characters)"
    if b"@" in data:
        for found in _EMAIL.finditer(data):
            if not _HARMLESS_DOMAIN.fullmatch(found[1]) and b"noreply" not in found[0]:
                yield found.start(), "e-mail", f"{found[0][:1].decode()}…@…({len(found[0])} characters)"
    for found in _USERINFO.finditer(data):
        if re.search(rb"\d", found[1]):
            yield found.start(), "authorization", f"://…:…({len(found[1])} characters)@"
    for found in _BASIC.finditer(data):
        if _is_pair(found[1]):
            yield found.start(), "authorization", f"Basic …({len(found[1])} characters)"
    for found in _BEARER.finditer(data):
        yield found.start(), "authorization", f"Bearer …({len(found[1])} characters)"
    for found in _TOKEN.finditer(data):
        if not _is_invented(found[1]) and re.search(rb"\d", found[1]) and re.search(rb"[A-Za-z]", found[1]):
            yield found.start(), "auth-token", f"…({len(found[1])} characters beside a word for a credential)"


def _is_invented(digits: bytes) -> bool:
    """Whether an identifier says itself that it is none: it begins with 00000000, or is one character throughout."""
    return digits.startswith(b"00000000") or len(set(digits)) == 1


def _is_pair(blob: bytes) -> bool:
    """Whether base64 holds a user name and a password that is not plainly invented."""
    try:
        user, colon, password = base64.b64decode(blob.translate(_STANDARD) + b"=" * (-len(blob) % 4)).partition(b":")
    except binascii.Error:
        return False
    return bool(colon) and user.isascii() and password.isascii() and len(password) >= 8 and not _is_invented(user[2:])


def _unescaped(text: bytes) -> bytes:
    return _UNICODE.sub(lambda found: bytes([int(found[1], 16)]), text)


def _unpacked(data: bytes) -> bytes:
    unpacking = zlib.decompressobj(31)
    try:
        return unpacking.decompress(data, _LARGEST)
    except zlib.error:
        return b""


def _lines_with(data: bytes, sign: bytes) -> Iterator[tuple[int, bytes]]:
    """The lines that hold ``sign``, each with its offset."""
    offset = data.find(sign)
    while offset >= 0:
        start, end = data.rfind(b"\n", 0, offset) + 1, data.find(b"\n", offset)
        end = len(data) if end < 0 else end
        yield start, data[start:end]
        offset = data.find(sign, end)


class _LineNumbers:
    """From an offset to its line."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def at(self, offset: int) -> int:
        """The line of ``offset``, from 1."""
        return self._data.count(b"\n", 0, offset) + 1


def found_in(leaks: Collection[Leak]) -> str:
    """Leaks as one line for a person: ``SID in line 3 (AC…(34 characters))``."""
    return ", ".join(f"{leak.kind} in line {leak.line} ({leak.hint})" for leak in leaks)
