"""Rewritings of a document that keep its meaning: between them and the original, nothing may be told."""

from __future__ import annotations

import copy
import random
import re
from collections.abc import Callable, Iterator
from typing import Any

Document = dict[str, Any]
Rewriting = Callable[[Document, random.Random], Document]
METHODS = ("get", "put", "post", "delete", "patch")


def _schemas(document: Document) -> Iterator[tuple[Any, Any]]:
    """Where each schema of a document hangs: the holder and the key, those below others last."""
    for holder, key in _tops(document):
        row = [(holder, key)]
        while row:
            holder, key = row.pop()
            yield holder, key
            row += list(_below(holder[key]))


def _below(schema: Any) -> Iterator[tuple[Any, Any]]:
    if not isinstance(schema, dict):
        return
    for key in ("items", "additionalProperties", "not"):
        if isinstance(schema.get(key), dict):
            yield schema, key
    for name in schema.get("properties", {}):
        yield schema["properties"], name
    for key in ("allOf", "oneOf", "anyOf"):
        for index, _ in enumerate(schema.get(key, ())):
            yield schema[key], index


def _tops(document: Document) -> Iterator[tuple[Any, Any]]:
    row: list[Any] = [value for key, value in document.items() if key != "components"]
    components = document.get("components", {})
    for name in components.get("schemas", {}):
        yield components["schemas"], name
    row += [value for key, value in components.items() if key not in {"schemas", "securitySchemes"}]
    while row:
        node = row.pop()
        if isinstance(node, dict):
            for key, value in node.items():
                if key == "schema":
                    yield node, key
                else:
                    row.append(value)
        elif isinstance(node, list):
            row += node


