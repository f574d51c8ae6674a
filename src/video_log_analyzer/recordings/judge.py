"""Hold recorded answers against the document: exchanges one by one, bare bodies by the million.

jsonschema-rs decides and explains; neither jsonschema nor the generated client is needed here, so that a process stays
small. What those two should see is handed on as samples (see ``referee.py``).
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import orjson

from video_log_analyzer.checks.answer import NotJsonError, RecordedAnswer
from video_log_analyzer.checks.conformance import Conformance, name_of
from video_log_analyzer.checks.violations import Violation, json_type
from video_log_analyzer.document import Document
from video_log_analyzer.findings import MOST_EXAMPLES, Finding
from video_log_analyzer.masking import Masker
from video_log_analyzer.recordings.bounds import LONGEST, mebibytes
from video_log_analyzer.recordings.exchange import Exchange, Selection, SkipError, answer_of
from video_log_analyzer.recordings.explanation import QuickExplanation
from video_log_analyzer.recordings.shapes import Shape, Shapes
from video_log_analyzer.recordings.source import BOM, Block
from video_log_analyzer.recordings.tally import Tally

# One sound answer in so many is shown to the referee, the first one too.
SAMPLED = 1000
# So many sorts of deviating bodies are remembered, so that one more of a sort is only counted.
_MOST_SORTS = 4096
_JSON_HEADERS = {"content-type": "application/json"}
_TOO_DEEP = "is nested too deeply: nothing of this API is"

Sort = tuple[object, ...]


@dataclass(frozen=True)
class Sample:
    """An answer for jsonschema and the generated client to look at.

    Attributes:
        answer: The answer.
        found: What jsonschema-rs found about it: fingerprints, and how often each.
        has_headers: Whether headers were recorded; else nothing is said of them.
        contested: Whether jsonschema should look at it; the client always does.
    """

    answer: RecordedAnswer
    found: Counter[str]
    has_headers: bool
    contested: bool


@dataclass
class _Known:
    """A sort of deviating bodies."""

    seen: int
    found: Counter[str]


class Judge:
    """Judges answers into a tally.

    Args:
        document: What they are held against.
        masker: Masks what is shown.
        selection: Which exchanges are of this API.
        examine: Is given the samples.
    """

    def __init__(
        self, document: Document, masker: Masker, selection: Selection, examine: Callable[[Sample], None]
    ) -> None:
        self._document = document
        self._masker = masker
        self._selection = selection
        self._examine = examine
        self._explain = QuickExplanation()
        self._conformance = Conformance(document, self._explain)
        self._shapes = Shapes(document)
        self._by_operation = {(shape.operation, shape.status): shape for shape in self._shapes.all}
        self._sorts: dict[Sort, _Known] = {}
        self._sound = 0
        self.tally = Tally()
        self._file = ""

    def begin(self, file: str) -> None:
        """Begin with a tally of its own for ``file``."""
        self.tally = Tally()
        self._file = file
        self._sorts.clear()
        self._sound = 0

    def skip(self, reason: SkipError) -> None:
        """Count what is not to be judged."""
        self.tally.skipped[str(reason)] += 1

    def exchange(self, exchange: Exchange) -> None:
        """Judge one exchange, or count why it is not judged."""
        try:
            operation = self._selection.operation(exchange)
        except SkipError as reason:
            self.skip(reason)
            return
        self._exchange(exchange, operation.name)

    def _exchange(self, exchange: Exchange, operation: str) -> None:
        answer = answer_of(exchange, operation, self._masker)
        self._closely(answer, has_headers=exchange.headers is not None)

    def lines(self, blocks: Iterable[Block], start: int = 0) -> None:
        """Judge the lines of NDJSON, each a bare body or an envelope.

        Args:
            blocks: The lines.
            start: Where the range begins; from 0 on lines are called by their number, else by their offset.
        """
        keys = [key for key, _ in self._shapes.probes]
        shapes = [shape for _, shape in self._shapes.probes]
        rows = [shape.rows for shape in shapes]
        tests: list[Callable[[Any], bool]] = [shape.is_sound for shape in shapes]
        counters = [shape.keys for shape in shapes]
        sound, filled = [0] * len(shapes), [0] * len(shapes)
        loads, dumps, no_key_twice = orjson.loads, orjson.dumps, _no_key_twice
        for block in blocks:
            if block.too_long:
                place = self._place(block, 0, start)
                self.tally.complain(f"{place}: a line of more than {mebibytes(LONGEST)}: no page is so long")
            for number, line in enumerate(block.lines):
                # This is the path of millions: whatever is not simply sound leaves it.
                try:
                    body = loads(line)
                    index = 0
                    while keys[index] not in body:
                        index += 1
                    # Compact JSON, as services write it, comes out again as it was: then no key stood twice.
                    is_sound = tests[index](body) and (dumps(body) == line or no_key_twice(line, body, counters[index]))
                except (orjson.JSONDecodeError, IndexError, TypeError):
                    is_sound = False
                if not is_sound:
                    self._line(line, self._place(block, number, start))
                    continue
                sound[index] += 1
                if not rows[index] or body[rows[index]]:
                    filled[index] += 1
                if sound[index] % SAMPLED == 1:
                    shape = shapes[index]
                    answer = self._bare(line, shape.operation, shape.status, self._place(block, number, start))
                    self._examine(Sample(answer, Counter(), has_headers=False, contested=True))
        for shape, judged, with_data in zip(shapes, sound, filled, strict=True):
            self.tally.answers[shape.operation, shape.status] += judged
            self.tally.with_data[shape.operation] += with_data

    def _line(self, line: bytes, where: str) -> None:
        try:
            body = orjson.loads(line)
        except orjson.JSONDecodeError:
            if line.strip():
                self._odd(line, where)
            return
        self._body(line, body, where)

    def body(self, content: bytes, where: str) -> None:
        """Judge one bare body or envelope."""
        self._odd(content, where)

    def _place(self, block: Block, index: int, start: int) -> str:
        return f"{self._file} byte {block.begin(index)}" if start else f"{self._file}:{block.first + index}"

    def _odd(self, line: bytes, where: str) -> None:
        """What the quick parser refuses may still be JSON, or broken in a way that can be held against an operation."""
        try:
            body = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            self.tally.complain(f"{where}: byte {error.start + 1} is not UTF-8: write it as UTF-8")
        except RecursionError:
            self.tally.complain(f"{where}: {_TOO_DEEP}")
        except ValueError as error:
            self.tally.complain(f"{where}: is not JSON ({error}): is it whole?")
        else:
            self._body(line.removeprefix(BOM), body, where, odd=True)

    def _body(self, line: bytes, body: object, where: str, *, odd: bool = False) -> None:
        """Look closely at a line that is not simply sound."""
        if not isinstance(body, dict):
            self.tally.skipped["a line that is no object"] += 1
            return
        if "body" in body and "status" in body and ("operation" in body or "url" in body):
            try:
                self._envelope(line, body, where, odd=odd)
            except SkipError as reason:
                self.skip(reason)
            return
        told = self._shapes.told(body)
        if told is None:
            self.tally.skipped["a body whose operation cannot be told"] += 1
            return
        answer = self._bare(line, *told, where)
        shape = self._by_operation.get(told)
        try:
            if shape is not None and _is_strict(answer, body, odd=odd):
                self._deviating(answer, body, shape)
            else:
                self._closely(answer, has_headers=False)
        except RecursionError:
            self.tally.complain(f"{where}: {_TOO_DEEP}")

    def _deviating(self, answer: RecordedAnswer, body: Any, shape: Shape) -> None:
        broken = self._explain(body, shape.schema, self._document)
        sort: Sort = (shape.operation, *sorted(map(_sort_of, broken), key=repr), *shape.notices(body))
        known = self._sorts.get(sort)
        if known is None or known.seen < MOST_EXAMPLES:
            found = self._closely(answer, has_headers=False, contested=True)
            if known is None and len(self._sorts) < _MOST_SORTS:
                known = self._sorts[sort] = _Known(0, found)
            if known is not None:
                known.seen += 1
            return
        self._count(answer, body)
        self.tally.findings.repeat(known.found)

    def _closely(self, answer: RecordedAnswer, *, has_headers: bool, contested: bool | None = None) -> Counter[str]:
        """Judge an answer with all that is known; what was found, by fingerprint."""
        try:
            findings = said_of(self._conformance, answer, has_headers=has_headers)
            self._count(answer, answer.excerpt)
        except RecursionError:
            self.tally.complain(f"{answer.where}: {_TOO_DEEP}")
            return Counter()
        found = Counter(self.tally.findings.add(replace(finding, check=self._file)) for finding in findings)
        if contested is None:
            contested = self._is_contested(answer, found)
        self._examine(Sample(answer, found, has_headers, contested))
        return found

    def _is_contested(self, answer: RecordedAnswer, found: Counter[str]) -> bool:
        if not found:
            self._sound += 1
            return self._sound % SAMPLED == 1
        sort: Sort = (answer.operation, "", *sorted(found.items()))
        known = self._sorts.get(sort)
        if known is None:
            if len(self._sorts) >= _MOST_SORTS:
                return False
            known = self._sorts[sort] = _Known(0, found)
        known.seen += 1
        return known.seen <= MOST_EXAMPLES

    def _count(self, answer: RecordedAnswer, body: object) -> None:
        self.tally.answers[answer.operation, answer.status] += 1
        if 200 <= answer.status < 300 and isinstance(body, dict):
            shape = self._by_operation.get((answer.operation, answer.status))
            if body.get(shape.rows) if shape is not None and shape.rows else body:
                self.tally.with_data[answer.operation] += 1

    def _bare(self, line: bytes, operation: str, status: int, where: str) -> RecordedAnswer:
        return RecordedAnswer(operation, "GET", "", status, _JSON_HEADERS, line, self._masker, where)

    def _envelope(self, line: bytes, envelope: dict[str, Any], where: str, *, odd: bool) -> None:
        """Judge ``{"operation" or "url", "status", "headers", "body"}``, the body as JSON or as its text."""
        method, url, status = envelope.get("method", "GET"), envelope.get("url", ""), envelope["status"]
        headers, content = envelope.get("headers"), envelope["body"]
        named = isinstance(envelope.get("operation"), str)
        if not isinstance(method, str) or not isinstance(url, str) or type(status) is not int:
            raise SkipError("an envelope whose method, url or status is none")
        if not 0 <= status <= 599 or not (headers is None or isinstance(headers, dict)):
            raise SkipError("an envelope whose headers or status are none")
        if isinstance(content, str):
            body = content.encode("utf-8", "surrogatepass")
        else:
            # Where the line is no strict JSON, neither is the body within.
            strict = _is_strict(self._bare(line, "", status, where), envelope, odd=odd)
            body = json.dumps(content).encode() if strict else line
        exchange = Exchange(
            where=where,
            method=method,
            url=url,
            status=status,
            headers=None if headers is None else {name.lower(): str(value) for name, value in headers.items()},
            body=None if content is None else body,
            problem="no body recorded",
        )
        if not named:
            self.exchange(exchange)
            return
        if all(operation.name != envelope["operation"] for operation in self._document.operations):
            raise SkipError("an envelope that names no operation of this API")
        if content is None or 300 <= status < 400 or status < 100:
            raise SkipError("no body recorded" if content is None else "a redirect, or an answer from a cache")
        self._exchange(exchange, envelope["operation"])


def said_of(conformance: Conformance, answer: RecordedAnswer, *, has_headers: bool) -> list[Finding]:
    """What ``conformance`` finds about ``answer``; nothing about headers where none were recorded."""
    findings = conformance.findings(answer)
    return findings if has_headers else [each for each in findings if not each.place.startswith("header:")]


def _no_key_twice(line: bytes, body: Any, keys: Callable[[Any], int]) -> bool:
    """Whether surely no object of ``line`` has a key twice, told without parsing it once more.

    Args:
        line: JSON.
        body: What it was parsed to; of a key that stands twice that has one.
        keys: Counts the keys of ``body`` at all levels.
    """
    # A quotation mark within a string is escaped; so without blanks behind names each `":` is a key of its own.
    blanks = b'" ' in line or b"\t" in line or b"\r" in line
    return not blanks and (b"\\" not in line or b'\\"' not in line) and line.count(b'":') == keys(body)


def _is_strict(answer: RecordedAnswer, body: object, *, odd: bool) -> bool:
    """Whether the answer is JSON as the check has it, no key twice and no NaN.

    Args:
        answer: The answer.
        body: What its body was parsed to.
        odd: Whether the quick parser refused it.
    """
    try:
        if not odd and _no_key_twice(answer.body, body, _keys):
            return True
        _ = answer.json
    except NotJsonError:
        return False
    return True


def _keys(value: object) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_keys(below) for below in value.values() if isinstance(below, (dict, list)))
    if isinstance(value, list):
        return sum(_keys(below) for below in value if isinstance(below, (dict, list)))
    return 0


def _sort_of(broken: Violation) -> Sort:
    """What the findings of a violation depend on."""
    found: object = str(broken.allowed) if broken.keyword == "format" else ""
    match broken.keyword:
        case "required":
            found = tuple(name for name in broken.allowed if name not in broken.instance)
        case "additionalProperties" | "unevaluatedProperties":
            known = broken.schema.get("properties", {})
            found = tuple(sorted(name_of(key) for key in broken.instance.keys() - known.keys()))
        case "type":
            found = json_type(broken.instance)
        case "enum" | "const":
            found = name_of(broken.instance) if isinstance(broken.instance, str) else json_type(broken.instance)
    return broken.place, broken.keyword, found
