"""A contract: a kit and its document, checked against each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from contract_kit import document as document_module
from contract_kit.api import ApiKit, Resource
from contract_kit.document import Document, Operation
from contract_kit.errors import UsageError
from contract_kit.kits import load_kit
from contract_kit.near_miss import did_you_mean
from contract_kit.schema import body_schema


@dataclass(frozen=True)
class Contract:
    """The contract that responses are checked against.

    Attributes:
        kit: The API's declaration.
        document: Its OpenAPI document.
    """

    kit: ApiKit
    document: Document

    @cached_property
    def operations(self) -> tuple[Operation, ...]:
        """The operations to check: those of the kit's resources, and ``ApiKit.operations``."""
        names = [name for each in self.kit.resources for name in (each.list, each.fetch) if name]
        return tuple(map(self.document.operation, dict.fromkeys((*names, *self.kit.operations))))

    def path(self, operation: str, values: Mapping[str, str]) -> str:
        """Return an operation's path with its parameters filled in from ``values`` and the kit's ``path_values``."""
        template = self.document.operation(operation).path
        for name, value in {**self.kit.path_values, **values}.items():
            template = template.replace(f"{{{name}}}", quote(value, safe=""))
        return template

    @cached_property
    def shown_parameters(self) -> frozenset[str]:
        """The query parameters that reports may show: their values are enum values, numbers or times."""
        return frozenset(
            name
            for operation in self.document.operations
            for name, node in operation.parameters.items()
            if node.get("in") == "query" and _is_impersonal(self.document, node.get("schema", {}))
        )

    @cached_property
    def shown_segments(self) -> frozenset[str]:
        """The fixed segments of all paths, which reports may show: ``{"v1", "items"}``."""
        paths = (operation.path for operation in self.document.operations)
        return frozenset(part for path in paths for part in path.split("/") if not part.startswith("{"))


def load(kit: ApiKit | str) -> Contract:
    """Load the contract of a kit, or of the kit that ``module:NAME`` names.

    Raises:
        FileError: the document is missing or invalid.
        UsageError: there is no such kit, or it does not fit its document.
    """
    opened = load_kit(kit) if isinstance(kit, str) else kit
    contract = Contract(opened, document_module.load(opened.document))
    for problem in _problems(contract):
        raise UsageError(f"the kit {opened.reference or opened.name} does not fit {opened.document}: {problem}")
    return contract


def _is_impersonal(document: Document, schema: Any) -> bool:
    resolved = document.resolve(schema)
    items = document.resolve(resolved.get("items", {}))
    return any(
        "enum" in each or each.get("type") in {"integer", "boolean"} or each.get("format") in {"date", "date-time"}
        for each in (resolved, items)
    )


def _problems(contract: Contract) -> Iterator[str]:
    """Yield each mismatch between kit and document as a message that says what was found instead."""
    kit, document = contract.kit, contract.document
    names = [resource.name for resource in kit.resources]
    for resource in kit.resources:
        where = f"resource {resource.name!r}"
        if names.count(resource.name) > 1:
            yield f"{where} is declared twice"
        if resource.parent and resource.parent not in names[: names.index(resource.name)]:
            yield f"{where} has the parent {resource.parent!r}, which is not declared before it"
        for role in ("list", "fetch"):
            yield from _operation_problems(contract, resource, role, where)
        if resource.fetch and not resource.parameter:
            yield f"{where}: `parameter` does not say which path parameter of {resource.fetch} takes its key"
    if not any(each.list and not each.parent for each in kit.resources):
        yield "no resource is listed by itself: declare the one whose list a check can begin with"
    listed = [document.operation(each.list) for each in kit.resources if each.list]
    known = {name for operation in listed for name in operation.parameters}
    for name in kit.operations:
        if name not in {each.name for each in document.operations}:
            yield f"operations has {name!r}, which is no operation of the document"
    for name, parameter in _query_parameters(kit):
        if parameter and listed and parameter not in known:
            yield f"{name} is the parameter {parameter!r}, which no list has{did_you_mean(parameter, known)}"
    for path in (kit.checks, kit.ledger.folder if kit.ledger else None):
        if path is not None and not Path(path).is_dir():
            yield f"the folder {path} is not there"
    if kit.live_host:
        try:
            re.compile(kit.live_host)
        except re.error as error:
            yield f"live_host {kit.live_host!r} is no regular expression: {error}"


def _operation_problems(contract: Contract, resource: Resource, role: str, where: str) -> Iterator[str]:
    operation_id = getattr(resource, role)
    if not operation_id:
        return
    operations = [each.name for each in contract.document.operations]
    if operation_id not in operations:
        close = did_you_mean(operation_id, operations)
        yield f"{where}: {role} is {operation_id!r}, which is no operation{close}: {', '.join(operations)}"
        return
    operation = contract.document.operation(operation_id)
    if operation.method != "GET":
        yield f"{where}: {role} is {operation_id!r}, a {operation.method}: only GET operations list or fetch"
    if resource.parameter and role == "fetch" and resource.parameter not in operation.path_parameters:
        known = ", ".join(operation.path_parameters) or "none"
        yield f"{where}: {operation_id} has no path parameter {resource.parameter!r}: it has {known}"
    yield from _row_problems(contract, resource, operation, where)


def _row_problems(contract: Contract, resource: Resource, operation: Operation, where: str) -> Iterator[str]:
    """Yield a problem if the body lacks the kit's ``rows``, or a row lacks the properties that the kit names."""
    schema = body_schema(operation.response(200) or {})
    if schema is None:
        return
    body = contract.document.location(schema)
    if operation.name == resource.list:
        rows = body
        for name in filter(None, resource.rows.split("/")):
            rows = rows.properties.get(name, rows)
        if rows.items is None or not rows.path.endswith(resource.rows):
            found = ", ".join(body.properties)
            yield f"{where}: {operation.name} has no array at rows={resource.rows!r}: it has {found}"
            return
        body = rows.items
    names = [resource.key, resource.children, resource.window.property if resource.window else ""]
    for name in filter(None, names):
        if body.properties and name not in body.properties:
            close, found = did_you_mean(name, body.properties), ", ".join(body.properties)
            yield f"{where}: a row of {operation.name} has no property {name!r}{close}: it has {found}"


def _query_parameters(kit: ApiKit) -> Iterator[tuple[str, str]]:
    style = kit.paging
    for each in fields(style) if style is not None else ():
        if each.name in {"size", "token", "after_key", "number", "offset"}:
            yield f"paging.{each.name}", getattr(style, each.name)
    for resource in kit.resources:
        if resource.window is not None:
            yield f"the window of {resource.name!r} since", resource.window.since
            yield f"the window of {resource.name!r} until", resource.window.until
