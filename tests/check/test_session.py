"""What makes a judgement a finding: where the target is, and whether the data held still."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from contract_kit import contract
from contract_kit.api import Credentials
from contract_kit.check.budget import Budget
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.check.session import Session
from contract_kit.check.throttle import BudgetSpentError
from contract_kit.configuration import Configuration
from contract_kit.findings.finding import Kind, Severity, State
from contract_kit.masking import Masker
from contract_kit.targets import Target
from video_log_analyzer.kit import KIT

CONTRACT = contract.load("video_log_analyzer.kit:KIT")
DOCUMENT = CONTRACT.document
NOBODY = Credentials("AC" + "0" * 32, "nobody's")
LIVE = Target("https://insights.twilio.com", NOBODY, live_host=KIT.live_host)
OTHER = Target("https://staging.example", NOBODY)
EMBEDDED = Target("http://127.0.0.1:1", NOBODY, embedded=True)
ANSWER = ObservedResponse("list_rooms", "GET", f"{OTHER.url}/v1/Video/Rooms", 200, {}, b"{}", Masker("key"))
INFERRED = Property("guess", Kind.CONSISTENCY, "what is likely")
CLAIMED = replace(INFERRED, basis="list_rooms", inferred=False)


def judged(held: Property, *, holds: bool) -> Judgement:
    return Judgement(held, ANSWER, "/rooms", holds)


@pytest.mark.parametrize(
    ("target", "held", "state"),
    [
        (LIVE, INFERRED, State.WARNING),
        (LIVE, CLAIMED, State.OPEN),
        (OTHER, INFERRED, State.OPEN),
        (EMBEDDED, INFERRED, State.OPEN),
    ],
    ids=["guess on the live API", "claim on the live API", "guess elsewhere", "guess on our emulator"],
)
def test_what_no_source_says_only_warns_on_the_live_api(target: Target, held: Property, state: State) -> None:
    session = Session(CONTRACT, target)
    session.judge([judged(held, holds=False)])
    (finding,) = session.findings
    assert finding.state is state
    assert finding.severity is Severity.BREAKING
    assert finding.counts(Severity.NOTICE) is (state is State.OPEN)


@pytest.mark.parametrize(
    ("readings", "found"),
    [("b", 1), ("hh", 0), ("bh", 0), ("bb", 1), ("bhb", 1), ("bhh", 0), ("hb", 0)],
    ids=lambda value: str(value),
)
def test_what_seems_broken_is_read_again(readings: str, found: int) -> None:
    """Each letter is a reading: the property holds, or is broken; the last one goes on."""
    session, asked = Session(CONTRACT, OTHER), []

    def question(number: int) -> Iterator[Judgement]:
        asked.append(number)
        yield judged(CLAIMED, holds=readings[min(number, len(readings) - 1)] == "h")

    session.judge_stable(question)
    assert len(session.findings) == found
    assert asked == list(range(len(asked)))
    assert len(asked) == 1 if readings[0] == "h" else len(asked) in {2, 3}
    assert session.moved == (readings[0] == "b" and not found)


@pytest.mark.parametrize(("target", "found"), [(OTHER, 1), (LIVE, 0)], ids=["elsewhere", "on the live API"])
def test_what_cannot_be_read_again_is_never_lost(target: Target, found: int) -> None:
    session = Session(CONTRACT, target)

    def question(number: int) -> Iterator[Judgement]:
        if number:
            raise BudgetSpentError("no more")
        yield judged(CLAIMED, holds=False)

    with pytest.raises(BudgetSpentError):
        session.judge_stable(question)
    assert len(session.findings) == found
    assert session.missing == 1 - found, "what is not reported makes the run inconclusive"


def test_nothing_moves_in_an_emulator_of_our_own() -> None:
    session, asked = Session(CONTRACT, EMBEDDED), []

    def question(number: int) -> Iterator[Judgement]:
        asked.append(number)
        yield judged(CLAIMED, holds=False)

    session.judge_stable(question)
    assert len(session.findings) == len(asked) == 1


@pytest.mark.parametrize("most", [0, 1, 4, 5, 17, 300, 100_000])
def test_budget_is_never_exceeded_and_wastes_nothing(most: int) -> None:
    budget, sent = Budget(DOCUMENT.operations, most), 0
    names = [operation.name for operation in DOCUMENT.operations]
    for rest in range(5, 0, -1):
        budget.begin(1 / rest)
        for name in names:
            while budget.take(name):
                sent += 1
    assert sent == most


def test_every_operation_has_its_part_of_a_small_budget() -> None:
    budget = Budget(DOCUMENT.operations, 4)
    budget.begin(0.01)
    assert all(budget.take(operation.name) for operation in DOCUMENT.operations)
    assert not any(budget.take(operation.name) for operation in DOCUMENT.operations)


def test_severity_is_the_configurations_and_experiments_only_raise_it() -> None:
    session = Session(CONTRACT, OTHER, settings=Configuration(severities={Kind.CONSISTENCY: Severity.NOTICE}))
    session.judge([judged(CLAIMED, holds=False)])
    (finding,) = session.findings
    assert finding.severity is Severity.NOTICE
    assert replace(finding, impact_severity=Severity.BREAKING).severity is Severity.BREAKING
    strict = replace(finding, override=Severity.BREAKING, impact_severity=Severity.DRIFT)
    assert strict.severity is Severity.BREAKING
