"""Read pages with fragments of JSON schema, each on one line, in the style of OpenAPI 3.0."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from contract_kit.ledger.facets import Facets
from contract_kit.ledger.model import Passage
from contract_kit.ledger.source_page import SourceReading
from video_log_analyzer.readings.reading import facets_in_prose, operations, parameter, tables


def readings(lines: tuple[str, ...]) -> Iterator[SourceReading]:
    """Yield every parameter, property, operation, key and list of end reasons."""
    for number, line in enumerate(lines, 1):
        if line.startswith(("[{", '{"')):
            node = json.loads(line)
            yield from _parameters(node, number) if isinstance(node, list) else _resource(node, number)
    yield from operations(lines)
    yield from tables(lines)
    for first, last in _blocks(lines, "```bash"):
        values = lines[first - 1 : last]
        if len(values) > 1 and all(re.fullmatch(r"\w+", value) for value in values):
            text = "\n".join(values)
            yield SourceReading(Passage(first, last), "Participant.end_reason", {"enum": values}, text)


def _parameters(nodes: list[dict[str, Any]], number: int) -> Iterator[SourceReading]:
    for index, node in enumerate(nodes):
        name, location = node["name"], node["in"]
        facets = _schema(node["schema"]) | {"in": location}
        if node.get("required"):
            facets["required"] = True
        yield from _node(parameter(name, location, facets), node, facets, Passage(number, number, f"$[{index}]"))


def _resource(node: dict[str, Any], number: int) -> Iterator[SourceReading]:
    resource = "Participant" if node["refName"].endswith("participant_summary") else "Room"
    yield SourceReading(Passage(number, number, "$"), resource, {"type": node["type"]}, f"refName: {node['refName']}")
    for name, schema in node["properties"].items():
        place = Passage(number, number, f"$.properties.{name}")
        yield from _node(f"{resource}.{name}", {"name": name, **schema}, _schema(schema), place)


def _node(subject: str, node: dict[str, Any], facets: Facets, at: Passage) -> Iterator[SourceReading]:
    yield SourceReading(at, subject, facets, json.dumps(node, ensure_ascii=False))
    if prose := facets_in_prose(node["description"]):
        yield SourceReading(Passage(at.first, at.last, f"{at.path}.description"), subject, prose, node["description"])


def _schema(schema: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Return the facets of a schema in the style of OpenAPI 3.0."""
    facets: dict[str, Any] = {f"{prefix}type": schema.get("type", "any")}
    names = {"minLength": "min_length", "maxLength": "max_length"}
    for key, value in schema.items():
        if key == "items":
            facets |= _schema(value, "items.")
        elif key not in {"type", "description", "refName", "modelName"}:
            facets[prefix + names.get(key, key)] = tuple(value) if isinstance(value, list) else value
    return facets


def _blocks(lines: tuple[str, ...], fence: str) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of the text in each fenced block."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and line == fence:
            start = number + 1
        elif start is not None and line.startswith("```"):
            yield start, number - 1
            start = None
