"""Check one response against the document: status, headers, media type and body."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urljoin, urlsplit

import jsonschema_rs

from contract_kit.check.finding_log import MOST_OF_A_KIND, OTHERS
from contract_kit.check.observed_response import NotJsonError, ObservedResponse
from contract_kit.check.violations import MANY, Violation, closed, json_type, violations
from contract_kit.document import Document, Node
from contract_kit.findings.finding import ANOTHER_OBJECT, Finding, Kind
from contract_kit.foreign_text import integer
from contract_kit.masking import Masker
from contract_kit.schema import Location, body_schema, is_documented, is_json, last_key, media_type_of

# Different ones of one body: one with a hundred thousand undocumented keys says nothing new with the last of them.
MOST_FINDINGS = 1000
_KINDS: Mapping[str, Kind] = {
    "enum": Kind.UNDOCUMENTED_VALUE,
    "const": Kind.UNDOCUMENTED_VALUE,
    "format": Kind.FORMAT,
    "pattern": Kind.PATTERN,
}
# The keys that one sentence names, and the length of a quoted reason.
_MOST_NAMES = 8
_LONGEST = 300
_BY_STATUS = {
    "withdrawn": Kind.WITHDRAWN_VALUE,
    "internal": Kind.INTERNAL_VALUE,
    "observed": Kind.OBSERVED_VALUE,
}


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
        """The deviations of ``answer`` from the document; of its body, the first ``MOST_FINDINGS`` different ones.

        Args:
            answer: The response.
            has_headers: Whether its headers are known; False, for a recording without headers, skips their check.
        """
        operation = self._document.operation(answer.operation)
        response = operation.response(answer.status)
        if response is None:
            expected = f"one of {', '.join(operation.responses)}"
            what = f"the answer has the status {answer.status}{_goal(answer)}"
            return [_finding(answer, Kind.STATUS, "status", str(answer.status), expected, answer.excerpt, found=what)]
        found = list(self._header_findings(answer, response)) if has_headers else []
        if answer.is_failure:
            what, value = f"the service fails: it answers {answer.status}", str(answer.status)
            found.append(
                _finding(answer, Kind.SERVER_FAILURE, "status", value, "no failure", answer.excerpt, found=what)
            )
        different = set[tuple[Kind, str, str]]()
        for finding in self._content_findings(answer, response):
            different.add((finding.kind, finding.location, finding.value))
            if len(different) > MOST_FINDINGS:
                break
            found.append(finding)
        return found

    def _header_findings(self, answer: ObservedResponse, response: Node) -> Iterator[Finding]:
        for name, node in response.get("headers", {}).items():
            header = self._document.resolve(node)
            basis, location = str(header.get("x-basis", "")), f"header:{name}"
            value = answer.headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    what = f"an answer {answer.status} without the header {name}"
                    yield _finding(answer, Kind.MISSING_HEADER, location, name, "present", basis=basis, found=what)
                continue
            schema = header.get("schema")  # a header may have `content` instead, which is not checked
            found = _header_value(value, self._document.location(schema)) if schema else value
            for broken in self._explain(found, schema, self._document) if schema else ():
                kind = _KINDS.get(broken.keyword, Kind.FORMAT)
                expected = f"{broken.keyword}: {broken.allowed}"
                what = f"a header {name} that breaks {expected}"
                yield _finding(answer, kind, location, broken.keyword, expected, {name: value}, basis, what)

    def _content_findings(self, answer: ObservedResponse, response: Node) -> Iterator[Finding]:
        content = response.get("content", {})
        if not content:
            return
        media_type = media_type_of(answer.headers.get("content-type", ""))
        documented = is_documented(content, media_type)
        if not documented:
            allowed, named = ", ".join(content), answer.masker.text(media_type[:80])
            what = f"the media type is {named}" if named else "the answer names no media type"
            yield _finding(answer, Kind.CONTENT_TYPE, "header:Content-Type", named or "none", allowed, found=what)
        schema = body_schema(response, media_type)
        if schema is None or (documented and not is_json(media_type)):
            return
        try:
            body = answer.json
        except NotJsonError as error:
            # A body of an undocumented media type need not be JSON; the finding above suffices.
            if documented:
                what = f"the body is not JSON: {answer.masker.text(str(error))[:_LONGEST]}"
                yield _finding(answer, Kind.MALFORMED_BODY, "", "not JSON", "JSON", found=what)
            return
        if self._decides or not self._validator(schema).is_valid(body):
            found = self._explain(body, schema, self._document)
            another = next(filter(_is_another_object, found), None)
            if another is not None:
                yield _another_object(answer, another)
                return
            for broken in found:
                # Beside a reference stands a basis that the schema which is referred to does not have.
                basis = broken.basis or self._document.location(schema).basis_at(broken.path)
                yield from _body_findings(answer, broken, basis)
        for notice in self._document.location(schema).notices(body):
            if notice.status in _BY_STATUS:
                shown = {last_key(notice.location): notice.value}
                kind, basis = _BY_STATUS[notice.status], notice.basis
                what = f"it is {notice.value!r}, which is {notice.status}"
                yield _finding(answer, kind, notice.location, notice.value, "a current value", shown, basis, what)

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


def _is_another_object(broken: Violation) -> bool:
    """Whether a body lacks most of its required keys, so that it is no such object at all: an error, an envelope."""
    return broken.keyword == "required" and not broken.path and 2 * len(broken.missing) > max(2, len(broken.allowed))


def _another_object(answer: ObservedResponse, broken: Violation) -> Finding:
    """One finding about the body as a whole, instead of one for each key."""
    kind = Kind.ERROR_SHAPE if answer.status >= 400 else Kind.MALFORMED_BODY
    keys = [shown_name(answer.masker, key) for key in sorted(broken.instance)]
    found = f"an object with {_listed(keys) or 'no keys'}, without {_listed(broken.missing)}"
    expected = f"an object with {_listed(list(broken.allowed))}"
    return _finding(answer, kind, "", ANOTHER_OBJECT, expected, broken.instance, broken.basis, found)


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _goal(answer: ObservedResponse) -> str:
    """Where a redirection leads; its path is masked like that of a request."""
    url = answer.headers.get("location")
    if url is None or answer.status // 100 != 3:
        return ""
    try:
        goal = urlsplit(urljoin(answer.url, url[:_LONGEST]))
        same = (goal.scheme, goal.netloc) == urlsplit(answer.url)[:2]
        host = "the same origin" if same else answer.masker.text(f"{goal.scheme} {goal.hostname or ''}".strip())
        return f" and leads to {host}, {answer.masker.request('', goal.geturl()).strip()}"
    except ValueError:
        return " and leads to no usable URL"


def _body_findings(answer: ObservedResponse, broken: Violation, basis: str) -> Iterator[Finding]:
    # Any violation in an error body is of kind ERROR_SHAPE: consumers cannot read the error.
    shape = Kind.ERROR_SHAPE if answer.status >= 400 else None
    name_of = partial(shown_name, answer.masker)
    location = "/".join(name_of(key) for key in broken.location.split("/"))
    key = last_key(location) or "the body"
    shown = {last_key(location) or "body": broken.instance}
    match broken.keyword:
        case keyword if keyword == MANY:
            expected = f"at most {broken.allowed} deviations in one body; the others were not looked at"
            found = f"more than {broken.allowed} deviations"
            yield _finding(answer, Kind.MALFORMED_BODY, "", broken.keyword, expected, found=found)
        case "required":
            for name in broken.missing:
                kind, found = shape or Kind.MISSING_FIELD, f"the key '{name}' is missing"
                yield _finding(answer, kind, f"{location}/{name}", name, "present", broken.instance, basis, found)
        case "additionalProperties" | "unevaluatedProperties":
            kind, expected, keys = shape or Kind.UNDOCUMENTED_FIELD, f"one of {', '.join(broken.known)}", broken.unknown
            for unknown in keys[:MOST_OF_A_KIND]:
                name, shown = name_of(unknown), {unknown: broken.instance[unknown]}
                found = f"the key {_quoted(name)}, which the document does not have"
                yield _finding(answer, kind, f"{location}/{name}", name, expected, shown, basis, found)
            if more := len(keys[MOST_OF_A_KIND:]):
                found = f"{more} further keys, which the document does not have"
                others = _finding(answer, kind, f"{location}/{OTHERS}", OTHERS, expected, None, basis, found)
                yield replace(others, count=more)
        case "type":
            kind = shape or (Kind.NULL if broken.instance is None else Kind.WRONG_TYPE)
            types, value = " or ".join(broken.allowed), json_type(broken.instance)
            found = f"{key} is null" if value == "null" else f"{key} has the type {value}"
            yield _finding(answer, kind, location, value, types, shown, basis, found)
        case "enum" | "const":
            values = broken.allowed if broken.keyword == "enum" else [broken.allowed]
            is_text = isinstance(broken.instance, str)
            value = name_of(broken.instance) if is_text else json_type(broken.instance)
            kind, expected = shape or Kind.UNDOCUMENTED_VALUE, f"one of {', '.join(map(str, values))}"
            found = f"{key} is {_quoted(value) if is_text else value}"
            yield _finding(answer, kind, location, value, expected, shown, basis, found)
        case keyword:
            kind = shape or _KINDS.get(keyword, Kind.BOUND)
            value = str(broken.allowed) if keyword == "format" else keyword
            found = f"{key} is no {broken.allowed}" if keyword == "format" else f"{key} breaks {keyword}"
            yield _finding(answer, kind, location, value, f"{keyword}: {broken.allowed}", shown, basis, found)


def shown_name(masker: Masker, key: str) -> str:
    """A key or enum value as a finding may show it, masked if it may be an identifier, address or sentence."""
    return key if key in {"", "*"} else masker.key(key)


def _quoted(shown: str) -> str:
    """A shown name in quotation marks, unless it has some or stands for a text that is not shown."""
    return shown if shown.startswith(("'", '"', "(")) else f"'{shown}'"


def _finding(
    answer: ObservedResponse,
    kind: Kind,
    location: str,
    value: str,
    expected: str,
    evidence: object = None,
    basis: str = "",
    found: str = "",
) -> Finding:
    example = answer.example(evidence)
    return Finding(kind, answer.operation, location, value, expected, basis, (example,), found=found)


def _header_value(value: str, location: Location) -> object:
    """A header's value converted to the type in its schema (``"7"`` → 7), or as text if that fails."""
    if "boolean" in location.types:
        return {"true": True, "false": False}.get(value.lower(), value)
    number = integer(value) if "integer" in location.types else None
    return value if number is None else number
