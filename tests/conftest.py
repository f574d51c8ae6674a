"""What the tests share: the checkout, and the command line as a person runs it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import hypothesis
import pytest

from contract_kit.embedded import EmbeddedEmulator
from contract_kit.targets import Target
from video_log_analyzer.kit import KIT

ROOT = Path(__file__).resolve().parent.parent
# The same examples each time, however slow the machine is; `--hypothesis-profile default` draws others.
hypothesis.settings.load_profile("ci")
# What a script starts in the background ignores SIGINT, and so would all that is interrupted here.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
Run = Callable[..., "subprocess.CompletedProcess[str]"]


def pytest_make_parametrize_id(config: pytest.Config, val: object, argname: str) -> str | None:
    """No content in a test's name: what is packed holds the second it was packed in, and each worker packs it again."""
    return argname if isinstance(val, bytes) or (isinstance(val, str) and len(val) > 80) else None


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture
def vla(tmp_path: Path) -> Run:
    """Run ``vla`` in an empty folder, with no credentials in the environment but those given."""

    def run(
        *arguments: str, environment: Mapping[str, str] | None = None, cwd: Path | None = None
    ) -> subprocess.CompletedProcess[str]:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TWILIO_")}
        return subprocess.run(
            [sys.executable, "-m", "video_log_analyzer", *arguments],
            cwd=cwd or tmp_path,
            env={**clean, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run


@pytest.fixture(scope="session")
def target() -> Iterator[Target]:
    """An emulator with sample data."""
    with EmbeddedEmulator(KIT) as emulator:
        yield emulator.target


def credentials(target: Target) -> dict[str, str]:
    """The environment that lets ``vla check --target`` in."""
    return {"TWILIO_ACCOUNT_SID": target.credentials.username, "TWILIO_AUTH_TOKEN": target.credentials.secret}
