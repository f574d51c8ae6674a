"""The outcome of one run of the check, and the verdict that follows from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import IntEnum
from typing import Any

from contract_kit.findings.finding import Finding, Severity, State

# Kinds of a TargetResult: what was judged was recorded by somebody, sometime, and is no evidence about the live API …
RECORDING = "recording"
# … unless all of it stands in cassettes whose labels say that the live API itself was recorded.
LIVE_RECORDING = "live recording"

# Of report.json; it grows when a reader of an older one could no longer read a newer one.
FORMAT = 2  # in 1 a location was a `place`


class ExitStatus(IntEnum):
    """What the command line exits with."""

    CONFORMS = 0
    FINDINGS = 1
    USAGE = 2
    INCONCLUSIVE = 3


@dataclass(frozen=True)
class TargetResult:
    """What was checked.

    Attributes:
        kind: ``live`` (the vendor's host over verified TLS, the only evidence about the live API), ``embedded`` (an
            emulator that the check started), ``other``, ``recording``, or ``live recording`` where every one that was
            judged is a cassette labelled so.
        url: Its origin; ``""`` for the embedded emulator, whose port means nothing afterwards.
        label: The same for a person.
        faults: The names of the faults that were planted into the embedded emulator.
    """

    kind: str
    url: str
    label: str
    faults: tuple[str, ...] = ()

    @property
    def is_recorded(self) -> bool:
        """Whether it is recordings, which cannot be asked again."""
        return self.kind in {RECORDING, LIVE_RECORDING}


@dataclass(frozen=True)
class OperationResult:
    """The numbers of one operation.

    Attributes:
        name: The operationId.
        requests: Requests sent, repeated ones too.
        statuses: Answers by status: ``{"200": 12, "404": 1}``.
        with_data: Answers with a success and at least one resource in them.
        properties: Properties that had something to bite on.
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
        id: Where it stands: ``test_paging.py::test_pages[listMembers]``.
        name: The sentence that it holds the target to.
        outcome: ``passed``, ``failed``, ``skipped`` or ``error``.
        reason: Why it was skipped or failed, or what kept it from going on to its end.
        requests: By operation: ``{"listMembers": 7}``.
        seconds: How long it took.
        complete: Whether it went on to its end; what it did not find is then not there.
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
    """One property of meaning, and how often there was something to hold against it.

    Attributes:
        name: ``page-length``.
        operation: The operationId that it was asked of.
        sentence: What must hold: ``no page has more rows than were asked for``.
        basis: The subject or decision of the ledger, or ``inferred``.
        inferred: Whether no source says so; on a live target it then only warns.
        held: How often it held.
        broken: How often it did not.
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
    """One thing that the document has, and how often it was exercised or observed.

    Attributes:
        operation: The operationId.
        aspect: ``parameter``, ``status``, ``field``, ``enum value`` or ``header``.
        name: ``limit``; ``404``; ``/items/*/due``; ``/items/*/status=lost``, also with a parameter's name in front;
            ``Retry-After``.
        count: In how many requests or answers; a field counts only with a value other than null.
    """

    operation: str
    aspect: str
    name: str
    count: int


@dataclass(frozen=True)
class Result:
    """One run.

    Attributes:
        target: What was checked.
        document: The document's version.
        tool: This package's version.
        started: When the run began, in UTC: ``2026-11-21T03:17:00Z``.
        seconds: How long it took.
        profile: ``quick`` or ``full``; ``validation`` where recordings were validated.
        fail_on: The least severity that makes the run fail.
        masking: ``key from LIBRARY_MASK_KEY`` or ``random key of this run``: whether masked values can be compared
            between reports.
        operations: One entry an operation.
        checks: One entry a check that was run.
        properties: One entry a property and operation.
        coverage: One entry a thing of the document that an answer or request can show.
        findings: Merged, the worst first.
        blind_spots: Why the run cannot say that the target conforms; empty if it can.
        program: The command of the kit: ``library``.
        remarks: What a reader should know besides: retries, what moved while it was read, a budget that was spent.
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
        """How many requests were sent."""
        return sum(operation.requests for operation in self.operations)

    @property
    def failing(self) -> tuple[Finding, ...]:
        """The findings that make the run fail."""
        return tuple(finding for finding in self.findings if finding.counts(self.fail_on))

    @property
    def exit_status(self) -> ExitStatus:
        """Findings outweigh blind spots; accepted ones, warnings and lesser severities do not count."""
        if self.failing:
            return ExitStatus.FINDINGS
        return ExitStatus.INCONCLUSIVE if self.blind_spots else ExitStatus.CONFORMS

    def recheck(self, fingerprint: str) -> str:
        """The command that checks one finding again: ``library recheck 56f8f0a95d62``; ``""`` where none can."""
        return "" if self.target.is_recorded else f"{self.program} recheck {fingerprint}"

    def count(self, state: State) -> int:
        """How many findings have that state."""
        return sum(finding.state is state for finding in self.findings)

    def to_dict(self) -> dict[str, Any]:
        """The result as JSON holds it."""
        data = {name: value for name, value in asdict(self).items() if name != "findings"}
        return {
            "format": FORMAT,
            "verdict": {"exit_status": int(self.exit_status), "name": self.exit_status.name.lower()},
            **data,
            "findings": [finding.to_dict() for finding in self.findings],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Result:
        """The inverse of ``to_dict``.

        Raises:
            KeyError, TypeError, ValueError: it is no result of this format.
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
