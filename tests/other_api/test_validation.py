"""Recordings of the lending library, made by others, held against its document."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_kit import cli
from tests.other_api.faults import FAULTS
from tests.other_api.server import LendingLibrary

KIT = "tests.other_api.kit:KIT"


def har(library: LendingLibrary, *paths: str) -> dict[str, Any]:
    """What a browser would have recorded of these requests."""
    entries = []
    with httpx.Client(headers={"Authorization": f"Bearer {library.token}"}, trust_env=False) as http:
        for path in paths:
            answer = http.get(library.url + path)
            headers = [{"name": name, "value": value} for name, value in answer.headers.items()]
            content = {"text": base64.b64encode(answer.content).decode(), "encoding": "base64"}
            entries.append(
                {
                    "request": {"method": "GET", "url": f"https://library.example{path}", "headers": []},
                    "response": {"status": answer.status_code, "headers": headers, "content": content},
                }
            )
    return {"log": {"version": "1.2", "entries": entries}}


@pytest.mark.parametrize(
    ("fault", "status", "said"),
    [
        (None, 0, "CONFORMS"),
        ("undocumented_status", 1, "undocumented value  listMembers /*/status"),
        ("missing_key", 1, "missing field  listMembers /*/interests"),
    ],
)
def test_what_a_browser_recorded(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], fault: str | None, status: int, said: str
) -> None:
    with LendingLibrary([FAULTS[fault]] if fault else []) as library:
        recorded = har(library, "/api/members", "/api/members/101", "/api/members/101/loans", "/api/loans/5001", "/x")
    (tmp_path / "browse.har").write_text(json.dumps(recorded), encoding="utf-8")
    reports = tmp_path / "reports"
    arguments = ["validate", str(tmp_path / "browse.har"), "--report-dir", str(reports)]
    assert cli.main(arguments, kit=KIT) == status
    shown = capsys.readouterr().out
    assert said in shown
    assert "1 × another path" in shown
    assert {"report.json", "report.html", "junit.xml", "summary.md"} <= {path.name for path in reports.iterdir()}
    written = "".join(path.read_text(encoding="utf-8") for path in reports.iterdir())
    assert "Brandt" not in written, "names of members are masked"
    assert json.loads((reports / "report.json").read_text(encoding="utf-8"))["program"] == "library"
