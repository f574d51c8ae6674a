"""OpenAPI documents of any size, as large public ones are: many resources, shared schemas, prose; and their edits."""

from __future__ import annotations

import copy
import json
import random
from typing import Any

Document = dict[str, Any]
_WORDS = ("the", "room", "state", "value", "limit", "of", "a", "customer", "invoice", "when", "this", "was", "created")
_LAYERS = 6
_A_RESOURCE = 5_000  # characters, with its schema and its operations


class _Writing:
    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def prose(self, most: int) -> str:
        return " ".join(self._chance.choices(_WORDS, k=self._chance.randint(6, most)))

    def reference(self, number: int) -> dict[str, str]:
        """To a schema of the layer below: peers that write everything out do not end where schemas refer in rings."""
        below = [each for each in range(max(0, number - 40), number) if each % _LAYERS == number % _LAYERS - 1]
        return {"$ref": f"#/components/schemas/thing_{self._chance.choice(below or [0])}"}

    def property(self, number: int) -> dict[str, Any]:
        kind = self._chance.random()
        told = {"description": self.prose(25)}
        if number % _LAYERS == 0 or kind < 0.6:
            return {"type": "string", "maxLength": 5000, "nullable": self._chance.random() < 0.3, **told}
        if kind < 0.7:
            return {"type": "string", "enum": [f"v{each}" for each in range(self._chance.randint(2, 9))], **told}
        if kind < 0.8:
            return {"type": self._chance.choice(["integer", "boolean"]), **told}
        if kind < 0.9:
            return {"anyOf": [{"type": "string", "maxLength": 5000}, self.reference(number)], **told}
        if kind < 0.95:
            return {"type": "array", "items": self.reference(number), **told}
        return self.reference(number)

    def schema(self, number: int) -> dict[str, Any]:
        count = self._chance.randint(6, 16)
        properties = {f"field_{each}": self.property(number) for each in range(count)}
        return {"type": "object", "description": self.prose(20), "required": ["field_0"], "properties": properties}

    def item(self, number: int, *, is_list: bool) -> dict[str, Any]:
        one = {"$ref": f"#/components/schemas/thing_{number}"}
        text = {"type": "string", "maxLength": 5000}

        def responses(schema: Any) -> dict[str, Any]:
            error = {"application/json": {"schema": {"$ref": "#/components/schemas/thing_0"}}}
            return {
                "200": {"description": "What was asked for.", "content": {"application/json": {"schema": schema}}},
                "default": {"description": "Why not.", "content": error},
            }

        if not is_list:
            parameters = [{"name": "id", "in": "path", "required": True, "schema": text}]
            shared = {"parameters": parameters, "responses": responses(one), "description": self.prose(20)}
            return {
                "get": {"operationId": f"get_{number}", **shared},
                "delete": {"operationId": f"delete_{number}", **copy.deepcopy(shared)},
            }
        page = {"type": "object", "required": ["data"], "properties": {"data": {"type": "array", "items": one}}}
        names = ("before", "after", "limit")
        query = [{"name": name, "in": "query", "description": self.prose(15), "schema": text} for name in names]
        form = {f"field_{each}": {**text, "description": self.prose(12)} for each in range(12)}
        body = {"application/x-www-form-urlencoded": {"schema": {"type": "object", "properties": form}}}
        return {
            "get": {"operationId": f"list_{number}", "parameters": query, "responses": responses(page)},
            "post": {"operationId": f"make_{number}", "requestBody": {"content": body}, "responses": responses(one)},
        }


def document(characters: int, seed: int = 1) -> Document:
    """A document of about so many characters as indented JSON."""
    writing = _Writing(seed)
    count = max(_LAYERS, characters // _A_RESOURCE)
    paths = {}
    for number in range(0, count, 2):
        paths[f"/v1/things_{number}"] = writing.item(number, is_list=True)
        paths[f"/v1/things_{number}/{{id}}"] = writing.item(number, is_list=False)
    return {
        "openapi": "3.0.3",
        "info": {"title": "Things", "version": "1.0.0"},
        "servers": [{"url": "https://api.example.com"}],
        "paths": paths,
        "components": {"schemas": {f"thing_{number}": writing.schema(number) for number in range(count)}},
    }


def edited(original: Document, edits: int = 20, seed: int = 2) -> Document:
    """The document with so many edits: values, bounds and properties that come and go."""
    made: Document = json.loads(json.dumps(original))
    chance = random.Random(seed)
    schemas = list(made["components"]["schemas"].values())
    done = 0
    while done < edits:
        properties = chance.choice(schemas)["properties"]
        name = chance.choice(list(properties))
        kind = ("value", "bound", "goes", "comes")[done % 4]
        if kind == "value" and "enum" in properties[name]:
            properties[name]["enum"].append("new")
        elif kind == "bound" and "maxLength" in properties[name]:
            properties[name]["maxLength"] = 100
        elif kind == "goes" and name != "field_0":
            del properties[name]
        elif kind == "comes":
            properties[f"new_{done}"] = {"type": "string"}
        else:
            continue
        done += 1
    return made
