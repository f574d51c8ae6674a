"""``record``: record a service's responses into cassettes, without secrets."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser
from contract_kit.targets import variable_names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from contract_kit.cassettes.age import Age
    from contract_kit.cassettes.cassette import Cassette
    from contract_kit.cassettes.recording import Recorded
    from contract_kit.cassettes.scenario import Scenario
    from contract_kit.contract import Contract
    from contract_kit.targets import Target

EPILOG = """\
credentials for --target, from the environment only:
  {variables}

Each cassette is scrubbed before it touches the disk, is replayed, and then replaces the old one in one step.
Exit status: 0 done, 1 --check-age found one past twice the limit or --compare a difference,
2 usage or configuration, 3 no answer, or none that can be recorded"""


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    folder = default_folder(kit)
    embedded = (
        "Without --target an emulator is started, recorded and\n"
        "stopped; its cassettes are labelled synthetic and are no evidence about the live API."
        if kit.emulator is not None
        else f"{kit.name} has no emulator: give --target."
    )
    record = add_parser(
        commands,
        name,
        summary,
        kit,
        description=f"Record scenarios, one cassette each. {embedded}",
        epilog=EPILOG.format(variables=variable_names(kit) or "none"),
    )
    record.add_argument("scenarios", metavar="SCENARIO", nargs="*", help="default: all; see --list")
    record.add_argument("--target", metavar="URL", help=f"the origin to record, for example {kit.example_target}")
    record.add_argument("--allow-http", action="store_true", help="send credentials in the clear to another machine")
    record.add_argument("--output", type=Path, default=folder, metavar="DIR", help=f"default: {folder}")
    how = record.add_mutually_exclusive_group()
    how.add_argument("--stale", action="store_true", help="only scenarios whose cassette in DIR is too old or missing")
    how.add_argument("--check-age", action="store_true", help="record nothing; say which cassettes in DIR are too old")
    how.add_argument(
        "--compare",
        action="store_true",
        help="record nothing; fill an emulator with what cassettes in DIR show, and say where its responses differ",
    )
    how.add_argument("--list", action="store_true", help="list the scenarios")
    record.set_defaults(run=run)


def default_folder(kit: ApiKit) -> Path:
    """The relative path of the kit's cassettes if they are below the current folder, else ``cassettes``."""
    folder, here = kit.cassettes and kit.cassettes.resolve(), Path.cwd()
    # Never record into an installed kit, which may be in a virtual environment below the current folder.
    if folder and folder.is_relative_to(here) and not folder.is_relative_to(Path(sys.prefix).resolve()):
        return folder.relative_to(here)
    return Path("cassettes")


def run(arguments: argparse.Namespace) -> int:
    """Record, or do what the options say instead; return the exit status."""
    from contract_kit import contract
    from contract_kit.cassettes import recording
    from contract_kit.cassettes.scenarios import scenarios_of

    opened = contract.load(arguments.kit)
    if arguments.list:
        for scenario in scenarios_of(opened).values():
            print(f"{scenario.name:20}{scenario.shows}")
        return 0
    chosen = _chosen(arguments.scenarios, opened)
    if arguments.check_age:
        return _check_age(arguments.output, opened)
    if arguments.compare:
        return _compare(arguments.output, opened)
    is_live = False
    if arguments.target:
        target = _named(arguments.kit, arguments.target, allow_http=arguments.allow_http)
        is_live = target.is_live
    if arguments.stale:
        chosen = list(_stale(chosen, arguments.output, opened, is_live=is_live))
        if not chosen:
            print("nothing is stale")
            return 0
    for scenario in chosen:
        _require_no_loss(arguments.output / f"{scenario.name}.yaml", is_live=is_live)
    reached: AbstractContextManager[Target] = _kept(target) if arguments.target else recording.embedded(arguments.kit)
    with reached as target:
        print(f"recording {target.label}")
        for scenario in chosen:
            if reason := _left_out(scenario, target):
                print(f"left out {scenario.name}: {reason}")
                continue
            recorded = recording.record(target, scenario, opened)
            path = arguments.output / f"{scenario.name}.yaml"
            recording.write(recorded.cassette, path)
            _tell(recorded, path)
    return 0


def _chosen(names: list[str], contract: Contract) -> list[Scenario]:
    from contract_kit.cassettes.scenarios import scenarios_of
    from contract_kit.errors import UsageError
    from contract_kit.near_miss import did_you_mean

    scenarios = scenarios_of(contract)
    for name in names:
        if name not in scenarios:
            raise UsageError(f"no scenario {name!r}{did_you_mean(name, scenarios)}: known are {', '.join(scenarios)}")
    return [scenarios[name] for name in dict.fromkeys(names)] or list(scenarios.values())


