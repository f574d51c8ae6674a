"""The schemas of a document: references, alternatives, media types, and what a location of a body allows.

Only this module walks schemas. Ask a `Location` what the document allows there::

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
# Keywords whose schemas describe deeper locations.
_HOLDERS = frozenset({"properties", "items", "additionalProperties", "patternProperties"})


class References:
    """Resolves the references of one document, with a cache.

    Args:
        data: The document as plain dicts and lists.
        path: Its file, for messages.
    """

    def __init__(self, data: Node, path: Path) -> None:
        self._data = data
        self._path = path
        # Keyed by identity. The cache keeps the node itself, so that its id is not reused.
        self._resolved: dict[int, tuple[Node, Node]] = {}

    def resolve(self, node: Node) -> Node:
        """Return ``node`` with its ``$ref`` resolved; keys beside the ``$ref`` override those of its target.

        Raises:
            FileError: a reference has no target, is circular, or leads out of the file.
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
    """The document's statement about an enum value.

    Attributes:
        status: ``current``, ``withdrawn``, ``internal`` or ``observed``; ``""`` if the enum has no ``x-enum-status``.
        basis: Its basis: a subject of the ledger or a decision (``D3``).
    """

    status: str
    basis: str


@dataclass(frozen=True)
class Notice:
    """A body's enum value that the document does not mark as ``current``.

    Attributes:
        location: ``/items/*/status``.
        value: ``archived``.
        status: ``withdrawn``, ``internal`` or ``observed``.
        basis: Its basis: a subject of the ledger or a decision (``D3``).
    """

    location: str
    value: str
    status: str
    basis: str


@dataclass(frozen=True)
class Alternative:
    """One of the schemas that describe a location.

    Attributes:
        schema: The schema, with its ``$ref`` resolved; branches of ``anyOf``, ``oneOf`` and ``allOf`` are separate
            alternatives.
        pointer: Its pointer in the document: ``/components/schemas/Status``.
        basis: The nearest ``x-basis``, or ``""``.
        is_choice: Whether a value may match another alternative instead, because this is in ``anyOf`` or ``oneOf``.
    """

    schema: Node
    pointer: str
    basis: str
    is_choice: bool = False


class Location:
    """A location in a body, with all alternatives of its schema; deeper locations are created on demand.

    Args:
        references: Resolves references.
        schemas: The schemas of this location as the document has them.
        path: ``/items/*/status``; ``""`` for the body itself. ``*`` is any index of a list, or any key of a map.
    """

    def __init__(self, references: References, schemas: Iterable[Alternative], path: str = "") -> None:
        self._references = references
        self._schemas = tuple(schemas)
        self.path = path

    @cached_property
    def alternatives(self) -> tuple[Alternative, ...]:
        """The schemas, each followed by the branches of its ``anyOf``, ``oneOf`` and ``allOf``, at any depth."""
        found: dict[int, Alternative] = {}

        def add(written: Alternative) -> None:
            if not isinstance(written.schema, dict):  # `true` or `false`
                return
            schema = self._references.resolve(written.schema)
            if id(schema) in found:  # a recursive schema
                return
            pointer = str(written.schema["$ref"])[1:] if "$ref" in written.schema else written.pointer
            basis = str(written.schema.get("x-basis", written.basis))
            found[id(schema)] = Alternative(schema, pointer, basis, written.is_choice)
            for keyword in COMBINATORS:
                is_choice = written.is_choice or keyword != "allOf"
                for index, branch in enumerate(schema.get(keyword, ())):
                    add(Alternative(branch, f"{pointer}/{keyword}/{index}", basis, is_choice))

        for written in self._schemas:
            # If a key has only one schema, all of its values must match it, even if only some objects have the key.
            add(replace(written, is_choice=written.is_choice and len(self._schemas) > 1))
        return tuple(found.values())

    @cached_property
    def is_described(self) -> bool:
        """Whether the document says anything about this location."""
        return any(alternative.schema.keys() - COMBINATORS for alternative in self.alternatives)

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The allowed types: ``("string", "null")``; empty if no alternative names any."""
        return tuple(dict.fromkeys(name for each in self.alternatives for name in types_of(each.schema)))

    @cached_property
    def enum(self) -> Mapping[str, EnumValue]:
        """The values of all enums and constants except null, as text, each with its status."""
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
        """The formats of all alternatives: ``{"date-time"}``."""
        return frozenset(str(each.schema["format"]) for each in self.alternatives if "format" in each.schema)

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        """The ``pattern`` of each alternative that has one."""
        return tuple(str(each.schema["pattern"]) for each in self.alternatives if "pattern" in each.schema)

    @cached_property
    def least(self) -> int:
        """The smallest integer that every alternative allows; 1 if none has a ``minimum``."""
        return max((int(each.schema["minimum"]) for each in self.alternatives if "minimum" in each.schema), default=1)

    @cached_property
    def is_address(self) -> bool:
        """Whether an alternative has no format, and its examples are all ``https://`` URLs."""
        return any("format" not in each.schema and _are_addresses(each.schema) for each in self.alternatives)

    @cached_property
    def required(self) -> frozenset[str]:
        """The keys that every object there must have; those that only one choice of ``anyOf`` requires are left out."""
        return frozenset(
            str(key) for each in self.alternatives if not each.is_choice for key in each.schema.get("required", ())
        )

    @cached_property
    def properties(self) -> Mapping[str, Location]:
        """The locations of the named keys."""
        below: dict[str, list[Alternative]] = {}
        for each in self.alternatives:
            for name, schema in each.schema.get("properties", {}).items():
                below.setdefault(str(name), []).extend(_written(schema, each, "properties", str(name)))
        return {name: Location(self._references, schemas, f"{self.path}/{name}") for name, schemas in below.items()}

    @cached_property
    def others(self) -> Location | None:
        """The location of a map's values (``additionalProperties``, ``patternProperties``), or None."""
        found: list[Alternative] = []
        for each in self.alternatives:
            found += _written(each.schema.get("additionalProperties"), each, "additionalProperties")
            for pattern, schema in each.schema.get("patternProperties", {}).items():
                found += _written(schema, each, "patternProperties", str(pattern))
        return Location(self._references, found, f"{self.path}/*") if found else None

    @cached_property
    def items(self) -> Location | None:
        """The location of a list's items, or None if no alternative describes them."""
        found = [below for each in self.alternatives for below in _written(each.schema.get("items"), each, "items")]
        return Location(self._references, found, f"{self.path}/*") if found else None

    @cached_property
    def may_notice(self) -> bool:
        """Whether any value at or below this location can give a notice."""
        return any(location._noticed for location in self.walk())

    def basis_at(self, path: Iterable[str | int]) -> str:
        """Return the nearest ``x-basis`` at or above a place below this one: ``("items", 0, "status")``."""
        place: Location | None = self
        found = ""
        for key in (None, *path):
            if place is not None and key is not None:
                place = place.items if isinstance(key, int) else place.properties.get(key, place.others)
            if place is None:
                break
            found = next((each.basis for each in place.alternatives if each.basis), found)
        return found

    def walk(self) -> Iterator[Location]:
        """Yield this location and all deeper ones; a recursive schema is entered once."""
        return self._walk(frozenset())

    def _walk(self, above: frozenset[int]) -> Iterator[Location]:
        yield self
        entered = above | {id(each.schema) for each in self.alternatives if _HOLDERS & each.schema.keys()}
        if entered != above:
            for below in (*self.properties.values(), self.others, self.items):
                if below is not None:
                    yield from below._walk(entered)

    def children(self, value: object) -> Iterator[tuple[Location, Any]]:
        """Yield the documented keys or items of ``value``, each with its location."""
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
        """Yield a notice for each enum value at or below this location that is not current."""
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
        """The properties that can give notices; cached because millions of bodies are searched."""
        return tuple((name, below) for name, below in self.properties.items() if below.may_notice)

    @cached_property
    def _noticed(self) -> Mapping[str, EnumValue]:
        return {value: each for value, each in self.enum.items() if each.status not in {"", CURRENT}}


