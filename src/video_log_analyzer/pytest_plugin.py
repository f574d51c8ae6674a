"""The pytest plugin: the fixture ``video_insights_emulator`` gives each test an empty emulator of the API.

It is available wherever the package is installed::

    def test_report(video_insights_emulator):
        video_insights_emulator.add_room(room_name="standup")
        assert "standup" in report(video_insights_emulator.base_url, *video_insights_emulator.auth)
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

# The fixtures import these at run time, so that test suites without them need not.
if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from video_log_analyzer.emulator_client import EmulatorControl


@dataclass(frozen=True)
class EmulatorClock:
    """The emulator's clock."""

    control: EmulatorControl = field(repr=False)

    @property
    def now(self) -> datetime:
        """The emulator's current time."""
        return self.control.clock().now

    def set(self, at: datetime) -> None:
        """Set the time and freeze the clock."""
        self.control.set_clock(at, frozen=True)

    def freeze(self) -> None:
        """Freeze the clock."""
        self.control.freeze_clock()

    def advance(self, span: timedelta) -> None:
        """Move the clock forward."""
        self.control.advance_clock(int(span.total_seconds()))


@dataclass(frozen=True)
class VideoInsightsEmulator:
    """An emulator at ``base_url`` with the credentials of its account; ``control`` is its control API."""

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
        """Create a room and return it; see ``EmulatorControl.put_room``."""
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
