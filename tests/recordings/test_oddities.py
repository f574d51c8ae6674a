"""What real recorders and disks leave behind: read as far as it goes, never a traceback, never a quotation."""

from __future__ import annotations

import base64
import gzip
import json
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import pytest
import zstandard

from contract_kit.findings.finding import Kind
from contract_kit.findings.results import Result
from tests.recordings.examples import (
    ERROR,
    HEADERS,
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
LINE = text(DRIFTED) + "\n"
MANY = b"".join(text({**DRIFTED, "room_name": f"{number:0>900}"}).encode() + b"\n" for number in range(2000))
BROKEN = har(*[har_entry(text(DRIFTED))] * 20)


def found(result: Result) -> dict[Kind, int]:
    return {each.kind: each.count for each in result.findings if each.kind != Kind.CLIENT}


# What stands before an error counts


@pytest.mark.parametrize(
    ("name", "content", "at_least"),
    [
        ("comma.har", BROKEN[:-3] + ",]}}", 20),
        ("behind.har", BROKEN + "\0\0", 20),
        ("twice.har", BROKEN + BROKEN, 20),
        ("cut.har.gz", gzip.compress(BROKEN.encode())[:-4], 20),
        ("behind.har.gz", gzip.compress(BROKEN.encode()) + b"garbage", 20),
        ("cut.ndjson.gz", gzip.compress(LINE.encode() * 25)[:-9], 24),
        ("cut.ndjson.zst", zstandard.compress(MANY)[:-2000], 100),
        ("frames.ndjson.zst", zstandard.compress(LINE.encode()) * 2 + zstandard.compress(MANY)[:-100], 2),
    ],
)
def test_what_stands_before_an_error_is_judged(name: str, content: str | bytes, at_least: int, tmp_path: Path) -> None:
    result = validated(write(tmp_path / name, content))
    assert at_least <= result.requests
    assert found(result) == {Kind.UNDOCUMENTED_VALUE: result.requests}
    assert "could not be read" in " ".join(result.blind_spots)


@pytest.mark.parametrize("name", ["empty.ndjson.zst", "empty.har.gz"])
def test_nothing_packed_has_no_bytes(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(write(tmp_path / name, b""))]) == 2
    assert "is empty, which nothing packed is" in capsys.readouterr().err


def test_several_frames_and_members_are_one_file(tmp_path: Path) -> None:
    for name, pack in (("a.ndjson.zst", zstandard.compress), ("a.ndjson.gz", gzip.compress)):
        assert validated(write(tmp_path / name, pack(LINE.encode() * 3) * 3)).requests == 9


def test_an_error_quotes_nothing_of_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    secret = har(har_entry(text({**ROOM, "room_name": "Zoë Müller"}))).replace("\\u00eb", "ë").encode("latin-1")
    assert main(["validate", str(write(tmp_path / "a.har", secret)), "--report-dir", str(tmp_path / "reports")]) == 2
    shown = capsys.readouterr()
    written = "".join(path.read_text(encoding="utf-8") for path in (tmp_path / "reports").iterdir())
    for quoted in ("ller", ROOM["room_sid"]):
        assert quoted not in shown.err
        assert quoted not in written
    assert "invalid bytes in UTF8 string" in shown.err


# .json may be anything


@pytest.mark.parametrize(
    ("content", "judged"),
    [
        (json.dumps({**ROOM_PAGE, "rooms": [ROOM] * 200}, indent=2), 1),
        ("\ufeff" + json.dumps({**ROOM_PAGE, "rooms": [ROOM] * 200}, indent=2), 1),
        ("\n\n" + text(ROOM) + "\n" + text(ROOM), 2),
        (json.dumps([ROOM, ROOM_PAGE, ERROR], indent=1), 3),
        (text([ROOM] * 500), 500),
        (text({**ROOM_PAGE, "rooms": [ROOM] * 200}) + "\n" + text(ROOM), 2),
        (json.dumps({"comment": "mine", **json.loads(har(har_entry(text(ROOM))))}), 1),
        (json.dumps({"interactions": [interaction(text(ROOM))], "version": 1}), 1),
    ],
    ids=["lines of one page", "with BOM", "blank lines", "array", "long array", "long lines", "HAR", "cassette"],
)
def test_json_is_what_its_beginning_says(content: str, judged: int, tmp_path: Path) -> None:
    result = validated(write(tmp_path / "a.json", content))
    assert (result.requests, result.exit_status) == (judged, 0)


