"""Reports as `vla check` leaves them, made without running it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from contract_kit.findings.finding import Example, Finding, Kind, Severity
from contract_kit.findings.results import CheckResult, CoverageResult, OperationResult, Result, TargetResult

TODAY = datetime.now(UTC).date()
CHECK = "test_client.py::test_values"
LIVE = TargetResult("live", "https://insights.twilio.com", "the live API at https://insights.twilio.com")
EMBEDDED = TargetResult("embedded", "", "the embedded emulator (no evidence about the live API)")
OTHER = TargetResult("other", "http://127.0.0.1:9", "http://127.0.0.1:9 (not the vendor's host)")

# Two values at one location: to accept one must not hide the other.
CONNECTED = Finding(
    Kind.UNDOCUMENTED_VALUE,
    "list_participants",
    "/participants/*/status",
    "connected",
    expected="one of in_progress, completed",
    basis="Participant.status",
    examples=(Example("GET /v1/Video/Rooms/RM…/Participants?PageSize=2", '{"status": "connected"}'),),
    count=7,
    check=CHECK,
)
EXPLODED = replace(CONNECTED, value="exploded")
TOO_SHORT = Finding(Kind.PAGING, "list_rooms", "/rooms", "gap", expected="the whole list", check="test_paging.py::test")

MEASURED = (
    OperationResult("list_rooms", 9, {"200": 9}, 9, 3),
    OperationResult("list_participants", 8, {"200": 8}, 8, 3),
)
RAN = (CheckResult(CHECK, "values", "passed"), CheckResult("test_paging.py::test", "pages", "passed"))
SEEN = (CoverageResult("list_participants", "field", "/participants/*/status", 40),)


def report(
    findings: Sequence[Finding] = (),
    *,
    target: TargetResult = LIVE,
    operations: Sequence[OperationResult] = MEASURED,
    checks: Sequence[CheckResult] = RAN,
    coverage: Sequence[CoverageResult] = SEEN,
    blind_spots: Sequence[str] = (),
    profile: str = "full",
) -> Result:
    """The result of a run that measured everything, but for what is said otherwise."""
    return Result(
        target=target,
        document="0.1.0",
        tool="0.1.0",
        started="2026-11-21T03:17:00Z",
        seconds=1.5,
        profile=profile,
        fail_on=Severity.DRIFT,
        masking="random key of this run",
        program="vla",
        operations=tuple(operations),
        checks=tuple(checks),
        properties=(),
        coverage=tuple(coverage),
        findings=tuple(findings),
        blind_spots=tuple(blind_spots),
    )


def leave(folder: Path, result: Result) -> None:
    """Put it where the last report is looked for."""
    reports = folder / "build" / "vla"
    reports.mkdir(parents=True, exist_ok=True)
    (reports / "report.json").write_text(json.dumps(result.to_dict()), encoding="utf-8")


def days(number: int) -> date:
    """So many days from today, the same day for a whole run of the tests: it may go on past midnight."""
    return TODAY + timedelta(days=number)


def cut(check: CheckResult, outcome: str, reason: str = "") -> CheckResult:
    """The check as it is when it did not go on to its end."""
    return replace(check, outcome=outcome, reason=reason, complete=False)
