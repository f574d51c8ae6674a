"""``settle``: ask a service what would confirm or refute the assumptions of the ledger."""

from __future__ import annotations

import argparse
import os
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser, credential_lines

if TYPE_CHECKING:
    from contract_kit.contract import Contract
    from contract_kit.settle.pages import LastTime
    from contract_kit.settle.settling import Learnt, Settlement
    from contract_kit.targets import Target

SCENARIO = "settle"

MOST_REQUESTS = 300
_PER_SECOND = 5.0
EPILOG = """
Nothing but GET requests is sent, at most 300 and at most 5 a second (on this machine as fast as it goes). Into the
output folder go settle.json, settle.md, settle.html, and the answers as a masked cassette: nothing personal is in them.
Exit status: 0 nothing is refuted or undecided, 1 something is, 2 usage or configuration, 3 inconclusive"""


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    settle = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Ask a service what would confirm or refute each assumption of the ledger. Without --target an "
        "emulator is started, asked and stopped; the result is no evidence about the live API.",
        epilog="\n".join([*credential_lines(kit), EPILOG]),
    )
    settle.add_argument("--target", metavar="URL", help=f"the service's origin, such as {kit.example_target}")
    settle.add_argument(
        "--output", type=Path, metavar="FOLDER", help=f"default: {kit.report_folder / 'settle'}; what changed is told"
    )
    settle.add_argument(
        "--requests", type=int, default=MOST_REQUESTS, metavar="N", help="the most requests; default: %(default)s"
    )
    settle.add_argument(
        "--resume", action="store_true", help="go on with the run in the output folder that ended early"
    )
    settle.add_argument("--plan", action="store_true", help="say what would be asked, send nothing, and end")
    settle.add_argument(
        "--rehearse", type=int, metavar="N", help="settle N emulators in random worlds, and compare with the truth"
    )
    settle.add_argument("--seed", type=int, default=0, metavar="N", help="of the first rehearsal; default: 0")
    settle.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Ask, write what was learnt, and return the exit status."""
    from contract_kit import contract as contracts
    from contract_kit.errors import UsageError
    from contract_kit.settle.settling import probes_of

    kit: ApiKit = arguments.kit
    if not 1 <= arguments.requests <= MOST_REQUESTS:
        raise UsageError(f"--requests {arguments.requests}: expected 1 to {MOST_REQUESTS}")
    probes_of(kit)
    contract = contracts.load(kit)
    if arguments.plan:
        return _plan(arguments, contract)
    if arguments.rehearse is not None:
        return _rehearse(arguments, contract)
    return _settle(arguments, contract)


def _settle(arguments: argparse.Namespace, contract: Contract) -> int:
    from contract_kit.embedded import EmbeddedEmulator
    from contract_kit.redaction import Redactor
    from contract_kit.settle import pages
    from contract_kit.settle.asking import Asker
    from contract_kit.settle.covering import ShownParts, covering
    from contract_kit.settle.questions import Verdict
    from contract_kit.settle.settling import Learnt, settle
    from contract_kit.targets import Target, credentials_from, parse_url

    kit: ApiKit = contract.kit
    folder = arguments.output or kit.report_folder / "settle"
    last = pages.last_time(folder)
    with ExitStack() as stack:
        if arguments.target is None:
            target = stack.enter_context(EmbeddedEmulator(kit)).target
        else:
            url = parse_url(arguments.target, kit)
            target = Target(url, credentials_from(os.environ, kit), live_host=kit.live_host)
        learnt = _gone_on_with(last, target.label, folder) if arguments.resume else Learnt()
        before = {} if last is None else last.earlier if arguments.resume else last.answers
        print(f"asking {target.label}", file=sys.stderr)
        rate = None if target.is_loopback else _PER_SECOND
        redactor, shown = Redactor.of([target.credentials]), ShownParts(contract)

        def keep(settlement: Settlement) -> None:
            shown.take(settlement.answers)
            pages.write(settlement, shown, folder, before, redactor)

        asker = stack.enter_context(
            Asker(target, contract, budget=arguments.requests, sent=learnt.sent, per_second=rate)
        )
        settlement = settle(contract, asker, learnt, keep, [covering(asker, contract, shown)])
        keep(settlement)
        cassette = _kept(settlement, contract, target, folder) if settlement.answers else None
    for each in settlement.conclusions:
        if each.verdict is not Verdict.CONFIRMED:
            print(f"{each.verdict:10} {each.question.decision}, {each.question.clause.name}: {each.said}")
    for line in (*pages.changes(settlement, before), *settlement.remarks):
        print(line)
    print(f"{settlement.target}: {pages.counts(settlement)}")
    print(f"read {folder / 'settle.html'}{f'; the answers, masked, are in {cassette}' if cassette else ''}")
    if not settlement.is_whole and settlement.sent < MOST_REQUESTS:
        print("go on with the same command and --resume")
    if settlement.is_interrupted:
        return 3
    return int(any(each.verdict in {Verdict.REFUTED, Verdict.UNDECIDED} for each in settlement.conclusions))


def _gone_on_with(last: LastTime | None, target: str, folder: Path) -> Learnt:
    """What was learnt before. Raises UsageError where there is nothing to go on with."""
    from contract_kit.errors import UsageError

    if last is None or last.is_whole:
        raise UsageError(f"--resume: {folder} holds no run that ended early; leave it out to ask everything")
    if last.target != target:
        raise UsageError(f"--resume: {folder} holds a run of {last.target}; give its --target, or another --output")
    return last.learnt


def _kept(settlement: Settlement, contract: Contract, target: Target, folder: Path) -> Path:
    """Write the answers as a cassette, without anything personal, and return its path."""
    from contract_kit.cassettes import recording
    from contract_kit.cassettes.cassette import Interaction

    interactions = [
        Interaction(
            each.method,
            each.url,
            each.status,
            {name: (value,) for name, value in each.headers.items()},
            each.body.decode("utf-8", "replace"),
        )
        for each in settlement.answers
    ]
    recorded = recording.labelled(interactions, SCENARIO, contract, target)
    day, number = recorded.cassette.label.recorded_at, 1
    while (path := folder / f"answers-{day}-{number}.yaml").exists():
        number += 1
    recording.write(recorded.cassette, path)
    return path


def _plan(arguments: argparse.Namespace, contract: Contract) -> int:
    from contract_kit.api import Credentials
    from contract_kit.settle.asking import Asker
    from contract_kit.settle.covering import ShownParts, covering
    from contract_kit.settle.settling import probes_of, questions_of
    from contract_kit.targets import Target

    kit: ApiKit = contract.kit
    with Asker(Target(kit.example_target, Credentials("", "")), contract, budget=arguments.requests) as asker:
        probes = (*probes_of(kit)(asker, contract), covering(asker, contract, ShownParts(contract)))
    print(f"At most {arguments.requests} requests, all of them GET, at most {_PER_SECOND:.0f} a second:\n")
    for probe in probes:
        print(f"{probe.name}: at most {probe.cost} requests")
        for line in probe.plan:
            print(f"  {line}")
        for decision, clause in probe.clauses:
            print(f"    asks {decision}: {clause}")
    asked = {pair for probe in probes for pair in probe.clauses}
    print("\nNot asked:")
    for each in questions_of(kit):
        if (each.decision, each.clause.name) not in asked:
            print(f"  {each.decision}: {each.clause.name}; it needs {each.clause.needs}")
    return 0


def _rehearse(arguments: argparse.Namespace, contract: Contract) -> int:
    from contract_kit.errors import UsageError
    from contract_kit.settle import pages
    from contract_kit.settle.rehearsal import rehearse

    if arguments.rehearse < 1:
        raise UsageError(f"--rehearse {arguments.rehearse}: at least 1")
    done, wrong, missed, settled, sent = 0, 0, 0, 0, 0
    try:
        for each in rehearse(contract, arguments.rehearse, seed=arguments.seed):
            done, wrong = done + 1, wrong + len(each.wrong)
            missed += len(each.missed)
            settled, sent = settled + each.settled, sent + each.settlement.sent
            lived = f"{len(each.worlds)} other answers"
            print(f"seed {each.seed}, size {each.size}, {lived}: {pages.counts(each.settlement)}", flush=True)
            for one in each.wrong:
                print(f"  wrong: {one.question.decision}, {one.question.clause.name}: {one.answer} ({one.said})")
            for one in each.missed:
                print(f"  missed: {one.question.decision}, {one.question.clause.name}: {one.said}")
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
    told = f"{settled} clauses settled, {wrong} wrong, {missed} missed, {sent} requests"
    print(f"{done} worlds: {told}; no evidence about the live API")
    return int(wrong > 0) if done == arguments.rehearse else 3
