"""A fixture for pytest: ``pytest_plugins = ["video_log_analyzer_client.pytest_plugin"]`` in conftest.py makes it known."""

import pytest

from . import testing


@pytest.fixture
def fake_service() -> testing.Service:
    """A service in memory, empty at the start of each test."""
    return testing.Service()
