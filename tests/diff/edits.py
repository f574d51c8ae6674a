"""Edits of documents as data: what stands there before and after, and what has to be told of it.

Written by hand, and without a look at the code that compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Verdict = Literal["breaking", "compatible"]
BREAKS: Verdict = "breaking"
FITS: Verdict = "compatible"

TEXT, WHOLE, NUMBER = {"type": "string"}, {"type": "integer"}, {"type": "number"}
OBJECT: Mapping[str, Any] = {"type": "object"}
LIST: Mapping[str, Any] = {"type": "array", "items": TEXT}


class Absent:
    """What stands for nothing at all."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT = Absent()


@dataclass(frozen=True)
class Edit:
    """One edit.

    Attributes:
        before: What the old document says at a place: a schema, a parameter, a response and so on; or ABSENT.
        after: What the new one says there.
        facet: The facet of the change.
        change: ``added``, ``removed`` or ``changed``.
        request: The impact where the consumer sends it.
        response: The impact where the consumer gets it.
        value: The one value that came or went.
        told: ``before`` and ``after`` of the change.
        step: How the place of the change goes on from that of what is edited.
        version: The only version of OpenAPI that has it; ``""`` for both.
        is_of_value: Whether it is about types or null, of which a branch says nothing by itself.
    """

    before: Any
    after: Any
    facet: str
    change: str
    request: Verdict
    response: Verdict
    value: Any = None
    told: tuple[Any, Any] = (None, None)
    step: str = ""
    version: str = ""
    is_of_value: bool = False

    @property
    def has_branches(self) -> bool:
        """Whether the edit is one of branches."""
        return any(isinstance(each, dict) and {"oneOf", "anyOf"} & each.keys() for each in (self.before, self.after))

    def fits(self, version: str) -> bool:
        """Whether a version of OpenAPI has what is edited."""
        return version.startswith(self.version)


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


def _keyword(
    schema: Mapping[str, Any], keyword: str, before: Any, after: Any, request: Verdict, response: Verdict, **more: Any
) -> Edit:
    """A keyword that comes, goes or changes."""
    old, new = ({**schema, **({} if value is ABSENT else {keyword: value})} for value in (before, after))
    change = "added" if before is ABSENT else "removed" if after is ABSENT else "changed"
    told = (None if before is ABSENT else before, None if after is ABSENT else after)
    return Edit(old, new, keyword, change, request, response, **{"told": told, **more})


def _narrowing(
    name: str, schema: Mapping[str, Any], keyword: str, loose: Any, tight: Any, **more: Any
) -> dict[str, Edit]:
    """A keyword that allows less and less: it comes, gets tighter, gets looser, goes."""
    return {
        f"{name} comes": _keyword(schema, keyword, ABSENT, loose, BREAKS, FITS, **more),
        f"{name} gets tighter": _keyword(schema, keyword, loose, tight, BREAKS, FITS, **more),
        f"{name} gets looser": _keyword(schema, keyword, tight, loose, FITS, BREAKS, **more),
        f"{name} goes": _keyword(schema, keyword, loose, ABSENT, FITS, BREAKS, **more),
    }


def _undecided(keyword: str, schema: Mapping[str, Any], one: Any, other: Any, version: str = "") -> dict[str, Edit]:
    """A keyword that holds schemas and is told as a whole: it comes, it becomes another, it goes."""

    def shown(value: Any) -> dict[str, Any]:
        if isinstance(value, list):
            return {f"{keyword}/{index}": each for index, each in enumerate(value)}
        if keyword in {"patternProperties", "dependentSchemas"}:
            return {f"{keyword}/{name}": each for name, each in value.items()}
        return {keyword: value}

    before, after = shown(one), shown(other)
    return {
        f"{keyword} comes": _keyword(schema, keyword, ABSENT, one, BREAKS, FITS, told=(None, before), version=version),
        f"{keyword} changes": _keyword(
            schema, keyword, one, other, BREAKS, BREAKS, told=(before, after), version=version
        ),
        f"{keyword} goes": _keyword(schema, keyword, one, ABSENT, FITS, BREAKS, told=(before, None), version=version),
    }


