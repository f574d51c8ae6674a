"""This API's own scenarios to record, besides those generated from its resources."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from http import HTTPStatus
from typing import Any

from video_log_analyzer_client.api.rooms import list_rooms
from video_log_analyzer_client.models import Codec, Room, RoomPage, RoomType

from contract_kit.cassettes.scenario import Caller, Scenario
from contract_kit.cassettes.scenarios import paths
from contract_kit.errors import InconclusiveError
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import ROOMS

_ROWS = 6
# The planted fault fails the last two of this many requests.
_FAILING_OF = 10


def _rooms(caller: Caller) -> tuple[dict[str, Any], list[Room]]:
    """Return a few of the newest rooms, with filters that select exactly these.

    Raises:
        InconclusiveError: the target has no room to record.
    """
    week: dict[str, Any] = {"created_after": caller.now - timedelta(days=6, hours=20), "created_before": caller.now}
    page = list_rooms.sync(client=caller.client, **week, page_size=_ROWS)
    rooms = page.rooms if isinstance(page, RoomPage) else []
    if not rooms:
        raise InconclusiveError("the target shows no room of the last seven days: there is nothing to record")
    oldest = min((room.create_time for room in rooms if room.create_time), default=week["created_after"])
    return {**week, "created_after": oldest}, rooms


def _by_type(caller: Caller) -> None:
    bounds, _ = _rooms(caller)
    for types in (*([each] for each in RoomType), [RoomType.GO, RoomType.GROUP]):
        list_rooms.sync(client=caller.client, **bounds, room_type=types)


def _by_codec(caller: Caller) -> None:
    bounds, _ = _rooms(caller)
    for codecs in (*([each] for each in Codec), [Codec.VP9, Codec.H264]):
        list_rooms.sync(client=caller.client, **bounds, codec=codecs)


def _by_name(caller: Caller) -> None:
    bounds, rooms = _rooms(caller)
    # In the order of the response: sorting pseudonyms would give another order in a replay.
    for name in list(dict.fromkeys(room.room_name for room in rooms if room.room_name))[:4]:
        list_rooms.sync(client=caller.client, **bounds, room_name=name)
    list_rooms.sync(client=caller.client, **bounds, room_name="name-0000")


def _by_time(caller: Caller) -> None:
    bounds, rooms = _rooms(caller)
    middle = rooms[len(rooms) // 2].create_time or caller.now
    list_rooms.sync(client=caller.client, created_after=middle, page_size=_ROWS)
    list_rooms.sync(client=caller.client, created_before=middle, page_size=_ROWS)
    for after, before in ((bounds["created_after"], middle), (middle, caller.now), (middle, middle)):
        list_rooms.sync(client=caller.client, created_after=after, created_before=before)


def _by_several(caller: Caller) -> None:
    bounds, rooms = _rooms(caller)
    chosen = rooms[0]
    types = [chosen.room_type] if chosen.room_type else list(RoomType)
    list_rooms.sync(client=caller.client, **bounds, room_type=types, codec=list(chosen.codecs or []), page_size=1)


def _page_without_token(caller: Caller) -> None:
    caller.json(ROOMS, [("Page", "1")])


def _too_many(caller: Caller) -> None:
    for path in list(paths(caller).values())[:1] * 2:
        caller.json(path)


def _server_failure(caller: Caller) -> None:
    """Call each operation until it fails."""
    for path in paths(caller).values():
        for _ in range(_FAILING_OF):
            answer = caller.json(path)
            if isinstance(answer, dict) and answer.get("status") == HTTPStatus.INTERNAL_SERVER_ERROR:
                break


def _break(url: str) -> None:
    with EmulatorControl(url) as control:
        control.add_fault("internal-errors")


def _limit(url: str) -> None:
    """Limit the requests so that the last one of ``_too_many`` exceeds the limit."""
    with EmulatorControl(url) as control:
        for account in control.accounts():
            control.set_limit(str(account["account_sid"]), requests=3, seconds=3600)


def _ok_or(*statuses: int) -> frozenset[int]:
    """Return ``statuses`` and 200, the status of requests that look for paths."""
    return frozenset({200, *statuses})


SCENARIOS: Mapping[str, Scenario] = {
    each.name: each
    for each in (
        Scenario("rooms-by-type", "each RoomType, and two together", _by_type),
        Scenario("rooms-by-codec", "each Codec, and two together", _by_codec),
        Scenario("rooms-by-name", "RoomName that rooms have, and one that none has", _by_name),
        Scenario("rooms-by-time", "CreatedAfter, CreatedBefore, both, and nothing between them", _by_time),
        Scenario("rooms-by-several", "all filters together", _by_several),
        Scenario("page-without-token", "400: Page alone", _page_without_token, statuses=_ok_or(400)),
        Scenario("too-many-requests", "429", _too_many, arrange=_limit, statuses=_ok_or(429)),
        Scenario(
            "server-failure",
            "500, on each operation",
            _server_failure,
            arrange=_break,
            provokes="5XX",
            statuses=_ok_or(500),
        ),
    )
}
