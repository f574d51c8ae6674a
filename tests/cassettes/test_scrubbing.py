"""Scrubbing: nobody's data is left, everything keeps its form, and doing it twice does no more."""

from __future__ import annotations

import base64
import json
import re
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qsl, quote, quote_plus, urlsplit

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contract_kit import contract
from contract_kit.cassettes import cassette as cassette_module
from contract_kit.cassettes.cassette import ORIGINS, Cassette, Interaction, Label
from contract_kit.cassettes.pseudonyms import PseudonymForms
from contract_kit.cassettes.recording import write
from contract_kit.cassettes.replay import replaying
from contract_kit.cassettes.scrubbing import MOMENT, PROFILE, Scrubbed, scrub
from contract_kit.check.conformance import Conformance
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.masking import Masker
from tests.cassettes import answers
from tests.conftest import ROOT

CONTRACT = contract.load("video_log_analyzer.kit:KIT")
FORMS = PseudonymForms(CONTRACT.kit.privacy)
DOCUMENT = CONTRACT.document
NOW = datetime(2026, 11, 20, 20, tzinfo=UTC)
CONFORMANCE = Conformance(DOCUMENT)
WORDS = {word for schema in DOCUMENT.data["components"]["schemas"].values() for word in schema.get("enum", ())}
LIVE = ORIGINS["live"]
LABEL = Label("live", "2026-11-20", "2026-01-15T12:00:00Z", "0.1.0", "rooms", PROFILE, {})


def scrubbed(*interactions: Interaction) -> Scrubbed:
    return scrub(interactions, CONTRACT, origin=answers.ORIGIN, pseudonym_origin=LIVE, clock=NOW)


def body_of(result: Scrubbed, number: int = 0) -> dict[str, object]:
    found: dict[str, object] = json.loads(result.interactions[number].body)
    return found


def room(**fields: object) -> Interaction:
    sid = "RM" + "9" * 31 + "1"
    return Interaction(
        "GET", f"{answers.ORIGIN}/v1/Video/Rooms/{sid}", 200, {}, json.dumps({"room_sid": sid, **fields})
    )


def kinds(interaction: Interaction) -> set[tuple[str, str, str]]:
    operation = DOCUMENT.operation_at(interaction.path)
    assert operation is not None
    headers = {name: interaction.header(name) for name in interaction.headers}
    answer = ObservedResponse(
        operation.name, "GET", interaction.uri, interaction.status, headers, interaction.body.encode(), Masker()
    )
    return {(found.kind, found.location, found.value) for found in CONFORMANCE.findings(answer)}


