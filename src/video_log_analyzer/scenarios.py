"""What is recorded of this API, by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any

from video_log_analyzer_client.api.participants import fetch_participant, list_participants
from video_log_analyzer_client.api.rooms import fetch_room, list_rooms
from video_log_analyzer_client.models import Codec, Participant, ParticipantPage, Room, RoomPage, RoomType

from contract_kit.cassettes.scenario import Caller, Scenario
from contract_kit.errors import InconclusiveError
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import ROOMS

# What nobody has, in the form of the pseudonyms that scrubbing leaves alone.
NOBODY, NO_ROOM, NO_PARTICIPANT, NO_TOKEN = "text-0000", "RM" + "0" * 32, "PA" + "0" * 32, "PT" + "0" * 32
_PAGES = 4
_ROWS = 6
# The fault that is planted for it fails the last two of so many requests.
_FAILING_OF = 10


def _rooms(caller: Caller) -> tuple[dict[str, Any], list[Room]]:
    """Bounds that hold a few of the newest rooms and no other, and these rooms.

    Raises:
        InconclusiveError: there is none to record.
    """
    week: dict[str, Any] = {"created_after": caller.now - timedelta(days=6, hours=20), "created_before": caller.now}
    page = list_rooms.sync(client=caller.client, **week, page_size=_ROWS)
    rooms = page.rooms if isinstance(page, RoomPage) else []
    if not rooms:
        raise InconclusiveError("the target shows no room of the last seven days: there is nothing to record")
    oldest = min((room.create_time for room in rooms if room.create_time), default=week["created_after"])
    return {**week, "created_after": oldest}, rooms


def _busiest(caller: Caller) -> Room:
    """The room with the most participants among those; raises as ``_rooms`` does."""
    return max(_rooms(caller)[1], key=lambda room: room.unique_participants or 0)


def _default_list(caller: Caller) -> None:
    list_rooms.sync(client=caller.client, page_size=_ROWS)


def _pages(caller: Caller, path: str, query: Sequence[tuple[str, str]]) -> None:
    """Forth along next_page_url, back along previous_page_url, and to the first again."""
    page = caller.json(path, query)
    visited = 1
    for name in ("next_page_url", "previous_page_url"):
        while visited < 2 * _PAGES and (url := page["meta"].get(name)):
            page = caller.json(url)
            visited += 1
            if name == "next_page_url" and visited == _PAGES:
                break
    if visited > 1:
        caller.json(page["meta"]["first_page_url"])


def _room_pages(caller: Caller) -> None:
    bounds, _ = _rooms(caller)
    _pages(
        caller,
        ROOMS,
        [("CreatedAfter", _text(bounds["created_after"])), ("CreatedBefore", _text(caller.now)), ("PageSize", "2")],
    )


def _participant_pages(caller: Caller) -> None:
    _pages(caller, f"{ROOMS}/{_busiest(caller).room_sid}/Participants", [("PageSize", "2")])


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
    # In the order of the answer: a pseudonym sorts otherwise than what it stands for.
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


def _room(caller: Caller) -> None:
    _, rooms = _rooms(caller)
    # One of each status: a room that goes on has other nulls than one that ended.
    for room in {room.room_status: room for room in rooms}.values():
        fetch_room.sync(room.room_sid, client=caller.client)


def _participant(caller: Caller) -> None:
    room = _busiest(caller).room_sid
    page = list_participants.sync(room, client=caller.client, page_size=3)
    for participant in page.participants if isinstance(page, ParticipantPage) else ():
        fetch_participant.sync(room, participant.participant_sid, client=caller.client)


def _paths(caller: Caller) -> list[str]:
    """A path of each operation that leads to something."""
    room = _busiest(caller).room_sid
    page = list_participants.sync(room, client=caller.client, page_size=1)
    people: list[Participant] = page.participants if isinstance(page, ParticipantPage) else []
    found = [ROOMS, f"{ROOMS}/{room}", f"{ROOMS}/{room}/Participants"]
    return found + [f"{ROOMS}/{room}/Participants/{each.participant_sid}" for each in people]


def _not_found(caller: Caller) -> None:
    room = _busiest(caller).room_sid
    for sid in (NO_ROOM, NOBODY):
        caller.json(f"{ROOMS}/{sid}")
        caller.json(f"{ROOMS}/{sid}/Participants")
    for sid in (NO_PARTICIPANT, NOBODY):
        caller.json(f"{ROOMS}/{room}/Participants/{sid}")


def _unauthorized(caller: Caller) -> None:
    wrong = caller.stranger()
    with wrong.http:
        # In one order, so that what is told apart by credentials alone is replayed as it was recorded.
        for path in _paths(caller):
            wrong.json(path)
            caller.json(path, anonymous=True)


def _invalid(caller: Caller) -> None:
    participants = f"{ROOMS}/{_busiest(caller).room_sid}/Participants"
    paging = [
        ("PageSize", "0"),
        ("PageSize", "1001"),
        ("PageSize", NOBODY),
        ("Page", "1"),
        ("Page", "-1"),
        ("PageToken", NO_TOKEN),
    ]
    filters = [("CreatedAfter", NOBODY), ("CreatedBefore", NOBODY), ("RoomType", "castle"), ("Codec", "vp8")]
    for path, wrong in ((ROOMS, [*paging, *filters]), (participants, paging)):
        for name, value in wrong:
            caller.json(path, [(name, value)])


def _wrong_method(caller: Caller) -> None:
    for path in _paths(caller):
        caller.json(path, method="POST")


def _too_many(caller: Caller) -> None:
    for path in _paths(caller)[:1] * 2:
        caller.json(path)


def _server_failure(caller: Caller) -> None:
    """Each operation until it fails."""
    for path in _paths(caller):
        for _ in range(_FAILING_OF):
            answer = caller.json(path)
            if isinstance(answer, dict) and answer.get("status") == HTTPStatus.INTERNAL_SERVER_ERROR:
                break


def _break(url: str) -> None:
    with EmulatorControl(url) as control:
        control.add_fault("internal-errors")


def _limit(url: str) -> None:
    """So few requests that the last of ``_too_many`` is one too many."""
    with EmulatorControl(url) as control:
        for account in control.accounts():
            control.set_limit(str(account["account_sid"]), requests=3, seconds=3600)


def _ok_or(*statuses: int) -> frozenset[int]:
    """200, which looking for something to ask is answered, or one of these."""
    return frozenset({200, *statuses})


SCENARIOS: Mapping[str, Scenario] = {
    each.name: each
    for each in (
        Scenario("rooms", "the list of rooms without bounds", _default_list),
        Scenario("rooms-pages", "rooms page by page, forth, back and to the first", _room_pages),
        Scenario("rooms-by-type", "each RoomType, and two together", _by_type),
        Scenario("rooms-by-codec", "each Codec, and two together", _by_codec),
        Scenario("rooms-by-name", "RoomName that rooms have, and one that none has", _by_name),
        Scenario("rooms-by-time", "CreatedAfter, CreatedBefore, both, and nothing between them", _by_time),
        Scenario("rooms-by-several", "all filters together", _by_several),
        Scenario("room", "a room of each status", _room),
        Scenario("participants-pages", "participants page by page, forth, back and to the first", _participant_pages),
        Scenario("participant", "participants, each by itself", _participant),
        Scenario(
            "not-found",
            "404: rooms and participants that nobody has, and malformed SIDs",
            _not_found,
            statuses=_ok_or(400, 404),
        ),
        Scenario(
            "unauthorized",
            "401: a wrong secret and no credentials, on each operation",
            _unauthorized,
            statuses=_ok_or(401),
        ),
        Scenario("invalid", "400: each kind of parameter that cannot be used", _invalid, statuses=_ok_or(400)),
        Scenario(
            "wrong-method", "405: POST, on each operation", _wrong_method, sends_invalid=True, statuses=_ok_or(405)
        ),
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


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
