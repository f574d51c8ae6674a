"""junit.xml: a suite per operation, a case per operation and check.

It uses only what the schemas of both Ant and Jenkins allow: a case has one outcome and no output, so findings that do
not fail a case are in the output of its suite.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from contract_kit.findings.finding import Finding, State, ordered
from contract_kit.findings.results import CheckResult, Result
from contract_kit.reports import overview
from contract_kit.reports.text import block, line

# The suite of cases that belong to no operation.
CHECK = "check"

_MOST = 4000  # the largest number of characters of a value


@dataclass(frozen=True)
class _Case:
    """A test case.

    Attributes:
        suite: The operationId, or ``check``.
        name: The sentence that was checked.
        seconds: Its duration.
        outcome: ``passed``, ``failure``, ``error`` or ``skipped``.
        message: The reason, on one line.
        text: The reason, in full.
        output: Findings that did not change the outcome.
    """

    suite: str
    name: str
    seconds: float
    outcome: str
    message: str = ""
    text: str = ""
    output: str = ""


def render(result: Result) -> str:
    """Return the file's text; failures are the findings that fail the run, errors are its blind spots."""
    by_suite: dict[str, list[_Case]] = {operation.name: [] for operation in result.operations}
    for case in _cases(result):
        by_suite.setdefault(case.suite, []).append(case)
    parts = ['<?xml version="1.0" encoding="UTF-8"?>', "<testsuites>"]
    for number, (name, cases) in enumerate(by_suite.items()):
        parts += _suite(result, number, name, cases)
    return "\n".join([*parts, "</testsuites>", ""])


def _cases(result: Result) -> Iterator[_Case]:
    findings: dict[tuple[str, str], list[Finding]] = {}
    for finding in ordered(result.findings):
        findings.setdefault((finding.check, finding.operation), []).append(finding)
    guilty = {check for check, _ in findings}
    for check in result.checks:
        total = sum(check.requests.values())
        for operation, requests in check.requests.items() or [(CHECK, 0)]:
            share = check.seconds * requests / total if total else check.seconds / max(1, len(check.requests))
            found = findings.pop((check.id, operation), [])
            yield _case(result, operation, _name(check), share, found, check, explained=check.id in guilty)
    for (check_id, operation), found in findings.items():
        yield _case(result, operation, check_id or "found outside of any check", 0.0, found)
    for reason in result.blind_spots:
        yield _Case(CHECK, f"not seen: {line(reason)}", 0.0, "error", line(reason), block(reason, _MOST))


def _name(check: CheckResult) -> str:
    return f"{check.name} ({check.id})" if check.name else check.id


def _case(
    result: Result,
    suite: str,
    name: str,
    seconds: float,
    found: Sequence[Finding],
    check: CheckResult | None = None,
    *,
    explained: bool = True,
) -> _Case:
    """Return the case of one operation and check.

    Args:
        result: The result of the run.
        suite: The operationId.
        name: The sentence that was checked.
        seconds: Its duration.
        found: The findings that this check first found at this operation.
        check: None if findings name a check or operation that has no case.
        explained: Whether the check has findings at any operation, which then explain its failure.
    """
    failing = [finding for finding in found if finding.counts(result.fail_on)]
    accepted = [finding for finding in found if finding.state is State.ACCEPTED]
    output = "\n\n".join(_told(finding, result) for finding in found if not finding.counts(result.fail_on))
    reason = check.reason if check else ""
    if failing:
        first = failing[0]
        more = f" and {len(failing) - 1} more" if len(failing) > 1 else ""
        message = f"{first.kind} at {first.location or 'the body'}: {first.what}{more}"
        text = "\n\n".join(_told(finding, result) for finding in failing)
        if check and check.outcome == "error":
            text += f"\n\nthe check did not reach its end: {block(reason, _MOST)}"
        return _Case(suite, name, seconds, "failure", line(message), text, output)
    if check and (check.outcome == "error" or (check.outcome == "failed" and not explained)):
        why = reason or f"{check.outcome} without a reason"
        return _Case(suite, name, seconds, "error", line(why), block(why, _MOST), output)
    if accepted:
        notes = "; ".join(f"{finding.fingerprint}: {finding.note or 'accepted'}" for finding in accepted)
        return _Case(suite, name, seconds, "skipped", line(f"accepted: {notes}", 1000), output=output)
    if check and check.outcome == "skipped":
        return _Case(suite, name, seconds, "skipped", line(reason or "skipped", 1000), output=output)
    return _Case(suite, name, seconds, "passed", output=output)


