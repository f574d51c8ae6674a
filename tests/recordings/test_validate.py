"""Folders over several processes: ranges lose nothing, an interrupted run goes on, a changed file is read again."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from contract_kit.errors import UsageError
from contract_kit.findings.finding import Severity
from contract_kit.findings.results import Result
from contract_kit.recordings.journal import Journal
from contract_kit.recordings.partitions import group, groups, partition, partitions
from contract_kit.recordings.tally import Tally
from contract_kit.recordings.validation import Progress, Validation, validate
from tests.recordings.examples import (
    CONTRACT,
    PARTICIPANT,
    ROOM,
    ROOM_PAGE,
    har,
    har_entry,
    interaction,
    text,
    validated,
    write,
)
from video_log_analyzer.__main__ import main

DRIFTED = {**ROOM, "media_region": "us9"}
LINES = "".join(f"{text(body)}\n" for body in (ROOM, PARTICIPANT, DRIFTED, ROOM)) + "\noops\n" + text(DRIFTED)


def run(
    folder: Path, *paths: Path, fresh: bool = False, stop_at: int = 0, size: int = 1500
) -> tuple[Result, list[Progress], list[str]]:
    """A validation with one process; it is interrupted once so many partitions are done."""
    seen: list[Progress] = []
    said: list[str] = []

    def progress(now: Progress) -> None:
        if now.done == (seen[-1].done if seen else 0):
            return  # a sign of life while nothing is done
        seen.append(now)
        if len(seen) == stop_at:
            raise KeyboardInterrupt

    what = Validation(paths or (folder,), journal=folder / "journal", fresh=fresh, masking_key="key", size=size)
    return validate(what, CONTRACT, said.append, progress)[0], seen, said


def summary(tally: Tally) -> tuple[object, ...]:
    found = {each.fingerprint: each.count for each in tally.findings.all()}
    return tally.answers, tally.with_data, tally.skipped, tally.malformed, found


def test_ranges_share_no_line_and_leave_none_out(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", LINES)
    length = path.stat().st_size
    whole = partition(CONTRACT.kit.reference, str(path), 0, length, "key").tally
    assert whole.judged == 5
    assert whole.malformed == 1
    first = len(text(ROOM))
    for cut in {*range(0, length, 61), *range(first - 2, first + 4), length - 1}:
        parts = [
            partition(CONTRACT.kit.reference, str(path), start, end, "key").tally
            for start, end in ((0, cut), (cut, length))
        ]
        joined = parts[0]
        joined.add(parts[1])
        assert summary(joined) == summary(whole), cut


def test_partitions_cover_a_file(tmp_path: Path) -> None:
    path = write(tmp_path / "a.ndjson", b"x" * 1000)
    assert [(each.start, each.end) for each in partitions(path, 300)] == [(0, 300), (300, 600), (600, 900), (900, 1000)]
    packed = write(tmp_path / "a.ndjson.gz", b"x" * 1000)
    assert [(each.start, each.end) for each in partitions(packed, 300)] == [(0, 1000)]


def test_small_files_are_validated_together(tmp_path: Path) -> None:
    paths = [write(tmp_path / f"{n}.ndjson", text(DRIFTED if n % 3 else ROOM)) for n in range(300)]
    large = write(tmp_path / "large.ndjson", (text(ROOM) + "\n") * 40)
    work = [each for path in (*paths, large) for each in partitions(path, 30_000)]
    together = list(groups(work))
    assert [each for part in together for each in part] == work
    assert [len(each) for each in together] == [256, 44, 1, 1]

    ranges = [(each.path, each.start, each.end) for each in together[1]]
    outcomes = [each for each in group(CONTRACT.kit.reference, ranges, "key") if not isinstance(each, Exception)]
    for given, outcome in zip(ranges, outcomes, strict=True):
        assert outcome.tally.to_dict() == partition(CONTRACT.kit.reference, *given, "key").tally.to_dict()
    # Of sound answers one in a thousand is looked at again, and the first.
    sound = [each for outcome in outcomes for each in outcome.samples if not each.found]
    assert len(sound) == 1


def test_folders_files_and_packed_ones(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    write(tmp_path / "a.ndjson", text(ROOM))
    write(tmp_path / "deep" / "b.jsonl.gz", gzip.compress(f"{text(DRIFTED)}\n{text(PARTICIPANT)}".encode()))
    write(tmp_path / "deep" / "er" / "c.jsonl", text(PARTICIPANT))
    write(tmp_path / "deep" / "notes.txt", "no recording")
    (tmp_path / "deep" / "again.ndjson").symlink_to(tmp_path / "a.ndjson")
    journal = tmp_path / "build" / "journal"
    arguments = ["validate", str(tmp_path), str(tmp_path / "a.ndjson"), "--jobs", "2", "--journal", str(journal)]
    assert main(arguments) == 1
    shown = capsys.readouterr()
    assert "fetch_room                2" in shown.out
    assert "fetch_participant         2" in shown.out
    assert re.search(r"100 % of \d+ bytes, 4 records, \d+/s, \d+ s\n", shown.err)
    assert ROOM["room_sid"] not in shown.out + shown.err + journal.read_text(encoding="utf-8")


def test_an_interrupted_validation_goes_on_where_it_was(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", (text(ROOM) + "\n") * 6 + text(DRIFTED) + "\n")
    interrupted, seen, _ = run(tmp_path, path, stop_at=2)
    assert len(seen) == 2
    assert "interrupted after" in interrupted.blind_spots[0]
    assert interrupted.exit_status == 3
    assert interrupted.requests < 7

    done = (tmp_path / "journal").read_text(encoding="utf-8").count("\n") - 1
    assert done == 2
    finished, _, _ = run(tmp_path, path)
    assert (finished.requests, finished.exit_status, finished.blind_spots) == (7, 1, ())
    # All is in the journal now: nothing but that is needed.
    again, seen, _ = run(tmp_path, path)
    assert [each.to_dict() for each in again.findings] == [each.to_dict() for each in finished.findings]
    assert (seen[-1].records, seen[-1].read) == (7, 0)
    _, seen, _ = run(tmp_path, path, fresh=True)
    assert (seen[-1].records, seen[-1].read) == (7, 7)


def test_a_changed_file_is_read_again(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text(ROOM))
    before = path.stat()
    assert run(tmp_path, path)[0].exit_status == 0
    write(path, text({**ROOM, "media_region": "us8"}))
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns + 1))
    assert path.stat().st_size == before.st_size
    assert run(tmp_path, path)[0].exit_status == 1


@pytest.mark.parametrize("torn", ["", '{"partition": {"pa', '{"partition": 7}\n', "\x00\n", "[]\n"])
def test_a_torn_journal_only_costs_time(torn: str, tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", (text(DRIFTED) + "\n") * 6)
    whole, _, _ = run(tmp_path, path)
    journal = tmp_path / "journal"
    kept = journal.read_text(encoding="utf-8").splitlines(keepends=True)[:2]
    journal.write_text("".join(kept) + torn, encoding="utf-8")
    again, _, _ = run(tmp_path, path)
    assert [(each.fingerprint, each.count) for each in again.findings] == [
        (each.fingerprint, each.count) for each in whole.findings
    ]
    assert again.requests == 6


def test_a_journal_of_another_document_begins_anew(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text(ROOM))
    run(tmp_path, path)
    journal = tmp_path / "journal"
    head, line = journal.read_text(encoding="utf-8").splitlines()
    journal.write_text(json.dumps({**json.loads(head), "document": "older"}) + f"\n{line}\n", encoding="utf-8")
    assert run(tmp_path, path)[1][-1].read == 1


@pytest.mark.parametrize("fresh", [False, True])
@pytest.mark.parametrize("content", ["my novel", '{"format": "my notes"}\n', "[" * 5000, text(ROOM)])
def test_a_file_of_somebody_else_is_not_taken_for_a_journal(content: str, fresh: bool, tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text(ROOM))
    write(tmp_path / "journal", content)
    with pytest.raises(UsageError, match=r"is no journal of a validation: name another"):
        run(tmp_path, path, fresh=fresh)
    assert (tmp_path / "journal").read_text(encoding="utf-8") == content


def test_two_validations_do_not_share_a_journal(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text(ROOM))
    run(tmp_path, path)
    head = json.loads((tmp_path / "journal").read_text(encoding="utf-8").splitlines()[0])
    other = Journal(tmp_path / "journal", {name: value for name, value in head.items() if name != "format"})
    with pytest.raises(UsageError, match="is in use by another validation"):
        run(tmp_path, path)
    other.close()
    assert run(tmp_path, path)[1][-1].read == 0


def test_a_changed_entry_of_the_journal_is_not_believed(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text(DRIFTED))
    run(tmp_path, path)
    journal = tmp_path / "journal"
    head, line = journal.read_text(encoding="utf-8").splitlines()
    entry = json.loads(line)
    entry["tally"]["findings"] = []
    journal.write_text(f"{head}\n{json.dumps(entry)}\n", encoding="utf-8")
    assert run(tmp_path, path)[0].exit_status == 1


def _changed(entry: dict[str, Any], *, at: list[Any], value: Any) -> dict[str, Any]:
    """The entry with another value there, None for no such key, and with a digest that fits."""
    changed = json.loads(json.dumps({name: each for name, each in entry.items() if name != "digest"}))
    below = changed
    for key in at[:-1]:
        below = below[key]
    if value is None:
        del below[at[-1]]
    else:
        below[at[-1]] = value
    return {**changed, "digest": hashlib.sha256(json.dumps(changed).encode()).hexdigest()[:16]}


@pytest.mark.parametrize(
    ("at", "value"),
    [
        (["tally"], None),
        (["tally"], []),
        (["partition"], {"path": 7}),
        (["partition", "identity"], 7),
        (["partition", "end"], None),
        (["tally", "answers"], {"a": 1}),
        (["tally", "answers", 0, 2], -1),
        (["tally", "malformed"], 1),
        (["tally", "skipped"], {"a": "b"}),
        (["tally", "findings", 0], "a finding"),
        (["tally", "findings", 0, "examples"], None),
        (["tally", "findings", 0, "examples", 0, "request"], 5),
        (["tally", "findings", 0, "count"], "many"),
        (["tally", "findings", 0, "severity"], None),
        (["tally", "findings", 0, "note"], ["a", "list"]),
    ],
)
def test_an_entry_that_is_not_ours_is_read_again(at: list[Any], value: Any, tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text(DRIFTED))
    whole, _, _ = run(tmp_path, path)
    journal = tmp_path / "journal"
    head, line = journal.read_text(encoding="utf-8").splitlines()
    journal.write_text(f"{head}\n{json.dumps(_changed(json.loads(line), at=at, value=value))}\n", encoding="utf-8")
    again, seen, said = run(tmp_path, path)
    assert seen[-1].read == 1
    assert [each.to_dict() for each in again.findings] == [each.to_dict() for each in whole.findings]
    assert said == [f"{journal}: 1 of its parts is not whole or not ours: it is read again from the files"]


def test_a_journal_is_for_its_owner_only(tmp_path: Path) -> None:
    """It has paths; also one that an earlier version made for everybody."""
    path = write(tmp_path / "rooms.ndjson", text(ROOM))
    for _ in range(2):
        run(tmp_path, path)
        assert (tmp_path / "journal").stat().st_mode & 0o777 == 0o600
        (tmp_path / "journal").chmod(0o644)


@pytest.mark.parametrize("kind", ["pipe", "device", "link"])
def test_a_journal_that_is_no_file_is_refused(kind: str, tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text(ROOM))
    journal = tmp_path / "journal"
    if kind == "pipe":
        os.mkfifo(journal)
    else:
        journal.symlink_to(os.ttyname(os.openpty()[1]) if kind == "device" else tmp_path / "pipe")
        os.mkfifo(tmp_path / "pipe")
    with pytest.raises(UsageError, match=r"is no file but a device or a pipe: name another with --journal"):
        run(tmp_path, path)
    assert journal.is_fifo() or journal.is_symlink()


def test_what_the_validators_disagree_about_stays_in_the_journal(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text({**ROOM, "create_time": "2016-12-31T23:59:60Z"}))
    for _ in range(2):
        result, _, _ = run(tmp_path, path)
        assert "disagree about 1 of 1 answers" in " ".join(result.blind_spots)


def test_what_could_not_be_opened_is_tried_again(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", text(ROOM))
    assert not partition(CONTRACT.kit.reference, str(tmp_path / "gone.ndjson"), 0, 1).opened
    assert partition(CONTRACT.kit.reference, str(path), 0, 1).opened


def test_the_same_severity_however_much_was_sound_before(tmp_path: Path) -> None:
    """What the client cannot read is breaking; so it must see it, be it behind a page of a thousand rooms."""
    page = {**ROOM_PAGE, "rooms": [ROOM] * 1000}
    broken = {**ROOM_PAGE, "rooms": [{**ROOM, "create_time": "yesterday"}]}
    sorts = [{**ROOM, f"field_{number}": 1} for number in range(70)]
    path = write(tmp_path / "pages.ndjson", "\n".join(map(text, [page, *sorts, broken])))
    audited, _, _ = run(tmp_path, path, size=1 << 30)
    same = {each.fingerprint: each.severity for each in validated(path).findings}
    assert {each.fingerprint: each.severity for each in audited.findings} == same
    assert Severity.BREAKING in same.values()


def test_links_to_folders_are_followed_and_pipes_are_told(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    write(tmp_path / "elsewhere" / "a.ndjson", text(ROOM))
    (tmp_path / "given").mkdir()
    (tmp_path / "given" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "given" / "circle").symlink_to(tmp_path / "given")
    os.mkfifo(tmp_path / "given" / "pipe.ndjson")
    result, _, said = run(tmp_path, tmp_path / "given")
    assert result.requests == 1
    assert said == [f"{tmp_path}/given/pipe.ndjson: is no file but a device or a pipe: write what it gives into a file"]


def test_any_file_name_will_do(tmp_path: Path) -> None:
    path = write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.ndjson")), text(DRIFTED))
    for _ in range(2):
        assert run(tmp_path, path)[0].exit_status == 1


def test_a_folder_may_hold_any_format(tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    write(folder / "a.har", har(har_entry(text(DRIFTED))))
    write(folder / "b.json", text(ROOM))
    write(folder / "c.yaml", json.dumps({"interactions": [interaction(text(DRIFTED))], "version": 1}))
    write(folder / "d.ndjson", text(DRIFTED))
    result, _, said = run(tmp_path, folder)
    assert said == []
    assert result.requests == 4
    assert [(each.value, each.count) for each in result.findings] == [("us9", 3)]


def test_several_processes_find_the_same_as_one(tmp_path: Path) -> None:
    path = write(tmp_path / "rooms.ndjson", (text(DRIFTED) + "\n" + text(ROOM) + "\n") * 6)
    what = Validation((path,), masking_key="key", size=1500, jobs=2)
    result, unreadable = validate(what, CONTRACT, lambda _line: None)
    assert not unreadable
    alone = validated(path)
    assert (result.requests, result.exit_status) == (alone.requests, alone.exit_status) == (12, 1)
    assert [(each.fingerprint, each.count) for each in result.findings] == [
        (each.fingerprint, each.count) for each in alone.findings
    ]
    assert [each.name for each in tmp_path.iterdir()] == ["rooms.ndjson"], "there is no journal unless it is asked for"


def test_settings_and_acceptances_hold_as_for_the_check(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(write(tmp_path / "a.ndjson", text(DRIFTED)))
    assert main(["validate", path]) == 1
    shown = capsys.readouterr()
    assert "recheck" not in shown.out
    assert "profile   validation, fails on drift" in shown.out
    fingerprint = shown.out.rpartition("    id        ")[2].split()[0]
    expires = (datetime.now(UTC).date() + timedelta(days=7)).isoformat()
    assert main(["accept", fingerprint, "--reason", "known", "--owner", "Kim", "--expires", expires]) == 0
    assert main(["validate", path]) == 0
    assert "ACCEPTED" in capsys.readouterr().out
    assert main(["validate", path, "--acceptances", "other.yaml"]) == 1
    assert main(["recheck", fingerprint]) == 2
    assert "is about recordings, which cannot be asked again" in capsys.readouterr().err
    Path("vla.toml").write_text(
        '[check]\nacceptances = "none.yaml"\nreport_dir = "out"\n[severity]\n"undocumented value" = "notice"\n'
    )
    assert main(["validate", path]) == 0
    assert "NOTICE  undocumented value" in capsys.readouterr().out
    assert Path("out", "report.json").is_file()
    assert main(["validate", path, "--fail-on", "notice"]) == 1


@pytest.mark.parametrize("former", ["replay", "audit"])
def test_the_former_names_still_work(former: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([former, str(write(tmp_path / "a.ndjson", text(ROOM)))]) == 0
    capsys.readouterr()
    with pytest.raises(SystemExit):
        main(["--help"])
    assert former not in capsys.readouterr().out


def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    """Killed, it cannot tell them; whoever reads their output would wait for ever."""
    line = text({**ROOM_PAGE, "rooms": [DRIFTED] * 50}).encode() + b"\n"
    write(tmp_path / "pages.ndjson.gz", gzip.compress(line * 4000, 1))
    command = [sys.executable, "-m", "video_log_analyzer", "validate", str(tmp_path), "--journal", str(tmp_path / "j")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        children = Path(f"/proc/{running.pid}/task/{running.pid}/children")
        while len(children.read_text(encoding="utf-8").split()) < 2:
            time.sleep(0.05)
        time.sleep(0.5)
        assert running.poll() is None
        running.kill()
        running.communicate(timeout=30)


def test_what_cannot_be_read_is_told_and_the_rest_goes_on(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path / "a.ndjson", text(DRIFTED) + "\n" + "oops\n" * 5)
    write(tmp_path / "b.ndjson.gz", "not gzip")
    journal = ["--journal", str(tmp_path / "journal"), "--jobs", "1"]
    assert main(["validate", str(tmp_path), str(tmp_path / "gone.ndjson"), *journal]) == 2
    shown = capsys.readouterr()
    for line in (
        "a.ndjson:2: is not JSON",
        "a.ndjson: and 2 more lines",
        "b.ndjson.gz: byte 0: cannot be read on",
        "gone",
    ):
        assert line in shown.err
    assert "undocumented value" in shown.out


@pytest.mark.parametrize("arguments", [["--jobs", "0"], ["--journal", "a.ndjson/x"]])
def test_wrong_options_are_one_line(
    arguments: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.ndjson", text(ROOM))
    assert main(["validate", "a.ndjson", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_an_empty_folder_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(tmp_path), "--journal", str(tmp_path / "journal")]) == 2
    assert "no recording is there, which are files called .har, .json, .jsonl, .ndjson" in capsys.readouterr().err
