"""``vla recheck``: run the check behind one finding of the last report again."""

from __future__ import annotations

import argparse
import os
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser

if TYPE_CHECKING:
    from contract_kit.configuration import Configuration
    from contract_kit.findings.finding import Finding
    from contract_kit.findings.results import Result

EPILOG = """\
Resources are looked up anew: those of the report may have expired. The last report stays as it is.
Credentials come from the environment, as for the check.
Exit status: 0 it is gone, 1 it stands, 2 usage or configuration, 3 could not be judged"""


class Outcome(Enum):
    """What became of a finding; the value is the exit status."""

    GONE = 0
    STANDS = 1
    UNKNOWN = 3


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    recheck = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Run the check behind one finding of the last report again, and say whether it still stands.",
        epilog=EPILOG,
    )
    recheck.add_argument("fingerprint", metavar="FINGERPRINT", help="its first six digits or more")
    recheck.add_argument("--target", metavar="URL", help="the origin to ask; default: that of the last report")
    recheck.add_argument(
        "--allow-http", action="store_true", default=None, help="send credentials in the clear to another machine"
    )
    recheck.add_argument(
        "--config", type=Path, metavar="FILE", help=f"settings; default: {kit.settings_file}, where it exists"
    )
    recheck.add_argument("--report-dir", type=Path, metavar="DIR", help=f"default: {kit.report_folder}")
    recheck.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run one check; the exit status says what became of the finding."""
    from contract_kit import configuration
    from contract_kit.errors import UsageError
    from contract_kit.findings import last_report

    settings = configuration.load(arguments.config, arguments.kit).with_options(
        report_dir=arguments.report_dir, allow_http=arguments.allow_http
    )
    report = last_report.load(settings.report_dir)
    finding = last_report.finding(report, arguments.fingerprint)
    if not finding.check:
        raise UsageError(f"the last report does not say which check met {finding.fingerprint}: run the check again")
    url = _url(arguments, report, settings)

    from contract_kit.check import runner

    result = runner.run(
        runner.Run(
            kit=arguments.kit.reference,
            url=url,
            faults=() if url else report.target.faults,
            profile=report.profile,
            max_requests=settings.max_requests,
            rate=settings.rate,
            deadline=settings.deadline,
            sends_invalid=settings.sends_invalid,
            severities=settings.severities,
            fail_on=settings.fail_on,
            select=(finding.check,),
        ),
        os.environ,
    )
    outcome, text = judged(finding, result)
    print(text)
    return outcome.value


def judged(finding: Finding, result: Result) -> tuple[Outcome, str]:
    """What a run of its check says about a finding of an earlier run, and that as text."""
    from contract_kit.findings import last_report, resolution

    again = next((each for each in result.findings if each.fingerprint == finding.fingerprint), None)
    if again is not None:
        return Outcome.STANDS, "\n".join(_lines(again, result))
    name = last_report.named(finding)
    if reason := resolution.unmeasured(finding, result):
        return Outcome.UNKNOWN, f"COULD NOT BE JUDGED: {name}\n    {reason}"
    many = len(result.findings)
    others = f"; the check met {many} other finding{'s' if many > 1 else ''}" if many else ""
    return Outcome.GONE, f"GONE: {name}\n    not met on {result.target.label}, in {result.requests} requests{others}"


def _url(arguments: argparse.Namespace, report: Result, settings: Configuration) -> str:
    """What to ask: ``""`` is an emulator of our own."""
    from contract_kit.targets import credentials_from, parse_url

    url = arguments.target
    if url is None and report.target.kind == "embedded":
        return ""
    origin = parse_url(report.target.url if url is None else url, arguments.kit, allow_http=settings.allow_http)
    credentials_from(os.environ, arguments.kit)
    return origin


def _lines(finding: Finding, result: Result) -> list[str]:
    from contract_kit.findings import last_report

    count = f" ({finding.count} times)" if finding.count > 1 else ""
    lines = [f"STANDS: {last_report.named(finding)}{count}", f"    on        {result.target.label}"]
    lines += [f"    severity  {finding.severity}", f"    expected  {' '.join(finding.expected.split())}"]
    for example in finding.examples:
        lines.append(f"    request   {example.request}")
        if example.evidence:
            lines.append(f"    evidence  {' '.join(example.evidence.split())}")
    return [*lines, f"    remedy    {finding.remedy}"]
