"""What nobody should answer: it is masked wherever it stands, and what is written can still be read and replayed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from contract_kit.cassettes import cassette as cassette_module
from contract_kit.cassettes import leaks
from contract_kit.cassettes.cassette import Cassette, Interaction
from contract_kit.cassettes.recording import write
from contract_kit.cassettes.scrubbing import MOMENT, scrub
from contract_kit.cassettes.vocabulary import vocabulary
from contract_kit.errors import InconclusiveError
from tests.cassettes import answers, hostile
from tests.cassettes.test_scrubbing import (
    CONTRACT,
    DOCUMENT,
    FORMS,
    LABEL,
    LIVE,
    PROPERTY,
    body_of,
    kinds,
    room,
    scrubbed,
)

SID = "RM" + hostile.HEX
ROOM = DOCUMENT.data["components"]["examples"]["CompletedRoom"]["value"]


def refused(message: str, **headers: str) -> Interaction:
    """An error of the API with this message."""
    body = {"code": 20404, "message": message, "more_info": "https://www.twilio.com/docs/errors/20404", "status": 404}
    path = f"{answers.ORIGIN}/v1/Video/Rooms/{SID}?PageSize=2"
    return Interaction("GET", path, 404, {name: (value,) for name, value in headers.items()}, json.dumps(body))


def message_of(message: str) -> object:
    return body_of(scrubbed(refused(message)))["message"]


@PROPERTY
@given(st.lists(hostile.interactions(), min_size=1, max_size=2))
def test_whatever_is_answered_is_masked_and_can_be_read(found: list[Interaction]) -> None:
    result = scrubbed(*found)
    cassette = Cassette(LABEL, result.interactions)
    text = cassette.dump()
    for private in hostile.PRIVATE:
        for form in (private, quote(private, safe=""), quote_plus(private), json.dumps(private)[1:-1]):
            assert form not in text
            assert not any(form in place for place in result.unknown)
    assert leaks.scan(text.encode()) == []
    assert cassette_module.parse(text, Path("hostile.yaml")) == Cassette(
        LABEL, result.interactions, Path("hostile.yaml")
    )
    again = scrub(result.interactions, CONTRACT, origin=LIVE, pseudonym_origin=LIVE, clock=MOMENT)
    assert again.interactions == result.interactions
    assert not again.masked


@PROPERTY
@example('{\n "message": "not\x85found"\n}')
@example("not\r\nfound\u2028\n")
@given(st.text(st.one_of(st.characters(exclude_categories=["Cs"]), st.sampled_from("\x85\u2028\u2029\r\n\t \ufeff"))))
def test_any_text_is_read_as_it_was_written(text: str) -> None:
    one = Interaction("GET", f"{LIVE}/v1/Video/Rooms", 200, {"allow": (text,)}, text)
    assert cassette_module.parse(Cassette(LABEL, (one,)).dump(), Path("any.yaml")).interactions == (one,)


@pytest.mark.parametrize("key", ["kim_secretson", hostile.EMAIL, hostile.HEX, SID, "a.b", "4915112345678"])
def test_keys_of_what_the_document_does_not_describe_are_masked(key: str) -> None:
    result = scrubbed(room(by_participant={key: 1}), room(participant_identity=key))
    by_participant = body_of(result)["by_participant"]
    assert isinstance(by_participant, dict)
    (masked,) = by_participant
    assert FORMS.is_pseudonym(masked)
    assert body_of(result, 1)["participant_identity"] == masked
    assert result.unknown == {"/by_participant/*": 1, "/participant_identity": 1}


@pytest.mark.parametrize(
    ("key", "stays"),
    [
        *((name, True) for name in ("edge_latency", "numScreenTracks", "ipv6", "hold_music")),
        *(
            (name, False)
            for name in (hostile.HEX, "a" + hostile.HEX, SID, hostile.EMAIL, "x4915112", "k" * 41, "deadbeefcafe")
        ),
    ],
)
def test_a_new_field_beside_known_ones_keeps_its_name(key: str, stays: bool) -> None:
    """Which field is new is what the finding is about."""
    assert (key in body_of(scrubbed(room(**{key: 1})))) is stays


@pytest.mark.parametrize(
    "said",
    [
        *("2001:470:26:307::1", "fe80::1", "0151 234567", "(415) 555 2671", "4111 1111 1111 1111", "123 45 6789"),
        *("00:11:22:33:44:55", "PIN=123456", "52,520008", "20 11 2026 19:00:07", "482913", "10.1.2.3", "1 1000"),
    ],
)
def test_numbers_that_nothing_explains_are_masked(said: str) -> None:
    masked = str(message_of(f"Invalid {said} was not found"))
    assert not re.search(r"[0-9]", re.sub(r"text-000[1-9]", "", masked))
    assert masked.startswith("Invalid ")
    assert masked.endswith(" was not found")


def test_numbers_that_something_explains_stay() -> None:
    """Documented bounds, the status and the code of the error, and what was asked for."""
    for said in ("PageSize is at most 1000", "20404: not found", "Page size 2 invalid", "Not found (404)"):
        assert message_of(said) == said


def test_a_time_in_a_header_does_not_undo_the_shift() -> None:
    at, after = (refused("x", **{"retry-after": value}) for value in ("Wed, 21 Oct 2026 07:28:00 GMT", "30"))
    found = [each.headers["retry-after"][0] for each in scrubbed(at, after).interactions]
    assert not re.search("21|2026|07|28", re.sub(r"text-[0-9]{4}", "", found[0]))
    assert found[1] == "30"


@pytest.mark.parametrize("bare", [hostile.HEX, "kim_mueller", "kim_mueller=1"])
def test_words_of_a_query_that_are_no_parameter_are_masked(bare: str) -> None:
    address = f"{answers.ORIGIN}/v1/Video/Rooms?{bare}&PageSize=2"
    bodies = [
        room(url=address, room_name=f"/?{bare}", foo=f"/x?{bare}", status_callback=address),
        refused(f"The requested resource /Video/Rooms?{bare} was not found"),
        Interaction("GET", address, 200, {}, "{}"),
    ]
    result = scrubbed(*bodies)
    assert bare.partition("=")[0] not in Cassette(LABEL, result.interactions).dump()
    assert result.interactions[2].uri == body_of(result)["url"]
    assert result.interactions[2].uri.endswith("&PageSize=2")


@pytest.mark.parametrize(
    "origin",
    [
        "HTTPS://insights.twilio.com",
        "https://Insights.Twilio.Com",
        "https://insights.twilio.com:443",
        "https://k:p@insights.twilio.com",
    ],
)
def test_urls_of_the_target_are_known_however_they_are_spelled(origin: str) -> None:
    path = f"/v1/Video/Rooms/{SID}"
    result = scrubbed(room(url=origin + path), room(url=answers.ORIGIN + path))
    assert body_of(result)["url"] == body_of(result, 1)["url"] == f"{LIVE}/v1/Video/Rooms/RM{2:032x}"


@pytest.mark.parametrize(
    "foreign",
    ["https://insights.twilio.com:8443", "https://insights.twilio.com@evil.test", "https://insights.twi\nlio.com"],
)
def test_urls_of_others_lose_everything(foreign: str) -> None:
    masked = body_of(scrubbed(room(url=f"{foreign}/v1/Video/Rooms")))["url"]
    assert FORMS.is_pseudonym(str(masked))


def test_half_a_character_ends_nothing() -> None:
    result = scrubbed(room(room_name="Kim\ud800son"), refused("Room Kim\ud800son of \udfff not found"))
    assert body_of(result, 1)["message"] == "Room name-0001 of text-0001 not found"


@pytest.mark.parametrize(
    "fields",
    [
        *(
            {"status_callback": url}
            for url in (
                "HTTPS://kim.corp.com/x",
                "wss://kim.corp.com",
                f"mailto:{hostile.EMAIL}",
                "kim",
                "/kim",
                "a b:c",
            )
        ),
        *(
            {"create_time": time}
            for time in (
                "2026-06-30T23:59:60Z",
                "2026-06-30T23:59:50.1234567890Z",
                "0001-01-01T00:00:00Z",
                "9999-12-31T23:59:59Z",
                "0002-11-01T00:00:00Z",
                "2026-11-20 20:08:56Z",
                "yesterday",
            )
        ),
        *({"media_region": word} for word in ("us9", "ash.burn", "", "moon")),
    ],
)
def test_scrubbing_invents_no_finding(fields: dict[str, str]) -> None:
    before = Interaction("GET", f"{answers.ORIGIN}/v1/Video/Rooms/{SID}", 200, {}, json.dumps({**ROOM, **fields}))
    (after,) = scrubbed(before).interactions
    assert {found[:2] for found in kinds(after)} == {found[:2] for found in kinds(before)}
    (again,) = scrub((after,), CONTRACT, origin=LIVE, pseudonym_origin=LIVE, clock=MOMENT).interactions
    assert again == after


@pytest.mark.parametrize("number", ["1e400", "-1e400", "NaN", "Infinity"])
def test_numbers_that_json_cannot_hold_are_never_written(number: str) -> None:
    result = scrubbed(Interaction("GET", f"{answers.ORIGIN}/v1/Video/Rooms", 200, {}, f'{{"duration_sec": {number}}}'))
    assert result.interactions[0].body == "text-0001"
    assert result.unknown == {"a body that is not JSON": 1}


@pytest.mark.parametrize(
    "names", [("/team", "/te\tam", "/team#a", "team"), ("PT\udcff", "PT\udcfe"), ("https://a.b/", "https://a.b")]
)
def test_different_names_stay_different(names: tuple[str, ...]) -> None:
    result = scrubbed(*(room(room_name=name) for name in names))
    masked = [str(body_of(result, number)["room_name"]) for number in range(len(names))]
    assert len(set(masked)) == len(names)
    assert all("name-000" in each and FORMS.is_pseudonym(each) for each in masked)


def test_page_tokens_stay_different_whatever_bytes_they_are() -> None:
    uris = [
        f"{answers.ORIGIN}/v1/Video/Rooms?PageToken={token}" for token in ("PT%ff", "PT%fe", "eyJhbGciOiJIUzI1NiJ9")
    ]
    found = [
        each.uri.partition("PageToken=")[2]
        for each in scrubbed(*(Interaction("GET", uri, 200, {}, "{}") for uri in uris)).interactions
    ]
    assert found == ["PT00001", "PT00002", "PT000000000000000003"]


def test_a_pseudonym_that_json_escapes_is_not_given_again() -> None:
    escaped = '{"room_name": "name\\u002d0001", "x": {"text\\u002d0001": 1, "kim.x": 2}}'
    path = f"{answers.ORIGIN}/v1/Video/Rooms/{SID}"
    result = scrubbed(room(room_name="Kim"), Interaction("GET", path, 200, {}, escaped))
    assert (body_of(result)["room_name"], body_of(result, 1)["room_name"]) == ("name-0002", "name-0001")
    assert body_of(result, 1)["x"] == {"text-0001": 0, "text-0002": 0}


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"media_region": hostile.HEX}, False),
        ({"room_type": "x4915112345678"}, False),
        ({"codecs": ["b" * 64]}, False),
        ({"codecs": ["AV1"]}, True),
        ({"room_name": "name-4915112345678"}, False),
        ({"status_callback": "text-4915112345678"}, False),
        ({"status_callback": "https://callback-4915112345678.invalid/"}, False),
    ],
)
def test_what_only_looks_like_a_word_or_a_pseudonym_is_masked(fields: dict[str, object], kept: bool) -> None:
    (value,) = fields.values()
    assert (body_of(scrubbed(room(**fields)))[next(iter(fields))] == value) is kept


@pytest.mark.parametrize(("version", "kept"), [("2.31.0", True), ("5.8.3-beta.1", True), ("10.1.2.3", False)])
def test_a_version_is_no_address(version: str, kept: bool) -> None:
    path = f"{answers.ORIGIN}/v1/Video/Rooms/{SID}/Participants/PA{hostile.HEX}"
    body = json.dumps({"publisher_info": {"name": "twilio-video-js", "sdk_version": version}})
    info = body_of(scrubbed(Interaction("GET", path, 200, {}, body)))["publisher_info"]
    assert (info["sdk_version"] == version) is kept  # type: ignore[index]


def test_examples_of_the_document_are_no_words_of_it() -> None:
    assert not {"standup", "weekly-review", "nobody"} & vocabulary(DOCUMENT.data)
    assert message_of("standup was not found") == "text-0001 was not found"


def test_what_cannot_be_read_back_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "rooms.yaml"
    path.write_text("what was there", encoding="utf-8")
    elsewhere = Interaction("GET", "https://url-0001.invalid/", 200, {}, "{}")
    with pytest.raises(InconclusiveError, match="is not written, nobody could read it"):
        write(Cassette(LABEL, (elsewhere,)), path)
    assert path.read_text(encoding="utf-8") == "what was there"
