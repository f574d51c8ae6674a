"""What a leak looks like where nothing is encoded: credentials, identifiers, e-mail addresses, and what is invented.

Needs nothing but Python. No pattern repeats anything without a bound next to what could match the same: a hostile
line must not take minutes.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping

# Where it is, its kind, and a hint that never shows the whole.
Found = tuple[int, str, str]

_HEX = re.compile(rb"[0-9a-fA-F]{32}")
# An identifier of two letters and 32 hexadecimal digits, as several vendors give them out.
# Also glued to what stands beside it, as long as it can be told from a longer run of hexadecimal digits: by a letter
# that is none, by another case, or because the run is not longer.
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
# No top-level domains: names of files (`icon@2x.png`) and of systemd's units (`getty@tty1.service`).
_NO_DOMAIN = re.compile(
    rb"png|jpe?g|gif|webp|svg|ico|css|jsx?|tsx?|json|ya?ml|html?|txt|xml|pdf|csv|tar|gz|whl|toml|cfg|ini|lock|service"
    rb"|socket|timer|target|mount",
    re.I,
)
# What `W@x.reshape(2)` does not end with; an address may well have a note in parentheses behind it.
_USUAL_DOMAIN = re.compile(rb"[a-z]{2}|com|org|net|edu|gov|info|biz", re.I)
# Between a colon and an @ of a URL stands a password, which has a pattern of its own.
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
# As curl's `-u` takes it.
_PAIR = re.compile(rb"[A-Z]{2}[0-9a-fA-F]{32}[\"']?[:,] ?[\"']?([0-9A-Za-z]{32})(?![0-9A-Za-z])")
_STANDARD = bytes.maketrans(b"-_", b"+/")


def found_in_plain(data: bytes, secrets: Mapping[str, bytes]) -> Iterator[Found]:
    """The leaks that stand in ``data`` as they are.

    Args:
        data: Any bytes.
        secrets: Values that must not occur, by a name that may be shown.
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
        # base64 of many zero bytes is many A's, with something else here and there.
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
    """Whether nobody has this address: it is invented, of a program, or none at all."""
    user, domain = address.groups()
    labels = domain.split(b".")
    while labels and _NO_DOMAIN.fullmatch(labels[-1]):
        labels.pop()
    # A file, or a call; unless the file or what stands in parentheses belongs to an address: `kim@….com.txt`.
    ends = len(labels) < domain.count(b".") + 1 or address.string[address.end() : address.end() + 1] == b"("
    return bool(
        user.lower() == b"git"  # git@github.com:org/repo
        or b"noreply" in address[0].lower()
        or _HARMLESS_DOMAIN.fullmatch(b".".join(labels))
        or (ends and not (len(labels) > 1 and _USUAL_DOMAIN.fullmatch(labels[-1])))
    )


def _authorizations(data: bytes) -> Iterator[Found]:
    # Much quicker than to let each pattern look for its word in either case.
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
    """Whether an identifier says itself that it is none: it begins with 00000000, or is one character throughout.

    Behind a capital letter one or two of the identifier's own letters may pass for digits: ``XAC00000000…``.
    """
    return b"00000000" in digits[:10] or (len(digits) >= 8 and len(set(digits)) == 1)


def _is_secret(value: bytes) -> bool:
    """Whether a value looks as if it had been drawn: long, of digits and letters, and not invented."""
    return (
        len(value) >= 16
        and not _is_invented(value)
        and re.search(rb"\d", value) is not None
        and re.search(rb"[A-Za-z]", value) is not None
    )


def _is_pair(blob: bytes) -> bool:
    """Whether base64 holds a user name and a password that is not plainly invented."""
    try:
        user, colon, password = base64.b64decode(blob.translate(_STANDARD) + b"=" * (-len(blob) % 4)).partition(b":")
    except binascii.Error:
        return False
    if not colon or not user.isascii() or not user.decode().isprintable() or len(password) < 8:
        return False
    # With an invented user, a password in words is invented, too.
    return _is_text(password) and (not _is_invented(user[2:]) or _is_secret(password))


def _is_text(password: bytes) -> bool:
    """Whether bytes are something that a person types, in UTF-8 or Latin-1."""
    try:
        return password.decode().isprintable()
    except UnicodeDecodeError:
        plain = sum(0x20 <= byte < 0x7F for byte in password)
        return password.decode("latin-1").isprintable() and plain * 4 >= len(password) * 3
