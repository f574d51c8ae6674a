"""Scrub the text of a field or parameter: keep enum values, shift times, scrub URLs by part; else use a pseudonym."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from contract_kit.cassettes.pseudonyms import Pseudonyms
from contract_kit.cassettes.vocabulary import is_enum_word
from contract_kit.check.refusals import invalid_values, strange_keys
from contract_kit.contract import Contract
from contract_kit.document import Document, Node
from contract_kit.schema import Location, value_schema
from contract_kit.targets import origin

_INSTANT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}):([0-9]{2})(\.[0-9]{1,9})?[0-9]*([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_KEY = re.compile(r"0|[1-9][0-9]{0,18}")
_NUMBER = re.compile(r"-?[0-9]{1,6}")
_ADDRESS = re.compile(r"[A-Za-z]+://[^/?#]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class FieldScrubber:
    """Scrubs the texts of one cassette.

    Attributes:
        contract: Says which texts are safe in which fields.
        pseudonyms: The cassette's pseudonyms.
        origins: The target's origin, and its replacement.
        shift: The shift of times.
        days: The shift of dates, in days.
    """

    contract: Contract
    pseudonyms: Pseudonyms
    origins: tuple[str, str]
    shift: timedelta
    days: int

    @property
    def document(self) -> Document:
        """The document of the contract."""
        return self.contract.document

    @cached_property
    def _own(self) -> frozenset[tuple[str, str, int | None]]:
        return frozenset(map(origin, self.origins))

    @cached_property
    def _parameters(self) -> dict[str, Node]:
        """The query parameters, by name."""
        named = (pair for operation in self.document.operations for pair in operation.parameters.items())
        return {name: each for name, each in named if each.get("in") == "query"}

    @cached_property
    def _key_names(self) -> frozenset[str]:
        """The names of properties and parameters whose integers identify a resource."""
        kit = self.contract.kit
        names = {
            name
            for each in kit.resources
            for name in (each.key, each.name, each.parameter, f"{each.name}_id", f"{each.name}Id")
        }
        after = kit.paging.after_key if kit.paging is not None else ""
        return frozenset(names | kit.privacy.pseudonyms.keys() | {after})

    @cached_property
    def _own_keys(self) -> frozenset[str]:
        """The values that scenarios themselves put into paths; a replay sends them again, so they must stay."""
        kit = self.contract.kit
        fetched = [each for each in kit.resources if each.fetch]
        strange = [key for each in fetched for key in strange_keys(self.contract, each).values()]
        return frozenset([*strange, *kit.path_values.values()])

    @cached_property
    def _own_arguments(self) -> frozenset[tuple[str, str]]:
        """The name-value pairs that scenarios themselves put into queries."""
        return frozenset((each.parameter, each.value) for each in invalid_values(self.contract))

    @cached_property
    def _segments(self) -> frozenset[str]:
        return frozenset(part for operation in self.document.operations for part in operation.path.split("/"))

    def scrub(self, value: str, location: Location | None, name: str) -> str:
        """Scrub a text of the field or parameter ``name``.

        Args:
            value: The text.
            location: Its location in the document; None if the field is undocumented.
            name: The name of the field.
        """
        if not value or self.pseudonyms.forms.is_pseudonym(value):
            return value
        if (address := self._address(value)) is not None:
            return address
        privacy = self.contract.kit.privacy
        label = privacy.pseudonyms.get(name, "text")
        if location is not None and location.is_described and label == "text":
            # Undocumented enum values are kept, too, because a finding must name them.
            if location.enum and (is_enum_word(value) or value in location.enum):
                return value
            if "date-time" in location.formats:
                return self._instant(value)
            if "date" in location.formats and _DAY.fullmatch(value):
                return self._day(value)
            if value.startswith("/") and "uri" in location.formats:
                return self.resource(value)
            if name in privacy.safe and re.fullmatch(privacy.safe[name], value):
                return value
        return self._pseudonym(value, location, label)

    def key(self, value: int, location: Location, name: str) -> int:
        """Scrub an integer of the field or parameter ``name``: a pseudonym if it identifies a resource."""
        if name not in self._key_names:
            return value
        return self.pseudonyms.key(value, location.least)

    def identifies(self, name: str) -> bool:
        """Whether integers in the field ``name`` identify a resource."""
        return name in self._key_names

    def _pseudonym(self, value: str, location: Location | None, label: str) -> str:
        """Return a pseudonym that the document allows here, if it allows ``value``."""
        if location is not None and "email" in location.formats and "@" in value:
            return self.pseudonyms.email(value, label)
        patterns = () if location is None else location.patterns
        if not self.pseudonyms.forms.is_identifier(value):
            for pattern in patterns:
                with suppress(re.error):  # an ECMA-262 pattern that Python cannot compile
                    if re.search(pattern, value):
                        return self.pseudonyms.patterned(value, pattern, label)
        return self.pseudonyms.of(value, label)

    def url(self, value: str) -> str:
        """Scrub a URL: the target's own URLs part by part, any other as a whole."""
        address = self._address(value)
        return self.pseudonyms.of(value, "url") if address is None else address

    def link(self, value: str) -> str:
        """Scrub a URL or, as headers may have, a path."""
        return self.resource(value) if value.startswith("/") else self.url(value)

    def resource(self, text: str) -> str:
        """Scrub a path with its query: documented words stay, everything else becomes a pseudonym."""
        text, hash_sign, fragment = text.partition("#")
        path, question_mark, query = text.partition("?")
        return (
            "/".join(self._path(path))
            + question_mark
            + "&".join(map(self._pair, query.split("&")))
            + hash_sign
            + self.pseudonyms.of(fragment)
        )

    def numbers_in(self, url: str) -> Iterator[str]:
        """Yield the numbers of a query that stay, for example the page size."""
        for pair in url.partition("#")[0].partition("?")[2].split("&"):
            name, _, value = pair.partition("=")
            if self._is_number(unquote_plus(name), value):
                yield value

    def _address(self, value: str) -> str | None:
        """Scrub a URL of the target, or keep a public one; None for everything else.

        Credentials in the URL (``https://kim:secret@…``) are removed.
        """
        safe_urls = self.contract.kit.privacy.safe_urls
        if (safe_urls and re.fullmatch(safe_urls, value)) or self.pseudonyms.forms.is_pseudonym(value):
            return value
        found = _ADDRESS.match(value)
        # URL parsers drop control characters, so that two different texts would become equal.
        if found is None or _CONTROL.search(value) or origin(value) not in self._own:
            return None
        return self.origins[1] + self.resource(value[found.end() :])

    def _path(self, path: str) -> Iterator[str]:
        """Yield the scrubbed segments of a path, parameters according to their schemas."""
        operation = self.document.operation_at(path)
        segments = path.split("/")
        for segment, template in zip(segments, operation.path.split("/") if operation else segments, strict=True):
            parameter = operation.parameters.get(template[1:-1], {}) if operation else {}
            yield self._segment(segment, self.document.location(value_schema(parameter)) if parameter else None)

    def _segment(self, segment: str, location: Location | None) -> str:
        plain = unquote(segment, errors="surrogateescape")
        if not plain or plain in self._segments or plain in self._own_keys:
            return segment
        if self.pseudonyms.forms.is_pseudonym(plain):
            return segment
        if location is not None and "integer" in location.types and _KEY.fullmatch(plain):
            return str(self.pseudonyms.key(int(plain), location.least))
        if self.pseudonyms.forms.is_identifier(plain):
            return quote(self.pseudonyms.identifier(plain), safe="")
        if location is not None and location.patterns:
            return quote(self._pseudonym(plain, location, "text"), safe="")
        return quote(self.pseudonyms.text(plain), safe="")

    def _pair(self, pair: str) -> str:
        """Scrub one pair of a query; an undocumented name may be personal, too."""
        raw, equals, encoded = pair.partition("=")
        name, value = (unquote_plus(each, errors="surrogateescape") for each in (raw, encoded))
        kept = name if name in self._parameters else self.pseudonyms.of(name)
        scrubbed = self._argument(name, value)
        return (
            (raw if kept == name else quote_plus(kept))
            + equals
            + (encoded if scrubbed == value else quote_plus(scrubbed))
        )

    def _argument(self, name: str, value: str) -> str:
        if self.contract.kit.paging is not None and name == self.contract.kit.paging.token:
            return self.pseudonyms.token(value)
        if (name, value) in self._own_arguments:
            return value
        location = self._location(name)
        if location is not None and name in self._key_names and _KEY.fullmatch(value) and "integer" in location.types:
            return str(self.pseudonyms.key(int(value), location.least))
        if self._is_number(name, value):
            return value
        return self.scrub(value, location, name)

    def _is_number(self, name: str, value: str) -> bool:
        location = self._location(name)
        return location is not None and "integer" in location.types and _NUMBER.fullmatch(value) is not None

    def _location(self, name: str) -> Location | None:
        """Return the location of a query parameter, or None; for an array, the location of its items."""
        if name not in self._parameters:
            return None
        location = self.document.location(value_schema(self._parameters[name]))
        return location.items or location

    def _day(self, value: str) -> str:
        try:
            day = date.fromisoformat(value)
        except ValueError:
            return self.pseudonyms.of(value)
        # A date that cannot be shifted any further stays, as in _instant.
        with suppress(OverflowError):
            day += timedelta(days=self.days)
        return day.isoformat()

    def _instant(self, value: str) -> str:
        found = _INSTANT.fullmatch(value)
        if found is None:
            return self.pseudonyms.of(value)
        minute, second, fraction, zone = found.groups()
        # datetime has no leap seconds: second 60 becomes the first second of the next minute.
        leap = second == "60"
        try:
            moment = datetime.fromisoformat(f"{minute.upper()}:{'59' if leap else second}") + timedelta(seconds=leap)
        except (ValueError, OverflowError):
            return self.pseudonyms.of(value)
        # A time in the year 1 or 9999 that cannot be shifted stays: programs use it as "no time".
        with suppress(OverflowError):
            moment += self.shift
        return moment.isoformat() + (fraction or "") + zone
