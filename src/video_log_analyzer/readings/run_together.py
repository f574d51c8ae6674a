"""Pages as plain text, whose lists and numbered lines are run together: ``VP8H264VP9opusThe next sentence``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from contract_kit.ledger.model import Passage
from contract_kit.ledger.source_page import PublishedAnswer, SourceReading
from video_log_analyzer.readings.reading import facets_in_prose, operations, tables


def readings(lines: tuple[str, ...]) -> Iterator[SourceReading]:
    """Every entry of the lists of parameters and properties, every operation, key and the list of end reasons."""
    yield from operations(lines)
    yield from tables(lines)
    owner = ""  # "*": entries of parameters follow, "Room.*" or "Participant.*": entries of properties
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
    """The run at the head of a line, up to a capitalised word and a blank, and the facets that it gives."""
    if match := re.match(r"(\^\S+\$)Min length: (\d+)Max length: (\d+)", line):
        return match[0], {"pattern": match[1], "min_length": int(match[2]), "max_length": int(match[3])}
    if match := re.match(r"(\d+)Maximum: (\d+)", line):
        return match[0], {"minimum": int(match[1]), "maximum": int(match[2])}
    match = re.match(r"\S*?(?=(?:[A-Z][a-z]*|[A-Z]+) )|\S+$", line)
    return (match[0], {"run": match[0]}) if match and match[0] else ("", {})


def _numbered(line: str) -> tuple[str, ...]:
    """``1first2second`` → the values, if they are numbered from 1 without a gap."""
    parts = re.findall(r"(\d+)([a-zA-Z_]+)", line)
    numbered = len(parts) > 1 and [int(number) for number, _ in parts] == list(range(1, len(parts) + 1))
    whole = "".join(number + value for number, value in parts) == line
    return tuple(value for _, value in parts) if numbered and whole else ()


def _numbered_json(line: str) -> Any:
    """JSON whose line numbers are run into it (``1{2"meta": {3…``), or None if the line is nothing of the kind."""
    if not line.startswith("1{"):
        return None
    # A value that is a number is told from a line's number by the comma behind it; no source ends an object with one.
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
    """Every line that is an example."""
    for number, line in enumerate(lines, 1):
        if (body := _numbered_json(line)) is not None:
            yield PublishedAnswer(Passage(number, number), body, line)
