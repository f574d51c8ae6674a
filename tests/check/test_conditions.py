"""When a finding shows only under a condition, the report says which."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from contract_kit import contract
from contract_kit.api import Credentials
from contract_kit.check.conditions import separation
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.check.session import Session
from contract_kit.findings.finding import Kind
from contract_kit.masking import Masker
from contract_kit.targets import Target

CONTRACT = contract.load("video_log_analyzer.kit:KIT")
TARGET = Target("https://staging.example", Credentials("AC" + "0" * 32, "nobody's"))


def answer(query: str, *rows: dict[str, Any]) -> ObservedResponse:
    body = json.dumps({"rooms": rows, "meta": {}}).encode()
    headers = {"content-type": "application/json"}
    url = f"{TARGET.url}/v1/Video/Rooms?{query}"
    return ObservedResponse("list_rooms", "GET", url, 200, headers, body, Masker.of(CONTRACT, "key"))


def condition(answers: Iterable[tuple[str, dict[str, Any]]], value: str = "odd") -> str:
    """The condition of the finding about this value, after these answers of one row."""
    session = Session(CONTRACT, TARGET)
    for query, row in answers:
        session.observe(answer(query, row))
    (finding,) = [each for each in session.concluded() if each.value == value]
    return finding.condition


ODD, SOUND = {"room_type": "odd"}, {"room_type": "go"}


def test_a_number_above_a_bound() -> None:
    sizes = [*range(100, 501, 50), *range(501, 1001, 100)]
    said = condition((f"PageSize={size}", ODD if size > 500 else SOUND) for size in sizes)
    assert said == "only at PageSize above 500 (5 answers; not in 9 others)"


def test_a_list_without_rows_could_not_show_it() -> None:
    session = Session(CONTRACT, TARGET)
    for size in range(400, 600, 10):
        session.observe(answer(f"PageSize={size}", *([ODD if size > 500 else SOUND] if size % 30 else [])))
    (finding,) = [each for each in session.concluded() if each.value == "odd"]
    assert finding.condition.startswith("only at PageSize above 500 ")


def test_a_time_is_no_condition() -> None:
    answers = [(f"CreatedAfter=2026-01-0{1 if index < 6 else 2}", ODD if index < 6 else SOUND) for index in range(14)]
    assert condition(answers) == ""


def test_with_and_without_a_parameter() -> None:
    with_it = [("RoomType=go&PageSize=5", ODD)] * 6 + [("PageSize=5", SOUND)] * 8
    assert condition(with_it) == "only in answers with RoomType (6 answers; not in 8 others)"
    without = [("RoomType=go&PageSize=5", SOUND)] * 6 + [("PageSize=5", ODD)] * 8
    assert condition(without) == "only in answers without RoomType (8 answers; not in 6 others)"


def test_later_pages_are_named_as_such() -> None:
    answers = [("PageToken=a", ODD)] * 6 + [("", SOUND)] * 8
    assert condition(answers) == "only on later pages (6 answers; not in 8 others)"


def test_a_value_of_the_rows() -> None:
    answers = [("", ODD | {"room_status": "in_progress"})] * 6 + [("", SOUND | {"room_status": "completed"})] * 8
    assert condition(answers) == "only where room_status is in_progress (6 answers; not in 8 others)"


@pytest.mark.parametrize(
    "answers",
    [
        [("PageSize=900", ODD)] * 20,
        [("PageSize=900", ODD)] * 2 + [("PageSize=5", SOUND)] * 20,
        [("PageSize=900", ODD)] * 4 + [("PageSize=5", SOUND)] * 4,
        [("PageSize=900", ODD)] * 9 + [("PageSize=5", SOUND)] * 9 + [("PageSize=5", ODD)],
    ],
    ids=["always", "too few", "too few together", "no clean separation"],
)
def test_nothing_is_said_without_evidence(answers: list[tuple[str, dict[str, Any]]]) -> None:
    assert condition(answers) == ""


def test_a_law_is_compared_where_it_was_judged() -> None:
    """Answers in which it could not be judged do not count."""
    law = Property("total", Kind.CONSISTENCY, "the sum")
    session = Session(CONTRACT, TARGET)
    for index in range(30):
        seen = answer(f"Page={index % 3}&PageSize={5 if index % 2 else 9}", SOUND)
        session.observe(seen)
        if index % 3:
            session.judge([Judgement(law, seen, "/rooms/*/total", holds=bool(index % 2))])
    (finding,) = [each for each in session.concluded() if each.value == "total"]
    assert finding.condition == "only at PageSize above 5 (10 answers; not in 10 others)"


def test_the_simplest_feature_is_said() -> None:
    showing = [{"RoomType": "go", "PageSize": "900"}] * 3
    others = [{"PageSize": str(size)} for size in (5, 50, 500)]
    assert separation(showing, others).startswith("only in answers with RoomType")


def test_values_that_may_be_personal_are_not_said() -> None:
    answers = [("RoomName=Kim&PageSize=5", ODD)] * 6 + [("RoomName=Sam&PageSize=5", SOUND)] * 8
    assert condition(answers) == ""
