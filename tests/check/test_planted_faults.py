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

# (file, fault, kind, operation, place, value) of one finding that the fault must give
CAUGHT = [
    ("test_client.py", "missing-participant-key", "client cannot read it", "fetch_participant", "/", "changed"),
    ("test_client.py", "fractional-duration", "wrong type", "fetch_participant", "/duration_sec", "number"),
    ("test_client.py", "unknown-room-region", "undocumented value", "fetch_room", "/media_region", "ca1"),
    ("test_client.py", "internal-room-region", "internal value", "fetch_room", "/media_region", "stage_us1"),
    ("test_client.py", "withdrawn-callback-method", "withdrawn value", "fetch_room", "/status_callback_method", "PUT"),
    ("test_client.py", "missing-room-key", "missing field", "fetch_room", "/end_time", "end_time"),
    ("test_client.py", "extra-room-key", "undocumented field", "fetch_room", "/large_room", "large_room"),
    ("test_client.py", "null-page", "null", "list_rooms", "/meta/page", "null"),
    ("test_client.py", "bad-date", "format", "fetch_room", "/create_time", "date-time"),
    ("test_client.py", "malformed-room-sid", "pattern", "list_rooms", "/rooms/*/room_sid", "pattern"),
    ("test_client.py", "no-cors", "missing header", "fetch_room", "header:Access-Control-Allow-Origin", ""),
    ("test_client.py", "wrong-content-type", "content type", "fetch_room", "header:Content-Type", ""),
    ("test_client.py", "no-challenge", "missing header", "list_rooms", "header:WWW-Authenticate", "WWW-Authenticate"),
    ("test_client.py", "wrong-error-shape", "error shape", "fetch_room", "/code", "code"),
    ("test_client.py", "status-203", "status", "list_rooms", "status", "203"),
    ("test_client.py", "wrong-secret-accepted", "authentication", "list_rooms", "header:Authorization", "wrong secret"),
    ("test_paging.py", "page-size-ignored", "paging", "list_rooms", "/rooms", "longer than PageSize"),
    ("test_paging.py", "page-repeats-row", "paging", "list_rooms", "/rooms", "repeat"),
    ("test_paging.py", "page-skips-row", "paging", "list_rooms", "/rooms", "gap"),
    ("test_paging.py", "pages-end-early", "paging", "list_rooms", "/rooms", "gap"),
    ("test_paging.py", "wrong-order", "paging", "list_rooms", "/rooms", "order"),
    ("test_paging.py", "next-page-loops", "paging", "list_rooms", "/meta/next_page_url", "loop"),
    ("test_paging.py", "wrong-first-page-url", "paging", "list_rooms", "/meta/first_page_url", "another page"),
    ("test_paging.py", "wrong-key", "paging", "list_rooms", "/meta/key", "key"),
    ("test_paging.py", "wrong-page", "paging", "list_rooms", "/meta/page", "page"),
    ("test_paging.py", "bad-page-token-accepted", "paging", "list_rooms", "query:PageToken", "200"),
    ("test_filters.py", "room-type-ignored", "filter", "list_rooms", "query:RoomType", "lets through"),
    ("test_filters.py", "codec-half-applied", "filter", "list_rooms", "query:Codec", "leaves out, several values"),
    ("test_filters.py", "room-name-prefix", "filter", "list_rooms", "query:RoomName", "lets through"),
    ("test_filters.py", "created-after-exclusive", "filter", "list_rooms", "query:CreatedAfter", "leaves out"),
    ("test_filters.py", "created-before-inclusive", "filter", "list_rooms", "query:CreatedBefore", "lets through"),
    ("test_filters.py", "no-default-window", "filter", "list_rooms", "query:none", "lets through"),
    ("test_consistency.py", "duration-off", "consistency", "list_rooms", "/rooms/*/duration_sec", "duration_sec"),
    ("test_consistency.py", "total-off", "consistency", "fetch_room", "/total_participant_duration_sec", ""),
    ("test_consistency.py", "list-differs-from-detail", "consistency", "fetch_room", "/", ""),
    ("test_consistency.py", "end-before-start", "consistency", "fetch_room", "/end_time", "end_time"),
    ("test_consistency.py", "completed-without-end", "consistency", "list_rooms", "/rooms/*/end_time", "end_time"),
    ("test_consistency.py", "foreign-origin", "consistency", "list_rooms", "/rooms/*/links/participants", ""),
    ("test_consistency.py", "other-account-leaked", "consistency", "list_rooms", "/rooms/*/account_sid", ""),
    (
        "test_consistency.py",
        "other-rooms-participants",
        "consistency",
        "list_participants",
        "/participants/*/room_sid",
        "",
    ),
    ("test_errors.py", "wrong-secret-accepted", "authentication", "fetch_room", "header:Authorization", "wrong secret"),
    ("test_errors.py", "status-418", "status", "fetch_room", "path:RoomSid", "unknown SID"),
    ("test_errors.py", "bad-date-accepted", "invalid request accepted", "list_rooms", "query:CreatedAfter", ""),
    ("test_errors.py", "page-size-clamped", "invalid request accepted", "list_participants", "query:PageSize", "1001"),
    ("test_protocol.py", "post-accepted", "method", "list_rooms", "method", "POST"),
    ("test_protocol.py", "no-allow", "missing header", "list_rooms", "header:Allow", "Allow"),
    ("test_protocol.py", "page-size-clamped", "invalid request accepted", "list_rooms", "", ""),
    ("test_protocol.py", "participants-fail", "server failure", "list_participants", "status", "500"),
]


@pytest.mark.parametrize(("suite", "fault", "kind", "operation", "place", "value"), CAUGHT, ids=lambda value: None)
def test_fault_is_found(
    tmp_path: Path, suite: str, fault: str, kind: str, operation: str, place: str, value: str
) -> None:
    """An empty value or place stands for any: what the emulator chose there is its own matter."""
    found = findings(suite, fault, tmp_path)
    assert any(
        (each["kind"], each["operation"]) == (kind, operation)
        and each["place"].startswith(place)
        and value in {"", each["value"]}
        for each in found
    ), [(each["kind"], each["operation"], each["place"], each["value"]) for each in found]


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
