"""Fixtures of this API's checks; the engine's plugin has the general ones."""

from __future__ import annotations

import pytest

from contract_kit.check.survey import CompleteList, Survey
from video_log_analyzer.kit import ROOM


@pytest.fixture(scope="session")
def room_window(survey: Survey) -> CompleteList:
    """All rooms of a past window, which does not change during the run."""
    return survey.complete(ROOM)
