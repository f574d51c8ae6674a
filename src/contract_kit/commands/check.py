"""``check``: say whether a service does what the document says."""

from __future__ import annotations

import argparse
import os
import sys
from dataclasses import replace

from contract_kit import configuration
from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser, credential_lines, masking_lines, tell_settings
from contract_kit.configuration import Configuration

EXIT_STATUS = "exit status: 0 conforms, 1 does not, 2 usage or configuration, 3 inconclusive"


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    check = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Say whether a service does what the document says. Without --target an emulator is started, "
        "checked and stopped; the result is no evidence about the live API. Settings can also be in "
        f"{kit.settings_file}.",
        epilog="\n".join([*credential_lines(kit), *masking_lines(kit), "", EXIT_STATUS]),
    )
    configuration.add_options(check, "check", kit)
    check.add_argument(
        "--fault", metavar="NAME", action="append", default=[], help="plant a fault into the emulator that is started"
    )
    if kit.emulator is not None and kit.emulator.worlds:
        check.add_argument(
            "--world",
            metavar="NAMES",
            action="append",
            default=[],
            help="the service does otherwise than decided: what contradicts these "
            "decisions is expected; without --target, the emulator that is started does so",
        )
    check.add_argument("--list-faults", action="store_true", help="say which faults there are, and end")
    check.add_argument("--coverage", action="store_true", help="also print how much of the document was seen")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the target, write the reports, and print the findings."""
    from contract_kit import contract, reports
    from contract_kit.check import runner, selftest
    from contract_kit.commands.conclusion import conclude
    from contract_kit.findings import acceptances
    from contract_kit.mutation.generated import mutations_of

    if arguments.list_faults:
        if arguments.kit.emulator is not None and arguments.kit.emulator.faults:
            print(f"--fault plants in the emulator:\n\n{selftest.faults_of(arguments.kit).table()}\n")
        mutations = mutations_of(contract.load(arguments.kit))
        print(f"`selftest --proxy` plants between the check and any service:\n\n{mutations.table()}")
        return 0
    settings = _settings(arguments)
    contract.load(arguments.kit)
    tell_settings(arguments, settings)
    accepted = acceptances.load(settings.acceptances)
    reports.require_writable(settings.report_dir)
    result = runner.run(settings, os.environ)
    return conclude(result, accepted, settings, coverage=arguments.coverage)


def _settings(arguments: argparse.Namespace) -> Configuration:
    """The settings, after checking what can be checked before the run: options, credentials, names of faults."""
    from contract_kit.check import selftest
    from contract_kit.errors import UsageError
    from contract_kit.targets import credential_names, credentials_from, other_credentials_from

    settings = configuration.of(arguments)
    if arguments.fault and settings.target is not None:
        raise UsageError(
            f"--fault plants faults into the emulator that is started: leave out {settings.target_source} or --fault"
        )
    target = settings.origin(arguments.kit)
    if target is None and arguments.kit.emulator is None:
        example = arguments.kit.example_target
        raise UsageError(f"{arguments.kit.name} has no emulator to check: give --target, for example {example}")
    settings = _in_worlds(settings, arguments)
    if target is not None:
        credentials_from(os.environ, arguments.kit)
        other_credentials_from(os.environ, arguments.kit)
        return replace(settings, target=target)
    if arguments.fault:
        selftest.faults_of(arguments.kit).find(tuple(arguments.fault))
    if given := [name for name in credential_names(arguments.kit) if os.environ.get(name)]:
        print(
            f"{arguments.kit.program} check: no target is given, so the emulator is checked, and {' and '.join(given)} "
            f"of the environment not used: give --target, for example {arguments.kit.example_target}",
            file=sys.stderr,
        )
    return replace(settings, target=target, faults=tuple(arguments.fault))


def _in_worlds(settings: Configuration, arguments: argparse.Namespace) -> Configuration:
    """The settings with the worlds that are named. Raises UsageError for an unknown one."""
    from contract_kit.kits import named

    if not getattr(arguments, "world", None):
        return settings
    worlds = named(arguments.kit.emulator.worlds).chosen(arguments.world)
    started = tuple(part for each in worlds for part in ("--world", each))
    return replace(settings, worlds=worlds, emulator=(*settings.emulator, *started))
