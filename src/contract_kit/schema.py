"""The schemas of a document: references, alternatives, media types, and what may stand at a location of a body.

This is the one walker of schemas. Whoever asks what the document allows somewhere asks a `Location`::

    body = document.location(body_schema(response))
    body.properties["items"].items.properties["status"].enum   {"open": EnumValue("current", "D3"), …}
    [location.path for location in body.walk()]                ["", "/items", "/items/*", "/items/*/status", …]
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from contract_kit.errors import FileError
from contract_kit.yaml_file import escape

Node = Mapping[str, Any]

CURRENT = "current"
COMBINATORS = ("anyOf", "oneOf", "allOf")
_JSON = "application/json"
_JSON_TYPE = re.compile(r"[^/]+/(?:[^/]+\+)?json|\*/\*|application/\*")
_ANYTHING: Node = {}
# Keywords whose schemas are of other locations.
_HOLDERS = frozenset({"properties", "items", "additionalProperties", "patternProperties"})


class References:
    """Follows the references of one document; what was found once is looked up.

    Args:
        data: The document as plain dicts and lists.
        path: Its file, for messages.
    """

    def __init__(self, data: Node, path: Path) -> None:
        self._data = data
        self._path = path
        # By identity: the nodes of the document live as long as it does, and so does the node that is held here.
        self._resolved: dict[int, tuple[Node, Node]] = {}

    def resolve(self, node: Node) -> Node:
        """``node``, or what it refers to; keys beside a ``$ref`` win over those behind it.

        Raises:
            FileError: a reference leads nowhere, in a circle, or out of the file.
        """
        if "$ref" not in node:
            return node
        known = self._resolved.get(id(node))
        if known is None or known[0] is not node:
            known = self._resolved[id(node)] = node, self._follow(node)
        return known[1]

    def _follow(self, node: Node) -> Node:
        seen: list[str] = []
        while isinstance(node, dict) and "$ref" in node:
            reference = str(node["$ref"])
            if reference in seen or not reference.startswith("#/"):
                raise FileError(self._path, f"the reference {reference!r} leads in a circle or out of the file")
            seen.append(reference)
            beside = {key: value for key, value in node.items() if key != "$ref"}
            target = self._at(reference)
            node = {**target, **beside} if beside else target
        return node

    def _at(self, reference: str) -> Node:
        target: Any = self._data
        for token in unquote(reference[2:]).split("/"):
            key = token.replace("~1", "/").replace("~0", "~")
            try:
                target = target[int(key) if isinstance(target, list) else key]
            except (KeyError, IndexError, TypeError, ValueError):
                raise FileError(self._path, f"the reference {reference!r} leads nowhere") from None
        if not isinstance(target, dict):
            raise FileError(self._path, f"the reference {reference!r} leads to {target!r}, not to a mapping")
        return target


@dataclass(frozen=True)
class EnumValue:
    """What the document says of a value of an enum.

    Attributes:
        status: ``current``, ``withdrawn`` or ``internal``; ``""`` where the enum has no ``x-enum-status``.
        basis: What that rests on: a subject of the ledger or a decision.
    """

    status: str
    basis: str


@dataclass(frozen=True)
class Notice:
    """An enum value of a body that the document has, but not as a current one.

    Attributes:
        location: ``/items/*/status``.
        value: ``archived``.
        status: ``withdrawn`` or ``internal``.
        basis: What that rests on: a subject of the ledger or a decision.
    """

    location: str
    value: str
    status: str
    basis: str


@dataclass(frozen=True)
class Alternative:
    """One of the schemas that speak about a location.

    Attributes:
        schema: Its references are followed; its own ``anyOf``, ``oneOf`` and ``allOf`` are alternatives themselves.
        pointer: Where it stands in the document: ``/components/schemas/Status``.
        basis: The nearest ``x-basis``, or ``""``.
        is_choice: Whether a value may be of another alternative instead: it stands in ``anyOf`` or ``oneOf``.
    """

    schema: Node
    pointer: str
    basis: str
    is_choice: bool = False


class Location:
    """A location in a body, all alternatives of its schema together; what is below it is made when it is asked for.

    Args:
        references: Follows references.
        schemas: What may stand there, as it is written in the document.
        path: ``/items/*/status``; ``""`` for the body itself. ``*`` is any index of a list, or any key of a map.
    """

    def __init__(self, references: References, schemas: Iterable[Alternative], path: str = "") -> None:
        self._references = references
        self._schemas = tuple(schemas)
        self.path = path

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The schemas and, behind each, its ``anyOf``, ``oneOf`` and ``allOf``, at any depth."""
        found: dict[int, Alternative] = {}

        def add(written: Alternative) -> None:
            if not isinstance(written.schema, dict):  # `true` or `false`
                return
            schema = self._references.resolve(written.schema)
            if id(schema) in found:  # it holds itself
                return
            pointer = str(written.schema["$ref"])[1:] if "$ref" in written.schema else written.pointer
            basis = str(written.schema.get("x-basis", written.basis))
            found[id(schema)] = Alternative(schema, pointer, basis, written.is_choice)
            for keyword in COMBINATORS:
                is_choice = written.is_choice or keyword != "allOf"
                for index, branch in enumerate(schema.get(keyword, ())):
                    add(Alternative(branch, f"{pointer}/{keyword}/{index}", basis, is_choice))

        for written in self._schemas:
            # The only schema of a key holds for all of its values, also if not every object has the key.
            add(replace(written, is_choice=written.is_choice and len(self._schemas) > 1))
        return tuple(found.values())

    @cached_property
    def is_described(self) -> bool:
        """Whether the document says anything about what stands there."""
        return any(alternative.schema.keys() - COMBINATORS for alternative in self.alternatives)

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The types that are allowed: ``("string", "null")``; empty where no alternative says."""
        return tuple(dict.fromkeys(name for each in self.alternatives for name in types_of(each.schema)))

    @cached_property
    def enum(self) -> Mapping[str, EnumValue]:
        """The values of all enums and constants but null, as text, each with its status."""
        statuses: dict[str, EnumValue] = {}
        for each in self.alternatives:
            for value, status in each.schema.get("x-enum-status", {}).items():
                statuses.setdefault(str(value), EnumValue(str(status), each.basis))
        values: dict[str, EnumValue] = {}
        for each in self.alternatives:
            constant = [each.schema["const"]] if "const" in each.schema else []
            for value in (*each.schema.get("enum", ()), *constant):
                if value is not None:
                    values.setdefault(str(value), statuses.get(str(value), EnumValue("", each.basis)))
        return values

    @cached_property
    def formats(self) -> frozenset[str]:
        """``{"date-time"}``."""
        return frozenset(str(each.schema["format"]) for each in self.alternatives if "format" in each.schema)

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        """The regular expressions that an alternative asks for."""
        return tuple(str(each.schema["pattern"]) for each in self.alternatives if "pattern" in each.schema)

    @cached_property
    def least(self) -> int:
        """The least integer that every alternative allows; 1 where none says."""
        return max((int(each.schema["minimum"]) for each in self.alternatives if "minimum" in each.schema), default=1)

    @cached_property
    def is_address(self) -> bool:
        """Whether an alternative is text without a format whose examples are all addresses."""
        return any("format" not in each.schema and _are_addresses(each.schema) for each in self.alternatives)

    @cached_property
    def required(self) -> frozenset[str]:
        """The keys that every object there has; what only an alternative of ``anyOf`` requires is not among them."""
        return frozenset(
            str(key) for each in self.alternatives if not each.is_choice for key in each.schema.get("required", ())
        )

    @cached_property
    def properties(self) -> Mapping[str, Location]:
        """The locations of the keys that have a name."""
        below: dict[str, list[Alternative]] = {}
        for each in self.alternatives:
            for name, schema in each.schema.get("properties", {}).items():
                below.setdefault(str(name), []).extend(_written(schema, each, "properties", str(name)))
        return {name: Location(self._references, schemas, f"{self.path}/{name}") for name, schemas in below.items()}

    @cached_property
    def others(self) -> Location | None:
        """The location of the values of a map, whose keys are anybody's, or None where it is none."""
        found: list[Alternative] = []
        for each in self.alternatives:
            found += _written(each.schema.get("additionalProperties"), each, "additionalProperties")
            for pattern, schema in each.schema.get("patternProperties", {}).items():
                found += _written(schema, each, "patternProperties", str(pattern))
        return Location(self._references, found, f"{self.path}/*") if found else None

    @cached_property
    def items(self) -> Location | None:
        """The location of a list's items, or None where no alternative says what these are."""
        found = [below for each in self.alternatives for below in _written(each.schema.get("items"), each, "items")]
        return Location(self._references, found, f"{self.path}/*") if found else None

    @cached_property
    def may_notice(self) -> bool:
        """Whether some value at or below this location gives a notice."""
        return any(location._noticed for location in self.walk())

    def walk(self) -> Iterator[Location]:
        """This location and those below it; where a schema holds itself, the walk ends at the second time."""
        return self._walk(frozenset())

    def _walk(self, above: frozenset[int]) -> Iterator[Location]:
        yield self
        entered = above | {id(each.schema) for each in self.alternatives if _HOLDERS & each.schema.keys()}
        if entered != above:
            for below in (*self.properties.values(), self.others, self.items):
                if below is not None:
                    yield from below._walk(entered)

    def children(self, value: object) -> Iterator[tuple[Location, Any]]:
        """The keys or items of ``value`` that the document knows, each with its location."""
        if isinstance(value, dict):
            for name, below in self.properties.items():
                if name in value:
                    yield below, value[name]
            if self.others is not None:
                for key in value.keys() - self.properties.keys():
                    yield self.others, value[key]
        elif isinstance(value, list) and self.items is not None:
            for item in value:
                yield self.items, item

    def notices(self, value: object) -> Iterator[Notice]:
        """The values at and below this location that are not current."""
        if not self.may_notice:
            return
        if isinstance(value, dict):
            for name, below in self._noticing:
                if name in value:
                    yield from below.notices(value[name])
            if self.others is not None and self.others.may_notice:
                for key in value.keys() - self.properties.keys():
                    yield from self.others.notices(value[key])
        elif isinstance(value, list):
            if self.items is not None:
                for item in value:
                    yield from self.items.notices(item)
        elif value is not None and str(value) in self._noticed:
            found = self._noticed[str(value)]
            yield Notice(self.path, str(value), found.status, found.basis)

    @cached_property
    def _noticing(self) -> tuple[tuple[str, Location], ...]:
        """The properties of which notices can be given: bodies are asked for them by the million."""
        return tuple((name, below) for name, below in self.properties.items() if below.may_notice)

    @cached_property
    def _noticed(self) -> Mapping[str, EnumValue]:
        return {value: each for value, each in self.enum.items() if each.status not in {"", CURRENT}}


