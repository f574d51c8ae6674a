"""Check that the generated client reads every response, and writes it again without loss."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contract_kit.api import ClientModule
from contract_kit.check.conformance import shown_name
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.findings.finding import Finding, Kind
from contract_kit.instants import instant
from contract_kit.kits import named


@dataclass(frozen=True)
class ClientReading:
    """The outcome of reading one response with the generated client.

    Attributes:
        problem: Why the client could not read it, or ``""``.
        findings: The finding about that, or about each value that was lost.
    """

    problem: str = ""
    findings: tuple[Finding, ...] = ()


class ClientReader:
    """Reads responses with the generated client; reads equal bodies only once.

    Args:
        client: The kit's client; with None, every reading is empty.
    """

    def __init__(self, client: ClientModule | None) -> None:
        self._read = None if client is None else named(client.read)
        self._known: dict[tuple[str, bool, bytes], ClientReading] = {}  # holds a digest of the body, which may be large

    def read(self, answer: ObservedResponse) -> ClientReading:
        """Read ``answer``; bodies that are not JSON objects are left to conformance."""
        if self._read is None:
            return ClientReading()
        key = answer.operation, answer.status < 400, hashlib.sha256(answer.body).digest()
        if key not in self._known:
            self._known[key] = _read(answer, self._read)
        return self._known[key]


def _read(answer: ObservedResponse, read: Callable[[str, int, bytes], Any]) -> ClientReading:
    if not isinstance(answer.excerpt, dict):
        return ClientReading()
    try:
        parsed = read(answer.operation, answer.status, answer.body)
    except Exception as error:  # any exception of the client is a finding
        pointer = str(getattr(error, "pointer", ""))
        location = "/".join("*" if step.isdigit() else shown_name(answer.masker, step) for step in pointer.split("/"))
        problem = f"the generated client cannot read it: {type(error).__name__}"
        expected = "a result that the client's types describe"
        # The message may quote the response, so it is not shown.
        return ClientReading(problem, (_finding(answer, location, type(error).__name__, expected, problem),))
    return ClientReading(findings=tuple(_loss(answer, answer.excerpt, parsed)))


def _loss(answer: ObservedResponse, sent: object, parsed: Any) -> Iterator[Finding]:
    """A finding for each location where the value that the client writes differs from the one that was sent."""
    try:
        written = json.loads(json.dumps(parsed.to_dict()))
    except (TypeError, ValueError) as error:
        expected = "what was read can be written again"
        found = f"the generated client reads it and cannot write it again: {type(error).__name__}"
        yield _finding(answer, "", type(error).__name__, expected, found)
        return
    for location in sorted(set(_differences(sent, written, ""))):
        expected = "the same value after reading and writing"
        found = "the generated client writes another value than it read"
        yield _finding(answer, location, "changed", expected, found)


def _finding(answer: ObservedResponse, location: str, value: str, expected: str, found: str) -> Finding:
    return Finding(Kind.CLIENT, answer.operation, location, value, expected, examples=(answer.example(),), found=found)


def _differences(sent: object, written: object, location: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(written, dict):
        for name in sent.keys() & written.keys():
            yield from _differences(sent[name], written[name], f"{location}/{name}")
        # The client may leave out undocumented keys; conformance reports those.
        yield from (f"{location}/{name}" for name in written.keys() - sent.keys())
    elif isinstance(sent, list) and isinstance(written, list) and len(sent) == len(written):
        for one, other in zip(sent, written, strict=True):
            yield from _differences(one, other, f"{location}/*")
    elif not _equal(sent, written):
        yield location


def _equal(sent: object, written: object) -> bool:
    if sent == written and isinstance(sent, bool) == isinstance(written, bool):
        return True
    one, other = instant(sent), instant(written)
    return isinstance(one, datetime) and one == other
