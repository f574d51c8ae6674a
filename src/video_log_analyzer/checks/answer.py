"""One answer of a target, together with the request that it answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

_SID = re.compile(r"\b([A-Z]{2})[0-9a-fA-F]{32}\b")
_PERSONAL_PARAMETERS = frozenset({"RoomName", "PageToken"})


class NotJsonError(Exception):
    """The body is not JSON as RFC 8259 has it; the message says where and why."""


@dataclass(frozen=True)
class Answer:
    """What was asked and what came back.

    Attributes:
        operation: The operationId that the request was meant for.
        method: The request's method, ``GET``.
        url: The request's full URL.
        status: The status of the answer, ``200``.
        headers: Names in lower case; several headers of one name joined with a comma.
        body: The decoded content.
    """

    operation: str
    method: str
    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        """The body as Python has it.

        Raises:
            NotJsonError: it is not JSON: cut off, another encoding, ``NaN``, a key given twice.
        """
        try:
            return json.loads(self.body.decode("utf-8"), parse_constant=_refuse, object_pairs_hook=_unique)
        except (ValueError, RecursionError) as error:
            raise NotJsonError(str(error)) from None

    @property
    def query(self) -> list[tuple[str, str]]:
        """The request's query, decoded, blank values kept."""
        return parse_qsl(urlsplit(self.url).query, keep_blank_values=True)

    @property
    def request(self) -> str:
        """The request for a report, with SIDs, room names and page tokens masked."""
        parts = urlsplit(self.url)
        query = "&".join(
            f"{name}={'…' if name in _PERSONAL_PARAMETERS and value else quote(value, safe=':')}"
            for name, value in self.query
        )
        return f"{self.method} {masked(parts.path)}{'?' if query else ''}{query}"


def masked(text: str) -> str:
    """``text`` with every SID reduced to its two letters: ``RM…``."""
    return _SID.sub(r"\1…", text)


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(name for index, (name, _) in enumerate(pairs) if name in dict(pairs[:index]))
        raise ValueError(f"the key {twice!r} stands twice in one object")
    return found
