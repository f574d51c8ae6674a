"""The document against the ledger: a small one with a fault planted in every place, and the real one."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from contract_kit import yaml_file
from contract_kit.ledger import model as ledger
from contract_kit.ledger.basis import document_problems, example_problems
from contract_kit.ledger.model import Ledger
from contract_kit.yaml_file import YamlFile

Write = Callable[..., Path]

ROOT = Path(__file__).parents[2]

OLD = """
    - {id: O.Room.region, subject: Room.region, at: {lines: 1}, anchor: a,
       says: {type: string, nullable: true, enum: [us1, us2, dev1]}}
    """
NEW = """
    - {id: N.Room.region, subject: Room.region, at: {lines: 1}, anchor: a,
       says: {type: string, nullable: true, enum: [us1, de1]}}
    - {id: N.Room.sid, subject: Room.sid, at: {lines: 2}, anchor: a,
       says: {type: string, pattern: ^RM$, max_length: 34}}
    - {id: N.Room.codecs, subject: Room.codecs, at: {lines: 3}, anchor: a,
       says: {type: array, nullable: true, items: {type: string, enum: [VP8]}}}
    - {id: N.Room.links, subject: Room.links, at: {lines: 4}, anchor: a, says: {type: object, nullable: true}}
    - {id: N.Links.all, subject: Links.all, at: {lines: 5}, anchor: a, says: {type: string, format: uri}}
    - {id: N.Path.RoomSid, subject: Path.RoomSid, at: {lines: 6}, anchor: a,
       says: {type: string, in: path, required: true, name: RoomSid}}
    - {id: N.Paging.PageSize, subject: Paging.PageSize, at: {lines: 7}, anchor: a,
       says: {type: integer, minimum: 1, in: query}}
    - {id: N.Header.Origin, subject: Header.Origin, at: {lines: 8}, anchor: a, says: {type: string, in: header}}
    - {id: N.fetch_room, subject: fetch_room, at: {lines: 9}, anchor: a,
       says: {method: GET, path: '/Rooms/{RoomSid}'}}
    - {id: N.Api.retention, subject: Api.retention, at: {lines: 10}, anchor: a, says: {days: 7}}
    """
DECISIONS = """
    - {id: D1, title: x, subjects: [Room.region], for: [O.Room.region], against: [N.Room.region], decision: x,
       chooses: {enum: union, internal: [dev1]}, why: x, status: settled}
    - {id: D2, title: x, subjects: [Api.retention, Paging.PageSize], decision: x,
       chooses: {Paging.PageSize: {default: 50}}, why: x, status: assumed}
    """
EXAMPLE = """
    - {id: N.fetch_room.example, operation: fetch_room, status: 200, at: {lines: 9-11}, anchor: region,
       body: {region: xx}, deviations: [{at: /region, keyword: enum, decision: D1}]}
    """

DOCUMENT: dict[str, Any] = {
    "paths": {
        "/Rooms/{RoomSid}": {
            "parameters": [{"$ref": "#/components/parameters/RoomSid"}],
            "get": {
                "operationId": "fetch_room",
                "x-basis": "fetch_room",
                "parameters": [{"$ref": "#/components/parameters/PageSize"}],
                "responses": {"200": {"$ref": "#/components/responses/Room"}},
            },
        }
    },
    "components": {
        "parameters": {
            "RoomSid": {
                "name": "RoomSid",
                "in": "path",
                "required": True,
                "x-basis": "Path.RoomSid",
                "schema": {"type": "string"},
            },
            "PageSize": {
                "name": "PageSize",
                "in": "query",
                "x-basis": "Paging.PageSize",
                "schema": {"type": "integer", "minimum": 1, "default": 50},
            },
        },
        "headers": {"Origin": {"x-basis": "Header.Origin", "schema": {"type": "string"}}},
        "responses": {
            "Room": {
                "headers": {"Origin": {"$ref": "#/components/headers/Origin"}},
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Room"}}},
            }
        },
        "schemas": {
            "Room": {
                "type": "object",
                "properties": {
                    "sid": {"x-basis": "Room.sid", "$ref": "#/components/schemas/Sid"},
                    "region": {
                        "x-basis": "Room.region",
                        "anyOf": [{"$ref": "#/components/schemas/Region"}, {"type": "null"}],
                    },
                    "codecs": {
                        "x-basis": "Room.codecs",
                        "type": ["array", "null"],
                        "items": {"type": "string", "enum": ["VP8"], "x-enum-status": {"VP8": "current"}},
                    },
                    "links": {
                        "x-basis": "Room.links",
                        "type": ["object", "null"],
                        "properties": {"all": {"x-basis": "Links.all", "type": "string", "format": "uri"}},
                    },
                },
                "examples": [{"properties": {"not": "a schema"}}],
            },
            "Sid": {"type": "string", "pattern": "^RM$", "maxLength": 34},
            "Region": {
                "type": "string",
                "enum": ["us1", "de1", "us2", "dev1"],
                "x-enum-status": {"us1": "current", "de1": "current", "us2": "withdrawn", "dev1": "internal"},
            },
        },
    },
}

ABSENT = object()


@pytest.fixture
def small(write: Write) -> Ledger:
    return ledger.load(write(old=OLD, new=NEW, decisions=DECISIONS, examples=EXAMPLE))


def problems(small: Ledger, document: dict[str, Any]) -> list[str]:
    return [str(problem) for problem in document_problems(small, YamlFile(Path("api.yaml"), document, {"": 12}))]


def test_a_document_that_says_what_the_ledger_says(small: Ledger) -> None:
    assert problems(small, DOCUMENT) == []


@pytest.mark.parametrize(
    ("pointer", "value", "message"),
    [
        ("components/schemas/Room/properties/sid/x-basis", ABSENT, "12 sid: this property has no x-basis"),
        (
            "components/schemas/Room/properties/links/properties/all/x-basis",
            ABSENT,
            "12 all: this property has no x-basis",
        ),
        ("components/parameters/PageSize/x-basis", ABSENT, "12 PageSize: this parameter has no x-basis"),
        ("components/headers/Origin/x-basis", ABSENT, "12 Origin: this header has no x-basis"),
        ("paths/~Rooms~{RoomSid}/get/x-basis", ABSENT, "12 fetch_room: this operation has no x-basis"),
        ("components/schemas/Room/properties/sid/x-basis", "Room.sdi", "sid: unknown subject or decision 'Room.sdi'"),
        ("components/schemas/Room/properties/sid/x-basis", "D9", "sid: unknown subject or decision 'D9'"),
        (
            "components/schemas/Room/properties/sid/x-basis",
            "D1",
            "N.Room.sid: neither a node of the document nor a decision names",
        ),
        (
            "components/schemas/Room/properties/sid/x-basis",
            "Links.all",
            "sid: rests on Links.all, a subject of another name",
        ),
        ("components/schemas/Sid/pattern", "^AC$", "sid: says pattern: ^AC$, where the ledger has ^RM$ for Room.sid"),
        ("components/schemas/Sid/maxLength", ABSENT, "sid: says max_length: absent, where the ledger has 34"),
        ("components/schemas/Sid/format", "uri", "sid: says format: uri, where the ledger has absent"),
        (
            "components/schemas/Room/properties/codecs/type",
            "array",
            "codecs: says nullable: absent, where the ledger has True",
        ),
        ("components/schemas/Room/properties/codecs/items/type", "integer", "codecs: says items.type: integer"),
        (
            "components/schemas/Room/properties/codecs/items/enum",
            ["VP8", "VP9"],
            "codecs: 'VP9' is in no published list of Room.codecs (published: VP8)",
        ),
        ("components/schemas/Room/properties/links/type", "object", "links: says nullable: absent"),
        (
            "components/schemas/Room/properties/region/anyOf",
            [{"$ref": "#/components/schemas/Region"}],
            "region: says nullable: absent",
        ),
        (
            "components/schemas/Region/enum",
            ["us1", "de1", "us2", "dev1", "us1x"],
            "Region: 'us1x' is in no published list of Room.region (published: us1, de1, us2, dev1): correct",
        ),
        (
            "components/schemas/Region/enum",
            ["us1", "us2", "dev1"],
            "Region: 'de1' is published for Room.region but missing here",
        ),
        ("components/schemas/Region/x-enum-status", ABSENT, "Region: has no x-enum-status"),
        (
            "components/schemas/Region/x-enum-status/us2",
            "current",
            "Region: x-enum-status of 'us2' is current, the evidence for Room.region says withdrawn",
        ),
        (
            "components/schemas/Region/x-enum-status/dev1",
            ABSENT,
            "Region: x-enum-status of 'dev1' is absent, the evidence for Room.region says internal",
        ),
        (
            "components/schemas/Region/x-enum-status/zz1",
            "current",
            "Region: x-enum-status of 'zz1' is current, the evidence for Room.region says absent",
        ),
        ("components/parameters/RoomSid/required", ABSENT, "RoomSid: says required: absent, where the ledger has True"),
        (
            "components/parameters/RoomSid/name",
            "Room_SID",
            "Room_SID: rests on Path.RoomSid, a subject of another name",
        ),
        ("components/parameters/PageSize/in", "header", "PageSize: says in: header, where the ledger has query"),
        (
            "components/parameters/PageSize/schema/default",
            ABSENT,
            "PageSize: says default: absent, where the ledger has 50",
        ),
        ("components/parameters/PageSize/schema/minimum", 0, "PageSize: says minimum: 0, where the ledger has 1"),
        ("components/headers/Origin/schema/type", "boolean", "Origin: says type: boolean, where the ledger has string"),
    ],
)
def test_a_planted_fault_is_found(small: Ledger, pointer: str, value: object, message: str) -> None:
    document = deepcopy(DOCUMENT)
    node: Any = document
    *above, key = [token.replace("~", "/") for token in pointer.split("/")]
    for token in above:
        node = node[token]
    if value is ABSENT:
        del node[key]
    else:
        node[key] = value
    assert message in "\n".join(problems(small, document))


def test_another_path_or_method_is_found(small: Ledger) -> None:
    document = deepcopy(DOCUMENT)
    item = document["paths"].pop("/Rooms/{RoomSid}")
    document["paths"]["/Rooms/{Room_SID}"] = {"post": item["get"]}
    found = "\n".join(problems(small, document))
    assert "fetch_room: says method: POST, where the ledger has GET" in found
    assert "fetch_room: says path: /Rooms/{Room_SID}, where the ledger has /Rooms/{RoomSid}" in found


@pytest.mark.parametrize(
    ("broken", "messages"),
    [
        ([("/region", "enum")], []),
        (
            [("/region", "enum"), ("/sid", "pattern")],
            ["deviates from the document at /sid (pattern), which no decision explains"],
        ),
        ([], ["no longer deviates at /region (enum), which D1 explains: take the deviation out"]),
    ],
)
def test_deviations_of_examples_are_all_explained(
    small: Ledger, broken: list[tuple[str, str]], messages: list[str]
) -> None:
    found = [str(problem) for problem in example_problems(small, lambda operation, status, body: broken)]
    assert len(found) == len(messages)
    assert all(message in text for message, text in zip(messages, found, strict=True))
    assert all("claims/new.yaml:" in text and "N.fetch_room.example" in text for text in found)


def test_the_real_document_says_what_the_real_ledger_says(real: Ledger) -> None:
    document = yaml_file.load(ROOT / "openapi" / "video-log-analyzer.yaml")
    assert [str(problem) for problem in document_problems(real, document)] == []
