"""report.json is what its schema says, and neither can change alone."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contract_kit.findings import results
from contract_kit.findings.finding import Example, Kind, Severity, State
from contract_kit.findings.results import ExitStatus, Result
from contract_kit.reports import json_report
from tests.reports import sample

SCHEMA: dict[str, Any] = json.loads(
    resources.files("contract_kit.reports").joinpath("report.schema.json").read_text(encoding="utf-8")
)
RESULTS = [sample.sample, sample.hostile, sample.nearly_empty, sample.clean]


def objects(schema: Any, pointer: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every schema of an object with named properties, by its place."""
    if isinstance(schema, dict):
        if schema.get("type") == "object" and "properties" in schema:
            yield pointer, schema
        for name, part in schema.items():
            yield from objects(part, f"{pointer}/{name}")


def problems(data: Any, schema: dict[str, Any] = SCHEMA) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in Draft202012Validator(schema).iter_errors(data)]


def test_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("make", RESULTS)
def test_output_is_valid_and_reads_back(make: Any) -> None:
    result: Result = make()
    data = json.loads(json_report.render(result).decode("utf-8"))
    assert problems(data) == []
    assert Result.from_dict(data) == result


def test_severities_by_configuration_and_experiment_are_valid() -> None:
    data = sample.sample().to_dict()
    data["findings"][0] |= {"override": "notice", "impact_severity": "breaking"}
    assert problems(json.loads(json.dumps(data))) == []
    data["findings"][0]["override"] = "worst"
    assert problems(json.loads(json.dumps(data)))


def test_nothing_is_unknown_and_nothing_is_optional() -> None:
    """So a field that appears or goes in the output alone makes it invalid, wherever it is."""
    assert len(list(objects(SCHEMA))) == 9
    for pointer, schema in objects(SCHEMA):
        assert schema["additionalProperties"] is False, pointer
        assert sorted(schema["required"]) == sorted(schema["properties"]), pointer
        assert schema["description"], pointer
        assert all(part.get("description") for part in schema["properties"].values()), pointer


@pytest.mark.parametrize("pointer", [pointer for pointer, _ in objects(SCHEMA)])
def test_each_property_of_the_schema_is_written(pointer: str) -> None:
    """So a property that appears or goes in the schema alone makes the output invalid."""
    real = json.loads(json_report.render(sample.sample()))
    for name in dict(objects(SCHEMA))[pointer]["properties"]:
        changed = copy.deepcopy(SCHEMA)
        part = dict(objects(changed))[pointer]
        del part["properties"][name]
        part["required"].remove(name)
        assert problems(real, changed), f"{pointer} without {name} is not noticed"
    changed = copy.deepcopy(SCHEMA)
    dict(objects(changed))[pointer]["required"].append("planted")
    assert problems(real, changed), f"the sample has nothing at {pointer}"


def test_words_of_the_schema_are_those_of_the_code() -> None:
    finding = SCHEMA["$defs"]["finding"]["properties"]
    verdict = SCHEMA["properties"]["verdict"]["properties"]
    exits = [status for status in ExitStatus if status is not ExitStatus.USAGE]
    assert finding["kind"]["enum"] == list(Kind)
    assert finding["state"]["enum"] == list(State)
    assert SCHEMA["$defs"]["severity"]["enum"] == list(Severity)
    assert verdict["exit_status"]["enum"] == exits
    assert verdict["name"]["enum"] == [status.name.lower() for status in exits]
    assert SCHEMA["properties"]["format"]["const"] == results.FORMAT
    assert SCHEMA["$id"].endswith(f":{results.FORMAT}")
    assert list(finding["examples"]["items"]["properties"]) == [
        field.name for field in fields(Example) if field.compare
    ]
    parts = {name: part for name, part in vars(results).items() if is_dataclass(part) and name.endswith("Result")}
    shapes = [set(schema["properties"]) for _, schema in objects(SCHEMA)]
    for name, part in parts.items():
        if name != "Result":
            assert {field.name for field in fields(part)} in shapes, name
