"""One room, recorded in every format, sound and with a fault: the same findings as those of `vla check`."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
import zstandard

from contract_kit.check.conformance import Conformance
from contract_kit.check.observed_response import ObservedResponse
from tests.recordings.examples import (
    DOCUMENT,
    ERROR,
    HEADERS,
    MASKER,
    PARTICIPANT,
    PARTICIPANT_PAGE,
    ROOM,
    ROOM_PAGE,
    ROOM_URL,
    har,
    har_entry,
    interaction,
    text,
    validated,
    write,
)
from video_log_analyzer.__main__ import main

DRIFTED = {**ROOM, "media_region": "us9"}


def checked(body: str, operation: str = "fetch_room", status: int = 200) -> set[tuple[str, ...]]:
    """What `vla check` finds about the same answer."""
    headers = {name.lower(): value for name, value in HEADERS.items()}
    answer = ObservedResponse(operation, "GET", ROOM_URL, status, headers, body.encode(), MASKER)
    return {(each.fingerprint, each.kind, each.location, each.value) for each in Conformance(DOCUMENT).findings(answer)}


def _cassette(*interactions: dict[str, Any], **label: Any) -> dict[str, Any]:
    return {**label, "interactions": list(interactions), "version": 1}


def _har_with_byte_order_mark(body: str) -> bytes:
    return b"\xef\xbb\xbf" + har(har_entry(body)).encode()


FORMATS: dict[str, Callable[[str], str | bytes]] = {
    "plain.har": lambda body: har(har_entry(body)),
    "mark.har": _har_with_byte_order_mark,
    "encoded.har": lambda body: har(har_entry(body, encoded=True)),
    "packed.har.gz": lambda body: gzip.compress(har(har_entry(body)).encode()),
    "har.json": lambda body: har(har_entry(body)),
    "cassette.yaml": lambda body: yaml.safe_dump(_cassette(interaction(body))),
    "binary.yml": lambda body: yaml.safe_dump(_cassette(interaction(body.encode()))),
    "packed.yaml": lambda body: yaml.safe_dump(
        _cassette(interaction(gzip.compress(body.encode()), headers={"content-encoding": ["gzip"], **_lists(HEADERS)}))
    ),
    "cassette.json": lambda body: json.dumps(_cassette(interaction(body))),
    "bodies.ndjson": lambda body: body + "\n",
    "unended.jsonl": lambda body: body,
    "windows.ndjson": lambda body: f"\r\n{body}\r\n\r\n",
    "mark.ndjson": lambda body: b"\xef\xbb\xbf" + body.encode() + b"\n",
    "spaced.ndjson": lambda body: json.dumps(json.loads(body)) + "\n",
    "packed.ndjson.gz": lambda body: gzip.compress(body.encode()),
    "packed.ndjson.zst": lambda body: zstandard.compress(body.encode()) + zstandard.compress(b"\n"),
    "one.json": lambda body: json.dumps(json.loads(body), indent=2),
    "one-line.json": lambda body: body,
    "named.ndjson": lambda body: text({"operation": "fetch_room", "status": 200, "body": json.loads(body)}),
    "by-url.ndjson": lambda body: text({"url": ROOM_URL, "status": 200, "headers": HEADERS, "body": body}),
}


def test_a_body_is_unpacked_where_it_is_packed(tmp_path: Path) -> None:
    """Recorders keep the header of the packed body beside the unpacked one, or the packed one as it came."""
    packed = har_entry("", headers={**HEADERS, "Content-Encoding": "gzip"}, encoded=True)
    for body in (text(DRIFTED).encode(), gzip.compress(text(DRIFTED).encode())):
        packed["response"]["content"]["text"] = base64.b64encode(body).decode()
        assert len(validated(write(tmp_path / "a.har", har(packed))).findings) == 1
    for encoding, body in (("gzip", b"broken"), ("br", b"\x8b\x01"), ("gzip", gzip.compress(b"x" * (9 << 20)))):
        packed["response"]["headers"][-1]["value"] = encoding
        packed["response"]["content"]["text"] = base64.b64encode(body).decode()
        assert validated(write(tmp_path / "a.har", har(packed))).exit_status == 3


def _lists(headers: dict[str, str]) -> dict[str, list[str]]:
    return {name: [value] for name, value in headers.items()}


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_gives_the_findings_of_the_check(name: str, tmp_path: Path) -> None:
    sound = validated(write(tmp_path / name, FORMATS[name](text(ROOM))))
    assert (sound.findings, sound.blind_spots, sound.exit_status) == ((), (), 0)
    assert [each.requests for each in sound.operations] == [0, 1, 0, 0]

    drifted = validated(write(tmp_path / name, FORMATS[name](text(DRIFTED))))
    found = {(each.fingerprint, each.kind, each.location, each.value) for each in drifted.findings}
    assert found == checked(text(DRIFTED))
    assert drifted.exit_status == 1
    assert name in drifted.findings[0].examples[0].request


@pytest.mark.parametrize(
    ("operation", "body"),
    [
        ("list_rooms", ROOM_PAGE),
        ("fetch_room", ROOM),
        ("list_participants", PARTICIPANT_PAGE),
        ("fetch_participant", PARTICIPANT),
        ("fetch_room", ERROR),
        ("fetch_room", {**ROOM, "participants": []}),
        ("fetch_room", {key: value for key, value in ROOM.items() if key < "s"}),
        ("list_rooms", {**ERROR, "status": 401, "extra": 1}),
        ("list_rooms", {**ERROR, "status": 503}),
        ("list_rooms", {"rooms": [ROOM]}),
        (None, {**ROOM, "participants": [], "meta": None}),
        (None, {}),
        (None, {"meta": ROOM_PAGE["meta"]}),
        (None, {"room_sid": ROOM["room_sid"], "account_sid": ROOM["account_sid"]}),
        (None, {**ERROR, "status": 200}),
        (None, {"hello": "world"}),
    ],
)
def test_a_bare_body_tells_its_operation_or_is_skipped(operation: str | None, body: Any, tmp_path: Path) -> None:
    result = validated(write(tmp_path / "bodies.ndjson", text(body)))
    assert [each.name for each in result.operations if each.requests] == ([operation] if operation else [])
    assert ("1 × a body whose operation cannot be told" in " ".join(result.remarks)) is (operation is None)


def test_what_is_not_this_api_is_skipped_and_counted_by_reason(tmp_path: Path) -> None:
    entries = [
        har_entry(text(ROOM)),
        har_entry("{}", url="https://example.com/v1/Video/Rooms"),
        har_entry("{}", url="https://insights.twilio.com/v1/Voice/Calls"),
        har_entry("{}", url="https://[broken/v1/Video/Rooms"),
        har_entry("", method="OPTIONS", status=204),
        har_entry("", method="HEAD"),
        har_entry("", status=302),
        har_entry("", status=304),
        har_entry("", status=0),
        har_entry(None),
        {"request": None},
    ]
    result = validated(write(tmp_path / "browse.har", har(*entries)))
    assert result.exit_status == 0
    assert result.requests == 1
    skipped = next(each for each in result.remarks if each.startswith("skipped"))
    for reason in (
        "1 × another host",
        "1 × another path",
        "1 × a URL that is none",
        "1 × method OPTIONS",
        "1 × method HEAD",
        "2 × a redirect, or an answer from a cache",
        "1 × no answer recorded",
        "1 × no body recorded",
        "1 × an entry that is not as its format says",
    ):
        assert reason in skipped


def test_another_host_counts_where_it_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "proxy.har", har(har_entry(text(DRIFTED), url=ROOM_URL.replace("insights.", "proxy."))))
    assert validated(path).exit_status == 3
    assert validated(path, hosts=("proxy.twilio.com",)).exit_status == 1


def test_headers_count_where_they_were_recorded(tmp_path: Path) -> None:
    with_headers = har_entry(text(ROOM), headers={"Content-Type": "text/html"})
    found = validated(write(tmp_path / "some.har", har(with_headers))).findings
    assert {each.location for each in found} >= {"header:Content-Type", "header:Access-Control-Allow-Origin"}
    without = har_entry(text(ROOM), headers={})
    assert validated(write(tmp_path / "none.har", har(without))).findings == ()


def test_the_client_reads_what_was_recorded(tmp_path: Path) -> None:
    broken = {key: value for key, value in ROOM.items() if key != "room_sid"}
    for name in ("plain.har", "bodies.ndjson"):
        found = validated(write(tmp_path / name, FORMATS[name](text(broken)))).findings
        assert {each.kind for each in found} == {"missing field", "client cannot read it"}
        assert "UnreadableResponse" in next(each.impact for each in found if each.kind == "missing field")


def test_only_a_label_makes_a_recording_live(tmp_path: Path) -> None:
    live = yaml.safe_dump(_cassette(interaction(text(ROOM)), recorded={"target": "live"}))
    emulator = yaml.safe_dump(_cassette(interaction(text(ROOM)), recorded={"target": "emulator"}))
    first, second = write(tmp_path / "live.yaml", live), write(tmp_path / "emulator.yaml", emulator)
    assert validated(first).target.kind == "live recording"
    for others in ([second], [first, second], [write(tmp_path / "a.har", har(har_entry(text(ROOM))))]):
        result = validated(*others)
        assert result.target.kind == "recording"
        assert "no evidence about the live API" in result.target.label


def test_nothing_personal_is_shown(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    room = {**ROOM, "room_name": 7, "status_callback": "alice@example.com", "create_time": "yesterday at Bob's"}
    path = write(tmp_path / "a.har", har(har_entry(text(room), url=f"{ROOM_URL}?RoomName=Carol")))
    assert main(["validate", str(path)]) == 1
    shown = capsys.readouterr()
    for secret in ("alice", "Bob", "Carol", ROOM["room_sid"]):
        assert secret not in shown.out + shown.err


def test_recordings_of_this_repository_conform(capsys: pytest.CaptureFixture[str]) -> None:
    cassettes = sorted(Path(__file__).parents[2].glob("contract_tests/cassettes/*.yaml"))
    assert cassettes
    assert main(["validate", *map(str, cassettes)]) == 0
    assert "no evidence about the live API" in capsys.readouterr().out
