"""Addresses: the URLs in rooms and participants lead to what they name."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress

from contract_kit.api import Row
from contract_kit.check.details import same_judgements
from contract_kit.check.properties import Judgement
from contract_kit.check.requester import Requester
from contract_kit.check.survey import CompleteList
from contract_kit.check.throttle import NoAnswerError
from video_log_analyzer.checks import consistency
from video_log_analyzer.kit import PARTICIPANT, is_processed

ORDER = 25

# The number of rooms whose URLs are followed.
MOST_ROOMS = 3


def test_addresses_lead_to_the_resource(requester: Requester, room_window: CompleteList) -> None:
    """The url and links of a room and its participants lead to what they name; a complete room does not change."""
    complete = [room for room in room_window.rows if is_processed(room)]
    for listed in sorted(complete, key=lambda room: room.get("unique_participants") or 0, reverse=True)[:MOST_ROOMS]:

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
                if isinstance(url := participant.get("url"), str):
                    answer = requester.follow("fetch_participant", url)
                    again = requester.resource(answer)
                    yield from same_judgements(answer, participant, again, consistency.FINAL)

        with suppress(NoAnswerError):
            requester.session.judge_stable(question)
