"""Whether a finding that a run does not show is gone, or was only not looked for.

What forgets findings goes by this: ``accept --prune``, ``recheck``, and the closing of issues.
"""

from __future__ import annotations

from contract_kit.findings.finding import Finding, Kind
from contract_kit.findings.results import CheckResult, Result, TargetResult

# The aspect of the coverage that tells whether there was anything to see at a location.
_ASPECTS = {"query": "parameter", "header": "header"}


def shown(finding: Finding, result: Result) -> bool:
    """Whether the run met the finding, in whatever state."""
    return any(each.fingerprint == finding.fingerprint for each in result.findings)


def origin(target: TargetResult) -> str:
    """Where a finding can be resolved: ``live``, ``embedded``, or the origin of any other target."""
    return target.url if target.kind == "other" else target.kind


def reason_to_keep(finding: Finding, met_on: str, result: Result) -> str | None:
    """Why a finding of an earlier run is not known to be gone; ``None`` if this run shows that it is.

    Args:
        finding: Its identity, and the check that met it where that is known.
        met_on: The origin of the target that it was met on; ``""`` if unknown.
        result: The run to go by.
    """
    if shown(finding, result):
        return "it still shows"
    if finding.kind is not Kind.DOCUMENT:
        # The document and its ledger are the same whatever is checked against them.
        if not met_on:
            return "it is not known which target it was met on"
        if met_on != origin(result.target):
            return f"it was met on {met_on}, and the run was on {origin(result.target)}"
        if result.target.faults:
            return f"faults were planted, which may hide it: {', '.join(result.target.faults)}"
    if result.profile != "full":
        return f"the run asked less than everything: its profile was {result.profile}"
    return unmeasured(finding, result)


def unmeasured(finding: Finding, result: Result) -> str | None:
    """Why a run that does not show the finding says nothing about it; ``None`` if it looked and did not see it."""
    if finding.kind is not Kind.DOCUMENT:
        measured = next((each for each in result.operations if each.name == finding.operation), None)
        if measured is None:
            return f"the run says nothing about {finding.operation}"
        if not measured.with_data:
            return f"{finding.operation} was never seen with data"
    checks = [check for check in result.checks if check.id == finding.check or not finding.check]
    if not checks:
        return f"the check that met it did not run: {finding.check or 'no check did'}"
    for check in checks:
        if reason := _cut_short(check):
            return reason
    return _not_exercised(finding, result)


def _cut_short(check: CheckResult) -> str | None:
    """Why a check may have ended before it came to the finding."""
    if check.complete:
        return None
    return f"{check.id} did not go on to its end ({check.outcome}): {check.reason or 'no reason given'}"


def _not_exercised(finding: Finding, result: Result) -> str | None:
    """Whether the location, as far as the coverage knows it, was never met at all."""
    if finding.kind is Kind.MISSING_FIELD:
        # A field that is back, with null in it, does not count in the coverage.
        return None
    prefix, colon, rest = finding.location.partition(":")
    aspect, name = (_ASPECTS.get(prefix, ""), rest) if colon else ("field", finding.location)
    for covered in result.coverage:
        known = (covered.operation, covered.aspect, covered.name.lower()) == (finding.operation, aspect, name.lower())
        if known and not covered.count:
            return f"nothing was seen at {finding.location}"
    return None