def _operations(document: Document) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Each path item or webhook with each of its operations."""
    for item in (*document["paths"].values(), *document.get("webhooks", {}).values()):
        for method in METHODS:
            if method in item:
                yield item, item[method]


def reorder(document: Document, chance: random.Random) -> Document:
    """Keys, values of enums, required names, branches, parameters and servers in another order."""
    if isinstance(document, dict):
        keys = list(document)
        chance.shuffle(keys)
        made: dict[str, Any] = {key: reorder(document[key], chance) for key in keys}
        for key in ("enum", "required", "oneOf", "anyOf", "allOf", "parameters", "servers", "security"):
            # Branches without a name are called by their number.
            if isinstance(made.get(key), list):
                chance.shuffle(made[key])
        return made
    return [reorder(each, chance) for each in document] if isinstance(document, list) else document


def inline(document: Document, chance: random.Random) -> Document:
    """Some references are replaced by what they lead to."""
    made = copy.deepcopy(document)
    schemas = made["components"]["schemas"]
    for holder, key in list(_schemas(made)):
        node = holder[key] if isinstance(holder, dict) or key < len(holder) else None
        if isinstance(node, dict) and "$ref" in node and chance.random() < 0.7:
            name = node["$ref"].rpartition("/")[2]
            if f"schemas/{name}'" not in repr(schemas[name]):
                holder[key] = copy.deepcopy(document["components"]["schemas"][name])
    return made


def extract(document: Document, chance: random.Random) -> Document:
    """Some schemas are moved into components of their own."""
    made = copy.deepcopy(document)
    schemas = made["components"]["schemas"]
    for holder, key in list(_schemas(made)):
        if holder is not schemas and "$ref" not in holder[key] and chance.random() < 0.5:
            name = f"Extracted{len(schemas)}"
            schemas[name] = holder[key]
            holder[key] = {"$ref": f"#/components/schemas/{name}"}
    return made


def rename(document: Document, chance: random.Random) -> Document:
    """The component schemas get other names, and another order."""
    names = list(document["components"]["schemas"])
    chance.shuffle(names)
    new = {name: f"Renamed{index}" for index, name in enumerate(names)}

    def renamed(node: Any) -> Any:
        if isinstance(node, dict):
            made = {key: renamed(value) for key, value in node.items()}
            if isinstance(made.get("$ref"), str) and "/schemas/" in made["$ref"]:
                above, _, name = made["$ref"].rpartition("/")
                made["$ref"] = f"{above}/{new[name]}"
            return made
        return [renamed(each) for each in node] if isinstance(node, list) else node

    made: Document = renamed(document)
    made["components"]["schemas"] = {new[name]: made["components"]["schemas"][name] for name in names}
    return made


def wrap(document: Document, chance: random.Random) -> Document:
    """Some schemas stand in an `allOf`, a `oneOf` or an `anyOf` by themselves."""
    made = copy.deepcopy(document)
    for holder, key in list(_schemas(made)):
        if chance.random() < 0.4:
            holder[key] = {chance.choice(["allOf", "oneOf", "anyOf"]): [holder[key]]}
    return made


def modernise(document: Document, chance: random.Random) -> Document:
    """OpenAPI 3.0 is said as 3.1."""
    if document["openapi"].startswith("3.1"):
        return document
    made = copy.deepcopy(document)
    made["openapi"] = "3.1.0"
    for holder, key in list(_schemas(made)):
        schema = holder[key]
        for bound in ("Minimum", "Maximum"):
            if schema.pop(f"exclusive{bound}", None) is True:
                schema[f"exclusive{bound}"] = schema.pop(bound.lower())
        if schema.pop("nullable", False):
            if isinstance(schema.get("type"), str) and chance.random() < 0.5:
                schema["type"] = [schema["type"], "null"]
            else:
                holder[key] = {"anyOf": [schema, {"type": "null"}]}
                for flag in ("readOnly", "writeOnly"):
                    if flag in schema:
                        holder[key][flag] = schema.pop(flag)
    return made


def share(document: Document, chance: random.Random) -> Document:
    """Parameters, headers, bodies and responses are moved into components."""
    made = copy.deepcopy(document)
    components = made["components"]

    def moved(kind: str, node: Any) -> Any:
        if "$ref" in node or chance.random() < 0.3:
            return node
        kept = components.setdefault(kind, {})
        kept[name := f"Shared{len(kept)}"] = node
        return {"$ref": f"#/components/{kind}/{name}"}

    for _, operation in _operations(made):
        operation["parameters"] = [moved("parameters", each) for each in operation.get("parameters", ())]
        if "requestBody" in operation:
            operation["requestBody"] = moved("requestBodies", operation["requestBody"])
        for status, response in operation["responses"].items():
            for name, header in response.get("headers", {}).items():
                response["headers"][name] = moved("headers", header)
            operation["responses"][status] = moved("responses", response)
    return made


def to_the_path(document: Document, chance: random.Random) -> Document:
    """Parameters of the only operation of a path are moved to the path; those of a path to its operations."""
    made = copy.deepcopy(document)
    for item in made["paths"].values():
        operations = [item[method] for method in METHODS if method in item]
        if len(operations) == 1 and chance.random() < 0.5:
            item["parameters"] = [*item.get("parameters", ()), *operations[0].pop("parameters", ())]
        elif "parameters" in item:
            for shared in item.pop("parameters"):
                for operation in operations:
                    operation.setdefault("parameters", []).append(copy.deepcopy(shared))
    return made


def rename_path_parameters(document: Document, chance: random.Random) -> Document:
    """``{RoomSid}`` becomes ``{id}``."""
    made = copy.deepcopy(document)
    paths = {}
    shared = made["components"].get("parameters", {})
    for template, item in made["paths"].items():
        for holder in (item, *(item[method] for method in METHODS if method in item)):
            for each in holder.get("parameters", ()):
                parameter = shared[each["$ref"].rpartition("/")[2]] if "$ref" in each else each
                if parameter["in"] == "path" and parameter["name"] in re.findall(r"\w+", template):
                    parameter["name"] = "renamed" + parameter["name"]
        paths[re.sub(r"\{(\w+)\}", r"{renamed\1}", template)] = item
    made["paths"] = paths
    return made


def say_again(document: Document, chance: random.Random) -> Document:
    """Defaults are said: servers and security of the document at each operation, `required: false`, `style`."""
    made = copy.deepcopy(document)
    for item in made["paths"].values():
        for method in METHODS:
            if method in item:
                item[method].setdefault("servers", copy.deepcopy(made["servers"]))
                item[method].setdefault("security", copy.deepcopy(made.get("security", [])))
                item[method].setdefault("deprecated", False)
        for holder in (item, *(item[method] for method in METHODS if method in item)):
            for parameter in holder.get("parameters", ()):
                styles = {"query": "form", "cookie": "form"}
                if "$ref" in parameter:
                    continue
                if "content" not in parameter:
                    style = parameter.setdefault("style", styles.get(parameter["in"], "simple"))
                    parameter.setdefault("explode", style == "form")
                parameter.setdefault("required", False)
    return made


def adorn(document: Document, chance: random.Random) -> Document:
    """Descriptions, summaries, examples, tags and extensions are written, and a component that nobody uses."""
    made = copy.deepcopy(document)
    made["info"] = {**made["info"], "title": "Another", "version": "2", "description": "Said at length."}
    made["x-generated"] = {"$ref": "nowhere"}
    made["tags"] = [{"name": "rooms"}]
    made["components"]["schemas"]["Unused"] = {"type": "string", "description": "Nobody."}
    for _, operation in _operations(made):
        operation["summary"], operation["tags"], operation["operationId"] = "S", ["rooms"], f"o{chance.random()}"
    for holder, key in list(_schemas(made)):
        if "$ref" not in holder[key]:
            holder[key] |= {"description": f"{chance.random()}", "x-note": {"enum": ["a"]}, "example": None}
    return made


REWRITINGS: dict[str, Rewriting] = {
    made.__name__: made
    for made in (
        reorder, inline, extract, rename, wrap, modernise, share, to_the_path, rename_path_parameters, say_again, adorn,
    )
}  # fmt: skip
