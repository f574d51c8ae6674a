"""Whether one answer is what the document says: status, headers, media type and body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import jsonschema_rs

from contract_kit.check.observed_response import NotJsonError, ObservedResponse
from contract_kit.check.violations import Violation, closed, json_type, violations
from contract_kit.document import Document, Node
from contract_kit.findings.finding import Finding, Kind
from contract_kit.masking import Masker
from contract_kit.schema import Location, body_schema, is_documented, is_json, last_key, media_type_of

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
        instants: By the path of their location, the texts of date-times.
        urls: By the path of their location, the texts without a format whose examples are all addresses.
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
        # By identity: the document holds its schemas as long as it lives.
        self._validators: dict[int, jsonschema_rs.Draft202012Validator] = {}

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
            basis, location = str(header.get("x-basis", "")), f"header:{name}"
            value = answer.headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield _finding(answer, Kind.MISSING_HEADER, location, name, "present", basis=basis)
                continue
            schema = header.get("schema")  # what has `content` instead is no plain value
            found = _header_value(value, self._document.location(schema)) if schema else value
            for broken in self._explain(found, schema, self._document) if schema else ():
                kind = _KINDS.get(broken.keyword, Kind.FORMAT)
                expected = f"{broken.keyword}: {broken.allowed}"
                yield _finding(answer, kind, location, broken.keyword, expected, {name: value}, basis=basis)

    def _content_findings(self, answer: ObservedResponse, response: Node) -> Iterator[Finding]:
        content = response.get("content", {})
        if not content:
            return
        media_type = media_type_of(answer.headers.get("content-type", ""))
        documented = is_documented(content, media_type)
        if not documented:
            allowed = ", ".join(content)
            yield _finding(answer, Kind.CONTENT_TYPE, "header:Content-Type", media_type or "none", allowed)
        schema = body_schema(response, media_type)
        if schema is None or (documented and not is_json(media_type)):
            return
        try:
            body = answer.json
        except NotJsonError as error:
            # Of another media type it need not be JSON: that finding says it all.
            if documented:
                example = answer.example(detail=str(error))
                yield Finding(Kind.MALFORMED_BODY, answer.operation, "", "not JSON", "JSON", examples=(example,))
            return
        if self._decides or not self._validator(schema).is_valid(body):
            for broken in self._explain(body, schema, self._document):
                yield from _body_findings(answer, broken)
        for notice in self._document.location(schema).notices(body):
            if notice.status in _BY_STATUS:
                shown = {last_key(notice.location): notice.value}
                kind, basis = _BY_STATUS[notice.status], notice.basis
                yield _finding(answer, kind, notice.location, notice.value, "a current value", shown, basis=basis)

    def observed(self, answer: ObservedResponse) -> Observed:
        """What the body of ``answer`` shows, as far as the document knows its locations."""
        seen = Observed()
        response = self._document.operation(answer.operation).response(answer.status) or {}
        schema = body_schema(response, media_type_of(answer.headers.get("content-type", "")))
        if schema is not None:
            _observe(answer.excerpt, self._document.location(schema), seen)
        return seen

    def _validator(self, schema: Node) -> jsonschema_rs.Draft202012Validator:
        if id(schema) not in self._validators:
            self._validators[id(schema)] = jsonschema_rs.Draft202012Validator(
                closed(schema, self._document), validate_formats=True
            )
        return self._validators[id(schema)]


def _observe(value: object, location: Location, seen: Observed) -> None:
    if value is None:
        return
    path = location.path
    if path:
        seen.things["field", path] = 1
    if isinstance(value, dict | list):
        for below, each in location.children(value):
            _observe(each, below, seen)
        return
    if location.enum:
        seen.things["enum value", f"{path}={value}"] = 1
    if isinstance(value, str):
        if "date-time" in location.formats:
            seen.instants.setdefault(path, set()).add(value)
        elif location.is_address:
            seen.urls.setdefault(path, set()).add(value)


def _body_findings(answer: ObservedResponse, broken: Violation) -> Iterator[Finding]:
    # Whatever is wrong with the body of an error, a consumer cannot tell what went wrong.
    shape = Kind.ERROR_SHAPE if answer.status >= 400 else None
    name_of = partial(shown_name, answer.masker)
    location, basis = "/".join(name_of(key) for key in broken.location.split("/")), broken.basis
    shown = {last_key(location) or "body": broken.instance}
    match broken.keyword:
        case "required":
            for name in broken.missing:
                kind = shape or Kind.MISSING_FIELD
                yield _finding(answer, kind, f"{location}/{name}", name, "present", list(broken.instance), basis)
        case "additionalProperties" | "unevaluatedProperties":
            for key in broken.unknown:
                kind, name = shape or Kind.UNDOCUMENTED_FIELD, name_of(key)
                expected, shown = f"one of {', '.join(broken.known)}", {key: broken.instance[key]}
                yield _finding(answer, kind, f"{location}/{name}", name, expected, shown, basis)
        case "type":
            kind = shape or (Kind.NULL if broken.instance is None else Kind.WRONG_TYPE)
            types = " or ".join(broken.allowed)
            yield _finding(answer, kind, location, json_type(broken.instance), types, shown, basis)
        case "enum" | "const":
            values = broken.allowed if broken.keyword == "enum" else [broken.allowed]
            value = name_of(broken.instance) if isinstance(broken.instance, str) else json_type(broken.instance)
            kind, expected = shape or Kind.UNDOCUMENTED_VALUE, f"one of {', '.join(map(str, values))}"
            yield _finding(answer, kind, location, value, expected, shown, basis)
        case keyword:
            kind = shape or _KINDS.get(keyword, Kind.BOUND)
            value = str(broken.allowed) if keyword == "format" else keyword
            yield _finding(answer, kind, location, value, f"{keyword}: {broken.allowed}", shown, basis)


def shown_name(masker: Masker, key: str) -> str:
    """A key or enum value of an answer as a finding may carry it: no identifier, address or sentence."""
    return key if key in {"", "*"} else masker.key(key)


def _finding(
    answer: ObservedResponse,
    kind: Kind,
    location: str,
    value: str,
    expected: str,
    evidence: object = None,
    basis: str = "",
) -> Finding:
    return Finding(kind, answer.operation, location, value, expected, basis, (answer.example(evidence),))


def _header_value(value: str, location: Location) -> object:
    """A header's text as the type that its schema asks for, or as text where it is none."""
    if "boolean" in location.types:
        return {"true": True, "false": False}.get(value.lower(), value)
    if "integer" in location.types and value.strip().lstrip("-").isdigit():
        return int(value)
    return value
