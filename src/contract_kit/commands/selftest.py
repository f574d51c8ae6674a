"""``selftest``: measure the check against every fault of the emulator."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    selftest = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Plant each fault of the emulator and run the check: it must detect contract faults, and "
        "retry transient failures. All faults take about half an hour on two processors.",
        epilog="exit status: 0 every fault is treated as it should, 1 at least one is not",
    )
    selftest.add_argument("--fault", metavar="NAME", action="append", default=[], help="only this one; may be repeated")
    selftest.add_argument("--jobs", type=int, metavar="N", help="checks at a time; default: the number of processors")
    selftest.add_argument("--json", type=Path, metavar="FILE", help="write what was found as JSON")
    selftest.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check every chosen fault, and print which were detected."""
    from contract_kit import atomic_write
    from contract_kit.check import selftest
    from contract_kit.errors import UsageError

    if arguments.jobs is not None and arguments.jobs < 1:
        raise UsageError(f"--jobs {arguments.jobs}: at least 1")
    remedy = "name another with --json"
    if arguments.json is not None:
        # Fail now, not after half an hour.
        atomic_write.require_writable(arguments.json, remedy)
    found = sorted(
        selftest.detections(
            arguments.kit,
            selftest.chosen_faults(arguments.kit, arguments.fault),
            os.environ,
            jobs=arguments.jobs or selftest.default_jobs(),
            tell=lambda line: print(line, file=sys.stderr, flush=True),
        ),
        key=lambda each: (each.kind, each.family, each.fault),
    )
    if arguments.json is not None:
        content = json.dumps([each.to_dict() for each in found], indent=1) + "\n"
        atomic_write.write(arguments.json, content.encode(), remedy)
    width = max(len(each.fault) for each in found)
    for each in found:
        rest = f" (and {len(each.findings) - 1} more)" if len(each.findings) > 1 else ""
        print(f"{each.kind:17} {each.fault:{width}}  {each.findings[0] if each.findings else '—'}{rest}")
    print()
    for kind, done in (("contract", "detected"), ("transient failure", "ridden out")):
        of_kind = [each for each in found if each.kind == kind]
        if of_kind:
            right = sum(each.as_it_should for each in of_kind)
            print(f"{kind}: {right} of {len(of_kind)} {done}")
    wrong = [each.fault for each in found if not each.as_it_should]
    if wrong:
        print(f"not as it should: {', '.join(wrong)}")
    return 1 if wrong else 0
