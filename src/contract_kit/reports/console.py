"""A result as text: the findings, the blind spots, a table by operation, and the verdict on one line."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence

from contract_kit.findings.finding import Finding, Severity, State
from contract_kit.findings.groups import Group
from contract_kit.findings.results import ExitStatus, Result
from contract_kit.reports import overview
from contract_kit.reports.text import counted, duration, line

# The number of skipped checks that are named per reason, and of findings that are named under their cause.
MOST_NAMES = 10
MOST_EXPLAINED = 5

# Lines that are not wrapped.
_WHOLE = ("    request", "    command", "    evidence")
_RED, _YELLOW, _GREEN, _BLUE, _BOLD, _DIM = "31", "33", "32", "36", "1", "2"
_OF_SEVERITY = {Severity.BREAKING: _RED, Severity.DRIFT: _YELLOW, Severity.NOTICE: _BLUE}
_OF_VERDICT = {ExitStatus.CONFORMS: _GREEN, ExitStatus.FINDINGS: _RED, ExitStatus.INCONCLUSIVE: _YELLOW}


def render(result: Result, *, color: bool = False, width: int = 0) -> str:
    """Return the whole report; its last line is the verdict.

    Args:
        result: The result of a run.
        color: Whether to color severities and the verdict, for a terminal.
        width: The columns of a terminal, at which sentences are wrapped; 0 for any. Requests and commands stay whole,
            so that they can be copied.
    """
    return "\n".join(wrapped for each in _lines(result, _Pen(color=color), width) for wrapped in _wrapped(each, width))


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


def _wrapped(text: str, width: int) -> list[str]:
    found = re.match(r" *\S+  +(?=\S)", text) if text.startswith(" ") else None
    if not width or len(text) <= width or text.startswith(_WHOLE) or "\033" in text:
        return [text]
    indent = " " * (len(found[0]) if found else 4)
    return textwrap.wrap(
        text,
        max(width, 40),
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
        drop_whitespace=True,
        replace_whitespace=False,
    )


def _lines(result: Result, pen: _Pen, width: int) -> Iterator[str]:
    for groups in overview.by_state(result).values():
        for group in groups:
            yield from _group(group, pen)
            yield ""
    yield from _not_seen(result)
    yield from _about(result)
    yield ""
    yield from _table(_operations(result), width)
    yield ""
    title = pen(overview.TITLES[result.exit_status], _BOLD, _OF_VERDICT[result.exit_status])
    yield f"{title}: {overview.verdict_detail(result)}"


def _group(group: Group, pen: _Pen) -> Iterator[str]:
    finding = group.root
    label = finding.severity.upper()
    if finding.state is not State.OPEN:
        label = f"{finding.state.upper()} ({finding.severity})"
    count = f" ({finding.count} times)" if finding.count > 1 else ""
    location = line(finding.location) or "(body)"
    styles = (_BOLD, _OF_SEVERITY[finding.severity]) if finding.state is State.OPEN else (_DIM,)
    yield f"{pen(label, *styles)}  {finding.kind}  {line(finding.operation)} {location}{count}"
    yield from details(finding)
    yield f"    id        {finding.fingerprint}"
    if group.explained:
        yield f"    explains  {counted(len(group.explained), 'other finding')}:"
        yield from (
            f"      {each.fingerprint}  {line(overview.brief(each), 180)}" for each in group.explained[:MOST_EXPLAINED]
        )
        if (more := len(group.explained) - MOST_EXPLAINED) > 0:
            yield f"      and {more} more: see report.html"


def details(finding: Finding) -> Iterator[str]:
    """Yield the lines of a finding after its first line."""
    yield f"    found     {line(finding.what)}"
    if finding.condition:
        yield f"    shows     {line(finding.condition)}"
    yield f"    expected  {line(finding.expected)}"
    shown = ""
    for example in finding.examples:
        yield f"    request   {line(example.request)}"
        if (evidence := overview.evidence(finding, example)) and evidence != shown:
            yield f"    evidence  {line(evidence)}"
        shown = evidence
    if curl := next((example.curl for example in finding.examples if example.curl), ""):
        yield f"    command   {line(curl, 500)}"
    for name, text in (("impact", finding.impact), ("basis", overview.basis(finding)), ("note", finding.note)):
        if text:
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


def _table(rows: Sequence[Sequence[str]], width: int = 0) -> Iterator[str]:
    """Yield the lines of a table: names left-aligned, numbers right-aligned; a wide one has stacked titles."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    if width and sum(widths) + 2 * (len(widths) - 1) > width:
        above = [title.rpartition(" ")[0] for title in rows[0]]
        rows = [above, [title.rpartition(" ")[2] for title in rows[0]], *rows[1:]]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    gap = "  " if not width or sum(widths) + 2 * (len(widths) - 1) <= width else " "
    for first, *figures in rows:
        cells = [first.ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True))]
        yield gap.join(cells).rstrip()
