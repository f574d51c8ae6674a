"""The documented bodies of successful responses, prepared to validate millions of sound bodies quickly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from contract_kit.contract import Contract
from contract_kit.document import Document, Node
from contract_kit.schema import CURRENT, Notice, body_schema

# Times on which Python and the validators agree: no leap second, no year before 1000, upper-case T.
_PLAIN_TIME = r"^[1-9]\d{3}-\d\d-\d\dT\d\d:\d\d:[0-5]"

_ANNOTATIONS = frozenset({"$ref", "title", "description", "examples", "example", "default", "deprecated"})
# Keywords that contain no schemas, so that stricter values can only forbid more.
_PLAIN = frozenset(
    {"type", "enum", "const", "format", "pattern", "required", "additionalProperties", "minimum", "maximum"}
    | {"minLength", "maxLength", "minItems", "maxItems", "uniqueItems", "minProperties", "maxProperties", "multipleOf"}
)
# Accepts nothing, so that every body is validated one by one.
_NOTHING: Mapping[str, Any] = {"not": {}}


@dataclass(frozen=True)
class Shape:
    """The documented body of one operation's successful response.

    Attributes:
        operation: The operationId.
        status: ``200``.
        schema: Its schema in the document.
        required: Its required keys.
        properties: Its documented keys.
        closed: Whether a sound body has no other keys.
        is_sound: Whether a body conforms and has only current values and no unusual time. A body that is not
            sound may still conform.
        are_sound: Whether all bodies of a list are sound.
        notices: Returns the values in a body that are not current.
        strict: The schema of sound bodies, without references.
        rows: The key of a page's rows: ``items``; ``""`` if the body is one resource.
    """

    operation: str
    status: int
    schema: Node
    required: frozenset[str]
    properties: frozenset[str]
    closed: bool
    is_sound: Callable[[Any], bool]
    are_sound: Callable[[list[Any]], bool]
    notices: Callable[[Any], Iterable[Notice]]
    strict: dict[str, Any]
    rows: str

    def data_of(self, body: Mapping[str, Any]) -> object:
        """The rows of a page, or the resource itself."""
        return body.get(self.rows) if self.rows else body


@dataclass(frozen=True)
class Probe:
    """A key that only one shape requires; a body with this key is first validated against that shape.

    Attributes:
        key: The key.
        shape: The shape.
        settles: Whether a sound body of this shape cannot have the key of another probe.
    """

    key: str
    shape: Shape
    settles: bool


class Shapes:
    """The documented bodies of successful responses; tells which of them a body is."""

    def __init__(self, contract: Contract) -> None:
        document = contract.document
        self.all = tuple(_shapes(contract))
        self._by_answer = {(shape.operation, shape.status): shape for shape in self.all}
        self._errors = [
            (
                int(status) if status.isdigit() else int(status[0]) * 100,
                operation.name,
                document.location(body_schema(response) or {}).required,
            )
            for operation in document.operations
            for status, response in operation.responses.items()
            if status[0] in "45"
        ]
        self._error_keys = next((keys for _, _, keys in self._errors), frozenset[str]())
        self.probes = tuple(_probes(self.all, self._error_keys))

    def of(self, operation: str, status: int) -> Shape | None:
        """The shape of an operation's response, or None if it is not a documented success."""
        return self._by_answer.get((operation, status))

    def told(self, body: Mapping[str, Any]) -> tuple[str, int] | None:
        """The operation and status of a bare body, or None if its keys do not tell them.

        The body gets the shape of whose required keys it has the largest share: at least half, and no other shape may
        have an equal share. An error gets the first operation that documents its status, since it names no operation.
        """
        shares = [(len(shape.required & body.keys()) / len(shape.required), shape) for shape in self.all]
        error = len(self._error_keys & body.keys()) / len(self._error_keys) if self._error_keys else 0.0
        best = max([error, *(share for share, _ in shares)])
        fitting = [shape for share, shape in shares if share == best]
        if best < 0.5 or len(fitting) + (error == best) != 1:
            return None
        if fitting:
            return fitting[0].operation, fitting[0].status
        status = body.get("status")
        if isinstance(status, bool) or not isinstance(status, int) or not 400 <= status <= 599:
            return None
        for exact in (True, False):
            for known, operation, _ in self._errors:
                if (status == known) if exact else (status // 100 == known // 100 == 5):
                    return operation, status
        return self._errors[0][1], status


def accepts(schema: dict[str, Any]) -> Callable[[Any], bool]:
    """A function that tells whether a value conforms to ``schema``."""
    is_valid: Callable[[Any], bool] = jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid
    return is_valid


def _shapes(contract: Contract) -> Iterator[Shape]:
    document = contract.document
    for operation in document.operations:
        resource = contract.kit.listed_by(operation.name)
        for status, response in operation.responses.items():
            schema = body_schema(response)
            if not status.startswith("2") or not status.isdigit() or schema is None:
                continue
            body = document.location(schema)
            strict = _strict(schema, document)
            yield Shape(
                operation=operation.name,
                status=int(status),
                schema=schema,
                required=body.required,
                properties=frozenset(body.properties),
                closed=strict.get("additionalProperties") is False,
                is_sound=accepts(strict),
                are_sound=accepts({"items": strict}),
                notices=body.notices,
                strict=strict,
                rows=resource.rows.removeprefix("/") if resource is not None else "",
            )


def _probes(shapes: Sequence[Shape], error: frozenset[str]) -> Iterator[Probe]:
    keys: dict[str, Shape] = {}
    for shape in shapes:
        own = shape.required - error.union(*(other.required for other in shapes if other is not shape))
        if own:
            keys[min(own)] = shape
    for key, shape in keys.items():
        yield Probe(key, shape, settles=shape.closed and not (keys.keys() - {key}) & shape.properties)


def _strict(schema: Node, document: Document, above: tuple[str, ...] = ()) -> dict[str, Any]:
    """The schema of sound values, without references; it allows nothing that ``schema`` forbids.

    It has fewer and simpler keywords than ``schema``, which makes validation quick.
    """
    reference = str(schema.get("$ref", ""))
    if reference in above:
        return dict(_NOTHING)  # a recursive schema
    if reference:
        above = (*above, reference)
    strict: dict[str, Any] = {}
    resolved = document.resolve(schema)
    for keyword, value in resolved.items():
        if keyword == "properties":
            strict[keyword] = {name: _strict(below, document, above) for name, below in value.items()}
        elif keyword == "items":
            strict[keyword] = _strict(value, document, above)
        elif keyword in {"anyOf", "allOf"}:
            strict[keyword] = [_strict(below, document, above) for below in value]
        elif keyword in _PLAIN and not isinstance(value, dict):
            strict[keyword] = value
        elif keyword not in _ANNOTATIONS and not keyword.startswith("x-"):
            return dict(_NOTHING)  # in `not` or `oneOf`, a stricter schema could allow more
    statuses = resolved.get("x-enum-status", {})
    if "enum" in strict:
        strict["enum"] = [value for value in strict["enum"] if statuses.get(value, CURRENT) == CURRENT]
        if not strict["enum"]:
            return dict(_NOTHING)
    if strict.get("format") == "date-time":
        strict["allOf"] = [*strict.get("allOf", ()), {"pattern": _PLAIN_TIME}]
    return _with_fewer_words(strict)


def _with_fewer_words(strict: dict[str, Any]) -> dict[str, Any]:
    match strict.get("anyOf"):
        case [{"type": "string", "enum": values, **others}, {"type": "null"}] if not others and len(strict) == 1:
            return {"enum": [*(value for value in values if isinstance(value, str)), None]}
    required, properties = strict.get("required", []), strict.get("properties", {})
    if strict.get("additionalProperties") is False and required and set(required) == set(properties):
        # No other keys are allowed, so the number of keys tells whether all required ones are present.
        return {**{key: value for key, value in strict.items() if key != "required"}, "minProperties": len(properties)}
    return strict
