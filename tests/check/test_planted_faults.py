"""Each check sees the fault that it is for: its file of contract_tests/ against an emulator with one fault planted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

CONTRACT_TESTS = ROOT / "contract_tests"

ROWS = (Path(__file__).parent / "caught.txt").read_text().splitlines()[1:]
CAUGHT = [tuple(cell.strip() for cell in f"{row} ".split(" |")) for row in ROWS]


@pytest.mark.parametrize(("suite", "fault", "kind", "operation", "location", "value"), CAUGHT, ids=lambda value: None)
def test_fault_is_found(
    tmp_path: Path, suite: str, fault: str, kind: str, operation: str, location: str, value: str
) -> None:
    """An empty value or location stands for any: what the emulator chose there is its own matter."""
    found = findings(f"test_{suite}.py", fault, tmp_path)
    assert any(
        (each["kind"], each["operation"]) == (kind, operation)
        and each["location"].startswith(location)
        and value in {"", each["value"]}
        for each in found
    ), [(each["kind"], each["operation"], each["location"], each["value"]) for each in found]


@pytest.mark.parametrize("suite", sorted(path.name for path in CONTRACT_TESTS.glob("test_*.py")))
def test_nothing_is_found_without_a_fault(tmp_path: Path, suite: str) -> None:
    assert findings(suite, None, tmp_path) == []


def findings(suite: str, fault: str | None, folder: Path) -> list[dict[str, str]]:
    """The findings of one file of the contract tests against an emulator of its own."""
    result = folder / "result.json"
    command = [sys.executable, "-P", "-m", "pytest", str(CONTRACT_TESTS / suite), "--rootdir", str(CONTRACT_TESTS)]
    command += ["-c", str(CONTRACT_TESTS / "pytest.ini"), "--result", str(result)]
    command += ["--fault", fault] if fault else []
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert result.is_file(), done.stdout + done.stderr
    found: list[dict[str, str]] = json.loads(result.read_text())["findings"]
    return found
