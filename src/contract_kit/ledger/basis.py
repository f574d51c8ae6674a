"""Does the document say what the ledger says: each node rests on a subject or decision, and agrees with it.

The document is an OpenAPI 3.1 description as plain dicts and lists. ``x-basis`` stands under every operation,
parameter, header and schema property, and may stand elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contract_kit.document import METHODS
from contract_kit.ledger.conflicts import enum_statuses, expected
from contract_kit.ledger.facets import SCHEMA, Facets, comparable, show
from contract_kit.ledger.integrity import DECISIONS
from contract_kit.ledger.model import Ledger
from contract_kit.ledger.problem import Problem, unknown
from contract_kit.yaml_file import escape

DOCUMENT = "openapi/video-log-analyzer.yaml"

_REMEDY = 'correct the document, or add the claim and settle it (CONTRIBUTING.md, "Change the document")'
_KEYWORDS = {"minLength": "min_length", "maxLength": "max_length"}

LineOf = Callable[[str], int | None]
Validate = Callable[[str, int, Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class Node:
    """A node of the document: ``kind`` is operation, parameter, header or property; ``name`` is its name there."""

    kind: str
    name: str
    pointer: str
    data: Mapping[str, Any]

    @property
    def basis(self) -> str | None:
        """The subject or decision that it names."""
        return self.data.get("x-basis")


def document_problems(ledger: Ledger, document: Mapping[str, Any], line_of: LineOf) -> list[Problem]:
    """Where the document and the ledger differ; ``line_of`` gives the line of a JSON pointer in the document."""
    decisions = {decision.id for decision in ledger.decisions}
    bases = dict(_bases(document, ""))
    found = []
    for pointer, basis in bases.items():
        if basis not in ledger.subjects and basis not in decisions:
            text = (
                unknown("subject or decision", str(basis), {*ledger.subjects, *decisions})
                + ": name one that the ledger has"
            )
            found.append(Problem(DOCUMENT, line_of(pointer), pointer.rpartition("/")[2], text))
    for node in _nodes(document):
        if node.basis is None:
            text = f"this {node.kind} has no x-basis: name the subject of the ledger or the decision that it rests on"
            found.append(Problem(DOCUMENT, line_of(node.pointer), node.name, text))
        elif node.basis in ledger.subjects:
            texts = [*_disagreements(ledger, document, node, node.basis)]
            found += [Problem(DOCUMENT, line_of(node.pointer), node.name, text) for text in texts]
            found += _enums(ledger, document, node, node.basis, line_of)
    decided = {subject for decision in ledger.decisions for subject in decision.subjects}
    for subject in sorted({claim.subject for claim in ledger.claims} - decided - set(bases.values())):
        claim = ledger.subjects[subject][0]
        text = f"neither a node of the document nor a decision names its subject {subject}: add one of the two"
        found.append(Problem(claim.file, claim.line, claim.id, text))
    return list(dict.fromkeys(found))


def example_problems(ledger: Ledger, validate: Validate) -> list[Problem]:
    """Published examples against the document: ``validate(operation, status, body)`` gives (JSON pointer, keyword)."""
    found = []
    for example in ledger.examples:
        broken = set(validate(example.operation, example.status, example.body))
        explained = {(deviation.at, deviation.keyword): deviation.decision for deviation in example.deviations}
        for at, keyword in sorted(broken - explained.keys()):
            text = (
                f"deviates from the document at {at or 'the top'} ({keyword}), which no decision explains: "
                "correct the document, or add the deviation with its decision"
            )
            found.append(Problem(example.file, example.line, example.id, text))
        for at, keyword in sorted(explained.keys() - broken):
            text = (
                f"no longer deviates at {at or 'the top'} ({keyword}), which {explained[at, keyword]} explains: "
                "take the deviation out, or correct the document"
            )
            found.append(Problem(example.file, example.line, example.id, text))
    return found


def _bases(data: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Every ``x-basis``, by the pointer of the node that has it."""
    if isinstance(data, dict):
        if "x-basis" in data:
            yield pointer, data["x-basis"]
        for key, value in data.items():
            if key not in {"example", "examples"}:
                yield from _bases(value, f"{pointer}/{escape(str(key))}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _bases(value, f"{pointer}/{index}")


def _nodes(document: Mapping[str, Any]) -> Iterator[Node]:
    """Every node that must have a basis, where it is written (a ``$ref`` to a parameter or header has its own)."""
    components = document.get("components", {})
    for kind in ("parameter", "header"):
        for name, data in components.get(f"{kind}s", {}).items():
            yield from _carrier(kind, data.get("name", name), data, f"/components/{kind}s/{escape(name)}")
    for name, response in components.get("responses", {}).items():
        yield from _response(response, f"/components/responses/{escape(name)}")
    for name, schema in components.get("schemas", {}).items():
        yield from _properties(schema, f"/components/schemas/{escape(name)}")
    for path, item in document.get("paths", {}).items():
        pointer = f"/paths/{escape(path)}"
        yield from _parameters(item, pointer)
        for method in METHODS:
            if method in item:
                operation, below = item[method], f"{pointer}/{method}"
                yield Node("operation", operation.get("operationId", f"{method.upper()} {path}"), below, operation)
                yield from _parameters(operation, below)
                for status, response in operation.get("responses", {}).items():
                    yield from _response(response, f"{below}/responses/{escape(status)}")


def _parameters(owner: Mapping[str, Any], pointer: str) -> Iterator[Node]:
    for index, data in enumerate(owner.get("parameters", [])):
        yield from _carrier("parameter", data.get("name", ""), data, f"{pointer}/parameters/{index}")


def _response(response: Mapping[str, Any], pointer: str) -> Iterator[Node]:
    for name, data in response.get("headers", {}).items():
        yield from _carrier("header", name, data, f"{pointer}/headers/{escape(name)}")
    for media_type, content in response.get("content", {}).items():
        yield from _properties(content.get("schema", {}), f"{pointer}/content/{escape(media_type)}/schema")


def _carrier(kind: str, name: str, data: Mapping[str, Any], pointer: str) -> Iterator[Node]:
    """A parameter or header that is written here, and what its schema has inside."""
    if "$ref" not in data:
        yield Node(kind, name, pointer, data)
        yield from _properties(data.get("schema", {}), f"{pointer}/schema")


def _properties(schema: Any, pointer: str) -> Iterator[Node]:
    if not isinstance(schema, dict):
        return
    for name, data in schema.get("properties", {}).items():
        below = f"{pointer}/properties/{escape(name)}"
        yield Node("property", name, below, data)
        yield from _properties(data, below)
    for key in ("items", "additionalProperties"):
        yield from _properties(schema.get(key), f"{pointer}/{key}")
    for key in ("anyOf", "oneOf", "allOf"):
        for index, branch in enumerate(schema.get(key, [])):
            yield from _properties(branch, f"{pointer}/{key}/{index}")


def _disagreements(ledger: Ledger, document: Mapping[str, Any], node: Node, subject: str) -> Iterator[str]:
    """What the ledger expects of the subject and the node does not say, or the other way round."""
    wanted = expected(ledger, subject)
    here = _said(document, node)
    if node.kind in {"property", "parameter"} and node.name != wanted.get("name", subject.rpartition(".")[2]):
        yield f"rests on {subject}, a subject of another name: correct the x-basis or the name"
    for facet, value in here.items():
        want = wanted.get(facet)
        if facet.endswith("enum") and value is not None and want is not None:
            continue  # `_enums` says which values are too many or too few
        if comparable(value) != comparable(want):
            yield f"says {facet}: {show(value)}, where the ledger has {show(want)} for {subject}: {_REMEDY}"


def _said(document: Mapping[str, Any], node: Node) -> dict[str, Any]:
    """The facets that are compared for a node of its kind; None for one that it leaves out."""
    if node.kind == "operation":
        method, path = _route(node.pointer)
        return {"method": method, "path": path}
    schema = _resolve(document, node.data if node.kind == "property" else node.data.get("schema", {}), node.pointer)
    facets: dict[str, Any] = {facet: schema.facets.get(facet) for facet in _compared(schema.facets)}
    if node.kind == "parameter":
        facets |= {"in": node.data.get("in"), "required": node.data.get("required") or None}
    return facets


def _route(pointer: str) -> tuple[str, str]:
    """``/paths/~1v1~1Video/get`` → ``GET``, ``/v1/Video``."""
    _, _, path, method = pointer.split("/")
    return method.upper(), path.replace("~1", "/").replace("~0", "~")


def _compared(facets: Facets) -> frozenset[str]:
    """An object's properties are nodes of their own: of itself only the type, and whether it can be null."""
    compared = SCHEMA - {"required"}
    if facets.get("type") == "object":
        compared = frozenset({"type", "nullable"})
    elif facets.get("items.type") == "object":
        compared -= {"items.enum"}
    return compared


@dataclass(frozen=True)
class Schema:
    """A schema with its references followed: its facets, and where its ``enum`` stands, if it has one."""

    facets: Facets
    enum_at: str = ""
    enum_owner: Mapping[str, Any] | None = None


def _resolve(document: Mapping[str, Any], schema: Mapping[str, Any], pointer: str, prefix: str = "") -> Schema:
    """Follow ``$ref``, and read ``null`` beside a type, in an enum or as a branch as ``nullable``."""
    facets: dict[str, Any] = {}
    enum_at, enum_owner = "", None
    branches = [(schema["$ref"][1:], _at(document, schema["$ref"]))] if "$ref" in schema else []
    for key in ("anyOf", "oneOf", "allOf"):
        branches += [(f"{pointer}/{key}/{index}", branch) for index, branch in enumerate(schema.get(key, []))]
    for at, branch in branches:
        if branch.get("type") == "null":
            facets[f"{prefix}nullable"] = True
            continue
        inner = _resolve(document, branch, at, prefix)
        facets |= inner.facets
        enum_at, enum_owner = (inner.enum_at, inner.enum_owner) if inner.enum_owner else (enum_at, enum_owner)
    types = schema.get("type", [])
    types = types if isinstance(types, list) else [types]
    if named := [name for name in types if name != "null"]:
        facets[f"{prefix}type"] = named[0] if len(named) == 1 else tuple(named)
    facets.setdefault(f"{prefix}type", "any")
    if "null" in types:
        facets[f"{prefix}nullable"] = True
    for key in ("format", "pattern", "minLength", "maxLength", "minimum", "maximum", "default"):
        if key in schema:
            facets[prefix + _KEYWORDS.get(key, key)] = schema[key]
    if "enum" in schema:
        facets[f"{prefix}enum"] = tuple(value for value in schema["enum"] if value is not None)
        enum_at, enum_owner = pointer, schema
    if isinstance(schema.get("items"), dict) and not prefix:
        inner = _resolve(document, schema["items"], f"{pointer}/items", "items.")
        facets |= {facet: value for facet, value in inner.facets.items() if facet in SCHEMA}
        enum_at, enum_owner = (inner.enum_at, inner.enum_owner) if inner.enum_owner else (enum_at, enum_owner)
    return Schema(facets, enum_at, enum_owner)


def _at(document: Mapping[str, Any], reference: str) -> Mapping[str, Any]:
    node: Any = document
    for token in reference.removeprefix("#/").split("/"):
        node = node.get(token.replace("~1", "/").replace("~0", "~"), {})
    return node if isinstance(node, dict) else {}


def _enums(ledger: Ledger, document: Mapping[str, Any], node: Node, subject: str, line_of: LineOf) -> Iterator[Problem]:
    """The enum that a node uses has exactly the published values, each with the status that the evidence gives."""
    if node.kind == "operation":
        return
    schema = _resolve(document, node.data if node.kind == "property" else node.data.get("schema", {}), node.pointer)
    statuses = enum_statuses(ledger, subject)
    if schema.enum_owner is None or not statuses:
        return
    named = schema.enum_at.startswith("/components/schemas/") and schema.enum_at.count("/") == 3
    name = schema.enum_at.rpartition("/")[2] if named else node.name

    def problem(key: str, text: str) -> Problem:
        return Problem(DOCUMENT, line_of(f"{schema.enum_at}/{key}"), name, text)

    here = [str(value) for value in schema.enum_owner["enum"] if value is not None]
    for index, value in enumerate(here):
        if value not in statuses:
            published = ", ".join(statuses)
            text = f"{value!r} is in no published list of {subject} (published: {published}): {_REMEDY}"
            yield problem(f"enum/{index}", text)
    for value in statuses:
        if value not in here:
            text = f"{value!r} is published for {subject} but missing here: add it, or leave it out in {DECISIONS}"
            yield problem("enum", text)
    said = schema.enum_owner.get("x-enum-status")
    if not isinstance(said, dict):
        wanted = ", ".join(f"{value}: {status}" for value, status in statuses.items())
        yield problem("enum", f"has no x-enum-status: map each value to its status ({wanted})")
        return
    for value in dict.fromkeys([*statuses, *said]):
        there, want = said.get(value), statuses.get(value)
        if there != want and (want or value not in here):
            text = (
                f"x-enum-status of {value!r} is {there or 'absent'}, the evidence for {subject} says {want or 'absent'}"
            )
            yield problem("x-enum-status", f"{text}: {_REMEDY}")
