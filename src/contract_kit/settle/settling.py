"""All probes of a kit, asked in the order of what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from contract_kit.api import ApiKit
from contract_kit.contract import Contract
from contract_kit.errors import InconclusiveError, UsageError
from contract_kit.kits import named
from contract_kit.ledger import model
from contract_kit.settle.asking import Answer, Asker, RequestsSpentError
from contract_kit.settle.questions import Conclusion, EvidenceRule, Question, Sighting, concluded, questions


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
class Settlement:
    """What a service was asked, and what is known.

    Attributes:
        target: As reports name it, with whether it is evidence about the live API.
        is_live: Whether it is.
        conclusions: One for each clause, in the order of the ledger.
        answers: What was answered, for the log of requests.
        sent: The number of requests.
        remarks: Why some probes were not asked.
    """

    target: str
    is_live: bool
    conclusions: tuple[Conclusion, ...]
    answers: tuple[Answer, ...]
    sent: int
    remarks: tuple[str, ...]


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


def settle(contract: Contract, asker: Asker) -> Settlement:
    """Ask all probes, and conclude; whatever ends it, what was learnt by then is kept.

    Raises:
        InconclusiveError: the service cannot be reached, or does not accept the credentials.
    """
    kit = contract.kit
    probes = probes_of(kit)(asker, contract)
    rules: dict[tuple[str, str], EvidenceRule] = {}
    sightings: dict[tuple[str, str], list[Sighting]] = {}
    remarks: list[str] = []
    for number, probe in enumerate(probes):
        rules |= probe.clauses
        try:
            for each in probe.ask():
                sightings.setdefault((each.decision, each.clause), []).append(each)
                if asker.answers[0].status == 401:
                    problem = f"{asker.target.url} answers 401: it does not accept the credentials of the environment"
                    raise InconclusiveError(problem)
        except RequestsSpentError:
            left = ", ".join(each.name for each in probes[number:])
            remarks.append(f"the budget of {asker.budget} requests was spent; not asked, or not to the end: {left}")
            break
        except InconclusiveError as error:
            if not asker.answers or asker.answers[0].status == 401:
                raise
            remarks.append(f"{probe.name}: {error}")
        except KeyboardInterrupt:
            remarks.append("interrupted: what was not asked by then is not seen")
            break
    conclusions = tuple(
        concluded(
            each,
            sightings.get((each.decision, each.clause.name), []),
            rules.get((each.decision, each.clause.name), EvidenceRule()),
        )
        for each in questions_of(kit)
    )
    target = asker.target
    return Settlement(
        target.label, target.is_live, conclusions, tuple(asker.answers), asker.sent, tuple(dict.fromkeys(remarks))
    )
