"""Claims against sources: the real ones where they are at hand, and small made-up ones in each notation."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from contract_kit.ledger import evidence
from contract_kit.ledger.facets import flatten
from contract_kit.ledger.model import Claim, Ledger, Passage, PublishedExample, Source
from video_log_analyzer.readings import READERS

FRAGMENTS = """\
# Rooms

GET https://example.com/v1/Video/Rooms/{Room_ID}

```json
{
  "name": "a",
  "tags": [1]
}
```

[{"name":"RoomSid","in":"path","description":"The SID.","schema":{"type":"string"},"required":true}]
{"type":"object","refName":"video_room_summary","properties":{"kind":KIND}}

Logs are there for seven days.
""".replace("KIND", '{"type":"string","enum":["a","b"],"nullable":true,"description":"Kind of room. Can be `a`."}')

RENDERING = """\
GET /v1/Video/Rooms

Query parameters

  • PageSize integer(int64)

    Page size. The default is 50, and the maximum is 100.

    Minimum value is 1, maximum value is 100.

Responses

    Hide response attributes Show response attributes object
    • rooms array[object]
      Hide rooms attributes Show rooms attributes object
      • room_sid string | null

        Which room.

        Minimum length is 34, maximum length is 34. Format should match the following pattern: ^RM[0-9]{32}$.

      • codecs array[string | null]

        Values are VP8, H264, or opus.

      • Number of something.
{
  "rooms": []
}
"""

RUN_TOGETHER = """\
GET https://example.com/v1/Video/Rooms
1{2"rooms": [3{4"duration_sec": 50,5"codecs": [6"VP8"7]8}9]10}
Type of room. Can be go or group.
gogroup_smallCodecs in use.
VP8H264opusURL of something.
A participant summary is represented by the following properties:
Who it is.
^PA[0-9]{32}$Min length: 34Max length: 34Where it was.
us1gll
The properties object contains the following keys:
| Name | Description |
|---|---|
| isAdhoc | Boolean. Whether it came ad hoc. |
| numTracks | Number of tracks. |
1first_reason2second_reason
"""

FACTS = """\
| date | change |
|---|---|
| 2022-04-06, -20 | `method` gets format `http-method`; `links` gets `object` |
| 2024-04-18 | `method` narrows to GET, POST; loses twelve values |
The lesson: things change. Constant throughout: no `required` list.
"""

TEXTS = {"fragments": FRAGMENTS, "rendering": RENDERING, "run-together": RUN_TOGETHER}


def check(folder: Path, notation: str, *entries: Claim | PublishedExample) -> list[str]:
    """The problems of one source of the given notation with these claims and examples."""
    history = notation == "dated-rows"
    (folder / "sources").mkdir(exist_ok=True)
    text = FACTS if history else TEXTS[notation]
    path = folder / "facts.md" if history else folder / "sources" / "page.txt"
    path.write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    file = None if history else "page.txt"
    source = Source(
        *("page", "S", "a page", "unknown", "this API", None, notation),
        *(file, None if history else digest, "2024", None, "itself", "rooms", 1),
    )
    claims = tuple(entry for entry in entries if isinstance(entry, Claim))
    examples = tuple(entry for entry in entries if isinstance(entry, PublishedExample))
    return [
        str(problem)
        for problem in evidence.problems(Ledger((source,), claims, examples, ()), folder / "sources", READERS)
    ]


def claim(subject: str, at: Passage, anchor: str, says: dict[str, object]) -> Claim:
    return Claim(f"S.{subject}", "page", subject, flatten(says), at, anchor, "claims/page.yaml", 7)


def lines(first: int, last: int | None = None, path: str = "") -> Passage:
    return Passage(first, last or first, path)


def example(at: Passage, body: object) -> PublishedExample:
    return PublishedExample("S.list_rooms.example", "page", "list_rooms", 200, at, '"', body, (), "claims/page.yaml", 9)


SID = {"type": "string", "nullable": True, "min_length": 34, "max_length": 34, "pattern": "^RM[0-9]{32}$"}
COMPLETE: dict[str, list[Claim | PublishedExample]] = {
    "fragments": [
        claim("fetch_room", lines(3), "GET", {"method": "GET", "path": "/v1/Video/Rooms/{Room_ID}"}),
        claim("Path.RoomSid", lines(3, path="{Room_ID}"), "Room_ID", {"name": "Room_ID"}),
        claim(
            "Path.RoomSid",
            lines(12, path="$[0]"),
            "The SID",
            {"type": "string", "in": "path", "required": True, "name": "RoomSid"},
        ),
        claim("Room", lines(13, path="$"), "video_room_summary", {"type": "object"}),
        claim(
            "Room.kind",
            lines(13, path="$.properties.kind"),
            "Kind of room",
            {"type": "string", "enum": ["a", "b"], "nullable": True},
        ),
        claim("Room.kind", lines(13, path="$.properties.kind.description"), "Can be", {"prose_values": ["a"]}),
        claim("Api.retention", lines(15), "Logs are there", {"days": 7}),
        example(lines(6, 9), {"name": "a", "tags": [1]}),
    ],
    "rendering": [
        claim("list_rooms", lines(1), "GET", {"method": "GET", "path": "/v1/Video/Rooms"}),
        claim(
            "Paging.PageSize",
            lines(5, 9),
            "PageSize",
            {"type": "integer", "format": "int64", "minimum": 1, "maximum": 100, "in": "query"},
        ),
        claim("Paging.PageSize", lines(7), "The default", {"default": 50, "maximum": 100}),
        claim("RoomPage.rooms", lines(14), "rooms", {"type": "array", "items": {"type": "object"}}),
        claim("Room.room_sid", lines(16, 20), "room_sid string", SID),
        claim(
            "Room.codecs",
            lines(22, 24),
            "codecs",
            {"type": "array", "items": {"type": "string", "nullable": True, "enum": ["VP8", "H264", "opus"]}},
        ),
        claim("Room.something", lines(26), "Number of something", {"name_lost": True}),
        example(lines(27, 29), {"rooms": []}),
    ],
    "run-together": [
        claim("list_rooms", lines(1), "GET", {"method": "GET", "path": "/v1/Video/Rooms"}),
        example(lines(2), {"rooms": [{"duration_sec": 50, "codecs": ["VP8"]}]}),
        claim("list_rooms.RoomType", lines(3, 4), "Type of room", {"name_lost": True, "enum": ["go", "group_small"]}),
        claim("list_rooms.RoomType", lines(3), "Can be go", {"prose_values": ["go", "group"]}),
        claim(
            "list_rooms.Codec",
            lines(4, 5),
            "Codecs in use",
            {"name_lost": True, "items": {"enum": ["VP8", "H264", "opus"]}},
        ),
        claim("list_rooms.url", lines(5), "URL of something", {"name_lost": True}),
        claim(
            "Participant.sid",
            lines(7, 8),
            "Who",
            {"name_lost": True, "pattern": "^PA[0-9]{32}$", "min_length": 34, "max_length": 34},
        ),
        claim("Participant.region", lines(8, 9), "Where it was", {"name_lost": True, "enum": ["us1", "gll"]}),
        claim("Properties.isAdhoc", lines(13), "isAdhoc", {"type": "boolean"}),
        claim("Properties.numTracks", lines(14), "numTracks", {"meaning": "how many"}),
        claim("Participant.properties", lines(13, 14), "isAdhoc", {"keys": ["isAdhoc", "numTracks"]}),
        claim("Participant.end_reason", lines(15), "first_reason", {"enum": ["first_reason", "second_reason"]}),
    ],
    "dated-rows": [
        claim("Room.method", Passage(0, 0, row="2022-04-06"), "gets format", {"gains": "http-method"}),
        claim("Room.links", Passage(0, 0, row="2022-04-20"), "`links` gets", {"gains": ["object"]}),
        claim("Room.method", Passage(0, 0, row="2024-04-18"), "narrows to", {"to": ["GET", "POST"], "count": 12}),
        claim("Api.required", Passage(0, 0, row="undated"), "no `required` list", {"meaning": "never"}),
    ],
}


@pytest.mark.parametrize("notation", COMPLETE)
def test_claims_that_stand_in_their_source_are_no_problem(tmp_path: Path, notation: str) -> None:
    assert check(tmp_path, notation, *COMPLETE[notation]) == []


FREE_SENTENCES = {"S.Api.retention"}  # no reader can tell that they say something
READABLE = [
    (notation, entry) for notation, entries in COMPLETE.items() for entry in entries if entry.id not in FREE_SENTENCES
]


@pytest.mark.parametrize(("notation", "left_out"), READABLE)
def test_what_a_source_says_and_nobody_claims_is_found(
    tmp_path: Path, notation: str, left_out: Claim | PublishedExample
) -> None:
    found = check(tmp_path, notation, *[entry for entry in COMPLETE[notation] if entry is not left_out])
    assert any(problem.startswith("claims/page.yaml page: ") for problem in found)


@pytest.mark.parametrize(
    ("notation", "wrong", "message"),
    [
        (
            "fragments",
            claim(
                "Room.kind",
                lines(13, path="$.properties.kind"),
                "Kind",
                {"type": "string", "enum": ["a"], "nullable": True},
            ),
            "claims/page.yaml:7 S.Room.kind: says enum: a; at line 13 $.properties.kind stands enum: a, b",
        ),
        (
            "fragments",
            claim("Room.other", lines(13, path="$.properties.kind"), "Kind", {"type": "string"}),
            "is about Room.other, but Room.kind stands",
        ),
        (
            "fragments",
            claim("Room.kind", lines(13, path="$.properties.knd"), "Kind", {"type": "string"}),
            "Room.kind stands at line 13 $.properties.kind",
        ),
        (
            "fragments",
            claim("Api.retention", lines(15), "Logs are there", {"days": 8}),
            "says days: 8, which does not stand at line 15; there stands: Logs are",
        ),
        (
            "fragments",
            claim("Api.retention", lines(14), "Logs are there", {"days": 7}),
            "the anchor 'Logs are there' does not stand at line 14",
        ),
        (
            "rendering",
            claim("Room.room_sid", lines(16, 20), "room_sid string", {**SID, "nullable": False}),
            "says nullable: absent; at lines 16-20 stands nullable: True",
        ),
        (
            "rendering",
            claim("Room.room_sid", lines(16, 18), "room_sid string", SID),
            "no property, parameter or list stands at lines 16-18; Room.room_sid stands at lines 16-20",
        ),
        (
            "run-together",
            claim("list_rooms.Codec", lines(4, 5), "Codecs in use", {"name_lost": True, "enum": ["VP8", "H264"]}),
            "says run: VP8H264; at lines 4-5 stands run: VP8H264opus",
        ),
        (
            "run-together",
            claim("Participant.end_reason", lines(15), "first_reason", {"enum": ["first_reason"]}),
            "stands enum: first_reason, second_reason",
        ),
        (
            "dated-rows",
            claim("Room.method", Passage(0, 0, row="2024-04-18"), "narrows to", {"to": ["GET", "PUT"]}),
            "says to: PUT, which does not stand at row 2024-04-18",
        ),
        (
            "dated-rows",
            claim("Room.method", Passage(0, 0, row="2024-04-19"), "narrows to", {"to": ["GET"]}),
            "unknown row '2024-04-19' (known: 2022-04-06, 2022-04-20",
        ),
        (
            "run-together",
            example(lines(2), {"rooms": [{"codecs": ["VP8"], "duration_sec": 50}]}),
            "S.list_rooms.example: shows",
        ),
        ("fragments", example(lines(6, 9), {"name": "a", "tags": [2]}), "shows 2 at /tags/0; at lines 6-9 stands 1"),
        ("fragments", example(lines(5, 9), {}), "no example stands at lines 5-9; examples stand at lines 6-9"),
    ],
)
def test_a_claim_that_its_source_does_not_bear_out(
    tmp_path: Path, notation: str, wrong: Claim | PublishedExample, message: str
) -> None:
    assert message in "\n".join(check(tmp_path, notation, wrong))


def test_a_source_that_was_changed_is_found(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "page.txt").write_text(FRAGMENTS)
    source = Source(
        "page",
        "S",
        "a page",
        "unknown",
        "this API",
        None,
        "fragments",
        "page.txt",
        "0" * 64,
        "2024",
        None,
        "itself",
        "rooms",
        3,
    )
    absent = Source(
        "gone",
        "G",
        "a page",
        "unknown",
        "this API",
        None,
        "fragments",
        "gone.txt",
        "0" * 64,
        "2024",
        None,
        "itself",
        "rooms",
        5,
    )
    found = "\n".join(
        str(problem)
        for problem in evidence.problems(Ledger((source, absent), (), (), ()), tmp_path / "sources", READERS)
    )
    assert "sources.yaml:3 page: page.txt has the sha256" in found
    assert "sources.yaml:5 gone: there is no file" in found


def test_every_claim_stands_in_its_published_source(real: Ledger, sources: Path) -> None:
    assert [str(problem) for problem in evidence.problems(real, sources, READERS)] == []
