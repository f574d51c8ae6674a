"""``recheck``: run the check behind one finding of the last report again."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from contract_kit import configuration
from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser, tell_settings
from contract_kit.configuration import Configuration

if TYPE_CHECKING:
    from contract_kit.findings.finding import Finding
    from contract_kit.findings.results import Result

EPILOG = """\
The check looks up resources again, since those in the report may have expired. It keeps the last report.
Credentials come from the environment, as for the check.
Exit status: 0 it is gone, 1 it stands, 2 usage or configuration, 3 inconclusive"""


class RecheckOutcome(Enum):
    """The outcome for the finding; the value is the exit status."""

    GONE = 0
    STANDS = 1
    INCONCLUSIVE = 3


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
    configuration.add_options(recheck, "recheck", kit)
    recheck.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Run one check; the exit status is that of ``RecheckOutcome``."""
    from contract_kit.errors import UsageError
    from contract_kit.findings import last_report

    settings = configuration.of(arguments)
    tell_settings(arguments, settings)
    report = last_report.load(settings.report_dir, arguments.kit.program)
    if report.target.is_recorded:
        program = arguments.kit.program
        raise UsageError(
            f"the last report, in {settings.report_dir}, is about recordings, which cannot be asked again: "
            f"run `{program} validate` again, or say with --report-dir where the report of `{program} check` is"
        )
    finding = last_report.finding(report, arguments.fingerprint)
    if not finding.check:
        raise UsageError(f"the last report does not say which check met {finding.fingerprint}: run the check again")
    settings = _for_finding(settings, finding, report, arguments)

    from contract_kit.check import runner

    result = runner.run(settings, os.environ)
    outcome, text = judged(finding, result)
    print(text)
    return outcome.value


def judged(finding: Finding, result: Result) -> tuple[RecheckOutcome, str]:
    """The outcome for an earlier finding, given the new result of its check, and the text to print."""
    from contract_kit.findings import last_report, resolution

    again = next((each for each in result.findings if each.fingerprint == finding.fingerprint), None)
    if again is not None:
        return RecheckOutcome.STANDS, "\n".join(_lines(again, result))
    name = last_report.named(finding)
    if reason := resolution.unmeasured(finding, result):
        return RecheckOutcome.INCONCLUSIVE, f"INCONCLUSIVE: {name}\n    {reason}"
    many = len(result.findings)
    others = f"; the check met {many} other finding{'s' if many > 1 else ''}" if many else ""
    return (
        RecheckOutcome.GONE,
        f"GONE: {name}\n    not met on {result.target.label}, in {result.requests} requests{others}",
    )


def _for_finding(
    settings: Configuration, finding: Finding, report: Result, arguments: argparse.Namespace
) -> Configuration:
    """Settings that run only the finding's check, by default on the target of the report."""
    from contract_kit.targets import credentials_from

    settings = replace(settings, profile=report.profile, select=(finding.check,))
    if arguments.target is None and report.target.kind == "embedded":
        return replace(settings, target=None, faults=report.target.faults)
    if arguments.target is None:
        settings = replace(settings, target=report.target.url, target_source="the target of the last report")
    settings = replace(settings, target=settings.origin(arguments.kit))
    credentials_from(os.environ, arguments.kit)
    return settings


def _lines(finding: Finding, result: Result) -> list[str]:
    from contract_kit.findings import last_report
    from contract_kit.reports import console

    count = f" ({finding.count} times)" if finding.count > 1 else ""
    return [
        f"STANDS: {last_report.named(finding)}{count}",
        f"    on        {result.target.label}",
        f"    severity  {finding.severity}",
        *console.details(finding),
    ]
