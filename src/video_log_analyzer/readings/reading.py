"""Functions that the readers of several notations share."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from contract_kit.ledger.model import Passage
from contract_kit.ledger.source_page import PublishedAnswer, SourceReading

METHODS = "HEAD|GET|POST|PATCH|PUT|DELETE|OPTIONS"

_OPERATIONS = ("list_rooms", "fetch_room", "list_participants", "fetch_participant")
_PAGING = frozenset({"PageSize", "Page", "PageToken"})


def operations(lines: tuple[str, ...]) -> Iterator[SourceReading]:
    """Yield the first line of each operation: ``GET /v1/Video/Rooms/{RoomSid}``, with or without the host."""
    seen = set()
    for number, line in enumerate(lines, 1):
        match = re.fullmatch(rf"({METHODS}) (?:https://[^/]+)?(/v1/\S+)", line)
        if match and match[2] not in seen:
            seen.add(match[2])
            operation = _OPERATIONS[len(match[2].strip("/").split("/")) - 3]
            yield SourceReading(Passage(number, number), operation, {"method": match[1], "path": match[2]}, line)
            for name, subject in zip(re.findall(r"{(\w+)}", match[2]), ("RoomSid", "ParticipantSid"), strict=False):
                yield SourceReading(Passage(number, number, f"{{{name}}}"), f"Path.{subject}", {"name": name}, line)


def tables(lines: tuple[str, ...]) -> Iterator[SourceReading]:
    """Yield the rows of the two tables of keys, and each table as a whole."""
    owners = {"properties": "Properties", "publisher_info": "PublisherInfo"}
    table, rows = "", dict[int, str]()
    for number, line in enumerate([*lines, ""], 1):
        row = re.match(r"\| (\w[\w\\]*) +\| (.*?)\s*\|", line)
        if table and row and row[1] != "Name":
            rows[number] = row[1].replace("\\", "")
            facets = {"type": "boolean"} if row[2].startswith("Boolean.") else {}
            yield SourceReading(Passage(number, number), f"{owners[table]}.{rows[number]}", facets, line)
        elif rows:
            place, keys = Passage(min(rows), max(rows)), tuple(rows.values())
            yield SourceReading(
                place, f"Participant.{table}", {"keys": keys}, "\n".join(lines[place.first - 1 : place.last])
            )
            rows = {}
        if heading := re.match(r"The `?(properties|publisher_info)`? object contains", line):
            table = heading[1]


def facets_in_prose(text: str) -> dict[str, Any]:
    """Extract values and bounds from a sentence, in the few wordings that the sources use."""
    facets: dict[str, Any] = {}
    if match := re.search(r"(?:Can|Will) be (?:either )?(.+?)\.(?:\s|$)", text):
        facets["prose_values"] = tuple(re.split(r",? or |, ", match[1].replace("`", "")))
    if match := re.search(r"The default is (\d+), and the maximum is (\d+)", text):
        facets |= {"default": int(match[1]), "maximum": int(match[2])}
    if match := re.search(r"(on or after|before) this ISO", text):
        facets["bound"] = match[1]
    return facets


def parameter(name: str, location: str, facets: dict[str, Any]) -> str:
    """Return the subject of a parameter or header; add a path parameter's name to ``facets``, because paths differ."""
    if location == "path":
        facets["name"] = name
    owner = {"path": "Path", "header": "Header"}.get(location) or ("Paging" if name in _PAGING else "list_rooms")
    return f"{owner}.{name}"


def answers(lines: tuple[str, ...]) -> Iterator[PublishedAnswer]:
    """Yield multi-line JSON objects, each from a line ``{`` to a line ``}``."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and line == "{":
            start = number
        elif start is not None and line == "}":
            text = "\n".join(lines[start - 1 : number])
            yield PublishedAnswer(Passage(start, number), json.loads(text), text)
            start = None
