"""Whether one answer is what the document says: status, headers, media type and body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import jsonschema
import jsonschema_rs

from video_log_analyzer.checks.answer import Answer, NotJsonError
from video_log_analyzer.document import Document, Node
from video_log_analyzer.findings import Finding, Kind

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KINDS: Mapping[str, Kind] = {
    "enum": Kind.UNDOCUMENTED_VALUE,
    "const": Kind.UNDOCUMENTED_VALUE,
    "format": Kind.FORMAT,
    "pattern": Kind.PATTERN,
}


class Conformance:
    """Judges answers against one document; the validators are compiled on first use."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._schema_validator = cache(self._make_validator)

    def findings(self, answer: Answer) -> list[Finding]:
        """Everything about ``answer`` that the document does not say."""
        operation = self._document.operation(answer.operation)
        response = operation.response(answer.status)
        if response is None:
            documented = ", ".join(operation.responses)
            return [_finding(answer, Kind.STATUS, "status", str(answer.status), f"one of {documented}")]
        found = list(self._header_findings(answer, response))
        if answer.status >= 500:
            detail = "the target failed on this request"
            found.append(_finding(answer, Kind.SERVER_FAILURE, "status", str(answer.status), "no failure", detail))
        found.extend(self._content_findings(answer, response))
        return found

    def _header_findings(self, answer: Answer, response: Node) -> Iterator[Finding]:
        for name, header in response.get("headers", {}).items():
            header = self._document.resolve(header)
            basis = str(header.get("x-basis", ""))
            value = answer.headers.get(name.lower())
            if value is None:
                if header.get("required"):
                    yield _finding(answer, Kind.MISSING_HEADER, f"header:{name}", name, "present", basis=basis)
                continue
            schema = self._document.resolve(header.get("schema", {}))
            for error in _errors(_header_value(value, schema), schema, self._document):
                kind = _KINDS.get(str(error.validator), Kind.FORMAT)
                expected = f"{error.validator}: {error.validator_value}"
                yield _finding(answer, kind, f"header:{name}", str(error.validator), expected, basis=basis)

    def _content_findings(self, answer: Answer, response: Node) -> Iterator[Finding]:
        content = response.get("content", {})
        if not content:
            return
        media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type not in content:
            found, documented = media_type or "none", ", ".join(content)
            yield _finding(answer, Kind.CONTENT_TYPE, "header:Content-Type", found, documented)
            if "application/json" not in content:
                return
            media_type = "application/json"
        try:
            body = answer.json
        except NotJsonError as error:
            if answer.headers.get("content-type", "").partition(";")[0].strip().lower() in content:
                yield _finding(answer, Kind.MALFORMED_BODY, "", "not JSON", "JSON", str(error))
            return
        schema = content[media_type].get("schema", {})
        pointer_to_schema = (answer.operation, str(answer.status), media_type)
        validator = self._schema_validator(pointer_to_schema)
        if not validator.is_valid(body):
            for error in _errors(body, schema, self._document):
                yield from self._body_finding(answer, error)
        yield from self._status_findings(answer, body, schema)

    def _make_validator(self, key: tuple[str, str, str]) -> jsonschema_rs.Draft202012Validator:
        operation, status, media_type = key
        response = self._document.operation(operation).response(int(status)) or {}
        schema = response.get("content", {}).get(media_type, {}).get("schema", {})
        return jsonschema_rs.Draft202012Validator(_closed(schema, self._document), validate_formats=True)

    def _body_finding(self, answer: Answer, error: jsonschema.ValidationError) -> Iterator[Finding]:
        place = _place(error.absolute_path)
        keyword = str(error.validator)
        shape = Kind.ERROR_SHAPE if answer.status >= 400 else None
        basis = self._basis(error)
        if keyword == "required":
            missing = [name for name in error.validator_value if name not in error.instance]
            for name in missing:
                kind = shape or Kind.MISSING_FIELD
                yield _finding(answer, kind, f"{place}/{name}", name, "present", "it is absent", basis)
        elif keyword in {"additionalProperties", "unevaluatedProperties"}:
            known = error.schema.get("properties", {}) if isinstance(error.schema, Mapping) else {}
            for name in sorted(set(error.instance) - set(known)):
                kind = shape or Kind.UNDOCUMENTED_FIELD
                yield _finding(answer, kind, f"{place}/{name}", name, "no such key", f"the document has {', '.join(known)}")
        elif keyword == "type":
            found, allowed = _type(error.instance), error.validator_value
            expected = " or ".join([allowed] if isinstance(allowed, str) else allowed)
            kind = shape or (Kind.NULL if error.instance is None else Kind.WRONG_TYPE)
            yield _finding(answer, kind, place, found, expected, basis=basis)
        elif keyword in {"enum", "const"}:
            values = error.validator_value if keyword == "enum" else [error.validator_value]
            value = error.instance if isinstance(error.instance, str) else _type(error.instance)
            expected = f"one of {', '.join(map(str, values))}"
            yield _finding(answer, shape or Kind.UNDOCUMENTED_VALUE, place, value, expected, basis=basis)
        else:
            kind = shape or _KINDS.get(keyword, Kind.BOUND)
            value = str(error.validator_value) if keyword == "format" else keyword
            yield _finding(answer, kind, place, value, f"{keyword}: {error.validator_value}", basis=basis)

    def _basis(self, error: jsonschema.ValidationError) -> str:
        """The nearest ``x-basis`` above the keyword that failed."""
        basis = ""
        while error is not None:
            if isinstance(error.schema, Mapping) and "x-basis" in error.schema:
                basis = str(error.schema["x-basis"])
                break
            error = error.parent
        return basis

    def _status_findings(self, answer: Answer, body: object, schema: Node) -> Iterator[Finding]:
        kinds = {"withdrawn": Kind.WITHDRAWN_VALUE, "internal": Kind.INTERNAL_VALUE}
        for place, value, status, basis in self._enum_values(body, schema, "", ""):
            if status in kinds:
                yield _finding(answer, kinds[status], place, value, "a current value", basis=basis)

    def _enum_values(
        self, instance: object, schema: Node, place: str, basis: str
    ) -> Iterator[tuple[str, str, str, str]]:
        """Each enum value that ``instance`` holds: its place, itself, its status, its basis."""
        basis = str(schema.get("x-basis", basis))
        schema = self._document.resolve(schema)
        if isinstance(instance, str) and instance in schema.get("x-enum-status", {}):
            yield place, instance, str(schema["x-enum-status"][instance]), basis
        for keyword in ("anyOf", "oneOf", "allOf"):
            for branch in schema.get(keyword, ()):
                yield from self._enum_values(instance, branch, place, basis)
        if isinstance(instance, dict):
            for name, below in schema.get("properties", {}).items():
                if name in instance:
                    yield from self._enum_values(instance[name], below, f"{place}/{name}", basis)
        if isinstance(instance, list) and "items" in schema:
            for item in instance:
                yield from self._enum_values(item, schema["items"], f"{place}/*", basis)

    def enum_values(self, answer: Answer) -> list[tuple[str, str]]:
        """The enum values that a successful answer shows, as (place, value)."""
        response = self._document.operation(answer.operation).response(answer.status) or {}
        schema = response.get("content", {}).get("application/json", {}).get("schema", {})
        try:
            body = answer.json
        except NotJsonError:
            return []
        return [(place, value) for place, value, _, _ in self._enum_values(body, schema, "", "")]


