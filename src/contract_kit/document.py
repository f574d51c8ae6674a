"""The document: operations, responses and schemas, and the line on which each node stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from contract_kit import yaml_file
from contract_kit.errors import FileError
from contract_kit.yaml_file import YamlFile, escape

Node = Mapping[str, Any]
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


@dataclass(frozen=True)
class Operation:
    """One operation.

    Attributes:
        name: The operationId, for example ``list_rooms``.
        method: In capitals, ``GET``.
        path: The template, for example ``/v1/Video/Rooms/{RoomSid}``.
        responses: From ``200``, ``5XX`` or ``default`` to the response, references followed.
        parameters: By name, references followed.
    """

    name: str
    method: str
    path: str
    responses: Mapping[str, Node]
    parameters: Mapping[str, Node]

    def response(self, status: int) -> Node | None:
        """What the document says of ``status``: by its number, its range (``5XX``) or ``default``."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    @property
    def path_parameters(self) -> tuple[str, ...]:
        """The names in the braces of the path, in their order."""
        return tuple(re.findall(r"\{([^}]+)\}", self.path))

    def matches(self, path: str) -> bool:
        """Whether ``path`` (``/v1/Video/Rooms/RM…``, without a query) is of this operation."""
        pattern = "".join(
            "[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"(\{[^}]+\})", self.path)
        )
        return re.fullmatch(pattern, path) is not None


@dataclass(frozen=True)
class Document:
    """An OpenAPI 3.1 document in one file."""

    file: YamlFile
    version: str
    operations: tuple[Operation, ...]
    _resolved: dict[int, tuple[Node, Node]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def data(self) -> dict[str, Any]:
        """The whole document as plain dicts and lists."""
        data: dict[str, Any] = self.file.data
        return data

    @property
    def words(self) -> frozenset[str]:
        """Names of the properties whose text is a word of the contract: their schema has an enum or a constant."""
        found: set[str] = set()

        def look(node: object, name: str) -> None:
            if isinstance(node, dict):
                if name and ({"enum", "const"} & node.keys()):
                    found.add(name)
                resolved = self.resolve(node) if "$ref" in node else node
                for keyword in ("anyOf", "oneOf", "allOf"):
                    for branch in resolved.get(keyword, ()):
                        look(branch, name)
                look(resolved.get("items"), name)
                if resolved is not node:
                    look(resolved, name)
                for below, schema in resolved.get("properties", {}).items() if not name else ():
                    look(schema, str(below))

        for schema in self.data.get("components", {}).get("schemas", {}).values():
            look(schema, "")
        return frozenset(found)

    def operation(self, name: str) -> Operation:
        """The operation with this operationId.

        Raises:
            KeyError: there is none.
        """
        for operation in self.operations:
            if operation.name == name:
                return operation
        raise KeyError(name)

    def operation_at(self, path: str) -> Operation | None:
        """The operation that a request path belongs to."""
        return next((operation for operation in self.operations if operation.matches(path)), None)

    def resolve(self, node: Node) -> Node:
        """``node``, or what it refers to; keys beside a ``$ref`` win over those behind it.

        Raises:
            FileError: a reference leads nowhere, in a circle, or out of the file.
        """
        if "$ref" not in node:
            return node
        # By identity: the document's own nodes live as long as it does, and so does the node that is held here.
        known = self._resolved.get(id(node))
        if known is None or known[0] is not node:
            known = self._resolved[id(node)] = node, _resolve(self.file, node)
        return known[1]


def load(path: Path) -> Document:
    """Read a document.

    Raises:
        FileError: it is missing, not YAML, or not an OpenAPI 3.1 document with operations.
    """
    file = yaml_file.load(path)
    data = file.data
    if not isinstance(data, dict) or not str(data.get("openapi", "")).startswith("3.1"):
        found = data.get("openapi") if isinstance(data, dict) else type(data).__name__
        raise FileError(file.path, f"is not an OpenAPI 3.1 document (openapi: {found!r})")
    operations = tuple(_operations(file))
    if not operations:
        raise FileError(file.path, "has no operation with an operationId under `paths`", file.line("/paths"))
    info = data.get("info")
    return Document(file, str(info.get("version", "")) if isinstance(info, dict) else "", operations)


def _operations(file: YamlFile) -> list[Operation]:
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
            parameters = [_resolve(file, each) for each in (*item.get("parameters", ()), *node.get("parameters", ()))]
            found.append(
                Operation(
                    name=name,
                    method=method.upper(),
                    path=path,
                    responses={str(status): _resolve(file, response) for status, response in responses.items()},
                    parameters={str(each.get("name")): each for each in parameters},
                )
            )
    return found


def _mapping(file: YamlFile, node: object, pointer: str) -> dict[str, Any]:
    if not isinstance(node, dict):
        raise FileError(file.path, f"#{pointer} must be a mapping, found {type(node).__name__}", file.line(pointer))
    return node


def _resolve(file: YamlFile, node: Node) -> Node:
    seen: list[str] = []
    while isinstance(node, dict) and "$ref" in node:
        reference = str(node["$ref"])
        if reference in seen or not reference.startswith("#/"):
            raise FileError(file.path, f"the reference {reference!r} leads in a circle or out of the file")
        seen.append(reference)
        target: Any = file.data
        for token in reference[2:].split("/"):
            key = token.replace("~1", "/").replace("~0", "~")
            if not isinstance(target, dict) or key not in target:
                raise FileError(file.path, f"the reference {reference!r} leads nowhere")
            target = target[key]
        node = {**target, **{key: value for key, value in node.items() if key != "$ref"}}
    return node
