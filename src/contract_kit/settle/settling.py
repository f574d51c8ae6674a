"""All probes of a kit, asked in the order of what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from contract_kit.api import ApiKit
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.contract import Contract
from contract_kit.errors import InconclusiveError, UsageError
from contract_kit.kits import named
from contract_kit.ledger import model
from contract_kit.settle.asking import Asker, RequestsSpentError
from contract_kit.settle.questions import (
    Conclusion,
    EvidenceRule,
    Question,
    Sighting,
    concluded,
    questions,
    summed_up,
)


@dataclass(frozen=True)
class LedgerProbe:
    """What a kit asks about some clauses.

    Attributes:
        name: ``the bounds of a list``.
        clauses: The rule of each clause, by decision and clause.
        plan: The requests, one line each, for somebody who has to allow them.
        cost: The most requests that it sends.
        ask: Sends them, and yields what is seen.
    """

    name: str
    clauses: Mapping[tuple[str, str], EvidenceRule]
    plan: tuple[str, ...]
    cost: int
    ask: Callable[[], Iterator[Sighting]]


Probes = Callable[[Asker, Contract], Sequence[LedgerProbe]]
"""What ``ApiKit.probes`` names: the probes of one run, what matters most first."""


@dataclass(frozen=True)
class Learnt:
    """What a run that ended early has learnt, for the one that goes on with it.

    Attributes:
        finished: The names of the probes that were asked to their end.
        sightings: What these showed; equal ones are summed up.
        sent: The number of requests, all probes together.
    """

    finished: tuple[str, ...] = ()
    sightings: tuple[Sighting, ...] = ()
    sent: int = 0


@dataclass(frozen=True)
class Settlement:
    """What a service was asked, and what is known.

    Attributes:
        target: As reports name it, with whether it is evidence about the live API.
        is_live: Whether it is.
        conclusions: One for each clause, in the order of the ledger.
        answers: What was answered.
        learnt: What another run can go on with.
        is_whole: Whether all probes were asked to their end.
        is_interrupted: Whether somebody ended it.
        remarks: Why some were not asked.
    """

    target: str
    is_live: bool
    conclusions: tuple[Conclusion, ...]
    answers: tuple[ObservedResponse, ...]
    learnt: Learnt
    is_whole: bool
    is_interrupted: bool
    remarks: tuple[str, ...]

    @property
    def sent(self) -> int:
        """The number of requests."""
        return self.learnt.sent


def probes_of(kit: ApiKit) -> Probes:
    """The probes that a kit names. Raises UsageError if it has none."""
    if not kit.probes or kit.ledger is None:
        raise UsageError(f"{kit.name} has no probes: there is nothing to settle")
    found: Probes = named(kit.probes)
    return found


def questions_of(kit: ApiKit) -> list[Question]:
    """The questions of a kit's ledger, in its order."""
    assert kit.ledger is not None
    return questions(model.load(kit.ledger.folder).decisions)


def settle(
    contract: Contract,
    asker: Asker,
    before: Learnt = Learnt(),
    keep: Callable[[Settlement], None] = lambda _: None,
    further: Sequence[LedgerProbe] = (),
) -> Settlement:
    """Ask all probes, and conclude; whatever ends it, what was learnt by then is kept.

    Args:
        contract: What is asked about.
        asker: Sends the requests.
        before: What need not be asked again.
        keep: Is given what is known after each probe.
        further: Probes that are asked after those of the kit.

    Raises:
        InconclusiveError: the service cannot be reached, or does not accept the credentials.
    """
    probes = (*probes_of(contract.kit)(asker, contract), *further)
    run = _Run(contract, asker, probes, before)
    for number, probe in enumerate(probes):
        if probe.name in before.finished:
            continue
        try:
            run.ask(probe)
            keep(run.settlement())
        except RequestsSpentError:
            left = ", ".join(each.name for each in probes[number:])
            run.remarks.append(f"the budget of {asker.budget} requests was spent; not asked, or not to the end: {left}")
            break
        except InconclusiveError as error:
            if not asker.answers or asker.answers[0].status == 401:
                raise
            run.remarks.append(f"{probe.name}: {error}")
        except KeyboardInterrupt:
            run.is_interrupted = True
            run.remarks.append("interrupted: what was not asked by then is not seen")
            break
    return run.settlement()


class _Run:
    """The sightings of a run, and what follows from them."""

    def __init__(self, contract: Contract, asker: Asker, probes: Sequence[LedgerProbe], before: Learnt) -> None:
        self.remarks: list[str] = []
        self.is_interrupted = False
        self._asker = asker
        self._questions = questions_of(contract.kit)
        self._rules = {clause: rule for probe in probes for clause, rule in probe.clauses.items()}
        self._probes = len(probes)
        self._finished = list(before.finished)
        self._learnt = list(before.sightings)
        self._unfinished: list[list[Sighting]] = []  # of the probes that were not asked to their end

    def ask(self, probe: LedgerProbe) -> None:
        """Ask one probe. Raises as the probe does, and InconclusiveError where the credentials are not accepted."""
        seen: list[Sighting] = []
        self._unfinished.append(seen)
        for each in probe.ask():
            seen.append(each)
            if self._asker.answers[0].status == 401:
                problem = f"{self._asker.target.url} answers 401: it does not accept the credentials of the environment"
                raise InconclusiveError(problem)
        self._unfinished.pop()
        self._learnt = summed_up([*self._learnt, *seen])
        self._finished.append(probe.name)

    def settlement(self) -> Settlement:
        """What is known by now; what a probe showed before it ended early counts, too."""
        seen: dict[tuple[str, str], list[Sighting]] = {}
        for each in summed_up([*self._learnt, *chain.from_iterable(self._unfinished)]):
            seen.setdefault((each.decision, each.clause), []).append(each)
        target = self._asker.target
        return Settlement(
            target.label,
            target.is_live,
            tuple(
                concluded(each, seen.get(each.key, ()), self._rules.get(each.key, EvidenceRule()))
                for each in self._questions
            ),
            tuple(self._asker.answers),
            Learnt(tuple(self._finished), tuple(self._learnt), self._asker.sent),
            len(self._finished) == self._probes,
            self.is_interrupted,
            tuple(dict.fromkeys(self.remarks)),
        )
