"""Which query parameter of a list filters which property, inferred from kit and document."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from contract_kit.api import Resource
from contract_kit.contract import Contract
from contract_kit.document import Operation
from contract_kit.schema import Location, body_schema, value_schema

FilterKind = Literal["enum", "text", "since", "until"]
_SINCE, _UNTIL = ("from", "since", "after", "start", "min"), ("until", "before", "to", "end", "max")


@dataclass(frozen=True)
class QueryFilter:
    """One filter of a list.

    Attributes:
        parameter: The query parameter: ``status``.
        property: The property of a row that it filters.
        kind: ``enum`` and ``text`` compare, ``since`` and ``until`` bound.
        takes_many: Whether the parameter may be repeated.
    """

    parameter: str
    property: str
    kind: FilterKind
    takes_many: bool


def row_location(contract: Contract, resource: Resource) -> Location | None:
    """The location of a row of a resource: in its list if there is one, else as it is fetched."""
    operation = contract.document.operation(resource.list or resource.fetch)
    schema = body_schema(operation.response(200) or {})
    if schema is None:
        return None
    found = contract.document.location(schema)
    if not resource.list:
        return found
    for step in filter(None, resource.rows.split("/")):
        found = found.properties.get(step, found)
    return found.items


def filters_of(contract: Contract, resource: Resource) -> tuple[QueryFilter, ...]:
    """The filters of a list; a parameter whose property cannot be told is left out."""
    row = row_location(contract, resource)
    if not resource.list or row is None:
        return ()
    operation = contract.document.operation(resource.list)
    found = (_filter(contract, resource, row, name) for name in _own_parameters(contract, operation))
    return tuple(each for each in found if each is not None)


def _own_parameters(contract: Contract, operation: Operation) -> list[str]:
    style = contract.kit.paging
    paging = {style.size, style.token, style.after_key, style.number, style.offset} if style else set()
    return [name for name, node in operation.parameters.items() if node.get("in") == "query" and name not in paging]


def _filter(contract: Contract, resource: Resource, row: Location, name: str) -> QueryFilter | None:
    window = resource.window
    if window is not None and name in {window.since, window.until}:
        return QueryFilter(name, window.property, "since" if name == window.since else "until", takes_many=False)
    parameter = contract.document.location(value_schema(contract.document.operation(resource.list).parameters[name]))
    takes_many = parameter.items is not None
    wanted = parameter.items or parameter
    for key, below in row.properties.items():
        values = below.items or below
        if _folded(key) == _folded(name) or (wanted.enum and wanted.enum.keys() == values.enum.keys()):
            return QueryFilter(name, key, "enum" if wanted.enum else "text", takes_many)
    for key, below in row.properties.items():
        if below.formats & {"date", "date-time"} and _folded(name).startswith(_folded(key)):
            rest = _folded(name).removeprefix(_folded(key))
            if rest in _SINCE + _UNTIL:
                return QueryFilter(name, key, "since" if rest in _SINCE else "until", takes_many=False)
    return None


def _folded(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
