"""What rows and pages are good for beside their values; and what the document does not know is found everywhere."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from video_log_analyzer_client import Deviation, Participant, ParticipantPage, RoomPage, errors

from tests.client.conftest import Service, answer, client_of, document, example, page_of


def page(count: int, **changes: object) -> RoomPage:
    rooms = [example("CompletedRoom") | {"room_sid": f"RM{number:032d}"} | changes for number in range(count)]
    return RoomPage.from_dict(page_of(rooms))


def test_page_is_shown_on_one_short_line() -> None:
    shown = repr(page(50))
    assert shown.startswith("RoomPage(rooms=<50 × Room>, meta=PageMeta(")
    assert len(shown) < 500
    assert repr(page(0)).startswith("RoomPage(rooms=[], ")


def test_rows_are_told_apart_by_their_sid() -> None:
    rooms = page(3).rooms
    assert len({*rooms, *page(3).rooms}) == 3
    assert hash(rooms[0]) == hash(page(1, room_name="another").rooms[0])
    person = Participant.from_dict(example("ParticipantPage")["participants"][0])
    assert len({person, person}) == 1


def test_dictionary_has_instants_where_they_are_wanted() -> None:
    room = page(1).rooms[0]
    assert room.to_dict()["create_time"] == "2026-11-20T20:08:56Z"
    assert room.to_dict(mode="python")["create_time"] == datetime(2026, 11, 20, 20, 8, 56, tzinfo=UTC)


def test_html_is_a_table_and_runs_nothing() -> None:
    shown = page(60, room_name="<script>alert(1)</script>")._repr_html_()
    assert shown.count("<tr>") == 51
    assert "and 10 more rows" in shown
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "<td>room_name</td>" in page(1).rooms[0]._repr_html_()


def test_arrow_has_the_types_of_the_document() -> None:
    pyarrow = pytest.importorskip("pyarrow", reason="the client's extra `arrow` is not installed")
    table = page(2, end_time=None, media_region="us9").to_arrow()
    assert table.num_rows == 2
    assert table.schema.field("create_time").type == pyarrow.timestamp("us", tz="UTC")
    assert table.schema.field("codecs").type == pyarrow.list_(pyarrow.string())
    assert table.column("end_time").null_count == 2
    assert table.column("media_region").to_pylist() == ["us9", "us9"]
    assert page(0).to_arrow().schema == table.schema
    people = ParticipantPage.from_dict(example("ParticipantPage")).to_arrow()
    assert people.column("publisher_info").to_pylist()[0]["name"] == "twilio-video-js"


def test_arrow_that_is_missing_is_named() -> None:
    script = "import sys; sys.modules['pyarrow'] = None\nfrom tests.client.test_models import page\npage(1).to_arrow()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert "pyarrow is missing: pip install 'video-log-analyzer-client[arrow]'" in done.stderr


# An oracle that reads the document: what it does not know, in the order of the body.
def oracle(value: object, schema: dict[str, Any], pointer: str = "") -> Iterator[Deviation]:
    schema = resolved(schema)
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        for key, below in value.items():
            if key in properties:
                yield from oracle(below, properties[key], f"{pointer}/{key}")
            else:
                yield Deviation("list_rooms", f"{pointer}/{key}", "extra key", below)
        for key in properties:
            if key not in value and key in schema.get("required", ()):
                yield Deviation("list_rooms", f"{pointer}/{key}", "missing key")
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from oracle(each, schema["items"], f"{pointer}/{number}")
    elif isinstance(value, str) and value not in schema.get("enum", [value]):
        yield Deviation("list_rooms", pointer, "unknown value", value)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in schema or "anyOf" in schema:
        if "$ref" in schema:
            found: Any = document()
            for step in schema["$ref"].split("/")[1:]:
                found = found[step]
            schema = found
        else:
            schema = next(each for each in schema["anyOf"] if each.get("type") != "null")
    return schema


@st.composite
def damaged_pages(draw: st.DrawFn) -> dict[str, Any]:
    """A page in which keys came, keys that may be null went, and values of enums are others."""
    body = page_of([copy.deepcopy(example("CompletedRoom")) for _ in range(draw(st.integers(0, 3)))])
    nullable = [
        name for name, each in document()["components"]["schemas"]["Room"]["properties"].items() if "anyOf" in each
    ]
    for room in body["rooms"]:
        for _ in range(draw(st.integers(0, 3))):
            match draw(st.sampled_from(["extra", "missing", "unknown", "below"])):
                case "extra":
                    room[draw(st.sampled_from(["new", "a/b", "a~c", "room", "meta"]))] = draw(st.integers())
                case "missing":
                    room.pop(draw(st.sampled_from(nullable)), None)
                case "unknown":
                    room[draw(st.sampled_from(["media_region", "room_type", "edge_location"]))] = draw(
                        st.text(max_size=3)
                    )
                case _:
                    room["codecs"] = ["VP8", draw(st.text(max_size=3))]
    return dict(draw(st.permutations(list(body.items()))))


@given(damaged_pages())
def test_whatever_is_not_known_is_found(body: dict[str, Any]) -> None:
    told: list[Deviation] = []
    client_of(Service([answer(body)]), {"on_unknown": told.append}).rooms.list()
    schema = {"$ref": "#/components/schemas/RoomPage"}
    expected = list(oracle(body, schema))
    assert sorted(map(str, told)) == sorted(
        str(each).replace("a/b", "a~1b").replace("a~c", "a~0c") for each in expected
    )


@given(damaged_pages())
def test_strict_fails_exactly_where_something_is_not_known(body: dict[str, Any]) -> None:
    client = client_of(Service([answer(json.dumps(body).encode())]), {"strict": True})
    if list(oracle(body, {"$ref": "#/components/schemas/RoomPage"})):
        with pytest.raises(errors.UnknownContent):
            client.rooms.list()
    else:
        assert isinstance(client.rooms.list().rooms, list)
