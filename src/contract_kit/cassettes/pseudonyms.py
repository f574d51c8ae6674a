"""Pseudonyms replace values that must not be shown. They are recognizable, and the same value gets the same one."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable

from contract_kit.api import Privacy

# A value that the check accepts as a URI needs a URI as its pseudonym, or the recording would have a false finding.
_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:(?:[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=-]|%[0-9A-Fa-f]{2})*")
_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_SEPARATORS = re.compile(r"[^0-9A-Za-z]")
# Long enough that no random identifier begins with it.
_INVENTED = "00000000"


class PseudonymForms:
    """The patterns of an API's pseudonyms.

    Args:
        privacy: The pattern of its identifiers, and the labels of its pseudonyms.
    """

    def __init__(self, privacy: Privacy) -> None:
        self.token_prefix = privacy.token_prefix
        self._identifier = re.compile(privacy.identifier or "(?!)")
        labels = "|".join(map(re.escape, dict.fromkeys(("text", "url", *privacy.pseudonyms.values()))))
        # Numbers start at 1; 0000 is free for values that must not exist. At most 6 digits, so that a telephone
        # number behind a label is not taken for a pseudonym.
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
        """Whether ``text`` is an identifier of the API or a UUID."""
        return (self._identifier.fullmatch(text) or _UUID.fullmatch(text)) is not None

    def is_pseudonym(self, text: str) -> bool:
        """Whether ``text`` is already a pseudonym, and so is kept."""
        if any(pattern.fullmatch(text) for pattern in self._patterns):
            return True
        digits = _SEPARATORS.sub("", text[len(self.shown(text)) :])
        return len(digits) > len(_INVENTED) and digits.startswith(_INVENTED) and self.is_identifier(text)

    def shown(self, identifier: str) -> str:
        """Return the part of an identifier that may be shown, its prefix; ``""`` if there is none."""
        found = self._identifier.fullmatch(identifier)
        prefix: str = found[1] if found is not None and self._identifier.groups and found[1] else ""
        return prefix if identifier.startswith(prefix) else ""

    def found_in(self, text: str) -> Iterable[str]:
        """Yield the pseudonyms anywhere in ``text``."""
        for pattern in (*self._patterns, self._identifier, _UUID):
            yield from (found[0] for found in pattern.finditer(text) if self.is_pseudonym(found[0]))


class Pseudonyms:
    """Assigns the pseudonyms of one cassette, numbered in the order of first use.

    Args:
        forms: Their patterns.
        texts: All texts of the cassette, raw and decoded: pseudonyms in them are not assigned to other values.
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
        """The values replaced so far with their pseudonyms, without integers."""
        return dict(self._known)

    def of(self, value: str, label: str = "text") -> str:
        """Return the pseudonym of ``value``: an identifier for an identifier, a URI for a URI, else a text."""
        if self.forms.is_identifier(value):
            return self.identifier(value)
        if _URI.fullmatch(value):
            return self.url(value, "url" if label == "text" else label)
        return self.text(value, label)

    def identifier(self, value: str) -> str:
        """Return ``AB00000000000001`` for ``AB8c9f2f5e3a61d0``: prefix, length and separators are kept."""
        if _UUID.fullmatch(value):
            return self._pseudonym(value, "UUID", lambda number: f"00000000-0000-4000-8000-{number:012}")
        prefix = self.forms.shown(value)
        return self._pseudonym(
            value,
            prefix or "identifier",
            lambda number: prefix + _with_number(re.sub("[0-9A-Za-z]", "0", value[len(prefix) :]), number),
        )

    def key(self, value: int, least: int = 1) -> int:
        """Return the pseudonym of an integer key: ``1`` for the first.

        Args:
            value: The integer.
            least: The smallest integer that the document allows.
        """
        if value not in self._keys:
            self._keys[value] = max(1, least) + len(self._keys)
            self.counts["key"] += self._keys[value] != value
        return self._keys[value]

    def text(self, value: str, label: str = "text") -> str:
        """Return ``name-0001`` for the label ``name``."""
        return self._pseudonym(value, label, lambda number: f"{label}-{number:04}")

    def url(self, value: str, label: str = "url") -> str:
        """Return ``https://callback-0001.invalid/`` for the label ``callback``; ``.invalid`` hosts cannot exist."""
        return self._pseudonym(value, label, lambda number: f"https://{label}-{number:04}.invalid/")

    def email(self, value: str, label: str = "text") -> str:
        """Return ``text-0001@example.invalid``."""
        return self._pseudonym(value, label, lambda number: f"{label}-{number:04}@example.invalid")

    def token(self, value: str) -> str:
        """Return the pseudonym of a page token, if possible of the same length: ``token-000…01``."""
        prefix = f"{self.forms.token_prefix}0000"
        length = max(len(value) - len(prefix), 1)
        return self._pseudonym(value, "page token", lambda number: f"{prefix}{number:0{length}}")

    def patterned(self, value: str, pattern: str, label: str = "text") -> str:
        """Return a pseudonym that matches ``pattern``: ``00001`` for ``20459``, ``AA-01`` for ``KX-17``.

        If that does not match the pattern, return a plain text pseudonym.
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
    """Write the digits of ``number`` over the last zeros: ``00-012`` for ``00-000`` and 12."""
    digits = list(str(number))
    characters = list(zeros)
    for index in range(len(characters) - 1, -1, -1):
        if digits and characters[index] == "0":
            characters[index] = digits.pop()
    return "".join(digits + characters)
