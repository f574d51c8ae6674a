"""What follows from sightings: how many it takes, and what contradicts."""

from __future__ import annotations

import pytest

from contract_kit.ledger.model import Clause
from contract_kit.settle.questions import NONE_OF_THEM, EvidenceRule, Question, Sighting, Verdict, concluded, verdict_of

QUESTION = Question("D1", "t", True, Clause("c", {"ours": "as decided", "other": "x", "third": "y"}, "a red room"))


def seen(*answers: str) -> list[Sighting]:
    return [Sighting("D1", "c", answer, f"saw {answer}", (number,)) for number, answer in enumerate(answers, 1)]


@pytest.mark.parametrize(
    ("answers", "is_universal", "verdict", "answer"),
    [
        ((), False, Verdict.NOT_SEEN, ""),
        (("ours",), False, Verdict.NOT_SEEN, ""),
        (("ours", "ours"), False, Verdict.CONFIRMED, "ours"),
        (("other", "other"), False, Verdict.REFUTED, "other"),
        ((NONE_OF_THEM, NONE_OF_THEM), False, Verdict.REFUTED, NONE_OF_THEM),
        (("ours", "ours", "other"), False, Verdict.UNDECIDED, ""),
        (("ours", "ours", "ours"), True, Verdict.CONFIRMED, "ours"),
        (("ours", "ours", "ours", "other"), True, Verdict.UNDECIDED, ""),
        (("ours", "ours", "ours", "other", "other"), True, Verdict.REFUTED, "other"),
        (("ours", "other", "other", "third", "third"), True, Verdict.UNDECIDED, ""),
    ],
)
def test_conclusion_follows_from_all_sightings(
    answers: tuple[str, ...], is_universal: bool, verdict: Verdict, answer: str
) -> None:
    found = concluded(QUESTION, seen(*answers), EvidenceRule(is_universal=is_universal))
    assert (found.verdict, found.answer) == (verdict, answer)
    if verdict is Verdict.NOT_SEEN:
        assert "a red room" in found.said
    if verdict is Verdict.UNDECIDED:
        assert all(each in found.said for each in set(answers))
    if verdict is Verdict.REFUTED and is_universal:
        assert "it held in 3 of 5" in found.said


def test_decision_is_confirmed_only_with_all_its_clauses() -> None:
    confirmed, refuted, nothing = (
        concluded(QUESTION, seen(*each), EvidenceRule()) for each in (["ours"] * 2, ["other"] * 2, [])
    )
    assert verdict_of([confirmed, confirmed]) is Verdict.CONFIRMED
    assert verdict_of([confirmed, nothing]) is Verdict.NOT_SEEN
    assert verdict_of([nothing, refuted, confirmed]) is Verdict.REFUTED
