"""One response of a target, together with its request."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, partial
from typing import Any

from contract_kit.findings.finding import Example
from contract_kit.foreign_text import http_date, path_of, query_of
from contract_kit.masking import Masker
from contract_kit.unique_keys import unique_keys

# Levels of nesting that are read; the limit of jsonschema-rs is 255.
DEEPEST = 200
TOO_DEEP = f"is nested too deeply: more than {DEEPEST} levels"


class NotJsonError(Exception):
    """The body is not JSON as defined by RFC 8259; the message says where and why."""


@dataclass(frozen=True)
class ObservedResponse:
    """A request and its response.

    Attributes:
        operation: The operationId that the request was meant for.
        method: The request's method: ``GET``.
        url: The request's full URL.
        status: The response's status: ``200``.
        headers: The response's headers, names in lower case; headers of the same name are joined with a comma.
        body: The response's content, without its Content-Encoding.
        masker: Masks personal values in what is shown.
        caller: Whose request it was if not the run's own: ``another account``, ``nobody``.
        number: Its number in the run, from 1; the session sets it when it observes the answer. 0 for none.
    """

    operation: str
    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    masker: Masker = field(repr=False)
    caller: str = ""
    number: int = field(default=0, kw_only=True, compare=False)

    @cached_property
    def json(self) -> Any:
        """The parsed body.

        Raises:
            NotJsonError: the body is not JSON: cut off, not UTF-8, ``NaN``, a duplicate key, nested too deeply.
        """
        try:
            value = json.loads(
                self.body.decode("utf-8"),
                parse_constant=_refuse,
                object_pairs_hook=partial(unique_keys, shown=self.masker.key),
            )
        except RecursionError:
            raise NotJsonError(TOO_DEEP) from None
        except ValueError as error:
            raise NotJsonError(reason(error)) from None
        if is_too_deep(value, self.body):
            raise NotJsonError(TOO_DEEP)
        return well_formed(value, self.body)

    @property
    def is_failure(self) -> bool:
        """Whether the status is 5xx."""
        return self.status >= 500

    @cached_property
    def query(self) -> list[tuple[str, str]]:
        """The request's query as decoded pairs, including blank values: ``[("limit", "1")]``."""
        return query_of(self.url)

    @property
    def path(self) -> str:
        """The request's path as it was sent: ``/v1/items/17``."""
        return path_of(self.url)

    @cached_property
    def clock(self) -> datetime | None:
        """The time by the service's own clock, from the header ``Date``; None if there is no usable one."""
        return http_date(self.headers.get("date", ""))

    @property
    def request(self) -> str:
        """The request as reports show it, with personal values masked."""
        return self.masker.request(self.method, self.url)

    @property
    def excerpt(self) -> object:
        """The parsed body, or None if it is not JSON."""
        try:
            return self.json
        except NotJsonError:
            return None

    def example(self, evidence: object = None, detail: str = "", compared: Iterable[ObservedResponse] = ()) -> Example:
        """This response as the example of a finding.

        Args:
            evidence: The part of the body to show, as JSON.
            detail: Our text to show with it; it may quote the target.
            compared: The other responses that the finding rests on.
        """
        shown = "" if evidence is None else self.masker.evidence(evidence)
        text = " — ".join(filter(None, [self.masker.text(detail)[:300], shown]))
        answers = (self.number, *(each.number for each in compared))
        about = tuple(evidence) if isinstance(evidence, dict) else ()
        return Example(self.request, text, self.caller, about=about, answers=answers)


@dataclass(frozen=True)
class RecordedResponse(ObservedResponse):
    """A response from a recording; examples of its findings also name its position in the recording.

    Attributes:
        where: ``browse.har entry 3``, ``items.ndjson:17``, ``cassette items (emulator, 2026-11-21), answer 3``.
        provoked: Whether the recording provoked 5xx responses on purpose.
    """

    where: str = ""
    provoked: bool = False

    @property
    def is_failure(self) -> bool:
        """Whether the status is 5xx, and not provoked on purpose."""
        return self.status >= 500 and not self.provoked

    @property
    def request(self) -> str:
        """The position in the recording and, if known, the request, with personal values masked."""
        return f"{self.where}: {super().request}" if self.url else self.where


def is_too_deep(value: object, text: bytes) -> bool:
    """Whether ``value``, parsed from ``text``, has more levels than the validators can read."""
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
    """Replace lone surrogates with U+FFFD in ``value``, parsed from ``text``: JSON can escape them, UTF-8 cannot."""
    if b"\\ud" not in text and b"\\uD" not in text:
        return value
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, dict):
        return {well_formed(key, text): well_formed(below, text) for key, below in value.items()}
    return [well_formed(below, text) for below in value] if isinstance(value, list) else value


def reason(error: ValueError) -> str:
    """Why a text is not JSON, worded for the user."""
    # For a huge integer, Python's message only names a Python function.
    return "a number of thousands of digits" if "set_int_max_str_digits" in str(error) else str(error)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")
