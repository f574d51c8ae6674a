"""summary.md: a result for the summary of a GitHub job, which is Markdown of at most one MiB."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from contract_kit.findings.finding import Severity, State
from contract_kit.findings.groups import Group
from contract_kit.findings.results import ExitStatus, Result
from contract_kit.reports import overview
from contract_kit.reports.text import duration, line

T = TypeVar("T")

# Bytes per part; together less than one MiB, because GitHub refuses larger summaries.
_FINDINGS, _TABLE, _LIST = 500_000, 100_000, 60_000

_SYMBOLS = {ExitStatus.CONFORMS: "✅", ExitStatus.FINDINGS: "❌", ExitStatus.INCONCLUSIVE: "❔"}
# Every character with a meaning in Markdown or HTML becomes an entity. GitHub also finds mentions, issue numbers and
# addresses in the rendered text: an empty comment after their characters prevents that.
_NEUTRAL = str.maketrans(
    {char: f"&#{ord(char)};" for char in "&<>\"'`|*_~[]()\\!$+-={}^"}
    | {char: f"&#{ord(char)};<!-- -->" for char in "@#:./"}
)
_NEUTRAL_CODE = str.maketrans({char: f"&#{ord(char)};" for char in "&<>\"'`|*_~[]()\\!$+-={}^@#:./"})


def render(result: Result) -> str:
    """Return the file's text."""
    return "\n".join(_lines(result)) + "\n"


def _lines(result: Result) -> Iterator[str]:
    title = overview.TITLES[result.exit_status].capitalize()
    yield f"## {_SYMBOLS[result.exit_status]} {title}"
    yield ""
    yield _prose(overview.verdict_detail(result), 1000)
    yield ""
    yield f"**Target:** {_prose(result.target.label)}  "
    yield (
        f"**Document:** version {_code(result.document)} · **Profile:** {_code(result.profile)} · "
        f"**Fails on:** {_code(result.fail_on)} · **Took:** {duration(result.seconds)} · "
        f"**Started:** {_code(result.started)}"
    )
    yield ""
    yield from _operations(result)
    yield from _section("Not seen", result.blind_spots)
    reasons = overview.not_checked(result).items()
    yield from _section("Not checked", [f"{line(name)}: {line(reason)}" for reason, names in reasons for name in names])
    yield from _section("Remarks", result.remarks)
    yield from _coverage(result)
    yield from _findings(result)


def _operations(result: Result) -> Iterator[str]:
    yield from _heading(["Operation", "Requests", "With data", "Properties", *_titles(), "Warnings", "Accepted"])
    yield from _within(overview.operations(result), _operation, _TABLE, "| {} more |")
    yield ""


def _operation(operation: overview.OperationOverview) -> str:
    numbers = operation.numbers
    effort = [numbers.requests, numbers.with_data, numbers.properties] if numbers else ["", "", ""]
    return _row([_code(operation.name), *effort, *operation.open, operation.warnings, operation.accepted])


def _coverage(result: Result) -> Iterator[str]:
    aspects = overview.aspects(result)
    if not aspects:
        return
    yield "### Seen of the document"
    yield ""
    yield from _heading(["Operation", *(_prose(aspect.capitalize()) for aspect in aspects)])
    rows = list(overview.coverage(result).items())
    yield from _within(rows, lambda row: _row([_code(row[0]), *map(str, row[1].values())]), _TABLE, "| {} more |")
    yield ""


def _findings(result: Result) -> Iterator[str]:
    if not result.findings:
        return
    yield "### Findings"
    yield ""
    yield from _heading(["Severity", "Kind", "Operation and location", "Found", "Expected", "Times", "Id"])
    yield from _within(result.groups, _group, _FINDINGS, "| **{} more:** see the report |")
    yield ""
    if again := result.recheck("ID"):
        yield f"`{again}` says whether a finding still stands."
    yield f"`{result.program} accept ID --reason … --expires DATE` accepts a finding until a given date."


def _group(group: Group) -> str:
    finding = group.root
    severity = f"**{finding.severity}**"
    if finding.state is not State.OPEN:
        severity = f"{finding.state}, {finding.severity}"
    location = f"{_code(finding.operation)} {_code(finding.location or '(body)')}"
    expected, what = _prose(finding.expected), _prose(finding.what)
    for note in (finding.impact, finding.note):
        expected += f"<br>{_prose(note)}" if note else ""
    if finding.condition:
        what += f"<br>{_prose(finding.condition)}"
    if group.explained:
        named = "; ".join(overview.brief(each) for each in group.explained[:3])
        what += f"<br>Explains {len(group.explained)} more: {_prose(named)}"
    found = [
        severity,
        finding.kind,
        location,
        what,
        expected,
        finding.count,
        _code(finding.fingerprint),
    ]
    return _row(found)


def _titles() -> list[str]:
    return [severity.capitalize() for severity in Severity]


def _heading(titles: list[str]) -> list[str]:
    return [_row(titles), _row(["---"] * len(titles))]


def _row(cells: Iterable[object]) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _section(title: str, items: Sequence[str]) -> Iterator[str]:
    if items:
        yield f"### {title}"
        yield ""
        yield from _within(items, lambda item: f"- {_prose(item, 440)}", _LIST, "- {} more")
        yield ""


def _within(items: Sequence[T], render: Callable[[T], str], most: int, more: str) -> Iterator[str]:
    """Yield items as lines, up to ``most`` bytes, then a line that says how many are left out."""
    size = 0
    for index, item in enumerate(items):
        rendered = render(item)
        size += len(rendered.encode("utf-8")) + 1
        if size > most:
            yield more.format(len(items) - index)
            return
        yield rendered


def _prose(text: str, most: int = 220) -> str:
    """Escape a value for use in a sentence."""
    return line(text, most).translate(_NEUTRAL)


def _code(text: str, most: int = 120) -> str:
    """Return a value as inline code, in which GitHub finds no mentions."""
    return f"<code>{line(text, most).translate(_NEUTRAL_CODE)}</code>"
