"""The generated client against the target: it lists, pages, fetches and authenticates."""

from __future__ import annotations

import pytest
from video_log_analyzer_client.api.participants import fetch_participant, list_participants
from video_log_analyzer_client.api.rooms import fetch_room, list_rooms
from video_log_analyzer_client.models import Error, ParticipantPage, RoomPage

from contract_kit.check.requester import Requester
from contract_kit.check.survey import CompleteList
from contract_kit.findings.finding import Example, Finding, Kind
from contract_kit.foreign_text import query_of
from contract_kit.instants import instant
from video_log_analyzer.checks.client_calls import call, client_for
from video_log_analyzer.kit import PARTICIPANT, ROOMS

ORDER = 55

MOST_ROOMS = 5


@pytest.mark.share(2)
def test_client_reads_lists_pages_and_resources(requester: Requester, room_window: CompleteList) -> None:
    """The generated client reads lists, pages and resources, and writes them again unchanged."""
    rooms, bounds = room_window.rows, dict(room_window.window)
    after, before = instant(bounds["CreatedAfter"]), instant(bounds["CreatedBefore"])
    assert after is not None
    assert before is not None
    filters = {"created_after": after, "created_before": before, "page_size": max(1, -(-len(rooms) // 3))}
    with client_for(requester) as client:
        sids: list[str] = []
        page = call(requester, "list_rooms", list_rooms.sync_detailed, client=client, **filters)
        while isinstance(page, RoomPage):
            sids += [room.room_sid for room in page.rooms]
            token = page_token(page.meta.next_page_url)
            if token is None or len(sids) > len(rooms):
                break
            page = call(requester, "list_rooms", list_rooms.sync_detailed, client=client, page_token=token, **filters)
        settled = {str(room.get("room_sid")) for room in filter(room_window.is_stable, rooms)}
        if isinstance(page, RoomPage) and (len(set(sids)) < len(sids) or settled - set(sids)):
            expected = "the client's pages hold the rooms of the list"
            found = f"{len(sids)} rooms, {len(sids) - len(set(sids))} of them twice, where the list has {len(rooms)}"
            lost = Finding(Kind.CLIENT, "list_rooms", "/rooms", "rows", expected, found=found, counts_rows=True)
            requester.session.add([lost])
        busiest = sorted(rooms, key=lambda room: room.get("unique_participants") or 0, reverse=True)
        for room in busiest[:MOST_ROOMS]:
            sid = str(room.get("room_sid"))
            call(requester, "fetch_room", fetch_room.sync_detailed, room_sid=sid, client=client)
            people = call(requester, "list_participants", list_participants.sync_detailed, room_sid=sid, client=client)
            if isinstance(people, ParticipantPage):
                participants = [participant.participant_sid for participant in people.participants[:2]]
            else:
                # Even if the client cannot read the list, let it read each participant.
                answer = requester.get("list_participants", f"{ROOMS}/{sid}/Participants", [("PageSize", "2")])
                participants = [str(row.get("participant_sid")) for row in requester.page(answer, PARTICIPANT).rows]
            for participant_sid in participants:
                call(
                    requester,
                    "fetch_participant",
                    fetch_participant.sync_detailed,
                    room_sid=sid,
                    participant_sid=participant_sid,
                    client=client,
                )


def test_client_sees_errors(requester: Requester) -> None:
    """The generated client gets the API's error for a wrong secret and for an unknown room."""
    with client_for(requester, password="wrong-" + "0" * 26) as client:
        refused = call(requester, "list_rooms", list_rooms.sync_detailed, client=client)
    answered = Example("list_rooms through the generated client", answers=(requester.session.observed,))
    with client_for(requester) as client:
        unknown = call(requester, "fetch_room", fetch_room.sync_detailed, room_sid="RM" + "0" * 32, client=client)
    if not isinstance(refused, Error):
        location, expected = "header:Authorization", "401 for a wrong secret"
        found = "the client got no error for a wrong secret"
        requester.session.add(
            [
                Finding(
                    *(Kind.AUTHENTICATION, "list_rooms", location, "wrong secret", expected),
                    examples=(answered,),
                    found=found,
                )
            ]
        )
    if not isinstance(unknown, Error):
        expected = "404 for a room that is not there"
        found = "the client got no error for a room that is not there"
        answered = Example("fetch_room through the generated client", answers=(requester.session.observed,))
        requester.session.add(
            [Finding(Kind.STATUS, "fetch_room", "status", "unknown room", expected, examples=(answered,), found=found)]
        )


def page_token(url: str | None) -> str | None:
    """The page token in the URL of a page, or None."""
    return dict(reversed(query_of(url or ""))).get("PageToken")
