"""What these checks share; the plugin of the engine has the rest."""

from __future__ import annotations

import pytest

from contract_kit.check.survey import CompleteList, Survey
from video_log_analyzer.kit import ROOM


@pytest.fixture(scope="session")
def room_window(survey: Survey) -> CompleteList:
    """All rooms of a closed part of the past."""
    return survey.complete(ROOM)
