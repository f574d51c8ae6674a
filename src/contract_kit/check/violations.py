"""Where a JSON value breaks a schema of the document, and which of a validator's errors were meant.

jsonschema finds the violations here; `recordings.explanation` has jsonschema-rs find them. The two decide independently
of each other; what they find is explained by the same code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from contract_kit.document import Document, Node
from contract_kit.schema import Alternative, Location, types_of

if TYPE_CHECKING:
    import jsonschema

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


@dataclass(frozen=True)
class Violation:
    """One keyword that a value breaks, whichever validator found it.

    Attributes:
        keyword: ``enum``, ``type``, ``required``, …
        allowed: The keyword's value in the schema; for ``type`` the list of all types that are allowed there.
        instance: The value at fault.
        path: Where it stands in the body: ``("items", 0, "status")``.
        schema: The schema that has the keyword.
        basis: The nearest ``x-basis`` at or above that schema, or ``""``.
        known: For ``additionalProperties`` and ``unevaluatedProperties``: the keys that the schema has.
        alternatives: For ``anyOf`` or ``oneOf`` of which none fits: what is wrong with each of them.
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
        """The path with list indexes folded: ``/items/*/status``."""
        return "".join("/*" if isinstance(key, int) else f"/{key}" for key in self.path)

    @property
    def missing(self) -> tuple[str, ...]:
        """For ``required``: the keys that are not there."""
        return tuple(name for name in self.allowed if name not in self.instance)

    @property
    def unknown(self) -> tuple[str, ...]:
        """For ``additionalProperties`` and ``unevaluatedProperties``: the keys that no schema has."""
        patterns = self.schema.get("patternProperties", ())
        unknown = self.instance.keys() - set(self.known)
        return tuple(sorted(key for key in unknown if not any(re.search(each, key) for each in patterns)))


def closed(schema: Node, document: Document) -> dict[str, Any]:
    """``schema`` with all that its references can lead to, as a schema of its own."""
    beside: dict[str, Any] = {key: document.data[key] for key in ("components", "paths") if key in document.data}
    return {"$schema": _DIALECT, **schema, **beside}


def known_keys(keyword: object, schema: Node, document: Document) -> tuple[str, ...]:
    """The keys that a schema has, as far as ``keyword`` regards them: ``unevaluatedProperties`` those of all of it."""
    if keyword == "unevaluatedProperties":
        return tuple(Location(document.references, [Alternative(schema, "", "")]).properties)
    return tuple(schema.get("properties", ())) if keyword == "additionalProperties" else ()


def violations(instance: object, schema: Node, document: Document) -> list[Violation]:
    """All violations as jsonschema finds them, explained."""
    validator = _validator_class()(closed(schema, document), format_checker=_format_checker())
    return explained(_violation(error, document) for error in validator.iter_errors(instance))


def explained(found: Iterable[Violation]) -> list[Violation]:
    """The violations that were meant: where no alternative of a choice fits, those of the nearest one.

    Validators report each missing key by itself; the violation of ``required`` names them all, and comes once.
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
    # An alternative fits if the value itself, not something inside it, is of its type.
    others = [
        [below for below in alternative if below.keyword == "type" and below.path == violation.path]
        for alternative in violation.alternatives
    ]
    fitting = [alternative for alternative, of_type in zip(violation.alternatives, others, strict=True) if not of_type]
    if fitting:
        for below in min(fitting, key=len):
            yield from _leaves(below)
    else:
        # No alternative is of the found type: one violation says all that would have been.
        mismatches = [below for of_type in others for below in of_type]
        yield replace(mismatches[0], allowed=[name for below in mismatches for name in below.allowed])


def json_type(instance: object) -> str:
    """The type of a value in JSON's words."""
    names = {dict: "object", list: "array", str: "string", bool: "boolean", int: "integer", float: "number"}
    return "null" if instance is None else names.get(type(instance), type(instance).__name__)


@cache
def _validator_class() -> Any:
    """jsonschema's validator, with patterns as ECMA-262 has them."""
    import jsonschema  # it takes 25 MB with its formats; a process that explains nothing does not need them

    extend: Any = jsonschema.validators.extend

    def pattern(validator: Any, expected: str, instance: object, _: object) -> Iterator[jsonschema.ValidationError]:
        # Python's `$` also matches before a line feed at the end.
        at_end = re.sub(r"(?<!\\)((?:\\\\)*)\$$", r"\1\\Z", expected)
        if validator.is_type(instance, "string") and not re.search(at_end, str(instance)):
            yield jsonschema.ValidationError(f"{instance!r} does not match {expected!r}")

    return extend(jsonschema.Draft202012Validator, {"pattern": pattern})


@cache
def _format_checker() -> Any:
    """jsonschema's formats, which also refuse a text that ends in a line feed: its own patterns accept that."""
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
    """One error of jsonschema; ``basis`` is that of the choice above it."""
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