_CARD, _BANK = {"title": "Card", **_object(number=TEXT)}, {"title": "Bank", **_object(iban=TEXT)}
_CASH = {"title": "Cash", **_object(coins=WHOLE)}
_KINDS = {
    "oneOf": [
        {"title": "Left", **_object(kind=TEXT, sort=TEXT, left=TEXT)},
        {"title": "Right", **_object(kind=TEXT, sort=TEXT, right=TEXT)},
    ]
}
_IF = {"if": {"required": ["a"]}, "then": {"required": ["b"]}}

SCHEMAS: dict[str, Edit] = {
    "a value comes": Edit(
        {**TEXT, "enum": ["a", "b"]}, {**TEXT, "enum": ["a", "new", "b"]},
        "enum", "added", FITS, BREAKS, value="new", told=(None, "new"),
    ),
    "a value goes": Edit(
        {**TEXT, "enum": ["a", "gone", "b"]}, {**TEXT, "enum": ["a", "b"]},
        "enum", "removed", BREAKS, FITS, value="gone", told=("gone", None),
    ),
    "a number comes into an enum": Edit(
        {**WHOLE, "enum": [1, 2]}, {**WHOLE, "enum": [1, 2, 3]},
        "enum", "added", FITS, BREAKS, value=3, told=(None, 3),
    ),
    "a word that YAML 1.1 reads as false": Edit(
        {**TEXT, "enum": ["YES"]}, {**TEXT, "enum": ["YES", "NO"]},
        "enum", "added", FITS, BREAKS, value="NO", told=(None, "NO"),
    ),
    "an enum comes whole": Edit(
        TEXT, {**TEXT, "enum": ["a", "b"]}, "enum", "added", BREAKS, FITS, told=(None, ["a", "b"])
    ),
    "an enum goes whole": Edit(
        {**TEXT, "enum": ["a", "b"]}, TEXT, "enum", "removed", FITS, BREAKS, told=(["a", "b"], None)
    ),
    "a constant changes into two values": Edit(
        {**TEXT, "const": "a"}, {**TEXT, "enum": ["a", "b"]},
        "enum", "added", FITS, BREAKS, value="b", told=(None, "b"), version="3.1",
    ),
    "another type": Edit(TEXT, WHOLE, "type", "changed", BREAKS, BREAKS, told=("string", "integer"), is_of_value=True),
    "a wider type": Edit(WHOLE, NUMBER, "type", "changed", FITS, BREAKS, told=("integer", "number"), is_of_value=True),
    "a narrower type": Edit(
        NUMBER, WHOLE, "type", "changed", BREAKS, FITS, told=("number", "integer"), is_of_value=True
    ),
    "a type more": Edit(
        TEXT, {"type": ["string", "integer"]},
        "type", "changed", FITS, BREAKS, told=("string", ["integer", "string"]), version="3.1", is_of_value=True,
    ),
    "a type less": Edit(
        {"type": ["boolean", "integer"]}, {"type": "boolean"},
        "type", "changed", BREAKS, FITS, told=(["boolean", "integer"], "boolean"), version="3.1", is_of_value=True,
    ),
    "any type": Edit(TEXT, {}, "type", "removed", FITS, BREAKS, told=("string", None), is_of_value=True),
    "a type where any was": Edit({}, TEXT, "type", "added", BREAKS, FITS, told=(None, "string"), is_of_value=True),
    "a list beside the text": Edit(
        TEXT, {"oneOf": [TEXT, LIST]},
        "type", "changed", FITS, BREAKS, told=("string", ["array", "string"]), is_of_value=True,
    ),
    "an object becomes a list": Edit(
        _object(a=TEXT), {"type": "array", "items": _object(a=TEXT)},
        "type", "changed", BREAKS, BREAKS, told=("object", "array"), is_of_value=True,
    ),
    "any type in place of a list": Edit(
        LIST, {}, "type", "removed", FITS, BREAKS, told=("array", None), is_of_value=True
    ),
    "an object where any type was": Edit(
        {}, {**_object(a=TEXT), "required": ["a"], "additionalProperties": False},
        "type", "added", BREAKS, FITS, told=(None, "object"), is_of_value=True,
    ),
    "any type in place of a short text": Edit(
        {**TEXT, "maxLength": 9, "format": "uuid"}, {},
        "type", "removed", FITS, BREAKS, told=("string", None), is_of_value=True,
    ),
    "null allowed, 3.0": Edit(
        TEXT, {**TEXT, "nullable": True},
        "null", "added", FITS, BREAKS, told=(None, True), version="3.0", is_of_value=True,
    ),
    "null forbidden, 3.0": Edit(
        {**TEXT, "nullable": True}, TEXT,
        "null", "removed", BREAKS, FITS, told=(True, None), version="3.0", is_of_value=True,
    ),
    "null allowed, 3.1": Edit(
        TEXT, {"type": ["string", "null"]},
        "null", "added", FITS, BREAKS, told=(None, True), version="3.1", is_of_value=True,
    ),
    "null forbidden, 3.1": Edit(
        {"type": ["null", "string"]}, TEXT,
        "null", "removed", BREAKS, FITS, told=(True, None), version="3.1", is_of_value=True,
    ),
    "null allowed as a branch": Edit(
        _object(a=TEXT), {"anyOf": [_object(a=TEXT), {"type": "null"}]},
        "null", "added", FITS, BREAKS, told=(None, True), version="3.1", is_of_value=True,
    ),
    "null allowed within an enum": Edit(
        {"enum": ["a", "b"]}, {"enum": ["a", "b", None]},
        "null", "added", FITS, BREAKS, told=(None, True), version="3.1", is_of_value=True,
    ),
    "a format comes": _keyword(TEXT, "format", ABSENT, "uuid", BREAKS, FITS),
    "a format goes": _keyword(TEXT, "format", "date-time", ABSENT, FITS, BREAKS),
    "another format": _keyword(TEXT, "format", "date", "date-time", BREAKS, BREAKS),
    "a wider format": _keyword(WHOLE, "format", "int32", "int64", FITS, BREAKS),
    "a narrower format": _keyword(WHOLE, "format", "int64", "int32", BREAKS, FITS),
    "a format that nobody knows comes": _keyword(TEXT, "format", ABSENT, "uri-map", FITS, FITS),
    "int64 where the bounds lie within it": _keyword(
        {**WHOLE, "minimum": 1, "maximum": 1000}, "format", ABSENT, "int64", FITS, FITS
    ),
    **_narrowing("minLength", TEXT, "minLength", 1, 3),
    **_narrowing("maxLength", TEXT, "maxLength", 64, 34),
    **_narrowing("minimum", WHOLE, "minimum", 1, 10),
    **_narrowing("maximum", NUMBER, "maximum", 10.5, 5),
    **_narrowing("exclusiveMinimum", NUMBER, "exclusiveMinimum", 0, 5, version="3.1"),
    **_narrowing("exclusiveMaximum", NUMBER, "exclusiveMaximum", 10, 5, version="3.1"),
    **_narrowing("multipleOf", WHOLE, "multipleOf", 2, 6),
    **_narrowing("minItems", LIST, "minItems", 1, 2),
    **_narrowing("maxItems", LIST, "maxItems", 20, 10),
    **_narrowing("minProperties", OBJECT, "minProperties", 1, 2),
    **_narrowing("maxProperties", OBJECT, "maxProperties", 20, 10),
    **_narrowing("minContains", {**LIST, "contains": {"const": "a"}}, "minContains", 2, 3, version="3.1"),
    **_narrowing("maxContains", {**LIST, "contains": {"const": "a"}}, "maxContains", 5, 3, version="3.1"),
    **_narrowing("dependentRequired", OBJECT, "dependentRequired", {"a": ["b"]}, {"a": ["b", "c"]}, version="3.1"),
    "a bound becomes exclusive, 3.0": Edit(
        {**NUMBER, "minimum": 3}, {**NUMBER, "minimum": 3, "exclusiveMinimum": True},
        "exclusiveMinimum", "changed", BREAKS, FITS, told=(3, 3), version="3.0",
    ),
    "a bound becomes inclusive, 3.0": Edit(
        {**NUMBER, "maximum": 3, "exclusiveMaximum": True}, {**NUMBER, "maximum": 3},
        "exclusiveMaximum", "changed", FITS, BREAKS, told=(3, 3), version="3.0",
    ),
    "unlike items": _keyword(LIST, "uniqueItems", ABSENT, True, BREAKS, FITS),
    "like items": _keyword(LIST, "uniqueItems", True, ABSENT, FITS, BREAKS),
    "a pattern comes": _keyword(TEXT, "pattern", ABSENT, "^RM", BREAKS, FITS),
    "a pattern goes": _keyword(TEXT, "pattern", "^RM", ABSENT, FITS, BREAKS),
    "another pattern": _keyword(TEXT, "pattern", "^RM", "^PA", BREAKS, BREAKS),
    "a pattern that all match": _keyword(TEXT, "pattern", "^RM", "^.*$", FITS, BREAKS),
    "a pattern in place of one that all match": _keyword(TEXT, "pattern", ".*", "^RM", BREAKS, FITS),
    "a default comes": _keyword(WHOLE, "default", ABSENT, 50, FITS, FITS),
    "another default": _keyword(WHOLE, "default", 50, 20, BREAKS, FITS),
    "a default goes": _keyword(WHOLE, "default", 50, ABSENT, BREAKS, FITS),
    "a schema gets deprecated": _keyword(TEXT, "deprecated", ABSENT, True, FITS, FITS),
    "a schema is no longer deprecated": _keyword(TEXT, "deprecated", True, ABSENT, FITS, FITS),
    "a key must be there": Edit(
        _object(key=TEXT), {**_object(key=TEXT), "required": ["key"]},
        "required", "added", BREAKS, FITS, told=(None, True), step="/key",
    ),
    "a key may be missing": Edit(
        {**_object(key=TEXT), "required": ["key"]}, _object(key=TEXT),
        "required", "removed", FITS, BREAKS, told=(True, None), step="/key",
    ),
    "a property comes": Edit(
        _object(old=TEXT), _object(old=TEXT, fresh=TEXT),
        "property", "added", FITS, FITS, told=(None, "fresh"), step="/fresh",
    ),
    "a property comes and must be there": Edit(
        _object(old=TEXT), {**_object(old=TEXT, fresh=TEXT), "required": ["fresh"]},
        "property", "added", BREAKS, FITS, told=(None, "fresh"), step="/fresh",
    ),
    "a property comes into a closed object": Edit(
        {**_object(old=TEXT), "additionalProperties": False},
        {**_object(old=TEXT, fresh=TEXT), "additionalProperties": False},
        "property", "added", FITS, BREAKS, told=(None, "fresh"), step="/fresh",
    ),
    "a property goes": Edit(
        _object(old=TEXT, stale=_object(a=TEXT)), _object(old=TEXT),
        "property", "removed", BREAKS, BREAKS, told=("stale", None), step="/stale",
    ),
    "a property that must be there goes": Edit(
        {**_object(old=TEXT, stale=TEXT), "required": ["stale"]}, _object(old=TEXT),
        "property", "removed", BREAKS, BREAKS, told=("stale", None), step="/stale",
    ),
    "an object is closed": Edit(
        _object(old=TEXT), {**_object(old=TEXT), "additionalProperties": False},
        "additionalProperties", "added", BREAKS, FITS, told=(None, False),
    ),
    "an object is opened": Edit(
        {**_object(old=TEXT), "additionalProperties": False}, _object(old=TEXT),
        "additionalProperties", "removed", FITS, BREAKS, told=(False, None),
    ),
    "the values of a map get a schema": Edit(
        OBJECT, {**OBJECT, "additionalProperties": TEXT},
        "additionalProperties", "added", BREAKS, FITS, told=(None, TEXT),
    ),
    "the values of a map lose their schema": Edit(
        {**OBJECT, "additionalProperties": TEXT}, {**OBJECT, "additionalProperties": True},
        "additionalProperties", "removed", FITS, BREAKS, told=(TEXT, None),
    ),
    "the items get a schema": Edit(
        {"type": "array", "items": {}}, LIST, "items", "added", BREAKS, FITS, told=(None, TEXT), step="/*"
    ),
    "the items lose their schema": Edit(
        LIST, {"type": "array", "items": {}}, "items", "removed", FITS, BREAKS, told=(TEXT, None), step="/*"
    ),
    "a branch comes": Edit(
        {"oneOf": [_CARD, _BANK]}, {"oneOf": [_CARD, _CASH, _BANK]},
        "branch", "added", FITS, BREAKS, told=(None, "Cash"), step="<Cash>",
    ),
    "a branch goes": Edit(
        {"anyOf": [_CARD, _CASH, _BANK]}, {"anyOf": [_CARD, _BANK]},
        "branch", "removed", BREAKS, FITS, told=("Cash", None), step="<Cash>",
    ),
    "a second branch comes": Edit(
        _CARD, {"oneOf": [_CARD, _BANK]}, "branch", "added", FITS, BREAKS, told=(None, "Bank"), step="<Bank>"
    ),
    "one branch remains": Edit(
        {"oneOf": [_CARD, _BANK]}, _BANK, "branch", "removed", BREAKS, FITS, told=("Card", None), step="<Card>"
    ),
    "another property tells the branches apart": Edit(
        {**_KINDS, "discriminator": {"propertyName": "kind"}}, {**_KINDS, "discriminator": {"propertyName": "sort"}},
        "discriminator", "changed", BREAKS, BREAKS,
        told=({"propertyName": "kind", "mapping": []}, {"propertyName": "sort", "mapping": []}),
    ),
    "a discriminator comes": Edit(
        _KINDS, {**_KINDS, "discriminator": {"propertyName": "kind"}},
        "discriminator", "added", FITS, FITS, told=(None, {"propertyName": "kind", "mapping": []}),
    ),
    "one of several becomes any of several": Edit(
        {"oneOf": [_CARD, _BANK]}, {"anyOf": [_CARD, _BANK]}, "oneOf", "removed", FITS, BREAKS
    ),
    **_undecided("not", {}, {"required": ["a"]}, {"required": ["b"]}),
    **_undecided("contains", LIST, {"const": "a"}, {"const": "b"}, version="3.1"),
    **_undecided("propertyNames", OBJECT, {"maxLength": 3}, {"maxLength": 2}, version="3.1"),
    **_undecided("unevaluatedItems", {"type": "array"}, TEXT, WHOLE, version="3.1"),
    **_undecided("unevaluatedProperties", OBJECT, TEXT, WHOLE, version="3.1"),
    **_undecided("patternProperties", OBJECT, {"^x-": TEXT}, {"^x-": WHOLE}, version="3.1"),
    **_undecided(
        "dependentSchemas", OBJECT, {"a": {"required": ["b"]}}, {"a": {"required": ["c"]}}, version="3.1"
    ),
    **_undecided("prefixItems", {"type": "array"}, [TEXT], [WHOLE], version="3.1"),
    "an if comes": Edit(
        OBJECT, {**OBJECT, **_IF},
        "if", "added", BREAKS, FITS, told=(None, _IF), version="3.1",
    ),
    "an if goes": Edit(
        {**OBJECT, **_IF}, OBJECT,
        "if", "removed", FITS, BREAKS, told=(_IF, None), version="3.1",
    ),
    "a then changes": Edit(
        {**OBJECT, **_IF}, {**OBJECT, **_IF, "then": {"required": ["c"]}},
        "if", "changed", BREAKS, BREAKS, told=(_IF, {**_IF, "then": {"required": ["c"]}}), version="3.1",
    ),
    "an else comes": Edit(
        {**OBJECT, **_IF}, {**OBJECT, **_IF, "else": {"required": ["c"]}},
        "if", "changed", BREAKS, BREAKS, told=(_IF, {**_IF, "else": {"required": ["c"]}}), version="3.1",
    ),
    "an encoding comes": _keyword(TEXT, "contentEncoding", ABSENT, "base64", BREAKS, FITS, version="3.1"),
    "another encoding": _keyword(TEXT, "contentEncoding", "base16", "base64", BREAKS, BREAKS, version="3.1"),
    "a keyword that no draft has": _keyword(TEXT, "maxWords", ABSENT, 3, BREAKS, FITS, version="3.1"),
}  # fmt: skip

