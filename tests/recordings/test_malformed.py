"""What is broken is told in one line each, the rest goes on, and nothing is a traceback."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
import yaml
import zstandard
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contract_kit.recordings import bounds
from tests.recordings.examples import ROOM, har, har_entry, interaction, text, validated, write
from video_log_analyzer.__main__ import main

SOUND = text(ROOM)
DEEP = "[" * 100_000
INTERACTION = {**interaction(SOUND), "more": [interaction(SOUND.encode())] * 2}
WHOLE = [
    ("a.har", har(har_entry(SOUND), har_entry(SOUND, encoded=True)).encode()),
    ("a.yaml", yaml.safe_dump({"interactions": [INTERACTION], "version": 1}).encode()),
    ("a.json", json.dumps({"interactions": [interaction(SOUND)] * 2, "version": 1}).encode()),
    ("a.ndjson", (SOUND + "\n" + text({"operation": "fetch_room", "status": 200, "body": ROOM}) + "\n").encode()),
    ("a.ndjson.gz", gzip.compress(SOUND.encode(), mtime=0)),
    ("a.ndjson.zst", zstandard.compress(SOUND.encode())),
]
MALFORMED: dict[str, tuple[str, str | bytes, str]] = {
    "no such file": ("gone.har", "", "no such file"),
    "no format": ("notes.txt", "hello", "says no format"),
    "empty HAR": ("a.har", "", "near byte 0: is not JSON"),
    "HAR cut off": ("a.har", har(har_entry(SOUND))[:-300], "is not JSON"),
    "HAR of something else": ("a.har", '{"rooms": []}', "is no HAR file"),
    "HAR with NaN": ("a.har", '{"log": {"version": "1.2", "entries": [NaN]}}', "is not JSON"),
    "HAR not UTF-8": ("a.har", b'{"log": {"version": "1.2", "entries": [{"a": "\xff"}]}}', "is not JSON"),
    "HAR nested deeply": ("a.har", '{"log": {"other": ' + DEEP, "more than 10000 levels"),
    "not gzip": ("a.har.gz", "hello", "cannot be read on"),
    "gzip cut off": ("a.ndjson.gz", gzip.compress(SOUND.encode() * 50)[:-20], "cannot be read on"),
    "not zstd": ("a.ndjson.zst", "hello", "cannot be read on"),
    "not YAML": ("a.yaml", "interactions:\n- {a: [\n", "a.yaml: line 3: is not YAML"),
    "no cassette": ("a.yaml", "hello: world\n", "is no cassette"),
    "not a mapping": ("a.yaml", "[1, 2]\n", "is no cassette"),
    "empty cassette": ("a.yaml", "", "is no cassette"),
    "key twice in YAML": (
        "a.yaml",
        "interactions:\n- request: 1\n  request: 2\n",
        "line 3: the key 'request' stands twice",
    ),
    "alias of nothing": ("a.yaml", "interactions:\n- *a\n", "line 2: an alias *a of nothing"),
    "binary that is none": ("a.yaml", "interactions:\n- a: !!binary x\n", "line 2: broken base64"),
    "NDJSON not UTF-8": ("a.ndjson", b'{"a": "\xff"}', "a.ndjson:1: byte 8 is not UTF-8"),
    "NDJSON not JSON": ("a.ndjson", f"{SOUND}\n{{oops\n{SOUND}\n", "a.ndjson:2: is not JSON"),
    "NDJSON nested deeply": ("a.ndjson", DEEP, "a.ndjson:1: is nested too deeply"),
    "a body nested deeply": (
        "a.ndjson",
        SOUND.replace('"weekly-review"', "[" * 900 + "]" * 900),
        "is nested too deeply",
    ),
    "a line too long": (
        "a.ndjson",
        SOUND + "\n" + " " * (bounds.LONGEST + 1) + "\n",
        "a.ndjson:2: a line of more than 8 MiB",
    ),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_file_is_one_line_and_the_rest_goes_on(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, content, said = MALFORMED[name]
    path = tmp_path / file
    if said != "no such file":
        write(path, content)
    drifted = write(tmp_path / "z.ndjson", text({**ROOM, "media_region": "us9"}))
    assert main(["validate", str(path), str(drifted)]) == 2
    shown = capsys.readouterr()
    complaints = [line for line in shown.err.splitlines() if str(path) in line]
    assert len(complaints) == 1, shown.err
    assert said in complaints[0]
    assert "undocumented value" in shown.out
    assert "Traceback" not in shown.err


def test_what_cannot_be_held_is_skipped_and_what_follows_it_is_judged(tmp_path: Path) -> None:
    """Long strings, many values and deep ones, within a HAR file."""
    long = "x" * (bounds.LONGEST + 100_000)
    escaped = '\\"\\\\é\ud83d\ude00' * (bounds.LONGEST // 4)
    many = {**har_entry(SOUND), "comment": [[0] for _ in range(bounds.MOST_NODES)]}
    deep: list[object] = []
    for _ in range(bounds.DEEPEST + 1):
        deep = [deep]
    content = har(
        har_entry(long),
        har_entry(long, encoded=True),
        har_entry(escaped),
        har_entry("é" * (bounds.LONGEST // 4)),
        many,
        {**har_entry(SOUND), "comment": deep},
        {**har_entry(SOUND), "comment": long},
        har_entry(SOUND),
    )
    result = validated(write(tmp_path / "large.har", content))
    assert not result.blind_spots
    assert result.requests == 2
    skipped = " ".join(result.remarks)
    assert "4 × a body of more than 8 MiB" in skipped
    assert "2 × an entry too large to be held" in skipped


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        (SOUND[:-1] + ',"room_name":"again"}', "malformed body"),
        (SOUND.replace('"room_name"', '"room_type" : "go", "room_name"'), "malformed body"),
        (SOUND.replace('"duration_sec":1800', '"duration_sec":NaN'), "malformed body"),
        (SOUND.replace('"duration_sec":1800', '"duration_sec":1e400'), "wrong type"),
        (SOUND.replace('"duration_sec":1800', '"duration_sec":' + "9" * 400), ""),
        (SOUND.replace("weekly-review", "\\ud800"), ""),
        (SOUND.replace('"weekly-review"', "[" * 100 + "]" * 100), "wrong type"),
        (json.dumps({"operation": "fetch_room", "status": 200, "body": SOUND[:50]}), "malformed body"),
        (
            json.dumps({"operation": "fetch_room", "status": 200, "body": ROOM})[:-1] + ', "status": 200}',
            "malformed body",
        ),
        (json.dumps({"operation": "fetch_room", "status": 418, "body": ROOM}), "status"),
    ],
)
def test_odd_json_has_a_defined_outcome(line: str, kind: str, tmp_path: Path) -> None:
    result = validated(write(tmp_path / "odd.ndjson", line))
    assert result.requests == 1
    assert {str(each.kind) for each in result.findings if each.kind != "client cannot read it"} == ({kind} - {""})


@pytest.mark.parametrize(
    "line",
    [
        {"operation": "fetch_rooms", "status": 200, "body": {}},
        {"operation": "fetch_room", "status": "200", "body": {}},
        {"operation": "fetch_room", "status": 200, "headers": [], "body": {}},
        {"operation": "fetch_room", "status": 200, "body": None},
        {"operation": "fetch_room", "status": 302, "body": {}},
        {"url": "https://example.com/", "status": 200, "body": {}},
        {"url": 7, "status": 200, "body": {}},
        [],
        "room",
        None,
    ],
)
def test_an_envelope_that_cannot_be_judged_is_skipped(
    line: object, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["validate", str(write(tmp_path / "a.ndjson", json.dumps(line)))]) == 3
    assert "INCONCLUSIVE: nothing of this API was seen" in capsys.readouterr().out


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_bytes_are_a_traceback(data: st.DataObject, tmp_path: Path) -> None:
    """Recordings with some of their bytes replaced, left out or doubled."""
    name, content = data.draw(st.sampled_from(WHOLE))
    broken = bytearray(content)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(broken) - 1))
        to = at + data.draw(st.sampled_from([0, 1, 1, 20]))
        broken[at:to] = data.draw(
            st.sampled_from([b"", b'"', b"\xff", b"{", b"]", b"\\", b"null", b"- *x\n", b"\n", b"&a "])
        )
    validated(write(tmp_path / name, bytes(broken)))


def test_aliases_cannot_explode(tmp_path: Path) -> None:
    """Ten levels of ten aliases each would be ten thousand million values."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 10)]
    interaction = "{request: *a9, response: {status: {code: 200}, headers: {a: *a9}, body: {string: *a9}}}"
    path = write(tmp_path / "a.yaml", "\n".join([*levels, f"recorded: *a9\ninteractions: [{interaction}]\n"]))
    assert main(["validate", str(path)]) == 3


