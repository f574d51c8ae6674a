"""Mask personal values: each is replaced by a short keyed hash, so that equal values stay recognizable.

Only listed values are shown; everything else is masked, including properties that are new.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_bytes
from typing import TYPE_CHECKING
from urllib.parse import quote

from contract_kit.api import Privacy
from contract_kit.contract_words import ContractWords
from contract_kit.foreign_text import path_of, query_of
from contract_kit.redaction import VARIABLE, Redactor

if TYPE_CHECKING:
    from contract_kit.contract import Contract

_NOTHING = "(?!)"
_PERSONAL = (
    r"(?P<url>\bhttps?://[^\s\"'<>]+)"
    # Possessive, and only where a run of its characters begins: each character is then looked at a few times, however
    # long the run is. Addresses that follow one another without a blank are one match.
    r"|(?P<email>(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++(?:[\w.+-]*+@[\w-]++(?:\.[\w-]++)*+)*+)"
    r"|(?P<ip>(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.]))"
)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?([Zz]|[+-]\d\d:?\d\d)?)?")
_NAME = re.compile(r"[A-Za-z_$@][A-Za-z0-9_$.:/@-]{0,63}")
_LONGEST = 300
# The part of a long text that is searched; far less than that is ever shown.
_MOST_SEARCHED = 4000


@dataclass(frozen=True)
class Shown:
    """What is not masked, because the contract defines it.

    Attributes:
        words: JSON keys whose text is an enum value of the contract.
        parameters: Query parameters whose values may be shown.
        segments: The fixed segments of paths.
        contract_words: The keys and enum values of the contract.
    """

    words: frozenset[str] = frozenset()
    parameters: frozenset[str] = frozenset()
    segments: frozenset[str] = frozenset({""})
    contract_words: ContractWords = field(default_factory=ContractWords)


class Masker:
    """Masks values with one key.

    Args:
        key: Any text; if empty, a random key is used, and masked values cannot be compared between runs.
        privacy: The patterns of the API's identifiers and secrets.
        shown: What is not masked.
        secrets: Takes out the credentials of the run, wherever the target may send them back.
    """

    def __init__(
        self,
        key: str = "",
        privacy: Privacy = Privacy(),  # noqa: B008
        shown: Shown = Shown(),
        secrets: Redactor = Redactor(),  # noqa: B008
    ) -> None:
        self._secrets = secrets
        self._key = key.encode() or token_bytes(32)
        self._shown = shown
        self._identifier = re.compile(rf"(?<![0-9A-Za-z])(?:{privacy.identifier or _NOTHING})(?![0-9A-Za-z])")
        self._personal = re.compile(f"{_PERSONAL}|(?P<token>{privacy.secrets or _NOTHING})")

    @classmethod
    def of(cls, contract: Contract, key: str = "", secrets: Redactor = Redactor()) -> Masker:  # noqa: B008
        """Return the masker of a contract."""
        document = contract.document
        shown = Shown(
            document.enum_properties, contract.shown_parameters, contract.shown_segments, document.contract_words
        )
        return cls(key, contract.kit.privacy, shown, secrets)

    @classmethod
    def from_environment(cls, contract: Contract, environment: Mapping[str, str], secrets: Redactor) -> Masker:
        """Like ``of``, with the key from the environment (``LIBRARY_MASK_KEY``), or a random one."""
        return cls.of(contract, environment.get(contract.kit.variable(VARIABLE), ""), secrets)

    def value(self, text: str, label: str = "") -> str:
        """Mask one value: ``…3fa2c1``, after the shown part of an identifier or ``label``; ``""`` stays empty."""
        if not text:
            return text
        identifier = self._identifier.fullmatch(text)
        digest = hmac.new(self._key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:6]
        shown = identifier[1] if identifier and self._identifier.groups else label
        return f"{shown}…{digest}"

    def text(self, text: str) -> str:
        """Mask identifiers, secrets, URLs, e-mail and IP addresses within ``text``, for example an error message.

        Of a text of more than 4000 characters only the words at the beginning are returned.
        """
        text = self._secrets.cleaned(text)
        if len(text) > _MOST_SEARCHED:
            # Without the last word, which may be the first half of something that is to be masked.
            text = f"{text[:_MOST_SEARCHED].rpartition(' ')[0]} …"
        masked = self._personal.sub(lambda found: self.value(found.group(), str(found.lastgroup)), text)
        return self._identifier.sub(lambda found: self.value(found.group()), masked)

    def request(self, method: str, url: str) -> str:
        """Return a masked request line without the origin: ``GET /items/…3fa2c1?limit=2``."""
        if len(url) > _MOST_SEARCHED:
            # Whole segments and parameters, and more of them than are shown.
            beginning = url[:_MOST_SEARCHED]
            url = beginning[: max(map(beginning.rfind, "/?&"))]
        pairs = (
            f"{quote(self._secrets.cleaned(name))}={self._parameter(name, value)}" for name, value in query_of(url)
        )
        query = "&".join(pairs)
        return f"{method} {self._path(path_of(url))}{'?' if query else ''}{query}"[:_LONGEST]

    def _path(self, path: str) -> str:
        # A path segment with a key may hold a person's name.
        return "/".join(each if each in self._shown.segments else self.value(each) for each in path.split("/"))

    def _parameter(self, name: str, value: str) -> str:
        return quote(self.text(value), safe=":…") if name in self._shown.parameters else self.value(value)

    def evidence(self, value: object) -> str:
        """Return a JSON value as one line of at most 300 characters; text is masked unless its key is in ``words``."""
        text = json.dumps(self._masked(value, ""), ensure_ascii=False, separators=(", ", ": "))
        text = self._secrets.cleaned(text)
        return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"

    def _masked(self, value: object, key: str) -> object:
        if isinstance(value, dict):
            return {self.key(str(name)): self._masked(below, str(name)) for name, below in value.items()}
        if isinstance(value, list):
            shortened = [self._masked(item, key) for item in value[:5]]
            return [*shortened, f"… {len(value) - 5} more"] if len(value) > 5 else shortened
        if isinstance(value, str) and not _INSTANT.fullmatch(value):
            return self.text(value) if key in self._shown.words else self.value(value)
        return value

    def key(self, name: str) -> str:
        """Return a key, enum value or name of the target as findings may show and identify it.

        Words of the contract and names are shown as they are, near misses of words in quotation marks, so that blanks
        are seen: ``'open '``. Anything else may be personal: an address, identifier or secret gives its class,
        ``(identifier)``; other text gives ``(no name …3fa)``. The three digits are a hash without a key, so that they
        are the same in each run, and one odd text is told from another. They are so few that thousands of texts share
        them: nobody can tell from them which name it was.
        """
        if name in self._shown.contract_words or self.is_name(name):
            return name
        if self._shown.contract_words.is_near(name):
            return repr(name)
        if self._secrets.holds(name):
            return "(token)"
        if self._identifier.fullmatch(name):
            return "(identifier)"
        if found := self._personal.fullmatch(name):
            return f"({found.lastgroup})"
        return f"(no name …{hashlib.sha256(name.encode('utf-8', 'surrogatepass')).hexdigest()[:3]})"

    def is_name(self, text: str) -> bool:
        """Whether ``text`` looks like a name (``media_region``, ``us1``) and has no identifier or address."""
        return _NAME.fullmatch(text) is not None and (
            self._identifier.search(text) is None
            and self._personal.search(text) is None
            and not self._secrets.holds(text)
        )


def plain_name(name: str) -> str:
    """Return a name, or ``(no name)`` unless it has only letters; for code without a kit's identifier pattern."""
    return name if re.fullmatch(r"[A-Za-z_-]{1,40}", name) else "(no name)"
