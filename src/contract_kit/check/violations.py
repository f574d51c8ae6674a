"""Where a JSON value breaks a schema of the document: jsonschema's errors, each reduced to the one that was meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

from contract_kit.document import Document, Node

if TYPE_CHECKING:
    import jsonschema

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Violation:
    """One keyword that a value breaks.

    Attributes:
        keyword: ``enum``, ``type``, ``required``, …
        allowed: The keyword's value in the schema; for ``type`` all types that are allowed there.
        instance: The value at fault.
        place: A pointer to it with list indexes folded: ``/rooms/*/media_region``.
        schema: The schema that has the keyword.
        basis: The nearest ``x-basis`` above it, or ``""``.
    """

    keyword: str
    allowed: Any
    instance: Any
    place: str
    schema: Mapping[str, Any]
    basis: str


def closed(schema: Node, document: Document) -> dict[str, Any]:
    """``schema`` with the components that its references lead to, as a schema of its own."""
    return {"$schema": _DIALECT, **schema, "components": document.data.get("components", {})}


def violations(instance: object, schema: Node, document: Document) -> list[Violation]:
    """All violations at the leaves; where a choice failed, those of the alternative that was meant."""
    validator = _validator_class()(closed(schema, document), format_checker=_format_checker())
    return list(required_once(leaf for error in validator.iter_errors(instance) for leaf in _leaves(error)))


@cache
def _validator_class() -> Any:
    """jsonschema's validator, with patterns as ECMA-262 has them."""
    import jsonschema  # 25 MB with its formats, which a process that never explains does without

    extend: Any = jsonschema.validators.extend

    def pattern(validator: Any, expected: str, instance: object, _: object) -> Iterator[jsonschema.ValidationError]:
        # Python's `$` also matches before a line feed at the end.
        at_end = re.sub(r"(?<!\\)((?:\\\\)*)\$$", r"\1\\Z", expected)
        if validator.is_type(instance, "string") and not re.search(at_end, str(instance)):
            yield jsonschema.ValidationError(f"{instance!r} does not match {expected!r}")

    return extend(jsonschema.Draft202012Validator, {"pattern": pattern})


@cache
def _format_checker() -> Any:
    """jsonschema's formats; what ends in a line feed is of none, though its regular expressions let it pass."""
    import jsonschema

    checker = jsonschema.FormatChecker(())
    known = jsonschema.Draft202012Validator.FORMAT_CHECKER
    checker.checkers = {
        name: (partial(_is_of_format, is_of), raises) for name, (is_of, raises) in known.checkers.items()
    }
    return checker


def _is_of_format(is_of: Callable[[object], bool], instance: object) -> bool:
    return not (isinstance(instance, str) and instance.endswith("\n")) and is_of(instance)


def required_once(found: Iterable[Violation]) -> Iterator[Violation]:
    """``found`` without repetition: validators report each missing key, and the violation names them all."""
    known: set[tuple[int, int]] = set()
    for violation in found:
        key = id(violation.instance), id(violation.schema)
        if violation.keyword != "required" or key not in known:
            yield violation
        if violation.keyword == "required":
            known.add(key)


def json_type(instance: object) -> str:
    """The type of a value in JSON's words."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return "null" if instance is None else names.get(type(instance), type(instance).__name__)


def _leaves(error: jsonschema.ValidationError) -> Iterator[Violation]:
    if error.validator not in {"anyOf", "oneOf"} or not error.context:
        yield _violation(error, error.validator_value)
        return
    branches: dict[object, list[jsonschema.ValidationError]] = {}
    for below in error.context:
        branches.setdefault(below.schema_path[0], []).append(below)
    fitting = [errors for errors in branches.values() if not any(_of_another_type(below) for below in errors)]
    if fitting:
        for below in min(fitting, key=len):
            yield from _leaves(below)
        return
    # No alternative is of the found type: one violation says all that would have been.
    first = next(below for errors in branches.values() for below in errors if _of_another_type(below))
    types = [
        name
        for errors in branches.values()
        for below in errors
        if _of_another_type(below)
        for name in _types(below.validator_value)
    ]
    yield _violation(first, types)


def _of_another_type(error: jsonschema.ValidationError) -> bool:
    """Whether the value itself, not something inside it, is of a type that this alternative does not have."""
    return error.validator == "type" and not error.path


def _types(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value)


def _violation(error: jsonschema.ValidationError, allowed: object) -> Violation:
    return Violation(
        keyword=str(error.validator),
        allowed=_types(allowed) if error.validator == "type" else allowed,
        instance=error.instance,
        place="".join("/*" if isinstance(key, int) else f"/{key}" for key in error.absolute_path),
        schema=error.schema if isinstance(error.schema, Mapping) else {},
        basis=_basis(error),
    )


def _basis(error: jsonschema.ValidationError) -> str:
    above: Any = error
    while above is not None:
        if isinstance(above.schema, Mapping) and "x-basis" in above.schema:
            return str(above.schema["x-basis"])
        above = above.parent
    return ""
