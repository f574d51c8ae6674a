"""The pytest plugin: ``video_insights_emulator``, an emulator of the Video Log Analyzer API of each test's own.

It is there wherever the package is installed::

    def test_report(video_insights_emulator):
        video_insights_emulator.add_room(room_name="standup")
        assert "standup" in report(video_insights_emulator.base_url, *video_insights_emulator.auth)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

# What a test suite that uses none of this should not have to import comes with the first fixture.
if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from video_log_analyzer.emulator_client import EmulatorControl


@dataclass(frozen=True)
class EmulatorClock:
    """The emulator's clock."""

    control: EmulatorControl = field(repr=False)

    @property
    def now(self) -> datetime:
        """What time it is for the emulator."""
        return self.control.clock().now

    def set(self, at: datetime) -> None:
        """Set the time, and let it stand still."""
        self.control.set_clock(at, frozen=True)

    def freeze(self) -> None:
        """Let time stand still."""
        self.control.freeze_clock()

    def advance(self, span: timedelta) -> None:
        """Let time pass at once."""
        self.control.advance_clock(int(span.total_seconds()))


@dataclass(frozen=True)
class VideoInsightsEmulator:
    """An emulator that answers at ``base_url`` to ``account_sid`` and ``auth_token``; ``control`` does all the rest."""

    base_url: str
    account_sid: str
    auth_token: str = field(repr=False)
    control: EmulatorControl = field(repr=False)

    @property
    def auth(self) -> tuple[str, str]:
        """User name and password for HTTP Basic."""
        return self.account_sid, self.auth_token

    @property
    def clock(self) -> EmulatorClock:
        """The emulator's clock."""
        return EmulatorClock(self.control)

    def add_room(self, **fields: Any) -> dict[str, Any]:
        """Put a room and return it; see ``EmulatorControl.put_room``."""
        return self.control.put_room(**fields)


@pytest.fixture(scope="session")
def _video_insights_process() -> Iterator[VideoInsightsEmulator]:
    from contract_kit.embedded import EmbeddedEmulator
    from video_log_analyzer.emulator_client import EmulatorControl
    from video_log_analyzer.kit import KIT

    with (
        EmbeddedEmulator(KIT, ["--empty"]) as process,
        EmulatorControl(process.target.url) as control,
    ):
        credentials = process.target.credentials
        yield VideoInsightsEmulator(process.target.url, credentials.username, credentials.secret, control)


@pytest.fixture
def video_insights_emulator(_video_insights_process: VideoInsightsEmulator) -> VideoInsightsEmulator:
    """An empty emulator: no rooms, no faults, no limits, the system's clock."""
    _video_insights_process.control.reset()
    return _video_insights_process
