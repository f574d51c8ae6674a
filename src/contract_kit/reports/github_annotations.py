"""Workflow commands that make GitHub annotate a run: one ``::error title=…::…`` per line."""

from __future__ import annotations

from collections.abc import Sequence

from contract_kit.findings.finding import Severity, State
from contract_kit.findings.groups import Group
from contract_kit.findings.results import ExitStatus, Result
from contract_kit.reports.text import block, counted, line

# GitHub shows this many annotations per kind and step, and drops the rest silently.
MOST = 10

Annotation = tuple[str, str]


def render(result: Result) -> str:
    """Return one line per annotation; ``""`` for none."""
    by_command: dict[str, list[Annotation]] = {"error": [], "warning": [], "notice": []}
    for group in result.groups:
        by_command[_command(group, result.fail_on)].append(_annotation(group, result))
    inconclusive = result.exit_status is ExitStatus.INCONCLUSIVE
    by_command["error" if inconclusive else "warning"] += [("not seen", reason) for reason in result.blind_spots]
    lines = [
        f"::{command} title={_property(title)}::{_data(message)}"
        for command, annotations in by_command.items()
        for title, message in _most(annotations)
    ]
    return "".join(f"{line}\n" for line in lines)


def _command(group: Group, fail_on: Severity) -> str:
    finding = group.worst
    if finding.counts(fail_on):
        return "error"
    if finding.state is State.ACCEPTED or finding.severity is Severity.NOTICE:
        return "notice"
    return "warning"


def _annotation(group: Group, result: Result) -> Annotation:
    finding = group.root
    state = "" if finding.state is State.OPEN else f"{finding.state}, "
    parts = [f"found {line(finding.what)}", finding.condition, f"expected {line(finding.expected)}"]
    parts += [example.request for example in finding.examples[:1]]
    parts += [finding.impact, finding.note]
    parts += [f"explains {counted(len(group.explained), 'other finding')}"] if group.explained else []
    again = result.recheck(finding.fingerprint)
    parts.append(f"again: {again}" if again else f"id: {finding.fingerprint}")
    return f"{state}{finding.severity}: {finding.kind}, {finding.operation} {finding.location}", "\n".join(
        line(part) for part in parts if part
    )


def _most(annotations: Sequence[Annotation]) -> list[Annotation]:
    """Return at most MOST annotations; the last one says how many are left out."""
    if len(annotations) <= MOST:
        return list(annotations)
    shown = list(annotations[:MOST])
    title, message = shown[-1]
    more = len(annotations) - MOST
    shown[-1] = (f"{line(title, 160)} (and {more} more)", f"{message}\n{more} more: see the job's summary, report.html")
    return shown


def _data(text: str) -> str:
    """Escape a message for the runner, which reads to the end of the line."""
    return block(text, 2000).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape a property for the runner, which also ends it at a comma or colon."""
    return _data(line(text, 200)).replace(":", "%3A").replace(",", "%2C")
