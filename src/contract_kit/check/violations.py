"""Find where a JSON value violates a schema of the document, and keep the relevant ones of a validator's errors.

Here jsonschema finds the violations, in `recordings.explanation` jsonschema-rs does. The two validators are
independent; the same code explains what they find.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from contract_kit.document import Document, Node
from contract_kit.schema import Alternative, Location, types_of

if TYPE_CHECKING:
    import jsonschema

# The violations of one body that are looked at; the last one then stands for all others.
MOST = 20_000
MANY = "more than can be looked at"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Violation:
    """One keyword that a value violates, whichever validator found it.

    Attributes:
        keyword: ``enum``, ``type``, ``required``, …
        allowed: The keyword's value in the schema; for ``type`` the list of all allowed types.
        instance: The value that violates it.
        path: The value's path in the body: ``("items", 0, "status")``.
        schema: The schema that has the keyword.
        basis: The nearest ``x-basis`` in or above that schema, or ``""``.
        known: For ``additionalProperties`` and ``unevaluatedProperties``: the keys in the schema.
        alternatives: For ``anyOf`` and ``oneOf``: the violations of each alternative.
    """

    keyword: str
    allowed: Any
    instance: Any
    path: tuple[str | int, ...]
    schema: Mapping[str, Any]
    basis: str
    known: tuple[str, ...] = ()
    alternatives: tuple[tuple[Violation, ...], ...] = ()

    @property
    def location(self) -> str:
        """The path with ``*`` for list indexes: ``/items/*/status``."""
        return "".join("/*" if isinstance(key, int) else f"/{key}" for key in self.path)

    @property
    def missing(self) -> tuple[str, ...]:
        """For ``required``: the missing keys."""
        return tuple(name for name in self.allowed if name not in self.instance)

    @property
    def unknown(self) -> tuple[str, ...]:
        """For ``additionalProperties`` and ``unevaluatedProperties``: the undocumented keys."""
        patterns = self.schema.get("patternProperties", ())
        unknown = self.instance.keys() - set(self.known)
        return tuple(sorted(key for key in unknown if not any(re.search(each, key) for each in patterns)))


def closed(schema: Node, document: Document) -> dict[str, Any]:
    """A standalone copy of ``schema`` that includes everything its references can point to."""
    beside: dict[str, Any] = {key: document.data[key] for key in ("components", "paths") if key in document.data}
    return {"$schema": _DIALECT, **schema, **beside}


def known_keys(keyword: object, schema: Node, document: Document) -> tuple[str, ...]:
    """The keys that ``keyword`` allows: for ``unevaluatedProperties`` also those of subschemas such as ``allOf``."""
    if keyword == "unevaluatedProperties":
        return tuple(Location(document.references, [Alternative(schema, "", "")]).properties)
    return tuple(schema.get("properties", ())) if keyword == "additionalProperties" else ()


def violations(instance: object, schema: Node, document: Document) -> list[Violation]:
    """All violations that jsonschema finds, explained."""
    validator = _validator_class()(closed(schema, document), format_checker=_format_checker())
    found = [_violation(error, document) for error in islice(validator.iter_errors(instance), MOST)]
    if len(found) == MOST:
        found.append(Violation(MANY, MOST, None, (), {}, ""))
    return explained(found)


def explained(found: Iterable[Violation]) -> list[Violation]:
    """The relevant violations: if no alternative of ``anyOf`` or ``oneOf`` fits, those of the closest alternative.

    Validators report each missing key separately; here one violation of ``required`` names all of them.
    """
    meant: list[Violation] = []
    known: set[tuple[int, int]] = set()
    for violation in (leaf for each in found for leaf in _leaves(each)):
        key = id(violation.instance), id(violation.schema)
        if violation.keyword != "required" or key not in known:
            meant.append(violation)
        if violation.keyword == "required":
            known.add(key)
    return meant


def _leaves(violation: Violation) -> Iterator[Violation]:
    if not violation.alternatives:
        yield violation
        return
    # An alternative fits if it allows the type of the value itself, whatever is wrong inside.
    others = [
        [below for below in alternative if below.keyword == "type" and below.path == violation.path]
        for alternative in violation.alternatives
    ]
    fitting = [alternative for alternative, of_type in zip(violation.alternatives, others, strict=True) if not of_type]
    if fitting:
        for below in min(fitting, key=len):
            yield from _leaves(below)
    else:
        # No alternative allows the type: merge them into one violation that lists all allowed types.
        mismatches = [below for of_type in others for below in of_type]
        yield replace(mismatches[0], allowed=[name for below in mismatches for name in below.allowed])


def json_type(instance: object) -> str:
    """The JSON type of a value: ``object``, ``null``, ``integer``, …"""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return "null" if instance is None else names.get(type(instance), type(instance).__name__)


@cache
def _validator_class() -> Any:
    """jsonschema's validator, with ``$`` in patterns as in ECMA-262."""
    import jsonschema  # imported late: it takes 25 MB with its formats, which many processes never need

    extend: Any = jsonschema.validators.extend

    def pattern(validator: Any, expected: str, instance: object, _: object) -> Iterator[jsonschema.ValidationError]:
        # Python's `$` also matches before a line feed at the end.
        at_end = re.sub(r"(?<!\\)((?:\\\\)*)\$$", r"\1\\Z", expected)
        if validator.is_type(instance, "string") and not re.search(at_end, str(instance)):
            yield jsonschema.ValidationError(f"{instance!r} does not match {expected!r}")

    return extend(jsonschema.Draft202012Validator, {"pattern": pattern})


@cache
def _format_checker() -> Any:
    """jsonschema's format checks, made to reject a text that ends in a line feed as well."""
    import jsonschema

    checker = jsonschema.FormatChecker(())
    known = jsonschema.Draft202012Validator.FORMAT_CHECKER
    checker.checkers = {
        name: (partial(_is_of_format, is_of), raises) for name, (is_of, raises) in known.checkers.items()
    }
    return checker


def _is_of_format(is_of: Callable[[object], bool], instance: object) -> bool:
    return not (isinstance(instance, str) and instance.endswith("\n")) and is_of(instance)


def _violation(error: jsonschema.ValidationError, document: Document, basis: str = "") -> Violation:
    """Convert an error of jsonschema; ``basis`` is that of the ``anyOf`` or ``oneOf`` above it."""
    schema = error.schema if isinstance(error.schema, Mapping) else {}
    basis = str(schema.get("x-basis", basis))
    branches: dict[object, list[Violation]] = {}
    for below in error.context or () if error.validator in {"anyOf", "oneOf"} else ():
        branches.setdefault(below.schema_path[0], []).append(_violation(below, document, basis))
    return Violation(
        keyword=str(error.validator),
        allowed=types_of(schema) if error.validator == "type" else error.validator_value,
        instance=error.instance,
        path=tuple(error.absolute_path),
        schema=schema,
        basis=basis,
        known=known_keys(error.validator, schema, document),
        alternatives=tuple(map(tuple, branches.values())),
    )
