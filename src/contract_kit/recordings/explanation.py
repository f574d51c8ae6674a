"""Find violations of a schema with jsonschema-rs: the same ones that jsonschema finds, many times faster.

``cross_check.py`` compares the two on samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jsonschema_rs

from contract_kit.check.violations import Violation, closed, explained, known_keys
from contract_kit.document import Document, Node
from contract_kit.schema import types_of


class QuickExplanation:
    """Explains bodies like ``violations``, but compiles each schema of the document only once."""

    def __init__(self) -> None:
        # Keyed by id(), which is safe because the values keep the schemas alive.
        self._compiled: dict[int, tuple[Node, dict[str, Any], jsonschema_rs.Draft202012Validator]] = {}

    def __call__(self, instance: object, schema: Node, document: Document) -> list[Violation]:
        """All violations that jsonschema-rs finds, explained.

        Raises:
            RecursionError: the value is nested too deeply.
        """
        if id(schema) not in self._compiled:
            root = closed(schema, document)
            validator = jsonschema_rs.Draft202012Validator(root, validate_formats=True)
            self._compiled[id(schema)] = schema, root, validator
        _, root, validator = self._compiled[id(schema)]
        try:
            errors = list(validator.iter_errors(instance))
        except ValueError:  # for a parsed JSON value, only because of too many levels
            raise RecursionError from None
        return explained(_violation(error, instance, root, document) for error in errors)


def _violation(
    error: jsonschema_rs.ValidationError, instance: Any, root: Mapping[str, Any], document: Document, basis: str = ""
) -> Violation:
    """Convert an error of jsonschema-rs; ``basis`` is that of the ``anyOf`` or ``oneOf`` above it."""
    schema: Any = root
    for token in error.schema_path[:-1]:
        schema = schema[token]
    found = instance
    for token in error.instance_path:
        found = found[token]
    keyword = error.schema_path[-1]
    allowed = schema[keyword]
    schema = schema if isinstance(schema, Mapping) else {}
    basis = str(schema.get("x-basis", basis))
    kind: Any = error.kind
    branches = kind.context if kind.name in {"anyOf", "oneOf"} else ()
    return Violation(
        keyword=str(keyword),
        allowed=types_of(schema) if keyword == "type" else allowed,
        instance=found,
        path=tuple(error.instance_path),
        schema=schema,
        basis=basis,
        known=known_keys(keyword, schema, document),
        alternatives=tuple(
            tuple(_violation(below, instance, root, document, basis) for below in branch)
            for branch in branches
            if branch
        ),
    )
