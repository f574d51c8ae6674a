"""One answer of a target, together with the request that it answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from contract_kit.findings.finding import Example
from contract_kit.masking import Masker

# Levels of a body that are followed; jsonschema-rs has an end at 255.
DEEPEST = 200
TOO_DEEP = f"is nested too deeply: more than {DEEPEST} levels"


class NotJsonError(Exception):
    """The body is not JSON as RFC 8259 has it; the message says where and why."""


@dataclass(frozen=True)
class ObservedResponse:
    """What was asked and what came back.

    Attributes:
        operation: The operationId that the request was meant for.
        method: The request's method, ``GET``.
        url: The request's full URL.
        status: The status of the answer, ``200``.
        headers: Names in lower case; several headers of one name joined with a comma.
        body: The decoded content.
        masker: Masks what is shown of it.
    """

    operation: str
    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    masker: Masker = field(repr=False)

    @cached_property
    def json(self) -> Any:
        """The body as Python has it.

        Raises:
            NotJsonError: it is not JSON: cut off, another encoding, ``NaN``, a key given twice, nested too deeply.
        """
        try:
            value = json.loads(self.body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=self._unique)
        except RecursionError:
            raise NotJsonError(TOO_DEEP) from None
        except ValueError as error:
            raise NotJsonError(reason(error)) from None
        if is_too_deep(value, self.body):
            raise NotJsonError(TOO_DEEP)
        return well_formed(value, self.body)

    def _unique(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) != len(pairs):
            twice = next(name for index, (name, _) in enumerate(pairs) if name in dict(pairs[:index]))
            raise ValueError(f"the key {self.masker.key(twice)!r} stands twice in one object")
        return found

    @property
    def is_failure(self) -> bool:
        """Whether the server failed, and nobody wanted it to."""
        return self.status >= 500

    @property
    def query(self) -> list[tuple[str, str]]:
        """The request's query, decoded, blank values kept."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)

    @property
    def request(self) -> str:
        """The request for a report, personal values masked."""
        return self.masker.request(self.method, self.url)

    @property
    def excerpt(self) -> object:
        """The body to show as evidence, or None where it is not JSON."""
        try:
            return self.json
        except NotJsonError:
            return None

    def example(self, evidence: object = None, detail: str = "") -> Example:
        """This answer as the example of a finding.

        Args:
            evidence: The part of the body to show, as JSON.
            detail: Words of ours to show with it, which may quote the target.
        """
        shown = "" if evidence is None else self.masker.evidence(evidence)
        return Example(self.request, " — ".join(filter(None, [self.masker.text(detail)[:300], shown])))


@dataclass(frozen=True)
class RecordedResponse(ObservedResponse):
    """An answer that stands in a recording: its findings are as of a live one, their examples say where they are from.

    Attributes:
        where: ``browse.har entry 3``, ``items.ndjson:17``, ``cassette items (emulator, 2026-11-21), answer 3``.
        provoked: Whether failures of the server were asked for when it was recorded.
    """

    where: str = ""
    provoked: bool = False

    @property
    def is_failure(self) -> bool:
        """As in ObservedResponse."""
        return self.status >= 500 and not self.provoked

    @property
    def request(self) -> str:
        """The place in the recording and, where it is known, the request; personal values masked."""
        return f"{self.where}: {super().request}" if self.url else self.where


def is_too_deep(value: object, text: bytes) -> bool:
    """Whether ``value`` has more levels than the validators can follow; ``text`` is where it was parsed from."""
    if text.count(b"{") + text.count(b"[") <= DEEPEST:
        return False
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [
            below
            for each in level
            for below in (each.values() if isinstance(each, dict) else each if isinstance(each, list) else ())
            if isinstance(below, (dict, list))
        ]
        if not level:
            return False
    return True


def well_formed(value: Any, text: bytes) -> Any:
    """``value`` with U+FFFD for halves of characters, which JSON can escape and nothing else can write."""
    if b"\\ud" not in text and b"\\uD" not in text:
        return value
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {well_formed(key, text): well_formed(below, text) for key, below in value.items()}
    return [well_formed(below, text) for below in value] if isinstance(value, list) else value


def reason(error: ValueError) -> str:
    """Why something is no JSON, in words that help who has it."""
    # Of an integer Python says which of its functions to call.
    return "a number of thousands of digits" if "set_int_max_str_digits" in str(error) else str(error)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