PROPERTY = settings(
    max_examples=100,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@PROPERTY
@given(st.lists(answers.interactions(DOCUMENT), min_size=1, max_size=3))
def test_secrets_are_gone_and_shapes_stay(tmp_path_factory: pytest.TempPathFactory, found: list[Interaction]) -> None:
    """For whatever the document allows: scrub, store, load and replay keep the shape and hide every secret."""
    path = tmp_path_factory.getbasetemp() / "property.yaml"
    write(Cassette(LABEL, scrubbed(*found).interactions), path)
    text = path.read_text(encoding="utf-8")
    secrets = {secret for each in found for secret in answers.secrets_in(json.loads(each.body))}
    secrets |= {value for each in found for _, value in parse_qsl(urlsplit(each.uri).query) if len(value) > 11}
    secrets |= {each.header(name) for each in found for name in ("x-customer", "twilio-request-id")}
    secrets = {each for each in secrets - WORDS if not re.fullmatch(r"2026-[0-9T:-]+Z", each)}
    for secret in secrets:
        for form in (
            secret,
            quote(secret, safe=""),
            quote_plus(secret),
            json.dumps(secret)[1:-1],
            base64.b64encode(secret.encode()).decode(),
        ):
            assert form not in text
    loaded = cassette_module.load(path)
    with replaying(loaded), httpx.Client() as http:
        for before, after in zip(found, loaded.interactions, strict=True):
            response = http.request(after.method, after.uri)
            assert response.status_code == before.status
            assert answers.shape(response.json()) == answers.shape(json.loads(before.body))
            assert kinds(after) == kinds(before)


@PROPERTY
@given(st.lists(answers.interactions(DOCUMENT), min_size=1, max_size=3))
def test_scrubbing_twice_equals_once(found: list[Interaction]) -> None:
    once = scrubbed(*found)
    twice = scrub(once.interactions, CONTRACT, origin=LIVE, pseudonym_origin=LIVE, clock=MOMENT)
    assert twice.interactions == once.interactions
    assert not twice.masked


def test_equal_values_stay_equal_everywhere() -> None:
    name, sid, token = "Müller & Söhne", "RM" + "ab12" * 8, "PTs3cr3t-token-of-some-length"
    listed = f"{answers.ORIGIN}/v1/Video/Rooms"
    following = f"{listed}?RoomName={quote_plus(name)}&Page=1&PageToken={token}"
    page = {
        "rooms": [{"room_sid": sid, "room_name": name, "url": f"{listed}/{sid}"}],
        "meta": {"next_page_url": following},
    }
    missing = {"message": f"The requested resource /Video/Rooms/{sid} of {name} was not found"}
    result = scrubbed(
        Interaction("GET", f"{listed}/{sid}", 404, {}, json.dumps(missing)),
        Interaction("GET", f"{listed}?RoomName={quote(name)}", 200, {}, json.dumps(page)),
        Interaction("GET", following, 200, {}, "{}"),
    )
    refused, first, second = result.interactions
    pseudonym = "RM00000000000000000000000000000001"
    assert refused.uri == f"{LIVE}/v1/Video/Rooms/{pseudonym}"
    assert body_of(result)["message"] == f"The requested resource /Video/Rooms/{pseudonym} of name-0001 was not found"
    assert first.uri == f"{LIVE}/v1/Video/Rooms?RoomName=name-0001"
    after = json.loads(first.body)
    assert after["rooms"] == [
        {"room_sid": pseudonym, "room_name": "name-0001", "url": f"{LIVE}/v1/Video/Rooms/{pseudonym}"}
    ]
    assert after["meta"]["next_page_url"] == second.uri
    assert dict(parse_qsl(urlsplit(second.uri).query))["PageToken"] == "PT" + "1".rjust(len(token) - 2, "0")


def test_times_are_shifted_and_seconds_between_them_stay() -> None:
    result = scrubbed(room(create_time="2026-11-20T19:00:07Z", end_time="2026-11-20T19:30:00.250+02:00"))
    assert body_of(result)["create_time"] == "2026-01-15T11:00:07Z"
    assert body_of(result)["end_time"] == "2026-01-15T11:30:00.250+02:00"


def test_unknown_fields_are_masked_until_somebody_decides() -> None:
    result = scrubbed(
        room(host_ip="10.1.2.3", phone=4915112345678, secret_flag=True, owner={"mail": "k@10.1.2.3", "n": None})
    )
    assert {name: value for name, value in body_of(result).items() if name != "room_sid"} == {
        "host_ip": "text-0001",
        "phone": 0,
        "secret_flag": False,
        "owner": {"text-0002": "text-0004", "text-0003": None},
    }
    assert result.unknown == {"/host_ip": 1, "/phone": 1, "/secret_flag": 1, "/owner/*": 1}


def test_a_new_word_of_an_enum_stays_and_a_sentence_in_its_place_does_not() -> None:
    """Which value is new is what the finding is about."""
    result = scrubbed(room(room_type="spatial", created_method="Kim did it"))
    assert body_of(result)["room_type"] == "spatial"
    assert body_of(result)["created_method"] == "text-0001"


def test_pseudonyms_of_others_are_not_given_again() -> None:
    result = scrubbed(
        room(room_name="name-0001", status_callback="https://callback-0001.invalid/"), room(room_name="Kim")
    )
    assert body_of(result)["room_name"] == "name-0001"
    assert body_of(result, 1)["room_name"] == "name-0002"


def test_callbacks_and_foreign_addresses_lose_everything() -> None:
    result = scrubbed(
        room(status_callback="https://user:pw@hooks.corp.com/x?token=1", url="https://insights.twilio.com.evil.com/v1")
    )
    assert body_of(result)["status_callback"] == "https://callback-0001.invalid/"
    assert body_of(result)["url"] == "https://url-0001.invalid/"


@pytest.mark.parametrize(
    "body", ["<h1>Kim's proxy</h1>", '{"room_name": "Kim', "\x00", "[" * 50_000, '{"a":' * 900 + "1" + "}" * 900]
)
def test_what_is_not_json_is_masked_whole(body: str) -> None:
    result = scrubbed(Interaction("GET", f"{answers.ORIGIN}/v1/Video/Rooms", 502, {"server": ("kim",)}, body))
    assert FORMS.is_pseudonym(result.interactions[0].body)
    assert result.interactions[0].headers == {}


def test_written_files_say_when_they_were_changed(tmp_path: Path) -> None:
    from contract_kit.errors import FileError

    path = tmp_path / "a.yaml"
    write(Cassette(LABEL, scrubbed(room(room_type="go")).interactions), path)
    assert cassette_module.load(path).interactions
    for old, new in (
        ("2026-11-20", "2026-11-21"),
        ("status:\n      code: 200", "status:\n      code: 201"),
        ('"go"', '"no"'),
    ):
        changed = path.read_text(encoding="utf-8").replace(old, new)
        assert changed != path.read_text(encoding="utf-8")
        other = tmp_path / "b.yaml"
        other.write_text(changed, encoding="utf-8")
        with pytest.raises(FileError, match="was changed after it was recorded"):
            cassette_module.load(other)


@pytest.mark.parametrize(
    "path", sorted((ROOT / "contract_tests" / "cassettes").glob("*.yaml")), ids=lambda path: path.stem
)
def test_committed_cassettes_are_as_scrubbing_leaves_them(path: Path) -> None:
    """Nothing that is not allowed was put into one behind scrubbing's back."""
    found = cassette_module.load(path)
    origin = ORIGINS[found.label.target]
    again = scrub(found.interactions, CONTRACT, origin=origin, pseudonym_origin=origin, clock=MOMENT)
    assert again.interactions == found.interactions
    assert found.label.clock == MOMENT.strftime("%Y-%m-%dT%H:%M:%SZ")
