#!/usr/bin/env python3
"""Look for false alarms: check emulators of many seeds and sizes through harmless variations, no two of them untried.

Each row of a pairwise covering array is one check: a seed, a number of rooms, and about half of all benign variations.
Whatever such a check reports is wrong; a row that reports something is halved until a single variation is named.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from allpairspy import AllPairs  # type: ignore[import-untyped]

from contract_kit import contract
from contract_kit.configuration import Configuration
from contract_kit.contract import Contract
from contract_kit.errors import InconclusiveError
from contract_kit.findings.finding import Severity
from contract_kit.kits import load_kit
from contract_kit.mutation import selftest
from contract_kit.mutation.generated import mutations_of
from contract_kit.mutation.mutation import Mutation

SEEDS = (1, 2, 3, 4, 5)
ROOMS = (1, 2, 7, 49, 51, 150, 999, 1001, 2500)
# So few rooms may lack participants, and then a check cannot see everything.
FEW = 10


@dataclass(frozen=True)
class Row:
    """One check of the covering array."""

    seed: int
    rooms: int
    legacy_values: bool
    planted: tuple[Mutation, ...]

    @property
    def options(self) -> list[str]:
        """The emulator's options."""
        legacy = ["--legacy-values"] if self.legacy_values else []
        return ["--seed", str(self.seed), "--rooms", str(self.rooms), *legacy]


def rows_of(benign: Sequence[Mutation], seed: int) -> list[Row]:
    """A pairwise covering array of seeds, sizes and variations, in random order so that a part of it is a sample."""
    factors: list[Sequence[object]] = [SEEDS, ROOMS, (False, True), *((False, True) for _ in benign)]
    rows = [
        Row(number, rooms, legacy, tuple(each for each, is_on in zip(benign, on, strict=True) if is_on))
        for number, rooms, legacy, *on in AllPairs([list(each) for each in factors])
    ]
    return random.Random(seed).sample(rows, len(rows))


def reported(
    loaded: Contract, row: Row, planted: Sequence[Mutation], run: Configuration, environment: Mapping[str, str]
) -> list[str]:
    """What the check says of a row with these variations planted, which is wrong whatever it is."""
    with selftest.emulator(loaded.kit, row.options) as target:
        given = {**environment, **selftest.variables_of(loaded.kit, target)}
        try:
            _, result = selftest.checked(loaded, target, planted, run, given)
        except InconclusiveError as error:
            return [f"no result: {str(error).splitlines()[-1]}"]
    found = [each for each in result.findings if each.severity is not Severity.NOTICE]
    lines = [f"{each.kind} · {each.operation} {each.location or '(body)'}: {each.value}" for each in found]
    if not lines and int(result.exit_status) and row.rooms > FEW:
        lines = [f"exit status {int(result.exit_status)}: {'; '.join(result.blind_spots)}"]
    return lines


def main() -> int:
    """Check row after row; exit status 1 if any of them reports something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="begin no further row then; default: %(default)g")
    parser.add_argument("--profile", choices=("quick", "full"), default="quick", help="default: %(default)s")
    parser.add_argument("--seed", type=int, default=1, help="of the order of the rows; default: %(default)s")
    parser.add_argument("--without", action="append", default=[], metavar="NAME", help="leave this variation out")
    options = parser.parse_args()
    end = time.monotonic() + options.minutes * 60
    kit = load_kit("video_log_analyzer.kit:KIT")
    loaded = contract.load(kit)
    mutations = mutations_of(loaded)
    left_out = {each.name for each in mutations.find(options.without)}
    benign = [each for each in mutations if each.kind == "benign" and each.name not in left_out]
    rows = rows_of(benign, options.seed)
    run = Configuration(kit=kit.reference, profile=options.profile)
    alarms: dict[str, list[str]] = {}
    done = 0
    for row in rows:
        if time.monotonic() > end:
            break
        done += 1
        where = " ".join(row.options)
        lines = reported(loaded, row, row.planted, run, os.environ)
        print(
            f"{done}/{len(rows)} {where}, {len(row.planted)} variations: {lines[:1] or 'nothing reported'}", flush=True
        )
        if not lines:
            continue
        suspects = list(row.planted)
        while len(suspects) > 1 and time.monotonic() < end:
            half = suspects[: len(suspects) // 2]
            other = reported(loaded, row, half, run, os.environ)
            suspects, lines = (half, other) if other else (suspects[len(half) :], lines)
        alarms[f"{where}: {', '.join(each.name for each in suspects)}"] = lines
    print(f"\n{done} of {len(rows)} rows checked, order of seed {options.seed}; {len(alarms)} reported something")
    for alarm, lines in alarms.items():
        print(f"{alarm}\n  " + "\n  ".join(lines[:5]))
    return 1 if alarms else 0


if __name__ == "__main__":
    sys.exit(main())
