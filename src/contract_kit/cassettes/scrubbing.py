"""The complete list of what a recording keeps, and why. Everything else becomes a pseudonym.

* Numbers, booleans and null of documented fields: findings need them, and alone they identify no person. Integers
  that identify a resource become pseudonyms (``FieldScrubber.identifies``).
* Values of an enum or constant, and undocumented ones that are plainly words: a finding must name the new value
  (``vocabulary.is_enum_word``).
* Times and dates, but shifted: durations matter, the real time is private (``MOMENT``).
* Texts that match ``Privacy.safe`` for their field, and URLs that match ``Privacy.safe_urls``: the kit declares them
  safe.
* URLs of the target, part by part: documented segments and parameters stay, so that a replay can follow the URLs
  (``FieldScrubber.resource``).
* Values that scenarios send themselves: unknown keys, invalid values, ``ApiKit.path_values``.
* In free text: words of the document (except its examples), of HTTP and of error messages, and ``Privacy.words``;
  numbers that occur in the document or the request (``FreeTextScrubber``, ``vocabulary``).
* Names of fields: documented ones and, beside them, plain field names (``vocabulary.is_field_name``).
* Documented response headers, and Content-Type. No request headers: they hold credentials.

Reports have a shorter list, because they are written for every target: see ``contract_kit.masking``.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from urllib.parse import unquote, unquote_plus

from contract_kit.cassettes.cassette import Interaction
from contract_kit.cassettes.field_scrubber import FieldScrubber
from contract_kit.cassettes.free_text_scrubber import FreeTextScrubber
from contract_kit.cassettes.pseudonyms import PseudonymForms, Pseudonyms
from contract_kit.cassettes.vocabulary import PROTOCOL, bounds, is_field_name, vocabulary
from contract_kit.contract import Contract
from contract_kit.document import Document
from contract_kit.schema import Location, body_schema, media_type_of

# Increase the number when the rules change: cassettes of an older profile are stale.
PROFILE = "allow-list 3"
# All times are shifted as if every recording took place at this moment: this hides real times and keeps durations.
MOMENT = datetime(2026, 1, 15, 12, tzinfo=UTC)

_KEPT_HEADERS = frozenset({"content-type"})
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z.+-]+( *; *charset=[A-Za-z0-9-]{1,12})?")
# RFC 8288: the URL in angle brackets.
_LINK = re.compile(r"(<[^<>]*>)")
_URL_HEADERS = frozenset({"location", "content-location"})
# A header whose whole value is a number: the seconds of Retry-After.
_COUNT = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True)
class Scrubbed:
    """The result of scrubbing.

    Attributes:
        interactions: The scrubbed interactions.
        masked: The number of pseudonyms by label: ``{"AB": 3, "name": 2}``.
        unknown: Undocumented locations with their number of occurrences; their values are masked.
    """

    interactions: tuple[Interaction, ...]
    masked: Mapping[str, int]
    unknown: Mapping[str, int]


def scrub(
    interactions: Iterable[Interaction], contract: Contract, *, origin: str, pseudonym_origin: str, clock: datetime
) -> Scrubbed:
    """Replace everything that is not known to be safe, consistently over all interactions.

    Args:
        interactions: The interactions as recorded.
        contract: Says which fields are safe.
        origin: The target's origin: ``https://api.example.com``.
        pseudonym_origin: The origin that replaces it: ``https://live.invalid``.
        clock: The target's time of recording, which becomes ``MOMENT``.
    """
    found = tuple(interactions)
    forms = PseudonymForms(contract.kit.privacy)
    pseudonyms = Pseudonyms(forms, (form for each in found for text in _texts(each) for form in _decoded(text)))
    texts = FieldScrubber(
        contract, pseudonyms, (origin, pseudonym_origin), MOMENT - clock, (MOMENT.date() - clock.date()).days
    )
    scrubber = _Scrubber(contract.document, texts, Counter())
    # The first pass collects all values, so that the second also replaces those quoted in free text before their field.
    for each in found:
        scrubber.interaction(each)
    scrubber.unknown.clear()
    return Scrubbed(
        tuple(scrubber.interaction(each) for each in found), dict(+pseudonyms.counts), dict(scrubber.unknown)
    )


def _texts(interaction: Interaction) -> Iterator[str]:
    """Yield all texts of an interaction, including the decoded keys and texts of its JSON."""
    yield interaction.uri
    yield interaction.body
    for values in interaction.headers.values():
        yield from values
    try:
        left = [_json(interaction.body)]
    except (ValueError, RecursionError):
        return
    while left:
        value = left.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from value
            left += value.values()
        elif isinstance(value, list):
            left += value


def _decoded(text: str) -> tuple[str, str, str]:
    return text, unquote(text), unquote_plus(text)


def _json(text: str) -> Any:
    """Parse JSON that can be written again.

    Raises:
        ValueError: the text is not JSON, or has a number that is too large (``1e400``).
        RecursionError: the JSON is nested too deeply.
    """
    return json.loads(text, parse_float=_finite, parse_constant=_finite)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is no number that JSON can hold")
    return number


@dataclass(frozen=True)
class _Scrubber:
    document: Document
    texts: FieldScrubber
    unknown: Counter[str]

    @cached_property
    def _free_text(self) -> FreeTextScrubber:
        return FreeTextScrubber(self.texts.pseudonyms, vocabulary(self.document.data), self.texts.resource)

    @cached_property
    def _bounds(self) -> frozenset[str]:
        return frozenset(bounds(self.document))

    @cached_property
    def _headers(self) -> frozenset[str]:
        shared = self.document.data.get("components", {}).get("headers", {})
        responses = [each for operation in self.document.operations for each in operation.responses.values()]
        names = {*shared, *(name for response in responses for name in response.get("headers", {}))}
        return _KEPT_HEADERS | {name.lower() for name in names}

    def interaction(self, each: Interaction) -> Interaction:
        operation = self.document.operation_at(each.path)
        response = (operation.response(each.status) if operation else None) or {}
        schema = body_schema(response, media_type_of(each.header("content-type")))
        location = None if schema is None else self.document.location(schema)
        # Free text may keep these numbers, because they are visible elsewhere in the recording.
        numbers = self._bounds | {str(each.status), *self.texts.numbers_in(each.uri)}
        headers = {
            name: tuple(self._header(name, value, numbers) for value in values)
            for name, values in each.headers.items()
            if name in self._headers
        }
        body = self._body(each.body, location, numbers)
        return replace(each, uri=self.texts.url(each.uri), headers=headers, body=body)

    def _header(self, name: str, value: str, numbers: frozenset[str]) -> str:
        if (name == "content-type" and _MEDIA_TYPE.fullmatch(value)) or _COUNT.fullmatch(value):
            return value
        words = PROTOCOL | self.texts.contract.kit.privacy.words
        if name in _URL_HEADERS:
            return self.texts.link(value)
        # The URLs in a Link header must stay URLs, because they lead to other pages.
        pieces = _LINK.split(value) if name == "link" else [value]
        return "".join(
            f"<{self.texts.link(piece[1:-1])}>" if index % 2 else self._free_text.scrub(piece, numbers, words)
            for index, piece in enumerate(pieces)
        )

    def _body(self, body: str, location: Location | None, numbers: frozenset[str]) -> str:
        if not body:
            return body
        try:
            content = self._value(_json(body), location, "", "", numbers)
            text = json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)
        except (ValueError, RecursionError):
            self.unknown["a body that is not JSON"] += 1
            return self.texts.pseudonyms.text(body)
        # A lone surrogate is not valid UTF-8; JSON can keep it as an escape.
        return text if _is_utf8(text) else json.dumps(content, indent=1, allow_nan=False)

    def _value(self, value: Any, location: Location | None, name: str, place: str, numbers: frozenset[str]) -> Any:
        if isinstance(value, dict):
            return self._object(value, location, place, numbers)
        if isinstance(value, list):
            items = None if location is None else location.items
            return [self._value(item, items, name, f"{place}/*", numbers) for item in value]
        if value is None:
            return None
        if location is None or not location.is_described:
            location = None
            self.unknown[place] += 1
        if isinstance(value, str):
            if location is not None and name == self.texts.contract.kit.errors.message:
                return self._free_text.scrub(value, numbers)
            return self.texts.scrub(value, location, name)
        types = () if location is None else location.types
        if isinstance(value, bool):
            return value if "boolean" in types else False
        if location is not None and isinstance(value, int) and "integer" in types:
            return self.texts.key(value, location, name)
        return value if {"integer", "number"}.intersection(types) else 0

    def _object(self, value: dict[str, Any], location: Location | None, place: str, numbers: frozenset[str]) -> Any:
        known = {} if location is None else location.properties
        others = None if location is None else location.others
        beside = {
            str(value[key])
            for key, below in known.items()
            if type(value.get(key)) is int and "integer" in below.types and not self.texts.identifies(key)
        }
        kept = {key: self._key(key, described=bool(known) and others is None) for key in value}
        return {
            kept[key]: self._value(
                below,
                known.get(key, others),
                key,
                # The location must not show a key that was replaced.
                f"{place}/{'*' if kept[key] != key or self.texts.pseudonyms.forms.is_pseudonym(key) else key}",
                numbers | beside,
            )
            for key, below in value.items()
        }

    def _key(self, key: str, *, described: bool) -> str:
        """Return a key as the recording keeps it.

        In an object with documented keys, a new key is a field name, which findings must show. Keys of a map may be
        names, identifiers or addresses, so they become pseudonyms.
        """
        if key in self.document.property_names or (described and is_field_name(key)):
            return key
        return self.texts.pseudonyms.of(key)


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