def _named(kit: ApiKit, url: str, *, allow_http: bool) -> Target:
    from contract_kit.targets import Target, credentials_from, parse_url

    origin = parse_url(url, kit, allow_http=allow_http)
    return Target(origin, credentials_from(os.environ, kit), live_host=kit.live_host)


def _kept(target: Target) -> AbstractContextManager[Target]:
    from contextlib import nullcontext

    return nullcontext(target)


def _left_out(scenario: Scenario, target: Target) -> str:
    if scenario.arrange is not None and not target.embedded:
        return "only the embedded emulator can be made to answer so"
    if scenario.sends_invalid and not target.may_get_invalid:
        return "it sends what only a target on this machine should get"
    return ""


def _require_no_loss(path: Path, *, is_live: bool) -> None:
    """Require that no recording of the emulator overwrites one of the live API.

    Raises:
        FileError: it would.
    """
    from contract_kit.cassettes import cassette
    from contract_kit.errors import FileError

    if not is_live and path.exists() and cassette.may_be_live(path):
        raise FileError(
            path,
            "was recorded from the live API, which is worth more: give another folder with --output, or delete it",
        )


def _tell(recorded: Recorded, path: Path) -> None:
    interactions, masked, unknown = recorded.cassette.interactions, recorded.scrubbed.masked, recorded.scrubbed.unknown
    counts = ", ".join(f"{count} {label}" for label, count in sorted(masked.items())) or "nothing"
    print(f"recorded {path}: {len(interactions)} answers; replaced: {counts}")
    for place, count in sorted(unknown.items()):
        print(f"  unknown, masked until somebody decides: {place} ({count} times)")


def _age_of(path: Path, contract: Contract) -> tuple[Cassette, Age | None]:
    from datetime import UTC, datetime

    from contract_kit.cassettes import cassette
    from contract_kit.cassettes.age import age, versions_in

    changelog = Path("CHANGELOG.md")
    text = changelog.read_text(encoding="utf-8") if changelog.is_file() else ""
    found = cassette.load(path)
    return found, age(found.label, datetime.now(UTC).date(), versions_in(text, contract.document.version))


def _stale(scenarios: list[Scenario], folder: Path, contract: Contract, *, is_live: bool) -> Iterator[Scenario]:
    """The scenarios whose cassette is too old, missing or unreadable; those of another kind of target are skipped."""
    from contract_kit.errors import FileError

    for scenario in scenarios:
        path = folder / f"{scenario.name}.yaml"
        try:
            found, too_old = _age_of(path, contract)
        except FileError:
            yield scenario
            continue
        if too_old and found.label.is_live == is_live:
            yield scenario
        elif too_old:
            print(f"left alone {path}: {too_old.reason}; it needs {'no' if is_live else 'the live'} --target")


def _check_age(folder: Path, contract: Contract) -> int:
    """Print which cassettes are too old, on GitHub as annotations."""
    annotates = os.environ.get("GITHUB_ACTIONS") == "true"
    failed = False
    for path in _cassettes_in(folder):
        _, too_old = _age_of(path, contract)
        if too_old is None:
            continue
        failed = failed or too_old.fails
        level = "error" if too_old.fails else "notice"
        text = f"{too_old.reason}; renew it with `{contract.kit.program} record --stale`"
        print(f"::{level} file={path}::{text}" if annotates else f"{level}: {path}: {text}")
    return 1 if failed else 0


def _compare(folder: Path, contract: Contract) -> int:
    """Print where the emulator's responses differ from the recorded ones."""
    from contract_kit.cassettes import cassette, recording
    from contract_kit.errors import UsageError
    from contract_kit.kits import named

    emulator = contract.kit.emulator
    if emulator is None or not emulator.differences:
        raise UsageError(f"{contract.kit.name} has no emulator to compare with")
    compare = named(emulator.differences)
    paths, differs = _cassettes_in(folder), False
    with recording.embedded(contract.kit) as target:
        for path in paths:
            recorded = cassette.load(path)
            found = compare(recorded, target, contract)
            differs = differs or bool(found)
            said = f"{len(found)} difference{'s' if len(found) > 1 else ''}" if found else "alike"
            print(f"{path} of {recorded.label}: {said}")
            for difference in found:
                print(f"  {difference}")
    return 1 if differs else 0


def _cassettes_in(folder: Path) -> list[Path]:
    from contract_kit.errors import UsageError

    if not (paths := sorted(folder.glob("*.yaml"))):
        raise UsageError(f"no cassettes in {folder}: name their folder with --output")
    return paths