HIDING: dict[str, Edit] = {
    "a property is only sent": Edit(
        _object(old=TEXT, secret=TEXT), _object(old=TEXT, secret={**TEXT, "writeOnly": True}),
        "property", "removed", BREAKS, BREAKS, told=("secret", None), step="/secret",
    ),
    "a property is only got": Edit(
        _object(old=TEXT, sid={**TEXT, "readOnly": True}), _object(old=TEXT, sid=TEXT),
        "property", "added", FITS, FITS, told=(None, "sid"), step="/sid",
    ),
}  # fmt: skip
"""Edits that reach one direction alone: the first responses, the second requests."""


def _query(name: str = "Codec", schema: Any = None, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema or TEXT, **more}


def _flag(before: Any, after: Any, facet: str, change: str, request: Verdict, response: Verdict) -> Edit:
    told = (None, True) if change == "added" else (True, None)
    return Edit(before, after, facet, change, request, response, told=told)


_MANY: Mapping[str, Any] = {"schema": LIST}
PARAMETERS: dict[str, Edit] = {
    "a parameter comes": Edit(ABSENT, _query(), "parameter", "added", FITS, FITS, told=(None, "Codec")),
    "a parameter comes and must be there": Edit(
        ABSENT, _query(required=True), "parameter", "added", BREAKS, FITS, told=(None, "Codec")
    ),
    "a parameter goes": Edit(_query(), ABSENT, "parameter", "removed", BREAKS, BREAKS, told=("Codec", None)),
    "a header comes": Edit(
        ABSENT, {"name": "X-Request", "in": "header", "schema": TEXT},
        "parameter", "added", FITS, FITS, told=(None, "X-Request")
    ),
    "a cookie goes": Edit(
        {"name": "session", "in": "cookie", "schema": TEXT}, ABSENT,
        "parameter", "removed", BREAKS, BREAKS, told=("session", None)
    ),
    "a parameter must be there": _flag(_query(), _query(required=True), "required", "added", BREAKS, FITS),
    "a parameter may be missing": _flag(_query(required=True), _query(), "required", "removed", FITS, BREAKS),
    "a parameter gets deprecated": _flag(_query(), _query(deprecated=True), "deprecated", "added", FITS, FITS),
    "reserved characters": _flag(
        _query(), _query(allowReserved=True), "allowReserved", "added", FITS, BREAKS
    ),
    "no empty value": _flag(
        _query(allowEmptyValue=True), _query(), "allowEmptyValue", "removed", BREAKS, FITS
    ),
    "another style": Edit(
        _query(**_MANY, explode=False), _query(**_MANY, explode=False, style="pipeDelimited"),
        "style", "changed", BREAKS, BREAKS, told=("form", "pipeDelimited"),
    ),
    "a list in one": Edit(
        _query(**_MANY), _query(**_MANY, explode=False), "explode", "changed", BREAKS, BREAKS, told=(True, False)
    ),
    "a list taken apart": Edit(
        _query(**_MANY, explode=False), _query(**_MANY), "explode", "changed", BREAKS, BREAKS, told=(False, True)
    ),
    "a media type of a parameter": Edit(
        {"name": "filter", "in": "query", "content": {"application/json": {"schema": TEXT}}},
        {"name": "filter", "in": "query", "content": {"application/json": {"schema": {**TEXT, "maxLength": 9}}}},
        "maxLength", "added", BREAKS, FITS, told=(None, 9),
    ),
}  # fmt: skip

