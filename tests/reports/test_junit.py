"""junit.xml: valid for Ant's and Jenkins' schemas, red exactly where the verdict is."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from contract_kit.findings.finding import Severity, State
from contract_kit.findings.results import Result
from contract_kit.reports import junit
from tests.reports import sample

SUITE = {"name", "package", "id", "timestamp", "hostname", "tests", "failures", "errors", "skipped", "time"}


def parsed(result: Result) -> Element:
    root = ElementTree.fromstring(junit.render(result).encode("utf-8"))
    assert broken_rules(root) == []
    return root


def outcome(case: Element) -> str:
    return case[0].tag if len(case) else "passed"


def cases(result: Result) -> dict[tuple[str, str], Element]:
    """By class and the check's id, or the whole name where it has none."""
    found = {}
    for case in parsed(result).iter("testcase"):
        name = re.search(r"\(([^()]*::[^()]*)\)$", case.attrib["name"])
        found[case.attrib["classname"], name[1] if name else case.attrib["name"]] = case
    return found


def broken_rules(root: Element) -> list[str]:
    """What the two schemas have in common, the narrower one where they differ, and that the figures are right."""
    wrong = [] if (root.tag, root.attrib) == ("testsuites", {}) else ["root"]
    for number, suite in enumerate(root):
        attributes, tags = suite.attrib, [child.tag for child in suite]
        inside = suite.findall("testcase")
        counted = Counter(map(outcome, inside))
        figures = (len(inside), counted["failure"], counted["error"], counted["skipped"])
        rules = {
            "suite": suite.tag == "testsuite" and set(attributes) == SUITE and bool(attributes["name"]),
            "id": attributes["id"] == str(number),
            "order": tags == ["properties", *["testcase"] * len(inside), "system-out", "system-err"],
            "timestamp": re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d", attributes["timestamp"]) is not None,
            "time": re.fullmatch(r"\d+\.\d{3}", attributes["time"]) is not None,
            "sum": abs(float(attributes["time"]) - sum(float(case.attrib["time"]) for case in inside)) < 0.01,
            "figures": tuple(int(attributes[name]) for name in ("tests", "failures", "errors", "skipped")) == figures,
            "properties": all(set(each.attrib) == {"name", "value"} for each in suite.iterfind("properties/property")),
            "case": all(set(case.attrib) == {"classname", "name", "time"} for case in inside),
            "class": all(case.attrib["classname"] == attributes["name"] for case in inside),
            "outcome": all(len(case) <= 1 and outcome(case) in {*counted, "passed"} for case in inside)
            and set(counted) <= {"passed", "failure", "error", "skipped"},
            "type": all("type" in case[0].attrib for case in inside if outcome(case) in {"failure", "error"}),
        }
        wrong += [f"suite {number}: {name}" for name, kept in rules.items() if not kept]
    return wrong


def test_rules_notice_what_is_planted() -> None:
    for old, new in (
        ('failures="2"', 'failures="1"'),
        ('<failure type="finding"', "<failure"),
        ("<system-err/>", ""),
        ('hostname="localhost"', ""),
        ("<skipped ", "<ignored "),
    ):
        text = junit.render(sample.sample())
        assert old in text
        assert broken_rules(ElementTree.fromstring(text.replace(old, new, 1)))


def test_one_case_an_operation_and_check() -> None:
    found = cases(sample.sample())
    for check in sample.CHECKS:
        for operation in check.requests or ["check"]:
            assert (operation, check.id) in found
    assert len(found) == sum(len(check.requests) or 1 for check in sample.CHECKS) + 2  # no check's finding; blind spot


