"""Consistency: resources agree with themselves, with each other, and with the lists that show them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest

from contract_kit.check.list_laws import rows_of, walk
from contract_kit.check.properties import Judgement
from contract_kit.check.requester import Api
from contract_kit.check.throttle import NoAnswerError
from video_log_analyzer.checks import consistency
from video_log_analyzer.checks.room_window import Whole

MOST_ROOMS = 12
# Each of these is followed through all of its addresses.
MOST_ADDRESSES = 3

Rooms = list[dict[str, Any]]


@pytest.fixture(scope="session")
def chosen(whole: Whole) -> Rooms:
    """The busiest rooms, one of each kind and state, and no more than is reasonable to ask for one by one."""
    rooms = whole.rooms
    by_kind = {(room.get("room_type"), room.get("processing_state")): room for room in rooms}
    busiest = sorted(rooms, key=lambda room: room.get("unique_participants") or 0, reverse=True)
    both = {str(room.get("room_sid")): room for room in [*busiest[: MOST_ROOMS // 2], *by_kind.values()]}
    return list(both.values())[:MOST_ROOMS]


@pytest.fixture(scope="session")
def account(api: Api, whole: Whole) -> str | None:
    """The caller's account: the credentials name it, or else the first room does."""
    username = api.session.target.credentials.username
    if username.startswith("AC"):
        return username
    return next((sid for room in whole.rooms if isinstance(sid := room.get("account_sid"), str)), None)


def test_rooms_agree_with_themselves(api: Api, whole: Whole, account: str | None) -> None:
    """Every room's times, counts and addresses agree with each other."""
    for page in whole.pages:
        for room in page.rows:
            api.session.judge(consistency.room_judgements(page.answer, room))
            path = consistency.room_path(room)
            api.session.judge(consistency.address_judgements(page.answer, room, path, account))


@pytest.mark.share(3)
def test_lists_show_what_details_show(api: Api, whole: Whole, chosen: Rooms, account: str | None) -> None:
    """A room in the list is the room by itself; a participant likewise."""
    for listed in chosen:
        path = consistency.room_path(listed)

        def question(reading: int, listed: dict[str, Any] = listed, path: str = path) -> Iterator[Judgement]:
            if reading:
                whole.read_again()
                listed = next((r for r in whole.rooms if r.get("room_sid") == listed.get("room_sid")), listed)
            answer = api.get("fetch_room", path)
            fetched = api.resource(answer)
            yield from consistency.room_judgements(answer, fetched)
            yield from consistency.address_judgements(answer, fetched, path, account)
            # What is still being processed may have changed since the list was read.
            if whole.counts(listed):
                yield from consistency.same_judgements(answer, listed, fetched)
            for page in walk(api, "list_participants", f"{path}/Participants", [("PageSize", "1000")]):
                for participant in page.rows[:3]:
                    detail = api.get("fetch_participant", f"{path}/Participants/{participant.get('participant_sid')}")
                    shown = api.resource(detail)
                    if whole.counts(listed):
                        yield from consistency.same_judgements(detail, participant, shown)
                    yield from consistency.participant_judgements(detail, shown, fetched)

        with suppress(NoAnswerError):
            api.session.settle(question)


@pytest.mark.share(2)
def test_rooms_sum_up_their_participants(api: Api, chosen: Rooms, account: str | None) -> None:
    """Participants are within their room, and its totals are their sums."""
    for listed in chosen:
        path = consistency.room_path(listed)

        def question(_: int, path: str = path) -> Iterator[Judgement]:
            answer = api.get("fetch_room", path)
            room = api.resource(answer)
            pages = walk(api, "list_participants", f"{path}/Participants", [("PageSize", "1000")])
            for page in pages:
                for participant in page.rows:
                    yield from consistency.participant_judgements(page.answer, participant, room)
                    address = f"{path}/Participants/{participant.get('participant_sid')}"
                    yield from consistency.address_judgements(page.answer, participant, address, account)
            if room.get("processing_state") == "complete":
                yield from consistency.sum_judgements(answer, room, rows_of(pages))

        with suppress(NoAnswerError):
            api.session.settle(question)


def test_addresses_lead_to_the_resource(api: Api, whole: Whole, chosen: Rooms) -> None:
    """url and links of a room and a participant lead to what they name, and complete is final."""
    complete = [room for room in chosen if room.get("processing_state") == "complete"]
    for listed in complete[:MOST_ADDRESSES]:

        def question(_: int, listed: dict[str, Any] = listed) -> Iterator[Judgement]:
            links, url = listed.get("links"), listed.get("url")
            if isinstance(url, str):
                answer = api.follow("fetch_room", url)
                yield from consistency.same_judgements(answer, listed, api.resource(answer), consistency.FINAL)
            people = links.get("participants") if isinstance(links, dict) else None
            if not isinstance(people, str):
                return
            page = api.page(api.follow("list_participants", people), "participants")
            for participant in page.rows[:2]:
                yield from consistency.participant_judgements(page.answer, participant, listed)
                if isinstance(url := participant.get("url"), str):
                    answer = api.follow("fetch_participant", url)
                    again = api.resource(answer)
                    yield from consistency.same_judgements(answer, participant, again, consistency.FINAL)

        with suppress(NoAnswerError):
            api.session.settle(question)
