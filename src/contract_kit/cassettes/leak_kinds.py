"""The patterns of leaks in plain data: credentials, identifiers and e-mail addresses, but not invented values.

Uses only the standard library. No pattern has an unbounded repetition next to something that matches the same
characters, so that a hostile line cannot take minutes.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping

# Offset, kind, and a hint that never shows the whole value.
Found = tuple[int, str, str]

_HEX = re.compile(rb"[0-9a-fA-F]{32}")
# An identifier of two letters and 32 hexadecimal digits, as several vendors use. It is also found without separators
# around it if it differs from a longer run of hexadecimal digits: by a letter beyond F, by case, or by the run's end.
_IDENTIFIER = re.compile(
    rb"(?:[G-Z][A-Z]|[A-Z][G-Z])(?=[A-Fa-f]{0,31}[0-9])(?:[0-9a-f]{32}|[0-9A-F]{32})"
    rb"|[A-F]{2}(?=[0-9]{0,31}[a-f])[0-9a-f]{32}"
    rb"|(?<![0-9A-Fa-f])[A-F]{2}[0-9A-F]{32}(?![0-9A-Fa-f])"
    rb"|(?<![0-9A-Za-z])(?:[A-Z]{2}[0-9a-fA-F]{32}|[a-z]{2}[0-9a-f]{32})(?![0-9a-fA-F])"
)
_ALPHANUMERIC = re.compile(rb"[0-9A-Za-z]")

_EMAIL = re.compile(
    rb"(?<![A-Za-z0-9._+-])([A-Za-z0-9_][A-Za-z0-9._+-]{0,63})"
    rb"@((?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24})(?![A-Za-z0-9-])"
)
_HARMLESS_DOMAIN = re.compile(rb"(?:.*\.)?(?:example\.[a-z]+|[a-z0-9-]+\.(?:invalid|test|example)|localhost)", re.I)
# These are not top-level domains but file names (`icon@2x.png`) and systemd units (`getty@tty1.service`).
_NO_DOMAIN = re.compile(
    rb"png|jpe?g|gif|webp|svg|ico|css|jsx?|tsx?|json|ya?ml|html?|txt|xml|pdf|csv|tar|gz|whl|toml|cfg|ini|lock|service"
    rb"|socket|timer|target|mount",
    re.I,
)
# Tells an address followed by a note in parentheses from code such as `W@x.reshape(2)`.
_USUAL_DOMAIN = re.compile(rb"[a-z]{2}|com|org|net|edu|gov|info|biz", re.I)
# In a URL, the text between a colon and an @ is a password; _USERINFO finds it.
_PASSWORD_OF_URL = re.compile(rb"://[^\s/@]{0,200}:\Z")
_USERINFO = re.compile(rb"://[^\s/@:\"']{0,200}:([^\s/@\"']{8,200})@")

_BETWEEN = rb"[^0-9A-Za-z\x00]"
_VALUE_WORD = rb"(?:(?:value|is|was|to)" + _BETWEEN + rb"{1,64})?"
_WORDS = (b"token", b"secret", b"passw")
_WORD = rb"(?:auth[^0-9A-Za-z]{0,2}tokens?|secret(?:s|[^0-9A-Za-z]?key)?|passwords?|passwd)"
_TOKEN = re.compile(rb"(?i:" + _WORD + _BETWEEN + rb"{0,64}" + _VALUE_WORD + rb")([0-9A-Za-z]{32})(?![0-9A-Za-z])")
_BASIC = re.compile(rb"\bBasic[ +]{1,8}([A-Za-z0-9+/_-]{8,4096}={0,2})", re.I)
_BEARER = re.compile(rb"\bBearer[ +]{1,8}([A-Za-z0-9._~+/-]{16,4096}=*)", re.I)
_HEADER = re.compile(rb"authorization" + _BETWEEN + rb"{1,64}" + _VALUE_WORD + rb"\Z", re.I)
# Identifier and secret as in curl's `-u`.
_PAIR = re.compile(rb"[A-Z]{2}[0-9a-fA-F]{32}[\"']?[:,] ?[\"']?([0-9A-Za-z]{32})(?![0-9A-Za-z])")
_STANDARD = bytes.maketrans(b"-_", b"+/")


def found_in_plain(data: bytes, secrets: Mapping[str, bytes]) -> Iterator[Found]:
    """Yield the leaks in ``data``, without decoding.

    Args:
        data: Any bytes.
        secrets: Values that must not occur, by a name for messages.
    """
    for name, value in secrets.items():
        offset = data.find(value)
        while offset >= 0:
            yield offset, "credential", f"the value of {name}"
            offset = data.find(value, offset + len(value))
    if _HEX.search(data):
        yield from _identifiers(data)
    if b"@" in data:
        yield from _addresses(data)
    yield from _authorizations(data)


def _identifiers(data: bytes) -> Iterator[Found]:
    for found in _IDENTIFIER.finditer(data):
        digits = found[0][2:]
        glued = _ALPHANUMERIC.match(data, found.end()) or _ALPHANUMERIC.match(data, max(found.start() - 1, 0))
        # base64 of zero bytes is mostly A's and looks like an identifier.
        if not _is_invented(digits) and not (glued and len(set(digits)) < 4):
            yield found.start(), "identifier", f"{found[0][:2].decode()}…({len(found[0])} characters)"
    for found in _PAIR.finditer(data):
        if _is_secret(found[1]):
            yield found.start(), "authorization", f"an identifier and …({len(found[1])} characters)"


def _addresses(data: bytes) -> Iterator[Found]:
    for found in _EMAIL.finditer(data):
        if not _is_harmless(found) and not _PASSWORD_OF_URL.search(data[max(found.start() - 210, 0) : found.start()]):
            yield found.start(), "e-mail", f"{found[0][:1].decode()}…@…({len(found[0])} characters)"
    for found in _USERINFO.finditer(data):
        if re.search(rb"\d", found[1]):
            yield found.start(), "authorization", f"://…:…({len(found[1])} characters)@"


def _is_harmless(address: re.Match[bytes]) -> bool:
    """Whether an address belongs to no person: it is invented, a program's, or not an address at all."""
    user, domain = address.groups()
    labels = domain.split(b".")
    while labels and _NO_DOMAIN.fullmatch(labels[-1]):
        labels.pop()
    # It ends like a file name or a call; but `kim@….com.txt` or `kim@….com(…)` still contains an address.
    ends = len(labels) < domain.count(b".") + 1 or address.string[address.end() : address.end() + 1] == b"("
    return bool(
        user.lower() == b"git"  # git@github.com:org/repo
        or b"noreply" in address[0].lower()
        or _HARMLESS_DOMAIN.fullmatch(b".".join(labels))
        or (ends and not (len(labels) > 1 and _USUAL_DOMAIN.fullmatch(labels[-1])))
    )


