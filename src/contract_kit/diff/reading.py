"""A document, read into its contract."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from contract_kit.diff.composition import NOTES, Composition, canonical
from contract_kit.diff.contract import (
    ApiContract,
    Body,
    DocumentedOperation,
    DocumentedResponse,
    MediaType,
    Parameter,
    Security,
    Written,
)
from contract_kit.diff.source import DocumentSource, Place
from contract_kit.errors import UsageError

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_STYLES = {"query": "form", "path": "simple", "header": "simple", "cookie": "form"}
# OpenAPI ignores parameters of these names, and a response's Content-Type: their own fields say the same.
_IGNORED = {"accept", "content-type", "authorization"}


class Reader:
    """Reads one document.

    Args:
        source: Its files.
        only: Globs of path templates; empty for all.

    Attributes:
        composition: Makes the normal form of its schemas.
        remarks: What was read as meant though the letter says otherwise, each with its place.
    """

    def __init__(self, source: DocumentSource, only: Sequence[str] = ()) -> None:
        self.source = source
        self.remarks: dict[str, Place] = {}
        self._root = Place(source.root, "")
        data = source.root.data
        self._data: Mapping[str, Any] = data if isinstance(data, dict) else {}
        self.version = self._version()
        self.composition = Composition(source, self._remark, is_old=self.version.startswith("3.0"))
        self._only = [_glob(each) for each in only]
        self.matched: set[int] = set()

    def contract(self) -> ApiContract:
        """The contract of the document; raises FileError where it cannot be read."""
        operations: dict[str, DocumentedOperation] = {}
        for key, operation in self._operations():
            operations[key] = operation
        info = self._data.get("info")
        notes = {f"info.{key}": (value, self._root.below("info", key)) for key, value in _items(info)}
        for key, value in self._data.items():
            if key in {"tags", "externalDocs"} or key.startswith("x-"):
                notes[key] = value, self._root.below(key)
        return ApiContract(operations, notes)

    def _version(self) -> str:
        if not isinstance(self.source.root.data, dict):
            raise self.source.error(self._root, "is no OpenAPI document, but a list or a single value")
        for key in ("openapi", "swagger", "asyncapi", "arazzo", "overlay"):
            if key in self._data:
                version = str(self._data[key])
                if key == "openapi" and re.match(r"3\.[01](\.|$)", version):
                    return version
                name = {"openapi": "OpenAPI", "swagger": "Swagger", "asyncapi": "AsyncAPI"}.get(key, key.capitalize())
                raise self.source.error(
                    self._root.below(key),
                    f"is {name} {version}: only OpenAPI 3.0 and 3.1 are compared; convert it first",
                )
        raise self.source.error(self._root, "is no OpenAPI document: the key `openapi` is missing")

    def _remark(self, text: str, place: Place) -> None:
        self.remarks.setdefault(f"{place.file.path}#{place.pointer}: {text}", place)

    def _operations(self) -> Iterator[tuple[str, DocumentedOperation]]:
        paths = self._mapping(self._data.get("paths", {}), self._root.below("paths"), "paths")
        for template, item in paths.items():
            if template.startswith("x-") or not self._is_wanted(template):
                continue
            names = re.findall(r"\{([^{}]*)\}", template)
            key = re.sub(r"\{[^{}]*\}", "{}", template)
            yield from self._of_item(item, self._root.below("paths", template), template, key, names, is_received=False)
        for name, item in _items(self._data.get("webhooks")):
            if self._is_wanted(f"webhook:{name}"):
                place = self._root.below("webhooks", name)
                yield from self._of_item(item, place, f"webhook:{name}", f"webhook:{name}", [], is_received=True)

    def _is_wanted(self, template: str) -> bool:
        found = [index for index, glob in enumerate(self._only) if glob.fullmatch(template)]
        self.matched.update(found)
        return not self._only or bool(found)

    def _of_item(
        self, raw: Any, place: Place, template: str, key: str, names: list[str], *, is_received: bool
    ) -> Iterator[tuple[str, DocumentedOperation]]:
        beside = raw if isinstance(raw, dict) and "$ref" in raw else {}
        item, place = self._node(raw, place, "a path item")
        item = {**item, **{name: value for name, value in beside.items() if name != "$ref"}}
        for method in METHODS:
            if method in item:
                at = place.below(method)
                node = self._mapping(item[method], at, "an operation")
                name = f"{method.upper()} {template}"
                made = self._operation(node, at, item, place, name, names, is_received=is_received)
                yield f"{method.upper()} {key}", made

    def _operation(
        self,
        node: Mapping[str, Any],
        at: Place,
        item: Mapping[str, Any],
        above: Place,
        name: str,
        names: list[str],
        *,
        is_received: bool,
    ) -> DocumentedOperation:
        parameters: dict[tuple[str, str], Parameter] = {}
        for raw, place in (*_entries(item, above, "parameters"), *_entries(node, at, "parameters")):
            parameter = self._parameter(*self._node(raw, place, "a parameter"))
            key = parameter.name
            if parameter.location == "header":
                key = key.lower()
                if key in _IGNORED:
                    continue
            elif parameter.location == "path":
                key = str(names.index(key)) if key in names else key
            parameters[parameter.location, key] = parameter
        body = None
        if "requestBody" in node:
            raw, place = self._node(node["requestBody"], at.below("requestBody"), "a request body")
            body = Body(raw.get("required") is True, self._content(raw, place), _notes(raw), place)
        responses = {}
        for status, each in self._mapping(node.get("responses", {}), at.below("responses"), "responses").items():
            if not status.startswith("x-"):
                raw, place = self._node(each, at.below("responses", status), "a response")
                responses[status.upper() if status != "default" else status] = self._response(raw, place)
        callbacks = {}
        for label, each in _items(node.get("callbacks")):
            raw, place = self._node(each, at.below("callbacks", label), "a callback")
            for address, inner in raw.items():
                if not address.startswith("x-"):
                    template = f"callback:{label} {address}"
                    for key, made in self._of_item(
                        inner, place.below(address), template, template, [], is_received=not is_received
                    ):
                        renamed = DocumentedOperation(**{**vars(made), "name": f"{name} {made.name}"})
                        callbacks[key] = renamed
        return DocumentedOperation(
            name=name,
            is_received=is_received,
            parameters=parameters,
            body=body,
            responses=responses,
            security=self._security(node, at),
            servers=self._servers(node, at, item, above),
            deprecated=node.get("deprecated") is True,
            notes=_notes(node, {"tags", "operationId"}) | {f"path {key}": value for key, value in _notes(item).items()},
            callbacks=callbacks,
            place=at,
        )

    def _parameter(self, raw: Mapping[str, Any], place: Place, *, header: str = "") -> Parameter:
        location = "header" if header else str(raw.get("in", ""))
        name = header or str(raw.get("name", ""))
        if location not in _STYLES or not name:
            allowed = ", ".join(_STYLES)
            raise self.source.error(place, f"is no parameter: it needs a `name`, and an `in` that is one of {allowed}")
        style = str(raw.get("style", _STYLES[location]))
        settings = {
            "style": style,
            "explode": raw["explode"] if isinstance(raw.get("explode"), bool) else style == "form",
            **{key: raw.get(key) is True for key in ("allowReserved", "allowEmptyValue", "deprecated")},
        }
        schema = (Written(raw["schema"], place.below("schema")),) if "schema" in raw else ()
        return Parameter(
            location=location,
            name=name,
            required=raw.get("required") is True or location == "path",
            settings=settings,
            schema=schema,
            content=self._content(raw, place),
            notes=_notes(raw),
            place=place,
        )

    def _response(self, raw: Mapping[str, Any], place: Place) -> DocumentedResponse:
        headers = {}
        for name, each in _items(raw.get("headers")):
            if name.lower() != "content-type":
                node, at = self._node(each, place.below("headers", name), "a header")
                headers[name.lower()] = self._parameter(node, at, header=name)
        return DocumentedResponse(headers, self._content(raw, place), _notes(raw) | _notes(raw, {"links"}), place)

    def _content(self, raw: Mapping[str, Any], place: Place) -> dict[str, MediaType]:
        found = {}
        for name, each in _items(raw.get("content")):
            node, at = self._node(each, place.below("content", name), "a media type")
            schema = (Written(node["schema"], at.below("schema")),) if "schema" in node else ()
            found[_media_type(name)] = MediaType(schema, node.get("encoding") or None, _notes(node), at)
        return found

    def _security(self, node: Mapping[str, Any], at: Place) -> Security:
        holder, place = (node, at) if isinstance(node.get("security"), list) else (self._data, self._root)
        schemes = self._data.get("components", {})
        schemes = schemes.get("securitySchemes", {}) if isinstance(schemes, dict) else {}
        names: dict[str, str] = {}
        alternatives: list[dict[str, frozenset[str]]] = []
        written = holder.get("security")
        for each in written if isinstance(written, list) else []:
            alternative = {}
            for name, scopes in _items(each):
                raw = schemes.get(name) if isinstance(schemes, dict) else None
                if isinstance(raw, dict):
                    raw, _ = self._node(
                        raw, self._root.below("components", "securitySchemes", name), "a security scheme"
                    )
                key = canonical(_bare(raw)) if isinstance(raw, dict) else name
                names[key] = name
                alternative[key] = frozenset(map(str, scopes if isinstance(scopes, list) else ()))
            if alternative not in alternatives:
                alternatives.append(alternative)
        return Security(tuple(alternatives) or ({},), names, place.below("security") if written else place)

    def _servers(
        self, node: Mapping[str, Any], at: Place, item: Mapping[str, Any], above: Place
    ) -> dict[str, tuple[Any, Place]]:
        for holder, place in ((node, at), (item, above), (self._data, self._root)):
            servers = holder.get("servers")
            if isinstance(servers, list) and servers:
                found = {}
                for index, each in enumerate(servers):
                    server = self._mapping(each, place.below("servers", index), "a server")
                    variables = {name: _bare(value) for name, value in _items(server.get("variables"))}
                    url = str(server.get("url", "/"))
                    found[url.rstrip("/") or "/"] = variables, place.below("servers", index)
                return found
        return {"/": ({}, self._root)}

    def _node(self, raw: Any, place: Place, what: str) -> tuple[Mapping[str, Any], Place]:
        """A node with its references followed."""
        followed: set[int] = set()
        while True:
            node = self._mapping(raw, place, what)
            if not isinstance(node.get("$ref"), str):
                return node, place
            if id(node) in followed:
                raise self.source.error(place, "leads in a circle: this reference leads back to itself")
            followed.add(id(node))
            raw, place = self.source.target(node["$ref"], place)

    def _mapping(self, raw: Any, place: Place, what: str) -> Mapping[str, Any]:
        if not isinstance(raw, dict):
            raise self.source.error(place, f"{what} must be a mapping, found {type(raw).__name__}")
        return raw


def require_matches(old: Reader, new: Reader, globs: Sequence[str]) -> None:
    """Raise UsageError for a glob that matches no path template of either document."""
    for index, glob in enumerate(globs):
        if index not in old.matched | new.matched:
            raise UsageError(f"--only {glob} matches no path of either document: * is within a segment, ** across")


def _glob(text: str) -> re.Pattern[str]:
    """A glob of path templates: ``*`` within a segment, ``**`` across."""
    pieces = re.split(r"(\*\*|\*|\?)", text)
    patterns = {"**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(patterns.get(piece, re.escape(piece)) for piece in pieces), re.DOTALL)


def _items(raw: Any) -> Iterator[tuple[str, Any]]:
    yield from raw.items() if isinstance(raw, dict) else ()


def _entries(holder: Mapping[str, Any], place: Place, keyword: str) -> Iterator[tuple[Any, Place]]:
    written = holder.get(keyword)
    for index, each in enumerate(written if isinstance(written, list) else ()):
        yield each, place.below(keyword, index)


def _notes(raw: Mapping[str, Any], further: set[str] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    return {key: value for key, value in raw.items() if key in NOTES or key in further or key.startswith("x-")}


def _bare(raw: Any) -> Any:
    """A node without what cannot be seen on the wire; the scopes of a flow keep their names."""
    if isinstance(raw, list):
        return sorted((_bare(each) for each in raw), key=canonical)
    if not isinstance(raw, dict):
        return raw
    kept = {key: value for key, value in raw.items() if key != "description" and not key.startswith("x-")}
    return {key: None if key == "scopes" else _bare(value) for key, value in kept.items()}


def _media_type(name: str) -> str:
    """A media type in one form; that JSON is in UTF-8 goes without saying."""
    parts = [part.strip() for part in name.lower().split(";")]
    return ";".join([parts[0], *sorted(part for part in parts[1:] if part not in {"charset=utf-8", 'charset="utf-8"'})])
