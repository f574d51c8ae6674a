"""The document as the client's templates can take it: rewritten, or refused where they cannot do what it says.

Whatever stands in a document is known here, or refused: nothing that changes what is sent or read is dropped.
"""

from __future__ import annotations

import copy
import keyword
import re
from collections.abc import Iterator, Mapping
from typing import Any

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

# What says nothing about values; and what limits them, which is the service's to judge.
_NOTES = {"description", "summary", "title", "example", "examples", "externalDocs", "$comment", "deprecated"}
_LIMITS = {"format", "pattern", "default", "readOnly", "writeOnly", "multipleOf", "uniqueItems", "contentEncoding"}
_LIMITS |= {f"{end}{of}" for end in ("min", "max") for of in ("imum", "Length", "Items", "Properties")}
_LIMITS |= {"exclusiveMinimum", "exclusiveMaximum", "contentMediaType"}
_SHAPE = {"type", "enum", "const", "properties", "required", "items", "additionalProperties"}
_SHAPE |= {"anyOf", "oneOf", "allOf", "$ref", "nullable", "discriminator"}

_KNOWN: Mapping[str, set[str]] = {
    "document": {
        "openapi",
        "info",
        "servers",
        "tags",
        "paths",
        "components",
        "security",
        "jsonSchemaDialect",
        "webhooks",
    },
    "components": {
        "schemas",
        "parameters",
        "responses",
        "requestBodies",
        "headers",
        "examples",
        "securitySchemes",
        "links",
    },
    "path": {"parameters", *METHODS} - {"trace"},
    "operation": {"operationId", "tags", "parameters", "responses", "requestBody"},
    "request body": {"content", "required"},
    "parameter": {"name", "in", "required", "schema", "style", "explode", "allowReserved", "allowEmptyValue"},
    "response": {"headers", "content", "links"},
    "media type": {"schema"},
    "schema": _LIMITS | _SHAPE,
}
_REMEDIES: Mapping[str, str] = {
    "callbacks": "the client is not called: leave them out",
    "servers": "give one server for all operations",
    "security": "give the same credentials for all operations, at the top of the document",
    "content": "give a schema in its place",
    "not": "leave it out: the client reads what is there, and judges nothing",
    "if": "give one schema with all properties, none of which need be there",
    "patternProperties": "give additionalProperties, whatever the names are",
    "prefixItems": "give one schema for all items",
}
# Names of the package, which a class of the document must not hide.
_PACKAGE = {
    "Client",
    "AsyncClient",
    "Deviation",
    "RawResponse",
    "Response",
    "Retry",
    "Sent",
    "Unset",
    "UNSET",
    "BASE_URL",
}
_PACKAGE |= {"NoContent", "Answer", "Model", "PageAnswer", "Instant", "OpenEnum", "Any", "UUID", "Request", "Iterable"}
# Attributes of the clients, which a tag must not hide.
_CLIENT = {
    "send",
    "fetch",
    "close",
    "aclose",
    "with_options",
    "from_env",
    "username",
    "base_url",
    "timeout",
    "retry",
    "headers",
}
_CLIENT |= {
    "strict",
    "on_unknown",
    "on_request",
    "on_response",
    "max_response_bytes",
    "app_info",
    "http2",
    "httpx_args",
}
_PRIMITIVES = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean"}


class Unsupported(Exception):  # noqa: N818
    """What a document has and the templates cannot do."""