def test_cassettes_of_others_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = json.dumps({"http_interactions": [], "recorded_with": "betamax/0.8"})
    assert main(["validate", str(write(tmp_path / "a.json", content))]) == 2
    assert "is a cassette of betamax or of Ruby's VCR: save it as HAR" in capsys.readouterr().err


def test_one_value_larger_than_a_page_is_not_held(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = '{\n"rooms": [' + ("\n" + " " * 1000) * 9000 + "]}"
    assert main(["validate", str(write(tmp_path / "a.json", content))]) == 2
    assert "is one value of more than 8 MiB" in capsys.readouterr().err


# Odd values


def everywhere(body: str) -> dict[str, str]:
    """The same answer in each format."""
    recorded = {"url": ROOM_URL, "status": 200, "headers": HEADERS}
    return {
        "a.har": har(har_entry(body)),
        "b.har": har(har_entry(body, encoded=True)),
        "a.json": json.dumps({"interactions": [interaction(body)], "version": 1}),
        "a.ndjson": json.dumps({**recorded, "body": body}),
        "b.ndjson": json.dumps(recorded)[:-1] + f', "body": {body}}}',
    }


@pytest.mark.parametrize(
    "body",
    [
        text({**ROOM, "room_name": "HALF", "spare": 1}),
        text({**ROOM, "media_region": "HALF"}),
        text({**ROOM, "HALF": 1}),
        text({**ROOM, "duration_sec": 2**70}),
        text({**ROOM, "room_type": 2**70}),
        text({**ROOM, "spare": "DEEP"}),
        text({**ROOM, "duration_sec": "LONG"}),
    ],
)
def test_the_same_is_found_in_every_format(body: str, tmp_path: Path) -> None:
    """Halves of characters, integers beyond 64 bits, more levels than any validator follows."""
    body = body.replace("HALF", "\\ud83d").replace('"DEEP"', "[" * 300 + "]" * 300).replace('"LONG"', "9" * 5000)
    results = {name: validated(write(tmp_path / name, content)) for name, content in everywhere(body).items()}
    expected = {each.fingerprint for each in results["a.har"].findings}
    for name, result in results.items():
        if "9" * 5000 in body and name == "b.ndjson":
            continue  # the line is no JSON to Python
        assert result.requests or result.blind_spots, name
        if result.requests:
            assert {each.fingerprint for each in result.findings} == expected, name


@pytest.mark.parametrize("nested", [201, 300, 900, 5000])
def test_a_line_that_is_nested_too_deeply_is_told(nested: int, tmp_path: Path) -> None:
    for start in ("", "\ufeff"):
        line = start + text(ROOM)[:-1] + ',"x":' + "[" * nested + "]" * nested + "}"
        result = validated(write(tmp_path / "a.ndjson", text(ROOM) + "\n" + line + "\n" if not start else line))
        assert "is nested too deeply" in " ".join(result.blind_spots)
        assert result.requests == (0 if start else 1)


@pytest.mark.parametrize(
    "odd",
    [
        {"status_callback": "https://a.example/\n"},
        {"create_time": "2026-11-20T20:08:56Z\n"},
        {"room_sid": ROOM["room_sid"] + "\n"},
    ],
)
def test_the_validators_agree_about_a_line_feed_at_the_end(odd: dict[str, str], tmp_path: Path) -> None:
    for name, content in (("a.ndjson", text({**ROOM, **odd})), ("a.har", har(har_entry(text({**ROOM, **odd}))))):
        result = validated(write(tmp_path / name, content))
        assert not result.blind_spots
        assert result.findings


# Odd entries


def har_with(**changes: Any) -> str:
    entry = har_entry(text(DRIFTED))
    entry["response"].update(changes.pop("response", {}))
    entry["response"]["content"].update(changes.pop("content", {}))
    return har({**entry, **changes})


PACKED = gzip.compress(text(DRIFTED).encode())
RAW = zlib.compressobj(wbits=-15)
RAW_DEFLATED = RAW.compress(text(DRIFTED).encode()) + RAW.flush()


@pytest.mark.parametrize(
    "content",
    [
        har_with(response={"status": "200"}),
        har_with(response={"headers": [*({"name": n, "value": v} for n, v in HEADERS.items()), {"name": "X-A"}]}),
        har_with(content={"text": base64.encodebytes(text(DRIFTED).encode()).decode(), "encoding": "BASE64"}),
        har_with(content={"text": base64.b64encode(text(DRIFTED).encode()).decode().rstrip("="), "encoding": "base64"}),
    ],
    ids=["status as text", "a header without value", "base64 in lines", "base64 without padding"],
)
def test_an_odd_detail_does_not_cost_the_entry(content: str, tmp_path: Path) -> None:
    assert found(validated(write(tmp_path / "a.har", content))) == {Kind.UNDOCUMENTED_VALUE: 1}


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (har_with(content={"size": 0, "text": ""}, response={"_error": "net::ERR_ABORTED"}), "broken off"),
        (har_with(content={"size": 700, "text": ""}), "no body recorded"),
        (har_with(content={"size": 0, "text": "", "comment": "bodies are not included"}), "no body recorded"),
    ],
)
def test_an_answer_without_its_body_is_skipped(content: str, reason: str, tmp_path: Path) -> None:
    result = validated(write(tmp_path / "a.har", content))
    assert (result.requests, found(result)) == (0, {})
    assert reason in " ".join(result.remarks)


