"""One cause is one finding: what another one explains is listed, counted, accepted and opened with it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from contract_kit.findings.acceptances import Acceptance, Acceptances
from contract_kit.findings.finding import ANOTHER_OBJECT, Example, Finding, Kind, Severity, State
from contract_kit.findings.groups import explained, groups
from contract_kit.findings.results import ExitStatus
from contract_kit.reports import console
from tests.check.reported import TODAY, days, report
from tests.conftest import Run

ROOMS, ROOM = "list_rooms", "fetch_room"


def found(
    kind: Kind,
    operation: str,
    location: str,
    value: str = "x",
    answers: Sequence[int] = (),
    about: Sequence[str] = (),
    expected: str = "",
    request: str = "GET /",
    **more: bool,
) -> Finding:
    """A merged finding that these answers show."""
    examples = (Example(request, about=tuple(about)),)
    shown = sum(1 << number for number in answers)
    return Finding(kind, operation, location, value, expected, examples=examples, answers=shown, **more)  # type: ignore[arg-type]


def grouped(*findings: Finding) -> list[tuple[str, list[str]]]:
    """The value of each group's root, and those of what it explains."""
    return [(group.root.value, [each.value for each in group.explained]) for group in groups(explained(findings))]


MISSING = found(Kind.MISSING_FIELD, ROOMS, "/rooms/*/end_time", "end_time", [1, 2, 3], expected="present")
UNREAD = found(Kind.CLIENT, ROOMS, "/rooms/*/end_time", "changed", [2])
WINDOW = found(Kind.FILTER, ROOMS, "query:none", "default-window", [3], about=["end_time"])


def test_one_missing_field_is_one_finding_in_list_detail_client_and_filter() -> None:
    detail = replace(MISSING, operation=ROOM, location="/end_time", answers=1 << 9)
    assert grouped(UNREAD, WINDOW, detail, MISSING) == [("end_time", ["end_time", "changed", "default-window"])]


def test_one_value_is_one_finding_in_list_and_detail_and_two_values_are_two() -> None:
    one = found(Kind.UNDOCUMENTED_VALUE, ROOMS, "/rooms/*/created_method", "console", [1, 2])
    other = replace(one, value="robot")
    assert grouped(one, replace(one, operation=ROOM, location="/created_method", answers=8), other) == [
        ("console", ["console"]),
        ("robot", []),
    ]


def test_a_value_that_differs_between_answers_is_explained_by_the_odd_one() -> None:
    odd = found(Kind.UNDOCUMENTED_VALUE, ROOMS, "/rooms/*/edge_location", "'ashburn '", [1])
    differs = found(Kind.CONSISTENCY, ROOMS, "/rooms/*/edge_location", "same-everywhere", [2])
    detail = found(Kind.CONSISTENCY, ROOM, "/edge_location", "list-is-detail", [3])
    elsewhere = found(Kind.CONSISTENCY, ROOM, "/media_region", "list-is-detail", [3])
    assert dict(grouped(odd, differs, detail, elsewhere)) == {
        "'ashburn '": ["list-is-detail", "same-everywhere"],
        "list-is-detail": [],
    }


def test_a_body_that_is_another_object_explains_whatever_was_said_about_its_answers() -> None:
    """An error body that is sent as a success breaks every refusal, also those of authentication."""
    body = found(Kind.MALFORMED_BODY, ROOMS, "", ANOTHER_OBJECT, range(1, 9))
    refusals = [
        found(Kind.AUTHENTICATION, ROOMS, "header:Authorization", "no credentials", [1]),
        found(Kind.VALIDATION, ROOMS, "query:PageSize", "too large", [2]),
        found(Kind.STATUS, ROOMS, "path:RoomSid", "unknown key", [3]),
        found(Kind.CLIENT, ROOMS, "/meta", "UnreadableResponse", [4]),
    ]
    elsewhere = found(Kind.FILTER, ROOMS, "query:Codec", "lets-through", [20])
    assert sorted(map(len, (dict(grouped(body, *refusals, elsewhere))).values())) == [0, 4]


def test_who_gets_in_with_nothing_gets_in_with_anything_but_not_the_other_way_round() -> None:
    attempts = {
        value: found(Kind.AUTHENTICATION, ROOMS, "header:Authorization", value, [number])
        for number, value in enumerate(("no credentials", "empty secret", "wrong secret", "secret: a letter less"), 1)
    }
    assert len(grouped(*attempts.values())) == 1
    del attempts["no credentials"]
    assert [root for root, _ in grouped(*attempts.values())] == ["wrong secret"]
    del attempts["wrong secret"]
    assert len(grouped(*attempts.values())) == 2


def test_a_list_that_loses_rows_explains_what_counts_rows_and_nothing_else() -> None:
    cut = found(Kind.PAGING, ROOMS, "/rooms", "missing-rows", [1], counts_rows=True)
    accusing = [
        found(Kind.FILTER, ROOMS, f"query:{name}", "leaves-out", [number], counts_rows=True)
        for number, name in enumerate(("Codec", "RoomType", "RoomName"), 5)
    ]
    sums = found(Kind.CONSISTENCY, ROOM, "/unique_participants", "participants-counted", [9], counts_rows=True)
    ignored = found(Kind.FILTER, ROOMS, "query:RoomType", "lets-through", [1, 6])
    assert dict(grouped(*accusing, sums, ignored, cut)) == {
        "missing-rows": ["participants-counted", *["leaves-out"] * 3],
        "lets-through": [],
    }


