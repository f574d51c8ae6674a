"""Read the query of a request as the document defines it."""

from __future__ import annotations

import re

from contract_kit.api import Query
from contract_kit.document import Document, Operation
from contract_kit.instants import instant
from contract_kit.schema import Location, value_schema

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,18})")
# RFC 3339, which is narrower than what Python parses.
_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def valid_part(document: Document, operation: Operation, query: Query) -> Query:
    """The documented parameters of ``query`` with all their values, without those that have an invalid one.

    A parameter that takes a single value is invalid if it is given twice; a blank value counts as invalid.
    """
    values: dict[str, list[str]] = {}
    for name, value in query:
        values.setdefault(name, []).append(value)
    valid = {name for name, given in values.items() if _is_valid(document, operation, name, given)}
    return [pair for pair in query if pair[0] in valid]


def _is_valid(document: Document, operation: Operation, name: str, values: list[str]) -> bool:
    node = operation.parameters.get(name)
    if node is None or node.get("in") != "query":
        return False
    location = document.location(value_schema(node))
    if location.items is not None:
        return all(_is_allowed(location.items, value) for value in values)
    return len(values) == 1 and _is_allowed(location, values[0])


def _is_allowed(location: Location, value: str) -> bool:
    if not value or (location.enum and value not in location.enum):
        return False
    if "integer" in location.types and "string" not in location.types:
        return _INTEGER.fullmatch(value) is not None and all(
            each.schema.get("minimum", int(value)) <= int(value) <= each.schema.get("maximum", int(value))
            for each in location.alternatives
        )
    if "date-time" in location.formats:
        return _TIME.fullmatch(value) is not None and instant(value.upper()) is not None
    return "date" not in location.formats or _DAY.fullmatch(value) is not None
