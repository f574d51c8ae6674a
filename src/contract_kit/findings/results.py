"""The result of one run of the check, and its verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from functools import cached_property
from typing import Any

from contract_kit.findings.finding import Finding, Severity, State
from contract_kit.findings.groups import Group, groups

# Kinds of a TargetResult: recordings of unknown origin, which are no evidence about the live API …
RECORDING = "recording"
# … and cassettes that are all labelled as recordings of the live API.
LIVE_RECORDING = "live recording"

# The format version of report.json; increase it for changes that older readers cannot read.
FORMAT = 3  # format 1 called a location `place`, format 2 had no sentence, cause or curl


class ExitStatus(IntEnum):
    """The exit statuses of the command line."""

    CONFORMS = 0
    FINDINGS = 1
    USAGE = 2
    INCONCLUSIVE = 3


@dataclass(frozen=True)
class TargetResult:
    """The target of a run.

    Attributes:
        kind: ``live`` (the vendor's host over verified TLS, the only evidence about the live API), ``embedded`` (an
            emulator that the check started), ``other``, ``recording``, or ``live recording`` if every judged
            recording is a cassette with the label ``live``.
        url: Its origin; ``""`` for the embedded emulator, whose port is temporary.
        label: Its description for people.
        faults: The names of the faults planted into the embedded emulator.
    """

    kind: str
    url: str
    label: str
    faults: tuple[str, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Whether it is a set of recordings, to which no request can be sent."""
        return self.kind in {RECORDING, LIVE_RECORDING}


@dataclass(frozen=True)
class OperationResult:
    """The numbers of one operation.

    Attributes:
        name: The operationId.
        requests: The number of requests, including retries.
        statuses: The number of responses by status: ``{"200": 12, "404": 1}``.
        with_data: The number of successful responses with at least one resource.
        properties: The number of properties (laws) that had data to test.
    """

    name: str
    requests: int
    statuses: Mapping[str, int]
    with_data: int
    properties: int


@dataclass(frozen=True)
class CheckResult:
    """One check.

    Attributes:
        id: Its pytest id: ``test_paging.py::test_pages[listMembers]``.
        name: The sentence that it checks.
        outcome: ``passed``, ``failed``, ``skipped`` or ``error``.
        reason: Why it was skipped, failed or ended early.
        requests: The number of requests by operation: ``{"listMembers": 7}``.
        seconds: Its duration.
        complete: Whether it ran to its end; only then are findings that it does not report absent.
    """

    id: str
    name: str
    outcome: str
    reason: str = ""
    requests: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    complete: bool = True


@dataclass(frozen=True)
class PropertyResult:
    """One property (law) of an operation, and how often it was tested.

    Attributes:
        name: ``page-length``.
        operation: The operationId.
        sentence: The law: ``no page has more rows than were asked for``.
        basis: The subject or decision of the ledger, or ``inferred``.
        inferred: Whether no source states it; on a live target it then only warns.
        held: How often it held.
        broken: How often it was broken.
    """

    name: str
    operation: str
    sentence: str
    basis: str
    inferred: bool
    held: int
    broken: int


@dataclass(frozen=True)
class CoverageResult:
    """One element of the document, and how often it was exercised or observed.

    Attributes:
        operation: The operationId.
        aspect: ``parameter``, ``status``, ``field``, ``enum value`` or ``header``.
        name: ``limit``; ``404``; ``/items/*/due``; ``/items/*/status=lost`` or, for a parameter, ``status=lost``;
            ``Retry-After``.
        count: The number of requests or responses that had it; a field counts only with a value other than null.
    """

    operation: str
    aspect: str
    name: str
    count: int


@dataclass(frozen=True)
class Result:
    """One run.

    Attributes:
        target: The target.
        document: The document's version.
        tool: This package's version.
        started: The start of the run in UTC: ``2026-11-21T03:17:00Z``.
        seconds: Its duration.
        profile: ``quick`` or ``full``; ``validation`` if recordings were validated.
        fail_on: The lowest severity that makes the run fail.
        masking: ``key from LIBRARY_MASK_KEY`` or ``random key of this run``: whether masked values can be compared
            between reports.
        operations: One entry per operation.
        checks: One entry per check.
        properties: One entry per property and operation.
        coverage: One entry per element of the document that a request or response can show.
        findings: The merged findings, the worst first.
        blind_spots: Why the run cannot say that the target conforms; empty if it can.
        program: The command of the kit: ``library``.
        remarks: Further remarks: retries, data that changed while it was read, a spent request budget.
    """

    target: TargetResult
    document: str
    tool: str
    started: str
    seconds: float
    profile: str
    fail_on: Severity
    masking: str
    operations: tuple[OperationResult, ...]
    checks: tuple[CheckResult, ...]
    properties: tuple[PropertyResult, ...]
    coverage: tuple[CoverageResult, ...]
    findings: tuple[Finding, ...]
    blind_spots: tuple[str, ...]
    remarks: tuple[str, ...] = ()
    program: str = ""

    @property
    def requests(self) -> int:
        """The number of requests sent."""
        return sum(operation.requests for operation in self.operations)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The findings by cause, the worst first."""
        return groups(self.findings)

    @property
    def failing_groups(self) -> tuple[Group, ...]:
        """The groups that make the run fail: their root or a finding that it explains does."""
        return tuple(group for group in self.groups if any(each.counts(self.fail_on) for each in group.findings))

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that make the run fail."""
        return tuple(finding for finding in self.findings if finding.counts(self.fail_on))

    @property
    def exit_status(self) -> ExitStatus:
        """FINDINGS if any finding fails the run (not accepted ones or warnings), else INCONCLUSIVE for blind spots."""
        if self.failing:
            return ExitStatus.FINDINGS
        return ExitStatus.INCONCLUSIVE if self.blind_spots else ExitStatus.CONFORMS

    def recheck(self, fingerprint: str) -> str:
        """Return the command that rechecks a finding: ``library recheck 56f8f0a95d62``; ``""`` for recordings."""
        return "" if self.target.is_recorded else f"{self.program} recheck {fingerprint}"

    def count(self, state: State) -> int:
        """Return the number of groups in a state."""
        return sum(group.worst.state is state for group in self.groups)

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON values."""
        data = {name: value for name, value in asdict(self).items() if name != "findings"}
        return {
            "format": FORMAT,
            "verdict": {"exit_status": int(self.exit_status), "name": self.exit_status.name.lower()},
            **data,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        """Restore a result from the result of ``to_dict``.

        Raises:
            KeyError, TypeError, ValueError: the data is not a result of this format.
        """
        if data["format"] != FORMAT:
            raise ValueError(f"format {data['format']!r} where {FORMAT} is read")
        plain = {
            name: data[name] for name in ("document", "tool", "started", "seconds", "profile", "masking", "program")
        }
        target = data["target"]
        return cls(
            **plain,
            target=TargetResult(target["kind"], target["url"], target["label"], tuple(target["faults"])),
            fail_on=Severity(data["fail_on"]),
            operations=tuple(OperationResult(**operation) for operation in data["operations"]),
            checks=tuple(CheckResult(**check) for check in data["checks"]),
            properties=tuple(PropertyResult(**each) for each in data["properties"]),
            coverage=tuple(CoverageResult(**each) for each in data["coverage"]),
            findings=tuple(Finding.from_dict(finding) for finding in data["findings"]),
            blind_spots=tuple(data["blind_spots"]),
            remarks=tuple(data["remarks"]),
        )