def _authorizations(data: bytes) -> Iterator[Found]:
    # Much faster than case-insensitive searches by each pattern.
    lowered = data.lower()
    if b"basic" in lowered:
        for found in _BASIC.finditer(data):
            if _is_pair(found[1]):
                yield found.start(), "authorization", f"Basic …({len(found[1])} characters)"
    if b"bearer" in lowered:
        for found in _BEARER.finditer(data):
            if _is_secret(found[1]) or _HEADER.search(data[max(found.start() - 200, 0) : found.start()]):
                yield found.start(), "authorization", f"Bearer …({len(found[1])} characters)"
    if any(word in lowered for word in _WORDS):
        for found in _TOKEN.finditer(data):
            if _is_secret(found[1]):
                yield found.start(), "auth-token", f"…({len(found[1])} characters beside a word for a credential)"


def _is_invented(digits: bytes) -> bool:
    """Whether an identifier is plainly invented: it begins with 00000000, or repeats one character.

    The zeros may start at the second or third digit, if the match began too early: ``XAC00000000…``.
    """
    return b"00000000" in digits[:10] or (len(digits) >= 8 and len(set(digits)) == 1)


def _is_secret(value: bytes) -> bool:
    """Whether a value looks random: at least 16 characters, with digits and letters, and not invented."""
    return (
        len(value) >= 16
        and not _is_invented(value)
        and re.search(rb"\d", value) is not None
        and re.search(rb"[A-Za-z]", value) is not None
    )


def _is_pair(blob: bytes) -> bool:
    """Whether base64 decodes to ``user:password`` that is not plainly invented."""
    try:
        user, colon, password = base64.b64decode(blob.translate(_STANDARD) + b"=" * (-len(blob) % 4)).partition(b":")
    except binascii.Error:
        return False
    if not colon or not user.isascii() or not user.decode().isprintable() or len(password) < 8:
        return False
    # For an invented user, the password counts only if it looks random.
    return _is_text(password) and (not _is_invented(user[2:]) or _is_secret(password))


def _is_text(password: bytes) -> bool:
    """Whether bytes are printable text in UTF-8, or mostly ASCII text in Latin-1."""
    try:
        return password.decode().isprintable()
    except UnicodeDecodeError:
        plain = sum(0x20 <= byte < 0x7F for byte in password)
        return password.decode("latin-1").isprintable() and plain * 4 >= len(password) * 3
