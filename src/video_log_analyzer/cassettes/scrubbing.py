"""What may be kept of a recording: a list, made from the document, of what is known to be safe.

Enum values, numbers and booleans of fields that the document has pass. Times are shifted. Everything else, also what
nobody has thought of yet, is replaced by a stand-in.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote, quote_plus, unquote, unquote_plus, urlsplit

from video_log_analyzer.cassettes.cassette import Interaction
from video_log_analyzer.cassettes.standins import Standins, is_sid, is_standin
from video_log_analyzer.cassettes.words import PROTOCOL, properties, vocabulary
from video_log_analyzer.document import Document, Node

# Raised when other things pass than before: cassettes of an older profile are stale.
PROFILE = "allow-list 1"
# All recordings take place at this moment: when a room really was is nobody's business, how long it lasted is.
MOMENT = datetime(2026, 1, 15, 12, tzinfo=UTC)

# Fields whose text is somebody's own, and what their stand-ins are called; every other text is `text`.
_LABELS = {"room_name": "name", "RoomName": "name", "participant_identity": "identity", "status_callback": "callback"}
# Texts that the document has no enum for, and that were decided to be safe in this form.
_DECIDED = {
    "key": r"rooms|participants",
    "name": r"twilio-video-[a-z]{2,12}",
    "sdk_version": r"\d{1,3}(\.\d{1,3}){1,3}(-(beta|rc|preview)\.?\d{0,3})?",
}
_KEPT_HEADERS = frozenset({"content-type"})
_MEDIA_TYPE = re.compile(r"[a-z]+/[a-z.+-]+( *; *charset=[A-Za-z0-9-]{1,12})?")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,79}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)")
_EXPLAINED = re.compile(r"https://www\.twilio\.com/docs/(?:api/)?errors/\d{1,6}")
_NUMBER = re.compile(r"-?\d{1,6}")
_BETWEEN = re.compile(r"([\s,;:=\"'()\[\]]+)")


@dataclass(frozen=True)
class Scrubbed:
    """What is left, and what was done.

    Attributes:
        interactions: Without anybody's data.
        masked: How many values have a stand-in, by its label: ``{"RM": 3, "name": 2}``.
        unknown: Places that the document does not have, with how often: they are masked until somebody decides.
    """

    interactions: tuple[Interaction, ...]
    masked: Mapping[str, int]
    unknown: Mapping[str, int]


def scrub(
    interactions: Iterable[Interaction], document: Document, *, origin: str, standin_origin: str, clock: datetime
) -> Scrubbed:
    """Replace what is not known to be safe, consistently over all interactions.

    Args:
        interactions: As they were recorded.
        document: Says which fields are safe.
        origin: Of the target: ``https://insights.twilio.com``.
        standin_origin: What stands for it.
        clock: What time it was for the target; it becomes ``MOMENT``.
    """
    found = tuple(interactions)
    standins = Standins(text for each in found for text in (each.uri, unquote(each.uri), each.body, *_values(each)))
    scrubber = _Scrubber(document, standins, (origin, standin_origin), MOMENT - clock)
    # The first time finds out what there is, so that the second also sees it where it is quoted before it is named.
    for each in found:
        scrubber.interaction(each)
    scrubber.unknown.clear()
    return Scrubbed(tuple(scrubber.interaction(each) for each in found), dict(standins.counts), dict(scrubber.unknown))


def _values(interaction: Interaction) -> Iterator[str]:
    for values in interaction.headers.values():
        yield from values


@dataclass
class _Scrubber:
    document: Document
    standins: Standins
    origins: tuple[str, str]  # of the target, and what stands for it
    shift: timedelta
    unknown: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._vocabulary = vocabulary(self.document.data)
        self._properties = frozenset(properties(self.document.data))
        self._parameters = {
            name: each for operation in self.document.operations for name, each in operation.parameters.items()
        }
        self._segments = {part for operation in self.document.operations for part in operation.path.split("/")}
        headers = self.document.data.get("components", {}).get("headers", {})
        self._headers = _KEPT_HEADERS | {name.lower() for name in headers}

    def interaction(self, each: Interaction) -> Interaction:
        operation = self.document.operation_at(each.path)
        response = (operation.response(each.status) if operation else None) or {}
        schema = response.get("content", {}).get("application/json", {}).get("schema")
        headers = {
            name: tuple(self._header(name, value) for value in values)
            for name, values in each.headers.items()
            if name in self._headers
        }
        return replace(each, uri=self._url(each.uri, "url"), headers=headers, body=self._body(each.body, schema))

    def _header(self, name: str, value: str) -> str:
        if name == "content-type" and _MEDIA_TYPE.fullmatch(value):
            return value
        return self._sentence(value, PROTOCOL)

    def _body(self, body: str, schema: Node | None) -> str:
        if not body:
            return body
        try:
            content = self._value(json.loads(body), [schema or {}], "", "")
            text = json.dumps(content, ensure_ascii=False, indent=1)
        except (ValueError, RecursionError):
            self.unknown["a body that is not JSON"] += 1
            return self.standins.text(body)
        # A lone surrogate is no UTF-8; as an escape it can be kept.
        return text if _is_utf8(text) else json.dumps(content, indent=1)

    def _value(self, value: Any, schemas: list[Node], name: str, place: str) -> Any:
        schemas = [each for schema in schemas for each in self._alternatives(schema)]
        if isinstance(value, dict):
            known: dict[str, list[Node]] = {}
            for schema in schemas:
                for key, below in schema.get("properties", {}).items():
                    known.setdefault(key, []).append(below)
            return {
                self._key(key): self._value(below, known.get(key, []), key, f"{place}/{key}")
                for key, below in value.items()
            }
        if isinstance(value, list):
            items = [schema["items"] for schema in schemas if "items" in schema]
            return [self._value(item, items, name, f"{place}/*") for item in value]
        if value is None:
            return None
        types = {name for schema in schemas for name in _types(schema)}
        if not schemas:
            self.unknown[re.sub(r"[^A-Za-z0-9_/*]", "?", place)] += 1
        if isinstance(value, str):
            return self._text(value, schemas, name)
        if isinstance(value, bool):
            return value if "boolean" in types else False
        return value if types & {"integer", "number"} else 0

    def _alternatives(self, schema: Node) -> Iterator[Node]:
        schema = self.document.resolve(schema)
        branches = [branch for keyword in ("anyOf", "oneOf", "allOf") for branch in schema.get(keyword, ())]
        for branch in branches:
            yield from self._alternatives(branch)
        if schema and not branches:
            yield schema

    def _key(self, key: str) -> str:
        return key if key in self._properties or _NAME.fullmatch(key) or is_standin(key) else self.standins.text(key)

    def _text(self, value: str, schemas: list[Node], name: str) -> str:
        if not value or is_standin(value):
            return value
        label = _LABELS.get(name, "text")
        if is_sid(value):
            return self.standins.sid(value)
        if re.match(r"https?://|/", value):
            return self._url(value, label if label != "text" else "url")
        if not schemas:
            return self.standins.text(value)
        # A value that the document does not have yet is a word as well: which one is what a finding is about.
        if any("enum" in schema or "const" in schema for schema in schemas) and _WORD.fullmatch(value):
            return value
        if any(schema.get("format") == "date-time" for schema in schemas):
            return self._instant(value)
        if name == "message":
            return self._sentence(value)
        if name in _DECIDED and re.fullmatch(_DECIDED[name], value):
            return value
        return self.standins.text(value, label)

    def _instant(self, value: str) -> str:
        found = _INSTANT.fullmatch(value)
        try:
            if found is None:
                return self.standins.text(value)
            moved = datetime.fromisoformat(found[1].upper()) + self.shift
        except (ValueError, OverflowError):
            return self.standins.text(value)
        return moved.strftime("%Y-%m-%dT%H:%M:%S") + (found[2] or "") + found[3]

    def _url(self, value: str, label: str) -> str:
        if _EXPLAINED.fullmatch(value) or is_standin(value):
            return value
        for origin in self.origins:
            rest = value.removeprefix(origin)
            if rest != value and rest[:1] in {"", "/", "?"}:
                return self.origins[1] + self._resource(rest)
        if value.startswith("/"):
            return self._resource(value)
        return self.standins.url(value, label)

    def _resource(self, text: str) -> str:
        """A path with its query: words of the document stay, what stands in a template's place is a SID or masked."""
        parts = urlsplit(f"http://host.invalid{text}")
        path = "/".join(self._segment(segment) for segment in parts.path.split("/"))
        query = "&".join(self._pair(pair) for pair in parts.query.split("&")) if parts.query else ""
        return path + ("?" if "?" in text else "") + query

    def _segment(self, segment: str) -> str:
        plain = unquote(segment)
        if plain in self._segments or is_standin(plain) or not plain:
            return segment
        return self.standins.sid(plain) if is_sid(plain) else quote(self.standins.text(plain), safe="")

    def _pair(self, pair: str) -> str:
        raw, equals, encoded = pair.partition("=")
        name, value = unquote_plus(raw), unquote_plus(encoded)
        kept = name if name in self._parameters or _NAME.fullmatch(name) else self.standins.text(name)
        scrubbed = self._argument(name, value)
        return (
            (raw if kept == name else quote_plus(kept))
            + equals
            + (encoded if scrubbed == value else quote_plus(scrubbed))
        )

    def _argument(self, name: str, value: str) -> str:
        if not value or is_standin(value):
            return value
        if value.startswith("PT") and name == "PageToken":
            return self.standins.token(value)
        schemas = list(self._alternatives(self._parameters.get(name, {}).get("schema", {})))
        items = [below for schema in schemas for below in self._alternatives(schema.get("items", {}))]
        if any("integer" in _types(schema) for schema in schemas) and _NUMBER.fullmatch(value):
            return value
        return self._text(value, [*schemas, *items], name)

    def _sentence(self, text: str, words: frozenset[str] = frozenset()) -> str:
        """Free text: what was replaced elsewhere is replaced here, and of the rest only the document's words stay."""
        for original, standin in sorted(self.standins.originals.items(), key=lambda pair: -len(pair[0])):
            if len(original) > 3 and original.casefold() not in self._vocabulary:
                for form in (original, quote(original, safe=""), quote_plus(original), json.dumps(original)[1:-1]):
                    # Not within a longer word: that is masked, or a SID, as a whole.
                    text = standin.join(re.split(rf"(?<![A-Za-z0-9]){re.escape(form)}(?![A-Za-z0-9])", text))
        return "".join(self._piece(piece, words) for piece in _BETWEEN.split(text))

    def _piece(self, piece: str, words: frozenset[str]) -> str:
        core = piece.rstrip(".!?")
        if not core or _BETWEEN.fullmatch(piece) or is_standin(core) or core in words or _NUMBER.fullmatch(core):
            return piece
        if core.casefold() in self._vocabulary:
            return piece
        if is_sid(core):
            return self.standins.sid(core) + piece[len(core) :]
        if core.startswith("/"):
            return self._resource(core) + piece[len(core) :]
        return self.standins.text(core) + piece[len(core) :]


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _types(schema: Node) -> list[str]:
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)