def last_key(path: str) -> str:
    """Return the last key of a path: ``status`` for ``/items/*/status`` and ``tags`` for ``/tags/*``."""
    return path.rstrip("/*").rpartition("/")[2]


def written_properties(schema: object, pointer: str) -> Iterator[tuple[str, str, Node]]:
    """Yield pointer, name and schema of every property written in ``schema`` itself, at any depth.

    References are not followed, because their targets are written elsewhere.
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
    """Return ``application/json`` for ``Application/JSON; charset=utf-8``."""
    return header.partition(";")[0].strip().lower()


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON (``application/problem+json``) or a range that includes it (``application/*``)."""
    return _JSON_TYPE.fullmatch(media_type_of(media_type)) is not None


def is_documented(content: Node, media_type: str) -> bool:
    """Whether a response's ``content`` includes a media type, by its name or by a range (``text/*``)."""
    return _entry(content, media_type) is not None


def body_schema(response: Node, media_type: str = _JSON) -> Node | None:
    """Return the schema of a response's JSON body, or None if the document has no JSON there.

    Args:
        response: The documented response, or a parameter with ``content``.
        media_type: The observed media type; if the document has no such JSON, its first JSON is used.
    """
    content = response.get("content", {})
    found = _entry(content, media_type)
    if found is None or not is_json(found):
        # Prefer exact media types to ranges.
        found = min((name for name in content if is_json(name)), key=lambda name: "*" in name, default=None)
    if found is None:
        return None
    schema = content[found].get("schema")
    return schema if isinstance(schema, dict) else _ANYTHING  # `true` allows anything


def value_schema(carrier: Node) -> Node:
    """Return the schema of a parameter or header, from its ``schema`` or its ``content``."""
    schema: Node = carrier["schema"] if "schema" in carrier else body_schema(carrier) or _ANYTHING
    return schema


def _entry(content: Node, media_type: str) -> str | None:
    """Return the key of ``content`` for a media type: ``application/json`` or a range (``application/*``, ``*/*``)."""
    names = {media_type_of(name): name for name in content}
    for wanted in (media_type, f"{media_type.partition('/')[0]}/*", "*/*"):
        if wanted in names:
            return names[wanted]
    return None


def _written(schema: object, above: Alternative, *keys: str) -> Iterator[Alternative]:
    """Yield a schema that is written inside another; skip `true` and `false`, which describe nothing."""
    if isinstance(schema, dict):
        yield Alternative(schema, "/".join((above.pointer, *map(escape, keys))), above.basis, above.is_choice)


def types_of(schema: Node) -> list[str]:
    """Return the types that a schema itself names: ``["string", "null"]``."""
    types = schema.get("type", [])
    return [types] if isinstance(types, str) else list(types)


def _are_addresses(schema: Node) -> bool:
    examples = schema.get("examples")
    return isinstance(examples, list) and bool(examples) and all(str(each).startswith("https://") for each in examples)