def _finding(
    answer: Answer, kind: Kind, place: str, value: str, expected: str, detail: str = "", basis: str = ""
) -> Finding:
    return Finding(kind, answer.operation, place, value, expected, answer.request, basis, detail)


def _closed(schema: Node, document: Document) -> dict[str, Any]:
    """``schema`` with the components that its references lead to, as a schema of its own."""
    return {"$schema": _DIALECT, **schema, "components": document.data.get("components", {})}


def _errors(instance: object, schema: Node, document: Document) -> list[jsonschema.ValidationError]:
    """The errors at the leaves: where a choice failed, those of the alternative that was meant."""
    validator = jsonschema.Draft202012Validator(
        _closed(schema, document), format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return [leaf for error in validator.iter_errors(instance) for leaf in _leaves(error)]


def _leaves(error: jsonschema.ValidationError) -> Iterator[jsonschema.ValidationError]:
    if error.validator not in {"anyOf", "oneOf"} or not error.context:
        yield error
        return
    branches: dict[object, list[jsonschema.ValidationError]] = {}
    for below in error.context:
        branches.setdefault(below.schema_path[0], []).append(below)

    def misfit(errors: list[jsonschema.ValidationError]) -> int:
        """A branch of another type is not what the answer meant."""
        return sum(1 for below in errors if below.validator == "type" and len(below.path) == 0)

    meant = min(branches.values(), key=misfit)
    if misfit(meant):
        # No alternative is of the found type: one error about the type says it all.
        types = [below.validator_value for errors in branches.values() for below in errors if below.validator == "type"]
        typed = next(below for below in meant if below.validator == "type")
        typed.validator_value = [name for each in types for name in ([each] if isinstance(each, str) else each)]
        yield typed
        return
    for below in meant:
        yield from _leaves(below)


def _place(path: Any) -> str:
    return "".join("/*" if isinstance(key, int) else f"/{key}" for key in path)


def _type(instance: object) -> str:
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return "null" if instance is None else names.get(type(instance), type(instance).__name__)


def _header_value(value: str, schema: Node) -> object:
    if schema.get("type") == "boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    if schema.get("type") == "integer" and value.strip().lstrip("-").isdigit():
        return int(value)
    return value