@pytest.mark.parametrize(
    ("packed", "encoding", "judged"),
    [(PACKED, "gzip", 1), (RAW_DEFLATED, "deflate", 1), (PACKED[:-20], "gzip", 0)],
)
def test_packed_bodies_of_cassettes(packed: bytes, encoding: str, judged: int, tmp_path: Path) -> None:
    recorded = interaction("")
    recorded["response"]["body"] = {"base64_string": base64.encodebytes(packed).decode()}
    recorded["response"]["headers"]["Content-Encoding"] = [encoding]
    result = validated(write(tmp_path / "a.json", json.dumps({"interactions": [recorded]})))
    assert result.requests == judged
    assert judged or "a body that is cut off" in " ".join(result.remarks)


def test_what_older_versions_of_vcrpy_wrote_of_httpx(tmp_path: Path) -> None:
    old = interaction("")
    old["response"] = {"content": text(DRIFTED), "headers": HEADERS, "http_version": "HTTP/1.1", "status_code": 200}
    result = validated(write(tmp_path / "a.json", json.dumps({"interactions": [old], "version": 1})))
    assert found(result) == {Kind.UNDOCUMENTED_VALUE: 1}


def test_headers_of_an_envelope_may_be_lists(tmp_path: Path) -> None:
    headers = {name: [value] for name, value in HEADERS.items()}
    envelope = {"url": ROOM_URL, "status": 200, "headers": headers, "body": ROOM}
    assert validated(write(tmp_path / "a.ndjson", json.dumps(envelope))).exit_status == 0


def test_no_number_of_methods_fills_the_report(tmp_path: Path) -> None:
    entries = [har_entry(text(ROOM), method=f"KIM{'X' * number}") for number in range(30)]
    (remark,) = validated(write(tmp_path / "a.har", har(*entries))).remarks
    assert remark.endswith("30 × another method")


# Nobody's names


def test_names_of_files_rooms_and_keys_are_masked(tmp_path: Path) -> None:
    folder = tmp_path / ("AC" + "0123456789abcdef" * 2) / "kim@corp.example"
    folder.mkdir(parents=True)
    entry = har_entry(
        text({**ROOM, "by name": {"Kim Example": 1}}), url=ROOM_URL.replace(ROOM["room_sid"], "kims-room")
    )
    twice = har_entry('{"Kim Example": 1, "Kim Example": 2}')
    path = write(folder / "a.har", har(entry, twice)[:-1])
    assert main(["validate", str(path), "--report-dir", str(tmp_path / "reports")]) == 2
    for report in (tmp_path / "reports").iterdir():
        shown = report.read_text(encoding="utf-8")
        for name in ("AC0123456789", "kim@corp", "kims-room", "Kim Example"):
            assert name not in shown, (report.name, name)


# Where the output goes


def test_the_status_is_the_same_whoever_reads_the_output(tmp_path: Path) -> None:
    lines = "".join(text({**ROOM, f"field_{number}": 1}) + "\n" for number in range(300))
    command = [sys.executable, "-m", "video_log_analyzer", "validate", str(write(tmp_path / "a.ndjson", lines))]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read().startswith(b"reports: build/vla/report.json, ")
    assert running.returncode == 1


def test_output_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "video_log_analyzer", "validate", str(write(tmp_path / "a.ndjson", LINE))]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 2
    assert done.stderr == "vla validate: the output cannot be written (No space left on device): send it elsewhere\n"
