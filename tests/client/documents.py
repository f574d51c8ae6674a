"""Documents that somebody could make of a client's document: what becomes of each.

Each entry is a change of one small document; it works, or it is refused in words that name it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

Document = dict[str, Any]
Change = Callable[[Document], object]

JSON = "application/json"


def _ref(name: str) -> Document:
    return {"$ref": f"#/components/schemas/{name}"}


def _body(name: str, **media: Any) -> Document:
    return {"description": name, "content": {JSON: {"schema": _ref(name), **media}}}


_ROOM = {"sid": "RM1", "name": "standup", "seconds": 12}
_META = {"key": "rooms", "url": "/rooms", "next_page_url": None}

BASE: Document = {
    "openapi": "3.1.0",
    "info": {"title": "Rooms", "version": "0.1.0"},
    "servers": [{"url": "https://rooms.example.com"}],
    "security": [{"basic": []}],
    "paths": {
        "/rooms": {
            "get": {
                "operationId": "list_rooms",
                "summary": "List",
                "tags": ["Rooms"],
                "parameters": [
                    {"name": "PageSize", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
                    {"name": "RoomName", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": _body("RoomPage", example={"rooms": [_ROOM], "meta": _META}),
                    "400": _body("Error", example={"message": "no"}),
                },
            }
        },
        "/rooms/{sid}": {
            "get": {
                "operationId": "fetch_room",
                "summary": "Fetch",
                "tags": ["Rooms"],
                "parameters": [{"name": "sid", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"200": _body("Room", example=_ROOM), "404": _body("Error")},
            }
        },
    },
    "components": {
        "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
        "schemas": {
            "RoomPage": {
                "type": "object",
                "description": "A page.",
                "required": ["rooms", "meta"],
                "properties": {"rooms": {"type": "array", "items": _ref("Room")}, "meta": _ref("Meta")},
            },
            "Meta": {
                "type": "object",
                "required": ["key", "url", "next_page_url"],
                "properties": {
                    "key": {"type": "string"},
                    "url": {"type": "string"},
                    "next_page_url": {"type": ["string", "null"]},
                },
            },
            "Room": {
                "type": "object",
                "description": "A room.",
                "required": ["sid"],
                "properties": {
                    "sid": {"type": "string"},
                    "name": {"type": ["string", "null"]},
                    "seconds": {"type": "integer"},
                },
            },
            "Error": {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}},
        },
    },
}


def made(change: Change) -> Document:
    """The small document with one change."""
    document = copy.deepcopy(BASE)
    change(document)
    return document


def room(document: Document) -> Document:
    found: Document = document["components"]["schemas"]["Room"]
    return found


def listing(document: Document) -> Document:
    found: Document = document["paths"]["/rooms"]["get"]
    return found


def fetching(document: Document) -> Document:
    found: Document = document["paths"]["/rooms/{sid}"]["get"]
    return found


def with_property(schema: Any, value: Any, name: str = "extra") -> Change:
    """A change that gives rooms a property, and the example of one a value of it."""

    def change(document: Document) -> None:
        room(document)["properties"][name] = schema
        example = fetching(document)["responses"]["200"]["content"][JSON]
        example["example"] = {**example["example"], name: value}

    return change


def with_parameter(**parameter: Any) -> Change:
    def change(document: Document) -> None:
        listing(document)["parameters"].append({"in": "query", "name": "Extra", **parameter})

    return change


def with_operation(path: str, **operation: Any) -> Change:
    def change(document: Document) -> None:
        names = [step[1:-1] for step in path.split("/") if step.startswith("{")]
        parameters = [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names]
        document["paths"][path] = {
            "get": {
                "operationId": "other",
                "tags": ["Rooms"],
                "parameters": parameters,
                "responses": {"200": _body("Room", example=_ROOM), "404": _body("Error")},
                **operation,
            }
        }

    return change


def as_method(method: str, path: str, **operation: Any) -> Change:
    """A change that gives a path another method."""

    def change(document: Document) -> None:
        with_operation("/made/here" + path.replace("/rooms", ""), **{"operationId": "other", **operation})(document)
        made_here = document["paths"].pop("/made/here" + path.replace("/rooms", ""))
        document["paths"][path][method] = made_here["get"]

    return change


def _scheme(scheme: Document) -> Change:
    """A change of the credentials."""

    def change(document: Document) -> None:
        document["components"]["securitySchemes"]["basic"] = scheme

    return change


def _components(**schemas: Any) -> Change:
    def change(document: Document) -> None:
        document["components"]["schemas"] |= schemas

    return change


def both(*changes: Change) -> Change:
    def change(document: Document) -> None:
        for each in changes:
            each(document)

    return change


TEXT = {"type": "string"}
OBJECT = {"type": "object", "required": ["x"], "properties": {"x": {"type": "integer"}}}

WORKS: dict[str, Change] = {
    "nothing": lambda document: None,
    "inline enum": with_property({"type": "string", "enum": ["a", "b"]}, "a"),
    "inline enum or null": with_property({"type": ["string", "null"], "enum": ["a", None]}, "a"),
    "inline enum in an array": with_property({"type": "array", "items": {"type": "string", "enum": ["a", "b"]}}, ["b"]),
    "inline object": with_property(OBJECT, {"x": 1}),
    "inline object or null": with_property({"anyOf": [OBJECT, {"type": "null"}]}, {"x": 1}),
    "inline objects in an array": with_property({"type": "array", "items": OBJECT}, [{"x": 1}]),
    "object in an object": with_property({"type": "object", "properties": {"inner": OBJECT}}, {"inner": {"x": 2}}),
    "map of integers": with_property({"type": "object", "additionalProperties": {"type": "integer"}}, {"a": 1}),
    "map of objects": with_property({"type": "object", "additionalProperties": OBJECT}, {"a": {"x": 1}}),
    "map of lists": with_property(
        {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}, {"a": ["b"]}
    ),
    "object of any keys": with_property({"type": "object"}, {"a": [1, {"b": None}]}),
    "any value": with_property({}, [1, "a"]),
    "array of arrays": with_property(
        {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, [[1], []]
    ),
    "number": with_property({"type": "number"}, 1.5),
    "date": with_property({"type": "string", "format": "date"}, "2026-11-20"),
    "uuid": with_property({"type": "string", "format": "uuid"}, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"),
    "unknown format": with_property({"type": "string", "format": "sid-of-ours"}, "a"),
    "format byte": with_property({"type": "string", "format": "byte"}, "aGk="),
    "text or number": with_property({"oneOf": [{"type": "string"}, {"type": "integer"}]}, 3),
    "two types": with_property({"type": ["string", "boolean", "null"]}, True),
    "text or object": with_property({"anyOf": [{"type": "string"}, OBJECT]}, {"x": 3}),
    "objects as branches": with_property({"oneOf": [OBJECT, _ref("Meta")]}, {"x": 1}),
    "objects and a text as branches": with_property({"anyOf": [OBJECT, {"type": "string"}, _ref("Meta")]}, _META),
    "discriminator": both(
        _components(
            Card={
                "type": "object",
                "required": ["kind", "cvc"],
                "properties": {"kind": {"const": "card"}, "cvc": {"type": "string"}},
            },
            Bank={
                "type": "object",
                "required": ["kind", "iban"],
                "properties": {"kind": {"const": "bank"}, "iban": {"type": "string"}},
            },
        ),
        with_property(
            {
                "oneOf": [_ref("Card"), _ref("Bank")],
                "discriminator": {"propertyName": "kind", "mapping": {"card": "#/components/schemas/Card"}},
            },
            {"kind": "bank", "iban": "DE1"},
        ),
    ),
    "one branch": with_property({"oneOf": [_ref("Meta")]}, _META),
    "contains itself": with_property(
        {"anyOf": [_ref("Room"), {"type": "null"}]}, {"sid": "RM2", "extra": {"sid": "RM3"}}
    ),
    "contain each other": both(
        _components(
            Tree={
                "type": "object",
                "properties": {"root": _ref("Room"), "trees": {"type": "array", "items": _ref("Tree")}},
            }
        ),
        with_property(_ref("Tree"), {"root": {"sid": "RM2"}, "trees": [{"trees": []}]}),
    ),
    "allOf": both(
        _components(Base={"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}),
        with_property(
            {"allOf": [_ref("Base"), {"type": "object", "properties": {"more": {"type": "string"}}}]},
            {"id": 1, "more": "x"},
        ),
    ),
    "allOf around a reference": with_property({"allOf": [_ref("Meta")], "description": "More."}, _META),
    "allOf of a component": both(
        _components(Base={"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}),
        lambda document: document["components"]["schemas"].update(
            Big={"allOf": [_ref("Base"), {"properties": {"more": {"type": "string"}}}]}
        ),
        with_property(_ref("Big"), {"id": 1, "more": "x"}),
    ),
    "component of a map": both(
        _components(Labels={"type": "object", "additionalProperties": {"type": "string"}}),
        with_property(_ref("Labels"), {"a": "b"}),
    ),
    "component of an array": both(
        _components(Rooms={"type": "array", "items": _ref("Room")}), with_property(_ref("Rooms"), [{"sid": "RM2"}])
    ),
    "component of a text": both(
        _components(Sid={"type": "string", "pattern": "^RM"}), with_property(_ref("Sid"), "RM2")
    ),
    "nullable of 3.0": both(
        lambda document: document.update(openapi="3.0.3"),
        lambda document: room(document)["properties"]["name"].update(type="string", nullable=True),
        lambda document: document["components"]["schemas"]["Meta"]["properties"]["next_page_url"].update(
            type="string", nullable=True
        ),
    ),
    "constant": with_property({"type": "string", "const": "a"}, "a"),
    "deprecated property": with_property({"type": "string", "deprecated": True}, "a"),
    "enum values that differ in punctuation": with_property({"type": "string", "enum": ["a-b", "a_b", "a.b"]}, "a.b"),
    "enum values without letters": with_property({"type": "string", "enum": ["", "1", "+", "é"]}, "+"),
    "enum values that are words of Python": with_property(
        {"type": "string", "enum": ["None", "class", "True"]}, "class"
    ),
    "property that is a word of Python": with_property({"type": "string"}, "a", "class"),
    "property with a dash": with_property({"type": "string"}, "a", "x-y z"),
    "property that begins with a digit": with_property({"type": "string"}, "a", "2nd"),
    "component in lower case": both(_components(small_thing=OBJECT), with_property(_ref("small_thing"), {"x": 1})),
    "closed object": lambda document: room(document).update(additionalProperties=False),
    "title": lambda document: room(document).update(title="A Quite Other Name"),
    "list without a fetch": lambda document: document["paths"].pop("/rooms/{sid}"),
    "fetch without a list": lambda document: document["paths"].pop("/rooms"),
    "operation of its own": with_operation("/rooms/{sid}/summary"),
    "tag of its own": with_operation("/status", tags=["Status"]),
    "two fetches": with_operation("/rooms/by-name/{name}"),
    "float parameter": with_parameter(schema={"type": "number"}),
    "boolean parameter": with_parameter(schema={"type": "boolean"}),
    "date parameter": with_parameter(schema={"type": "string", "format": "date"}),
    "inline enum parameter": with_parameter(schema={"type": "string", "enum": ["a", "b"]}),
    "list parameter": with_parameter(schema={"type": "array", "items": {"type": "string"}}),
    "parameter of the path item": lambda document: document["paths"]["/rooms/{sid}"].update(
        parameters=fetching(document).pop("parameters")
    ),
    "integer enum": with_property({"type": "integer", "enum": [1, -2]}, -2),
    "integer enum in an array": with_property({"type": "array", "items": {"type": "integer", "enum": [1, 2]}}, [2, 1]),
    "header parameter": with_parameter(**{"in": "header", "name": "X-Team", "schema": {"type": "string"}}),
    "required query parameter": with_parameter(required=True, schema={"type": "string"}),
    "integer in the path": lambda document: fetching(document)["parameters"][0].update(schema={"type": "integer"}),
    "date in the path": lambda document: fetching(document)["parameters"][0].update(
        schema={"type": "string", "format": "date"}
    ),
    "several errors": lambda document: fetching(document)["responses"].update({"404": _body("Meta")}),
    "properties of the models' own names": both(
        with_property(TEXT, "a", "raw"), with_property(TEXT, "b", "toDict"), with_property(TEXT, "c", "next_page")
    ),
    "parameters of the functions' own names": both(
        with_parameter(name="limit", schema={"type": "integer"}), with_parameter(name="client", schema=TEXT)
    ),
    "deprecated list": lambda document: listing(document).update(deprecated=True),
    "deprecated operation": lambda document: fetching(document).update(deprecated=True),
    "list with commas": with_parameter(explode=False, schema={"type": "array", "items": {"type": "string"}}),
    "list with pipes": with_parameter(
        style="pipeDelimited", explode=False, schema={"type": "array", "items": {"type": "integer"}}
    ),
    "post": as_method("post", "/rooms", requestBody={"required": True, "content": {JSON: {"schema": _ref("Room")}}}),
    "post with an inline body": as_method("post", "/rooms", requestBody={"content": {JSON: {"schema": OBJECT}}}),
    "patch": as_method("patch", "/rooms/{sid}", requestBody={"content": {JSON: {"schema": OBJECT}}}),
    "created": as_method("post", "/rooms", responses={"201": _body("Room", example=_ROOM), "400": _body("Error")}),
    "delete without content": as_method(
        "delete", "/rooms/{sid}", responses={"204": {"description": "gone"}, "404": _body("Error")}
    ),
    "two successes of one schema": lambda document: fetching(document)["responses"].update({"202": _body("Room")}),
    "operationId in camel case": lambda document: fetching(document).update(operationId="fetchOneRoom"),
    "bearer": _scheme({"type": "http", "scheme": "bearer"}),
    "key in a header": _scheme({"type": "apiKey", "in": "header", "name": "X-Api-Key"}),
    "no maximum of the page size": lambda document: listing(document)["parameters"][0]["schema"].pop("maximum"),
    "no page size": lambda document: listing(document)["parameters"].pop(0),
}

REFUSED: dict[str, tuple[Change, str]] = {
    "key in the query": (
        _scheme({"type": "apiKey", "in": "query", "name": "key"}),
        "/securitySchemes/basic: these credentials are not supported: HTTP Basic, Bearer and a key in a header are",
    ),
    "no credentials": (lambda document: document.pop("security"), "#/security: the credentials none: give one scheme"),
    "form as a body": (
        with_operation("/x", requestBody={"content": {"application/x-www-form-urlencoded": {"schema": OBJECT}}}),
        "/requestBody/content: bodies in application/x-www-form-urlencoded are not supported",
    ),
    "array as a request body": (
        with_operation("/x", requestBody={"content": {JSON: {"schema": {"type": "array"}}}}),
        "a body that is no object with properties: give one with properties",
    ),
    "several successes": (
        lambda document: fetching(document)["responses"].update({"202": _body("Meta")}),
        "bodies of success: Meta, Room: one schema for all of them is supported",
    ),
    "several errors of one operation": (
        lambda document: fetching(document)["responses"].update({"400": _body("Meta")}),
        "bodies of errors: Error, Meta: one schema for all of them is supported",
    ),
    "no error": (lambda document: fetching(document)["responses"].pop("404"), "bodies of errors: no response"),
    "trace": (
        lambda document: document["paths"]["/rooms"].update(trace={}),
        "/trace: trace in a path is not supported",
    ),
    "arrays as branches": (
        with_property(
            {
                "oneOf": [
                    {"type": "array", "items": {"type": "string"}},
                    {"type": "array", "items": {"type": "integer"}},
                ]
            },
            [],
        ),
        "#/components/schemas/Room/properties/extra: branches of the same JSON type cannot be told apart",
    ),
    "not": (with_property({"not": {"type": "string"}}, 1), "/extra/not: not in a schema is not supported"),
    "if": (with_property({"if": {}, "then": {}}, 1), "/extra/if: if in a schema is not supported"),
    "pattern properties": (with_property({"patternProperties": {"^a": {}}}, {}), "/extra/patternProperties: "),
    "tuple": (with_property({"type": "array", "prefixItems": [{}]}, []), "/extra/prefixItems: "),
    "properties and a map": (
        with_property({**OBJECT, "additionalProperties": {"type": "string"}}, {}),
        "/extra/additionalProperties: properties beside a schema for all others are not supported",
    ),
    "boolean schema": (with_property(False, 1), "/extra: False in the place of a schema"),
    "keyword that nobody knows": (with_property({"typo": 1}, 1), "/extra/typo: typo in a schema is not supported"),
    "mixed enum": (
        with_property({"enum": [1, "a"]}, 1),
        "/extra/enum: an enum of neither texts nor integers is not supported",
    ),
    "component Client": (
        _components(Client=OBJECT),
        "#/components/schemas/Client: Client is a name of the client's package",
    ),
    "components of one name": (_components(room=OBJECT), "become the same class: rename one"),
    "conflict in an allOf": (
        with_property(
            {"allOf": [{"properties": {"a": {"type": "string"}}}, {"properties": {"a": {"type": "integer"}}}]}, {}
        ),
        "is written otherwise in another part of the allOf: keep one",
    ),
    "allOf of itself": (
        _components(Self={"allOf": [_ref("Self"), {"properties": {"a": {}}}]}),
        "a schema that consists of itself",
    ),
    "cookie parameter": (
        with_parameter(**{"in": "cookie", "schema": {"type": "string"}}),
        "a parameter in cookie is not supported",
    ),
    "deep object": (with_parameter(style="deepObject", schema=OBJECT), "the style deepObject is not supported"),
    "object parameter": (with_parameter(schema=OBJECT), "object in a query parameter is not supported"),
    "parameter with content": (with_parameter(content={JSON: {}}), "/content: content in a parameter is not supported"),
    "reserved characters": (
        with_parameter(allowReserved=True, schema={"type": "string"}),
        "allowReserved is not supported",
    ),
    "other media type": (
        lambda document: fetching(document)["responses"]["200"].update(content={"text/csv": {}}),
        "bodies in text/csv are not supported: give one in application/json",
    ),
    "array as a body": (
        lambda document: fetching(document)["responses"]["200"]["content"][JSON].update(
            schema={"type": "array", "items": {"type": "string"}}
        ),
        "a body that is no object with properties",
    ),
    "other security": (
        lambda document: fetching(document).update(security=[]),
        "/get/security: security in a operation",
    ),
    "other server": (lambda document: fetching(document).update(servers=[]), "/get/servers: servers in a operation"),
    "callbacks": (lambda document: fetching(document).update(callbacks={}), "/get/callbacks: callbacks in a operation"),
    "no operationId": (lambda document: fetching(document).pop("operationId"), "has no operationId: give one"),
    "operationId of Python": (
        lambda document: fetching(document).update(operationId="class"),
        "'class' is no name in Python",
    ),
    "operationId twice": (
        lambda document: fetching(document).update(operationId="listRooms"),
        "'listRooms' is the name of",
    ),
    "no tag": (lambda document: fetching(document).pop("tags"), "/tags: 0 tags: give one"),
    "two tags": (lambda document: fetching(document).update(tags=["a", "b"]), "/tags: 2 tags: give one"),
    "tag close": (with_operation("/x", tags=["Close"]), "'Close' would hide an attribute of the clients"),
    "reference nowhere": (
        with_property(_ref("Nothing"), 1),
        "the reference #/components/schemas/Nothing leads nowhere",
    ),
    "reference outside": (
        with_property({"$ref": "other.yaml#/Room"}, 1),
        "the reference other.yaml#/Room leads out of the document",
    ),
    "parameters that are no list": (lambda document: listing(document).update(parameters=5), "validate it first"),
    "schema that is a text": (with_property("string", "a"), "'string' in the place of a schema is not supported"),
    "paths that are a list": (lambda document: document.update(paths=[]), "#/paths: is no mapping, but list"),
    "circle of references": (
        _components(A=_ref("B"), B=_ref("A")),
        "the reference #/components/schemas/B leads in a circle",
    ),
    "example that is none": (
        lambda document: fetching(document)["responses"]["200"]["content"][JSON].update(example={"sid": 1}),
        "its example cannot be read",
    ),
    "example with a key too many": (
        lambda document: fetching(document)["responses"]["200"]["content"][JSON].update(
            example={"sid": "RM1", "new": 1}
        ),
        "/new of its example is lost or changed",
    ),
}
