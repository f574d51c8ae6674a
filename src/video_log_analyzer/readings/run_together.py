"""Read plain-text pages that lost the breaks in lists and numbered lines: ``VP8H264VP9opusThe next sentence``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from contract_kit.ledger.model import Passage
from contract_kit.ledger.source_page import PublishedAnswer, SourceReading
from video_log_analyzer.readings.reading import facets_in_prose, operations, tables


def readings(lines: tuple[str, ...]) -> Iterator[SourceReading]:
    """Yield every listed parameter and property, every operation, key and the list of end reasons."""
    yield from operations(lines)
    yield from tables(lines)
    owner = ""  # "*": parameters follow; "Room.*" or "Participant.*": properties follow
    heads = {number: _head(line) for number, line in enumerate(lines, 1)}
    for number, line in enumerate(lines, 1):
        if match := re.match(r"A (Room|participant) .*represented by", line):
            owner = f"{match[1].capitalize()}.*"
        elif _numbered_json(line) is not None:
            owner = "*"
        elif line.startswith("The ") and re.search(r" returns the | contains the following", line):
            owner = ""
        elif values := _numbered(line):
            yield SourceReading(Passage(number, number), "Participant.end_reason", {"enum": values}, line)
        elif owner and (tail := line[len(heads[number][0]) :]):
            _, run = heads.get(number + 1, ("", {}))
            last = number + 1 if run else number
            text = line if last == number else f"{line}\n{lines[number]}"
            prose = facets_in_prose(tail)
            facets = {"name_lost": True, **run} | (prose if last == number else {})
            yield SourceReading(Passage(number, last), owner, facets, text)
            if prose and last > number:
                yield SourceReading(Passage(number, number), owner, prose, tail)


def _head(line: str) -> tuple[str, dict[str, Any]]:
    """Return the run of values at the start of a line, up to a capitalized word and a blank, and its facets."""
    if match := re.match(r"(\^\S+\$)Min length: (\d+)Max length: (\d+)", line):
        return match[0], {"pattern": match[1], "min_length": int(match[2]), "max_length": int(match[3])}
    if match := re.match(r"(\d+)Maximum: (\d+)", line):
        return match[0], {"minimum": int(match[1]), "maximum": int(match[2])}
    match = re.match(r"\S*?(?=(?:[A-Z][a-z]*|[A-Z]+) )|\S+$", line)
    return (match[0], {"run": match[0]}) if match and match[0] else ("", {})


def _numbered(line: str) -> tuple[str, ...]:
    """Return ``("first", "second")`` for ``1first2second``, if the numbers count from 1; else ``()``."""
    parts = re.findall(r"(\d+)([a-zA-Z_]+)", line)
    numbered = len(parts) > 1 and [int(number) for number, _ in parts] == list(range(1, len(parts) + 1))
    whole = "".join(number + value for number, value in parts) == line
    return tuple(value for _, value in parts) if numbered and whole else ()


def _numbered_json(line: str) -> Any:
    """Parse JSON that contains its line numbers (``1{2"meta": {3…``); None if the line is something else."""
    if not line.startswith("1{"):
        return None
    # A comma follows a number that is a value, but not a line number; in the sources, no object ends with a number.
    text, expected = [], 1
    for string, number, line_number, other in re.findall(r'("(?:[^"\\]|\\.)*")|((?<=: )-?\d+(?=,))|(\d+)|(.)', line):
        if line_number:
            if int(line_number) != expected:
                return None
            expected += 1
        text.append(string or number or other)
    try:
        return json.loads("".join(text))
    except ValueError:
        return None


def answers(lines: tuple[str, ...]) -> Iterator[PublishedAnswer]:
    """Yield every line that is an example."""
    for number, line in enumerate(lines, 1):
        if (body := _numbered_json(line)) is not None:
            yield PublishedAnswer(Passage(number, number), body, line)
