"""``check``: say whether a service does what the document says."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace

from contract_kit import configuration
from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser
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
    configuration.add_options(check, "check", kit)
    check.add_argument(
        "--fault", metavar="NAME", action="append", default=[], help="plant a fault into the emulator that is started"
    )
    check.add_argument("--coverage", action="store_true", help="print how much of the document was seen as well")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check, write the reports, say what was found."""
    import secrets
    from datetime import UTC, datetime

    from contract_kit import contract, reports
    from contract_kit.check import runner
    from contract_kit.findings import acceptances
    from contract_kit.reports import console, github_annotations

    settings = _settings(arguments)
    contract.load(arguments.kit)
    accepted = acceptances.load(settings.acceptances)
    reports.require_writable(settings.report_dir)
    result = runner.run(settings, os.environ)
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


def _settings(arguments: argparse.Namespace) -> Configuration:
    """What to do, once it is known that it can be begun."""
    from contract_kit.check import selftest
    from contract_kit.errors import UsageError
    from contract_kit.targets import credentials_from, other_credentials_from

    settings = configuration.of(arguments)
    if arguments.fault and settings.target is not None:
        raise UsageError(
            f"--fault plants faults into the emulator that is started: leave out {settings.target_source} or --fault"
        )
    target = settings.origin(arguments.kit)
    if target is not None:
        credentials_from(os.environ, arguments.kit)
        other_credentials_from(os.environ, arguments.kit)
    elif arguments.fault:
        selftest.faults_of(arguments.kit).find(tuple(arguments.fault))
    return replace(settings, target=target, faults=tuple(arguments.fault))
