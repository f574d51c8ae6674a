#!/usr/bin/env python3
"""Keep one GitHub issue for each finding of the last report, through the command `gh`.

A finding that fails the run opens an issue, or reopens its closed one. An issue is closed when a run looked for its
finding and did not find it (the rule of `vla accept --prune`). Issues without our marker, and those of another account,
are never touched.
"""

from __future__ import annotations

import argparse
import html
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

# Works without an installation: these modules import only the standard library.
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from contract_kit.errors import ContractKitError, UsageError
from contract_kit.findings import last_report, resolution
from contract_kit.findings.finding import Finding, Kind
from contract_kit.findings.groups import Group
from contract_kit.findings.results import Result
from video_log_analyzer.kit import KIT

LABEL = "contract-drift"
MOST_NEW = 20  # if everything changes in one night, that is one event, not a hundred
MOST_READ = 1000
MOST_EXPLAINED = 10  # of the findings that one issue names as explained by its own
LONGEST_TITLE, LONGEST_EVIDENCE = 250, 3000  # GitHub allows 256 for a title, 65536 for a body
_MARKER = re.compile(r"<!-- vla-finding (\{[^<>]*\}) -->")


@dataclass(frozen=True)
class Issue:
    """An issue with our marker.

    Attributes:
        number: GitHub's number.
        is_open: Whether it is open.
        not_planned: Whether somebody closed it as not planned.
        finding: The finding of its marker, with only its identity.
        met_on: The target on which it was found, as ``resolution.origin`` returns it: ``live``.
    """

    number: int
    is_open: bool
    not_planned: bool
    finding: Finding
    met_on: str


@dataclass(frozen=True)
class Step:
    """One step: ``text`` describes it, ``commands`` are pairs of arguments and standard input for ``gh``."""

    text: str
    commands: tuple[tuple[tuple[str, ...], str], ...] = ()


