"""The hooks that only this API has: rows of its lists, its rooms and participants, its ``meta``."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from contract_kit.emulator.faults.hooks import FaultFamily, Json
from contract_kit.emulator.messages import Request
from video_log_analyzer.emulator.pages import Select
from video_log_analyzer.emulator.selection import PageSelection, Rows
from video_log_analyzer.emulator.store import Store

if TYPE_CHECKING:
    from video_log_analyzer.emulator.app import App

_EVERYTHING = 100_000  # rows: more than any list that is sieved
Authenticate = Callable[[Request], str]


class ApiFaultFamily(FaultFamily):
    """The faults of one module; see ``FaultFamily``."""

    def on_authenticate(self, function: Callable[[Authenticate, Request, Store], str]) -> None:
        """Change whom a request is taken for: the function returns the SID of an account."""

        def plant(app: App) -> None:
            inner = app.authenticate
            app.authenticate = lambda request: function(inner, request, app.store)

        self.add(function, plant)

    def on_select(self, function: Callable[[Select, PageSelection], Rows]) -> None:
        """Change which rows a page has."""

        def plant(app: App) -> None:
            inner = app.select
            app.select = lambda selection: function(inner, selection)

        self.add(function, plant)

    def on_meta(self, function: Callable[[Json], None]) -> None:
        """Change the ``meta`` of every page."""
        self.on_parts(lambda document: [document["meta"]] if "meta" in document else [], function)

    def on_rooms_list(self, function: Callable[[Json], None]) -> None:
        """Change every page of rooms."""
        self.on_parts(lambda document: [document] if "rooms" in document else [], function)

    def on_room(self, function: Callable[[Json], None]) -> None:
        """Change every room, in the list and alone."""
        self.on_parts(lambda document: _listed(document, "rooms") or _fetched(document, "room_name"), function)

    def on_listed_room(self, function: Callable[[Json], None]) -> None:
        """Change every room in the list."""
        self.on_parts(lambda document: _listed(document, "rooms"), function)

    def on_fetched_room(self, function: Callable[[Json], None]) -> None:
        """Change every room that is fetched alone."""
        self.on_parts(lambda document: _fetched(document, "room_name"), function)

    def on_participant(self, function: Callable[[Json], None]) -> None:
        """Change every participant, in the list and alone."""
        self.on_parts(
            lambda document: _listed(document, "participants") or _fetched(document, "participant_sid"), function
        )

    def on_listed_participant(self, function: Callable[[Json], None]) -> None:
        """Change every participant in the list."""
        self.on_parts(lambda document: _listed(document, "participants"), function)

    def on_fetched_participant(self, function: Callable[[Json], None]) -> None:
        """Change every participant that is fetched alone."""
        self.on_parts(lambda document: _fetched(document, "participant_sid"), function)


def only(inner: Select, selection: PageSelection, keep: Callable[[Json], bool]) -> Rows:
    """The rows of a selection that ``keep`` likes, read and sieved here since the store has no such filter."""
    rows = inner(replace(selection, limit=_EVERYTHING)).rows
    # Not strict, because a body in the store contains the placeholder of the origin, a control character.
    kept = [row for row in rows if keep(json.loads(row.body, strict=False))]
    if selection.backward:
        return Rows(kept[-selection.limit :], more=len(kept) > selection.limit)
    return Rows(kept[: selection.limit], more=len(kept) > selection.limit)


def _listed(document: Json, key: str) -> list[Json]:
    return document.get(key) or []


def _fetched(document: Json, own_key: str) -> list[Json]:
    return [document] if own_key in document else []
