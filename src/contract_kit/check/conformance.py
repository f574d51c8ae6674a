"""Check one response against the document: status, headers, media type and body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import jsonschema_rs

from contract_kit.check.finding_log import MOST_OF_A_KIND, OTHERS
from contract_kit.check.observed_response import NotJsonError, ObservedResponse
from contract_kit.check.violations import MANY, Violation, closed, json_type, violations
from contract_kit.document import Document, Node
from contract_kit.findings.finding import Finding, Kind
from contract_kit.foreign_text import integer
from contract_kit.masking import Masker
from contract_kit.schema import Location, body_schema, is_documented, is_json, last_key, media_type_of

_KINDS: Mapping[str, Kind] = {
    "enum": Kind.UNDOCUMENTED_VALUE,
    "const": Kind.UNDOCUMENTED_VALUE,
    "format": Kind.FORMAT,
    "pattern": Kind.PATTERN,
}
_BY_STATUS = {"withdrawn": Kind.WITHDRAWN_VALUE, "internal": Kind.INTERNAL_VALUE}


# Returns the violations of a schema of the document by a value.
Explain = Callable[[object, Node, Document], list[Violation]]


@dataclass
class Observed:
    """The documented fields and values in one body.

    Attributes:
        things: Fields that are not null, and enum values, named as in CoverageResult.
        instants: Texts of format date-time, by location.
        urls: Texts without a format whose documented examples are all URLs, by location.
    """

    things: Counter[tuple[str, str]] = field(default_factory=Counter)
    instants: dict[str, set[str]] = field(default_factory=dict)
    urls: dict[str, set[str]] = field(default_factory=dict)


class Conformance:
    """Checks responses against one document; compiles each validator on first use.

    Args:
        document: The document.
        explain: Returns the violations of a body that does not conform.
        decides: Let ``explain``, not jsonschema-rs, decide whether a body conforms; this is slow.
    """

    def __init__(self, document: Document, explain: Explain = violations, *, decides: bool = False) -> None:
        self._document = document
        self._explain = explain
        self._decides = decides
        # Keyed by id(), which is safe because the document keeps its schemas alive.
        self._validators: dict[int, jsonschema_rs.Draft202012Validator] = {}

    def findings(self, answer: ObservedResponse, *, has_headers: bool = True) -> list[Finding]:
        """Every deviation of ``answer`` from the document.

        Args:
            answer: The response.
            has_headers: Whether its headers are known; False, for a recording without headers, skips their check.
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
            schema = header.get("schema")  # a header may have `content` instead, which is not checked
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
            allowed, named = ", ".join(content), answer.masker.text(media_type[:80])
            yield _finding(answer, Kind.CONTENT_TYPE, "header:Content-Type", named or "none", allowed)
        schema = body_schema(response, media_type)
        if schema is None or (documented and not is_json(media_type)):
            return
        try:
            body = answer.json
        except NotJsonError as error:
            # A body of an undocumented media type need not be JSON; the finding above suffices.
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
        """The documented fields and values in the body of ``answer``."""
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
    # Any violation in an error body is of kind ERROR_SHAPE: consumers cannot read the error.
    shape = Kind.ERROR_SHAPE if answer.status >= 400 else None
    name_of = partial(shown_name, answer.masker)
    location, basis = "/".join(name_of(key) for key in broken.location.split("/")), broken.basis
    shown = {last_key(location) or "body": broken.instance}
    match broken.keyword:
        case keyword if keyword == MANY:
            expected = f"at most {broken.allowed} deviations in one body; the others were not looked at"
            yield _finding(answer, Kind.MALFORMED_BODY, "", broken.keyword, expected)
        case "required":
            for name in broken.missing:
                kind = shape or Kind.MISSING_FIELD
                yield _finding(answer, kind, f"{location}/{name}", name, "present", list(broken.instance), basis)
        case "additionalProperties" | "unevaluatedProperties":
            kind, expected, keys = shape or Kind.UNDOCUMENTED_FIELD, f"one of {', '.join(broken.known)}", broken.unknown
            for key in keys[:MOST_OF_A_KIND]:
                name, shown = name_of(key), {key: broken.instance[key]}
                yield _finding(answer, kind, f"{location}/{name}", name, expected, shown, basis)
            if more := len(keys[MOST_OF_A_KIND:]):
                others = _finding(answer, kind, f"{location}/{OTHERS}", OTHERS, expected, None, basis)
                yield replace(others, count=more)
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
    """A key or enum value as a finding may show it, masked if it may be an identifier, address or sentence."""
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
    """A header's value converted to the type in its schema (``"7"`` → 7), or as text if that fails."""
    if "boolean" in location.types:
        return {"true": True, "false": False}.get(value.lower(), value)
    number = integer(value) if "integer" in location.types else None
    return value if number is None else number
