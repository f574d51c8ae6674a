"""``vla check``: say whether a service does what the document says."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser

if TYPE_CHECKING:
    from contract_kit.check.runner import Run
    from contract_kit.configuration import Configuration

EXIT_STATUS = "exit status: 0 conforms, 1 does not, 2 usage or configuration, 3 inconclusive"


def epilog(kit: ApiKit) -> str:
    """The environment variables of a kit, and what the exit status means."""
    lines = ["credentials for --target, from the environment only:"]
    for each in kit.authentication.variables:
        lines.append(f"  {' and '.join(filter(None, [each.username, each.secret]))}")
    if (other := kit.authentication.other) is not None:
        names = " and ".join(filter(None, [other.username, other.secret]))
        lines.append(f"  {names}, of another account: what it has must stay out of sight")
    key = kit.variable("MASK_KEY")
    lines += [
        "other environment:",
        f"  {key}    masked values can then be compared between reports; default: a random key for each run",
    ]
    return "\n".join([*lines, "", EXIT_STATUS])


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    check = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Say whether a service does what the document says. Without --target an emulator is started,\n"
        "checked and stopped; what it says is no evidence about the live API. Settings may also stand in "
        f"{kit.settings_file}.",
        epilog=epilog(kit),
    )
    check.add_argument(
        "--config", type=Path, metavar="FILE", help=f"settings; default: {kit.settings_file}, where it exists"
    )
    what = check.add_argument_group("what is checked")
    what.add_argument("--target", metavar="URL", help=f"the origin to check, for example {kit.example_target}")
    what.add_argument(
        "--fault", metavar="NAME", action="append", default=[], help="plant a fault into the embedded emulator"
    )
    what.add_argument("--profile", choices=["quick", "full"], help="how much is asked; default: full")
    what.add_argument("--fail-on", choices=["breaking", "drift", "notice"], help="the least that fails; default: drift")
    bounds = check.add_argument_group("how much may be asked of --target")
    bounds.add_argument(
        "--max-requests", type=int, metavar="N", help="default: 300, and no bound where the target is on this machine"
    )
    bounds.add_argument("--rate", type=float, metavar="N", help="requests a second; default: 10, likewise")
    bounds.add_argument("--deadline", type=float, metavar="SECONDS", help="stop then; default: 1800")
    bounds.add_argument(
        "--send-invalid",
        action=argparse.BooleanOptionalAction,
        help="also send invalid requests and other methods; default: only where the target is on this machine",
    )
    bounds.add_argument(
        "--allow-http", action="store_true", default=None, help="send credentials in the clear to another machine"
    )
    reports = check.add_argument_group("what is written")
    reports.add_argument("--coverage", action="store_true", help="print how much of the document was seen as well")
    reports.add_argument("--report-dir", type=Path, metavar="DIR", help=f"default: {kit.report_folder}")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check, write the reports, say what was found."""
    import secrets
    from datetime import UTC, datetime

    from contract_kit import configuration, contract, reports
    from contract_kit.check import runner
    from contract_kit.findings import acceptances
    from contract_kit.reports import console, github_annotations

    settings = _settings(arguments, configuration.load(arguments.config, arguments.kit))
    contract.load(arguments.kit)
    accepted = acceptances.load(settings.acceptances)
    reports.require_writable(settings.report_dir)
    result = runner.run(_run(arguments, settings), os.environ)
    today = datetime.now(UTC).date()
    result = replace(result, findings=accepted.applied(result.findings, today))
    written = reports.write(result, settings.report_dir)
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    if on_github:
        # Values of the target must not be taken for commands to the runner.
        token = secrets.token_hex(16)
        print(f"::stop-commands::{token}")
    if arguments.coverage:
        print(console.coverage_table(result), end="\n\n")
    print(console.render(result, color=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    print(f"reports: {', '.join(str(path) for path in written)}", file=sys.stderr)
    if on_github:
        print(f"::{token}::")
        print(github_annotations.render(result))
    return result.exit_status


def _settings(arguments: argparse.Namespace, settings: Configuration) -> Configuration:
    """The file's settings, outdone by the options that were given."""
    from contract_kit.errors import UsageError
    from contract_kit.findings.finding import Severity

    for name in ("max_requests", "rate", "deadline"):
        value = getattr(arguments, name)
        if value is not None and not 0 < value < float("inf"):
            raise UsageError(f"--{name.replace('_', '-')} {value:g}: must be above 0")
    if arguments.fault and (arguments.target or settings.target):
        raise UsageError("--fault plants faults into the embedded emulator: leave out --target or --fault")
    return settings.with_options(
        target=arguments.target,
        profile=arguments.profile,
        fail_on=Severity(arguments.fail_on) if arguments.fail_on else None,
        max_requests=arguments.max_requests,
        rate=arguments.rate,
        deadline=arguments.deadline,
        sends_invalid=arguments.send_invalid,
        allow_http=arguments.allow_http,
        report_dir=arguments.report_dir,
    )


def _run(arguments: argparse.Namespace, settings: Configuration) -> Run:
    from contract_kit.check import selftest
    from contract_kit.check.runner import Run
    from contract_kit.targets import credentials_from, other_credentials_from, parse_url

    url = ""
    if settings.target is not None:
        url = parse_url(settings.target, arguments.kit, allow_http=settings.allow_http)
        credentials_from(os.environ, arguments.kit)
        other_credentials_from(os.environ, arguments.kit)
    elif arguments.fault:
        selftest.faults_of(arguments.kit).find(tuple(arguments.fault))
    return Run(
        kit=arguments.kit.reference,
        url=url,
        faults=tuple(arguments.fault),
        profile=settings.profile,
        fail_on=settings.fail_on,
        max_requests=settings.max_requests,
        rate=settings.rate,
        deadline=settings.deadline,
        sends_invalid=settings.sends_invalid,
        severities=settings.severities,
    )
