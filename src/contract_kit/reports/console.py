"""A result as text: the findings, the blind spots, a table by operation, and the verdict on one line."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from contract_kit.findings.finding import Finding, Severity, State
from contract_kit.findings.results import ExitStatus, Result
from contract_kit.reports import overview
from contract_kit.reports.text import counted, duration, line

# The number of skipped checks that are named per reason.
MOST_NAMES = 10

_RED, _YELLOW, _GREEN, _BLUE, _BOLD, _DIM = "31", "33", "32", "36", "1", "2"
_OF_SEVERITY = {Severity.BREAKING: _RED, Severity.DRIFT: _YELLOW, Severity.NOTICE: _BLUE}
_OF_VERDICT = {ExitStatus.CONFORMS: _GREEN, ExitStatus.FINDINGS: _RED, ExitStatus.INCONCLUSIVE: _YELLOW}


def render(result: Result, *, color: bool = False) -> str:
    """Return the whole report; its last line is the verdict.

    Args:
        result: The result of a run.
        color: Whether to color severities and the verdict, for a terminal.
    """
    return "\n".join(_lines(result, _Pen(color=color)))


def coverage_table(result: Result) -> str:
    """Return the coverage of the document: a row per operation, a column per aspect, ``31/34`` in a cell."""
    aspects = overview.aspects(result)
    rows = [["operation", *aspects]]
    for operation, by_aspect in overview.coverage(result).items():
        rows.append([line(operation, 40), *(str(by_aspect[aspect]) for aspect in aspects)])
    return "\n".join(_table(rows))


class _Pen:
    """Adds terminal colors to text, if enabled."""

    def __init__(self, *, color: bool) -> None:
        self._color = color

    def __call__(self, text: str, *styles: str) -> str:
        return f"\033[{';'.join(styles)}m{text}\033[0m" if self._color else text


def _lines(result: Result, pen: _Pen) -> Iterator[str]:
    for findings in overview.by_state(result).values():
        for finding in findings:
            yield from _finding(finding, pen)
            yield ""
    yield from _not_seen(result)
    yield from _about(result)
    yield ""
    yield from _table(_operations(result))
    yield ""
    title = pen(overview.TITLES[result.exit_status], _BOLD, _OF_VERDICT[result.exit_status])
    yield f"{title}: {overview.verdict_detail(result)}"


def _finding(finding: Finding, pen: _Pen) -> Iterator[str]:
    label = finding.severity.upper()
    if finding.state is not State.OPEN:
        label = f"{finding.state.upper()} ({finding.severity})"
    count = f" ({finding.count} times)" if finding.count > 1 else ""
    location = line(finding.location) or "(body)"
    styles = (_BOLD, _OF_SEVERITY[finding.severity]) if finding.state is State.OPEN else (_DIM,)
    yield f"{pen(label, *styles)}  {finding.kind}  {line(finding.operation)} {location}{count}"
    yield from details(finding)
    yield f"    id        {finding.fingerprint}"


def details(finding: Finding) -> Iterator[str]:
    """Yield the lines of a finding after its first line."""
    yield f"    found     {line(finding.value)}"
    yield f"    expected  {line(finding.expected)}"
    for example in finding.examples:
        yield f"    request   {line(example.request)}"
        if example.evidence:
            yield f"    evidence  {line(example.evidence)}"
    for name in ("impact", "basis", "note"):
        if text := getattr(finding, name):
            yield f"    {name:<8}  {line(text)}"
    yield f"    remedy    {line(finding.remedy)}"


def _not_seen(result: Result) -> Iterator[str]:
    reasons = overview.not_checked(result)
    for reason, names in reasons.items():
        yield f"not checked: {line(reason)}"
        yield from (f"    {line(name)}" for name in names[:MOST_NAMES])
        if more := len(names) - MOST_NAMES:
            yield from [f"    and {counted(more, 'other check')}"] if more > 0 else []
    yield from (f"not seen: {line(reason)}" for reason in result.blind_spots)
    yield from (f"remark: {line(remark)}" for remark in result.remarks)
    if reasons or result.blind_spots or result.remarks:
        yield ""


def _about(result: Result) -> Iterator[str]:
    yield f"target    {line(result.target.label)}"
    yield f"document  version {line(result.document)}"
    yield f"profile   {line(result.profile)}, fails on {result.fail_on}, {duration(result.seconds)}"
    yield f"masking   {line(result.masking)}"


def _operations(result: Result) -> list[list[str]]:
    coverage = overview.coverage(result)
    rows = [["operation", "requests", "with data", "properties", "enum values", "fields", *Severity]]
    for operation in overview.operations(result):
        numbers, seen = operation.numbers, coverage.get(operation.name, {})
        shares = [str(seen.get(aspect, overview.AspectCoverage())) for aspect in ("enum value", "field")]
        rows.append(
            [
                line(operation.name, 40),
                *([str(numbers.requests), str(numbers.with_data), str(numbers.properties)] if numbers else [""] * 3),
                *(shares if numbers else [""] * 2),
                *map(str, operation.open),
            ]
        )
    return rows


def _table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Yield the lines of a table: names left-aligned, numbers right-aligned."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for first, *figures in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True))]
        yield "  ".join(cells).rstrip()
