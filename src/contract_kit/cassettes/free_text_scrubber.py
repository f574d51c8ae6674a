"""Scrub free text: words of the vocabulary and known numbers stay, everything else becomes a pseudonym."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from contract_kit.cassettes.pseudonyms import Pseudonyms

_BETWEEN = re.compile(r"([\s,;:=\"'()\[\]]+)", re.ASCII)
# Shorter names are often part of other text; a name that stands alone is masked as a word anyway.
_SHORTEST_NAME = 4


@dataclass(frozen=True)
class FreeTextScrubber:
    """Scrubs the free text of one cassette.

    Attributes:
        pseudonyms: The cassette's pseudonyms.
        vocabulary: Words that stay, in lower case.
        resource: Scrubs a path with its query.
    """

    pseudonyms: Pseudonyms
    vocabulary: frozenset[str]
    resource: Callable[[str], str]

    def scrub(self, text: str, numbers: Collection[str], words: Collection[str] = ()) -> str:
        """Replace the private parts of ``text`` by pseudonyms.

        Args:
            text: Any text, for example an error message.
            numbers: Numbers that are visible elsewhere; they stay if they stand alone.
            words: Further words that stay, case-sensitive.
        """
        return "".join(self._masked(self._known_replaced(text), numbers, words))

    def _known_replaced(self, text: str) -> str:
        """Replace values that have a pseudonym from elsewhere, including values of several words."""
        here: dict[str, str] = {}
        for original, pseudonym in self.pseudonyms.originals.items():
            if len(original) >= _SHORTEST_NAME and original.casefold() not in self.vocabulary:
                here |= {form: pseudonym for form in _spellings(original) if form in text}
        if not here:
            return text
        # All at once, the longest first, so that no name is searched for in another's pseudonym. Not within a longer
        # word, which is masked as a whole later.
        forms = "|".join(re.escape(form) for form in sorted(here, key=len, reverse=True))
        return re.sub(rf"(?<![A-Za-z0-9_-])(?:{forms})(?![A-Za-z0-9_-])", lambda found: here[found[0]], text)

    def _masked(self, text: str, numbers: Collection[str], words: Collection[str]) -> Iterator[str]:
        pieces = _BETWEEN.split(text)
        start = 0
        while start < len(pieces):
            # Even pieces are words, odd ones the separators between them.
            end = start
            while end + 2 < len(pieces) and self._is_number(pieces[end], words):
                if not self._is_number(pieces[end + 2], words):
                    break
                end += 2
            if end > start:
                # Telephone and card numbers, addresses and times are sequences of numbers that look harmless alone.
                core, rest = _core("".join(pieces[start : end + 1]))
                yield self.pseudonyms.text(core) + rest
            else:
                yield self._word(pieces[start], numbers, words)
            yield from pieces[end + 1 : end + 2]
            start = end + 2

    def _is_number(self, piece: str, words: Collection[str]) -> bool:
        """Whether ``piece`` has a digit and is no known word, pseudonym, identifier or path."""
        core, _ = _core(piece)
        return any(sign.isdigit() for sign in core) and not (
            self._is_plain(core, words) or self.pseudonyms.forms.is_identifier(core) or core.startswith("/")
        )

    def _is_plain(self, core: str, words: Collection[str]) -> bool:
        return self.pseudonyms.forms.is_pseudonym(core) or core in words or core.casefold() in self.vocabulary

    def _word(self, piece: str, numbers: Collection[str], words: Collection[str]) -> str:
        core, rest = _core(piece)
        if not core or core in numbers or self._is_plain(core, words):
            return piece
        if core.startswith("/"):
            return self.resource(core) + rest
        return self.pseudonyms.of(core) + rest


def _core(piece: str) -> tuple[str, str]:
    """Split a word from the punctuation behind it."""
    core = piece.rstrip(".!?")
    return core, piece[len(core) :]


def _spellings(text: str) -> Iterator[str]:
    """Yield ``text`` as it is, URL-encoded and JSON-escaped; ``surrogatepass`` accepts lone surrogates of JSON."""
    yield text
    for how in (quote, quote_plus):
        yield how(text, safe="", errors="surrogatepass")
    yield json.dumps(text)[1:-1]
