"""What a finding shows of a value, and what it is known by: odd values are told apart, personal ones stay unknown."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from contract_kit import contract
from contract_kit.api import Credentials
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.session import Session
from contract_kit.findings.acceptances import Acceptance, Acceptances
from contract_kit.findings.finding import ANOTHER_OBJECT, Finding, Kind, State
from contract_kit.masking import Masker
from contract_kit.targets import Target
from tests.check.reported import TODAY

CONTRACT = contract.load("video_log_analyzer.kit:KIT")
TARGET = Target("https://staging.example", Credentials("AC" + "0" * 32, "nobody's"))
JSON = {"content-type": "application/json"}


def findings(body: Any, status: int = 200, **headers: str) -> list[Finding]:
    """The findings about a list of rooms with this body."""
    session = Session(CONTRACT, TARGET, Masker.of(CONTRACT, "key"))
    url = f"{TARGET.url}/v1/Video/Rooms?PageSize=2"
    given = {**JSON, **{name.replace("_", "-"): value for name, value in headers.items()}}
    answer = ObservedResponse(
        "list_rooms", "GET", url, status, given, json.dumps(body).encode(), Masker.of(CONTRACT, "key")
    )
    session.observe(answer)
    return session.concluded()


def of_edge(value: str) -> Finding:
    body = {"rooms": [{"edge_location": value}], "meta": {}}
    return next(each for each in findings(body) if each.location == "/rooms/*/edge_location")


@pytest.mark.parametrize(
    ("odd", "shown"),
    [
        ("ashburn ", "'ashburn '"),
        (" ashburn", "' ashburn'"),
        ("ash burn", "'ash burn'"),
        ("ashbürn", "'ashbürn'"),
        ("ashburn\u200b", "'ashburn\\u200b'"),
        ("ashville", "ashville"),  # a name is no sentence
        ("", ""),
        ("RM" + "a" * 32, "(identifier)"),
        ("kim@example.org", "(email)"),
        ("https://kim.example/secret", "(url)"),
    ],
)
def test_near_misses_of_contract_words_are_shown_and_personal_values_are_not(odd: str, shown: str) -> None:
    finding = of_edge(odd)
    assert finding.value == shown
    assert (
        finding.found == f"edge_location is {shown}" if shown.startswith(("'", "(")) else f"'{shown}'" in finding.found
    )


def test_texts_that_are_not_shown_are_told_apart_and_not_told() -> None:
    one, again, other = (of_edge(f"{name} in the kitchen") for name in ("Kim", "Kim", "Sam"))
    assert one.fingerprint == again.fingerprint != other.fingerprint
    assert "Kim" not in one.value + one.found + one.location
    # So few digits that a list of names does not tell which it was.
    alike = {of_edge(f"Kim {number} in the kitchen").value for number in range(40)}
    assert all(len(value) == len("(no name …3fa)") for value in alike)


def test_words_of_the_contract_are_shown_as_keys_too() -> None:
    body = {"rooms": [{"room_sid ": 1, "Kim's room": 2}], "meta": {}}
    unknown = {each.value: each for each in findings(body) if each.kind is Kind.UNDOCUMENTED_FIELD}
    assert "'room_sid '" in unknown
    assert not any("Kim" in text for value, each in unknown.items() for text in (value, each.location, each.found))


def test_accepting_one_odd_value_accepts_no_other() -> None:
    one, other = of_edge("ashburn "), of_edge("umatilla ")
    assert states([one, other], one) == [State.ACCEPTED, State.OPEN]


def states(found: list[Finding], *accepted: Finding) -> list[State]:
    shown = Acceptances(tuple(map(entry, accepted))).applied(found, TODAY)
    return [next(each.state for each in shown if each.fingerprint == finding.fingerprint) for finding in found]


def entry(finding: Finding) -> Acceptance:
    identity = finding.kind, finding.operation, finding.location, finding.value
    return Acceptance(*identity, reason="known", owner="Kim", expires=TODAY + timedelta(days=9))


@pytest.mark.parametrize(
    ("former", "odd"),
    [
        (Finding(Kind.UNDOCUMENTED_VALUE, "list_rooms", "/rooms/*/edge_location", "(no name)", ""), "ashburn "),
        (Finding(Kind.UNDOCUMENTED_VALUE, "list_rooms", "/rooms/*/edge_location", "(no name)", ""), "Kim in a tub"),
    ],
)
def test_an_acceptance_of_all_odd_values_holds_for_none_and_names_its_successor(former: Finding, odd: str) -> None:
    (shown,) = Acceptances((entry(former),)).applied([of_edge(odd)], TODAY)
    assert shown.state is State.OPEN
    assert former.fingerprint in shown.note
    assert f"its successor is {shown.fingerprint}" in shown.note


def test_another_object_is_one_finding_and_the_successor_of_those_of_its_keys() -> None:
    error = {"code": 20404, "message": "nothing here", "more_info": "x", "status": 404}
    (finding,) = [each for each in findings(error) if each.kind is Kind.MALFORMED_BODY]
    assert finding.value == ANOTHER_OBJECT
    assert finding.found == "an object with code, message, more_info, status, without rooms, meta"
    assert not [each for each in findings(error) if each.kind in {Kind.MISSING_FIELD, Kind.UNDOCUMENTED_FIELD}]
    former = Finding(Kind.MISSING_FIELD, "list_rooms", "/rooms", "rooms", "present")
    (shown,) = Acceptances((entry(former),)).applied([finding], TODAY)
    assert f"its successor is {finding.fingerprint}" in shown.note


def test_one_missing_key_of_two_is_still_a_missing_key() -> None:
    assert [each.location for each in findings({"rooms": []}) if each.kind is Kind.MISSING_FIELD] == ["/meta"]


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ("/v1/Video/Rooms/RM" + "a" * 32, "leads to the same origin, /v1/Video/Rooms/RM…"),
        ("https://kim@login.example/secret?name=Kim", "leads to https login.example, /…"),
        ("http://[::1", "leads to no usable URL"),
    ],
)
def test_a_redirect_says_where_it_leads_and_nothing_personal(goal: str, said: str) -> None:
    (finding,) = [each for each in findings({}, 302, location=goal) if each.location == "status"]
    assert said in finding.found
    assert "kim" not in finding.found.lower()
    assert "secret" not in finding.found


def test_a_basis_has_its_title_and_place() -> None:
    finding = of_edge("nowhere")
    assert finding.basis
    assert finding.grounds.startswith("openapi/")
    assert ".yaml:" in finding.grounds
