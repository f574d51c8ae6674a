"""One readable pair of documents for each ruling: what changed, where, and whom it breaks."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from contract_kit.diff import Diff, compare

Document = dict[str, Any]
JSON = "application/json"
REQUEST, RESPONSE = "request", "response"


def document(
    sent: Any = None, got: Any = None, parameters: Any = (), version: str = "3.1.0", **operation: Any
) -> Document:
    """A document with one operation."""
    content = {JSON: {"schema": {} if got is None else got}}
    post: Document = {"parameters": list(parameters), "responses": {"200": {"description": "", "content": content}}}
    if sent is not None:
        post["requestBody"] = {"content": {JSON: {"schema": sent}}}
    return {
        "openapi": version,
        "info": {"title": "t", "version": "1"},
        "paths": {"/rooms/{id}": {"post": {**post, **operation}}},
    }


def compared(old: Document, new: Document, folder: Path) -> Diff:
    for name, each in (("old", old), ("new", new)):
        (folder / f"{name}.json").write_text(json.dumps(each))
    return compare(str(folder / "old.json"), str(folder / "new.json"))


def told(diff: Diff) -> list[tuple[str, str, str, str]]:
    """Facet, change, impact and the side and place of each place, cosmetic changes aside."""
    return sorted(
        (each.difference.facet, each.difference.change, str(each.impact), f"{place.side} {place.place}".strip())
        for each in diff.changes
        if each.impact != "cosmetic"
        for place in each.reached
    )


def of(**properties: Any) -> Document:
    return {"type": "object", "properties": properties}


TEXT, NUMBER = {"type": "string"}, {"type": "integer"}

# Two schemas of a property; facet and change; the impact in a request and in a response; None for no change.
SCHEMAS: dict[str, tuple[Any, Any, tuple[str, str, str, str] | None]] = {
    "an enum value more": ({"enum": ["a"]}, {"enum": ["a", "b"]}, ("enum", "added", "compatible", "breaking")),
    "an enum value less": ({"enum": ["a", "b"]}, {"enum": ["a"]}, ("enum", "removed", "breaking", "compatible")),
    "an enum where none was": (TEXT, {**TEXT, "enum": ["a", "b"]}, ("enum", "added", "breaking", "compatible")),
    "no enum any more": ({**TEXT, "enum": ["a", "b"]}, TEXT, ("enum", "removed", "compatible", "breaking")),
    "null allowed": (TEXT, {"type": ["string", "null"]}, ("null", "added", "compatible", "breaking")),
    "null forbidden": ({"type": ["string", "null"]}, TEXT, ("null", "removed", "breaking", "compatible")),
    "another type": (TEXT, NUMBER, ("type", "changed", "breaking", "breaking")),
    "number for integer": (NUMBER, {"type": "number"}, ("type", "changed", "compatible", "breaking")),
    "a type where none was": ({}, TEXT, ("type", "added", "breaking", "compatible")),
    "text or list for text": (
        TEXT,
        {"oneOf": [TEXT, {"type": "array", "items": TEXT}]},
        ("type", "changed", "compatible", "breaking"),
    ),
    "a format less": ({**TEXT, "format": "uuid"}, TEXT, ("format", "removed", "compatible", "breaking")),
    "another format": (
        {**TEXT, "format": "date"},
        {**TEXT, "format": "date-time"},
        ("format", "changed", "breaking", "breaking"),
    ),
    "a wider format": (
        {**NUMBER, "format": "int32"},
        {**NUMBER, "format": "int64"},
        ("format", "changed", "compatible", "breaking"),
    ),
    "a format that nobody knows": (
        TEXT,
        {**TEXT, "format": "uri-map"},
        ("format", "added", "compatible", "compatible"),
    ),
    "int64 beside bounds": (
        {**NUMBER, "minimum": 1, "maximum": 9},
        {**NUMBER, "minimum": 1, "maximum": 9, "format": "int64"},
        ("format", "added", "compatible", "compatible"),
    ),
    "a larger minimum": (
        {**NUMBER, "minimum": 1},
        {**NUMBER, "minimum": 2},
        ("minimum", "changed", "breaking", "compatible"),
    ),
    "a larger maximum": (
        {**NUMBER, "maximum": 1},
        {**NUMBER, "maximum": 2},
        ("maximum", "changed", "compatible", "breaking"),
    ),
    "a bound in other words": ({**NUMBER, "exclusiveMinimum": 0}, {**NUMBER, "minimum": 1}, None),
    "a length": (TEXT, {**TEXT, "maxLength": 9}, ("maxLength", "added", "breaking", "compatible")),
    "a pattern": ({**TEXT, "pattern": "^a"}, {**TEXT, "pattern": "^b"}, ("pattern", "changed", "breaking", "breaking")),
    "a pattern that matches all": (
        {**TEXT, "pattern": "^a"},
        {**TEXT, "pattern": ".*"},
        ("pattern", "changed", "compatible", "breaking"),
    ),
    "multiples": (
        {**NUMBER, "multipleOf": 2},
        {**NUMBER, "multipleOf": 4},
        ("multipleOf", "changed", "breaking", "compatible"),
    ),
    "a default more": (TEXT, {**TEXT, "default": "a"}, ("default", "added", "compatible", "compatible")),
    "another default": (
        {**TEXT, "default": "a"},
        {**TEXT, "default": "b"},
        ("default", "changed", "breaking", "compatible"),
    ),
    "deprecated": (TEXT, {**TEXT, "deprecated": True}, ("deprecated", "added", "compatible", "compatible")),
    "if": (
        of(),
        {**of(), "if": {"required": ["a"]}, "then": {"required": ["b"]}},
        ("if", "added", "breaking", "compatible"),
    ),
    "another not": ({"not": TEXT}, {"not": NUMBER}, ("not", "changed", "breaking", "breaking")),
    "an object closed": (
        of(a=TEXT),
        {**of(a=TEXT), "additionalProperties": False},
        ("additionalProperties", "added", "breaking", "compatible"),
    ),
    "a branch more": (
        {"oneOf": [of(a=TEXT), of(b=TEXT)]},
        {"oneOf": [of(a=TEXT), of(b=TEXT), {**of(c=TEXT), "title": "C"}]},
        ("branch", "added", "compatible", "breaking"),
    ),
    "an unknown keyword of 2020-12": (
        of(),
        {**of(), "dependentRequired": {"a": ["b"]}},
        ("dependentRequired", "added", "breaking", "compatible"),
    ),
    "a constant in other words": ({"const": "a"}, {"enum": ["a"]}, None),
    "a branch for each type": (
        {"anyOf": [{**TEXT, "maxLength": 3}, {**NUMBER, "minimum": 1}]},
        {"type": ["integer", "string"], "minimum": 1, "maxLength": 3},
        None,
    ),
    "values with a title each": (
        {"oneOf": [{"const": "a", "title": "A"}, {"type": "string", "const": "b", "description": "B"}]},
        {"type": "string", "enum": ["a", "b"]},
        None,
    ),
    "a value with a title more": (
        {"type": "string", "enum": ["a"]},
        {"oneOf": [{"const": "a", "title": "A"}, {"const": "b", "title": "B"}]},
        ("enum", "added", "compatible", "breaking"),
    ),
    "one branch": ({"oneOf": [TEXT]}, TEXT, None),
    "null as a branch": ({"anyOf": [TEXT, {"type": "null"}]}, {"type": ["string", "null"]}, None),
    "open in other words": ({**of(), "additionalProperties": True}, {**of(), "additionalProperties": {}}, None),
    "an allOf around it": ({"allOf": [{**TEXT, "maxLength": 3}]}, {**TEXT, "maxLength": 3}, None),
    "an allOf of parts": ({"allOf": [of(a=TEXT), of(b=NUMBER)]}, of(a=TEXT, b=NUMBER), None),
    "the order": ({"enum": ["a", "b"]}, {"enum": ["b", "a"]}, None),
    "branches in another order": ({"oneOf": [of(a=TEXT), of(b=NUMBER)]}, {"oneOf": [of(b=NUMBER), of(a=TEXT)]}, None),
    "a description": ({**TEXT, "description": "a"}, {**TEXT, "description": "b", "x-y": 1}, None),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_change_of_a_schema_is_rated_by_its_direction(name: str, tmp_path: Path) -> None:
    before, after, expected = SCHEMAS[name]
    found = {
        RESPONSE: told(compared(document(got=of(value=before)), document(got=of(value=after)), tmp_path)),
        REQUEST: told(compared(document(sent=of(value=before)), document(sent=of(value=after)), tmp_path)),
    }
    if expected is None:
        assert found == {RESPONSE: [], REQUEST: []}
        return
    facet, change, request, response = expected
    place = "/value<C>" if facet == "branch" else "/value"
    assert found[REQUEST] == [(facet, change, request, f"request {JSON} {place}")]
    assert found[RESPONSE] == [(facet, change, response, f"response 200 {JSON} {place}")]


@pytest.mark.parametrize(
    ("wrap", "place"),
    [
        (lambda schema: {"type": "array", "items": schema}, "/*"),
        (lambda schema: {"type": "object", "additionalProperties": schema}, "/{}"),
        (lambda schema: of(a=of(b=schema)), "/a/b"),
        (
            lambda schema: {
                "oneOf": [{**of(kind={"const": "x"}, a=schema), "title": "X"}, {**of(z=NUMBER), "title": "Z"}]
            },
            "<X>/a",
        ),
        (lambda schema: {"allOf": [of(a=schema), of(b=TEXT)]}, "/a"),
        (lambda schema: {"anyOf": [of(a=schema), {"type": "null"}]}, "/a"),
    ],
)
def test_places_of_what_lies_within(wrap: Any, place: str, tmp_path: Path) -> None:
    old, new = document(got=wrap({"enum": ["a"]})), document(got=wrap({"enum": ["a", "b"]}))
    assert told(compared(old, new, tmp_path)) == [("enum", "added", "breaking", f"response 200 {JSON} {place}")]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (of(), of(a=TEXT), [("property", "added", "compatible")]),
        (of(a=TEXT), of(), [("property", "removed", "breaking")]),
    ],
)
def test_optional_property_comes_and_goes(
    old: Any, new: Any, expected: list[tuple[str, str, str]], tmp_path: Path
) -> None:
    for one, other in ((document(got=old), document(got=new)), (document(sent=old), document(sent=new))):
        found = told(compared(one, other, tmp_path))
        assert [each[:3] for each in found] == expected
        assert found[0][3].endswith(" /a")


def test_required_property_breaks_who_sends_it(tmp_path: Path) -> None:
    after = {**of(a=TEXT), "required": ["a"]}
    assert told(compared(document(sent=of()), document(sent=after), tmp_path))[0][2] == "breaking"
    assert told(compared(document(got=of()), document(got=after), tmp_path))[0][2] == "compatible"
    # It was there, and may be missing now.
    found = told(compared(document(got=after), document(got=of(a=TEXT)), tmp_path))
    assert found == [("required", "removed", "breaking", f"response 200 {JSON} /a")]


def test_property_of_one_direction_is_none_of_the_other(tmp_path: Path) -> None:
    before, after = of(a={**TEXT, "readOnly": True}), of()
    assert told(compared(document(sent=before), document(sent=after), tmp_path)) == []
    assert told(compared(document(got=before), document(got=after), tmp_path))[0][:3] == (
        "property",
        "removed",
        "breaking",
    )


def with_parameter(**parameter: Any) -> Document:
    return document(parameters=[{"name": "Codec", "in": "query", "schema": TEXT, **parameter}])


MANY = {"type": "array", "items": {"type": "string", "enum": ["a"]}}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (document(), with_parameter(), ("parameter", "added", "compatible", "request query:Codec")),
        (document(), with_parameter(required=True), ("parameter", "added", "breaking", "request query:Codec")),
        (with_parameter(), document(), ("parameter", "removed", "breaking", "request query:Codec")),
        (with_parameter(), with_parameter(required=True), ("required", "added", "breaking", "request query:Codec")),
        (
            with_parameter(schema=MANY),
            with_parameter(schema=MANY, explode=False),
            ("explode", "changed", "breaking", "request query:Codec"),
        ),
        (
            with_parameter(schema=MANY),
            with_parameter(schema={**MANY, "items": {"type": "string", "enum": []}}),
            ("enum", "removed", "breaking", "request query:Codec/*"),
        ),
        (document(), document(sent=TEXT), ("request body", "added", "compatible", "request body")),
        (document(), document(deprecated=True), ("deprecated", "added", "compatible", "")),
        (document(), document(servers=[{"url": "https://b"}]), ("server", "added", "compatible", "server")),
        (document(), document(responses={}), ("status", "removed", "breaking", "response 200 status")),
        (
            document(responses={"404": {"description": ""}}),
            document(responses={}),
            ("status", "removed", "compatible", "response 404 status"),
        ),
    ],
)
def test_change_of_an_operation(old: Document, new: Document, expected: tuple[str, ...], tmp_path: Path) -> None:
    assert expected in told(compared(old, new, tmp_path))


def test_shared_schema_is_one_change_with_all_its_places(tmp_path: Path) -> None:
    def made(*values: str) -> Document:
        found = document(got=of(codec={"$ref": "#/components/schemas/Codec"}))
        found["paths"]["/codecs"] = {
            "get": {
                "parameters": [{"name": "Codec", "in": "query", "schema": {"$ref": "#/components/schemas/Codec"}}],
                "responses": {
                    "200": {
                        "description": "",
                        "content": {
                            JSON: {"schema": {"type": "array", "items": {"$ref": "#/components/schemas/Codec"}}}
                        },
                    }
                },
            }
        }
        found["components"] = {"schemas": {"Codec": {"type": "string", "enum": list(values)}}}
        return found

    diff = compared(made("vp8"), made("vp8", "opus"), tmp_path)
    assert [(str(each.impact), each.difference.value, len(each.reached)) for each in diff.changes] == [
        ("breaking", "opus", 2),
        ("compatible", "opus", 1),
    ]
    assert [str(each) for each in diff.changes[1].reached] == ["GET /codecs request query:Codec"]


def test_recursive_schema_ends(tmp_path: Path) -> None:
    def made(kind: str) -> Document:
        found = document(got={"$ref": "#/components/schemas/Tree"})
        tree = of(name={"type": kind}, children={"type": "array", "items": {"$ref": "#/components/schemas/Tree"}})
        found["components"] = {"schemas": {"Tree": tree}}
        return found

    assert told(compared(made("string"), made("integer"), tmp_path)) == [
        ("type", "changed", "breaking", f"response 200 {JSON} /name")
    ]


def test_same_in_3_0_and_3_1(tmp_path: Path) -> None:
    old = document(
        got=of(a={"type": "string", "nullable": True}, b={**NUMBER, "minimum": 0, "exclusiveMinimum": True}),
        version="3.0.3",
    )
    new = document(got=of(a={"type": ["string", "null"]}, b={**NUMBER, "exclusiveMinimum": 0}))
    assert told(compared(old, new, tmp_path)) == []


def test_bytes_are_said_otherwise_in_3_1(tmp_path: Path) -> None:
    formats = of(a={**TEXT, "format": "byte"}, b={**TEXT, "format": "binary"})
    keywords = of(a={**TEXT, "contentEncoding": "base64"}, b={**TEXT, "contentMediaType": "application/octet-stream"})
    assert told(compared(document(got=formats, version="3.0.3"), document(got=keywords), tmp_path)) == []
    # In one version they are what they are.
    assert told(compared(document(got=formats), document(got=of(a=TEXT, b=TEXT)), tmp_path)) == [
        ("format", "removed", "breaking", f"response 200 {JSON} /a"),
        ("format", "removed", "breaking", f"response 200 {JSON} /b"),
    ]


def test_server_that_takes_more_is_compatible(tmp_path: Path) -> None:
    def made(*regions: str) -> Document:
        variables = {"region": {"default": "us1", "enum": list(regions)}}
        return document(servers=[{"url": "https://{region}.example.com", "variables": variables}])

    more, fewer = made("us1", "ie1"), made("us1")
    assert told(compared(fewer, more, tmp_path)) == [("server", "changed", "compatible", "server")]
    assert told(compared(more, fewer, tmp_path)) == [("server", "changed", "breaking", "server")]


def test_schemes_of_one_name_are_told_apart(tmp_path: Path) -> None:
    def made(scheme: str) -> Document:
        schemes = {"login": {"type": "http", "scheme": scheme}}
        return document(security=[{"login": []}]) | {"components": {"securitySchemes": schemes}}

    diff = compared(made("basic"), made("bearer"), tmp_path)
    assert [each.difference.facet for each in diff.changes] == ["security", "security"]
    assert '"scheme": "basic"' in diff.changes[0].sentence


def test_what_is_plainly_meant_is_read_so_and_remarked(tmp_path: Path) -> None:
    def made(**beside: Any) -> Document:
        found = document(got=of(a={"$ref": "#/components/schemas/A", **beside}), version="3.0.3")
        found["components"] = {"schemas": {"A": of(b=TEXT)}}
        return found

    diff = compared(made(), made(nullable=True), tmp_path)
    assert told(diff) == [("null", "added", "breaking", f"response 200 {JSON} /a")]
    assert any("nullable beside a $ref is ignored by OpenAPI 3.0" in each for each in diff.remarks)


def test_nothing_changes_between_a_document_and_itself(tmp_path: Path) -> None:
    for _, after, _ in SCHEMAS.values():
        one = document(got=of(value=after), sent=of(value=after))
        assert compared(one, copy.deepcopy(one), tmp_path).changes == ()


@pytest.mark.parametrize("name", SCHEMAS)
def test_other_way_round_is_told_at_the_same_places(name: str, tmp_path: Path) -> None:
    before, after, _ = SCHEMAS[name]
    old, new = document(got=of(value=before)), document(got=of(value=after))
    there, back = compared(old, new, tmp_path), compared(new, old, tmp_path)
    turned = {"added": "removed", "removed": "added", "changed": "changed"}
    assert sorted((facet, turned[change], place) for facet, change, _, place in told(there)) == sorted(
        (facet, change, place) for facet, change, _, place in told(back)
    )


def test_path_parameters_may_be_renamed_and_templates_chosen(tmp_path: Path) -> None:
    old = document(parameters=[{"name": "id", "in": "path", "required": True, "schema": TEXT}])
    new = document(parameters=[{"name": "RoomSid", "in": "path", "required": True, "schema": NUMBER}])
    new["paths"] = {"/rooms/{RoomSid}": new["paths"]["/rooms/{id}"]}
    assert told(compared(old, new, tmp_path)) == [("type", "changed", "breaking", "request path:RoomSid")]


def test_parameter_of_a_path_is_one_change_for_all_its_operations(tmp_path: Path) -> None:
    old, new = document(), document()
    for each in (old, new):
        each["paths"]["/rooms/{id}"]["get"] = {"responses": {"200": {"description": ""}}}
    new["paths"]["/rooms/{id}"]["parameters"] = [{"name": "Codec", "in": "query", "schema": TEXT}]
    for diff in (compared(old, new, tmp_path), compared(new, old, tmp_path)):
        assert [len(each.reached) for each in diff.changes] == [2]


def test_branches_are_matched_by_the_value_that_tells_them_apart(tmp_path: Path) -> None:
    def made(card: str, bank: str, **properties: Any) -> Document:
        mapping = {"card": f"#/components/schemas/{card}", "bank": f"#/components/schemas/{bank}"}
        references = [{"$ref": mapping[value]} for value in sorted(mapping, reverse=card == "Card")]
        found = document(got={"oneOf": references, "discriminator": {"propertyName": "kind", "mapping": mapping}})
        schemas = {card: of(kind=TEXT, **properties), bank: of(kind=TEXT, iban=TEXT, **{bank: TEXT})}
        found["components"] = {"schemas": schemas}
        return found

    # Neither names nor contents nor the order are the same.
    old, new = made("Card", "Bank", number=TEXT), made("PaymentCard", "Account", number=NUMBER, cvc=TEXT)
    at = f"response 200 {JSON}"
    assert told(compared(old, new, tmp_path)) == [
        ("property", "added", "compatible", f"{at} <Account>/Account"),
        ("property", "added", "compatible", f"{at} <PaymentCard>/cvc"),
        ("property", "removed", "breaking", f"{at} <Account>/Bank"),
        ("type", "changed", "breaking", f"{at} <PaymentCard>/number"),
    ]
