"""Emulators in random worlds, settled and compared with the truth."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from contract_kit.api import EmulatorModule
from contract_kit.contract import Contract
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.errors import UsageError
from contract_kit.kits import named
from contract_kit.settle.asking import Asker
from contract_kit.settle.questions import Conclusion, Verdict
from contract_kit.settle.settling import Settlement, settle

_SIZES = (10, 40, 200, 1000)
_LARGEST = 10_000  # for every 25th


@dataclass(frozen=True)
class Rehearsal:
    """One world that was settled.

    Attributes:
        seed: What it was drawn with.
        size: How much there was in it.
        worlds: Its other answers.
        settlement: What was concluded.
        wrong: Conclusions that are not so.
        missed: Conclusions that nothing was seen, where it was to be seen.
    """

    seed: int
    size: int
    worlds: tuple[str, ...]
    settlement: Settlement
    wrong: tuple[Conclusion, ...]
    missed: tuple[Conclusion, ...]

    @property
    def settled(self) -> int:
        """How many clauses were confirmed or refuted."""
        return sum(each.verdict in {Verdict.CONFIRMED, Verdict.REFUTED} for each in self.settlement.conclusions)


def rehearse(
    contract: Contract, count: int, *, seed: int = 0, worlds: Sequence[str] | None = None
) -> Iterator[Rehearsal]:
    """Settle so many emulators, each in another world with other data; on this machine no rate is kept.

    Args:
        contract: The contract of the kit.
        count: How many.
        seed: Of the first.
        worlds: The world of all of them; None for a random one each.

    Raises:
        UsageError: the kit has no emulator that lives in worlds.
        KeyboardInterrupt: somebody ended it; a world that was settled in part says nothing.
    """
    emulator = contract.kit.emulator
    if emulator is None or not emulator.worlds or not emulator.size_option:
        raise UsageError(f"{contract.kit.name} has no emulator that can live in other worlds")
    registry = named(emulator.worlds)
    for number in range(seed, seed + count):
        drawn = tuple(registry.drawn(number)) if worlds is None else tuple(worlds)
        chance = random.Random(number)  # noqa: S311  no secret
        size = _LARGEST if number % 25 == 7 else chance.choice(_SIZES)
        options = [
            "--seed",
            str(number),
            emulator.size_option,
            str(size),
            *(part for each in drawn for part in ("--world", each)),
        ]
        # Every tenth service is slow, fails for a while, or limits requests.
        transient = [each.name for each in named(emulator.faults) if each.kind == "transient failure"]
        faults = [chance.choice(transient)] if emulator.faults and number % 10 == 0 else []
        with (
            EmbeddedEmulator(contract.kit, options, faults) as running,
            _arranged(emulator, running.target.url, number, drawn) as visible,
            Asker(running.target, contract, per_second=None) as asker,
        ):
            settlement = settle(contract, asker)
        if settlement.is_interrupted:
            raise KeyboardInterrupt
        missed = tuple(
            each for each in settlement.conclusions if each.verdict is Verdict.NOT_SEEN and each.question.key in visible
        )
        wrong = tuple(_wrong(settlement, drawn, emulator.same_effect))
        yield Rehearsal(number, size, drawn, settlement, wrong, missed)


def _arranged(
    emulator: EmulatorModule, url: str, seed: int, worlds: Sequence[str]
) -> AbstractContextManager[frozenset[tuple[str, str]]]:
    """Change the data, if the kit can; gives the clauses that can be seen."""
    if not emulator.rehearsed:
        return nullcontext(frozenset())
    found: AbstractContextManager[frozenset[tuple[str, str]]] = named(emulator.rehearsed)(url, seed, worlds)
    return found


def _wrong(settlement: Settlement, worlds: Sequence[str], same_effect: Mapping[str, str]) -> Iterator[Conclusion]:
    """Conclusions that contradict the world; an answer that has the effect of another one counts as that, too."""
    lived = {*worlds, *(same_effect[each] for each in worlds if each in same_effect)}
    for each in settlement.conclusions:
        if each.verdict not in {Verdict.CONFIRMED, Verdict.REFUTED}:
            continue
        question = each.question
        true = [name for name in question.clause.answers if f"{question.decision}={name}" in lived]
        if each.answer not in (true or [question.decided]):
            yield each
