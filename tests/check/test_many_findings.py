"""One answer that deviates everywhere makes a report that people can read, and hides nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from contract_kit import contract
from contract_kit.api import Credentials
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.session import Session
from contract_kit.findings.finding import Finding, Kind
from contract_kit.targets import Target
from tests.recordings.examples import ROOM, ROOM_PAGE

CONTRACT = contract.load("video_log_analyzer.kit:KIT")
TARGET = Target("http://127.0.0.1:1", Credentials("AC" + "0" * 32, "nobody's"), embedded=True)
MANY = 500


def found(body: dict[str, Any]) -> list[Finding]:
    """The findings about a list with this body."""
    session = Session(CONTRACT, TARGET)
    headers = {"content-type": "application/json"}
    url = f"{TARGET.url}/v1/Video/Rooms"
    session.observe(ObservedResponse("list_rooms", "GET", url, 200, headers, json.dumps(body).encode(), session.masker))
    return session.findings


def rooms(changes: list[dict[str, Any]]) -> dict[str, Any]:
    """A page of rooms, each with one of the changes."""
    return ROOM_PAGE | {"rooms": [ROOM | each for each in changes]}


@pytest.mark.parametrize(
    ("body", "kind", "location"),
    [
        (ROOM_PAGE | {f"new{number}": 1 for number in range(MANY)}, Kind.UNDOCUMENTED_FIELD, "/(others)"),
        (
            {"rooms": [ROOM | {f"new{number}": 1} for number in range(MANY)]},
            Kind.UNDOCUMENTED_FIELD,
            "/rooms/*/(others)",
        ),
        ({"rooms": [ROOM | {"room_type": f"new{number}"} for number in range(MANY)]}, Kind.UNDOCUMENTED_VALUE, None),
    ],
    ids=["keys of one object", "keys of many objects", "values"],
)
def test_the_first_hundred_are_told_and_the_others_counted(
    body: dict[str, Any], kind: Kind, location: str | None
) -> None:
    location = location or "/rooms/*/room_type"
    of_kind = [each for each in found(body) if each.kind is kind]
    (others,) = (each for each in of_kind if each.value == "(others)")
    assert others.location == location
    assert len(of_kind) == 101
    assert sum(each.count for each in of_kind) == MANY


def test_a_body_that_deviates_in_more_places_than_are_looked_at_says_so() -> None:
    (finding,) = (each for each in found({"rooms": [7] * 30_000}) if each.kind is Kind.MALFORMED_BODY)
    assert finding.value == "more than can be looked at"
    assert "20000" in finding.expected
