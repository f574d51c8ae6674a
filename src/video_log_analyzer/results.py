"""The outcome of one run of the check, and the verdict that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from video_log_analyzer.findings import Finding, Severity


class ExitStatus(IntEnum):
    """What the command line exits with."""

    CONFORMS = 0
    FINDINGS = 1
    USAGE = 2
    INCONCLUSIVE = 3


@dataclass(frozen=True)
class OperationResult:
    """The numbers of one operation: requests sent, answers with a success and data in them."""

    name: str
    requests: int
    with_data: int


@dataclass(frozen=True)
class CheckResult:
    """One check by the sentence that it holds to; outcome is passed, failed, skipped or error, with a reason."""

    name: str
    outcome: str
    reason: str = ""


@dataclass(frozen=True)
class Result:
    """One run.

    Attributes:
        target: What was checked and whether it is evidence about the live API.
        document: The document's version.
        operations: One entry an operation.
        checks: One entry a check that was run.
        findings: Merged, the worst first.
        blind_spots: Why the run cannot say that the target conforms; empty if it can.
    """

    target: str
    document: str
    operations: tuple[OperationResult, ...]
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    blind_spots: tuple[str, ...]

    @property
    def requests(self) -> int:
        """How many requests were sent."""
        return sum(operation.requests for operation in self.operations)

    @property
    def exit_status(self) -> ExitStatus:
        """Findings outweigh blind spots; notices are no findings against the target."""
        if any(finding.severity is not Severity.NOTICE for finding in self.findings):
            return ExitStatus.FINDINGS
        return ExitStatus.INCONCLUSIVE if self.blind_spots else ExitStatus.CONFORMS

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON holds it."""
        return {
            "target": self.target,
            "document": self.document,
            "operations": [vars(operation) for operation in self.operations],
            "checks": [vars(check) for check in self.checks],
            "findings": [finding.to_dict() for finding in self.findings],
            "blind_spots": list(self.blind_spots),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        """The inverse of ``to_dict``."""
        return cls(
            target=data["target"],
            document=data["document"],
            operations=tuple(OperationResult(**operation) for operation in data["operations"]),
            checks=tuple(CheckResult(**check) for check in data["checks"]),
            findings=tuple(Finding.from_dict(finding) for finding in data["findings"]),
            blind_spots=tuple(data["blind_spots"]),
        )