_LIMIT = {"schema": WHOLE}
HEADERS: dict[str, Edit] = {
    "a header comes": Edit(ABSENT, _LIMIT, "header", "added", FITS, FITS, told=(None, "Limit")),
    "a header that is always there comes": Edit(
        ABSENT, {**_LIMIT, "required": True}, "header", "added", FITS, FITS, told=(None, "Limit")
    ),
    "a header goes": Edit(_LIMIT, ABSENT, "header", "removed", BREAKS, BREAKS, told=("Limit", None)),
    "a header is always there": _flag(_LIMIT, {**_LIMIT, "required": True}, "required", "added", BREAKS, FITS),
    "a header may be missing": _flag({**_LIMIT, "required": True}, _LIMIT, "required", "removed", FITS, BREAKS),
    "a header gets a maximum": Edit(
        _LIMIT, {"schema": {**WHOLE, "maximum": 9}}, "maximum", "added", BREAKS, FITS, told=(None, 9)
    ),
}  # fmt: skip

_JSON = {"application/json": {"schema": _object(a=TEXT)}}
MEDIA_TYPES: dict[str, Edit] = {
    "a media type comes": Edit(
        ABSENT, {"schema": TEXT}, "media type", "added", FITS, FITS, told=(None, "text/csv")
    ),
    "a media type goes": Edit(
        {"schema": TEXT}, ABSENT, "media type", "removed", BREAKS, BREAKS, told=("text/csv", None)
    ),
    "a body of text gets shorter": Edit(
        {"schema": TEXT}, {"schema": {**TEXT, "maxLength": 9}}, "maxLength", "added", BREAKS, FITS, told=(None, 9)
    ),
    "a body gets a schema": Edit({}, {"schema": TEXT}, "type", "added", BREAKS, FITS, told=(None, "string")),
}  # fmt: skip
"""The media type of each is text/csv."""

