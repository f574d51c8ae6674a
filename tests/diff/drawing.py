"""Documents as people write them, with slots where something is edited: what each edit reaches is known by drawing.

A document is drawn as a tree in which a Slot stands for what differs; `rendered` gives either side of it. The places of
a slot are found by a walk of its own, which knows nothing of the code under test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

from tests.diff.edits import (
    ABSENT,
    BODIES,
    DEPRECATION,
    HEADERS,
    HIDING,
    MEDIA_TYPES,
    OPERATIONS,
    PARAMETERS,
    SCHEMAS,
    SECURITY,
    SERVERS,
    STATUSES,
    Edit,
)

Document = dict[str, Any]
Found = tuple[str, str, str]
REQUEST, RESPONSE = "request", "response"
JSON = "application/json"


@dataclass(eq=False)
class Slot:
    """A node that an edit may change.

    Attributes:
        kind: What stands here: ``schema``, ``branch``, ``parameter``, ``header`` and so on.
        neutral: What stands here without an edit.
        key: The key under which it stands, if the edit tells it.
        edit: What is done to it.
    """

    kind: str
    neutral: Any
    key: str = ""
    edit: Edit | None = None

    def side(self, *, is_new: bool) -> Any:
        """What the old or the new document says here."""
        if self.edit is None:
            return self.neutral
        return self.edit.after if is_new else self.edit.before


def rendered(node: Any, *, is_new: bool) -> Any:
    """A tree with its slots filled."""
    if isinstance(node, Slot):
        return rendered(node.side(is_new=is_new), is_new=is_new)
    if isinstance(node, Mapping):
        pairs = ((value.key or key if isinstance(value, Slot) else key, value) for key, value in node.items())
        made = {key: rendered(value, is_new=is_new) for key, value in pairs}
        return {key: value for key, value in made.items() if value is not ABSENT}
    if isinstance(node, (list, tuple)):
        return [each for each in (rendered(each, is_new=is_new) for each in node) if each is not ABSENT]
    return node


@dataclass(frozen=True)
class At:
    """Where a walk stands."""

    operation: str
    side: str
    place: str
    direction: str

    def below(self, step: str) -> At:
        return At(self.operation, self.side, self.place + step, self.direction)


@dataclass
class Walk:
    """Finds all places of all slots of a document."""

    document: Document
    found: list[tuple[Slot, At]] = field(default_factory=list)

    def places(self) -> list[tuple[Slot, At]]:
        for template, item in self.document["paths"].items():
            self._item(item, template, is_received=False)
        for name, item in self.document.get("webhooks", {}).items():
            self._item(item, f"webhook:{name}", is_received=True)
        return self.found

    def _meet(self, slot: Slot, at: At) -> None:
        if (slot, at) not in self.found:
            self.found.append((slot, at))

    def _target(self, node: Any) -> Any:
        while isinstance(node, dict) and "$ref" in node:
            target: Any = self.document
            for step in node["$ref"].removeprefix("#/").split("/"):
                target = target[step]
            node = target
        return node

    def _item(self, item: Mapping[str, Any], name: str, *, is_received: bool) -> None:
        for method, node in item.items():
            if method in {"parameters", "servers"}:
                continue
            full = f"{method.upper()} {name}"
            if isinstance(node, Slot):
                self._meet(node, At(full, "", "", REQUEST))
            else:
                shared = item.get("parameters", ())
                self._operation({**node, "parameters": [*shared, *node.get("parameters", ())]}, full, is_received)

    def _operation(self, node: Mapping[str, Any], name: str, is_received: bool) -> None:
        sent, got = (RESPONSE, REQUEST) if is_received else (REQUEST, RESPONSE)
        for key in ("deprecated", "security", "servers"):
            if isinstance(node.get(key), Slot):
                place = {"deprecated": "", "security": "security", "servers": "server"}[key]
                self._meet(node[key], At(name, "", place, REQUEST))
        for each in node["parameters"]:
            parameter = self._target(each)
            if isinstance(parameter, Slot):
                sides = [
                    side for side in (parameter.side(is_new=False), parameter.side(is_new=True)) if side is not ABSENT
                ]
                for side in sides[:1]:
                    self._meet(parameter, At(name, "request", f"{side['in']}:{side['name']}", sent))
            else:
                at = At(name, "request", f"{parameter['in']}:{parameter['name']}", sent)
                self._schema(parameter["schema"], at)
        body = self._target(node.get("requestBody", {}))
        if isinstance(body, Slot):
            self._meet(body, At(name, "request", "body", sent))
        else:
            self._content(body, name, "request", sent)
        for status, each in node["responses"].items():
            response = self._target(each)
            if isinstance(response, Slot):
                self._meet(response, At(name, f"response {response.key}", "status", got))
                continue
            for header, value in response.get("headers", {}).items():
                if isinstance(value, Slot):
                    self._meet(value, At(name, f"response {status}", f"header:{header}", got))
                else:
                    self._schema(value["schema"], At(name, f"response {status}", f"header:{header}", got))
            self._content(response, name, f"response {status}", got)
        for label, callback in node.get("callbacks", {}).items():
            for address, item in callback.items():
                for method, inner in item.items():
                    self._operation(
                        {"parameters": [], **inner},
                        f"{name} {method.upper()} callback:{label} {address}",
                        not is_received,
                    )

    def _content(self, node: Mapping[str, Any], name: str, side: str, direction: str) -> None:
        for media_type, value in node.get("content", {}).items():
            if isinstance(value, Slot):
                self._meet(value, At(name, f"{side} {value.key}", "", direction))
            else:
                self._schema(value["schema"], At(name, f"{side} {media_type}", "", direction))

    def _schema(self, node: Any, at: At, entered: tuple[int, ...] = ()) -> None:
        if isinstance(node, Slot):
            self._meet(node, at)
            return
        if "$ref" in node:
            target = self._target(node)
            if id(target) not in entered:
                self._schema(target, at, (*entered, id(target)))
            return
        for name, value in node.get("properties", {}).items():
            hidden = "readOnly" if at.direction == REQUEST else "writeOnly"
            if not (isinstance(value, dict) and value.get(hidden)):
                self._schema(value, at.below(f"/{name}"), entered)
        for keyword, step in (("items", "/*"), ("additionalProperties", "/{}")):
            if isinstance(node.get(keyword), (dict, Slot)):
                self._schema(node[keyword], at.below(step), entered)
        members = [each for each in node.get("allOf", ()) if isinstance(each, Slot) or each.keys() - {"description"}]
        for each in members:
            # A schema with others beside it is another one than by itself: what it holds of its own kind is new.
            inner = self._target(each) if len(members) > 1 else each
            self._schema(inner, at, entered)
        for keyword in ("oneOf", "anyOf"):
            branches = [each for each in node.get(keyword, ()) if each != {"type": "null"}]
            for index, each in enumerate(branches):
                label = str(index)
                if isinstance(each, dict):
                    label = each["$ref"].rpartition("/")[2] if "$ref" in each else each.get("title", label)
                self._schema(each, at.below(f"<{label}>") if len(branches) > 1 else at, entered)


# Facet, change, value, before, after, impact and all places.
Expected = tuple[str, str, Any, Any, Any, str, tuple[Found, ...]]


def expected(document: Document) -> list[Expected]:
    """What has to be told of the edits in a document."""
    reached: dict[tuple[Slot, str], set[Found]] = {}
    for slot, at in Walk(document).places():
        edit = slot.edit
        if edit is None:
            continue
        impact = edit.request if at.direction == REQUEST else edit.response
        reached.setdefault((slot, impact), set()).add((at.operation, at.side, at.place + edit.step))
    found: list[Expected] = []
    for (slot, rating), places in reached.items():
        edit = slot.edit
        assert edit is not None
        told = edit.told
        if slot.kind == "operation":
            name = next(iter(places))[0]
            told = (None, name) if edit.change == "added" else (name, None)
        found.append((edit.facet, edit.change, edit.value, *told, rating, tuple(sorted(places))))
    return sorted(found, key=repr)


@dataclass
class Drawing:
    """Draws one document."""

    draw: Callable[..., Any]
    version: str
    slots: list[Slot] = field(default_factory=list)
    number: int = 0
    objects: list[str] = field(default_factory=list)
    components: dict[str, Any] = field(default_factory=dict)

    def name(self, stem: str) -> str:
        self.number += 1
        return f"{stem}_{self.number}"

    def chance(self) -> bool:
        return bool(self.draw(st.booleans()))

    def slot(self, kind: str, neutral: Any, key: str = "") -> Slot:
        self.slots.append(Slot(kind, neutral, key))
        return self.slots[-1]

    def leaf(self, kind: str = "schema") -> Slot:
        edits = [each for each in SCHEMAS.values() if each.fits(self.version) and is_fit(each, kind)]
        return self.slot(kind, self.draw(st.sampled_from(edits)).before)

    def object(self, depth: int, title: str = "") -> dict[str, Any]:
        names = [self.name("field") for _ in range(self.draw(st.integers(1, 3)))]
        made: dict[str, Any] = {"type": "object", "properties": {name: self.property(depth - 1) for name in names}}
        if title:
            made["title"] = title
        if self.chance():
            made["required"] = names[:1]
        return made

    def property(self, depth: int) -> Any:
        kind = self.draw(st.sampled_from(["plain", "plain", "plain", "readOnly", "writeOnly"]))
        schema = self.schema(depth)
        return schema if kind == "plain" else {"allOf": [schema], kind: True}

    def schema(self, depth: int) -> Any:
        kinds = ["leaf", "leaf", "reference"]
        if depth > 0:
            kinds += ["array", "map", "object", "union", "allOf", "null"]
        kind = self.draw(st.sampled_from(kinds))
        if kind == "reference" and self.components:
            return {"$ref": f"#/components/schemas/{self.draw(st.sampled_from(sorted(self.components)))}"}
        if kind == "array":
            return {"type": "array", "items": self.held(depth - 1)}
        if kind == "map":
            return {"type": "object", "additionalProperties": self.held(depth - 1)}
        if kind == "object":
            return self.object(depth)
        if kind == "union":
            return self.union(depth)
        if kind == "allOf":
            others = [{"description": "Said more."}, *([{}] if self.chance() else [])]
            return {"allOf": [*others, self.leaf()] if self.chance() else [self.leaf(), *others]}
        if kind == "null":
            schema = self.object(depth) if self.chance() else self.leaf("below null")
            if self.version == "3.1.0":
                return {"anyOf": [schema, {"type": "null"}]}
            return {"allOf": [schema], "nullable": True}
        return self.leaf()

    def held(self, depth: int) -> Any:
        """A schema of items or values: one that allows any is the same as none."""
        return self.leaf("held") if self.chance() else self.object(depth)

    def union(self, depth: int) -> dict[str, Any]:
        branches: list[Any] = [self.object(depth - 1, title=self.name("Kind"))]
        if self.objects and self.chance():
            branches.append({"$ref": f"#/components/schemas/{self.draw(st.sampled_from(self.objects))}"})
        if self.chance():
            branches.append(self.leaf("branch"))
        if len(branches) == 1 or self.chance():
            branches.append(self.object(depth - 1))
        return {self.draw(st.sampled_from(["oneOf", "anyOf"])): branches}

    def component(self) -> None:
        name = self.name("Thing")
        kind = self.draw(st.sampled_from(["object", "object", "leaf", "union", "allOf", "recursive"]))
        if kind == "leaf":
            made: Any = self.leaf()
        elif kind == "union":
            made = self.union(2)
        elif kind == "allOf" and self.objects:
            base = {"$ref": f"#/components/schemas/{self.draw(st.sampled_from(self.objects))}"}
            made = {"allOf": [base, self.object(2)]}
        else:
            made = self.object(2)
            if kind == "recursive":
                made["properties"]["parts"] = {"type": "array", "items": {"$ref": f"#/components/schemas/{name}"}}
        if kind != "leaf" and "properties" in made:
            self.objects.append(name)
        self.components[name] = made

    def content(self) -> dict[str, Any]:
        made: dict[str, Any] = {JSON: {"schema": self.schema(2)}}
        if self.chance():
            made["text/csv"] = self.slot("media type", ABSENT, "text/csv")
        return made

    def response(self) -> dict[str, Any]:
        made: dict[str, Any] = {"description": "What comes.", "content": self.content()}
        if self.chance():
            made["headers"] = {"Limit": self.slot("header", ABSENT), "Retry-After": {"schema": self.leaf()}}
        return made

    def operation(self, *, has_body: bool) -> dict[str, Any]:
        made: dict[str, Any] = {
            "operationId": self.name("operation"),
            "parameters": [],
            "responses": {"200": self.response(), "more": self.slot("status", ABSENT)},
            "deprecated": self.slot("deprecated", ABSENT),
            "security": self.slot("security", [{"basic": []}]),
            "servers": self.slot("servers", [{"url": "/"}]),
        }
        for name in ("security", "servers"):
            if self.chance():
                self.slots.remove(made.pop(name))
        if has_body:
            made["requestBody"] = {"content": self.content()} if self.chance() else self.slot("body", ABSENT)
        if self.chance():
            made["parameters"].append({"name": "Filter", "in": "query", "schema": self.schema(1)})
        return made

    def document(self) -> Document:
        for _ in range(self.draw(st.integers(0, 3))):
            self.component()
        paths: dict[str, Any] = {}
        for template in self.draw(st.sampled_from([["/rooms"], ["/rooms/{RoomSid}"], ["/rooms", "/rooms/{RoomSid}"]])):
            methods = self.draw(st.sampled_from([["get"], ["post"], ["get", "put"]]))
            item: dict[str, Any] = {method: self.operation(has_body=method != "get") for method in methods}
            if self.chance():
                item["patch"] = self.slot("operation", ABSENT)
            shared: list[Any] = []
            if "{RoomSid}" in template:
                shared.append({"name": "RoomSid", "in": "path", "required": True, "schema": self.leaf()})
            holder = shared if self.chance() else item[methods[0]]["parameters"]
            holder.append(self.slot("parameter", ABSENT))
            if shared:
                item["parameters"] = shared
            paths[template] = item
        first = next(value for value in paths.values())
        operation = next(value for key, value in first.items() if isinstance(value, dict))
        if self.chance():
            received = {"requestBody": {"content": self.content()}, "responses": {"200": self.response()}}
            operation["callbacks"] = {"ended": {"{$request.query.url}": {"post": received}}}
        made: Document = {
            "openapi": self.version,
            "info": {"title": "Drawn", "version": "1"},
            "servers": [{"url": "https://api.example.com"}],
            "paths": paths,
            "components": {"schemas": self.components, "securitySchemes": SCHEMES},
        }
        if self.version == "3.1.0" and self.chance():
            received = {"requestBody": {"content": self.content()}, "responses": {"200": self.response()}}
            made["webhooks"] = {"room-ended": {"post": received}}
        return made


SCHEMES = {
    "basic": {"type": "http", "scheme": "basic"},
    "key": {"type": "apiKey", "name": "X-Key", "in": "header"},
    "oauth": {
        "type": "oauth2",
        "flows": {
            "clientCredentials": {
                "tokenUrl": "https://login.example.com/token",
                "scopes": {"read": "Read.", "write": "Write."},
            }
        },
    },
}


def is_fit(edit: Edit, kind: str) -> bool:
    """Whether an edit of schemas can be planted where a slot of this kind stands."""
    if kind == "branch":
        return not (edit.is_of_value or edit.has_branches) and "type" in edit.before and edit.facet != "items"
    if kind == "held":
        return bool(edit.before and edit.after)
    return kind == "schema" or not edit.is_of_value


def edits_of(slot: Slot, version: str) -> Iterator[tuple[Edit, str]]:
    """All edits that a slot can take, with the key that each needs."""
    if slot.kind in {"schema", "branch", "held", "below null"}:
        yield from ((each, "") for each in SCHEMAS.values() if each.fits(version) and is_fit(each, slot.kind))
    elif slot.kind == "status":
        yield from ((edit, status) for status, edit in STATUSES.values())
    else:
        tables: dict[str, dict[str, Edit]] = {
            "parameter": PARAMETERS,
            "header": HEADERS,
            "media type": MEDIA_TYPES,
            "body": BODIES,
            "operation": OPERATIONS,
            "security": SECURITY,
            "servers": SERVERS,
            "deprecated": DEPRECATION,
        }
        yield from ((each, slot.key) for each in tables[slot.kind].values())


@st.composite
def documents(draw: Callable[..., Any], most_edits: int = 5) -> Document:
    """A document with up to so many edits planted in it; with 0, none."""
    drawing = Drawing(draw, draw(st.sampled_from(["3.0.3", "3.1.0"])))
    made = drawing.document()
    if most_edits:
        at = {id(slot) for slot, _ in Walk(made).places()}
        reachable = [slot for slot in drawing.slots if id(slot) in at or slot.neutral is ABSENT]
        for slot in draw(st.lists(st.sampled_from(reachable), min_size=1, max_size=most_edits, unique_by=id)):
            slot.edit, slot.key = draw(st.sampled_from(list(edits_of(slot, drawing.version))))
    return made


__all__ = ["HIDING", "documents", "expected", "rendered"]


def everywhere(edit: Edit) -> tuple[Document, list[Slot]]:
    """A document with one edit of schemas in both directions: inline and shared, below a branch, a map, a list."""
    slots: list[Slot] = []

    def slot() -> Slot:
        slots.append(Slot("schema", edit.before, edit=edit))
        return slots[-1]

    def held(schema: Any) -> dict[str, Any]:
        return {"type": "object", "properties": {"own": schema}}

    def branches() -> dict[str, Any]:
        return {"oneOf": [{"title": "First", **held(slot())}, {"title": "Second", **held({"type": "boolean"})}]}

    def schemas() -> dict[str, Any]:
        return {
            "inline": slot(),
            "shared": {"$ref": "#/components/schemas/Shared"},
            "branch": branches(),
            "map": {"type": "object", "additionalProperties": held(slot())},
            "list": {"type": "array", "items": held(slot())},
            "merged": {"allOf": [held(slot()), {"type": "object", "properties": {"other": {"type": "string"}}}]},
            "tree": {"$ref": "#/components/schemas/Tree"},
        }

    def content() -> dict[str, Any]:
        return {JSON: {"schema": {"type": "object", "properties": schemas()}}}

    def operation() -> dict[str, Any]:
        return {"requestBody": {"content": content()}, "responses": {"200": {"description": "", "content": content()}}}

    tree = {
        "type": "object",
        "properties": {"own": slot(), "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}}},
    }
    document: Document = {
        "openapi": "3.0.3" if edit.version == "3.0" else "3.1.0",
        "info": {"title": "Everywhere", "version": "1"},
        "servers": [{"url": "/"}],
        "paths": {"/rooms": {"post": operation(), "put": operation()}},
        "components": {"schemas": {"Shared": slot(), "Tree": tree}},
    }
    document["paths"]["/rooms"]["post"]["callbacks"] = {"ended": {"{$request.body#/url}": {"post": operation()}}}
    if edit.version != "3.0":
        document["webhooks"] = {"ended": {"post": operation()}}
    return document, slots


def split(document: Document, *, is_one_each: bool) -> dict[str, Any]:
    """The document with its component schemas in another file, or each in one of its own."""
    schemas = document["components"]["schemas"]

    def moved(node: Any, *, from_root: bool) -> Any:
        if isinstance(node, list):
            return [moved(each, from_root=from_root) for each in node]
        if not isinstance(node, dict):
            return node
        made = {key: moved(value, from_root=from_root) for key, value in node.items()}
        if str(made.get("$ref", "")).startswith("#/components/schemas/"):
            name = made["$ref"].rpartition("/")[2]
            if is_one_each:
                made["$ref"] = f"schemas/{name}.json" if from_root else f"{name}.json"
            else:
                made["$ref"] = f"all.yaml#/{name}" if from_root else f"#/{name}"
        return made

    components = {key: value for key, value in document["components"].items() if key != "schemas"}
    root = moved({**document, "components": components}, from_root=True)
    each = {name: moved(schema, from_root=False) for name, schema in schemas.items()}
    if is_one_each:
        return {"": root} | {f"schemas/{name}.json": schema for name, schema in each.items()}
    return {"": root, "all.yaml": each}
