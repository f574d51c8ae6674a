"""The properties that the check judges: documented, and only as sure as what they rest on."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from contract_kit.ledger import model
from tests.conftest import Run
from video_log_analyzer.folders import openapi_folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("check")


@pytest.fixture
def properties(vla: Run, folder: Path) -> Sequence[dict[str, Any]]:
    """Those of one run against the emulator."""
    report = folder / "build" / "vla" / "report.json"
    if not report.exists():
        done = vla("check", "--profile", "quick", cwd=folder)
        assert done.returncode == 0, done.stdout + done.stderr
    found: list[dict[str, Any]] = json.loads(report.read_text())["properties"]
    return found


def test_every_property_is_documented(root: Path, properties: Sequence[dict[str, Any]]) -> None:
    page = (root / "docs" / "check.md").read_text()
    # What must be refused is derived from the document and from what the target shows, and not listed.
    names = {each["name"] for each in properties if " for: " not in each["sentence"]}
    assert sorted(name for name in names if f"`{name}`" not in page) == []


def test_every_property_had_something_to_bite_on(properties: Sequence[dict[str, Any]]) -> None:
    assert all(each["held"] > 0 for each in properties)


def test_no_property_is_surer_than_its_basis(properties: Sequence[dict[str, Any]]) -> None:
    statuses = {each.id: each.status for each in model.load(openapi_folder()).decisions}
    wrong = []
    for each in properties:
        status = statuses.get(each["basis"], "settled" if each["basis"] != "inferred" else "inferred")
        if each["inferred"] != (status in {"assumed", "inferred"}):
            wrong.append((each["name"], each["basis"]))
    assert wrong == []
