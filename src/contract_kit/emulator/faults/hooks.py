"""How a function becomes a fault: a decorator for each hook, and some for the usual case, a change to a JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from contract_kit.emulator.faults.registry import Fault, FaultKind, HookedApp, Respond
from contract_kit.emulator.messages import Request, Response

Json = dict[str, Any]

# Any value may be null, a list empty, and another fault may have removed what this one needs.
_NOT_APPLICABLE = (AttributeError, LookupError, TypeError, ValueError)


class FaultFamily:
    """The faults of one module, which its decorators make of functions.

    A function ``_no_cors`` becomes the fault ``no-cors``, and the line of its docstring says what it imitates::

        faults = FaultFamily("headers")

        @faults.on_response
        def _no_cors(response: Response) -> Response: ...
    """

    def __init__(self, name: str, kind: FaultKind = "contract") -> None:
        self._name = name
        self._kind = kind
        self._faults: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._faults)

    def add(self, function: Callable[..., object], plant: Callable[[Any], None]) -> None:
        """Add a fault: ``plant`` wraps a hook of an app, ``function`` has the name and the docstring."""
        name = function.__name__.removeprefix("_").replace("_", "-")
        self._faults.append(Fault(name, self._kind, self._name, (function.__doc__ or "").rstrip("."), plant))

    def on_respond(self, function: Callable[[Respond, Request], Response]) -> None:
        """Change the request on its way in, or the response on its way out."""

        def plant(app: HookedApp) -> None:
            inner = app.respond
            app.respond = lambda request: function(inner, request)

        self.add(function, plant)

    def on_response(self, function: Callable[[Response], Response]) -> None:
        """Change every response."""
        self._on_responses_that(lambda _: True, function)

    def on_success(self, function: Callable[[Response], Response]) -> None:
        """Change every successful response."""
        self._on_responses_that(lambda response: response.status == 200, function)

    def on_error(self, function: Callable[[Response], Response]) -> None:
        """Change every response that is an error."""
        self._on_responses_that(lambda response: response.status >= 400, function)

    def on_error_document(self, function: Callable[[Json], None]) -> None:
        """Change the JSON object of every error."""
        self._on_responses_that(lambda response: response.status >= 400, _in_document(function), function)

    def on_document(self, function: Callable[[Json], None]) -> None:
        """Change the JSON object of every successful answer."""
        self._on_responses_that(lambda response: response.status == 200, _in_document(function), function)

    def on_parts(self, parts: Callable[[Json], list[Json]], function: Callable[[Json], None]) -> None:
        """Change each of those ``parts`` of the JSON object of every successful answer."""

        def change(document: Json) -> None:
            for part in parts(document) or []:
                with suppress(*_NOT_APPLICABLE):
                    function(part)

        self._on_responses_that(lambda response: response.status == 200, _in_document(change), function)

    def _on_responses_that(
        self,
        matter: Callable[[Response], bool],
        change: Callable[[Response], Response],
        function: Callable[..., object] | None = None,
    ) -> None:
        """Add ``function`` (``change`` itself if there is none), which changes the responses that matter."""

        def plant(app: HookedApp) -> None:
            inner = app.respond

            def respond(request: Request) -> Response:
                response = inner(request)
                if matter(response):
                    with suppress(*_NOT_APPLICABLE):
                        return change(response)
                return response

            app.respond = respond

        self.add(function or change, plant)


def _in_document(change: Callable[[Json], None]) -> Callable[[Response], Response]:
    def changed(response: Response) -> Response:
        try:
            document = json.loads(response.body)
        except ValueError:
            return response
        if not isinstance(document, dict):
            return response
        change(document)
        return replace(response, body=json.dumps(document, ensure_ascii=False).encode())

    return changed


def with_query(request: Request, change: Callable[[str, str], tuple[str, str] | None]) -> Request:
    """Return the request with each pair of its query changed, or, for None, without it."""
    pairs = (change(name, value) for name, value in parse_qsl(request.query.decode("latin-1"), keep_blank_values=True))
    return replace(request, query=urlencode([pair for pair in pairs if pair]).encode())


def without_header(response: Response, name: bytes) -> Response:
    """Return the response without a header."""
    return replace(response, headers=tuple(header for header in response.headers if header[0] != name))


def with_header(response: Response, name: bytes, value: bytes) -> Response:
    """Return the response with one header of this name."""
    return replace(response, headers=(*without_header(response, name).headers, (name, value)))
