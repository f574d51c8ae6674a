"""What stands for a value that must not be seen: recognisable, and the same for the same value."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

LABELS = ("name", "identity", "callback", "text", "url")
# Numbers count from 1; 0000 is free for whoever needs a value that nobody has. They are short: what follows a label is
# not somebody's telephone number.
_TEXT = re.compile(rf"({'|'.join(LABELS)})-([0-9]{{4,6}})")
_URL = re.compile(rf"https://({'|'.join(LABELS)})-([0-9]{{4,6}})\.invalid/")
_SID = re.compile(r"([A-Z]{2})00000000([0-9a-fA-F]{24})")
_TOKEN = re.compile(r"PT0{4,}[0-9]{1,6}")
# What a check takes for a URI: a pseudonym that is none would be a finding that nobody else has.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_SOME_SID = re.compile(r"[A-Z]{2}[0-9a-fA-F]{32}")


def is_sid(text: str) -> bool:
    """Whether ``text`` has the form of a SID: ``RM`` and 32 hexadecimal digits."""
    return _SOME_SID.fullmatch(text) is not None


def is_pseudonym(text: str) -> bool:
    """Whether ``text`` stands for something already: it is left alone."""
    return any(pattern.fullmatch(text) for pattern in (_TEXT, _URL, _SID, _TOKEN))


class Pseudonyms:
    """Hands out pseudonyms for one cassette, numbered in the order of their first use.

    Args:
        texts: All that the cassette holds, as it stands there and decoded: a pseudonym that is in it already is not
            given to another value.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self.counts: Counter[str] = Counter()
        self._known: dict[str, str] = {}
        self._last: defaultdict[str, int] = defaultdict(int)
        self._taken: set[str] = set()
        for text in texts:
            for pattern in (_TEXT, _URL, _SID, _TOKEN):
                self._taken.update(found[0] for found in pattern.finditer(text))
            self._taken.update(f"{found[1]}-{found[2]}" for found in _URL.finditer(text))

    @property
    def originals(self) -> dict[str, str]:
        """What has been replaced so far, and by what."""
        return dict(self._known)

    def of(self, value: str, label: str = "text") -> str:
        """What stands for ``value`` in its own form: a SID, a URI, or else a text."""
        if is_sid(value):
            return self.sid(value)
        if _URI.fullmatch(value):
            return self.url(value, "url" if label == "text" else label)
        return self.text(value, label)

    def sid(self, value: str) -> str:
        """``RM000000000000000000000000000000a1`` for a room's SID: the letters and the length stay."""
        return self._pseudonym(value, value[:2], lambda number: f"{value[:2]}00000000{number:024x}")

    def text(self, value: str, label: str = "text") -> str:
        """``name-0001`` for the label ``name``."""
        return self._pseudonym(value, label, lambda number: f"{label}-{number:04}")

    def url(self, value: str, label: str = "url") -> str:
        """``https://callback-0001.invalid/`` for the label ``callback``; no such host can exist."""
        return self._pseudonym(value, label, lambda number: f"https://{label}-{number:04}.invalid/")

    def token(self, value: str) -> str:
        """A page token of the same length, as far as that has room for a number: ``PT000…0001``."""
        return self._pseudonym(value, "page token", lambda number: f"PT0000{number:0{max(len(value) - 6, 1)}}")

    def _pseudonym(self, value: str, label: str, made: Callable[[int], str]) -> str:
        if not value or is_pseudonym(value):
            return value
        if value not in self._known:
            pseudonym = ""
            while not pseudonym or pseudonym in self._taken:
                self._last[label] += 1
                pseudonym = made(self._last[label])
            self._known[value] = pseudonym
            self._taken.add(pseudonym)
            self.counts[label] += 1
        return self._known[value]