BODIES: dict[str, Edit] = {
    "a body comes": Edit(ABSENT, {"content": _JSON}, "request body", "added", FITS, FITS),
    "a body comes and must be there": Edit(
        ABSENT, {"content": _JSON, "required": True}, "request body", "added", BREAKS, FITS
    ),
    "a body goes": Edit({"content": _JSON}, ABSENT, "request body", "removed", BREAKS, BREAKS),
    "a body must be there": _flag(
        {"content": _JSON}, {"content": _JSON, "required": True}, "required", "added", BREAKS, FITS
    ),
    "a body may be missing": _flag(
        {"content": _JSON, "required": True}, {"content": _JSON}, "required", "removed", FITS, BREAKS
    ),
}  # fmt: skip


def _response(status: str) -> dict[str, Any]:
    return {"description": f"What {status} says.", "content": _JSON}


STATUSES: dict[str, tuple[str, Edit]] = {
    f"{status} {verb}": (
        status,
        Edit(
            ABSENT if verb == "comes" else _response(status), _response(status) if verb == "comes" else ABSENT,
            "status", "added" if verb == "comes" else "removed", impact, impact,
            told=(None, status) if verb == "comes" else (status, None),
        ),
    )
    for status, verb, impact in [
        ("201", "comes", FITS), ("204", "goes", BREAKS), ("2XX", "goes", BREAKS), ("301", "goes", BREAKS),
        ("404", "comes", FITS), ("429", "goes", FITS), ("5XX", "comes", FITS), ("default", "goes", FITS),
    ]
}  # fmt: skip

