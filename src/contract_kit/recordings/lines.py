"""Validate NDJSON lines, bare bodies and envelopes: sound ones in bulk, all others one by one."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import orjson

from contract_kit.check.observed_response import (
    TOO_DEEP,
    NotJsonError,
    RecordedResponse,
    is_too_deep,
    reason,
    well_formed,
)
from contract_kit.recordings.bounds import LONGEST, mebibytes
from contract_kit.recordings.exchange import Exchange, SkipError, header_texts
from contract_kit.recordings.idleness import Idleness
from contract_kit.recordings.json_stream import TOO_LARGE
from contract_kit.recordings.source import BOM, Block
from contract_kit.recordings.validator import SAMPLED, Sample, Validator

_JSON_HEADERS = {"content-type": "application/json"}
# Stands for a line that orjson rejects; it matches no shape.
_REFUSED: tuple[()] = ()
# Bytes at the start of a block that are searched for blanks; blocks to skip after one that was not compact JSON.
_BEGINNING = 1000
_LINES_BEFORE_RETRY = 16


class Lines:
    """Reads lines, passes sound ones in bulk, and gives all others to the validator.

    Args:
        validator: Validates lines that are not sound, and holds the tally.
    """

    def __init__(self, validator: Validator) -> None:
        self._validator = validator
        self._probes = validator.shapes.probes
        # By probe: the sound bodies so far, and those of them with data.
        self._sound = [0] * len(self._probes)
        self._filled = [0] * len(self._probes)
        # Whether messages name lines by byte offset or by number, and the number of the block's first line.
        self._by_offset = False
        self._first = 1
        # The number of blocks that are not tried as compact JSON, since the last one was not.
        self._not_compact = 0

    def blocks(self, blocks: Iterable[Block], start: int = 0) -> None:
        """Validate lines, each a bare body or an envelope.

        Args:
            blocks: The lines.
            start: The first byte of the range. From 0, messages name lines by number, else by byte offset.
        """
        tally = self._validator.tally
        self._by_offset, self._first = start > 0, 1
        idleness = Idleness("lines")
        try:
            for block in blocks:
                if block.too_long:
                    place = self._place(block, 0)
                    tally.complain(f"{place}: a line of more than {mebibytes(LONGEST)}: no page is so long")
                    self._first += 1
                    idleness.note(tally.judged + sum(self._sound))
                    continue
                bodies, unambiguous = self._bodies(block)
                for number in self._odd_of(block, bodies, unambiguous=unambiguous):
                    self._line(block.lines[number], self._place(block, number))
                self._first += len(bodies)
                idleness.note(tally.judged + sum(self._sound), len(bodies))
        finally:  # also if the file cannot be unpacked to its end
            for index, (probe, sound, filled) in enumerate(zip(self._probes, self._sound, self._filled, strict=True)):
                self._validator.passed[index] += sound
                tally.answers[probe.shape.operation, probe.shape.status] += sound
                tally.with_data[probe.shape.operation] += filled

    def body(self, content: bytes, where: str) -> None:
        """Validate one bare body or envelope, which may span several lines."""
        self._refused(content, where)

    def value(self, body: object, where: str) -> None:
        """Validate one bare body or envelope that is already parsed."""
        if body is TOO_LARGE:
            self._validator.skip(SkipError("a body too large to be held"))
            return
        self._body(json.dumps(body).encode(), body, where)

    def _odd_of(self, block: Block, bodies: list[Any], *, unambiguous: bool) -> Sequence[int]:
        """Pass the sound lines, and return the indices of the others.

        Millions of lines take this path. A block of bodies of one shape is validated in one call, since calling
        jsonschema-rs and orjson costs as much as their work on one line.
        """
        index = self._told(bodies[0])
        if index is not None and self._probes[index].settles and (unambiguous or _no_key_twice(block.text, bodies)):
            unambiguous = True
            shape = self._probes[index].shape
            if shape.are_sound(bodies):
                self._pass(block, index, bodies, range(len(bodies)))
                return ()
            if self._validator.repeat(bodies, shape):
                return ()
        sound: list[list[int]] = [[] for _ in self._probes]
        odd: list[int] = []
        for number, body in enumerate(bodies):
            index = self._told(body)
            if index is None or not (unambiguous or _no_key_twice(block.lines[number], body)):
                odd.append(number)
            elif self._probes[index].shape.is_sound(body):
                sound[index].append(number)
            elif not self._validator.repeat([body], self._probes[index].shape):
                odd.append(number)
        for index, numbers in enumerate(sound):
            self._pass(block, index, bodies, numbers)
        return odd

    def _bodies(self, block: Block) -> tuple[list[Any], bool]:
        """The parsed lines, and whether certainly none of them has a duplicate key."""
        if self._not_compact:
            self._not_compact -= 1
        elif b'": ' not in block.text[:_BEGINNING]:
            # If parsing and writing compact JSON gives the same text, no key was duplicate and each line was one value.
            try:
                bodies = orjson.loads(b"[%b]" % block.text.replace(b"\n", b","))
                if bodies and b"\n".join(map(orjson.dumps, bodies)) == block.text:
                    return bodies, True
            except (orjson.JSONDecodeError, orjson.JSONEncodeError):
                pass
            self._not_compact = _LINES_BEFORE_RETRY
        return list(map(_parsed, block.lines)), False

    def _told(self, body: Any) -> int | None:
        """The index of the first probe whose key is in ``body``, or None."""
        try:
            for index, probe in enumerate(self._probes):
                if probe.key in body:
                    return index
        except TypeError:
            pass
        return None

    def _pass(self, block: Block, index: int, bodies: Sequence[Any], numbers: Sequence[int]) -> None:
        """Count sound bodies, and pass a sample of them to the cross-check."""
        shape = self._probes[index].shape
        for number in numbers[-(self._validator.passed[index] + self._sound[index]) % SAMPLED :: SAMPLED]:
            answer = self._bare(block.lines[number], shape.operation, shape.status, self._place(block, number))
            self._validator.examine(Sample(answer, Counter(), has_headers=False, contested=True))
        self._sound[index] += len(numbers)
        self._filled[index] += (
            sum(bool(shape.data_of(bodies[number])) for number in numbers) if shape.rows else len(numbers)
        )

    def _line(self, line: bytes, where: str) -> None:
        try:
            body = orjson.loads(line)
        except orjson.JSONDecodeError:
            if line.strip():
                self._refused(line, where)
            return
        if is_too_deep(body, line):
            self._validator.tally.complain(f"{where}: {TOO_DEEP}")
        else:
            self._body(line, body, where)

    def _place(self, block: Block, index: int) -> str:
        file = self._validator.file
        return f"{file} byte {block.begin(index)}" if self._by_offset else f"{file}:{self._first + index}"

    def _refused(self, line: bytes, where: str) -> None:
        """Validate a line that orjson rejects: Python's parser may accept it, for example if it holds ``NaN``."""
        try:
            body = json.loads(line.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            self._validator.tally.complain(f"{where}: byte {error.start + 1} is not UTF-8: write it as UTF-8")
        except RecursionError:
            self._validator.tally.complain(f"{where}: {TOO_DEEP}")
        except ValueError as error:
            self._validator.tally.complain(f"{where}: is not JSON ({reason(error)}): is it whole?")
        else:
            line = line.removeprefix(BOM)
            if is_too_deep(body, line):
                self._validator.tally.complain(f"{where}: {TOO_DEEP}")
            else:
                self._body(line, well_formed(body, line), where, odd=True)

    def _body(self, line: bytes, body: object, where: str, *, odd: bool = False) -> None:
        """Validate one line that is not sound."""
        if not isinstance(body, dict):
            self._validator.tally.skipped["a line that is no object"] += 1
            return
        if "body" in body and "status" in body and ("operation" in body or "url" in body):
            try:
                self._envelope(line, body, where, odd=odd)
            except SkipError as reason:
                self._validator.skip(reason)
            return
        told = self._validator.shapes.told(body)
        if told is None:
            self._validator.tally.skipped["a body whose operation cannot be told"] += 1
            return
        answer = self._bare(line, *told, where)
        shape = self._validator.shapes.of(*told)
        try:
            if shape is not None and _is_strict(answer, body, odd=odd):
                self._validator.deviating(answer, body, shape)
            else:
                self._validator.answer(answer, has_headers=False)
        except RecursionError:
            self._validator.tally.complain(f"{where}: {TOO_DEEP}")

    def _bare(self, line: bytes, operation: str, status: int, where: str) -> RecordedResponse:
        return RecordedResponse(operation, "GET", "", status, _JSON_HEADERS, line, self._validator.masker, where=where)

    def _envelope(self, line: bytes, envelope: dict[str, Any], where: str, *, odd: bool) -> None:
        """Validate ``{"operation" or "url", "status", "headers", "body"}``, whose body may be JSON or its text."""
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
            # If the line is not strict JSON, take it as the body, so that this is reported.
            strict = _is_strict(self._bare(line, "", status, where), envelope, odd=odd)
            # Parse the line again, since orjson turns integers of more than 64 bits into floats.
            body = json.dumps(json.loads(line)["body"]).encode() if strict else line
        exchange = Exchange(
            where=where,
            method=method,
            url=url,
            status=status,
            headers=None if headers is None else header_texts(headers),
            body=None if content is None else body,
            problem="no body recorded",
        )
        if not named:
            self._validator.exchange(exchange)
            return
        if all(operation.name != envelope["operation"] for operation in self._validator.document.operations):
            raise SkipError("an envelope that names no operation of this API")
        if content is None or 300 <= status < 400 or status < 100:
            raise SkipError("no body recorded" if content is None else "a redirect, or an answer from a cache")
        self._validator.exchange(exchange, envelope["operation"])


def _parsed(line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        return _REFUSED


def _no_key_twice(text: bytes, body: Any) -> bool:
    """Whether certainly no object in ``text`` has a duplicate key, without parsing it again.

    Args:
        text: JSON: one value, or several in a row.
        body: The parsed value, or the list of values; parsing has dropped duplicate keys.
    """
    # A dropped key lowers the number of colons, unless the text has colons as escapes.
    if b"\\" in text and b"\\u003" in text and b"\\u003a" in text.lower():
        return False
    try:
        return text.count(b":") == orjson.dumps(body).count(b":")
    except orjson.JSONEncodeError:
        return False  # nested too deeply for orjson


def _is_strict(answer: RecordedResponse, body: object, *, odd: bool) -> bool:
    """Whether the response is JSON in the strict sense of the check: no duplicate key, no NaN.

    Args:
        answer: The response.
        body: Its parsed body.
        odd: Whether orjson rejected it.
    """
    try:
        if not odd and _no_key_twice(answer.body, body):
            return True
        _ = answer.json
    except NotJsonError:
        return False
    return True
