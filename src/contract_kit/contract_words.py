"""The words of a contract, and texts that nearly are one: ``"Open "`` where the document has ``open``."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

# Longer texts are no near misses; this also bounds the work on foreign text.
_LONGEST = 80
# Of shorter words nearly every short text, a person's name too, would be a near miss by one letter.
_SHORTEST = 5


class ContractWords:
    """The keys and enum values of a document, which are never personal.

    Args:
        words: The words.
    """

    def __init__(self, words: Iterable[str] = ()) -> None:
        self._words = frozenset(words)
        self._folded = frozenset(map(_folded, self._words)) - {""}
        self._shortened = frozenset(each for word in self._folded for each in _shortened(word))

    def __contains__(self, text: object) -> bool:
        return text in self._words

    def is_near(self, text: str) -> bool:
        """Whether ``text`` is a word but for case, blanks and separators, or but for one letter."""
        if len(text) > _LONGEST:
            return False
        folded = _folded(text)
        return folded in self._folded or not self._shortened.isdisjoint(_shortened(folded))


def _folded(text: str) -> str:
    """Return the letters and digits of a text, without case."""
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text).casefold()))


def _shortened(word: str) -> Iterable[str]:
    """Yield a word and what is left of it without one letter: words that differ by one letter share one of these."""
    if len(word) >= _SHORTEST:
        yield word
        yield from (word[:index] + word[index + 1 :] for index in range(len(word)))
