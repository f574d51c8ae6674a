"""Decide whether a finding that a run does not show is resolved, or the run did not look for it.

``accept --prune``, ``recheck`` and the closing of issues depend on this.
"""

from __future__ import annotations

from contract_kit.findings.finding import Finding, Kind
from contract_kit.findings.results import CheckResult, Result, TargetResult

# The coverage aspect for the prefix of a location.
_ASPECTS = {"query": "parameter", "header": "header"}


def shown(finding: Finding, result: Result) -> bool:
    """Whether the run has the finding, in any state."""
    return any(each.fingerprint == finding.fingerprint for each in result.findings)


def origin(target: TargetResult) -> str:
    """Return where a finding can be resolved: ``live``, ``embedded``, or the origin of any other target."""
    return target.url if target.kind == "other" else target.kind


def reason_to_keep(finding: Finding, met_on: str, result: Result) -> str | None:
    """Return why a finding of an earlier run may still exist; ``None`` if this run shows that it is resolved.

    Args:
        finding: Its identity, and the check that found it, if known.
        met_on: The target on which it was found, as ``origin`` returns it; ``""`` if unknown.
        result: The run to judge by.
    """
    if shown(finding, result):
        return "it still shows"
    if finding.kind is not Kind.DOCUMENT:
        # Findings of the document itself (Kind.DOCUMENT) do not depend on the target.
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
    """Return why a run without the finding proves nothing; ``None`` if it looked for it and did not see it."""
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
    """Return why a check may have ended before it reached the finding, or None."""
    if check.complete:
        return None
    return f"{check.id} did not go on to its end ({check.outcome}): {check.reason or 'no reason given'}"


def _not_exercised(finding: Finding, result: Result) -> str | None:
    """Return a reason if the coverage knows the location and never saw it, else None."""
    if finding.kind is Kind.MISSING_FIELD:
        # The coverage does not count a field with null, so it cannot tell that a missing field is back.
        return None
    prefix, colon, rest = finding.location.partition(":")
    aspect, name = (_ASPECTS.get(prefix, ""), rest) if colon else ("field", finding.location)
    for covered in result.coverage:
        known = (covered.operation, covered.aspect, covered.name.lower()) == (finding.operation, aspect, name.lower())
        if known and not covered.count:
            return f"nothing was seen at {finding.location}"
    return None
