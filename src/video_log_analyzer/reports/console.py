"""A result as text: the findings, a table by operation, one verdict line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from video_log_analyzer.findings import Finding, Severity
from video_log_analyzer.results import ExitStatus, Result


def render(result: Result) -> str:
    """The whole report; its last line is the verdict."""
    return "\n".join(_lines(result))


def _lines(result: Result) -> Iterator[str]:
    for finding in result.findings:
        yield from _finding(finding)
        yield ""
    yield from _not_checked(result)
    yield f"target    {result.target.label}"
    yield f"document  version {result.document}"
    yield ""
    yield from _table(result)
    yield ""
    yield _verdict(result)


def _not_checked(result: Result) -> Iterator[str]:
    by_reason: dict[str, list[str]] = {}
    for check in result.checks:
        if check.outcome == "skipped":
            by_reason.setdefault(check.reason, []).append(check.name)
    for reason, names in by_reason.items():
        yield f"not checked: {_shortened(reason)}"
        yield from (f"    {name}" for name in names)
    for reason in result.blind_spots:
        yield f"not seen: {_shortened(reason)}"
    if by_reason or result.blind_spots:
        yield ""


def _finding(finding: Finding) -> Iterator[str]:
    count = f" ({finding.count} times)" if finding.count > 1 else ""
    yield f"{finding.severity.upper()}  {finding.kind}  {finding.operation} {finding.place or '(body)'}{count}"
    yield f"    found     {finding.value}"
    yield f"    expected  {_shortened(finding.expected)}"
    for example in finding.examples:
        yield f"    request   {example.request}"
        yield f"    evidence  {_shortened(example.evidence)}"
    yield f"    remedy    {finding.remedy}"
    yield f"    id        {finding.fingerprint}"


def _table(result: Result) -> Iterator[str]:
    worst = Counter((finding.operation, finding.severity) for finding in result.findings)
    names = [operation.name for operation in result.operations]
    elsewhere = sorted({finding.operation for finding in result.findings} - set(names))
    header = ("operation", "requests", "with data", *(severity.value for severity in Severity))
    rows = [header]
    rows += [
        (operation.name, str(operation.requests), str(operation.with_data), *_counts(worst, operation.name))
        for operation in result.operations
    ]
    rows += [(name, "", "", *_counts(worst, name)) for name in elsewhere]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    for row in rows:
        first, *numbers = (
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join([first, *numbers]).rstrip()


def _counts(worst: Counter[tuple[str, Severity]], operation: str) -> list[str]:
    return [str(worst[(operation, severity)]) for severity in Severity]


def _verdict(result: Result) -> str:
    passed = sum(check.outcome == "passed" for check in result.checks)
    seen = f"{result.requests} requests, {passed} of {len(result.checks)} checks passed"
    notices = sum(finding.severity is Severity.NOTICE for finding in result.findings)
    findings = len(result.findings) - notices
    if result.exit_status is ExitStatus.FINDINGS:
        return f"DOES NOT CONFORM: {findings} finding{'s' if findings != 1 else ''}, {seen}"
    noted = f", {notices} notice{'s' if notices != 1 else ''}" if notices else ""
    if result.exit_status is ExitStatus.INCONCLUSIVE:
        return f"INCONCLUSIVE: {_shortened(result.blind_spots[0])}; {seen}{noted}"
    return f"CONFORMS: no findings{noted}, {seen}"


def _shortened(text: str, most: int = 220) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else line[: most - 1] + "…"