def main() -> int:
    """Update the issues from the report; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--report-dir", type=Path, default=Path("build/vla"), metavar="DIR", help="default: build/vla")
    parser.add_argument("--any-target", action="store_true", help="also by a report that is not about the live API")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    arguments = parser.parse_args()
    try:
        result = last_report.load(arguments.report_dir, KIT.program)
        if result.target.kind != "live" and not arguments.any_target:
            print(f"nothing done: the report is about {result.target.label} (--any-target takes it all the same)")
            return 0
        for step in steps(result, list(issues())):
            print(f"would {step.text}" if arguments.dry_run and step.commands else step.text, flush=True)
            for command, text in () if arguments.dry_run else step.commands:
                gh(*command, text=text)
    except ContractKitError as error:
        print(f"sync_issues: {error}", file=sys.stderr)
        return error.exit_status
    return 0


def steps(result: Result, known: list[Issue]) -> Iterator[Step]:
    """Yield the steps that bring the issues in line with the report."""
    # If a person opened a second issue for a finding, only the oldest is used.
    by_fingerprint: dict[str, Issue] = {}
    for issue in sorted(known, key=lambda each: each.number):
        by_fingerprint.setdefault(issue.finding.fingerprint, issue)
    new: list[Group] = []
    for group in result.failing_groups:
        # An older issue may be about a finding that is now explained by another one.
        fingerprints = [each.fingerprint for each in group.findings]
        issues_of = [by_fingerprint[each] for each in fingerprints if each in by_fingerprint]
        if not issues_of:
            new.append(group)
        elif not any(issue.is_open for issue in issues_of):
            yield _reopening(issues_of[0], group.root, result)
    for issue in by_fingerprint.values():
        if issue.is_open and not resolution.shown(issue.finding, result):
            yield _closing(issue, result)
    if new:
        yield Step(
            f"see to the label {LABEL}",
            ((("label", "create", LABEL, "--force", "--description", "The API and the document disagree"), ""),),
        )
    for group in new[:MOST_NEW]:
        command = ("issue", "create", "--label", LABEL, "--title", title(group.root), "--body-file", "-")
        yield Step(f"open an issue: {last_report.named(group.root)}", ((command, body(group, result)),))
    if len(new) > MOST_NEW:
        yield Step(f"{len(new) - MOST_NEW} more findings have no issue: at most {MOST_NEW} are opened by one run")


def _reopening(issue: Issue, finding: Finding, result: Result) -> Step:
    name = last_report.named(finding)
    if issue.not_planned:
        return Step(f"left #{issue.number} closed, since it was closed as not planned: {name}")
    text = f"It is back: met on {code(result.target.label)} by the run of {code(result.started)}.\n\n"
    text += "\n".join(_evidence(finding))
    return Step(
        f"reopen #{issue.number}: {name}",
        (
            (("issue", "reopen", str(issue.number)), ""),
            (("issue", "comment", str(issue.number), "--body-file", "-"), text),
        ),
    )


def _closing(issue: Issue, result: Result) -> Step:
    name = last_report.named(issue.finding)
    if reason := resolution.reason_to_keep(issue.finding, issue.met_on, result):
        return Step(f"left #{issue.number} open: {name}: {reason}")
    text = f"Gone: looked for on {code(result.target.label)} by the run of {code(result.started)}, and not met."
    return Step(
        f"close #{issue.number}: {name}",
        (
            (("issue", "comment", str(issue.number), "--body-file", "-"), text),
            (("issue", "close", str(issue.number), "--reason", "completed"), ""),
        ),
    )


def title(finding: Finding) -> str:
    """Return kind, operation, location and value on one line, without GitHub mentions."""
    location = finding.location or "(body)"
    line = " ".join(f"{finding.kind}: {finding.operation} {location}: {finding.value}".split())
    line = "".join(character for character in line if character.isprintable()).replace("@", "@\u200b")
    return line if len(line) <= LONGEST_TITLE else line[: LONGEST_TITLE - 1] + "…"


def body(group: Group, result: Result) -> str:
    """Return the issue's text; values of the target are only in code, where GitHub finds no mentions or HTML."""
    finding = group.root
    rows = [
        ("severity", finding.severity),
        ("operation", finding.operation),
        ("location", finding.location or "(body)"),
        ("found", finding.what),
        ("shows", finding.condition),
        ("expected", finding.expected),
        ("impact", finding.impact),
        ("basis", ", ".join(filter(None, [finding.basis, finding.grounds]))),
        ("check", finding.check),
        ("met", f"{finding.count} times in the run of {result.started}"),
        ("on", result.target.label),
    ]
    lines = [f"- {name}: {code(text)}" for name, text in rows if text]
    lines += [f"- explains: {code(last_report.named(each))}" for each in group.explained[:MOST_EXPLAINED]]
    if (more := len(group.explained) - MOST_EXPLAINED) > 0:
        lines.append(f"- explains: {more} more findings")
    lines += ["", *_evidence(finding), f"**Remedy**: {escaped(finding.remedy)}", ""]
    lines.append(f"It still stands? `vla recheck {finding.fingerprint}`. Is it bearable until a given date?")
    lines.append(f"`vla accept {finding.fingerprint} --reason … --expires …`.")
    lines += ["This issue is closed when a run looks for the finding and does not meet it.", ""]
    return "\n".join([*lines, marker(finding, resolution.origin(result.target))])


def _evidence(finding: Finding) -> Iterator[str]:
    for example in finding.examples:
        text = "\n".join(filter(None, [example.request, example.curl, example.evidence]))
        if len(text) > LONGEST_EVIDENCE:
            text = text[:LONGEST_EVIDENCE] + "…"
        fence = "`" * max(3, _longest_run(text) + 1)
        yield from (f"{fence}text", text, fence, "")


def code(text: str) -> str:
    """Return any text as inline code, on one line."""
    line = " ".join(text.split())
    line = line if len(line) <= LONGEST_EVIDENCE else line[:LONGEST_EVIDENCE] + "…"
    ticks = "`" * (_longest_run(line) + 1)
    # Markdown drops the blanks at both ends; they separate backticks of the text from the delimiter.
    return f"{ticks} {line} {ticks}" if "`" in line else f"{ticks}{line}{ticks}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def escaped(text: str) -> str:
    """Escape HTML, Markdown and mentions in prose."""
    return re.sub(r"([\\`*_\[\]#|~])", r"\\\1", html.escape(text, quote=False)).replace("@", "@\u200b")


