"""How a function becomes a fault: one decorator a seam, and some for the usual case, a change to a JSON object."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode

from contract_kit.emulator.faults.registry import Authenticate, Respond, register
from contract_kit.emulator.messages import Request, Response
from video_log_analyzer.emulator.pages import Select
from video_log_analyzer.emulator.selection import Rows, Selection
from video_log_analyzer.emulator.store import Store

if TYPE_CHECKING:
    from video_log_analyzer.emulator.app import App

Json = dict[str, Any]

# Any value may be null, a list empty, and another fault may have taken away the ground under this one.
_NO_GROUND = (AttributeError, LookupError, TypeError, ValueError)


def on_authenticate(function: Callable[[Authenticate, Request, Store], str]) -> None:
    """Change whom a request is taken for: the function returns the SID of an account."""

    def plant(app: App) -> None:
        inner = app.authenticate
        app.authenticate = lambda request: function(inner, request, app.store)

    register(function, plant)


def on_select(function: Callable[[Select, Selection], Rows]) -> None:
    """Change which rows a page has."""

    def plant(app: App) -> None:
        inner = app.select
        app.select = lambda selection: function(inner, selection)

    register(function, plant)


def on_respond(function: Callable[[Respond, Request], Response]) -> None:
    """Change the request on its way in, or the response on its way out."""

    def plant(app: App) -> None:
        inner = app.respond
        app.respond = lambda request: function(inner, request)

    register(function, plant)


def on_response(function: Callable[[Response], Response]) -> None:
    """Change every response."""
    _on_responses_that(lambda _: True, function)


def on_success(function: Callable[[Response], Response]) -> None:
    """Change every successful response."""
    _on_responses_that(lambda response: response.status == 200, function)


def on_error(function: Callable[[Response], Response]) -> None:
    """Change every response that is an error."""
    _on_responses_that(lambda response: response.status >= 400, function)


def on_error_document(function: Callable[[Json], None]) -> None:
    """Change the JSON object of every error."""
    _on_responses_that(lambda response: response.status >= 400, _in_document(function), function)


def on_document(function: Callable[[Json], None]) -> None:
    """Change the JSON object of every successful answer: a list with its ``meta``, or a resource."""
    _on_responses_that(lambda response: response.status == 200, _in_document(function), function)


def on_meta(function: Callable[[Json], None]) -> None:
    """Change the ``meta`` of every page."""
    _on_part(lambda document: [document["meta"]] if "meta" in document else [], function)


def on_rooms_list(function: Callable[[Json], None]) -> None:
    """Change every page of rooms."""
    _on_part(lambda document: [document] if "rooms" in document else [], function)


def on_room(function: Callable[[Json], None]) -> None:
    """Change every room, in the list and alone."""
    _on_part(lambda document: document.get("rooms", [document] if "room_name" in document else []), function)


def on_listed_room(function: Callable[[Json], None]) -> None:
    """Change every room in the list."""
    _on_part(lambda document: document.get("rooms", []), function)


def on_fetched_room(function: Callable[[Json], None]) -> None:
    """Change every room that is fetched alone."""
    _on_part(lambda document: [document] if "room_name" in document else [], function)


def on_participant(function: Callable[[Json], None]) -> None:
    """Change every participant, in the list and alone."""
    _on_part(
        lambda document: document.get("participants", [document] if "participant_sid" in document else []), function
    )


def on_listed_participant(function: Callable[[Json], None]) -> None:
    """Change every participant in the list."""
    _on_part(lambda document: document.get("participants", []), function)


def on_fetched_participant(function: Callable[[Json], None]) -> None:
    """Change every participant that is fetched alone."""
    _on_part(lambda document: [document] if "participant_sid" in document else [], function)


def _on_part(parts: Callable[[Json], list[Json]], function: Callable[[Json], None]) -> None:
    def change(document: Json) -> None:
        for part in parts(document) or []:
            with suppress(*_NO_GROUND):
                function(part)

    _on_responses_that(lambda response: response.status == 200, _in_document(change), function)


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


def _on_responses_that(
    matter: Callable[[Response], bool],
    change: Callable[[Response], Response],
    function: Callable[..., object] | None = None,
) -> None:
    """Register ``function`` (``change`` itself if there is none), which changes the responses that matter."""

    def plant(app: App) -> None:
        inner = app.respond

        def respond(request: Request) -> Response:
            response = inner(request)
            if matter(response):
                with suppress(*_NO_GROUND):
                    return change(response)
            return response

        app.respond = respond

    register(function or change, plant)


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