def last_key(path: str) -> str:
    """The name of what stands at a path: ``status`` for ``/items/*/status`` and ``tags`` for ``/tags/*``."""
    return path.rstrip("/*").rpartition("/")[2]


def written_properties(schema: object, pointer: str) -> Iterator[tuple[str, str, Node]]:
    """Pointer, name and schema of every property that is written in ``schema`` itself, at any depth.

    References are not followed: what they lead to is written elsewhere.
    """
    if not isinstance(schema, dict):
        return
    for name, below in schema.get("properties", {}).items():
        at = f"{pointer}/properties/{escape(str(name))}"
        yield at, str(name), below
        yield from written_properties(below, at)
    for keyword in ("items", "additionalProperties"):
        yield from written_properties(schema.get(keyword), f"{pointer}/{keyword}")
    for keyword in COMBINATORS:
        for index, branch in enumerate(schema.get(keyword, ())):
            yield from written_properties(branch, f"{pointer}/{keyword}/{index}")


def media_type_of(header: str) -> str:
    """``application/json`` of ``Application/JSON; charset=utf-8``."""
    return header.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether a media type is of JSON (``application/problem+json``), or a range that has it (``application/*``)."""
    return _JSON_TYPE.fullmatch(media_type_of(media_type)) is not None


def is_documented(content: Node, media_type: str) -> bool:
    """Whether ``content`` of a response has a media type, by its name or by a range (``text/*``)."""
    return _entry(content, media_type) is not None


def body_schema(response: Node, media_type: str = _JSON) -> Node | None:
    """The schema of a response's body as JSON, or None where the document has no JSON there.

    Args:
        response: The response; a parameter with ``content`` is read likewise.
        media_type: What the answer calls itself; where that is no JSON of the document, its first JSON counts.
    """
    content = response.get("content", {})
    found = _entry(content, media_type)
    if found is None or not is_json(found):
        # The ranges come last.
        found = min((name for name in content if is_json(name)), key=lambda name: "*" in name, default=None)
    if found is None:
        return None
    schema = content[found].get("schema")
    return schema if isinstance(schema, dict) else _ANYTHING  # `true` says as little as none


def value_schema(carrier: Node) -> Node:
    """The schema of a parameter or header, given as ``schema`` or in its ``content``."""
    schema: Node = carrier["schema"] if "schema" in carrier else body_schema(carrier) or _ANYTHING
    return schema


def _entry(content: Node, media_type: str) -> str | None:
    """The key of ``content`` that has a media type."""
    names = {media_type_of(name): name for name in content}
    for wanted in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if wanted in names:
            return names[wanted]
    return None


def _written(schema: object, above: Alternative, *keys: str) -> Iterator[Alternative]:
    """A schema as it is written below another; `true` and `false` are none that would say anything."""
    if isinstance(schema, dict):
        yield Alternative(schema, "/".join((above.pointer, *map(escape, keys))), above.basis, above.is_choice)


def types_of(schema: Node) -> list[str]:
    """The types that one schema names itself."""
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _are_addresses(schema: Node) -> bool:
    examples = schema.get("examples")
    return isinstance(examples, list) and bool(examples) and all(str(each).startswith("https://") for each in examples)
