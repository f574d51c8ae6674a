"""What is asked, what was seen, and what follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from contract_kit.ledger.model import ASSUMED, Clause, Decision

NONE_OF_THEM = "none of them"
"""The answer of a service that does what no probe expects."""


class Verdict(StrEnum):
    """What is known of a clause."""

    CONFIRMED = "confirmed"
    REFUTED = "refuted"
    UNDECIDED = "undecided"
    NOT_SEEN = "not seen"


@dataclass(frozen=True)
class Question:
    """One clause of a decision.

    Attributes:
        decision: ``D17``.
        title: The decision's.
        is_assumed: Whether the decision is assumed; a settled one can be asked about, too.
        clause: What it says, and the answers.
    """

    decision: str
    title: str
    is_assumed: bool
    clause: Clause

    @property
    def decided(self) -> str:
        """The decided answer; ``""`` if nothing can be asked."""
        return next(iter(self.clause.answers), "")


@dataclass(frozen=True)
class Sighting:
    """One observation.

    Attributes:
        decision, clause: What it is about.
        answer: Which of the clause's answers it shows, or NONE_OF_THEM.
        what: What was seen, without anything personal: ``an item that ended 31 hours ago is in the list``.
        requests: The numbers of the requests that showed it.
        observations: How many independent ones it sums up: the rows of which none shows something else.
    """

    decision: str
    clause: str
    answer: str
    what: str
    requests: tuple[int, ...]
    observations: int = 1


@dataclass(frozen=True)
class EvidenceRule:
    """When a clause is decided.

    Attributes:
        needs: How many independent sightings it takes.
        is_universal: Whether the clause says "always" or "never": then sightings of another answer outweigh any number
            that keep to it; else sightings of two answers contradict each other.
        fooled_by: What would deceive: ``data that moves``.
    """

    needs: int = 2
    is_universal: bool = False
    fooled_by: str = ""


@dataclass(frozen=True)
class Conclusion:
    """What is known of one clause.

    Attributes:
        answer: The answer that was seen; ``""`` if none was, or several.
        said: Why, in a sentence.
        requests: The requests that showed it.
    """

    question: Question
    verdict: Verdict
    answer: str
    said: str
    requests: tuple[int, ...]


def questions(decisions: Iterable[Decision]) -> list[Question]:
    """All clauses of all decisions with a probe."""
    return [
        Question(each.id, each.title, each.status == ASSUMED, clause) for each in decisions for clause in each.probe
    ]


def concluded(question: Question, sightings: Sequence[Sighting], rule: EvidenceRule) -> Conclusion:
    """Conclude from all sightings of one clause."""
    counted: Counter[str] = Counter()
    for each in sightings:
        counted[each.answer] += each.observations
    decided = question.decided
    if rule.is_universal and len(counted) > 1:
        others = Counter({answer: count for answer, count in counted.items() if answer != decided})
        ((answer, count),) = others.most_common(1)
        if count >= rule.needs and (len(others) == 1 or count >= 2 * sorted(others.values())[-2]):
            held = f"it held in {counted[decided]} of {len(sightings)} that could have shown it"
            return _of(question, answer, sightings, f"{_first(sightings, answer)}; {held}")
        said = "; ".join(f"{each.answer}: {each.what}" for each in _one_each(sightings))
        return Conclusion(
            question, Verdict.UNDECIDED, "", f"seen once, or in several ways: {said}", _numbers(sightings)
        )
    if len(counted) > 1:
        said = "; ".join(f"{each.answer}: {each.what}" for each in _one_each(sightings))
        return Conclusion(
            question, Verdict.UNDECIDED, "", f"answers contradict each other: {said}", _numbers(sightings)
        )
    if sum(counted.values()) < rule.needs:
        needs = question.clause.needs or "another run"
        seen = f"seen only once ({sightings[0].what})" if sightings else "nothing showed it"
        return Conclusion(question, Verdict.NOT_SEEN, "", f"{seen}; it needs {needs}", _numbers(sightings))
    answer = next(iter(counted))
    total = f"; in {len(sightings)} of {len(sightings)} that could have shown it" if rule.is_universal else ""
    return _of(question, answer, sightings, f"{_first(sightings, answer)}{total}")


def _of(question: Question, answer: str, sightings: Sequence[Sighting], said: str) -> Conclusion:
    verdict = Verdict.CONFIRMED if answer == question.decided else Verdict.REFUTED
    return Conclusion(question, verdict, answer, said, _numbers([each for each in sightings if each.answer == answer]))


def _first(sightings: Sequence[Sighting], answer: str) -> str:
    return next(each.what for each in sightings if each.answer == answer)


def _one_each(sightings: Sequence[Sighting]) -> Iterable[Sighting]:
    found: dict[str, Sighting] = {}
    for each in sightings:
        found.setdefault(each.answer, each)
    return found.values()


def _numbers(sightings: Sequence[Sighting]) -> tuple[int, ...]:
    return tuple(sorted({number for each in sightings for number in each.requests}))[:20]


def verdict_of(conclusions: Sequence[Conclusion]) -> Verdict:
    """What is known of a decision: it is confirmed only when all of its clauses are."""
    worst = (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.NOT_SEEN)
    return next((each for each in worst if any(one.verdict is each for one in conclusions)), Verdict.CONFIRMED)
