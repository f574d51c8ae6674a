"""One request and its answer as a recording has them, and whether they are of this API."""

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
    """A recorded request and its answer, nothing judged yet.

    Attributes:
        where: As in RecordedResponse.
        method: ``GET``.
        url: The full URL.
        status: 0 where there was no answer.
        headers: Names in lower case; None where the recording has none.
        body: The content, decoded; None where the recording does not have it.
        problem: Why it does not: ``no body recorded``.
        provoked: As in RecordedResponse.
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
    """What a recording holds is not to be judged; the message is the reason, the same for all of its sort."""


@dataclass(frozen=True)
class Selection:
    """Which exchanges are of this API.

    Attributes:
        contract: Its operations and hosts.
        hosts: Hosts that count besides the live API's, those of the document, this machine and ``*.invalid``.
    """

    contract: Contract
    hosts: Collection[str] = ()
    _servers: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        servers = self.contract.document.data.get("servers", ())
        object.__setattr__(self, "_servers", frozenset(urlsplit(str(each.get("url"))).hostname for each in servers))

    def operation(self, exchange: Exchange) -> Operation:
        """The operation that was asked.

        Raises:
            SkipError: it was none of this API, or its answer says nothing.
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
        # 405 is what the document has for every other method.
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

    def _is_ours(self, host: str) -> bool:
        return (
            host in self._servers
            or host in self.hosts
            or is_live_host(host, self.contract.kit.live_host)
            or is_loopback(host)
            # The placeholder origin of recordings of an emulator; no such host can exist.
            or host.endswith(".invalid")
        )


def answer_of(exchange: Exchange, operation: str, masker: Masker) -> RecordedResponse:
    """The answer as the check judges it; without recorded headers it counts as JSON."""
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
    """``body`` without its Content-Encoding, or None and why not.

    A recording may hold the decoded body under the header of the encoded one: what is not packed stays as it is.
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
            # Many send it without the header that the standard wants.
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
    """What ``body`` unpacks to, up to a byte more than is held; and whether that is all, or more than that."""
    unpacking = zlib.decompressobj(wbits)
    try:
        unpacked = unpacking.decompress(body, LONGEST + 1)
    except zlib.error:
        return None, False
    return unpacked, unpacking.eof or len(unpacked) > LONGEST


def header_texts(headers: Mapping[str, Any]) -> dict[str, str]:
    """Headers by name in lower case, several of one name joined, whatever their values were written as."""
    return {
        str(name).lower(): ", ".join(map(header_text, value)) if isinstance(value, list) else header_text(value)
        for name, value in headers.items()
    }


def header_text(value: object) -> str:
    """The value of a header, which a recorder may have left out, or written as a number or as bytes."""
    return "" if value is None else value.decode("latin-1") if isinstance(value, bytes) else str(value)


def text_of(value: object) -> str:
    """A string of a recording.

    Raises:
        SkipError: it is none.
    """
    if not isinstance(value, str):
        raise SkipError("an entry that is not as its format says")
    return value


def from_base64(text: str) -> bytes:
    """What ``text`` stands for, be it in several lines or without its padding.

    Raises:
        ValueError: it is no base64.
    """
    packed = "".join(text.split())
    return base64.b64decode(packed + "=" * (-len(packed) % 4), validate=True)


def mapping_of(value: object) -> Mapping[str, Any]:
    """An object of a recording; raises as ``text_of`` does."""
    if not isinstance(value, Mapping):
        raise SkipError("an entry that is not as its format says")
    return cast("Mapping[str, Any]", value)


def status_of(value: object) -> int:
    """A status of a recording, also where it was written as text; 0 is none. Raises as ``text_of`` does."""
    if isinstance(value, str) and value.isascii() and value.isdigit():
        value = int(value[:4])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not (value == 0 or 100 <= value <= 599):
        raise SkipError("an entry that is not as its format says")
    return value
