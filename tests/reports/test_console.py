"""The text that ends `vla check`."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from contract_kit.findings.finding import Severity, State
from contract_kit.findings.results import Result
from contract_kit.reports import console
from tests.reports import sample


def last_line(result: Result) -> str:
    return console.render(result).splitlines()[-1]


def test_states_are_labelled_and_open_findings_come_first() -> None:
    shuffled = sample.sample(findings=tuple(reversed(sample.FINDINGS)))
    lines = [line for line in console.render(shuffled).splitlines() if line.split("  ")[0].isupper() or "(" in line]
    heads = [line for line in lines if line and not line.startswith((" ", "DOES", "not ", "target"))]
    assert [head.split("  ")[0] for head in heads] == [
        *["BREAKING"] * 3,
        "DRIFT",
        "NOTICE",
        "WARNING (breaking)",
        "ACCEPTED (drift)",
    ]


def test_finding_has_what_a_person_needs() -> None:
    text = console.render(sample.sample())
    for expected in (
        "BREAKING  undocumented value  list_rooms /rooms/*/end_reason (9123 times)",
        "    found     end_reason is 'exploded'",
        "    shows     only in answers with RoomName (4 answers; not in 90 others)",
        "    expected  one of room_ended_via_api, timeout, all_participants_left",
        "    request   GET /v1/Video/Rooms?CreatedAfter=2026-11-14T06:15:09Z&PageSize=1000",
        '    evidence  {"end_reason": "exploded"}',
        "    impact    a strict reader refuses the whole page",
        "    command   curl -u \"$TWILIO_API_KEY:$TWILIO_API_SECRET\" 'https://insights.example/v1/Video/Rooms'",
        "    basis     Room.end_reason, openapi/decisions.yaml:31: D5, End reasons",
        "    remedy    if the value is meant, add it to the document",
        "    note      in the vendor's beta, ticket 4711 (video team, until 2027-01-31)",
        "not checked: VLA_OTHER_ACCOUNT_SID and VLA_OTHER_AUTH_TOKEN are not set",
        "    A room of another account cannot be found",
        "not seen: fetch_participant was never seen with data: no participant could be found",
        "remark: 2 answers 503 were asked again and came",
        "target    the embedded emulator with unknown-end-reason planted (no evidence about the live API)",
        "document  version 0.1.0",
        "profile   full, fails on drift, 83 s",
        "masking   random key of this run",
    ):
        assert expected in text
    for finding in sample.FINDINGS:
        assert f"    id        {finding.fingerprint}" in text


def test_table_has_the_numbers_of_each_operation() -> None:
    rows = [line.split() for line in console.render(sample.sample()).splitlines()]
    assert ["list_rooms", "548", "346", "21", "13/14", "23/24", "2", "0", "1"] in rows
    assert ["fetch_participant", "1", "0", "0", "–", "0/2", "0", "0", "0"] in rows


def test_finding_of_an_unknown_operation_has_a_row() -> None:
    strange = replace(sample.FINDINGS[0], operation="unheard_of")
    rows = [line.split() for line in console.render(sample.sample(findings=(strange,))).splitlines()]
    assert ["unheard_of", "1", "0", "0"] in rows


def test_coverage_table() -> None:
    rows = [line.split() for line in console.coverage_table(sample.sample()).splitlines()]
    assert rows[0] == ["operation", "parameter", "status", "field", "enum", "value", "header"]
    assert rows[1] == ["list_rooms", "8/8", "4/6", "23/24", "13/14", "2/3"]
    assert rows[4] == ["fetch_participant", "–", "1/5", "0/2", "–", "–"]
    assert console.coverage_table(sample.nearly_empty()) == "operation"


DOES_NOT = "DOES NOT CONFORM: "
EMULATOR = "the emulator conforms (no service was checked)"
EFFORT = "972 requests, 2 of 7 checks passed"


@pytest.mark.parametrize(
    ("result", "line"),
    [
        (
            sample.sample(),
            f"{DOES_NOT}4 findings (3 breaking, 1 drift), 1 notice below --fail-on drift, 1 warning, 1 accepted, "
            f"1 blind spot, {EFFORT}",
        ),
        (
            sample.sample(fail_on=Severity.NOTICE, blind_spots=()),
            f"{DOES_NOT}5 findings (3 breaking, 1 drift, 1 notice), 1 warning, 1 accepted, {EFFORT}",
        ),
        (
            sample.sample(findings=sample.FINDINGS[:1], blind_spots=()),
            f"{DOES_NOT}1 finding (1 breaking), {EFFORT}",
        ),
        (
            sample.sample(findings=()),
            f"INCONCLUSIVE: fetch_participant was never seen with data: no participant could be found, {EFFORT}",
        ),
        (sample.sample(findings=(), blind_spots=("one", "two")), f"INCONCLUSIVE: one (and 1 more), {EFFORT}"),
        (
            sample.clean(),
            f"CONFORMS: no findings, {EMULATOR}, 972 requests, 7 of 7 checks passed",
        ),
        (
            sample.clean(findings=tuple(found for found in sample.FINDINGS if found.state is not State.OPEN)),
            f"CONFORMS: no findings, {EMULATOR}, 1 warning, 1 accepted, 972 requests, 7 of 7 checks passed",
        ),
        (
            sample.nearly_empty(),
            f"CONFORMS: no findings, {EMULATOR}, 0 requests, 0 of 0 checks passed",
        ),
    ],
)
def test_verdict_is_one_line(result: Result, line: str) -> None:
    assert last_line(result) == line


def test_color_only_where_asked_and_only_decoration() -> None:
    plain, colored = console.render(sample.sample()), console.render(sample.sample(), color=True)
    assert "\033" not in plain
    assert "\033[1;31mDOES NOT CONFORM\033[0m" in colored
    assert re.sub(r"\033\[[\d;]+m", "", colored) == plain


def test_hostile_values_move_no_cursor_and_break_no_line() -> None:
    text = console.render(sample.hostile()) + console.coverage_table(sample.hostile())
    assert all(char.isprintable() or char == "\n" for char in text)
    text.encode("utf-8")
    assert not any(line.lstrip().startswith("::") for line in text.splitlines())


def test_long_values_and_many_checks_are_cut() -> None:
    skipped = tuple(replace(sample.CHECKS[4], id=str(number)) for number in range(25))
    long = replace(sample.FINDINGS[0], expected="x" * 10_000)
    text = console.render(sample.sample(checks=skipped, findings=(long,)))
    assert max(map(len, text.splitlines())) < 260
    assert "    and 15 other checks" in text


def test_ten_thousand_findings() -> None:
    text = console.render(sample.many(10_000))
    assert text.count("    id        ") == 10_000
