"""The generated client against the target: list, page, fetch, authenticate."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

from video_log_analyzer_client.api.participants import fetch_participant, list_participants
from video_log_analyzer_client.api.rooms import fetch_room, list_rooms
from video_log_analyzer_client.models import Error, ParticipantPage, RoomPage

from video_log_analyzer.checks.api import ROOMS, Api
from video_log_analyzer.checks.client import call, client_for
from video_log_analyzer.checks.filters import instant
from video_log_analyzer.findings import Finding, Kind

MOST_ROOMS = 5


def test_client_reads_lists_pages_and_resources(api: Api, rooms: list[dict[str, Any]], window: Any) -> None:
    """The generated client lists, pages and fetches, and what it reads it can write again unchanged."""
    session = api.session
    bounds = dict(window)
    after, before = instant(bounds["CreatedAfter"]), instant(bounds["CreatedBefore"])
    assert after is not None
    assert before is not None
    filters = {"created_after": after, "created_before": before, "page_size": max(1, -(-len(rooms) // 3))}
    with client_for(session) as client:
        sids: list[str] = []
        page = call(session, "list_rooms", list_rooms.sync_detailed, client=client, **filters)
        while isinstance(page, RoomPage):
            sids += [room.room_sid for room in page.rooms]
            token = page_token(page.meta.next_page_url)
            if token is None or len(sids) > len(rooms):
                break
            page = call(session, "list_rooms", list_rooms.sync_detailed, client=client, page_token=token, **filters)
        if sorted(sids) != sorted(str(room.get("room_sid")) for room in rooms):
            expected = "the client's pages hold the rooms of the list"
            session.add([Finding(Kind.CLIENT, "list_rooms", "/rooms", "rows", expected)])
        busiest = sorted(rooms, key=lambda room: room.get("unique_participants") or 0, reverse=True)
        for room in busiest[:MOST_ROOMS]:
            sid = str(room.get("room_sid"))
            call(session, "fetch_room", fetch_room.sync_detailed, room_sid=sid, client=client)
            people = call(session, "list_participants", list_participants.sync_detailed, room_sid=sid, client=client)
            if isinstance(people, ParticipantPage):
                participant_sids = [participant.participant_sid for participant in people.participants[:2]]
            else:
                # A list that the client cannot read must not hide what it makes of each participant.
                answer = api.get("list_participants", f"{ROOMS}/{sid}/Participants", [("PageSize", "2")])
                participant_sids = [str(row.get("participant_sid")) for row in api.page(answer, "participants").rows]
            for participant_sid in participant_sids:
                call(
                    session,
                    "fetch_participant",
                    fetch_participant.sync_detailed,
                    room_sid=sid,
                    participant_sid=participant_sid,
                    client=client,
                )


def test_client_sees_errors(api: Api) -> None:
    """The generated client gets the API's error where the secret is wrong, and where a room is unknown."""
    session = api.session
    with client_for(session, password="wrong-" + "0" * 26) as client:
        refused = call(session, "list_rooms", list_rooms.sync_detailed, client=client)
    if not isinstance(refused, Error):
        expected = "401 for a wrong secret"
        session.add([Finding(Kind.AUTHENTICATION, "list_rooms", "header:Authorization", "wrong secret", expected)])
    with client_for(session) as client:
        unknown = call(session, "fetch_room", fetch_room.sync_detailed, room_sid="RM" + "0" * 32, client=client)
    if not isinstance(unknown, Error):
        session.add([Finding(Kind.STATUS, "fetch_room", "status", "unknown room", "404 for a room that is not there")])


def page_token(url: str | None) -> str | None:
    """The token in the URL of a page."""
    tokens = parse_qs(urlsplit(url or "").query).get("PageToken", [])
    return tokens[0] if tokens else None