def test_a_cassette_has_a_bound(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(tmp_path / "a.yaml", "interactions: []\n#" + "x" * bounds.CASSETTE)
    assert main(["validate", str(path)]) == 2
    assert "has more than 32 MiB: split it" in capsys.readouterr().err


def test_reports_that_cannot_be_written_end_it_before_the_work(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "rooms.ndjson", text(ROOM))
    assert main(["validate", str(path), "--report-dir", str(path)]) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    assert (
        "rooms.ndjson: cannot be made (File exists): mend that, or name another folder with --report-dir" in shown.err
    )


def _repeated(path: Path, *pieces: tuple[bytes, int]) -> Path:
    """Pieces, each so many times, packed: a few megabytes at most."""
    with path.open("wb") as file:
        for piece, times in pieces:
            together = min(times, 4096)
            file.write(gzip.compress(piece * together, 1) * (times // together))
    return path


NEVER_ENDING: dict[str, tuple[str, list[tuple[bytes, int]], str]] = {
    "line ends": ("a.ndjson.gz", [(b"\n", 1 << 22)], "1000000 lines without an answer of this API"),
    "empty entries": (
        "a.har.gz",
        [(b'{"log":{"version":"1.2","entries":[{}', 1), (b",{}", 1 << 20), (b"]}}", 1)],
        "1000000 entries without an answer of this API",
    ),
    "blanks before the first entry": (
        "a.har.gz",
        [(b'{"log":{"version":"1.2",', 1), (b" " * 1024, (1 << 20) + 4096), (b'"entries":[]}}', 1)],
        "more than 1024 MiB without an entry",
    ),
    "one line": ("a.ndjson.gz", [(b"x" * 1024, (1 << 20) + 4096)], "a line of more than 1024 MiB"),
}


@pytest.mark.parametrize("name", NEVER_ENDING)
def test_a_file_that_never_ends_is_left_with_one_line(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, pieces, said = NEVER_ENDING[name]
    path = _repeated(tmp_path / file, *pieces)
    with gzip.open(tmp_path / "z.ndjson.gz", "wt") as sound:
        sound.write(f"{SOUND}\n")
    assert main(["validate", str(path), str(tmp_path / "z.ndjson.gz")]) == 2
    shown = capsys.readouterr()
    complaints = [line for line in shown.err.splitlines() if str(path) in line]
    assert len(complaints) == 1, shown.err
    assert said in complaints[0]
    assert "fetch_room                1" in shown.out


def test_deviations_of_one_answer_are_bounded(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys = ",".join(f'"key_{number}":1' for number in range(30_000))
    path = write(tmp_path / "a.ndjson", f"{SOUND[:-1]},{keys}}}\n")
    assert main(["validate", str(path)]) == 1
    assert "undocumented field  fetch_room /(others)" in capsys.readouterr().out
