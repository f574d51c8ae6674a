"""Schemas as they are written, merged into their normal form: references, `allOf`, single branches, forms of null."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from json.encoder import encode_basestring
from typing import Any

from contract_kit.diff.contract import Branch, Part, Schema, Union, Written
from contract_kit.diff.source import DocumentSource, Place

TYPES = ("array", "boolean", "integer", "number", "object", "string")
NOTES = frozenset({"description", "title", "summary", "example", "examples", "externalDocs", "$comment"})
_SCHEMA = frozenset({"not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "contentSchema"})
_SCHEMAS_BY_NAME = frozenset({"patternProperties", "dependentSchemas"})
_SCHEMAS_IN_ROW = frozenset({"prefixItems"})
# Read into a field of their own, or of no meaning for one who does not follow references.
_READ = frozenset(
    {"type", "nullable", "enum", "const", "required", "properties", "additionalProperties", "items", "allOf", "oneOf"}
    | {"anyOf", "readOnly", "writeOnly", "unevaluatedProperties", "$ref", "$defs", "definitions", "$id", "$schema"}
    | {"$anchor", "$dynamicAnchor", "$vocabulary", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"}
)
_TYPED_BY_OTHERS = frozenset({"$ref", "allOf", "oneOf", "anyOf", "nullable"})
# Values that say nothing.
_NOTHING: Mapping[str, Any] = {
    "minLength": 0,
    "minItems": 0,
    "minProperties": 0,
    "uniqueItems": False,
    "deprecated": False,
    "minContains": 1,
}
_STRONGER: Mapping[str, Callable[[Iterable[Any]], Any]] = {
    **dict.fromkeys(("minLength", "minItems", "minProperties", "minContains"), max),
    **dict.fromkeys(("maxLength", "maxItems", "maxProperties", "maxContains"), min),
    **dict.fromkeys(("uniqueItems", "deprecated"), any),
}
_FORMATS_OF_OLD = {
    "byte": ("contentEncoding", "base64"),
    "binary": ("contentMediaType", "application/octet-stream"),
}
_MOST_STEPS = 200


class Composition:
    """Makes the normal form of the schemas of one document.

    Args:
        source: Follows references.
        is_old: Whether the document is OpenAPI 3.0.
        remark: Called with what was read as meant though the letter says otherwise, and where.

    Attributes:
        is_modernised: Whether formats of 3.0 are said by the keywords that 3.1 has for them.
    """

    def __init__(self, source: DocumentSource, remark: Callable[[str, Place], object], *, is_old: bool) -> None:
        self.source = source
        self.is_old = is_old
        self.is_modernised = False
        self._remark = remark
        # Keyed by identity; a Schema keeps its mappings alive.
        self._made: dict[tuple[int | str, ...], Schema | None] = {}

    def schema(self, written: tuple[Written, ...]) -> Schema:
        """The normal form of schemas that a value must all match."""
        written, key = self._resolved(written)
        made = self._made.get(key)
        if made is None:
            self._made[key] = None
            try:
                made = self._made[key] = _Merging(self, written).merged()
            finally:
                if self._made[key] is None:
                    del self._made[key]
        return made

    def types(self, written: Written) -> tuple[frozenset[str] | None, bool]:
        """The types of a schema without null, None for any, and whether null is allowed: most say so by themselves."""
        raw = self._followed(written).raw
        if isinstance(raw, dict) and raw.get("type") in TYPES and not raw.keys() & _TYPED_BY_OTHERS:
            kind = raw["type"]
            return frozenset({kind, "integer"} if kind == "number" else {kind}), False
        schema = self.schema((written,))
        return schema.types, schema.is_nullable

    def is_being_made(self, written: tuple[Written, ...]) -> bool:
        """Whether the schema contains itself, and is asked for while it is made."""
        _, key = self._resolved(written)
        return key in self._made and self._made[key] is None

    def _resolved(self, written: tuple[Written, ...]) -> tuple[tuple[Written, ...], tuple[int | str, ...]]:
        """Follow what is nothing but a reference, so that all that refer to one schema get the same normal form."""
        found = tuple(self._followed(each) for each in written)
        return found, tuple(id(each.raw) if isinstance(each.raw, dict) else repr(each.place) for each in found)

    def _followed(self, written: Written) -> Written:
        followed: set[int] = set()
        while True:
            raw = written.raw
            if not (isinstance(raw, dict) and len(raw) == 1 and isinstance(raw.get("$ref"), str)):
                return written
            if id(raw) in followed:
                raise self.source.error(written.place, "leads in a circle: this reference leads back to itself")
            followed.add(id(raw))
            written = Written(*self.source.target(raw["$ref"], written.place))

    def remark(self, text: str, place: Place) -> None:
        """Say what was read as meant."""
        self._remark(text, place)


class _Merging:
    """One schema while it is made."""

    def __init__(self, composition: Composition, written: tuple[Written, ...]) -> None:
        self._composition = composition
        self._source = composition.source
        self._written = written
        self._parts: list[Part] = []
        self._unions: list[Union] = []
        self._added: set[tuple[int, bool]] = set()
        # What each part says of null: True allowed, False not; one without a type says nothing.
        self._votes: list[bool] = []
        self._is_meant_nullable = False

    def merged(self) -> Schema:
        for each in self._written:
            self._add(each, (), counts=True)
        parts = tuple(self._parts)
        raws = [part.raw for part in parts]
        types = self._types()
        limits = _limits(raws, types)
        return Schema(
            parts=parts,
            types=types,
            is_nullable=self._is_meant_nullable or (True in self._votes and False not in self._votes),
            enum=_enum(raws),
            limits=_modernised(limits) if self._composition.is_modernised else limits,
            required=frozenset(str(name) for raw in raws for name in _list(raw.get("required"))),
            properties=_merged_properties(parts),
            closed=any(
                raw.get(key) is False for raw in raws for key in ("additionalProperties", "unevaluatedProperties")
            ),
            additional=tuple(_below(parts, "additionalProperties")),
            items=tuple(_below(parts, "items")),
            unions=tuple(self._unions),
            inner=_inner(parts),
            is_read_only=any(raw.get("readOnly") is True for raw in raws),
            is_write_only=any(raw.get("writeOnly") is True for raw in raws),
            notes=_notes(raws),
        )

    def _add(self, written: Written, above: tuple[int, ...], *, counts: bool) -> None:
        """Add a schema with all that it refers to; ``counts`` says whether its word on null does."""
        raw, place = written.raw, written.place
        if raw is True:
            self._parts.append(Part({}, place))
            return
        if raw is False:
            self._parts.append(Part({"type": []}, place))
            self._votes.append(False)
            return
        if not isinstance(raw, dict):
            raise self._source.error(place, f"is no schema, but {_kind(raw)}: expected a mapping")
        if id(raw) in above:
            raise self._source.error(place, "leads in a circle: this schema consists of itself")
        if len(above) > _MOST_STEPS:
            raise self._source.error(place, f"leads through more than {_MOST_STEPS} references")
        if (id(raw), counts) in self._added:
            return  # Said twice it means the same.
        self._added.add((id(raw), counts))
        above = (*above, id(raw))
        reference = raw.get("$ref")
        self._hear(raw, place, counts=counts, is_beside=isinstance(reference, str))
        if len(raw) > 1 or not isinstance(reference, str):
            self._parts.append(Part(raw, place))
        if isinstance(reference, str):
            target, at = self._source.target(reference, place)
            # What is said beside a reference holds as well; OpenAPI 3.0 ignores it by the letter.
            said = sorted(raw.keys() - NOTES - {"$ref", "nullable"}) if self._composition.is_old else []
            said = [key for key in said if not key.startswith("x-")]
            if said:
                self._composition.remark(
                    f"{', '.join(said)} beside a $ref is ignored by OpenAPI 3.0; read as meant", place
                )
            self._add(Written(target, at), above, counts=counts)
        for index, each in enumerate(_list(raw.get("allOf"))):
            self._add(Written(each, place.below("allOf", index)), above, counts=counts)
        for keyword in ("oneOf", "anyOf"):
            if isinstance(raw.get(keyword), list):
                self._add_union(raw, keyword, place, above, counts=counts)

    def _add_union(
        self, raw: Mapping[str, Any], keyword: str, place: Place, above: tuple[int, ...], *, counts: bool
    ) -> None:
        written = [Written(each, place.below(keyword, index)) for index, each in enumerate(raw[keyword])]
        kept = [each for each in written if not self._is_null(each)]
        has_null = len(kept) < len(written)
        if has_null and counts:
            self._votes.append(True)
        if len(kept) == 1:
            self._add(kept[0], above, counts=counts and not has_null)
            return
        if not kept:
            self._parts.append(Part({"type": []}, place))
            return
        constants = self._constants(kept)
        if constants is not None:
            # Values with a title each, as OpenAPI 3.1 has them: an enum in other words.
            self._parts.append(Part({"enum": constants}, place.below(keyword)))
            return
        discriminator = raw.get("discriminator")
        mapping = discriminator.get("mapping") if isinstance(discriminator, dict) else None
        branches = tuple(self._branch(each, str(index), mapping) for index, each in enumerate(kept))
        if counts and not has_null and not any(self._composition.is_being_made((each,)) for each in kept):
            kinds = [self._composition.types(each) for each in kept]
            known = [is_nullable for types, is_nullable in kinds if types is not None]
            if known:
                self._votes.append(any(known))
        name = str(discriminator.get("propertyName", "")) if isinstance(discriminator, dict) else ""
        self._unions.append(Union(keyword, branches, place.below(keyword), name, bool(mapping)))

    def _constants(self, branches: list[Written]) -> list[Any] | None:
        """The values of branches that are nothing but values; None where one is more."""
        found: list[Any] = []
        for each in branches:
            *_, last = self._unwrapped(each)
            raw = last.raw
            if not isinstance(raw, dict) or not {"const", "enum"} & raw.keys():
                return None
            if any(key not in NOTES | {"const", "enum", "type", "deprecated"} and key[:2] != "x-" for key in raw):
                return None
            found += [raw["const"]] if "const" in raw else _list(raw["enum"])
        return found

    def _branch(self, written: Written, number: str, mapping: object) -> Branch:
        for each in self._unwrapped(written):
            raw = each.raw
            if not isinstance(raw, dict):
                break
            if isinstance(raw.get("$ref"), str):
                _, at = self._source.target(raw["$ref"], each.place)
                name = _name(at) or number
                values = (
                    str(value)
                    for value, target in (mapping if isinstance(mapping, dict) else {}).items()
                    if str(target) == raw["$ref"] or name == str(target).rpartition("/")[2]
                )
                return Branch(name, tuple(values), written)
            if raw.get("title"):
                return Branch(str(raw["title"]), (), written)
        return Branch(number, (), written)

    def _is_null(self, written: Written) -> bool:
        *_, last = self._unwrapped(written)
        raw = last.raw
        if not isinstance(raw, dict):
            return False
        return _list_or_one(raw.get("type")) == ["null"] or raw.get("enum") == [None] or raw.get("const", 0) is None

    def _unwrapped(self, written: Written) -> Iterator[Written]:
        """A schema, what it refers to or is the only thing in it, and so on."""
        for _ in range(_MOST_STEPS):
            yield written
            raw = written.raw
            if not isinstance(raw, dict):
                return
            single = next((key for key in ("allOf", "oneOf", "anyOf") if len(_list(raw.get(key))) == 1), "")
            if isinstance(raw.get("$ref"), str):
                written = Written(*self._source.target(raw["$ref"], written.place))
            elif single and "type" not in raw:
                written = Written(raw[single][0], written.place.below(single, 0))
            else:
                return

    def _hear(self, raw: Mapping[str, Any], place: Place, *, counts: bool, is_beside: bool) -> None:
        """Take a part's word on null."""
        if not counts:
            return
        types = _list_or_one(raw.get("type"))
        if raw.get("nullable") is True:
            if types and self._composition.is_old and not is_beside:
                self._votes.append(True)
                return
            self._is_meant_nullable = True
            why = (
                "beside a $ref is ignored by OpenAPI 3.0" if is_beside else "without a type says nothing in OpenAPI 3.0"
            )
            why = why if self._composition.is_old else "is no keyword of OpenAPI 3.1"
            self._composition.remark(f"nullable {why}; read as meant", place)
        elif "type" in raw:
            self._votes.append("null" in types)
        elif isinstance(raw.get("enum"), list):
            self._votes.append(None in raw["enum"])
        elif "const" in raw:
            self._votes.append(raw["const"] is None)

    def _types(self) -> frozenset[str] | None:
        found: frozenset[str] | None = None
        for types in self._each_types():
            found = types if found is None else found & types
        return found

    def _each_types(self) -> Iterator[frozenset[str]]:
        for part in self._parts:
            raw = part.raw
            if "type" in raw:
                named = {str(each) for each in _list_or_one(raw["type"])} - {"null"}
                yield frozenset(named | {"integer"} if "number" in named else named)
            elif isinstance(raw.get("enum"), list):
                yield frozenset(type_of(each) for each in raw["enum"] if each is not None)
            elif "const" in raw:
                yield frozenset({type_of(raw["const"])} - {"null"})
        for union in self._unions:
            written = [branch.schema for branch in union.branches]
            if any(self._composition.is_being_made((each,)) for each in written):
                continue
            types = [self._composition.types(each)[0] for each in written]
            if None not in types:
                yield frozenset(each for some in types for each in some or ())


