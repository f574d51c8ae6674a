"""The OpenAPI document: its operations, responses and schemas, and the line of each node."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from contract_kit import yaml_file
from contract_kit.contract_words import ContractWords
from contract_kit.errors import FileError
from contract_kit.schema import Alternative, Location, References, body_schema, last_key, value_schema
from contract_kit.schema import Node as Node
from contract_kit.yaml_file import YamlFile, escape

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        name: The operationId: ``list_items``.
        method: The method in capitals: ``GET``.
        path: The path template: ``/v1/items/{id}``.
        responses: The responses by ``200``, ``5XX`` or ``default``, references resolved.
        parameters: The parameters by name, references resolved.
    """

    name: str
    method: str
    path: str
    responses: Mapping[str, Node]
    parameters: Mapping[str, Node]

    def response(self, status: int) -> Node | None:
        """Return the documented response for ``status``: by its number, its range (``5XX``) or ``default``."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names of the path parameters, in the order of the path."""
        return tuple(re.findall(r"\{([^}]+)\}", self.path))

    def matches(self, path: str) -> bool:
        """Whether ``path`` (``/v1/items/17``, without a query) belongs to this operation."""
        return self._pattern.fullmatch(path) is not None

    def values(self, path: str) -> dict[str, str]:
        """The path parameters in ``path``, decoded: ``{"id": "17"}``; empty if it belongs to another operation."""
        found = self._pattern.fullmatch(path)
        return dict(zip(self.path_parameters, map(unquote, found.groups()), strict=True)) if found else {}

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = re.split(r"(\{[^}]+\})", self.path)
        return re.compile("".join("([^/]+)" if part.startswith("{") else re.escape(part) for part in parts))


@dataclass(frozen=True)
class Document:
    """An OpenAPI 3.1 document in one file."""

    file: YamlFile
    version: str
    operations: tuple[Operation, ...]
    references: References = field(repr=False, compare=False)
    _locations: dict[int, Location] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def data(self) -> dict[str, Any]:
        """The whole document as plain dicts and lists."""
        data: dict[str, Any] = self.file.data
        return data

    @cached_property
    def enum_properties(self) -> frozenset[str]:
        """The names of all body properties whose schema has an enum; their values are not personal."""
        return frozenset(last_key(each.path) for body in self.bodies() for each in body.walk() if each.enum)

    @cached_property
    def property_names(self) -> frozenset[str]:
        """The names of all body properties."""
        return frozenset(name for body in self.bodies() for each in body.walk() for name in each.properties)

    @cached_property
    def contract_words(self) -> ContractWords:
        """The names of all body properties and parameters, and the values of all enums."""
        parameters = (name for operation in self.operations for name in operation.parameters)
        values = (value for each in self.locations() for value in each.enum)
        return ContractWords([*self.property_names, *parameters, *values])

    def locations(self) -> Iterator[Location]:
        """Yield every location of every parameter and body."""
        for operation in self.operations:
            for node in operation.parameters.values():
                yield from self.location(value_schema(node)).walk()
        for body in self.bodies():
            yield from body.walk()

    def bodies(self) -> Iterator[Location]:
        """Yield the root location of every documented JSON body; a schema that responses share comes once."""
        responses = (response for operation in self.operations for response in operation.responses.values())
        schemas = {id(schema): schema for each in responses if (schema := body_schema(each)) is not None}
        return map(self.location, schemas.values())

    def location(self, schema: Node) -> Location:
        """Return the location of a schema of this document; a body's schema gives the body's root."""
        # The cache goes by identity, like that of References; the location keeps the schema alive.
        known = self._locations.get(id(schema))
        if known is None:
            known = self._locations[id(schema)] = Location(self.references, [Alternative(schema, "", "")])
        return known

    def operation(self, name: str) -> Operation:
        """Return the operation with this operationId.

        Raises:
            KeyError: the document has no such operation.
        """
        for operation in self.operations:
            if operation.name == name:
                return operation
        raise KeyError(name)

    def operation_at(self, path: str) -> Operation | None:
        """Return the operation whose path template matches a request path, or None."""
        return next((operation for operation in self.operations if operation.matches(path)), None)

    def resolve(self, node: Node) -> Node:
        """Return ``node`` with its ``$ref`` resolved; see `References.resolve`."""
        return self.references.resolve(node)


def load(path: Path) -> Document:
    """Read a document.

    Raises:
        FileError: the file is missing, not YAML, or not an OpenAPI 3.1 document with operations.
    """
    file = yaml_file.load(path)
    data = file.data
    if not isinstance(data, dict) or not str(data.get("openapi", "")).startswith("3.1"):
        found = data.get("openapi") if isinstance(data, dict) else type(data).__name__
        raise FileError(file.path, f"is not an OpenAPI 3.1 document (openapi: {found!r})")
    references = References(data, file.path)
    operations = tuple(_operations(file, references))
    if not operations:
        raise FileError(file.path, "has no operation with an operationId under `paths`", file.line("/paths"))
    info = data.get("info")
    return Document(file, str(info.get("version", "")) if isinstance(info, dict) else "", operations, references)


def _operations(file: YamlFile, references: References) -> list[Operation]:
    found = []
    for path, item in _mapping(file, file.data.get("paths"), "/paths").items():
        pointer = f"/paths/{escape(path)}"
        for method in METHODS:
            if method not in _mapping(file, item, pointer):
                continue
            node = _mapping(file, item[method], f"{pointer}/{method}")
            name = node.get("operationId")
            if not isinstance(name, str):
                raise FileError(file.path, f"{method} {path} has no operationId", file.line(f"{pointer}/{method}"))
            responses = _mapping(file, node.get("responses"), f"{pointer}/{method}/responses")
            parameters = map(references.resolve, (*item.get("parameters", ()), *node.get("parameters", ())))
            found.append(
                Operation(
                    name=name,
                    method=method.upper(),
                    path=path,
                    responses={str(status): references.resolve(response) for status, response in responses.items()},
                    parameters={str(each.get("name")): each for each in parameters},
                )
            )
    return found


def _mapping(file: YamlFile, node: object, pointer: str) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise FileError(file.path, f"#{pointer} must be a mapping, found {type(node).__name__}", file.line(pointer))
    return node
