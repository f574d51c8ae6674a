"""The pytest plugin, as a downstream project uses it."""

from __future__ import annotations

import pytest

pytest_plugins = ["pytester"]

TESTS = """
from datetime import timedelta

import httpx

def names(emulator):
    url = f"{emulator.base_url}/v1/Video/Rooms"
    return [room["room_name"] for room in httpx.get(url, auth=emulator.auth, trust_env=False).json()["rooms"]]

def test_a_room_of_its_own(video_insights_emulator):
    video_insights_emulator.add_room(room_name="standup", participants=[{"participant_identity": "alice"}])
    assert names(video_insights_emulator) == ["standup"]
    video_insights_emulator.clock.advance(timedelta(days=1))
    assert names(video_insights_emulator) == []
    video_insights_emulator.clock.advance(timedelta(days=7))
    video_insights_emulator.control.set_faults("unknown-room-type")

def test_nothing_of_the_test_before(video_insights_emulator):
    assert names(video_insights_emulator) == []
    assert video_insights_emulator.control.faults() == ()
    assert not video_insights_emulator.control.clock().frozen
    assert video_insights_emulator.auth_token not in repr(video_insights_emulator)
"""


# Where the package is installed the plugin is there; a conftest.py that still names it does no harm.
@pytest.mark.parametrize("conftest", ["", 'pytest_plugins = ["video_log_analyzer.pytest_plugin"]'])
def test_the_fixture_is_there(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, conftest: str) -> None:
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)
    pytester.makeconftest(conftest)
    pytester.makepyfile(TESTS)
    pytester.runpytest_subprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
