"""The document by itself: a valid OpenAPI description whose every example is what it describes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from contract_kit import document as document_module
from contract_kit.check.violations import closed
from contract_kit.document import Document, Node
from contract_kit.ledger import basis, model
from contract_kit.yaml_file import escape
from video_log_analyzer.folders import openapi_folder
from video_log_analyzer.kit import KIT

DIALECT = jsonschema.Draft202012Validator


@pytest.fixture(scope="module")
def document() -> Document:
    return document_module.load(KIT.document)


def nodes(data: Any, pointer: str = "") -> Iterator[tuple[str, Any]]:
    """Every mapping of the document with its pointer; what stands under examples is data, not document."""
    if isinstance(data, dict):
        yield pointer, data
        for key, value in data.items():
            if key not in {"examples", "example", "x-enum-status"} or pointer == "/components":
                yield from nodes(value, f"{pointer}/{escape(key)}")
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from nodes(value, f"{pointer}/{index}")


def problems_of(value: object, schema: Node, document: Document) -> list[str]:
    validator = DIALECT(closed(schema, document), format_checker=DIALECT.FORMAT_CHECKER)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(value)]


def test_is_valid_openapi(document: Document) -> None:
    assert list(OpenAPIV31SpecValidator(document.data).iter_errors()) == []


def test_schemas_fit_the_metaschema(document: Document) -> None:
    for name, schema in document.data["components"]["schemas"].items():
        DIALECT.check_schema(schema)
        assert schema.get("description"), f"{name} has no description"


def test_every_example_is_what_its_schema_describes(document: Document) -> None:
    checked = 0
    for pointer, node in nodes(document.data):
        values = list(node.get("examples", ())) if isinstance(node.get("examples"), list) else []
        schema = node
        if "schema" in node and "example" in node:
            values, schema = [node["example"]], node["schema"]
        elif "schema" in node and isinstance(node.get("examples"), dict):
            values = [document.resolve(example)["value"] for example in node["examples"].values()]
            schema = node["schema"]
        for value in values:
            assert problems_of(value, schema, document) == [], pointer
            checked += 1
    assert checked > 50


def test_every_response_key_is_required_and_no_other_is_described(document: Document) -> None:
    for name in ("RoomPage", "ParticipantPage", "PageMeta", "Room", "Participant", "RoomLinks", "Error"):
        schema = document.data["components"]["schemas"][name]
        assert schema["required"] == list(schema["properties"]), name
        assert schema["additionalProperties"] is False, name


def test_named_enums_are_the_only_ones(document: Document) -> None:
    """Each enum stands once, under components, and gives the status of each of its values."""
    for pointer, node in nodes(document.data):
        if "enum" in node:
            assert pointer.rpartition("/")[0] == "/components/schemas", pointer
            assert list(node["x-enum-status"]) == node["enum"], pointer
            assert set(node["x-enum-status"].values()) <= {"current", "withdrawn", "internal", "observed"}, pointer


def test_links_name_operations_and_their_parameters(document: Document) -> None:
    links = [link for _, node in nodes(document.data) for link in node.get("links", {}).values() if "$ref" not in link]
    assert {link["operationId"] for link in links if "operationId" in link} == {
        "fetch_room",
        "list_participants",
        "fetch_participant",
    }
    for link in links:
        if "operationId" in link:
            assert set(link["parameters"]) <= set(document.operation(link["operationId"]).parameters)


def test_published_examples_deviate_only_where_a_decision_says_so(document: Document) -> None:
    """The examples of the sources are facts: an unexplained deviation is a problem, and so is one that vanished."""

    def validate(operation: str, status: int, body: Any) -> Iterator[tuple[str, str]]:
        response = document.operation(operation).response(status) or {}
        schema = response["content"]["application/json"]["schema"]
        validator = DIALECT(closed(schema, document), format_checker=DIALECT.FORMAT_CHECKER)
        for error in validator.iter_errors(body):
            for leaf in error.context or [error]:
                if leaf.validator != "type":
                    yield "".join(f"/{key}" for key in leaf.absolute_path), str(leaf.validator)

    assert [str(problem) for problem in basis.example_problems(model.load(openapi_folder()), validate)] == []