def marker(finding: Finding, met_on: str) -> str:
    """Return the hidden comment that identifies an issue's finding."""
    identity = {
        "fingerprint": finding.fingerprint,
        "kind": finding.kind,
        "operation": finding.operation,
        "location": finding.location,
        "value": finding.value,
        "check": finding.check,
        "target": met_on,
    }
    # The JSON must not end the comment or contain a GitHub mention.
    text = re.sub(r"[<>@`]|(?<=-)-", lambda found: f"\\u{ord(found[0]):04x}", json.dumps(identity))
    return f"<!-- vla-finding {text} -->"


def issues() -> Iterator[Issue]:
    """Yield the issues with our label and marker that our own account opened: anybody can write a marker.

    Raises:
        UsageError: `gh` fails, or there are too many issues to read.
    """
    own = _account(gh("api", "graphql", "-f", "query={viewer{login}}", "--jq", ".data.viewer.login").strip())
    fields = "number,body,state,stateReason,author"
    said = gh("issue", "list", "--label", LABEL, "--state", "all", "--limit", str(MOST_READ), "--json", fields)
    try:
        listed = json.loads(said)
    except json.JSONDecodeError:
        raise UsageError(f"`gh issue list` did not answer with JSON: {said[:200]!r}") from None
    if len(listed) >= MOST_READ:
        # An issue that was not read would be opened a second time.
        raise UsageError(f"{MOST_READ} issues or more have the label {LABEL}: take it off the oldest closed ones")
    for each in listed:
        author = each["author"] or {}
        if _account(str(author.get("login")), is_bot=bool(author.get("is_bot"))) != own:
            continue
        identity = _identity(each["body"] or "")
        if identity is not None:
            finding, met_on = identity
            not_planned = each["stateReason"] == "NOT_PLANNED"
            yield Issue(each["number"], each["state"] == "OPEN", not_planned, finding, met_on)


def _account(login: str, *, is_bot: bool = False) -> tuple[str, bool]:
    """An account, in whichever of its ways GitHub writes a bot: `github-actions[bot]`, `app/github-actions`."""
    name = login.removesuffix("[bot]").removeprefix("app/")
    return name, is_bot or name != login


def _identity(text: str) -> tuple[Finding, str] | None:
    """Parse our marker; ``None`` if there is none, or its fingerprint does not match its other values."""
    found = _MARKER.findall(text)
    if not found:
        return None
    try:
        # Our marker is the last one: earlier ones may be quoted from a response.
        data: Mapping[str, Any] = json.loads(found[-1])
        location = data["location"] if "location" in data else data["place"]  # its former name
        kind, operation, value = (str(data[name]) for name in ("kind", "operation", "value"))
        finding = Finding(Kind(kind), operation, str(location), value, expected="", check=str(data["check"]))
        return (finding, str(data["target"])) if data["fingerprint"] == finding.fingerprint else None
    except (KeyError, ValueError):
        return None


def gh(*arguments: str, text: str = "") -> str:
    """Run `gh` and return its output.

    Raises:
        UsageError: `gh` is not installed, fails, or takes more than 120 seconds.
    """
    environment = {**os.environ, "GH_PROMPT_DISABLED": "1", "NO_COLOR": "1"}
    try:
        done = subprocess.run(
            ["gh", *arguments], input=text, capture_output=True, encoding="utf-8", env=environment, timeout=120
        )
    except FileNotFoundError:
        raise UsageError("`gh` is not on the PATH: install GitHub's command line (GitHub's runners have it)") from None
    except subprocess.TimeoutExpired:
        raise UsageError(f"`gh {' '.join(arguments[:2])}` gave no answer in 120 s: run this again") from None
    if done.returncode:
        said = " ".join(done.stderr.split())[:300] or f"status {done.returncode}"
        raise UsageError(f"`gh {' '.join(arguments[:2])}` failed: {said}; what is printed above is done")
    return done.stdout


if __name__ == "__main__":
    sys.exit(main())