def _name(place: Place) -> str:
    """What is referred to at a place, by its name: ``Card``, also for ``schemas.yaml#/Card`` and ``Card.yaml``."""
    last = place.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
    return ("" if last.isdigit() else last) if place.pointer else place.file.name.rpartition("/")[2].partition(".")[0]


def canonical(value: Any) -> str:
    """A JSON value as text; equal for values that JSON Schema calls equal."""
    if isinstance(value, str):
        return encode_basestring(value)
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def type_of(value: Any) -> str:
    """The JSON Schema type of a value: ``integer``."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, float) and not value.is_integer():
        return "number"
    if isinstance(value, (int, float)):
        return "integer"
    return "string" if isinstance(value, str) else "array" if isinstance(value, list) else "object"


def _kind(value: Any) -> str:
    found = type_of(value)
    return f"{'an' if found[0] in 'aio' else 'a'} {found}" if found != "null" else "nothing"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _list_or_one(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]


def _enum(raws: list[Mapping[str, Any]]) -> dict[str, Any] | None:
    found: dict[str, Any] | None = None
    for raw in raws:
        for values in ([raw["const"]] if "const" in raw else None, raw.get("enum")):
            if isinstance(values, list):
                named = {canonical(each): each for each in values if each is not None}
                found = named if found is None else {key: each for key, each in found.items() if key in named}
    return found


def _limits(raws: list[Mapping[str, Any]], types: frozenset[str] | None) -> dict[str, Any]:
    """The keywords without schemas: the stronger of two, where one is."""
    given: dict[str, list[Any]] = {}
    for raw in raws:
        for key, value in raw.items():
            is_read = (
                key in _READ or key in NOTES or key in _SCHEMA or key in _SCHEMAS_BY_NAME or key in _SCHEMAS_IN_ROW
            )
            if not is_read and not key.startswith("x-"):
                given.setdefault(key, []).append(value)
    limits: dict[str, Any] = {}
    for key, values in given.items():
        if key == "discriminator":
            limits[key] = _discriminator(values[0])
        elif key in {"format", "pattern", "multipleOf"}:
            limits[key] = values[0] if len(set(map(canonical, values))) == 1 else sorted(values, key=canonical)
        elif key == "dependentRequired" and all(isinstance(each, dict) for each in values):
            names: dict[str, set[str]] = {}
            for name, each in (pair for value in values for pair in value.items()):
                names.setdefault(name, set()).update(map(str, _list(each)))
            limits[key] = {name: sorted(each) for name, each in names.items()}
        elif key in _STRONGER and all(isinstance(each, (int, float)) for each in values):
            limits[key] = _STRONGER[key](values)
        else:
            limits[key] = values[0]
    limits = {key: value for key, value in limits.items() if not (key in _NOTHING and _NOTHING[key] == value)}
    for key, sign in (("minimum", 1), ("maximum", -1)):
        bound = _bound(raws, key, sign, is_integer=types is not None and types <= {"integer"})
        if bound is not None:
            limits[f"exclusive{key.capitalize()}" if bound[1] else key] = bound[0]
    return limits


def _modernised(limits: dict[str, Any]) -> dict[str, Any]:
    keyword, value = _FORMATS_OF_OLD.get(str(limits.get("format")), ("", ""))
    return limits if not keyword else {**{key: each for key, each in limits.items() if key != "format"}, keyword: value}


def _bound(raws: list[Mapping[str, Any]], key: str, sign: int, *, is_integer: bool) -> tuple[Any, bool] | None:
    """The strongest bound, and whether it is exclusive."""
    found = []
    for raw in raws:
        exclusive = raw.get(f"exclusive{key.capitalize()}")
        if _is_number(raw.get(key)):
            found.append((raw[key], exclusive is True))
        if _is_number(exclusive):
            found.append((exclusive, True))
    if not found:
        return None
    value, is_exclusive = max(found, key=lambda each: (each[0] * sign, each[1]))
    if is_integer and (isinstance(value, int) or math.isfinite(value)):
        whole = math.ceil(value) if sign > 0 else math.floor(value)
        return (whole + sign if is_exclusive and whole == value else whole), False
    return value, is_exclusive


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _discriminator(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    mapping = value.get("mapping")
    return {"propertyName": value.get("propertyName"), "mapping": sorted(map(str, mapping)) if mapping else []}


def _merged_properties(parts: tuple[Part, ...]) -> dict[str, tuple[Written, ...]]:
    found: dict[str, tuple[Written, ...]] = {}
    for part in parts:
        properties = part.raw.get("properties")
        for name, raw in (properties if isinstance(properties, dict) else {}).items():
            found[name] = (*found.get(name, ()), Written(raw, part.place.below("properties", name)))
    return found


def _below(parts: tuple[Part, ...], keyword: str) -> Iterator[Written]:
    for part in parts:
        raw = part.raw.get(keyword)
        if (isinstance(raw, dict) and raw) or (raw is False and keyword == "items"):
            yield Written(raw, part.place.below(keyword))


def _inner(parts: tuple[Part, ...]) -> dict[tuple[str, ...], tuple[Written, ...]]:
    found: dict[tuple[str, ...], tuple[Written, ...]] = {}

    def add(raw: Any, place: Place, *steps: str) -> None:
        found[steps] = (*found.get(steps, ()), Written(raw, place.below(*steps)))

    for part in parts:
        for keyword, value in part.raw.items():
            if keyword in _SCHEMA and isinstance(value, (dict, bool)):
                if keyword not in {"then", "else"} or "if" in part.raw:
                    add(value, part.place, keyword)
            elif keyword in _SCHEMAS_BY_NAME and isinstance(value, dict):
                for name, each in value.items():
                    add(each, part.place, keyword, name)
            elif (keyword in _SCHEMAS_IN_ROW or keyword == "items") and isinstance(value, list):
                for index, each in enumerate(value):
                    add(each, part.place, keyword, str(index))
            elif keyword == "unevaluatedProperties" and isinstance(value, dict) and value:
                add(value, part.place, keyword)
    return found


def _notes(raws: list[Mapping[str, Any]]) -> dict[str, Any]:
    notes: dict[str, Any] = {}
    for raw in raws:
        for key, value in raw.items():
            if key in NOTES or key.startswith("x-"):
                notes.setdefault(key, value)
    return notes
