"""Consistency: resources agree with themselves, with each other, and with the lists that show them."""

from __future__ import annotations

from typing import Any

import pytest

from video_log_analyzer.checks import consistency
from video_log_analyzer.checks.api import Api, NoAnswerError, Page
from video_log_analyzer.checks.paging import walk

MOST_ROOMS = 12

Rooms = list[dict[str, Any]]


@pytest.fixture(scope="session")
def chosen(rooms: Rooms) -> Rooms:
    """The busiest rooms, one of each kind and state, and no more than is reasonable to ask for one by one."""
    by_kind = {(room.get("room_type"), room.get("processing_state")): room for room in rooms}
    busiest = sorted(rooms, key=lambda room: room.get("unique_participants") or 0, reverse=True)
    both = {str(room.get("room_sid")): room for room in [*busiest[: MOST_ROOMS // 2], *by_kind.values()]}
    return list(both.values())[:MOST_ROOMS]


def account(api: Api) -> str | None:
    """The caller's account, where the credentials name it."""
    username = api.session.target.credentials.username
    return username if username.startswith("AC") else None


def test_rooms_agree_with_themselves(api: Api, whole: list[Page]) -> None:
    """Every room's times, counts and addresses agree with each other."""
    for page in whole:
        for room in page.rows:
            api.session.add(consistency.room_findings(page.answer, room))
            path = consistency.room_path(room)
            api.session.add(consistency.address_findings(page.answer, room, path, account(api)))


def test_lists_show_what_details_show(api: Api, chosen: Rooms) -> None:
    """A room in the list is the room by itself; a participant likewise."""
    for listed in chosen:
        path = consistency.room_path(listed)
        try:
            answer = api.get("fetch_room", path)
            fetched = api.resource(answer)
            api.session.add(consistency.room_findings(answer, fetched))
            # What is still being processed may have changed since the list was read.
            if listed.get("processing_state") == "complete" or api.session.target.is_loopback:
                api.session.add(consistency.same_findings(answer, listed, fetched))
            for page in walk(api, "list_participants", f"{path}/Participants", [("PageSize", "1000")]):
                for participant in page.rows[:3]:
                    detail = api.get("fetch_participant", f"{path}/Participants/{participant.get('participant_sid')}")
                    api.session.add(consistency.same_findings(detail, participant, api.resource(detail)))
        except NoAnswerError:
            continue


def test_rooms_sum_up_their_participants(api: Api, chosen: Rooms) -> None:
    """Participants are within their room, and its totals are their sums."""
    for listed in chosen:
        path = consistency.room_path(listed)
        try:
            answer = api.get("fetch_room", path)
            room = api.resource(answer)
            pages = walk(api, "list_participants", f"{path}/Participants", [("PageSize", "1000")])
        except NoAnswerError:
            continue
        participants = [participant for page in pages for participant in page.rows]
        for page in pages:
            for participant in page.rows:
                api.session.add(consistency.participant_findings(page.answer, participant, room))
                address = f"{path}/Participants/{participant.get('participant_sid')}"
                api.session.add(consistency.address_findings(page.answer, participant, address, account(api)))
        if room.get("processing_state") == "complete":
            api.session.add(consistency.sum_findings(answer, room, participants))