OPERATIONS: dict[str, Edit] = {
    "an operation comes": Edit(ABSENT, {"responses": {"200": _response("200")}}, "operation", "added", FITS, FITS),
    "an operation goes": Edit({"responses": {"200": _response("200")}}, ABSENT, "operation", "removed", BREAKS, BREAKS),
}
"""The name of the operation is before or after."""

SECURITY: dict[str, Edit] = {
    "credentials are demanded": Edit(
        [], [{"basic": []}], "security", "added", BREAKS, BREAKS, told=(None, "basic")
    ),
    "credentials are no longer demanded": Edit(
        [{"basic": []}], [], "security", "removed", FITS, FITS, told=("basic", None)
    ),
    "other credentials will do": Edit(
        [{"basic": []}], [{"basic": []}, {"key": []}],
        "security", "added", FITS, FITS, value="key", told=(None, "key"),
    ),
    "other credentials no longer do": Edit(
        [{"key": []}, {"basic": []}], [{"basic": []}],
        "security", "removed", BREAKS, BREAKS, value="key", told=("key", None),
    ),
    "a scope more": Edit(
        [{"oauth": ["read"]}], [{"oauth": ["read", "write"]}],
        "security", "changed", BREAKS, BREAKS, told=("oauth (read)", "oauth (read, write)"),
    ),
    "a scope less": Edit(
        [{"oauth": ["read", "write"]}], [{"oauth": ["read"]}],
        "security", "changed", FITS, FITS, told=("oauth (read, write)", "oauth (read)"),
    ),
}  # fmt: skip

_HERE, _THERE = {"url": "https://here.example.com"}, {"url": "https://there.example.com"}
SERVERS: dict[str, Edit] = {
    "a server comes": Edit(
        [_HERE], [_HERE, _THERE], "server", "added", FITS, FITS, value=_THERE["url"], told=(None, _THERE["url"])
    ),
    "a server goes": Edit(
        [_THERE, _HERE], [_HERE], "server", "removed", BREAKS, BREAKS, value=_THERE["url"], told=(_THERE["url"], None)
    ),
}

DEPRECATION: dict[str, Edit] = {
    "an operation gets deprecated": _flag(ABSENT, True, "deprecated", "added", FITS, FITS),
    "an operation is no longer deprecated": _flag(True, ABSENT, "deprecated", "removed", FITS, FITS),
}
