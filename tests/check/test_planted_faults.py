"""Each check sees the fault that it is for: its file of contract_tests/ against an emulator with one fault planted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract_kit.check import runner
from contract_kit.configuration import Configuration
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.targets import Target
from tests.conftest import credentials
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import KIT

ROWS = (Path(__file__).parent / "caught.txt").read_text().splitlines()[1:]
CAUGHT = [tuple(cell.strip() for cell in f"{row} ".split(" |")) for row in ROWS]


@pytest.fixture(scope="module")
def service() -> Iterator[Target]:
    """One emulator for all of them: to start one takes longer than most of these checks."""
    with EmbeddedEmulator(KIT) as emulator:
        yield emulator.target


@pytest.mark.parametrize(("suite", "fault", "kind", "operation", "location", "value"), CAUGHT, ids=lambda value: None)
def test_fault_is_found(
    service: Target, suite: str, fault: str, kind: str, operation: str, location: str, value: str
) -> None:
    """An empty value or location stands for any: what the emulator chose there is its own matter."""
    with EmulatorControl(service.url) as control:
        control.set_faults(fault)
    run = Configuration(
        kit="video_log_analyzer.kit:KIT", target=service.url, profile="quick", select=(f"test_{suite}.py",)
    )
    found = runner.run(run, credentials(service), progress=False).findings
    assert any(
        (each.kind, each.operation) == (kind, operation)
        and each.location.startswith(location)
        and value in {"", each.value}
        for each in found
    ), [(each.kind, each.operation, each.location, each.value) for each in found]