def _told(finding: Finding, result: Result) -> str:
    state = "" if finding.state is State.OPEN else f"{finding.state.upper()} "
    lines = [f"{state}{finding.severity.upper()}  {finding.kind}  {finding.operation} {finding.location or '(body)'}"]
    lines += [f"found     {finding.what}"]
    lines += [f"shows     {finding.condition}"] if finding.condition else []
    lines += [f"cause     {finding.cause}, which explains it"] if finding.cause else []
    lines += [f"expected  {finding.expected}", f"count     {finding.count}"]
    for example in finding.examples:
        lines.append(f"request   {example.request}")
        lines += [f"command   {example.curl}"] if example.curl else []
        lines += [f"evidence  {shown}"] if (shown := overview.evidence(finding, example)) else []
    told = {"impact": finding.impact, "basis": overview.basis(finding), "note": finding.note}
    lines += [f"{name:<8}  {text}" for name, text in told.items() if text]
    again = result.recheck(finding.fingerprint)
    lines += [f"remedy    {finding.remedy}", f"again     {again}" if again else f"id        {finding.fingerprint}"]
    return "\n".join(block(each, _MOST) for each in lines)


def _suite(result: Result, number: int, name: str, cases: Sequence[_Case]) -> Iterator[str]:
    attributes = {
        "name": name,
        "package": result.program,
        "id": str(number),
        # Ant's schema allows no time zone here; the time is UTC.
        "timestamp": _timestamp(result.started),
        "hostname": "localhost",
        "tests": str(len(cases)),
        **{
            f"{outcome}s" if outcome != "skipped" else outcome: str(sum(case.outcome == outcome for case in cases))
            for outcome in ("failure", "error", "skipped")
        },
        "time": _seconds(sum(case.seconds for case in cases)),
    }
    yield f"  <testsuite{_attributes(attributes)}>"
    yield "    <properties>"
    for key, value in (
        ("target", result.target.label),
        ("document", result.document),
        ("tool", result.tool),
        ("profile", result.profile),
        ("fail-on", result.fail_on),
        ("masking", result.masking),
        *(("remark", remark) for remark in result.remarks),
    ):
        yield f"      <property{_attributes({'name': key, 'value': value})}/>"
    yield "    </properties>"
    for case in cases:
        yield from _testcase(case)
    output = "\n\n".join(f"{case.name}\n{case.output}" for case in cases if case.output)
    yield f"    <system-out>{_text(output)}</system-out>"
    yield "    <system-err/>"
    yield "  </testsuite>"


def _testcase(case: _Case) -> Iterator[str]:
    attributes = {"classname": case.suite, "name": case.name, "time": _seconds(case.seconds)}
    opening = f"    <testcase{_attributes(attributes)}"
    if case.outcome == "passed":
        yield f"{opening}/>"
        return
    yield f"{opening}>"
    if case.outcome == "skipped":
        yield f"      <skipped{_attributes({'message': case.message})}/>"
    else:
        why = {"type": "finding" if case.outcome == "failure" else "error", "message": case.message}
        yield f"      <{case.outcome}{_attributes(why)}>{_text(case.text)}</{case.outcome}>"
    yield "    </testcase>"


def _attributes(attributes: dict[str, str]) -> str:
    return "".join(f" {name}={quoteattr(line(value, _MOST))}" for name, value in attributes.items())


def _text(text: str) -> str:
    return escape(block(text, len(text)))


def _timestamp(started: str) -> str:
    found = re.match(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", started)
    return found[0] if found else "1970-01-01T00:00:00"


def _seconds(seconds: float) -> str:
    return f"{max(0.0, seconds):.3f}"
