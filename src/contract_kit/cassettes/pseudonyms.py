"""Pseudonyms: what stands for a value that must not be seen. Recognisable, and the same for the same value."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from contract_kit.api import Privacy

# What a check takes for a URI: a pseudonym that is none would be a finding that nobody else has.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_SEPARATORS = re.compile(r"[^0-9A-Za-z]")
# As long as one that is drawn at random begins so for nobody.
_INVENTED = "00000000"


class PseudonymForms:
    """What the pseudonyms of an API look like.

    Args:
        privacy: What its identifiers look like, and how its pseudonyms are labelled.
    """

    def __init__(self, privacy: Privacy) -> None:
        self.token_prefix = privacy.token_prefix
        self._identifier = re.compile(privacy.identifier or "(?!)")
        labels = "|".join(map(re.escape, dict.fromkeys(("text", "url", *privacy.pseudonyms.values()))))
        # Numbers count from 1; 0000 is free for whoever needs a value that nobody has. They are short: what follows a
        # label is not somebody's telephone number.
        numbered = rf"(?:{labels})-[0-9]{{4,6}}"
        self._patterns = [
            re.compile(pattern)
            for pattern in (
                numbered,
                rf"https://{numbered}\.invalid/",
                rf"{numbered}@example\.invalid",
                rf"{re.escape(privacy.token_prefix)}0{{4,}}[0-9]{{1,6}}",
            )
        ]

    def is_identifier(self, text: str) -> bool:
        """Whether ``text`` has the form of the API's identifiers, or is a UUID."""
        return (self._identifier.fullmatch(text) or _UUID.fullmatch(text)) is not None

    def is_pseudonym(self, text: str) -> bool:
        """Whether ``text`` stands for something already: it is left alone."""
        if any(pattern.fullmatch(text) for pattern in self._patterns):
            return True
        digits = _SEPARATORS.sub("", text[len(self.shown(text)) :])
        return len(digits) > len(_INVENTED) and digits.startswith(_INVENTED) and self.is_identifier(text)

    def shown(self, identifier: str) -> str:
        """The part of an identifier that may be shown: its first letters; ``""`` for none."""
        found = self._identifier.fullmatch(identifier)
        prefix: str = found[1] if found is not None and self._identifier.groups and found[1] else ""
        return prefix if identifier.startswith(prefix) else ""

    def found_in(self, text: str) -> Iterable[str]:
        """The pseudonyms that stand anywhere in ``text``."""
        for pattern in (*self._patterns, self._identifier, _UUID):
            yield from (found[0] for found in pattern.finditer(text) if self.is_pseudonym(found[0]))


class Pseudonyms:
    """Hands out the pseudonyms of one cassette, numbered in the order of their first use.

    Args:
        forms: What they look like.
        texts: All that the cassette holds, as it stands there and decoded: a pseudonym that is in it already is not
            given to another value.
    """

    def __init__(self, forms: PseudonymForms, texts: Iterable[str]) -> None:
        self.forms = forms
        self.counts: Counter[str] = Counter()
        self._known: dict[str, str] = {}
        self._keys: dict[int, int] = {}
        self._last: defaultdict[str, int] = defaultdict(int)
        self._taken = {found for text in texts for found in forms.found_in(text)}

    @property
    def originals(self) -> dict[str, str]:
        """What has been replaced so far, and by what; without integers."""
        return dict(self._known)

    def of(self, value: str, label: str = "text") -> str:
        """The pseudonym of ``value`` in its own form: an identifier, a URI, or else a text."""
        if self.forms.is_identifier(value):
            return self.identifier(value)
        if _URI.fullmatch(value):
            return self.url(value, "url" if label == "text" else label)
        return self.text(value, label)

    def identifier(self, value: str) -> str:
        """``AB00000000000001`` for ``AB8c9f2f5e3a61d0``: the part that may be shown, the length and separators stay."""
        if _UUID.fullmatch(value):
            return self._pseudonym(value, "UUID", lambda number: f"00000000-0000-4000-8000-{number:012}")
        prefix = self.forms.shown(value)
        return self._pseudonym(
            value,
            prefix or "identifier",
            lambda number: prefix + _with_number(re.sub("[0-9A-Za-z]", "0", value[len(prefix) :]), number),
        )

    def key(self, value: int, least: int = 1) -> int:
        """The pseudonym of an integer that identifies something: ``1`` for the first.

        Args:
            value: The integer.
            least: The least that the document allows.
        """
        if value not in self._keys:
            self._keys[value] = max(1, least) + len(self._keys)
            self.counts["key"] += self._keys[value] != value
        return self._keys[value]

    def text(self, value: str, label: str = "text") -> str:
        """``name-0001`` for the label ``name``."""
        return self._pseudonym(value, label, lambda number: f"{label}-{number:04}")

    def url(self, value: str, label: str = "url") -> str:
        """``https://callback-0001.invalid/`` for the label ``callback``; no such host can exist."""
        return self._pseudonym(value, label, lambda number: f"https://{label}-{number:04}.invalid/")

    def email(self, value: str, label: str = "text") -> str:
        """``text-0001@example.invalid``."""
        return self._pseudonym(value, label, lambda number: f"{label}-{number:04}@example.invalid")

    def token(self, value: str) -> str:
        """The pseudonym of a page token, of the same length where that is long enough: ``token-000…01``."""
        prefix = f"{self.forms.token_prefix}0000"
        length = max(len(value) - len(prefix), 1)
        return self._pseudonym(value, "page token", lambda number: f"{prefix}{number:0{length}}")

    def patterned(self, value: str, pattern: str, label: str = "text") -> str:
        """The pseudonym of a text that the document gives a pattern: ``00001`` for ``20459``, ``AA-01`` for ``KX-17``.

        It is a text as any other where that does not match the pattern.
        """
        zeros = re.sub("[A-Z]", "A", re.sub("[a-z]", "a", re.sub("[0-9]", "0", value)))
        if re.search(pattern, _with_number(zeros, 1)) is None:
            return self.text(value, label)
        return self._pseudonym(value, "pattern", lambda number: _with_number(zeros, number))

    def _pseudonym(self, value: str, label: str, made: Callable[[int], str]) -> str:
        if not value or self.forms.is_pseudonym(value):
            return value
        if value not in self._known:
            pseudonym = ""
            while not pseudonym or pseudonym in self._taken:
                self._last[label] += 1
                pseudonym = made(self._last[label])
            self._known[value] = pseudonym
            self._taken.add(pseudonym)
            self.counts[label] += pseudonym != value
        return self._known[value]


def _with_number(zeros: str, number: int) -> str:
    """``zeros`` with the digits of ``number`` in the place of its last zeros: ``00-012`` for ``00-000`` and 12."""
    digits = list(str(number))
    characters = list(zeros)
    for index in range(len(characters) - 1, -1, -1):
        if digits and characters[index] == "0":
            characters[index] = digits.pop()
    return "".join(digits + characters)
