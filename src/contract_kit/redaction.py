"""Take the credentials of a run out of everything that is written, in whatever spelling a target sends them back."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Mapping
from typing import Any, Self

from contract_kit.api import ApiKit, Credentials, Variables
from contract_kit.encodings import DecodingBudget, decoded

VARIABLE = "MASK_KEY"  # the kit adds its prefix: LIBRARY_MASK_KEY
PLACEHOLDER = "(credential)"

# Shorter values are words: taking them out would garble reports, and hide nothing.
_SHORTEST = 8
# Levels of encoding that are undone, and bytes that a text may unpack to.
_DEPTH = 4
_MOST_BYTES = 1 << 20
# Only a text with one of these can hold something encoded.
_ENCODED = re.compile(r"[%\\&\0]|[A-Za-z0-9+/_-]{8}")


class Redactor:
    """Knows the secrets of a run; without secrets it changes nothing.

    Args:
        secrets: The values; those of less than eight characters are left out.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        # JSON pointers spell a key in their own way.
        spelled = {each for one in secrets for each in (one, one.replace("~", "~0").replace("/", "~1"))}
        self._secrets = sorted((each for each in spelled if len(each) >= _SHORTEST), key=len, reverse=True)
        self._plain = re.compile("|".join(map(re.escape, self._secrets)) or "(?!)", re.IGNORECASE)
        self._lowered = [each.lower().encode() for each in self._secrets]

    @classmethod
    def of(cls, credentials: Iterable[Credentials | None], *further: str) -> Self:
        """The redactor for credentials, also as the header of HTTP Basic spells them, and for further values."""
        given = [each for each in credentials if each is not None]
        pairs = (f"{each.username}:{each.secret}" for each in given)
        basic = (base64.b64encode(pair.encode("utf-8", "surrogateescape")).decode().rstrip("=") for pair in pairs)
        return cls([*basic, *(text for each in given for text in (each.username, each.secret)), *further])

    @classmethod
    def of_environment(cls, kit: ApiKit, environment: Mapping[str, str]) -> Self:
        """The redactor for all that the environment holds for a kit, and for its masking key."""

        def found(names: Variables) -> Credentials:
            return Credentials(environment.get(names.username, ""), environment.get(names.secret, ""))

        authentication = kit.authentication
        names = [*authentication.variables, *([authentication.other] if authentication.other is not None else [])]
        return cls.of(map(found, names), environment.get(kit.variable(VARIABLE), ""))

    def holds(self, text: str) -> bool:
        """Whether ``text`` holds a secret, in any case and in each encoding that the leak scan undoes."""
        if not self._secrets:
            return False
        if self._plain.search(text) is not None:
            return True
        if _ENCODED.search(text) is None:
            return False
        layer, budget = text.encode("utf-8", "surrogatepass"), DecodingBudget(_MOST_BYTES)
        for _ in range(_DEPTH):
            layer = b"\n\0\n".join({piece for _, piece in decoded(layer, budget)})
            lowered = layer.lower()
            if any(secret in lowered for secret in self._lowered):
                return True
        return False

    def cleaned(self, text: str) -> str:
        """Return ``text`` with a placeholder for each secret, and for each word that holds one in an encoding."""
        if not self.holds(text):
            return text
        text = self._plain.sub(PLACEHOLDER, text)
        if not self.holds(text):
            return text
        text = "".join(PLACEHOLDER if self.holds(part) else part for part in re.split(r"(\s+)", text))
        return PLACEHOLDER if self.holds(text) else text

    def cleaned_json(self, value: Any) -> Any:
        """Return a JSON value with all of its texts ``cleaned``; its keys are ours."""
        if isinstance(value, Mapping):
            return {key: self.cleaned_json(below) for key, below in value.items()}
        if isinstance(value, list | tuple):
            return [self.cleaned_json(below) for below in value]
        return self.cleaned(str(value)) if isinstance(value, str) else value
