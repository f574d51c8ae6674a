"""Put credentials into requests, according to the kit's authentication scheme."""

from __future__ import annotations

import base64
from collections.abc import Generator

import httpx

from contract_kit.api import Authentication, Credentials

# A value that no account has, and that people and leak scanners recognise as invented.
NOBODY = "0" * 32


def header(authentication: Authentication, credentials: Credentials) -> tuple[str, str] | None:
    """The header with the credentials: ``("Authorization", "Bearer …")``; None if the scheme uses no header."""
    match authentication.scheme:
        case "Basic":
            pair = f"{credentials.username}:{credentials.secret}"
            return "Authorization", f"Basic {base64.b64encode(pair.encode()).decode()}"
        case "Bearer":
            return "Authorization", f"Bearer {credentials.secret}".rstrip()  # a header must not end in a blank
        case "header":
            return authentication.name, credentials.secret
        case _:
            return None


def parameters(authentication: Authentication, credentials: Credentials) -> dict[str, str]:
    """The query parameters with the credentials: ``{"api_key": "…"}``; empty if the scheme uses none."""
    return {authentication.name: credentials.secret} if authentication.scheme == "query" else {}


class Sender(httpx.Auth):
    """Sets the credentials of a request, replacing those that it already has.

    Args:
        authentication: The scheme.
        credentials: The credentials; a text is sent as the raw header or parameter value, None sends nothing.
    """

    def __init__(self, authentication: Authentication, credentials: Credentials | str | None) -> None:
        self._name = "Authorization" if authentication.scheme in {"Basic", "Bearer"} else authentication.name
        self._in_query = authentication.scheme == "query"
        if isinstance(credentials, Credentials):
            given = header(authentication, credentials)
            self._value = given[1] if given else parameters(authentication, credentials).get(self._name)
        else:
            self._value = credentials

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the header or parameter, as httpx requires."""
        if self._in_query:
            url = request.url.copy_remove_param(self._name)
            request.url = url if self._value is None else url.copy_add_param(self._name, self._value)
        elif self._name:
            request.headers.pop(self._name, None)
            if self._value is not None:
                request.headers[self._name] = self._value
        yield request
