"""Consistency: resources agree with themselves, with each other, and with the lists that show them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

import pytest

from contract_kit.api import Row
from contract_kit.check.details import same_judgements
from contract_kit.check.list_laws import walk
from contract_kit.check.pages import rows_of
from contract_kit.check.properties import Judgement
from contract_kit.check.requester import Requester
from contract_kit.check.survey import CompleteList
from contract_kit.check.throttle import NoAnswerError
from video_log_analyzer.checks import consistency
from video_log_analyzer.kit import PARTICIPANT

ORDER = 25

MOST_ROOMS = 12
# Each of these is followed through all of its addresses.
MOST_ADDRESSES = 3

Rooms = list[Row]


@pytest.fixture(scope="session")
def chosen(room_window: CompleteList) -> Rooms:
    """The busiest rooms, one of each kind and state, and no more than is reasonable to ask for one by one."""
    rooms = room_window.rows
    by_kind = {(room.get("room_type"), room.get("processing_state")): room for room in rooms}
    busiest = sorted(rooms, key=lambda room: room.get("unique_participants") or 0, reverse=True)
    both = {str(room.get("room_sid")): room for room in [*busiest[: MOST_ROOMS // 2], *by_kind.values()]}
    return list(both.values())[:MOST_ROOMS]


@pytest.fixture(scope="session")
def account(requester: Requester, room_window: CompleteList) -> str | None:
    """The caller's account: the credentials name it, or else the first room does."""
    username = requester.session.target.credentials.username
    if username.startswith("AC"):
        return username
    return next((sid for room in room_window.rows if isinstance(sid := room.get("account_sid"), str)), None)


def test_rooms_agree_with_themselves(requester: Requester, room_window: CompleteList, account: str | None) -> None:
    """Every room's times, counts and addresses agree with each other."""
    for page in room_window.pages:
        for room in page.rows:
            requester.session.judge(consistency.room_judgements(page.response, room))
            path = consistency.room_path(room)
            requester.session.judge(consistency.address_judgements(page.response, room, path, account))


@pytest.mark.share(3)
def test_details_agree_with_themselves(requester: Requester, chosen: Rooms, account: str | None) -> None:
    """A room and a participant that are fetched by themselves agree with themselves and with each other."""
    for listed in chosen:
        path = consistency.room_path(listed)

        def question(_: int, path: str = path) -> Iterator[Judgement]:
            answer = requester.get("fetch_room", path)
            room = requester.resource(answer)
            yield from consistency.room_judgements(answer, room)
            yield from consistency.address_judgements(answer, room, path, account)
            for page in walk(requester, PARTICIPANT, f"{path}/Participants", [("PageSize", "1000")]):
                for participant in page.rows[:3]:
                    address = f"{path}/Participants/{participant.get('participant_sid')}"
                    detail = requester.get("fetch_participant", address)
                    yield from consistency.participant_judgements(detail, requester.resource(detail), room)

        with suppress(NoAnswerError):
            requester.session.judge_stable(question)


@pytest.mark.share(2)
def test_rooms_sum_up_their_participants(requester: Requester, chosen: Rooms, account: str | None) -> None:
    """Participants are within their room, and its totals are their sums."""
    for listed in chosen:
        path = consistency.room_path(listed)

        def question(_: int, path: str = path) -> Iterator[Judgement]:
            answer = requester.get("fetch_room", path)
            room = requester.resource(answer)
            pages = walk(requester, PARTICIPANT, f"{path}/Participants", [("PageSize", "1000")])
            for page in pages:
                for participant in page.rows:
                    yield from consistency.participant_judgements(page.response, participant, room)
                    address = f"{path}/Participants/{participant.get('participant_sid')}"
                    yield from consistency.address_judgements(page.response, participant, address, account)
            if room.get("processing_state") == "complete":
                yield from consistency.sum_judgements(answer, room, rows_of(pages))

        with suppress(NoAnswerError):
            requester.session.judge_stable(question)


def test_addresses_lead_to_the_resource(requester: Requester, room_window: CompleteList, chosen: Rooms) -> None:
    """url and links of a room and a participant lead to what they name, and complete is final."""
    complete = [room for room in chosen if room.get("processing_state") == "complete"]
    for listed in complete[:MOST_ADDRESSES]:

        def question(_: int, listed: Row = listed) -> Iterator[Judgement]:
            links, url = listed.get("links"), listed.get("url")
            if isinstance(url, str):
                answer = requester.follow("fetch_room", url)
                yield from same_judgements(answer, listed, requester.resource(answer), consistency.FINAL)
            people = links.get("participants") if isinstance(links, dict) else None
            if not isinstance(people, str):
                return
            page = requester.page(requester.follow("list_participants", people), PARTICIPANT)
            for participant in page.rows[:2]:
                yield from consistency.participant_judgements(page.response, participant, listed)
                if isinstance(url := participant.get("url"), str):
                    answer = requester.follow("fetch_participant", url)
                    again = requester.resource(answer)
                    yield from same_judgements(answer, participant, again, consistency.FINAL)

        with suppress(NoAnswerError):
            requester.session.judge_stable(question)
