"""`vla accept`: what it writes, what it leaves alone, and what an acceptance does to a finding."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from contract_kit.errors import FileError
from contract_kit.findings import acceptances
from contract_kit.findings.finding import Finding, Kind, State
from contract_kit.findings.results import CoverageResult, Result
from tests.check.reported import (
    CHECK,
    CONNECTED,
    EMBEDDED,
    EXPLODED,
    MEASURED,
    OTHER,
    RAN,
    SEEN,
    TOO_SHORT,
    cut,
    days,
    leave,
    report,
)
from tests.conftest import Run

SOON = str(days(30))
WHY = ("--reason", "ticket 4711", "--expires", SOON, "--owner", "Kim")


def entry(finding: Finding, **changes: str) -> str:
    """An entry as a person may write it."""
    fields = {
        "fingerprint": f'"{finding.fingerprint}"',
        "kind": finding.kind.value,
        "operation": finding.operation,
        "location": finding.location,
        "value": finding.value,
        "reason": "ticket 4711",
        "owner": "Kim",
        "expires": SOON,
        "target": "live",
        "check": finding.check,
        **changes,
    }
    lines = [f"{name}: {value}" for name, value in fields.items() if value != "-"]
    return "- " + "\n  ".join(lines) + "\n"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "acceptances.yaml"


# What an acceptance does


def test_only_the_very_finding_is_accepted(vla: Run, tmp_path: Path, file: Path) -> None:
    leave(tmp_path, report([CONNECTED, EXPLODED]))
    done = vla("accept", CONNECTED.fingerprint, *WHY)
    assert done.returncode == 0, done.stderr
    accepted, other = reversed(acceptances.load(file).applied([CONNECTED, EXPLODED], days(0)))
    assert (accepted.value, accepted.state) == ("connected", State.ACCEPTED)
    assert accepted.note == f"accepted by Kim until {SOON}: ticket 4711"
    assert other == EXPLODED


def test_an_acceptance_holds_until_its_last_day_is_over(file: Path) -> None:
    file.write_text(entry(CONNECTED))
    there = acceptances.load(file)
    (last,) = there.applied([CONNECTED], days(30))
    (after,) = there.applied([CONNECTED], days(31))
    assert last.state is State.ACCEPTED
    assert (after.state, after.note) == (State.OPEN, f"the acceptance by Kim lapsed on {SOON}")
    assert replace(after, note="") == CONNECTED


def test_nobody_accepts_for_more_than_a_year(file: Path) -> None:
    file.write_text(entry(CONNECTED, expires="2999-01-01"))
    (found,) = acceptances.load(file).applied([CONNECTED], days(0))
    assert found.state is State.OPEN
    assert "until 2999-01-01 does not hold: more than 366 days" in found.note


def test_wording_and_counts_do_not_matter(file: Path) -> None:
    file.write_text(entry(CONNECTED))
    again = replace(CONNECTED, expected="something else", count=1, examples=(), check="test_other.py::test")
    (found,) = acceptances.load(file).applied([again], days(0))
    assert found.state is State.ACCEPTED


# What is read


def test_no_file_and_an_empty_one_accept_nothing(file: Path) -> None:
    for text in (None, "", "# nothing yet\n\n", "---\n# nothing\n", "[]\n"):
        if text is not None:
            file.write_text(text)
        assert acceptances.load(file).applied([CONNECTED], days(0)) == (CONNECTED,)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: [b\n", "2: is not YAML"),
        ("a: b\n", "1: expected a list of entries"),
        ("- 7\n", "1: expected a mapping with fingerprint"),
        (entry(CONNECTED, reasn="x"), "11: unknown key 'reasn' (did you mean 'reason'?): allowed are fingerprint"),
        (entry(CONNECTED, owner="-"), "1: the key 'owner' is missing"),
        (entry(CONNECTED, expires="-"), "1: the key 'expires' is missing"),
        (entry(CONNECTED, reason='""'), "6: reason is empty"),
        (entry(CONNECTED, fingerprint="123456789012"), "1: fingerprint is 123456789012, not a text: put it into quot"),
        (entry(CONNECTED, value="null"), "5: value is None, not a text"),
        (entry(CONNECTED, value="exploded"), "1: '{}' does not follow from kind, operation, location and value"),
        (
            entry(CONNECTED, kind="undocumented valu"),
            "2: unknown kind 'undocumented valu' (did you mean 'undocumented v",
        ),
        (entry(CONNECTED, expires="20270331"), "8: expires is 20270331, not a text"),
        (entry(CONNECTED, expires="31.3.2027"), "8: expires is '31.3.2027': expected a day as YYYY-MM-DD"),
        (entry(CONNECTED, expires="2027-02-30"), "8: expires is '2027-02-30', a day that no calendar has"),
        (entry(CONNECTED) + entry(EXPLODED) + entry(CONNECTED), "21: {} stands in line 1 already"),
        ("- fingerprint: a\n  fingerprint: b\n", "2: the key 'fingerprint' stands twice"),
        ("- hunter2pass: a\n  hunter2pass: b\n", "2: the key stands twice"),
        (entry(CONNECTED, hunter2pass="x"), "11: unknown key: allowed are fingerprint"),
        ("- value: !hunter2pass x\n", "1: has a tag, or a key that is no text"),
        ("- &a [*a]\n", "1: is nested too deeply: more than 200 levels"),
        ("[" * 300 + "]" * 300, "1: is nested too deeply: more than 200 levels"),
        ("[" * 100_000 + "]" * 100_000, "1: is not YAML"),
        (f"- {{a: &a [{'x,' * 600}], b: &b [{'*a,' * 600}], c: [{'*b,' * 600}]}}\n", " has more than 200000 values"),
        (f"- value: {'9' * 5000}\n", "1: has a number of more than 100 digits"),
        ("- a\n" * (1 << 20) + "- a\n", " has more than 4 MiB"),
    ],
    ids=lambda value: None if "\n" in value else value[:40],
)
def test_a_wrong_file_is_refused_and_left_alone(vla: Run, tmp_path: Path, file: Path, text: str, said: str) -> None:
    file.write_text(text)
    leave(tmp_path, report([TOO_SHORT]))
    done = vla("accept", TOO_SHORT.fingerprint, *WHY)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
    assert "hunter2pass" not in done.stderr
    assert f"acceptances.yaml:{said.replace('{}', CONNECTED.fingerprint)}" in done.stderr
    assert file.read_text() == text


def test_bytes_that_are_no_text_are_refused(file: Path) -> None:
    file.write_bytes(b"- \xff")
    with pytest.raises(FileError, match=r"is not UTF-8 \(byte 2\)"):
        acceptances.load(file)


# What is written


def test_an_entry_is_added_and_everything_else_stays(vla: Run, tmp_path: Path, file: Path) -> None:
    leave(tmp_path, report([CONNECTED, TOO_SHORT]))
    for before in (
        "",
        "# why we accept things\n",
        f"# first\n{entry(EXPLODED, reason='old   # not of the text')}\n# last",
        "  " + entry(EXPLODED).replace("\n ", "\n   ").rstrip(),
        entry(EXPLODED, reason="|\n    two\n    lines # of text"),
    ):
        file.write_text(before)
        done = vla("accept", CONNECTED.fingerprint[:6], *WHY)
        assert done.returncode == 0, done.stderr
        assert file.read_text().startswith(before)
        assert CONNECTED.fingerprint in [each.fingerprint for each in acceptances.load(file).entries]
    assert set(tmp_path.iterdir()) == {tmp_path / "build", file}


def test_what_is_written_says_all(vla: Run, tmp_path: Path, file: Path) -> None:
    number = replace(CONNECTED, kind=Kind.STATUS, location="status", value="203")
    leave(tmp_path, report([number], target=OTHER))
    assert vla("accept", number.fingerprint, *WHY).returncode == 0
    text = file.read_text()
    assert f"\n- fingerprint: {number.fingerprint}\n  kind: status\n  operation: list_participants\n" in text
    assert "  value: '203'\n" in text
    assert f"  expires: {SOON}\n  target: http://127.0.0.1:9\n  check: {CHECK}\n" in text
    (found,) = acceptances.load(file).entries
    assert found.finding.fingerprint == number.fingerprint


def test_line_ends_stay(vla: Run, tmp_path: Path, file: Path) -> None:
    before = entry(EXPLODED).replace("\n", "\r\n")
    file.write_bytes(before.encode())
    leave(tmp_path, report([CONNECTED]))
    assert vla("accept", CONNECTED.fingerprint, *WHY).returncode == 0
    after = file.read_bytes().decode()
    assert after.startswith(before)
    assert "\n" not in after.replace("\r\n", "")


def test_a_link_stays_a_link(vla: Run, tmp_path: Path, file: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    file.symlink_to(tmp_path / "elsewhere" / "real.yaml")
    leave(tmp_path, report([CONNECTED]))
    assert vla("accept", CONNECTED.fingerprint, *WHY).returncode == 0
    assert file.is_symlink()
    assert len(acceptances.load(tmp_path / "elsewhere" / "real.yaml").entries) == 1


def test_accepting_again_says_so_and_replace_renews_in_place(vla: Run, tmp_path: Path, file: Path) -> None:
    before = f"# a\n{entry(CONNECTED)}# b\n{entry(EXPLODED)}"
    file.write_text(before)
    leave(tmp_path, report([CONNECTED]))
    done = vla("accept", CONNECTED.fingerprint, *WHY)
    assert done.returncode == 2
    assert f"is accepted already, by Kim until {SOON}: ticket 4711 (acceptances.yaml:2; --replace" in done.stderr
    assert file.read_text() == before
    later = str(days(60))
    done = vla("accept", CONNECTED.fingerprint, "--reason", "still", "--expires", later, "--owner", "Lo", "--replace")
    assert done.returncode == 0, done.stderr
    after = file.read_text()
    assert after.startswith("# a\n- fingerprint: ")
    assert after.endswith(f"# b\n{entry(EXPLODED)}")
    first, second = acceptances.load(file).entries
    assert (first.value, first.owner, first.reason, str(first.expires)) == ("connected", "Lo", "still", later)
    assert second.value == "exploded"


@pytest.mark.parametrize(
    "text",
    [
        f"[{{{entry(EXPLODED)[2:].replace(chr(10) + '  ', ', ').strip()}}}]\n",
        "[]\n",
        entry(EXPLODED) + "...\n",
    ],
)
def test_a_form_that_cannot_be_changed_is_left_alone(vla: Run, tmp_path: Path, file: Path, text: str) -> None:
    file.write_text(text)
    leave(tmp_path, report([CONNECTED]))
    done = vla("accept", CONNECTED.fingerprint, *WHY)
    assert done.returncode == 2
    assert "acceptances.yaml: its form does not let entries be added" in done.stderr
    assert file.read_text() == text


def test_an_anchor_that_another_entry_needs_is_not_cut_out(vla: Run, tmp_path: Path, file: Path) -> None:
    text = entry(CONNECTED, owner="&kim Kim") + entry(EXPLODED, owner="*kim", target="embedded")
    file.write_text(text)
    leave(tmp_path, report())
    done = vla("accept", "--prune")
    assert done.returncode == 2
    assert "without anchors" in done.stderr
    assert file.read_text() == text


def test_writers_at_once_lose_nothing(vla: Run, tmp_path: Path, file: Path) -> None:
    findings = [replace(CONNECTED, value=f"value-{number}") for number in range(8)]
    leave(tmp_path, report(findings))
    writers = [
        subprocess.Popen(
            [sys.executable, "-m", "video_log_analyzer", "accept", finding.fingerprint, *WHY],
            cwd=tmp_path,
            stdout=subprocess.DEVNULL,
        )
        for finding in findings
    ]
    assert [writer.wait(timeout=60) for writer in writers] == [0] * 8
    assert {each.value for each in acceptances.load(file).entries} == {finding.value for finding in findings}


def test_a_folder_that_is_none_is_one_clear_line(vla: Run, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    leave(tmp_path, report([CONNECTED]))
    for where, said in (("nowhere/a.yaml", "No such file"), ("file/a.yaml", "Not a directory"), ("build", "Is a dir")):
        done = vla("accept", CONNECTED.fingerprint, *WHY, "--acceptances", where)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert f"{where}: cannot be" in done.stderr
        assert said in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_an_unwritable_folder_is_one_clear_line(vla: Run, tmp_path: Path) -> None:
    leave(tmp_path, report([CONNECTED]))
    tmp_path.chmod(0o555)
    done = vla("accept", CONNECTED.fingerprint, *WHY)
    tmp_path.chmod(0o755)
    assert done.returncode == 2
    assert "cannot be written (Permission denied)" in done.stderr


# What is asked for


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "give the FINGERPRINT of a finding, --list or --prune"),
        (["--list", "abcdef"], "--list goes without fingerprint"),
        (["--prune", "--reason", "x"], "--prune goes without --reason"),
        (["--list", "--prune"], "not allowed with"),
        (["abcdef", "--expires", SOON, "--owner", "Kim"], "--reason is required"),
        (["abcdef", "--reason", " ", "--expires", SOON, "--owner", "Kim"], "--reason ' ' is empty"),
        (["abcdef", "--reason", "a\nb", "--expires", SOON, "--owner", "Kim"], "not one line"),
        (["abcdef", "--reason", "x", "--owner", "Kim"], "--expires is required"),
        (["abcdef", "--reason", "x", "--owner", "Kim", "--expires", "soon"], "--expires is 'soon': expected a day"),
        (["abcdef", "--reason", "x", "--owner", "Kim", "--expires", str(days(-1))], "is in the past"),
        (["abcdef", "--reason", "x", "--owner", "Kim", "--expires", str(days(370))], "is too far away: the last day"),
        (["abcdef", "--reason", "x", "--expires", SOON, "--owner", ""], "--owner '' is empty"),
        (["abcdef", *WHY], "the last report, of 2026-11-21T03:17:00Z, has no finding abcdef: it has "),
        (["abcde", *WHY], "'abcde' is no fingerprint"),
        (["abcdefg", *WHY], "'abcdefg' is no fingerprint"),
        (["abcdef", *WHY, "--report-dir", "nowhere"], "there is no report in nowhere: run `vla check` first"),
        (["abcdef", *WHY, "--config", "nowhere.toml"], "nowhere.toml: no such file"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_usage_is_one_clear_line(vla: Run, tmp_path: Path, file: Path, arguments: list[str], said: str) -> None:
    leave(tmp_path, report([CONNECTED]))
    done = vla("accept", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert not file.exists()


def test_a_prefix_of_two_findings_is_ambiguous(vla: Run, tmp_path: Path) -> None:
    twins = _twins()
    leave(tmp_path, report(twins))
    prefix = twins[0].fingerprint[:6]
    done = vla("accept", prefix, *WHY)
    assert done.returncode == 2
    assert f"{prefix} is ambiguous: give more digits: " in done.stderr
    assert all(f"{finding.fingerprint} undocumented value: " in done.stderr for finding in twins)


def _twins() -> list[Finding]:
    """Two findings whose fingerprints begin with the same six digits."""
    seen: dict[str, Finding] = {}
    for number in range(2**20):
        finding = replace(CONNECTED, value=f"value-{number}")
        other = seen.setdefault(finding.fingerprint[:6], finding)
        if other is not finding:
            return [other, finding]
    raise AssertionError("2^20 values without two alike")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "report.json:1: is not JSON"),
        ("[]", "is no report of this version"),
        ("{}", "is no report of this version: it lacks 'format'"),
        ('{"format": 99}', "format 99 where 3 is read"),
    ],
)
def test_a_report_that_is_none_is_one_clear_line(vla: Run, tmp_path: Path, text: str, said: str) -> None:
    leave(tmp_path, report())
    (tmp_path / "build" / "vla" / "report.json").write_text(text)
    for arguments in (["accept", CONNECTED.fingerprint, *WHY], ["accept", "--prune"], ["recheck", "abcdef"]):
        done = vla(*arguments)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert said in done.stderr
        assert "run `vla check` again" in done.stderr


def test_the_owner_is_who_commits(vla: Run, tmp_path: Path, file: Path) -> None:
    leave(tmp_path, report([CONNECTED]))
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    done = vla("accept", CONNECTED.fingerprint, *WHY[:4], environment=alone)
    assert done.returncode == 2
    assert "--owner is required" in done.stderr
    (tmp_path / "gitconfig").write_text("[user]\nname = Robin Example\n")
    named = {**alone, "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")}
    assert vla("accept", CONNECTED.fingerprint, *WHY[:4], environment=named).returncode == 0
    assert [each.owner for each in acceptances.load(file).entries] == ["Robin Example"]


def test_the_list_shows_each(vla: Run, file: Path) -> None:
    assert vla("accept", "--list").stdout == "nothing is accepted: acceptances.yaml has no entries\n"
    file.write_text(entry(CONNECTED) + entry(EXPLODED, expires="2026-01-02"))
    done = vla("accept", "--list")
    assert done.returncode == 0
    name = "undocumented value: list_participants /participants/*/status: "
    assert f"{CONNECTED.fingerprint} {name}connected\n    until     {SOON}\n    owner     Kim" in done.stdout
    assert f"{name}exploded\n    until     2026-01-02\n    note      the acceptance by Kim lapsed on" in done.stdout


def test_the_settings_say_where_the_files_are(vla: Run, tmp_path: Path) -> None:
    leave(tmp_path, report([CONNECTED]))
    (tmp_path / "build" / "vla").rename(tmp_path / "reports")
    (tmp_path / "vla.toml").write_text('[check]\nreport_dir = "reports"\nacceptances = "build/known.yaml"\n')
    assert vla("accept", CONNECTED.fingerprint, *WHY).returncode == 0
    assert len(acceptances.load(tmp_path / "build" / "known.yaml").entries) == 1


# What is dropped


def test_prune_drops_what_was_looked_for_and_not_met(vla: Run, tmp_path: Path, file: Path) -> None:
    file.write_text(f"# top\n{entry(CONNECTED)}\n# about the next\n{entry(EXPLODED)}# end\n")
    leave(tmp_path, report([EXPLODED]))
    done = vla("accept", "--prune")
    assert done.returncode == 0, done.stderr
    assert file.read_text() == f"# top\n\n# about the next\n{entry(EXPLODED)}# end\n"
    assert f"dropped  {CONNECTED.fingerprint}" in done.stdout
    assert f"kept     {EXPLODED.fingerprint}" in done.stdout
    assert "it still shows" in done.stdout
    assert done.stdout.endswith("1 dropped, 1 kept in acceptances.yaml\n")


def test_prune_leaves_what_follows_a_block_of_text(vla: Run, tmp_path: Path, file: Path) -> None:
    block = entry(CONNECTED, check="-", target="-", reason="x", value="connected")
    block += "  target: live\n  check: |-\n    " + CHECK + "\n\n"
    text = f"{block}# about the next\n{entry(EXPLODED)}"
    file.write_text(text)
    leave(tmp_path, report([EXPLODED]))
    assert vla("accept", "--prune").returncode == 0
    assert file.read_text() == f"\n# about the next\n{entry(EXPLODED)}"


def test_prune_may_empty_a_file(vla: Run, tmp_path: Path, file: Path) -> None:
    file.write_text(f"# ours\n{entry(CONNECTED)}{entry(EXPLODED)}")
    leave(tmp_path, report())
    assert vla("accept", "--prune").stdout.endswith("2 dropped, 0 kept in acceptances.yaml\n")
    assert file.read_text() == "# ours\n"
    assert vla("accept", "--prune").stdout.endswith("0 dropped, 0 kept in acceptances.yaml\n")


KEPT: list[tuple[str, Result, dict[str, str]]] = [
    ("it still shows", report([replace(CONNECTED, state=State.ACCEPTED)]), {}),
    ("was on embedded", report(target=EMBEDDED), {}),
    ("was on http://127.0.0.1:9", report(target=OTHER), {}),
    ("not known which target", report(), {"target": "-"}),
    ("faults were planted", report(target=replace(EMBEDDED, faults=("no-cors",))), {"target": "embedded"}),
    ("profile was quick", report(profile="quick"), {}),
    ("says nothing about list_participants", report(operations=MEASURED[:1]), {}),
    ("never seen with data", report(operations=(MEASURED[0], replace(MEASURED[1], with_data=0))), {}),
    ("the check that met it did not run", report(checks=RAN[1:]), {}),
    ("(skipped): the budget", report(checks=(cut(RAN[0], "skipped", "the budget is spent"),)), {}),
    ("(error): no reason", report(checks=(cut(RAN[0], "error"),)), {}),
    ("(passed): no answer", report(checks=(cut(RAN[0], "passed", "no answer"),)), {}),
    ("(failed): 429", report(checks=(cut(RAN[0], "failed", "429"),)), {}),
    ("did not go on to its end", report(checks=(RAN[0], cut(RAN[1], "skipped", "x"))), {"check": "-"}),
    ("nothing was seen at", report(coverage=(replace(SEEN[0], count=0),)), {}),
]


@pytest.mark.parametrize(("said", "result", "changes"), KEPT, ids=[said for said, _, _ in KEPT])
def test_prune_keeps_what_was_not_looked_for(
    vla: Run, tmp_path: Path, file: Path, said: str, result: Result, changes: dict[str, str]
) -> None:
    file.write_text(entry(CONNECTED, **changes))
    leave(tmp_path, result)
    done = vla("accept", "--prune")
    assert done.returncode == 0, done.stderr
    assert said.replace("was skipped", "ended as 'skipped'") in done.stdout
    assert done.stdout.endswith("0 dropped, 1 kept in acceptances.yaml\n")
    assert file.read_text() == entry(CONNECTED, **changes)


DROPPED: list[tuple[str, Result, dict[str, str]]] = [
    ("a failed check of a run that saw all", report([TOO_SHORT], checks=(replace(RAN[0], outcome="failed"),)), {}),
    ("another operation without data", report(operations=(replace(MEASURED[0], with_data=0), MEASURED[1])), {}),
    ("its own target", report(target=OTHER), {"target": "http://127.0.0.1:9"}),
    ("no check known, all ran", report(), {"check": "-"}),
]


@pytest.mark.parametrize(("result", "changes"), [each[1:] for each in DROPPED], ids=[each[0] for each in DROPPED])
def test_prune_is_not_overly_careful(
    vla: Run, tmp_path: Path, file: Path, result: Result, changes: dict[str, str]
) -> None:
    file.write_text(entry(CONNECTED, **changes))
    leave(tmp_path, result)
    assert vla("accept", "--prune").stdout.endswith("1 dropped, 0 kept in acceptances.yaml\n")


@pytest.mark.parametrize(
    ("kind", "location", "aspect"),
    [(Kind.FILTER, "query:RoomType", "parameter"), (Kind.MISSING_HEADER, "header:Retry-After", "header")],
)
def test_prune_keeps_what_nothing_was_sent_or_answered_for(
    vla: Run, tmp_path: Path, file: Path, kind: Kind, location: str, aspect: str
) -> None:
    finding = replace(CONNECTED, kind=kind, location=location, value="x")
    file.write_text(entry(finding))
    covered = CoverageResult(finding.operation, aspect, location.partition(":")[2], 0)
    leave(tmp_path, report(coverage=[covered]))
    assert f"nothing was seen at {location}" in vla("accept", "--prune").stdout
    leave(tmp_path, report(coverage=[replace(covered, count=1), replace(covered, operation="list_rooms")]))
    assert vla("accept", "--prune").stdout.endswith("1 dropped, 0 kept in acceptances.yaml\n")


def test_a_missing_field_that_is_back_may_be_null(vla: Run, tmp_path: Path, file: Path) -> None:
    missing = replace(CONNECTED, kind=Kind.MISSING_FIELD)
    file.write_text(entry(missing))
    leave(tmp_path, report(coverage=(replace(SEEN[0], count=0),)))
    assert vla("accept", "--prune").stdout.endswith("1 dropped, 0 kept in acceptances.yaml\n")


def test_a_location_may_be_called_by_its_former_name(vla: Run, tmp_path: Path, file: Path) -> None:
    file.write_text(entry(CONNECTED).replace("location:", "place:"))
    assert "/participants/*/status" in vla("accept", "--list").stdout
    leave(tmp_path, report([EXPLODED]))
    assert vla("accept", EXPLODED.fingerprint, *WHY).returncode == 0
    assert [line.split(":")[0].strip() for line in file.read_text().splitlines() if "/*/status" in line] == [
        "place",
        "location",
    ]
