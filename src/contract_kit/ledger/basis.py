"""Check that the document says what the ledger says: each node names a subject or decision, and agrees with it.

The document is an OpenAPI 3.1 description in one file. Every operation, parameter, header and schema property must
have an ``x-basis``; other nodes may have one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_kit.document import METHODS
from contract_kit.ledger.conflicts import enum_statuses, expected
from contract_kit.ledger.facets import SCHEMA, Facets, Value, comparable, show
from contract_kit.ledger.integrity import DECISIONS
from contract_kit.ledger.model import Ledger
from contract_kit.ledger.problem import LedgerProblem, unknown
from contract_kit.schema import Alternative, Location, References, written_properties
from contract_kit.yaml_file import YamlFile, escape

_REMEDY = 'correct the document, or add the claim and settle it (CONTRIBUTING.md, "Change the document")'
# Schema keywords and the facets with the same meaning.
_KEYWORDS = {"minLength": "min_length", "maxLength": "max_length"} | {
    key: key for key in ("format", "pattern", "minimum", "maximum", "default")
}

Validate = Callable[[str, int, Any], Iterable[tuple[str, str]]]


@dataclass(frozen=True)
class DocumentNode:
    """A node of the document that must have a basis.

    Attributes:
        kind: ``operation``, ``parameter``, ``header`` or ``property``.
        name: Its name: ``status``.
        pointer: Its JSON pointer: ``/components/schemas/Item/properties/status``.
        data: Its content.
    """

    kind: str
    name: str
    pointer: str
    data: Mapping[str, Any]

    @property
    def basis(self) -> str | None:
        """The subject or decision in its ``x-basis``, or None."""
        return self.data.get("x-basis")

    def location(self, references: References) -> Location:
        """Return the location of its schema."""
        schema = self.data if self.kind == "property" else self.data.get("schema", {})
        return Location(references, [Alternative(schema, self.pointer, "")])


def document_problems(ledger: Ledger, file: YamlFile) -> list[LedgerProblem]:
    """Return the differences between the document in ``file`` and the ledger.

    Raises:
        FileError: a reference in the document has no target.
    """
    return list(dict.fromkeys(_Comparison(ledger, file).problems()))


def example_problems(ledger: Ledger, validate: Validate) -> list[LedgerProblem]:
    """Check published examples; ``validate(operation, status, body)`` yields deviations as (JSON pointer, keyword)."""
    found = []
    for example in ledger.examples:
        broken = set(validate(example.operation, example.status, example.body))
        explained = {(deviation.at, deviation.keyword): deviation.decision for deviation in example.deviations}
        for at, keyword in sorted(broken - explained.keys()):
            text = (
                f"deviates from the document at {at or 'the top'} ({keyword}), which no decision explains: "
                "correct the document, or add the deviation with its decision"
            )
            found.append(LedgerProblem(example.file, example.line, example.id, text))
        for at, keyword in sorted(explained.keys() - broken):
            text = (
                f"no longer deviates at {at or 'the top'} ({keyword}), which {explained[at, keyword]} explains: "
                "take the deviation out, or correct the document"
            )
            found.append(LedgerProblem(example.file, example.line, example.id, text))
    return found


@dataclass(frozen=True)
class _Comparison:
    ledger: Ledger
    file: YamlFile

    @cached_property
    def _references(self) -> References:
        return References(self.file.data, self.file.path)

    def problems(self) -> Iterator[LedgerProblem]:
        ledger, document = self.ledger, self.file.data
        known = {*ledger.subjects, *(decision.id for decision in ledger.decisions)}
        bases = dict(_bases(document, ""))
        for pointer, basis in bases.items():
            if basis not in known:
                text = unknown("subject or decision", str(basis), known) + ": name one that the ledger has"
                yield self._problem(pointer, pointer.rpartition("/")[2], text)
        for node in _nodes(document):
            if node.basis is None:
                text = "has no x-basis: name the subject of the ledger or the decision that it rests on"
                yield self._problem(node.pointer, node.name, f"this {node.kind} {text}")
            elif node.basis in ledger.subjects:
                for text in self._disagreements(node, node.basis):
                    yield self._problem(node.pointer, node.name, text)
                yield from self._enum(node, node.basis)
        decided = {subject for decision in ledger.decisions for subject in decision.subjects}
        for subject in sorted({claim.subject for claim in ledger.claims} - decided - set(bases.values())):
            claim = ledger.subjects[subject][0]
            text = f"neither a node of the document nor a decision names its subject {subject}: add one of the two"
            yield LedgerProblem(claim.file, claim.line, claim.id, text)

    def _problem(self, pointer: str, name: str, text: str) -> LedgerProblem:
        path = self.file.path
        return LedgerProblem(f"{path.parent.name}/{path.name}", self.file.line(pointer), name, text)

    def _disagreements(self, node: DocumentNode, subject: str) -> Iterator[str]:
        """Yield the facets on which the node and the ledger's expectation for the subject differ."""
        wanted = expected(self.ledger, subject)
        if node.kind in {"property", "parameter"} and node.name != wanted.get("name", subject.rpartition(".")[2]):
            yield f"rests on {subject}, a subject of another name: correct the x-basis or the name"
        for facet, value in self._said(node).items():
            want = wanted.get(facet)
            if facet.endswith("enum") and value is not None and want is not None:
                continue  # `_enum` reports surplus and missing values
            if comparable(value) != comparable(want):
                yield f"says {facet}: {show(value)}, where the ledger has {show(want)} for {subject}: {_REMEDY}"

    def _said(self, node: DocumentNode) -> Facets:
        """Return the node's facets that are compared for its kind; None for those it omits."""
        if node.kind == "operation":
            method, path = _route(node.pointer)
            return {"method": method, "path": path}
        facets = _facets(node.location(self._references))
        said = {facet: facets.get(facet) for facet in _compared(facets)}
        if node.kind == "parameter":
            said |= {"in": node.data.get("in"), "required": node.data.get("required") or None}
        return said

    def _enum(self, node: DocumentNode, subject: str) -> Iterator[LedgerProblem]:
        """Check that a node's enum has exactly the published values, each with the status from the evidence."""
        statuses = enum_statuses(self.ledger, subject)
        if node.kind == "operation" or not statuses:
            return
        location = node.location(self._references)
        alternatives = (*location.alternatives, *(location.items.alternatives if location.items is not None else ()))
        enum = next((each for each in alternatives if "enum" in each.schema), None)
        if enum is None:
            return
        is_named = enum.pointer.startswith("/components/schemas/") and enum.pointer.count("/") == 3
        name = enum.pointer.rpartition("/")[2] if is_named else node.name

        def problem(key: str, text: str) -> LedgerProblem:
            return self._problem(f"{enum.pointer}/{key}", name, text)

        here = [str(value) for value in enum.schema["enum"] if value is not None]
        for index, value in enumerate(here):
            if value not in statuses:
                published = ", ".join(statuses)
                text = f"{value!r} is in no published list of {subject} (published: {published}): {_REMEDY}"
                yield problem(f"enum/{index}", text)
        for value in statuses:
            if value not in here:
                text = f"{value!r} is published for {subject} but missing here: add it, or leave it out in {DECISIONS}"
                yield problem("enum", text)
        said = enum.schema.get("x-enum-status")
        if not isinstance(said, dict):
            wanted = ", ".join(f"{value}: {status}" for value, status in statuses.items())
            yield problem("enum", f"has no x-enum-status: map each value to its status ({wanted})")
            return
        for value in dict.fromkeys([*statuses, *said]):
            there, want = said.get(value), statuses.get(value)
            if there != want and (want or value not in here):
                yield problem(
                    "x-enum-status",
                    f"x-enum-status of {value!r} is {there or 'absent'}, "
                    f"the evidence for {subject} says {want or 'absent'}: {_REMEDY}",
                )


