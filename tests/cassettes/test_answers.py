"""What is recorded, as findings: the same as of a live answer, and told to be from a recording."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from contract_kit import contract
from contract_kit.api import Credentials
from contract_kit.cassettes.cassette import Cassette, load
from contract_kit.check.conformance import Conformance
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.findings.finding import Kind
from contract_kit.masking import Masker
from contract_kit.targets import Target
from tests.conftest import ROOT
from video_log_analyzer.__main__ import main
from video_log_analyzer.kit import KIT

CONTRACT = contract.load("video_log_analyzer.kit:KIT")
DOCUMENT = CONTRACT.document


def drifted() -> Cassette:
    recorded = load(ROOT / "contract_tests" / "cassettes" / "rooms.yaml")
    interactions = [replace(each, body=each.body.replace('"ie1"', '"us9"')) for each in recorded.interactions]
    assert tuple(interactions) != recorded.interactions
    return replace(recorded, interactions=tuple(interactions))


def test_fingerprint_is_that_of_a_live_answer_and_the_example_says_where_it_is_from() -> None:
    (recorded,) = drifted().answers(DOCUMENT, Masker.of(CONTRACT))
    names = ("operation", "method", "url", "status", "headers", "body", "masker")
    live = ObservedResponse(**{name: getattr(recorded, name) for name in names})
    (found,), (expected,) = (Conformance(DOCUMENT).findings(each) for each in (recorded, live))
    assert found.fingerprint == expected.fingerprint
    assert (found.operation, found.location, found.value) == ("list_rooms", "/rooms/*/media_region", "us9")
    assert found.examples[0].request.startswith("cassette rooms (emulator, 2")
    assert "answer 1: GET /v1/Video/Rooms" in found.examples[0].request


@pytest.mark.parametrize(
    ("url", "kind", "counts"),
    [
        ("https://insights.twilio.com", "emulator", False),
        ("https://insights.twilio.com", "live", True),
        ("http://127.0.0.1:1", "emulator", True),
        ("http://127.0.0.1:1", "live", True),
    ],
)
def test_the_emulator_is_no_evidence_about_the_live_api(url: str, kind: str, counts: bool) -> None:
    label = replace(drifted().label, target=kind)
    assert label.counts_for(Target(url, Credentials("AC" + "0" * 32, "secret"), live_host=KIT.live_host)) is counts


def test_a_failure_that_was_provoked_is_no_finding() -> None:
    """Any other one is, of the same answers."""
    provoked = load(ROOT / "contract_tests" / "cassettes" / "server-failure.yaml")
    met = replace(provoked, label=replace(provoked.label, provoked=""))
    conformance = Conformance(DOCUMENT)
    expected: list[tuple[Cassette, set[Kind]]] = [(provoked, set()), (met, {Kind.SERVER_FAILURE})]
    for cassette, kinds in expected:
        answers = list(cassette.answers(DOCUMENT, Masker.of(CONTRACT)))
        assert {each.operation for each in answers if each.status == 500} == {each.name for each in DOCUMENT.operations}
        assert {found.kind for each in answers for found in conformance.findings(each)} == kinds


def test_replay_reads_what_was_provoked_from_the_label(tmp_path: Path) -> None:
    path = ROOT / "contract_tests" / "cassettes" / "server-failure.yaml"
    unlabelled = tmp_path / "server-failure.yaml"
    unlabelled.write_text(path.read_text(encoding="utf-8").replace("  provoked: 5XX\n", ""), encoding="utf-8")
    assert main(["replay", str(path)]) == 0
    assert main(["replay", str(unlabelled)]) == 1
