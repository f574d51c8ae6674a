"""What is asked, what was seen, and what follows from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from contract_kit.ledger.model import ASSUMED, Clause, Decision

NONE_OF_THEM = "none of them"
"""The answer of a service that does what no probe expects."""
_MOST_REQUESTS = 20  # that are named as showing one thing


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
    def key(self) -> tuple[str, str]:
        """The decision and the clause: ``("D17", "the default")``."""
        return self.decision, self.clause.name

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
        fooled_by: What would have deceived the question; ``""`` where nothing was concluded.
    """

    question: Question
    verdict: Verdict
    answer: str
    said: str
    requests: tuple[int, ...] = ()
    fooled_by: str = ""


def questions(decisions: Iterable[Decision]) -> list[Question]:
    """All clauses of all decisions with a probe."""
    return [
        Question(each.id, each.title, each.status == ASSUMED, clause) for each in decisions for clause in each.probe
    ]


def summed_up(sightings: Iterable[Sighting]) -> list[Sighting]:
    """Sum up what was seen of the same several times; the requests of the first twenty are kept."""
    found: dict[tuple[str, str, str, str], Sighting] = {}
    for each in sightings:
        known = found.setdefault((each.decision, each.clause, each.answer, each.what), each)
        if known is not each:
            requests = tuple(sorted({*known.requests, *each.requests}))[:_MOST_REQUESTS]
            together = replace(known, requests=requests, observations=known.observations + each.observations)
            found[each.decision, each.clause, each.answer, each.what] = together
    return list(found.values())


def concluded(question: Question, sightings: Sequence[Sighting], rule: EvidenceRule) -> Conclusion:
    """Conclude from all sightings of one clause."""
    counted: Counter[str] = Counter()
    for each in sightings:
        counted[each.answer] += each.observations
    total, decided = counted.total(), question.decided

    def found(answer: str, more: str = "") -> Conclusion:
        verdict = Verdict.CONFIRMED if answer == decided else Verdict.REFUTED
        shown = [each for each in sightings if each.answer == answer]
        return Conclusion(question, verdict, answer, shown[0].what + more, _numbers(shown), rule.fooled_by)

    if len(counted) > 1:
        others = (counted - Counter({decided: counted[decided]})).most_common()
        if rule.is_universal and _outweighs(others, rule.needs):
            return found(others[0][0], f"; it held in {counted[decided]} of {total} that could have shown it")
        said = "; ".join(f"{each.answer}: {each.what}" for each in _one_each(sightings))
        told = "seen once, or in several ways" if rule.is_universal else "answers contradict each other"
        return Conclusion(question, Verdict.UNDECIDED, "", f"{told}: {said}", _numbers(sightings), rule.fooled_by)
    if total < rule.needs:
        needs = question.clause.needs or "another run"
        seen = f"seen only once ({sightings[0].what})" if sightings else "nothing showed it"
        return Conclusion(question, Verdict.NOT_SEEN, "", f"{seen}; it needs {needs}", _numbers(sightings))
    return found(next(iter(counted)), f"; in {total} of {total} that could have shown it" if rule.is_universal else "")


def _outweighs(others: Sequence[tuple[str, int]], needs: int) -> bool:
    """Whether the most frequent of the other answers was seen often enough, and twice as often as the next one."""
    (_, most), *rest = others
    return most >= needs and (not rest or most >= 2 * rest[0][1])


def _one_each(sightings: Sequence[Sighting]) -> Iterable[Sighting]:
    found: dict[str, Sighting] = {}
    for each in sightings:
        found.setdefault(each.answer, each)
    return found.values()


def _numbers(sightings: Sequence[Sighting]) -> tuple[int, ...]:
    return tuple(sorted({number for each in sightings for number in each.requests}))[:_MOST_REQUESTS]


def verdict_of(conclusions: Sequence[Conclusion]) -> Verdict:
    """What is known of a decision: it is confirmed only when all of its clauses are."""
    worst = (Verdict.REFUTED, Verdict.UNDECIDED, Verdict.NOT_SEEN)
    return next((each for each in worst if any(one.verdict is each for one in conclusions)), Verdict.CONFIRMED)
