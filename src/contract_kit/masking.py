"""Personal values out of sight: each is replaced by a short keyed hash, so that equal ones can still be told.

What may be shown is listed; everything else is masked, also what nobody has thought of yet.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Collection, Mapping
from urllib.parse import parse_qsl, quote, urlsplit

VARIABLE = "VLA_MASK_KEY"

_SID = re.compile(r"(?<![0-9A-Za-z])([A-Z]{2})[0-9a-fA-F]{32}(?![0-9A-Za-z])")
_PERSONAL = re.compile(
    r"(?P<url>\bhttps?://[^\s\"'<>]+)"
    r"|(?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)"
    r"|(?P<token>\bPT[0-9A-Za-z_.~=-]{8,})"
    r"|(?P<ip>(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]))"
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?")
# Words of the protocol and of the contract, wherever they stand.
_SHOWN_PARAMETERS = frozenset({"RoomType", "Codec", "CreatedAfter", "CreatedBefore", "PageSize", "Page"})
# Of the paths of the document.
_SHOWN_SEGMENTS = frozenset({"", "v1", "Video", "Rooms", "Participants"})
_LONGEST = 300


class Masker:
    """Masks with one key.

    Args:
        key: Any text; without one a random key is drawn, and masked values mean nothing beyond the run.
        shown: Names of JSON keys whose text is of the contract (enum values), not of a person.
    """

    def __init__(self, key: str = "", shown: Collection[str] = ()) -> None:
        self._key = key.encode() or secrets.token_bytes(32)
        self._shown = frozenset(shown)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str], shown: Collection[str] = ()) -> Masker:
        """A masker with the key of ``VLA_MASK_KEY``, or with a random one."""
        return cls(environment.get(VARIABLE, ""), shown)

    def value(self, text: str, label: str = "") -> str:
        """What stands for ``text``: ``RM…3fa2c1`` for a SID, ``…3fa2c1`` for anything else; ``""`` stays."""
        if not text:
            return text
        sid = _SID.fullmatch(text)
        digest = hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:6]
        return f"{sid.group(1) if sid else label}…{digest}"

    def text(self, text: str) -> str:
        """``text`` with SIDs, URLs, e-mail and IP addresses and page tokens masked; for words of our own and errors."""
        masked = _PERSONAL.sub(lambda found: self.value(found.group(), str(found.lastgroup)), text)
        return _SID.sub(lambda found: self.value(found.group()), masked)

    def request(self, method: str, url: str) -> str:
        """A request line for a report: ``GET /v1/Video/Rooms/RM…3fa2c1?PageSize=2``; the origin is left out."""
        parts = urlsplit(url)
        query = "&".join(
            f"{quote(name)}={self._parameter(name, value)}"
            for name, value in parse_qsl(parts.query, keep_blank_values=True)
        )
        return f"{method} {self._path(parts.path)}{'?' if query else ''}{query}"[:_LONGEST]

    def _path(self, path: str) -> str:
        # What stands in the place of a SID can be the name of a room.
        return "/".join(each if each in _SHOWN_SEGMENTS else self.value(each) for each in path.split("/"))

    def _parameter(self, name: str, value: str) -> str:
        return quote(self.text(value), safe=":…") if name in _SHOWN_PARAMETERS else self.value(value)

    def evidence(self, value: object) -> str:
        """A JSON value as one short line, its text masked unless its key is one whose text is shown."""
        text = json.dumps(self._masked(value, ""), ensure_ascii=False, separators=(", ", ": "))
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def _masked(self, value: object, key: str) -> object:
        if isinstance(value, dict):
            return {self.key(str(name)): self._masked(below, str(name)) for name, below in value.items()}
        if isinstance(value, list):
            shortened = [self._masked(item, key) for item in value[:5]]
            return [*shortened, f"… {len(value) - 5} more"] if len(value) > 5 else shortened
        if isinstance(value, str) and not _INSTANT.fullmatch(value):
            return self.text(value) if key in self._shown else self.value(value)
        return value

    def key(self, name: str) -> str:
        """The name of a JSON key as it may be shown: as it is, unless it looks like somebody's value."""
        return shown_name(name)


def shown_name(name: str) -> str:
    """A name that somebody else gave, as it may be shown: as it is, unless it looks like a value."""
    return name if is_word(name) else "(no name)"


def is_word(text: str) -> bool:
    """Whether ``text`` can be a name of the contract: ``media_region``, ``us1``; no SID, address or sentence."""
    return re.fullmatch(r"[A-Za-z_$@][A-Za-z0-9_$.:/@-]{0,63}", text) is not None and (
        _SID.search(text) is None and _PERSONAL.search(text) is None
    )
