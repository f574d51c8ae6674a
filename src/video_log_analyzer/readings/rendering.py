"""Read renderings of an OpenAPI description as nested bullet lists: ``• url string(uri) | null``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from contract_kit.ledger.model import Passage
from contract_kit.ledger.source_page import SourceReading
from video_log_analyzer.readings.reading import facets_in_prose, operations, parameter

_RESOURCES = {"rooms": "Room", "participants": "Participant"}


def readings(lines: tuple[str, ...]) -> Iterator[SourceReading]:
    """Yield every operation, parameter, header and property, and five attributes without a name."""
    yield from operations(lines)
    section, owner, page = "", "", ""
    for first, last in _bullets(lines):
        head = lines[first - 1].strip(" •")
        body = [line.strip() for line in lines[first:last]]
        section, owner = _section(lines, first) or section, "" if _indent(lines[first - 1]) <= 2 else owner
        match = re.fullmatch(r"(\S+) (\S+?(?:\[[^\]]*\])?)( \| null)?( Required)?", head)
        if head == "OK" or head.startswith("200 "):
            continue
        if match is None:
            yield SourceReading(Passage(first, last), "Room.*", {"name_lost": True}, "\n".join(lines[first - 1 : last]))
            continue
        name, at = match[1], Passage(first, last)
        facets = _bullet_type(match[2]) | ({"nullable": True} if match[3] else {}) | _constraints(body, match[2])
        if section in {"path", "query", "header"}:
            facets |= {"in": section} | ({"required": True} if match[4] else {})
            subject = parameter(name, section, facets)
        elif name in _RESOURCES and match[2] == "array[object]":
            owner, page = _RESOURCES[name], f"{_RESOURCES[name]}Page"
            subject = f"{page}.{name}"
        elif name == "meta":
            owner, subject = "Meta", f"{page}.meta"
        else:
            subject = f"{owner or 'Room'}.{name}"
        yield SourceReading(at, subject, facets, "\n".join(lines[first - 1 : last]))
        for number in range(first + 1, last + 1):
            if prose := facets_in_prose(lines[number - 1]):
                yield SourceReading(Passage(number, number), subject, prose, lines[number - 1].strip())


def _bullets(lines: tuple[str, ...]) -> Iterator[tuple[int, int]]:
    """Yield the first and last line of each bullet's own text, without nested bullets."""
    starts = [number for number, line in enumerate(lines, 1) if line.lstrip().startswith("•")]
    for first, following in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        last = first
        for number in range(first + 1, following):
            line = lines[number - 1]
            if line and (_indent(line) <= _indent(lines[first - 1]) or line.lstrip().startswith("Hide ")):
                break
            if line:
                last = number
        yield first, last


def _section(lines: tuple[str, ...], number: int) -> str:
    """Return the section that the line above a bullet opens, or ``""``."""
    above = next((line.strip() for line in reversed(lines[: number - 1]) if line.strip()), "")
    openings = {
        "Path parameters": "path",
        "Query parameters": "query",
        "Hide headers": "header",
        "Hide response": "body",
    }
    return next((section for opening, section in openings.items() if above.startswith(opening)), "")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _bullet_type(notation: str) -> dict[str, Any]:
    """Return the facets of a type: ``string(date-time)`` or ``array[string | null]``."""
    if match := re.fullmatch(r"array\[(\w+)( \| null)?\]", notation):
        return {"type": "array", "items.type": match[1]} | ({"items.nullable": True} if match[2] else {})
    base, _, form = notation.rstrip(")").partition("(")
    return {"type": base} | ({"format": form} if form else {})


def _constraints(body: list[str], notation: str) -> dict[str, Any]:
    facets: dict[str, Any] = {}
    for line in body:
        if match := re.fullmatch(r"Values are (.*)\.", line):
            enum = "items.enum" if notation.startswith("array") else "enum"
            facets[enum] = tuple(re.split(r",? or |, ", match[1]))
        for bound, kind, number in re.findall(r"(Minimum|maximum|Maximum) (length|value) is (\d+)", line):
            facets[bound.lower() if kind == "value" else f"{bound[:3].lower()}_length"] = int(number)
        if match := re.search(r"pattern: (\S+)\.$", line):
            facets["pattern"] = match[1]
    return facets
