"""Where a value breaks a schema, as jsonschema-rs sees it: the violations that jsonschema gives, many times faster.

jsonschema stays the referee: see ``referee.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import jsonschema_rs

from contract_kit.check.violations import Violation, closed, required_once
from contract_kit.document import Document, Node


class QuickExplanation:
    """Explains bodies against the schemas of one document, each compiled once; called as ``violations`` is."""

    def __init__(self) -> None:
        # By identity: the document holds its schemas as long as it lives, and so does this.
        self._compiled: dict[int, tuple[Node, dict[str, Any], jsonschema_rs.Draft202012Validator]] = {}

    def __call__(self, instance: object, schema: Node, document: Document) -> list[Violation]:
        """All violations at the leaves; where a choice failed, those of the alternative that was meant.

        Raises:
            RecursionError: the value is nested too deeply.
        """
        if id(schema) not in self._compiled:
            root = closed(schema, document)
            validator = jsonschema_rs.Draft202012Validator(root, validate_formats=True)
            self._compiled[id(schema)] = schema, root, validator
        _, root, validator = self._compiled[id(schema)]
        leaves = _Leaves(instance, root)
        try:
            errors = list(validator.iter_errors(instance))
        except ValueError:  # of what json reads, only too many levels
            raise RecursionError from None
        return list(required_once(leaf for error in errors for leaf in leaves.of(error, "")))


class _Leaves:
    def __init__(self, instance: object, root: Mapping[str, Any]) -> None:
        self._instance = instance
        self._root = root

    def of(self, error: jsonschema_rs.ValidationError, basis: str) -> Iterator[Violation]:
        """The violations that ``error`` stands for; ``basis`` is what the choice above it rests on."""
        schema, allowed = self._schema(error.schema_path)
        basis = str(schema.get("x-basis", basis))
        kind: Any = error.kind
        branches: list[list[jsonschema_rs.ValidationError]] = (
            [branch for branch in kind.context if branch] if kind.name in {"anyOf", "oneOf"} else []
        )
        if not branches:
            yield self._violation(error, schema, allowed, basis)
            return
        depth = len(error.instance_path)
        fitting = [errors for errors in branches if not any(_of_another_type(below, depth) for below in errors)]
        if fitting:
            for below in min(fitting, key=len):
                yield from self.of(below, basis)
            return
        # No alternative is of the found type: one violation says all that would have been.
        mismatches = [below for errors in branches for below in errors if _of_another_type(below, depth)]
        types = [name for below in mismatches for name in _types(self._schema(below.schema_path)[1])]
        schema, _ = self._schema(mismatches[0].schema_path)
        yield self._violation(mismatches[0], schema, types, str(schema.get("x-basis", basis)))

    def _schema(self, path: Sequence[str | int]) -> tuple[Mapping[str, Any], Any]:
        """The schema that has the keyword at ``path``, and the keyword's value."""
        node: Any = self._root
        for token in path[:-1]:
            node = node[token]
        return node, node[path[-1]]

    def _violation(
        self, error: jsonschema_rs.ValidationError, schema: Mapping[str, Any], allowed: Any, basis: str
    ) -> Violation:
        keyword = str(error.schema_path[-1])
        found: Any = self._instance
        for token in error.instance_path:
            found = found[token]
        return Violation(
            keyword=keyword,
            allowed=_types(allowed) if keyword == "type" else allowed,
            instance=found,
            place="".join("/*" if isinstance(key, int) else f"/{key}" for key in error.instance_path),
            schema=schema,
            basis=basis,
        )


def _of_another_type(error: jsonschema_rs.ValidationError, depth: int) -> bool:
    """Whether the value itself, not something inside it, is of a type that this alternative does not have."""
    return error.schema_path[-1] == "type" and len(error.instance_path) == depth


def _types(value: object) -> list[str]:
    return [value] if isinstance(value, str) else cast("list[str]", value)
