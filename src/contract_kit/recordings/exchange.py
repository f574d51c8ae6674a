"""A recorded request and its response, and whether they belong to this API."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from contract_kit.check.observed_response import RecordedResponse
from contract_kit.contract import Contract
from contract_kit.document import Operation
from contract_kit.masking import Masker
from contract_kit.recordings.bounds import LONGEST, mebibytes
from contract_kit.targets import is_live_host, is_loopback

_METHODS = frozenset({"HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "CONNECT", "TRACE"})
_WBITS = {"gzip": 31, "x-gzip": 31, "deflate": 15}


@dataclass(frozen=True)
class Exchange:
    """A recorded request and its response, not yet validated.

    Attributes:
        where: The position in the recording: ``browse.har entry 3``.
        method: ``GET``.
        url: The full URL.
        status: ``200``; 0 if there was no response.
        headers: The headers, names in lower case; None if the recording has none.
        body: The decoded content; None if the recording does not have it.
        problem: Why the body is None: ``no body recorded``.
        provoked: Whether the recording provoked 5xx responses on purpose.
    """

    where: str
    method: str
    url: str
    status: int
    headers: Mapping[str, str] | None
    body: bytes | None
    problem: str = ""
    provoked: bool = False


class SkipError(Exception):
    """Part of a recording is to be skipped; equal reasons have equal messages, so that they can be counted."""


@dataclass(frozen=True)
class Selection:
    """Selects the exchanges that belong to this API.

    Attributes:
        contract: The API's operations and hosts.
        hosts: Further hosts, besides the live API's, the document's servers, this machine and ``*.invalid``.
    """

    contract: Contract
    hosts: Collection[str] = ()
    _servers: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        servers = self.contract.document.data.get("servers", ())
        object.__setattr__(self, "_servers", frozenset(urlsplit(str(each.get("url"))).hostname for each in servers))

    def operation(self, exchange: Exchange) -> Operation:
        """The operation that the request was meant for.

        Raises:
            SkipError: the request is not for this API, or the response cannot be validated.
        """
        try:
            parts = urlsplit(exchange.url)
            host = (parts.hostname or "").lower()
        except ValueError:
            raise SkipError("a URL that is none") from None
        if not self._is_ours(host):
            raise SkipError("another host")
        operation = self.contract.document.operation_at(parts.path)
        if operation is None:
            raise SkipError("another path")
        # Other methods are only documented with status 405.
        if exchange.method.upper() != operation.method and exchange.status != 405:
            method = exchange.method.upper()
            raise SkipError(f"method {method}" if method in _METHODS else "another method")
        if exchange.status == 0:
            raise SkipError("no answer recorded")
        if 300 <= exchange.status < 400:
            raise SkipError("a redirect, or an answer from a cache")
        if exchange.body is None:
            raise SkipError(exchange.problem or "no body recorded")
        return operation

    def is_live(self, exchange: Exchange) -> bool:
        """Whether the live API sent the response: only then is it evidence about the live API."""
        parts = urlsplit(exchange.url)
        return parts.scheme == "https" and is_live_host((parts.hostname or "").lower(), self.contract.kit.live_host)

    def _is_ours(self, host: str) -> bool:
        return (
            host in self._servers
            or host in self.hosts
            or is_live_host(host, self.contract.kit.live_host)
            or is_loopback(host)
            # Recordings of an emulator have such a placeholder host, which cannot exist.
            or host.endswith(".invalid")
        )


def answer_of(exchange: Exchange, operation: str, masker: Masker) -> RecordedResponse:
    """The response in the form that the check reads; without recorded headers it counts as JSON."""
    return RecordedResponse(
        operation=operation,
        method=exchange.method.upper(),
        url=exchange.url,
        status=exchange.status,
        headers=exchange.headers if exchange.headers is not None else {"content-type": "application/json"},
        body=exchange.body or b"",
        masker=masker,
        where=exchange.where,
        provoked=exchange.provoked,
    )


def decoded(body: bytes, encoding: str) -> tuple[bytes | None, str]:
    """The body without its Content-Encoding and ``""``, or None and the reason.

    Some recorders store the decoded body but keep the Content-Encoding header; such a body is returned unchanged.
    """
    names = [name.strip().lower() for name in encoding.split(",") if name.strip().lower() not in {"", "identity"}]
    for name in reversed(names):
        if name not in _WBITS:
            if body[:1] in {b"{", b"["}:
                continue
            return None, "a body in an encoding that is not read (only gzip and deflate are)"
        unpacked, whole = _unpacked(body, _WBITS[name])
        if unpacked is None and body[:1] in {b"{", b"["}:
            continue
        if unpacked is None and name == "deflate":
            # Many servers send deflate without the zlib header that the standard requires.
            unpacked, whole = _unpacked(body, -15)
        if unpacked is None:
            return None, "a body that cannot be unpacked"
        if not whole:
            return None, "a body that is cut off"
        body = unpacked
    if len(body) > LONGEST:
        return None, f"a body of more than {mebibytes(LONGEST)}"
    return body, ""


def _unpacked(body: bytes, wbits: int) -> tuple[bytes | None, bool]:
    """The unpacked body, cut after ``LONGEST`` + 1 bytes, and whether the packed body is complete or longer than that.

    The body is None if it cannot be unpacked.
    """
    unpacking = zlib.decompressobj(wbits)
    try:
        unpacked = unpacking.decompress(body, LONGEST + 1)
    except zlib.error:
        return None, False
    return unpacked, unpacking.eof or len(unpacked) > LONGEST


def header_texts(headers: Mapping[str, Any]) -> dict[str, str]:
    """Headers as text, with names in lower case; lists of values are joined with a comma."""
    return {
        str(name).lower(): ", ".join(map(header_text, value)) if isinstance(value, list) else header_text(value)
        for name, value in headers.items()
    }


def header_text(value: object) -> str:
    """A header's value as text; recorders also write None, numbers or bytes."""
    return "" if value is None else value.decode("latin-1") if isinstance(value, bytes) else str(value)


def text_of(value: object) -> str:
    """Require a string.

    Raises:
        SkipError: ``value`` is not a string.
    """
    if not isinstance(value, str):
        raise SkipError("an entry that is not as its format says")
    return value


def from_base64(text: str) -> bytes:
    """Decode base64, which may have line breaks or lack its padding.

    Raises:
        ValueError: it is not base64.
    """
    packed = "".join(text.split())
    return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)


def mapping_of(value: object) -> Mapping[str, Any]:
    """Require an object; raises SkipError like ``text_of``."""
    if not isinstance(value, Mapping):
        raise SkipError("an entry that is not as its format says")
    return cast("Mapping[str, Any]", value)


def status_of(value: object) -> int:
    """Require a status, which may be text (``"200"``), or 0 for no response; raises SkipError like ``text_of``."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:4])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not (value == 0 or 100 <= value <= 599):
        raise SkipError("an entry that is not as its format says")
    return value
