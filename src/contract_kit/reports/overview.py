"""What all reports share: the verdict on one line, numbers by operation, and coverage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from contract_kit.findings.finding import Example, Finding, Severity, State
from contract_kit.findings.groups import Group
from contract_kit.findings.results import CoverageResult, ExitStatus, OperationResult, Result
from contract_kit.reports.text import counted, line

# The titles of verdicts.
TITLES = {
    ExitStatus.CONFORMS: "CONFORMS",
    ExitStatus.FINDINGS: "DOES NOT CONFORM",
    ExitStatus.INCONCLUSIVE: "INCONCLUSIVE",
}
# The order of columns in a table; further aspects of a result follow.
ASPECTS = ("parameter", "status", "field", "enum value", "header")


@dataclass(frozen=True)
class AspectCoverage:
    """The coverage of one aspect of one operation: 31 of 34 fields."""

    entries: tuple[CoverageResult, ...] = ()

    @property
    def total(self) -> int:
        """The number of elements that the document has."""
        return len(self.entries)

    @property
    def seen(self) -> int:
        """The number of elements that occurred."""
        return sum(entry.count > 0 for entry in self.entries)

    @property
    def unseen(self) -> tuple[str, ...]:
        """The names of the elements that never occurred."""
        return tuple(entry.name for entry in self.entries if entry.count == 0)

    def __str__(self) -> str:
        return f"{self.seen}/{self.total}" if self.total else "–"


@dataclass(frozen=True)
class OperationOverview:
    """One operation, its numbers, and its findings by state and severity.

    Attributes:
        name: The operationId, or the name that findings give instead.
        numbers: Its numbers; None if only findings name it.
        open: The number of open groups of each severity; a group counts at the operation of its root.
        warnings: The number of groups that only warn.
        accepted: The number of accepted groups.
    """

    name: str
    numbers: OperationResult | None
    open: tuple[int, ...]
    warnings: int
    accepted: int


def operations(result: Result) -> list[OperationOverview]:
    """Return the operations of the result, then those that only findings name."""
    numbers = {operation.name: operation for operation in result.operations}
    open_ = Counter(
        (group.root.operation, group.worst.severity) for group in result.groups if group.worst.state is State.OPEN
    )
    states = Counter((group.root.operation, group.worst.state) for group in result.groups)
    return [
        OperationOverview(
            name,
            numbers.get(name),
            tuple(open_[name, severity] for severity in Severity),
            states[name, State.WARNING],
            states[name, State.ACCEPTED],
        )
        for name in dict.fromkeys([*numbers, *sorted(found.operation for found in result.findings)])
    ]


def coverage(result: Result) -> dict[str, dict[str, AspectCoverage]]:
    """Return the coverage by operation, then by aspect; every operation has every aspect."""
    entries: dict[tuple[str, str], list[CoverageResult]] = {}
    for entry in result.coverage:
        entries.setdefault((entry.operation, entry.aspect), []).append(entry)
    named = [operation.name for operation in result.operations] if result.coverage else []
    return {
        operation: {aspect: AspectCoverage(tuple(entries.get((operation, aspect), ()))) for aspect in aspects(result)}
        for operation in dict.fromkeys([*named, *(name for name, _ in entries)])
    }


def aspects(result: Result) -> list[str]:
    """Return the aspects in the coverage of a result."""
    present = dict.fromkeys(entry.aspect for entry in result.coverage)
    return [aspect for aspect in ASPECTS if aspect in present] + [aspect for aspect in present if aspect not in ASPECTS]


def not_checked(result: Result) -> dict[str, list[str]]:
    """Return the names of the skipped checks, by reason."""
    by_reason: dict[str, list[str]] = {}
    for check in result.checks:
        if check.outcome == "skipped":
            by_reason.setdefault(check.reason or "no reason given", []).append(check.name)
    return by_reason


def by_state(result: Result) -> dict[State, list[Group]]:
    """Return the groups by state, open ones first; within a state, the worst first."""
    found: dict[State, list[Group]] = {}
    for group in result.groups:
        found.setdefault(group.worst.state, []).append(group)
    return found


def evidence(finding: Finding, example: Example) -> str:
    """Return the evidence of an example, without the sentence that the finding has already."""
    return example.evidence.removeprefix(finding.what).removeprefix(" — ")


def basis(finding: Finding) -> str:
    """Return the basis with its place and title: ``D17, openapi/decisions.yaml:210: The bounds apply to …``."""
    assumed = f"contradicts {finding.assumption}, which is assumed" if finding.assumption else ""
    return ", ".join(filter(None, [finding.basis, finding.grounds, assumed]))


def brief(finding: Finding) -> str:
    """Return an explained finding on one line."""
    state = "" if finding.state is State.OPEN else f"{finding.state}, "
    location = finding.location or "(body)"
    return f"{state}{finding.severity}: {finding.kind}, {finding.operation} {location}: {finding.what}"


def severities(findings: Iterable[Finding]) -> str:
    """Return ``2 breaking, 1 drift, 3 notices``: the severities that occur, the worst first."""
    numbers = Counter(finding.severity for finding in findings)
    return ", ".join(
        counted(number, severity) if severity is Severity.NOTICE else f"{number} {severity}"
        for severity in Severity
        if (number := numbers[severity])
    )


def verdict(result: Result) -> str:
    """``DOES NOT CONFORM: 3 findings (1 breaking, 2 drift), 1 accepted, 812 requests, 41 of 42 checks passed``."""
    title = TITLES[result.exit_status]
    return f"{title}: {verdict_detail(result)}"


def verdict_detail(result: Result) -> str:
    """Return the verdict's line without its title."""
    return ", ".join([_cause(result), *_beside(result), *_effort(result)])


def _cause(result: Result) -> str:
    failing = [group.worst for group in result.failing_groups]
    if failing:
        return f"{counted(len(failing), 'finding')} ({severities(failing)})"
    if result.blind_spots:
        more = len(result.blind_spots) - 1
        return line(result.blind_spots[0]) + (f" (and {more} more)" if more else "")
    return "no findings" + (
        ", the emulator conforms (no service was checked)" if result.target.kind == "embedded" else ""
    )


def _beside(result: Result) -> list[str]:
    """Return the numbers of findings that do not make the run fail."""
    worst = [group.worst for group in result.groups]
    lesser = [found for found in worst if found.state is State.OPEN and not found.severity.at_least(result.fail_on)]
    explained = sum(len(group.explained) for group in result.failing_groups)
    parts = [f"{explained} more explained"] if explained else []
    parts += [f"{severities(lesser)} below --fail-on {result.fail_on}"] if lesser else []
    if warnings := result.count(State.WARNING):
        parts.append(counted(warnings, "warning"))
    if accepted := result.count(State.ACCEPTED):
        parts.append(f"{accepted} accepted")
    if result.failing and result.blind_spots:
        parts.append(counted(len(result.blind_spots), "blind spot"))
    return parts


def _effort(result: Result) -> list[str]:
    passed = sum(check.outcome == "passed" for check in result.checks)
    return [counted(result.requests, "request"), f"{passed} of {counted(len(result.checks), 'check')} passed"]