def _bases(data: Any, pointer: str) -> Iterator[tuple[str, str]]:
    """Yield every ``x-basis`` with the pointer of its node."""
    if isinstance(data, dict):
        if "x-basis" in data:
            yield pointer, data["x-basis"]
        for key, value in data.items():
            if key not in {"example", "examples"}:
                yield from _bases(value, f"{pointer}/{escape(str(key))}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _bases(value, f"{pointer}/{index}")


def _nodes(document: Mapping[str, Any]) -> Iterator[DocumentNode]:
    """Yield every node that must have a basis, once, where it is written (not at a ``$ref``)."""
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
                yield DocumentNode(
                    "operation", operation.get("operationId", f"{method.upper()} {path}"), below, operation
                )
                yield from _parameters(operation, below)
                for status, response in operation.get("responses", {}).items():
                    yield from _response(response, f"{below}/responses/{escape(status)}")


def _parameters(owner: Mapping[str, Any], pointer: str) -> Iterator[DocumentNode]:
    for index, data in enumerate(owner.get("parameters", [])):
        yield from _carrier("parameter", data.get("name", ""), data, f"{pointer}/parameters/{index}")


def _response(response: Mapping[str, Any], pointer: str) -> Iterator[DocumentNode]:
    for name, data in response.get("headers", {}).items():
        yield from _carrier("header", name, data, f"{pointer}/headers/{escape(name)}")
    for media_type, content in response.get("content", {}).items():
        yield from _properties(content.get("schema", {}), f"{pointer}/content/{escape(media_type)}/schema")


def _carrier(kind: str, name: str, data: Mapping[str, Any], pointer: str) -> Iterator[DocumentNode]:
    """Yield a parameter or header that is written here, and the properties of its schema."""
    if "$ref" not in data:
        yield DocumentNode(kind, name, pointer, data)
        yield from _properties(data.get("schema", {}), f"{pointer}/schema")


def _properties(schema: object, pointer: str) -> Iterator[DocumentNode]:
    for at, name, data in written_properties(schema, pointer):
        yield DocumentNode("property", name, at, data)


def _route(pointer: str) -> tuple[str, str]:
    """Return ``GET``, ``/v1/items`` for ``/paths/~1v1~1items/get``."""
    _, _, path, method = pointer.split("/")
    return method.upper(), path.replace("~1", "/").replace("~0", "~")


def _compared(facets: Facets) -> frozenset[str]:
    """Return the facets to compare; for an object only type and nullable, because its properties are separate nodes."""
    compared = SCHEMA - {"required"}
    if facets.get("type") == "object":
        compared = frozenset({"type", "nullable"})
    elif facets.get("items.type") == "object":
        compared -= {"items.enum"}
    return compared


def _facets(location: Location, prefix: str = "") -> dict[str, Value]:
    """Return a location's facets, including those of an array's items (``items.type``) at the first level."""
    named = tuple(name for name in location.types if name != "null")
    facets: dict[str, Value] = {f"{prefix}type": named[0] if len(named) == 1 else named or "any"}
    if "null" in location.types:
        facets[f"{prefix}nullable"] = True
    for each in reversed(location.alternatives):
        facets |= {prefix + facet: each.schema[key] for key, facet in _KEYWORDS.items() if key in each.schema}
    if location.enum:
        facets[f"{prefix}enum"] = tuple(location.enum)
    if location.items is not None and not prefix:
        facets |= {facet: value for facet, value in _facets(location.items, "items.").items() if facet in SCHEMA}
    return facets
