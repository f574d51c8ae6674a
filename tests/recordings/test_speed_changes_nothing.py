"""The quick way through bodies by the million finds what the check finds, and counts it alike."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_kit.check.conformance import Conformance
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.violations import violations
from contract_kit.findings.finding import Kind, merged
from contract_kit.findings.results import Result
from contract_kit.recordings.explanation import QuickExplanation
from contract_kit.recordings.shapes import Shapes
from tests.recordings.examples import (
    CONTRACT,
    DOCUMENT,
    ERROR,
    MASKER,
    PARTICIPANT,
    PARTICIPANT_PAGE,
    ROOM,
    ROOM_PAGE,
    har,
    har_entry,
    text,
    validated,
    write,
)

TWO_ROOMS = {**ROOM_PAGE, "rooms": [ROOM, {**ROOM, "end_time": None}]}
BODIES = [ROOM, PARTICIPANT, TWO_ROOMS, PARTICIPANT_PAGE, ERROR]
VALUES: list[Any] = [
    None,
    True,
    0,
    -1.5,
    10**30,
    "",
    "x",
    "us9",
    "outside",
    "PUT",
    "VP8",
    "not a uri",
    "https://a.example/",
]
VALUES += [
    "2026-13-01T00:00:00Z",
    "2026-11-20t20:08:56.123+01:00",
    ROOM["room_sid"],
    [],
    ["VP8", "AV1", None],
    {},
    {"participants": 7, "x": 1},
]
KEYS = ["x", "two words", "room_sid", "participants", "alice@example.com", "a~b/c", "7", ""]
CONFORMANCE = Conformance(DOCUMENT)
SHAPES = Shapes(CONTRACT)


def containers(value: Any) -> list[Any]:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return ([value] if isinstance(value, (dict, list)) and value else []) + [
        found for each in below for found in containers(each)
    ]


@st.composite
def bodies(draw: st.DrawFn) -> Any:
    """A body of this API with up to three things about it changed."""
    body = deepcopy(draw(st.sampled_from(BODIES)))
    for _ in range(draw(st.integers(0, 3))):
        container = draw(st.sampled_from(containers(body) or [body]))
        if isinstance(container, dict):
            key = draw(st.sampled_from(sorted(container) or KEYS))
            match draw(st.sampled_from(["set", "set", "drop", "add"])):
                case "set":
                    container[key] = deepcopy(draw(st.sampled_from(VALUES)))
                case "drop":
                    container.pop(key, None)
                case "add":
                    container[draw(st.sampled_from(KEYS))] = deepcopy(draw(st.sampled_from(VALUES)))
        else:
            container[draw(st.integers(0, len(container) - 1))] = deepcopy(draw(st.sampled_from(VALUES)))
    return body


def spaced(body: Any) -> str:
    """As Python's json writes it, all beyond ASCII as escapes."""
    return json.dumps(body)


def escaped(body: Any) -> str:
    """With escapes for what needs none, colons of values among it."""
    return text(body).replace("https:", "https\\u003A").replace("VP8", "V\\u00508")


def odd(body: Any) -> str:
    """With blanks where nobody expects them."""
    return text(body).replace('":', '"\t : ').replace(",", " ,") + "\r"


def slowly(recorded: list[Any]) -> Counter[tuple[str, str]]:
    """What the check finds in the bodies: each finding and how often."""
    found = []
    for body in recorded:
        told = SHAPES.told(body)
        if told is not None:
            headers = {"content-type": "application/json"}
            answer = ObservedResponse(told[0], "GET", "", told[1], headers, text(body).encode(), MASKER)
            found += [each for each in CONFORMANCE.findings(answer) if not each.location.startswith("header:")]
    return Counter({(each.fingerprint, each.kind): each.count for each in merged(found)})


def quickly(result: Result) -> Counter[tuple[str, str]]:
    return Counter({(each.fingerprint, each.kind): each.count for each in result.findings if each.kind != Kind.CLIENT})


several = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@several
@given(
    recorded=st.lists(
        st.tuples(st.one_of(bodies(), st.sampled_from(BODIES)), st.sampled_from([text, text, spaced, escaped, odd])),
        min_size=1,
        max_size=4,
    ),
    times=st.integers(1, 40),
    between=st.sampled_from(["", "\n", " \r\n"]),
)
def test_lines_are_judged_as_the_check_judges(
    recorded: list[tuple[Any, Callable[[Any], str]]], times: int, between: str, tmp_path: Path
) -> None:
    lines = "".join(written(body) + "\n" + between for body, written in recorded) * times
    result = validated(write(tmp_path / "bodies.ndjson", lines))
    assert quickly(result) == slowly([body for body, _ in recorded] * times)
    assert not [each for each in result.blind_spots if "disagree" in each]


def changes(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """``body`` with one thing changed, at each place and in each way."""
    for number, container in enumerate(containers(body)):
        for key in [*container, "spare", "two words"] if isinstance(container, dict) else ():
            values: tuple[Any, ...] = ("", "x", 7, True, None, [], {}) if key in container else (None,)
            for value in values:
                changed = deepcopy(body)
                containers(changed)[number][key] = value
                yield changed
            if key in container:
                changed = deepcopy(body)
                del containers(changed)[number][key]
                yield changed


@pytest.mark.parametrize("body", [ROOM, PARTICIPANT], ids=["room", "participant"])
def test_what_was_learned_of_one_deviation_fits_no_other(body: dict[str, Any], tmp_path: Path) -> None:
    """As many deviations as are known at sight, each often enough for that, then all of them."""
    every = list(changes(body))
    expected = [slowly([each]) for each in every]
    rest = "".join(text(each) + "\n" for each in every)
    for start in range(0, len(every), 24):
        learned = every[start : start + 8]
        lines = "".join(text(each) + "\n" for each in learned) * 5 + rest + text(body)
        result = validated(write(tmp_path / "bodies.ndjson", lines))
        known = expected[start : start + 8] * 5
        assert quickly(result) == sum(known + expected, Counter())


@pytest.mark.parametrize("body", [ROOM, PARTICIPANT], ids=["room", "participant"])
def test_sound_bodies_among_those_that_deviate_are_sound(body: dict[str, Any], tmp_path: Path) -> None:
    """Each deviation in a file of its own, of several blocks that have nothing but it and sound bodies."""
    every = list(changes(body))
    files = [
        write(tmp_path / f"{number}.ndjson", (text(each) + "\n" + text(body) + "\n") * 50)
        for number, each in enumerate(every)
    ]
    assert quickly(validated(*files)) == sum([slowly([each]) for each in every] * 50, Counter())


ROOM_TEXT = text(ROOM)
HALVES = ROOM_TEXT.partition(',"room_name"')


@pytest.mark.parametrize(
    ("lines", "judged", "unreadable", "twice"),
    [
        # A line feed in place of a comma, and a comma in place of a line feed: as many values as lines.
        ([HALVES[0], HALVES[1][1:] + HALVES[2], f"{ROOM_TEXT},{ROOM_TEXT}", ROOM_TEXT], 1, 3, 0),
        ([ROOM_TEXT.replace("{", '{"url":"https://a.example",', 1), ROOM_TEXT], 2, 0, 1),
        ([spaced(ROOM).replace("{", '{"url" : "https://a.example", ', 1), spaced(ROOM)], 2, 0, 1),
        # The colons of the key that stands twice made up for by one that is written as an escape.
        ([ROOM_TEXT.replace("https:", "https\\u003a", 1).replace("{", '{"url":"",', 1), ROOM_TEXT], 2, 0, 1),
        (["", "", ROOM_TEXT, ""], 1, 0, 0),
        (["\ufeff" + ROOM_TEXT, ROOM_TEXT], 2, 0, 0),
    ],
    ids=["broken at a comma", "a key twice", "a key twice with blanks", "an escape", "blank lines", "byte order mark"],
)
def test_lines_that_only_look_sound_together(
    lines: list[str], judged: int, unreadable: int, twice: int, tmp_path: Path
) -> None:
    for before in (0, 100):
        content = "\n".join([*lines[:1], *[ROOM_TEXT] * before, *lines[1:]])
        result = validated(write(tmp_path / "rooms.ndjson", content))
        assert sum(each.requests for each in result.operations) == judged + before
        assert ("could not be read" in " ".join(result.blind_spots)) == bool(unreadable)
        found = [each.kind for each in result.findings if each.kind != Kind.CLIENT]
        assert found == [Kind.MALFORMED_BODY] * twice


@several
@given(body=bodies())
def test_jsonschema_rs_explains_as_jsonschema_does(body: Any) -> None:
    explain = QuickExplanation()
    for shape in SHAPES.all:
        quick, slow = (
            sorted((each.location, each.keyword, text(each.allowed), each.basis, text(each.instance)) for each in found)
            for found in (explain(body, shape.schema, DOCUMENT), violations(body, shape.schema, DOCUMENT))
        )
        assert quick == slow


@several
@given(body=bodies())
def test_what_is_sound_conforms_and_has_no_notice(body: Any) -> None:
    for shape in SHAPES.all:
        if shape.is_sound(body):
            assert violations(body, shape.schema, DOCUMENT) == []
            assert list(shape.notices(body)) == []


def test_a_thousand_alike_are_counted_with_few_examples(tmp_path: Path) -> None:
    drifted = {**ROOM, "media_region": "us9", "links": None, "brand": "new"}
    del drifted["url"]
    result = validated(write(tmp_path / "rooms.ndjson", (text(drifted) + "\n") * 1000))
    assert {each.kind: each.count for each in result.findings if each.kind != Kind.CLIENT} == {
        Kind.UNDOCUMENTED_VALUE: 1000,
        Kind.UNDOCUMENTED_FIELD: 1000,
        Kind.MISSING_FIELD: 1000,
    }
    for finding in result.findings:
        assert len(finding.examples) == (1 if finding.kind == Kind.CLIENT else 3)
        assert finding.examples[0].request.endswith("rooms.ndjson:1")
        assert finding.impact or finding.kind == Kind.CLIENT


def test_withdrawn_and_internal_values_are_counted_too(tmp_path: Path) -> None:
    room = {**ROOM, "media_region": "outside", "status_callback_method": "PUT"}
    page = {**ROOM_PAGE, "rooms": [room, room]}
    lines = (text(room) + "\n") * 100 + (text(page) + "\n") * 10
    result = validated(write(tmp_path / "rooms.ndjson", lines))
    assert {(each.operation, each.kind): each.count for each in result.findings} == {
        ("fetch_room", Kind.INTERNAL_VALUE): 100,
        ("fetch_room", Kind.WITHDRAWN_VALUE): 100,
        ("list_rooms", Kind.INTERNAL_VALUE): 20,
        ("list_rooms", Kind.WITHDRAWN_VALUE): 20,
    }
    assert result.exit_status == 0


def test_random_keys_do_not_fill_the_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from contract_kit.recordings import tally

    monkeypatch.setattr(tally, "MOST_FINDINGS", 20)
    lines = "".join(text({**ROOM, f"key{number}": 1}) + "\n" for number in range(50))
    result = validated(write(tmp_path / "rooms.ndjson", lines))
    assert len(result.findings) == 20
    assert "30 deviations beyond" in " ".join(result.remarks)


@pytest.mark.parametrize("time", ["2016-12-31T23:59:60Z", "0000-01-01T00:00:00Z"])
def test_a_disagreement_of_the_validators_is_told(time: str, tmp_path: Path) -> None:
    """A leap second and the year 0 are times to jsonschema-rs and to RFC 3339, and none to jsonschema."""
    odd = {**ROOM, "media_region": "us9", "create_time": time}
    for name, content in (("a.ndjson", text(odd)), ("a.har", har(har_entry(text(odd))))):
        result = validated(write(tmp_path / name, content))
        assert "jsonschema and jsonschema-rs disagree about 1 of 1 answers" in " ".join(result.blind_spots)
        assert "a bug to report" in " ".join(result.blind_spots)