@pytest.mark.parametrize(
    ("one", "other"),
    [
        # Other answers, another location, another property, no relation at all.
        (MISSING, replace(WINDOW, answers=1 << 30)),
        (MISSING, found(Kind.NULL, ROOMS, "/rooms/*/room_type", "null", [1, 2, 3])),
        (MISSING, found(Kind.FILTER, ROOMS, "query:RoomType", "lets-through", [1], about=["room_type"])),
        # A media type or an undocumented status says nothing about a body that can be read.
        (found(Kind.CONTENT_TYPE, ROOMS, "header:Content-Type", "text/json", [1]), MISSING),
        (found(Kind.STATUS, ROOMS, "status", "203", [1, 2, 3]), MISSING),
        # A new field is no reason for anything beside it.
        (found(Kind.UNDOCUMENTED_FIELD, ROOMS, "/rooms/*/new", "new", [1, 2, 3]), MISSING),
        (
            found(Kind.UNDOCUMENTED_FIELD, ROOMS, "/rooms/*/new", "new", [1]),
            found(Kind.UNDOCUMENTED_FIELD, ROOMS, "/rooms/*/newer", "newer", [1]),
        ),
    ],
)
def test_two_causes_stay_two(one: Finding, other: Finding) -> None:
    assert len(grouped(one, other)) == 2


def test_a_renamed_key_is_one_finding() -> None:
    new = found(Kind.UNDOCUMENTED_FIELD, ROOMS, "/rooms/*/endTime", "endTime", [1, 2, 3])
    assert grouped(new, MISSING) == [("end_time", ["endTime"])]
    assert len(grouped(replace(new, answers=2), MISSING)) == 2


def test_the_same_value_of_a_parameter_is_one_finding_whoever_sent_it() -> None:
    ours = found(Kind.VALIDATION, ROOMS, "query:PageSize", "too large", [1], request="GET /?PageSize=1001&Page=0")
    theirs = replace(ours, value="value_above_maximum", answers=4, examples=(Example("GET /?PageSize=1001"),))
    assert len(grouped(ours, theirs)) == 1
    assert len(grouped(ours, replace(theirs, examples=(Example("GET /?PageSize=0"),)))) == 2


def test_counting_goes_by_groups_and_the_exit_status_by_every_finding() -> None:
    result = report(explained([MISSING, UNREAD, WINDOW]))
    assert len(result.failing_groups) == 1
    last = console.render(result).splitlines()[-1]
    assert last.startswith("DOES NOT CONFORM: 1 finding (1 breaking), 2 more explained, ")
    # A root that alone would pass does not hide what fails under it.
    mild = [replace(each, override=Severity.NOTICE) if each.cause == "" else each for each in result.findings]
    assert report(mild).exit_status is ExitStatus.FINDINGS
    assert len(report(mild).failing_groups) == 1


def test_explained_findings_are_shown_under_their_cause_with_their_fingerprints() -> None:
    text = console.render(report(explained([MISSING, UNREAD, WINDOW])))
    assert text.count("\n    found  ") == 1
    assert "    explains  2 other findings:" in text
    for each in (MISSING, UNREAD, WINDOW):
        assert text.count(each.fingerprint) == 1


def entry(finding: Finding) -> Acceptance:
    identity = finding.kind, finding.operation, finding.location, finding.value
    return Acceptance(*identity, reason="known", owner="Kim", expires=TODAY + timedelta(days=9))


def states(findings: Sequence[Finding], *accepted: Finding, today: date = TODAY) -> dict[str, State]:
    shown = Acceptances(tuple(map(entry, accepted))).applied(explained(findings), today)
    return {each.value: each.state for each in shown}


def test_one_fingerprint_accepts_the_group_and_one_of_its_members_only_itself() -> None:
    all_of_them = [MISSING, UNREAD, WINDOW]
    assert set(states(all_of_them, MISSING).values()) == {State.ACCEPTED}
    assert states(all_of_them, UNREAD) == {
        "end_time": State.OPEN,
        "changed": State.ACCEPTED,
        "default-window": State.OPEN,
    }


def test_the_same_thing_of_another_operation_stands_for_the_group_too() -> None:
    """Which of the two is the root may change from run to run."""
    detail = replace(MISSING, operation=ROOM, location="/end_time", answers=1 << 9)
    shown = Acceptances((entry(detail),)).applied(explained([MISSING, UNREAD, detail]), TODAY)
    assert {each.state for each in shown} == {State.ACCEPTED}
    assert f"accepted with {detail.fingerprint} by Kim" in next(each.note for each in shown if each.value == "changed")


def test_a_thousand_findings_of_one_kind_are_grouped_quickly_and_completely() -> None:
    many = [found(Kind.UNDOCUMENTED_FIELD, ROOMS, f"/rooms/*/k{index}", f"k{index}", [1]) for index in range(3000)]
    assert len(grouped(*many)) == 3000


def test_a_run_counts_and_accepts_one_cause(vla: Run, tmp_path: Path) -> None:
    check = ("check", "--profile", "quick", "--max-requests", "60", "--fault", "unknown-created-method")
    first = vla(*check)
    assert first.returncode == 1, first.stderr
    assert "DOES NOT CONFORM: 1 finding (1 drift), 1 more explained, " in first.stdout
    findings = json.loads((tmp_path / "build" / "vla" / "report.json").read_text())["findings"]
    (root,) = [each for each in findings if not each["cause"]]
    assert root["found"] == "created_method is 'console'"
    assert root["grounds"].startswith("openapi/")
    assert root["examples"][0]["curl"].startswith("curl -u ")
    accepted = vla("accept", root["fingerprint"], "--reason", "known", "--owner", "Kim", "--expires", str(days(30)))
    assert "with it what it explains: " in accepted.stdout
    second = vla(*check)
    assert "DOES NOT CONFORM" not in second.stdout
    assert second.stdout.count("ACCEPTED (drift)") == 1
