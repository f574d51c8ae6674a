"""What is known of the target from elsewhere than its own answers."""

from __future__ import annotations

from contextlib import suppress

import pytest

from contract_kit.check.list_laws import rows_of, walk
from contract_kit.check.requester import Api
from contract_kit.check.throttle import NoAnswerError
from video_log_analyzer.checks.consistency import room_path
from video_log_analyzer.checks.ground_truth import Known
from video_log_analyzer.checks.room_window import Whole

MOST_ROOMS = 5


@pytest.fixture(scope="session")
def known(api: Api) -> Known:
    """What the emulator of our own holds; of any other target nobody knows."""
    if not api.session.target.embedded:
        pytest.skip("what the target holds is known only of the embedded emulator")
    return Known(api.session.target)


def test_known_rooms_are_listed(api: Api, known: Known, whole: Whole) -> None:
    """Every room that is known to be there is listed, and no other."""
    if not whole.is_narrowed:
        api.session.judge(known.room_judgement(whole.pages[0].answer, whole.rooms, whole.window))


def test_known_participants_are_listed(api: Api, known: Known) -> None:
    """Every participant that is known to be there is listed, and no other."""
    busiest = sorted(known.rooms, key=lambda room: room["unique_participants"] or 0, reverse=True)
    for room in [*busiest[: MOST_ROOMS - 1], *busiest[-1:]]:
        with suppress(NoAnswerError):
            pages = walk(api, "list_participants", f"{room_path(room)}/Participants", [("PageSize", "1000")])
            answer = pages[0].answer
            api.session.judge(known.participant_judgement(answer, room["room_sid"], rows_of(pages)))
