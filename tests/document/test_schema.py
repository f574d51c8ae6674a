"""What a document allows at a location: documents as others write them, and what no walk may do."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from contract_kit import document as document_module
from contract_kit.check.conformance import Conformance
from contract_kit.check.coverage import Coverage
from contract_kit.check.observed_response import RecordedResponse
from contract_kit.check.violations import violations
from contract_kit.document import Document
from contract_kit.errors import FileError
from contract_kit.findings.finding import SEVERITIES, Kind, Severity
from contract_kit.masking import Masker
from contract_kit.recordings.explanation import QuickExplanation
from contract_kit.schema import EnumValue, Location, body_schema, is_json, value_schema

STATUS = {"type": "string", "enum": ["open", "shut"], "x-enum-status": {"open": "current", "shut": "withdrawn"}}


@pytest.fixture
def load(tmp_path: Path) -> Any:
    def load(
        content: dict[str, Any], schemas: dict[str, Any] | None = None, parameters: list[Any] | None = None
    ) -> Document:
        operation = {
            "operationId": "list_items",
            "parameters": parameters or [],
            "responses": {"200": {"description": "", "content": content}},
        }
        path = tmp_path / "api.yaml"
        data = {"openapi": "3.1.0", "paths": {"/items": {"get": operation}}, "components": {"schemas": schemas or {}}}
        path.write_text(yaml.safe_dump(data, sort_keys=False))
        return document_module.load(path)

    return load


def body(document: Document) -> Location:
    return next(document.bodies())


def answer(text: str, content_type: str = "application/json") -> RecordedResponse:
    headers = {"content-type": content_type}
    return RecordedResponse("list_items", "GET", "/items", 200, headers, text.encode(), Masker("key"), "here")


def found(document: Document, text: str, content_type: str = "application/json") -> list[tuple[str, str, str]]:
    findings = Conformance(document).findings(answer(text, content_type))
    return [(str(each.kind), each.location, each.value) for each in findings]


TREE = {
    "type": "object",
    "properties": {
        "status": {"$ref": "#/components/schemas/Status", "x-basis": "D1"},
        "children": {"type": "array", "items": {"$ref": "#/components/schemas/Tree"}},
        "parent": {"anyOf": [{"$ref": "#/components/schemas/Tree"}, {"type": "null"}]},
    },
}


def test_a_schema_that_holds_itself_ends_every_walk(load: Any) -> None:
    document = load(
        {"application/json": {"schema": {"$ref": "#/components/schemas/Tree"}}}, {"Tree": TREE, "Status": STATUS}
    )
    paths = [location.path for location in body(document).walk()]
    assert paths == ["", "/status", "/children", "/children/*", "/parent"]
    fields = {each.name for each in Coverage(document).results() if each.aspect == "field"}
    assert fields == {"/status", "/children", "/children/*", "/parent"}
    text = '{"children": [{"children": [{"status": "shut"}]}], "parent": {"status": "open"}}'
    assert found(document, text) == [("withdrawn value", "/children/*/children/*/status", "shut")]
    things = Conformance(document).observed(answer(text)).things
    assert things["field", "/children/*/children/*/status"] == 1


def test_alternatives_that_hold_each_other_end_too(load: Any) -> None:
    schemas = {
        "One": {"anyOf": [{"$ref": "#/components/schemas/Two"}, {"type": "string"}]},
        "Two": {"anyOf": [{"$ref": "#/components/schemas/One"}, {"type": "integer"}]},
    }
    location = body(load({"application/json": {"schema": {"$ref": "#/components/schemas/One"}}}, schemas))
    assert location.types == ("integer", "string")
    assert [each.path for each in location.walk()] == [""]


def test_all_alternatives_of_a_location_count_together(load: Any) -> None:
    schema = {
        "allOf": [
            {"$ref": "#/components/schemas/Base"},
            {"required": ["size"], "properties": {"size": {"type": ["integer", "null"]}}},
        ],
        "anyOf": [{"required": ["a"], "properties": {"a": {"const": "x"}}}, {"required": ["b"]}],
        "x-basis": "D2",
    }
    base = {"required": ["status"], "properties": {"status": {"$ref": "#/components/schemas/Status"}, "free": True}}
    location = body(load({"application/json": {"schema": schema}}, {"Base": base, "Status": STATUS}))
    assert location.required == {"status", "size"}
    assert set(location.properties) == {"status", "free", "size", "a"}
    assert location.properties["size"].types == ("integer", "null")
    assert location.properties["a"].enum == {"x": EnumValue("", "D2")}
    assert location.properties["status"].enum == {
        "open": EnumValue("current", "D2"),
        "shut": EnumValue("withdrawn", "D2"),
    }
    assert not location.properties["free"].is_described


def test_value_that_was_observed_is_a_notice(load: Any) -> None:
    status = {"type": "string", "enum": ["open", "ajar"], "x-enum-status": {"open": "current", "ajar": "observed"}}
    document = load({"application/json": {"schema": {"properties": {"status": status}}}}, {})
    assert found(document, '{"status": "open"}') == []
    assert found(document, '{"status": "ajar"}') == [("observed value", "/status", "ajar")]
    assert SEVERITIES[Kind.OBSERVED_VALUE] is Severity.NOTICE


def test_keys_of_a_map_are_one_location(load: Any) -> None:
    schema = {
        "properties": {"labels": {"additionalProperties": {"$ref": "#/components/schemas/Status"}}},
        "additionalProperties": False,
        "prefixItems": [{"type": "string"}],
    }
    document = load({"application/json": {"schema": schema}}, {"Status": STATUS})
    assert [each.path for each in body(document).walk()] == ["", "/labels", "/labels/*"]
    assert document.enum_properties == {"labels"}
    assert found(document, '{"labels": {"a": "open", "b": "shut"}}') == [("withdrawn value", "/labels/*", "shut")]


def test_only_keys_that_no_schema_has_are_undocumented(load: Any) -> None:
    base = {"properties": {"status": {"type": "string"}}}
    schema = {
        "allOf": [{"$ref": "#/components/schemas/Base"}],
        "unevaluatedProperties": False,
        "properties": {"labels": {"patternProperties": {"^x-": {}}, "additionalProperties": False}},
    }
    document = load({"application/json": {"schema": schema}}, {"Base": base})
    sent = '{"status": "a", "labels": {"x-a": 1, "b": 1}, "brand": 1}'
    assert sorted(found(document, sent)) == [
        ("undocumented field", "/brand", "brand"),
        ("undocumented field", "/labels/b", "b"),
    ]
    quick, slow = (
        {(each.location, each.unknown, each.known) for each in explain(json.loads(sent), schema, document)}
        for explain in (QuickExplanation(), violations)
    )
    assert quick == slow


@pytest.mark.parametrize(
    ("documented", "sent", "findings"),
    [
        ("application/json", "application/json; charset=utf-8", []),
        ("application/json; charset=utf-8", "application/json", []),
        ("Application/JSON", "application/json", []),
        ("application/problem+json", "application/problem+json", []),
        ("application/vnd.items.v2+json", "application/vnd.items.v2+json", []),
        ("application/*", "application/json", []),
        ("*/*", "application/json", []),
        ("application/json", "text/html", ["undocumented content type"]),
    ],
)
def test_a_body_is_found_under_every_media_type_of_json(
    load: Any, documented: str, sent: str, findings: list[str]
) -> None:
    schema = {"type": "object", "properties": {"status": STATUS}, "required": ["status"]}
    document = load({"text/csv": {}, documented: {"schema": schema}})
    assert document.enum_properties == {"status"}
    kinds = [kind for kind, *_ in found(document, "{}", sent)]
    assert len(kinds) == len(findings) + 1
    assert kinds[-1] == "missing field"
    assert found(document, '{"status": "open"}', sent)[len(findings) :] == []


def test_each_media_type_of_a_response_has_its_schema(load: Any) -> None:
    document = load(
        {
            "application/json": {"schema": {"required": ["a"]}},
            "application/problem+json": {"schema": {"required": ["b"]}},
            "text/csv": {"schema": {"type": "string"}},
        }
    )
    assert found(document, "{}") == [("missing field", "/a", "a")]
    assert found(document, "{}", "application/problem+json") == [("missing field", "/b", "b")]
    assert found(document, "a;b", "text/csv") == []


def test_json_has_many_names() -> None:
    named = ["application/json", "text/json", "application/problem+json; charset=utf-8", "*/*", "application/*"]
    assert all(map(is_json, named))
    assert not any(map(is_json, ["", "text/html", "image/*", "application/json-seq", "application/x-ndjson"]))
    either = {"content": {"*/*": {"schema": {"type": "null"}}, "text/json": {}}}
    assert body_schema(either, "text/json") == {}
    assert body_schema(either, "application/json") == {"type": "null"}
    assert body_schema({"content": {"text/html": {"schema": {}}}}) is None
    assert body_schema({}) is None


def test_a_parameter_may_have_content_in_place_of_a_schema(load: Any) -> None:
    parameters = [
        {"name": "filter", "in": "query", "content": {"application/json": {"schema": {"enum": ["a"]}}}},
        {"name": "kinds", "in": "query", "schema": {"items": {"$ref": "#/components/schemas/Status"}}},
    ]
    document = load({"application/json": {}}, {"Status": STATUS}, parameters)
    assert value_schema(document.operations[0].parameters["filter"]) == {"enum": ["a"]}
    coverage = Coverage(document)
    coverage.observe(answer("{}"), Counter())
    values = {each.name for each in coverage.results() if each.aspect == "enum value"}
    assert values == {"filter=a", "kinds=open", "kinds=shut"}


def test_references_lead_anywhere_in_the_file(load: Any) -> None:
    parameters = [{"name": "sort order", "in": "query", "schema": {"enum": ["up"]}}]
    schema = {"properties": {"order": {"$ref": "#/paths/~1items/get/parameters/0/schema", "title": "Order"}}}
    document = load({"application/json": {"schema": schema}}, None, parameters)
    assert set(body(document).properties["order"].enum) == {"up"}
    assert found(document, '{"order": "down"}') == [("undocumented value", "/order", "down")]


@pytest.mark.parametrize(
    "reference",
    ["#/components/schemas/Gone", "other.yaml#/Item", "#/components/schemas/Self", "#/paths/~1items/get/parameters/7"],
)
def test_a_reference_that_leads_nowhere_is_named(load: Any, reference: str) -> None:
    schemas = {"Self": {"$ref": "#/components/schemas/Self"}}
    document = load({"application/json": {"schema": {"$ref": reference}}}, schemas)
    with pytest.raises(FileError, match="api.yaml: the reference '" + reference.partition("~")[0]):
        _ = body(document).types