class Preparation:
    """One document while it is looked through and rewritten.

    Args:
        document: The document; it is not changed.

    Attributes:
        document: The rewritten one.
        problems: A line for each thing that the templates cannot do.
    """

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document: dict[str, Any] = copy.deepcopy(dict(document))
        self.problems: list[str] = []
        self._schemas: dict[str, Any] = {}

    def prepare(self) -> None:
        """Look through the document and rewrite its schemas."""
        document = self.document
        self._require_known(document, "document", "")
        components = self._mapping(document.get("components", {}), "/components")
        self._require_known(components, "components", "/components")
        self._schemas = components.setdefault("schemas", {}) if isinstance(components, dict) else {}
        document["components"] = components
        self._security()
        servers = document.get("servers")
        if not (isinstance(servers, list) and servers and isinstance(servers[0], dict) and "url" in servers[0]):
            self._refuse("/servers", "names no server", "give one: it is where the client asks unless told otherwise")
        for name in list(self._schemas):
            place = f"/components/schemas/{_escaped(name)}"
            self._schemas[name] = self._rewritten(self._schemas[name], place, name, is_named=True)
        names: dict[str, str] = {}
        for place, operation in self._operations():
            self._operation(operation, place, names)
        self._require_own_names()

    def for_generator(self) -> dict[str, Any]:
        """The document with as much of it as the generator needs: the types of properties are read here, not there."""
        made = copy.deepcopy(self.document)
        for name, schema in made["components"]["schemas"].items():
            if "properties" in schema:
                properties: dict[str, Any] = {key: {} for key in schema["properties"]}
                kept = {key: schema[key] for key in ("required", "description") if key in schema}
                made["components"]["schemas"][name] = {"type": "object", "properties": properties, **kept}
            elif schema.get("type") == "object" or "additionalProperties" in schema or "anyOf" in schema:
                made["components"]["schemas"][name] = {}
        for item in made["paths"].values():
            for method in METHODS:
                if method in item:
                    item[method]["responses"] = {"200": {"description": ""}}
                    item[method].pop("requestBody", None)
        for name in ("responses", "requestBodies", "headers", "examples", "links"):
            made["components"].pop(name, None)
        return made

    def resolved(self, node: Any) -> Any:
        """A node with its references followed."""
        return self._resolved(node, "")[0]

    def _refuse(self, place: str, what: str, remedy: str) -> None:
        self.problems.append(f"#{place}: {what}: {remedy}")

    def _require_known(self, node: Mapping[str, Any], kind: str, place: str) -> None:
        for key in node:
            if not isinstance(key, str):
                self._refuse(place, f"the key {key!r} is no text", "put it into quotation marks")
            elif key not in _KNOWN[kind] | _NOTES and not key.startswith("x-"):
                remedy = _REMEDIES.get(key, "the client's templates do not know it: leave it out, or teach them")
                self._refuse(f"{place}/{_escaped(key)}", f"{key} in a {kind} is not supported", remedy)

    def _mapping(self, node: Any, place: str) -> dict[str, Any]:
        if isinstance(node, dict):
            return node
        self._refuse(place, f"is no mapping, but {type(node).__name__}", "give a mapping")
        return {}

    def _security(self) -> None:
        found = {name for each in self.document.get("security") or () for name in each}
        if len(found) != 1:
            shown = ", ".join(sorted(found)) or "none"
            self._refuse("/security", f"the credentials {shown}", "give one scheme for all operations")
        for name in found:
            place = f"/components/securitySchemes/{_escaped(name)}"
            if credentials(self.document, name) is None:
                self._refuse(
                    place, "these credentials are not supported", "HTTP Basic, Bearer and a key in a header are"
                )

    def _operations(self) -> Iterator[tuple[str, dict[str, Any]]]:
        paths = self._mapping(self.document.get("paths", {}), "/paths")
        for path, item in paths.items():
            place = f"/paths/{_escaped(str(path))}"
            item = self._mapping(item, place)
            self._require_known(item, "path", place)
            for method in METHODS:
                if method in item and method in _KNOWN["path"]:
                    self._parameters(item, place)
                    yield f"{place}/{method}", self._mapping(item[method], f"{place}/{method}")

    def _operation(self, operation: dict[str, Any], place: str, names: dict[str, str]) -> None:
        self._require_known(operation, "operation", place)
        name = operation.get("operationId")
        if not isinstance(name, str) or not name:
            self._refuse(place, "has no operationId", "give one, such as list_rooms: it becomes the function's name")
            return
        key = _snake(name)
        if not key.isidentifier() or keyword.iskeyword(key):
            self._refuse(f"{place}/operationId", f"{name!r} is no name in Python", "give one of letters, digits and _")
        elif key in names:
            self._refuse(f"{place}/operationId", f"{name!r} is the name of {names[key]}, too", "give another one")
        names[key] = f"#{place}"
        tags = operation.get("tags", [])
        if len(tags) != 1:
            self._refuse(f"{place}/tags", f"{len(tags)} tags", "give one: it becomes client.TAG")
        elif _snake(str(tags[0])) in _CLIENT:
            self._refuse(f"{place}/tags/0", f"{tags[0]!r} would hide an attribute of the clients", "give another one")
        self._parameters(operation, place)
        if "requestBody" in operation:
            self._request_body(operation, place)
        self._responses(operation, place)

    def _request_body(self, operation: dict[str, Any], place: str) -> None:
        place = f"{place}/requestBody"
        try:
            body, place = self._resolved(operation["requestBody"], place)
        except Unsupported as error:
            self._refuse(place, str(error), "correct it")
            return
        if not body.get("x-prepared"):
            self._require_known(body, "request body", place)
            self._body(body, place, f"{_pascal(str(operation.get('operationId')))}Body")
            body["x-prepared"] = True

    def _body(self, holder: dict[str, Any], place: str, name: str) -> None:
        """Rewrite the one body of a request or a response."""
        content = self._mapping(holder.get("content", {}), f"{place}/content")
        if list(content) != ["application/json"]:
            shown = ", ".join(content) or "none"
            self._refuse(f"{place}/content", f"bodies in {shown} are not supported", "give one in application/json")
            return
        place = f"{place}/content/application~1json"
        media = self._mapping(content["application/json"], place)
        self._require_known(media, "media type", place)
        media["schema"] = self._rewritten(media.get("schema", {}), f"{place}/schema", name)
        if self._kinds(media["schema"]) != {"object"} or "$ref" not in media["schema"]:
            self._refuse(f"{place}/schema", "a body that is no object with properties", "give one with properties")

    def _parameters(self, holder: dict[str, Any], place: str) -> None:
        for index, each in enumerate(holder.get("parameters", ())):
            at = f"{place}/parameters/{index}"
            try:
                parameter, at = self._resolved(each, at)
            except Unsupported as error:
                self._refuse(at, str(error), "correct it")
                continue
            self._parameter(parameter, at)

    def _parameter(self, parameter: dict[str, Any], place: str) -> None:
        if parameter.get("x-prepared"):
            return
        self._require_known(parameter, "parameter", place)
        where = parameter.get("in")
        if where not in {"query", "path", "header"}:
            self._refuse(
                f"{place}/in", f"a parameter in {where} is not supported", "leave it out, or write its template"
            )
            return
        styles = {"form", "spaceDelimited", "pipeDelimited"} if where == "query" else {"simple"}
        style = parameter.get("style", "form" if where == "query" else "simple")
        if style not in styles or (style in {"spaceDelimited", "pipeDelimited"} and parameter.get("explode", False)):
            self._refuse(place, f"the style {style} is not supported", f"give one of {', '.join(sorted(styles))}")
        for key in ("allowReserved", "allowEmptyValue"):
            if parameter.get(key):
                self._refuse(f"{place}/{key}", f"{key} is not supported", "leave it out")
        if "schema" not in parameter:
            return
        name = _pascal(str(parameter.get("name", "")))
        parameter["schema"] = self._rewritten(parameter["schema"], f"{place}/schema", name)
        kinds = self._kinds(parameter["schema"])
        allowed = {"string", "number", "boolean"} | ({"array"} if where == "query" else set())
        if not kinds <= allowed:
            kind = ", ".join(sorted(kinds - allowed)) or "nothing"
            self._refuse(
                f"{place}/schema",
                f"{kind} in a {where} parameter is not supported",
                f"give {' or '.join(sorted(allowed))}",
            )
        parameter["x-prepared"] = True

    def _responses(self, operation: dict[str, Any], place: str) -> None:
        responses = self._mapping(operation.get("responses", {}), f"{place}/responses")
        bodies: dict[bool, set[str]] = {True: set(), False: set()}
        for status, each in responses.items():
            at = f"{place}/responses/{status}"
            try:
                response, at = self._resolved(each, at)
            except Unsupported as error:
                self._refuse(at, str(error), "correct it")
                continue
            is_success = str(status).startswith("2")
            if is_success and not re.fullmatch("2[0-9][0-9]", str(status)):
                self._refuse(at, f"the status {status} is not supported", "name the statuses that there are")
            if not response.get("x-prepared"):
                self._require_known(response, "response", at)
                if response.get("content") or not is_success:
                    kind = "Answer" if is_success else f"Error{status}"
                    self._body(response, at, f"{_pascal(str(operation.get('operationId')))}{kind}")
                response["x-prepared"] = True
            bodies[is_success].add(body_class(response))
        for is_success, what in ((True, "success"), (False, "errors")):
            if len(bodies[is_success]) != 1:
                shown = ", ".join(sorted(each or "none" for each in bodies[is_success])) or "no response"
                self._refuse(
                    f"{place}/responses", f"bodies of {what}: {shown}", "one schema for all of them is supported"
                )

    # Schemas

    def _rewritten(self, schema: Any, place: str, name: str, *, is_named: bool = False) -> Any:
        """A schema as the templates take it: objects with properties and enums are components."""
        if schema is True or schema == {}:
            return {}
        if not isinstance(schema, dict):
            self._refuse(place, f"{schema!r} in the place of a schema is not supported", "give a mapping")
            return {}
        self._require_known(schema, "schema", place)
        if "$ref" in schema:
            return self._reference(schema, place)
        if isinstance(schema.get("allOf"), list):
            schema = self._merged(schema, place)
            if "$ref" in schema:
                return self._reference(schema, place)
        schema, is_nullable = self._without_null(schema, place, name)
        if not is_named and ("enum" in schema or "properties" in schema):
            title = self._free_name(_pascal(name) or "Value")
            self._schemas[title] = schema
            schema = {"$ref": f"#/components/schemas/{title}"}
            self._schemas[title] = self._inside(self._schemas[title], f"{place}", title)
        else:
            schema = self._inside(schema, place, name)
        if not is_nullable:
            return schema
        if is_named and ("enum" in schema or "properties" in schema):
            self._refuse(place, "a component that may be null is not supported", "say so where it is used, with anyOf")
        if "anyOf" in schema:
            return {**schema, "anyOf": [*schema["anyOf"], {"type": "null"}]}
        if isinstance(schema.get("type"), str):
            return {**schema, "type": [schema["type"], "null"]}
        notes = {key: schema.pop(key) for key in [*schema] if key in _NOTES or key.startswith("x-")}
        return {**notes, "anyOf": [schema, {"type": "null"}]} if schema else notes

    def _inside(self, schema: dict[str, Any], place: str, name: str) -> dict[str, Any]:
        """Rewrite what stands in a schema."""
        for key, each in (schema.get("properties") or {}).items():
            if not _snake(key).isidentifier() and not f"field_{_snake(key)}".isidentifier():
                self._refuse(
                    f"{place}/properties/{_escaped(key)}", f"{key!r} makes no name in Python", "give another one"
                )
            at = f"{place}/properties/{_escaped(key)}"
            schema["properties"][key] = self._rewritten(each, at, f"{name} {key}")
        if schema.get("type") == "array" or "items" in schema:
            schema["items"] = self._rewritten(schema.get("items", {}), f"{place}/items", f"{name} item")
        additional = schema.get("additionalProperties")
        if isinstance(additional, dict) and additional:
            if schema.get("properties"):
                self._refuse(
                    f"{place}/additionalProperties",
                    "properties beside a schema for all others are not supported",
                    "put the others into a property of their own",
                )
            schema["additionalProperties"] = self._rewritten(
                additional, f"{place}/additionalProperties", f"{name} value"
            )
        if "enum" in schema:
            self._enum(schema, place)
        return schema

    def _enum(self, schema: dict[str, Any], place: str) -> None:
        values = schema["enum"]
        kinds = {type(each) for each in values} if isinstance(values, list) else set()
        if kinds == {int}:
            return
        if kinds != {str}:
            self._refuse(
                f"{place}/enum", "an enum of neither texts nor integers is not supported", "leave the enum out"
            )
            return
        if "x-enum-varnames" in schema:
            return
        keys = [re.sub(r"\W+", "_", each).strip("_").upper() for each in values]
        if len(set(keys)) < len(keys) or not all(each[:1].isalpha() for each in keys):
            taken: set[str] = set()
            for number, key in enumerate(keys):
                base = found = key if key[:1].isalpha() else f"VALUE_{key or number}"
                while found in taken:
                    found = f"{base}_{number}"
                taken.add(found)
                keys[number] = found
            schema["x-enum-varnames"] = keys

    def _reference(self, schema: dict[str, Any], place: str) -> dict[str, Any]:
        try:
            self._resolved(schema, place)
        except Unsupported as error:
            self._refuse(place, str(error), "correct it")
            return {}
        if not str(schema["$ref"]).startswith("#/components/schemas/"):
            self._refuse(place, f"a reference to {schema['$ref']}", "put the schema into #/components/schemas")
        beside = {key for key in schema if key not in _NOTES | {"$ref"} and not key.startswith("x-")}
        if beside - _LIMITS:
            shown = ", ".join(sorted(beside - _LIMITS))
            self._refuse(place, f"{shown} beside a $ref is not supported", "put both into an allOf")
        return schema

    def _resolved(self, node: Any, place: str) -> tuple[dict[str, Any], str]:
        """Follow references within the document; raises Unsupported."""
        seen: list[str] = []
        while isinstance(node, dict) and "$ref" in node:
            reference = str(node["$ref"])
            if not reference.startswith("#/"):
                raise Unsupported(f"the reference {reference} leads out of the document")
            if reference in seen:
                raise Unsupported(f"the reference {reference} leads in a circle")
            seen.append(reference)
            found: Any = self.document
            for step in reference[2:].split("/"):
                key = step.replace("~1", "/").replace("~0", "~")
                if not isinstance(found, dict) or key not in found:
                    raise Unsupported(f"the reference {reference} leads nowhere")
                found = found[key]
            node, place = found, reference[1:]
        if not isinstance(node, dict):
            raise Unsupported(f"is no mapping, but {type(node).__name__}")
        return node, place

    def _merged(self, schema: dict[str, Any], place: str, above: tuple[str, ...] = ()) -> dict[str, Any]:
        """An allOf as one schema: the properties of all, and what any of them requires."""
        own = {key: value for key, value in schema.items() if key != "allOf"}
        branches = list(schema["allOf"])
        if len(branches) == 1 and not own.keys() - _NOTES - {key for key in own if key.startswith("x-")}:
            only = branches[0]
            if isinstance(only, dict) and "allOf" not in only:
                return {**only, **own}
        made: dict[str, Any] = {}
        for index, each in enumerate([*branches, own]):
            at = f"{place}/allOf/{index}" if index < len(branches) else place
            try:
                part, where = self._resolved(each, at)
            except Unsupported as error:
                self._refuse(at, str(error), "correct it")
                continue
            if where in above:
                self._refuse(at, "a schema that consists of itself", "take it out of its own allOf")
                continue
            if "allOf" in part:
                part = self._merged(part, where, (*above, where))
            if part is not own and part.keys() & {"anyOf", "oneOf"}:
                self._refuse(at, "branches within an allOf are not supported", "give one schema")
            for key, value in copy.deepcopy(part).items():
                self._merge(made, key, value, at)
        return made

    def _merge(self, made: dict[str, Any], key: str, value: Any, place: str) -> None:
        if key == "properties":
            both = made.setdefault("properties", {})
            for name, each in value.items():
                if name in both and both[name] != each:
                    self._refuse(
                        f"{place}/properties/{name}", "is written otherwise in another part of the allOf", "keep one"
                    )
                both[name] = each
        elif key == "required":
            made["required"] = list(dict.fromkeys([*made.get("required", ()), *value]))
        elif key == "type" and made.get("type", value) != value:
            self._refuse(f"{place}/type", "is another one in another part of the allOf", "give one type")
        elif key == "enum" and "enum" in made:
            made["enum"] = [each for each in made["enum"] if each in value]
        else:
            made[key] = value

    def _without_null(self, schema: dict[str, Any], place: str, name: str) -> tuple[dict[str, Any], bool]:
        """A schema without its forms of null, and whether it had one; branches that are left are rewritten."""
        schema = dict(schema)
        is_nullable = schema.pop("nullable", False) is True
        kinds = schema.get("type")
        if isinstance(kinds, list):
            named = [each for each in kinds if each != "null"]
            is_nullable |= len(named) < len(kinds)
            if len(named) > 1:
                schema["anyOf"] = [{"type": each} for each in named]
                schema.pop("type")
            elif named:
                schema["type"] = named[0]
        if isinstance(schema.get("enum"), list) and None in schema["enum"]:
            is_nullable = True
            schema["enum"] = [each for each in schema["enum"] if each is not None]
        for keyword_ in ("anyOf", "oneOf"):
            if not isinstance(schema.get(keyword_), list):
                continue
            # One of several is what any of them is: the client judges nothing.
            every = schema.pop(keyword_)
            branches = [each for each in every if each not in ({"type": "null"}, {"enum": [None]}, {"const": None})]
            is_nullable |= len(branches) < len(every)
            written = [
                self._rewritten(
                    each, f"{place}/{keyword_}/{index}", f"{name} {index + 1}" if len(branches) > 1 else name
                )
                for index, each in enumerate(branches)
            ]
            schema.pop("discriminator", None)  # The property that it names is one of those of the branches.
            schema = self._of_branches(schema, written, place, name)
        return schema, is_nullable

    def _of_branches(self, schema: dict[str, Any], written: list[Any], place: str, name: str) -> dict[str, Any]:
        objects = [each for each in written if self._kinds(each) == {"object"} and "properties" in self.resolved(each)]
        if len(objects) > 1:
            others = [each for each in written if each not in objects]
            return self._of_branches(schema, [self._of_objects(objects, place, name), *others], place, name)
        if len(written) == 1:
            only = written[0]
            return {**only, **{key: value for key, value in schema.items() if key in _NOTES or key.startswith("x-")}}
        kinds = [self._kinds(each) for each in written]
        if sum(map(len, kinds)) > len(set().union(*kinds)) or not all(kinds):
            self._refuse(
                place, "branches of the same JSON type cannot be told apart", "give one schema with all properties"
            )
            return {key: value for key, value in schema.items() if key in _NOTES}
        return {**schema, "anyOf": written}

    def _of_objects(self, branches: list[Any], place: str, name: str) -> dict[str, Any]:
        """Objects of which a value is one, as one class: it has the properties of all, and requires what all require.

        Nothing is lost in it, and nothing must be told apart; which of them a value is, its properties say.
        """
        found = [self.resolved(each) for each in branches]
        properties: dict[str, list[Any]] = {}
        for each in found:
            for key, value in each["properties"].items():
                properties.setdefault(key, []).append(value)
        names = [str(each["$ref"]).rpartition("/")[2] for each in branches if "$ref" in each]
        title = self._free_name(_pascal(name) or "Value")
        self._schemas[title] = {
            "type": "object",
            "description": f"One of {', '.join(names)}: it has the properties of all.",
            "required": sorted(set.intersection(*(set(each.get("required", ())) for each in found))),
            "properties": {
                key: self._of_values(values, f"{place}/{_escaped(key)}", f"{name} {key}")
                for key, values in properties.items()
            },
        }
        return {"$ref": f"#/components/schemas/{title}"}

    def _of_values(self, values: list[Any], place: str, name: str) -> Any:
        """The schemas of one property in several objects, as one."""
        plain = [{key: value for key, value in each.items() if key not in _NOTES} for each in values]
        if all(each == plain[0] for each in plain):
            return values[0]
        enums = [self.resolved(each) for each in values]
        texts = [
            each["enum"] if "enum" in each else [each["const"]] for each in enums if "enum" in each or "const" in each
        ]
        if len(texts) == len(values) and all(isinstance(each, str) for some in texts for each in some):
            merged = {"type": "string", "enum": list(dict.fromkeys(each for some in texts for each in some))}
            return self._rewritten(merged, place, name)
        if all(isinstance(each.get("type"), str) and each["type"] == plain[0].get("type") for each in plain):
            kind = plain[0]["type"]
            if kind not in {"array", "object"}:
                return {"type": kind}
        return self._of_branches({}, values, place, name)

    def _kinds(self, schema: Any) -> set[str]:
        """The JSON types of a rewritten schema, integers as numbers, without null; empty for any."""
        try:
            schema, _ = self._resolved(schema, "")
        except Unsupported:
            return set()
        if "anyOf" in schema:
            return set().union(*(self._kinds(each) for each in schema["anyOf"] if each != {"type": "null"}))
        if "enum" in schema:
            return {"number" if isinstance(schema["enum"][0], int) else "string"} if schema["enum"] else set()
        if isinstance(schema.get("const"), str):
            return {"string"}
        if "properties" in schema or "additionalProperties" in schema:
            return {"object"}
        kind = next((each for each in as_list(schema.get("type")) if each != "null"), None)
        return {_PRIMITIVES.get(kind, kind)} if isinstance(kind, str) else set()

    def _free_name(self, name: str) -> str:
        found, number = name, 2
        while found in self._schemas:
            found, number = f"{name}{number}", number + 1
        return found

    def _require_own_names(self) -> None:
        """Refuse names that would hide what the package itself needs."""
        modules: dict[str, str] = {}
        for name, schema in self._schemas.items():
            place = f"/components/schemas/{_escaped(str(name))}"
            if _pascal(str(name)) in _PACKAGE:
                self._refuse(place, f"{name} is a name of the client's package", "rename the component")
            other = modules.setdefault(_pascal(str(name)).lower(), str(name))
            if other != name:
                self._refuse(place, f"{name} and {other} become the same class", "rename one")
            if isinstance(schema, dict):
                schema.pop("title", None)  # The generator would make the class's name of it.


def credentials(document: Mapping[str, Any], name: str) -> tuple[str, str] | None:
    """The kind of a security scheme and its header: ``("bearer", "Authorization")``; None for what is not supported."""
    scheme = document["components"].get("securitySchemes", {}).get(name, {})
    kind = str(scheme.get("scheme")).lower()
    if scheme.get("type") == "http" and kind in {"basic", "bearer"}:
        return kind, "Authorization"
    if scheme.get("type") == "apiKey" and scheme.get("in") == "header" and isinstance(scheme.get("name"), str):
        return "key", scheme["name"]
    return None


def body_class(holder: Mapping[str, Any]) -> str:
    """The component that is the body of a rewritten request or response; ``""`` for no body."""
    content: Any = next(iter((holder.get("content") or {}).values()), {})
    return str(content.get("schema", {}).get("$ref", "")).rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def as_list(value: Any) -> list[Any]:
    """A value that may stand alone, as a list: of ``type``."""
    return value if isinstance(value, list) else [] if value is None else [value]


def _escaped(step: str) -> str:
    return step.replace("~", "~0").replace("/", "~1")


def _snake(text: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", re.sub(r"\W+", "_", text)).lower().strip("_")


def _pascal(text: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[\W_]+", text) if word)
