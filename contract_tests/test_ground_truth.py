"""Ground truth: the target lists exactly what its database holds; known only for the embedded emulator."""

from __future__ import annotations

from contextlib import suppress

import pytest

from contract_kit.check.pages import rows_of
from contract_kit.check.requester import Requester
from contract_kit.check.survey import CompleteList
from contract_kit.check.throttle import NoAnswerError
from contract_kit.check.walks import walk
from video_log_analyzer.checks.ground_truth import GroundTruth
from video_log_analyzer.kit import PARTICIPANT, ROOMS

ORDER = 70

MOST_ROOMS = 5


@pytest.fixture(scope="session")
def ground_truth(requester: Requester) -> GroundTruth:
    """The database of the embedded emulator; other targets are skipped."""
    if not requester.session.target.embedded:
        pytest.skip("what the target holds is known only of the embedded emulator")
    return GroundTruth(requester.session.target)


def test_known_rooms_are_listed(requester: Requester, ground_truth: GroundTruth, room_window: CompleteList) -> None:
    """The list has exactly the rooms that exist."""
    if not room_window.is_narrowed:
        requester.session.judge(
            ground_truth.room_judgement(room_window.pages[0].response, room_window.rows, room_window.window)
        )


def test_known_participants_are_listed(requester: Requester, ground_truth: GroundTruth) -> None:
    """The list has exactly the participants that exist."""
    busiest = sorted(ground_truth.rooms, key=lambda room: room["unique_participants"] or 0, reverse=True)
    for room in [*busiest[: MOST_ROOMS - 1], *busiest[-1:]]:
        with suppress(NoAnswerError):
            pages = walk(requester, PARTICIPANT, f"{ROOMS}/{room['room_sid']}/Participants", [("PageSize", "1000")])
            answer = pages[0].response
            requester.session.judge(ground_truth.participant_judgement(answer, room["room_sid"], rows_of(pages)))