def test_outcomes() -> None:
    found = cases(sample.sample())
    outcomes = {f"{suite} {name.partition('::')[2] or name}": outcome(case) for (suite, name), case in found.items()}
    assert outcomes == {
        "list_rooms test_values_divide_the_list[Codec]": "failure",
        "list_rooms test_answers_conform": "failure",
        "fetch_room test_answers_conform": "failure",
        "list_participants test_answers_conform": "skipped",
        "list_rooms test_totals": "passed",
        "list_participants test_totals": "passed",
        "list_rooms test_pages_join": "passed",
        "list_participants test_pages_join": "passed",
        "check test_foreign_room": "skipped",
        "check test_no_loss": "passed",
        "fetch_room test_methods": "error",
        "list_participants found outside of any check": "failure",
        "check not seen: fetch_participant was never seen with data: no participant could be found": "error",
    }
    accepted = found["list_participants", "test_document.py::test_answers_conform"][0]
    assert "ticket 4711 (video team, until 2027-01-31)" in accepted.attrib["message"]
    assert found["check", "test_errors.py::test_foreign_room"][0].attrib["message"].startswith("VLA_OTHER_ACCOUNT_SID")
    assert found["fetch_room", "test_protocol.py::test_methods"][0].text == "the emulator closed the connection"


def test_no_finding_is_lost() -> None:
    root = parsed(sample.sample())
    for finding in sample.FINDINGS:
        where = "failure" if finding.counts(Severity.DRIFT) else "system-out"
        texts = [element.text or "" for element in root.iter(where)]
        assert sum(f"vla recheck {finding.fingerprint}" in text for text in texts) == 1


def test_finding_that_counts_only_with_another_fail_on() -> None:
    notice = sample.FINDINGS[3]
    assert [outcome(case) for case in parsed(sample.clean(findings=(notice,))).iter("failure")] == []
    failing = sample.clean(findings=(notice,), fail_on=Severity.NOTICE)
    assert len(list(parsed(failing).iter("failure"))) == 1


def test_findings_of_unknown_checks_and_operations_have_cases() -> None:
    strange = [
        replace(sample.FINDINGS[0], check="test_gone.py::test_gone"),
        replace(sample.FINDINGS[0], operation="fetch_participant"),
        replace(sample.FINDINGS[5], operation="unheard_of", check=""),
    ]
    found = cases(sample.clean(findings=tuple(strange)))
    assert outcome(found["list_rooms", "test_gone.py::test_gone"]) == "failure"
    assert outcome(found["fetch_participant", strange[1].check]) == "failure"
    assert outcome(found["unheard_of", "found outside of any check"]) == "skipped"


def test_check_that_failed_without_a_finding_is_an_error() -> None:
    found = cases(sample.sample(findings=(), checks=sample.CHECKS[:1]))
    assert outcome(found["list_rooms", sample.CHECKS[0].id]) == "error"


def test_error_beside_findings_is_told() -> None:
    check = replace(sample.CHECKS[0], outcome="error", reason="interrupted")
    [failure] = parsed(sample.clean(checks=(check,), findings=sample.FINDINGS[:1])).iter("failure")
    assert "the check did not reach its end: interrupted" in (failure.text or "")


@pytest.mark.parametrize(
    "result",
    [
        sample.clean(),
        sample.sample(),
        sample.nearly_empty(),
        sample.clean(blind_spots=("nothing was seen",)),
        sample.clean(findings=sample.FINDINGS[3:]),
        sample.clean(findings=tuple(found for found in sample.FINDINGS if found.state is not State.OPEN)),
        *(sample.clean(findings=(finding,)) for finding in sample.FINDINGS),
    ],
)
def test_red_exactly_where_the_verdict_is(result: Result) -> None:
    red = any(outcome(case) in {"failure", "error"} for case in parsed(result).iter("testcase"))
    assert red == (result.exit_status != 0)


def test_hostile_values_are_text() -> None:
    root = parsed(sample.hostile())
    assert len(list(root.iter("failure"))) == 1
    texts = "".join(root.itertext())
    assert "<script>alert(1)</script>" in texts
    assert "]]>" in texts
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", texts)


def test_ten_thousand_findings() -> None:
    result = sample.many(10_000)
    text = junit.render(result)
    assert broken_rules(ElementTree.fromstring(text)) == []
    assert text.count("vla recheck ") == 10_000
