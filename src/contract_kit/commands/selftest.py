"""``selftest``: measure the check against faults that it must report, and variations that it must not."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser, credential_lines

if TYPE_CHECKING:
    from contract_kit.check.selftest import Detection
    from contract_kit.mutation.mutation import Mutation

# What is said of each kind that was treated as it should be.
_OUTCOMES = {"contract": "detected", "transient failure": "ridden out", "benign": "not reported"}


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    selftest = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Plant faults and run the check: it must detect contract faults, retry transient failures, and not "
        "report benign variations. Without --proxy the faults are those of the emulator (about half an hour on two "
        "processors) and the benign variations; with it, all that a proxy can plant between the check and a service.",
        epilog="\n".join(
            [*credential_lines(kit), "", "exit status: 0 everything is treated as it should, 1 at least one is not"]
        ),
    )
    selftest.add_argument("--proxy", action="store_true", help="plant what a proxy can plant in front of any service")
    selftest.add_argument(
        "--target", metavar="URL", help="the service behind the proxy; default: an emulator is started"
    )
    selftest.add_argument("--fault", metavar="NAME", action="append", default=[], help="only this one; may be repeated")
    selftest.add_argument(
        "--family", metavar="NAME", action="append", default=[], help="only this family or kind; may be repeated"
    )
    selftest.add_argument("--sample", type=int, metavar="N", help="only N of them, drawn from all families")
    selftest.add_argument("--seed", type=int, default=1, metavar="N", help="of the sample; default: %(default)s")
    selftest.add_argument(
        "--profile", choices=("quick", "full"), default="full", help="the check to measure through the proxy"
    )
    selftest.add_argument("--list", action="store_true", help="say what would be planted, and end")
    selftest.add_argument("--jobs", type=int, metavar="N", help="checks at a time; default: the number of processors")
    selftest.add_argument("--json", type=Path, metavar="FILE", help="write what was found as JSON")
    selftest.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check with everything chosen, and print what was detected."""
    from contract_kit import atomic_write
    from contract_kit.errors import UsageError

    for option in ("jobs", "sample"):
        value = getattr(arguments, option)
        if value is not None and value < 1:
            raise UsageError(f"--{option} {value}: at least 1")
    if arguments.target is not None and not arguments.proxy:
        raise UsageError("--target is the service behind the proxy: add --proxy, or leave out --target")
    faults, mutations = _chosen(arguments)
    if arguments.list:
        for each in (*faults, *mutations):
            print(f"{each.kind:17} {each.family:20} {each.name}  {each.imitates}")
        return 0
    remedy = "name another with --json"
    if arguments.json is not None:
        # Fail now, not after half an hour.
        atomic_write.require_writable(arguments.json, remedy)
    found = sorted(_found(arguments, faults, mutations), key=lambda each: (each.kind, each.family, each.fault))
    if arguments.json is not None:
        content = json.dumps([each.to_dict() for each in found], indent=1) + "\n"
        atomic_write.write(arguments.json, content.encode(), remedy)
    return _conclusion(found)


def _chosen(arguments: argparse.Namespace) -> tuple[list[Any], list[Mutation]]:
    """The faults of the emulator and the mutations of the proxy to plant.

    Raises:
        UsageError: no fault or family has that name.
    """
    from contract_kit import contract
    from contract_kit.check import selftest
    from contract_kit.errors import UsageError
    from contract_kit.mutation.generated import mutations_of
    from contract_kit.mutation.selftest import spread
    from contract_kit.near_miss import did_you_mean

    kit: ApiKit = arguments.kit
    mutations = mutations_of(contract.load(kit))
    own: list[Any] = [] if arguments.proxy else list(selftest.faults_of(kit))
    planted = [each for each in mutations if arguments.proxy or each.kind == "benign"]
    known = {each.name: each for each in (*own, *planted)}
    for name in arguments.fault:
        if name not in known:
            raise UsageError(f"--fault {name}: unknown{did_you_mean(name, known)}; --list names all of them")
    families = {each.family for each in known.values()} | {each.kind for each in known.values()}
    for name in arguments.family:
        if name not in families:
            raise UsageError(f"--family {name}: unknown; there are {', '.join(sorted(families))}")

    def is_chosen(each: Any) -> bool:
        by_name = not arguments.fault or each.name in arguments.fault
        return by_name and (not arguments.family or not {each.family, each.kind}.isdisjoint(arguments.family))

    own, planted = [each for each in own if is_chosen(each)], [each for each in planted if is_chosen(each)]
    if arguments.sample is not None:
        drawn = {each.name for each in spread([*own, *planted], arguments.sample, arguments.seed)}
        own, planted = [each for each in own if each.name in drawn], [each for each in planted if each.name in drawn]
    return own, planted


def _found(arguments: argparse.Namespace, faults: list[Any], mutations: list[Mutation]) -> Iterator[Detection]:
    from contract_kit.check import selftest
    from contract_kit.errors import UsageError
    from contract_kit.mutation import selftest as proxied
    from contract_kit.targets import Target, credentials_from, other_credentials_from, parse_url

    kit: ApiKit = arguments.kit
    jobs = arguments.jobs or selftest.default_jobs()

    def tell(line: str) -> None:
        print(line, file=sys.stderr, flush=True)

    if faults:
        yield from selftest.detections(kit, faults, os.environ, jobs=jobs, tell=tell)
    if not mutations:
        return
    with ExitStack() as stack:
        if arguments.target is not None:
            url = parse_url(arguments.target, kit)
            own, other = credentials_from(os.environ, kit), other_credentials_from(os.environ, kit)
            target = Target(url, own, other=other, live_host=kit.live_host)
        elif kit.emulator is None:
            raise UsageError(f"{kit.name} has no emulator: give --target, for example {kit.example_target}")
        else:
            target = stack.enter_context(proxied.emulator(kit))
        groups = [[each] for each in mutations]
        benign = [each for each in mutations if each.kind == "benign"]
        # One after the other, and all at once.
        groups += [benign] if len(benign) > 1 else []
        yield from proxied.measure(kit, target, groups, os.environ, profile=arguments.profile, jobs=jobs, tell=tell)


def _conclusion(found: list[Detection]) -> int:
    """Print what was found of each, and return the exit status."""
    width = max((len(each.fault) for each in found), default=0)
    for each in found:
        rest = f" (and {len(each.findings) - 1} more)" if len(each.findings) > 1 else ""
        nothing = "— (nothing was asked that shows it)" if each.shown == 0 else "—"
        print(f"{each.kind:17} {each.fault:{width}}  {each.findings[0] if each.findings else nothing}{rest}")
    print()
    for kind, done in _OUTCOMES.items():
        of_kind = [each for each in found if each.kind == kind]
        if of_kind:
            right = sum(each.as_it_should for each in of_kind)
            print(f"{kind}: {right} of {len(of_kind)} {done}")
    wrong = [each.fault for each in found if not each.as_it_should]
    if wrong:
        print(f"not as it should: {', '.join(wrong)}")
    return 1 if wrong else 0
