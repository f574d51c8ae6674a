"""Free text: the words and numbers that anybody may see stay, everything else is replaced."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from contract_kit.cassettes.pseudonyms import Pseudonyms

_BETWEEN = re.compile(r"([\s,;:=\"'()\[\]]+)", re.ASCII)
# A shorter name is as likely a part of something else; where it stands alone it is masked as a word.
_SHORTEST_NAME = 4


@dataclass(frozen=True)
class FreeTextScrubber:
    """Scrubs the free text of one cassette.

    Attributes:
        pseudonyms: Those of the cassette.
        vocabulary: Words that may stay, in small letters.
        resource: Scrubs a path with its query.
    """

    pseudonyms: Pseudonyms
    vocabulary: frozenset[str]
    resource: Callable[[str], str]

    def scrub(self, text: str, numbers: Collection[str], words: Collection[str] = ()) -> str:
        """``text`` with pseudonyms.

        Args:
            text: Anybody's.
            numbers: Those that something else explains, and which may stay where they stand alone.
            words: Further ones that may stay, as they are spelled.
        """
        return "".join(self._masked(self._known_replaced(text), numbers, words))

    def _known_replaced(self, text: str) -> str:
        """What was replaced elsewhere is replaced here, also where it has several words."""
        here: dict[str, str] = {}
        for original, pseudonym in self.pseudonyms.originals.items():
            if len(original) >= _SHORTEST_NAME and original.casefold() not in self.vocabulary:
                here |= {form: pseudonym for form in _spellings(original) if form in text}
        if not here:
            return text
        # The longest first, and all at once: no name is looked for within what stands for another. Not within a longer
        # word: that is masked, or an identifier, as a whole.
        forms = "|".join(re.escape(form) for form in sorted(here, key=len, reverse=True))
        return re.sub(rf"(?<![A-Za-z0-9_-])(?:{forms})(?![A-Za-z0-9_-])", lambda found: here[found[0]], text)

    def _masked(self, text: str, numbers: Collection[str], words: Collection[str]) -> Iterator[str]:
        pieces = _BETWEEN.split(text)
        start = 0
        while start < len(pieces):
            # Words and what is between them take turns.
            end = start
            while end + 2 < len(pieces) and self._is_number(pieces[end], words):
                if not self._is_number(pieces[end + 2], words):
                    break
                end += 2
            if end > start:
                # Telephone numbers, addresses, cards and times are numbers in a row: each alone would look harmless.
                core, rest = _core("".join(pieces[start : end + 1]))
                yield self.pseudonyms.text(core) + rest
            else:
                yield self._word(pieces[start], numbers, words)
            yield from pieces[end + 1 : end + 2]
            start = end + 2

    def _is_number(self, piece: str, words: Collection[str]) -> bool:
        """Whether ``piece`` has a digit, and is nothing that is known by its form."""
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
    """A word, and what ends the sentence behind it."""
    core = piece.rstrip(".!?")
    return core, piece[len(core) :]


def _spellings(text: str) -> Iterator[str]:
    """As it is, as in a URL and as in JSON; half a character, which JSON can hold, is no reason to fail."""
    yield text
    for how in (quote, quote_plus):
        yield how(text, safe="", errors="surrogatepass")
    yield json.dumps(text)[1:-1]
