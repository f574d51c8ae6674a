"""A request and a response, independent of the server."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass

from contract_kit.emulator.asgi import Scope

MOST_HEADERS = 100
MOST_HEADER_BYTES = 32_768
_HOST = re.compile(r"[A-Za-z0-9._-]+(:[0-9]{1,5})?|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?")


class UnusableRequestError(ValueError):
    """A request that is refused before it is read, such as one with too many headers; ``str(error)`` says why."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent; ``path`` still percent-encoded, header names in lower case.

    ``server`` is the address it arrived at. A header that came twice is joined with a comma, as HTTP says.
    """

    method: str
    path: str
    query: bytes
    headers: Mapping[str, str]
    server: tuple[str, int]

    @classmethod
    def from_scope(cls, scope: Scope) -> Request:
        """Read an ASGI scope; raises UnusableRequestError for too many headers."""
        headers: dict[str, str] = {}
        left = MOST_HEADER_BYTES
        if len(scope["headers"]) > MOST_HEADERS:
            raise UnusableRequestError(f"More than {MOST_HEADERS} headers")
        for raw_name, raw_value in scope["headers"]:
            left -= len(raw_name) + len(raw_value)
            name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        if left < 0:
            raise UnusableRequestError(f"More than {MOST_HEADER_BYTES} bytes of headers")
        return cls(
            scope["method"], scope["raw_path"].decode("latin-1"), scope["query_string"], headers, scope["server"]
        )

    def origin(self) -> str:
        """Return the origin that the caller used, such as ``https://api.example:8443``.

        A malformed forwarded protocol or host is ignored, because it would get into every URL of the answer.
        """
        scheme = self.headers.get("x-forwarded-proto", "http").partition(",")[0].strip().lower()
        host = self.headers.get("host", "")
        if not _HOST.fullmatch(host):
            address, port = self.server
            host = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
        return f"{scheme if scheme in ('http', 'https') else 'http'}://{host}"

    def credentials(self) -> tuple[str, str] | None:
        """Return user name and password of Basic authentication, None if they are missing or malformed."""
        scheme, _, encoded = self.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
        except (binascii.Error, ValueError):
            return None
        return (user, password) if colon else None


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back; header names in lower case."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
