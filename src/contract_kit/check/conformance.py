"""Whether one answer is what the document says: status, headers, media type and body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, partial

import jsonschema_rs

from contract_kit.check.observed_response import NotJsonError, ObservedResponse
from contract_kit.check.violations import Violation, closed, json_type, violations
from contract_kit.document import Document, Node
from contract_kit.findings.finding import Finding, Kind
from contract_kit.masking import Masker
from contract_kit.schema import Place, place_of

_JSON = "application/json"
_ANYTHING: Node = {}
_KINDS: Mapping[str, Kind] = {
    "enum": Kind.UNDOCUMENTED_VALUE,
    "const": Kind.UNDOCUMENTED_VALUE,
    "format": Kind.FORMAT,
    "pattern": Kind.PATTERN,
}
_BY_STATUS = {"withdrawn": Kind.WITHDRAWN_VALUE, "internal": Kind.INTERNAL_VALUE}


# Says where a value breaks a schema of the document.
Explain = Callable[[object, Node, Document], list[Violation]]


@dataclass
class Observed:
    """What one body shows.

    Attributes:
        things: Fields with a value other than null, and enum values, as CoverageResult names them.
        instants: By place, the texts of date-times.
        urls: By place, the texts without a format whose examples are all addresses.
    """

    things: Counter[tuple[str, str]] = field(default_factory=Counter)
    instants: dict[str, set[str]] = field(default_factory=dict)
    urls: dict[str, set[str]] = field(default_factory=dict)


class Conformance:
    """Judges answers against one document; the validators are compiled on first use.

    Args:
        document: What answers are held against.
        explain: Says what is wrong with a body that does not conform.
        decides: Whether it is ``explain`` that decides whether there is anything wrong, not jsonschema-rs: slow.
    """

    def __init__(self, document: Document, explain: Explain = violations, *, decides: bool = False) -> None:
        self._document = document
        self._explain = explain
        self._decides = decides
        self._validator = cache(self._make_validator)
        self._place = cache(self._make_place)

    def findings(self, answer: ObservedResponse, *, has_headers: bool = True) -> list[Finding]:
        """Everything about ``answer`` that the document does not say.

        Args:
            answer: The answer.
            has_headers: Whether its headers are known; of a recording that left them out nothing is said about them.
        """
        operation = self._document.operation(answer.operation)
        response = operation.response(answer.status)
        if response is None:
            documented = ", ".join(operation.responses)
            return [_finding(answer, Kind.STATUS, "status", str(answer.status), f"one of {documented}", answer.excerpt)]
        found = list(self._header_findings(answer, response)) if has_headers else []
        if answer.is_failure:
            found.append(
                _finding(answer, Kind.SERVER_FAILURE, "status", str(answer.status), "no failure", answer.excerpt)
            )
        found.extend(self._content_findings(answer, response))
        return found

    def _header_findings(self, answer: ObservedResponse, response: Node) -> Iterator[Finding]:
        for name, node in response.get("headers", {}).items():
            header = self._document.resolve(node)
            basis, place = str(header.get("x-basis", "")), f"header:{name}"
            value = answer.headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield _finding(answer, Kind.MISSING_HEADER, place, name, "present", basis=basis)
                continue
            schema = self._document.resolve(header.get("schema", _ANYTHING))
            for broken in self._explain(_header_value(value, schema), schema, self._document):
                kind = _KINDS.get(broken.keyword, Kind.FORMAT)
                expected = f"{broken.keyword}: {broken.allowed}"
                yield _finding(answer, kind, place, broken.keyword, expected, {name: value}, basis=basis)

    def _content_findings(self, answer: ObservedResponse, response: Node) -> Iterator[Finding]:
        content = response.get("content", {})
        if not content:
            return
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in content:
            documented = ", ".join(content)
            yield _finding(answer, Kind.CONTENT_TYPE, "header:Content-Type", media_type or "none", documented)
            if _JSON not in content:
                return
        try:
            body = answer.json
        except NotJsonError as error:
            # Of another media type it need not be JSON: that finding says it all.
            if media_type in content:
                example = answer.example(detail=str(error))
                yield Finding(Kind.MALFORMED_BODY, answer.operation, "", "not JSON", "JSON", examples=(example,))
            return
        schema = content[media_type if media_type in content else _JSON].get("schema", {})
        if self._decides or not self._validator(answer.operation, answer.status).is_valid(body):
            for broken in self._explain(body, schema, self._document):
                yield from _body_findings(answer, broken)
        place = self._place(answer.operation, answer.status)
        for notice in place.notices(body) if place is not None else ():
            if notice.status in _BY_STATUS:
                shown = {notice.place.rstrip("/*").rpartition("/")[2]: notice.value}
                kind, basis = _BY_STATUS[notice.status], notice.basis
                yield _finding(answer, kind, notice.place, notice.value, "a current value", shown, basis=basis)

    def observed(self, answer: ObservedResponse) -> Observed:
        """What the body of ``answer`` shows, as far as the document knows its places."""
        seen = Observed()
        place = self._place(answer.operation, answer.status)
        if place is not None:
            _observe(answer.excerpt, place, seen)
        return seen

    def _make_place(self, operation: str, status: int) -> Place | None:
        return place_of(self._document, self._document.operation(operation).response(status) or {})

    def _make_validator(self, operation: str, status: int) -> jsonschema_rs.Draft202012Validator:
        response = self._document.operation(operation).response(status) or {}
        schema = response.get("content", {}).get(_JSON, {}).get("schema", {})
        return jsonschema_rs.Draft202012Validator(closed(schema, self._document), validate_formats=True)


def _observe(value: object, place: Place, seen: Observed) -> None:
    if value is None:
        return
    if place.name:
        seen.things["field", place.name] = 1
    if isinstance(value, str):
        if place.has_enum:
            seen.things["enum value", f"{place.name}={value}"] = 1
        if place.is_instant:
            seen.instants.setdefault(place.name, set()).add(value)
        elif place.is_address:
            seen.urls.setdefault(place.name, set()).add(value)
    elif isinstance(value, dict):
        for name, below in place.properties.items():
            if name in value:
                _observe(value[name], below, seen)
    elif isinstance(value, list) and place.items is not None:
        for item in value:
            _observe(item, place.items, seen)


def _body_findings(answer: ObservedResponse, broken: Violation) -> Iterator[Finding]:
    # Whatever is wrong with the body of an error, a consumer cannot tell what went wrong.
    shape = Kind.ERROR_SHAPE if answer.status >= 400 else None
    name_of = partial(shown_name, answer.masker)
    place, basis = "/".join(name_of(key) for key in broken.place.split("/")), broken.basis
    shown = {place.rstrip("/*").rpartition("/")[2] or "body": broken.instance}
    match broken.keyword:
        case "required":
            for name in broken.allowed:
                if name not in broken.instance:
                    kind = shape or Kind.MISSING_FIELD
                    yield _finding(answer, kind, f"{place}/{name}", name, "present", list(broken.instance), basis)
        case "additionalProperties" | "unevaluatedProperties":
            known = broken.schema.get("properties", {})
            for key in sorted(set(broken.instance) - set(known)):
                kind, name = shape or Kind.UNDOCUMENTED_FIELD, name_of(key)
                expected, shown = f"one of {', '.join(known)}", {key: broken.instance[key]}
                yield _finding(answer, kind, f"{place}/{name}", name, expected, shown, basis)
        case "type":
            kind = shape or (Kind.NULL if broken.instance is None else Kind.WRONG_TYPE)
            types = " or ".join(broken.allowed)
            yield _finding(answer, kind, place, json_type(broken.instance), types, shown, basis)
        case "enum" | "const":
            values = broken.allowed if broken.keyword == "enum" else [broken.allowed]
            value = name_of(broken.instance) if isinstance(broken.instance, str) else json_type(broken.instance)
            kind, expected = shape or Kind.UNDOCUMENTED_VALUE, f"one of {', '.join(map(str, values))}"
            yield _finding(answer, kind, place, value, expected, shown, basis)
        case keyword:
            kind = shape or _KINDS.get(keyword, Kind.BOUND)
            value = str(broken.allowed) if keyword == "format" else keyword
            yield _finding(answer, kind, place, value, f"{keyword}: {broken.allowed}", shown, basis)


def shown_name(masker: Masker, key: str) -> str:
    """A key or enum value of an answer as a finding may carry it: no identifier, address or sentence."""
    return key if key in {"", "*"} else masker.key(key)


def _finding(
    answer: ObservedResponse,
    kind: Kind,
    place: str,
    value: str,
    expected: str,
    evidence: object = None,
    basis: str = "",
) -> Finding:
    return Finding(kind, answer.operation, place, value, expected, basis, (answer.example(evidence),))


def _header_value(value: str, schema: Node) -> object:
    """A header's text as the type that its schema asks for, or as text where it is none."""
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    if schema.get("type") == "integer" and value.strip().lstrip("-").isdigit():
        return int(value)
    return value
