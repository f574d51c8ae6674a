"""scripts/sync_issues.py: one issue a finding, opened, reopened and closed, beside a stand-in for `gh`."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contract_kit.findings.finding import Example, Finding, Kind, State
from tests.check.reported import CONNECTED, EMBEDDED, EXPLODED, MEASURED, RAN, TOO_SHORT, cut, leave, report
from tests.conftest import ROOT

Sync = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def sync(tmp_path: Path) -> Sync:
    """Run the script as the workflow does: without an installation."""
    programs = tmp_path / "bin"
    programs.mkdir()
    gh = programs / "gh"
    gh.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).with_name("fake_gh.py")}" "$@"\n')
    gh.chmod(0o755)

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        given = {"PATH": f"{programs}:{os.environ['PATH']}", **environment}
        return subprocess.run(
            [sys.executable, "-S", str(ROOT / "scripts" / "sync_issues.py"), *arguments],
            cwd=tmp_path,
            env={**os.environ, "GH_FAKE": str(tmp_path / "gh.json"), **given},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def stored(folder: Path) -> dict[str, Any]:
    store: dict[str, Any] = json.loads((folder / "gh.json").read_text())
    return store


def issues(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = stored(folder)["issues"]
    return found


def test_each_finding_that_counts_has_one_issue(sync: Sync, tmp_path: Path) -> None:
    notice = replace(CONNECTED, kind=Kind.INTERNAL_VALUE)
    accepted, warning = replace(TOO_SHORT, state=State.ACCEPTED), replace(EXPLODED, state=State.WARNING, value="x")
    leave(tmp_path, report([CONNECTED, EXPLODED, notice, accepted, warning]))
    done = sync()
    assert done.returncode == 0, done.stderr
    first, second = issues(tmp_path)
    assert first["title"] == "undocumented value: list_participants /participants/*/status: connected"
    assert second["title"].endswith(": exploded")
    assert first["labels"] == ["contract-drift"]
    for text in (CONNECTED.remedy[:20], '{"status": "connected"}', "GET /v1/Video/Rooms/RM…/Participants", "`drift`"):
        assert text in first["body"]
    assert f'<!-- vla-finding {{"fingerprint": "{CONNECTED.fingerprint}"' in first["body"].splitlines()[-1]
    # The next night says the same: nothing is opened or said again.
    assert sync().stdout == ""
    assert [issue["comments"] for issue in issues(tmp_path)] == [[], []]
    assert len(issues(tmp_path)) == 2


def test_a_cause_has_one_issue_together_with_what_it_explains(sync: Sync, tmp_path: Path) -> None:
    under = replace(EXPLODED, cause=CONNECTED.fingerprint, found="status is 'exploded'")
    leave(tmp_path, report([under, replace(CONNECTED, condition="only on later pages", found="status is 'connected'")]))
    sync()
    (issue,) = issues(tmp_path)
    assert issue["title"].endswith(": connected")
    for text in ("`status is 'connected'`", "`only on later pages`", f"- explains: `{EXPLODED.fingerprint} "):
        assert text in issue["body"]
    # An issue from before, about a finding that is now explained, stands for the cause.
    leave(tmp_path, report([replace(CONNECTED, cause=EXPLODED.fingerprint), EXPLODED]))
    assert sync().stdout == ""
    assert len(issues(tmp_path)) == 1


def test_an_issue_closes_when_its_finding_is_gone_and_reopens_when_it_is_back(sync: Sync, tmp_path: Path) -> None:
    leave(tmp_path, report([CONNECTED, EXPLODED]))
    sync()
    leave(tmp_path, report([EXPLODED]))
    assert f"close #1: {CONNECTED.fingerprint}" in sync().stdout
    first, second = issues(tmp_path)
    assert (first["state"], first["stateReason"], second["state"]) == ("CLOSED", "COMPLETED", "OPEN")
    assert first["comments"][0].startswith("Gone: looked for on `the live API")
    assert sync().stdout == ""
    leave(tmp_path, report([CONNECTED, EXPLODED]))
    assert f"reopen #1: {CONNECTED.fingerprint}" in sync().stdout
    first, second = issues(tmp_path)
    assert first["state"] == "OPEN"
    assert first["comments"][1].startswith("It is back: ")
    assert '{"status": "connected"}' in first["comments"][1]
    assert second["comments"] == []


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("never seen with data", {"operations": (MEASURED[0], replace(MEASURED[1], with_data=0))}),
        ("did not run", {"checks": RAN[1:]}),
        ("did not go on to its end", {"checks": (cut(RAN[0], "skipped"),)}),
        ("profile was quick", {"profile": "quick"}),
    ],
)
def test_an_issue_stays_open_unless_its_finding_was_looked_for(
    sync: Sync, tmp_path: Path, said: str, changes: dict[str, Any]
) -> None:
    """The rule is that of `vla accept --prune`, whose tests have the rest of it."""
    leave(tmp_path, report([CONNECTED]))
    sync()
    leave(tmp_path, report(**changes))
    done = sync()
    assert "left #1 open" in done.stdout
    assert said in done.stdout
    assert issues(tmp_path)[0]["state"] == "OPEN"
    assert issues(tmp_path)[0]["comments"] == []


def test_an_accepted_finding_leaves_its_issue_as_it_is(sync: Sync, tmp_path: Path) -> None:
    leave(tmp_path, report([CONNECTED]))
    sync()
    leave(tmp_path, report([replace(CONNECTED, state=State.ACCEPTED)]))
    assert sync().stdout == ""
    assert issues(tmp_path)[0]["state"] == "OPEN"


def test_what_was_closed_as_not_planned_stays_closed(sync: Sync, tmp_path: Path) -> None:
    leave(tmp_path, report([CONNECTED]))
    sync()
    store = stored(tmp_path)
    store["issues"][0].update(state="CLOSED", stateReason="NOT_PLANNED")
    (tmp_path / "gh.json").write_text(json.dumps(store))
    assert "left #1 closed, since it was closed as not planned" in sync().stdout
    assert len(issues(tmp_path)) == 1
    assert issues(tmp_path)[0]["state"] == "CLOSED"


@pytest.mark.parametrize(
    "body",
    [
        "",
        None,
        "<!-- vla-finding {} -->",
        "<!-- vla-finding {nonsense} -->",
        '<!-- vla-finding {"fingerprint": "000000000000", "kind": "paging", "operation": "list_rooms", "place": "/", '
        '"value": "gap", "check": "", "target": "live"} -->',
        "somebody's own words about contract-drift",
    ],
)
def test_an_issue_without_our_marker_is_never_touched(sync: Sync, tmp_path: Path, body: str | None) -> None:
    foreign = {"number": 1, "title": "t", "body": body, "labels": ["contract-drift"], "state": "OPEN"}
    foreign |= {"stateReason": "", "comments": []}
    (tmp_path / "gh.json").write_text(json.dumps({"labels": [], "issues": [foreign], "log": []}))
    leave(tmp_path, report())
    assert sync().returncode == 0
    leave(tmp_path, report([CONNECTED]))
    assert sync().returncode == 0
    first, second = issues(tmp_path)
    assert first == foreign
    assert second["title"].endswith("connected")


def test_only_a_report_about_the_live_api_counts(sync: Sync, tmp_path: Path) -> None:
    leave(tmp_path, report([CONNECTED], target=EMBEDDED))
    assert sync().stdout.startswith("nothing done: the report is about the embedded emulator")
    assert not (tmp_path / "gh.json").exists()
    sync("--any-target")
    assert len(issues(tmp_path)) == 1
    # What the emulator showed is not gone because the live API does not show it.
    leave(tmp_path, report())
    assert "it was met on embedded, and the run was on live" in sync().stdout
    leave(tmp_path, report(target=EMBEDDED))
    assert "close #1" in sync("--any-target").stdout


def test_a_dry_run_does_nothing(sync: Sync, tmp_path: Path) -> None:
    leave(tmp_path, report([CONNECTED]))
    done = sync("--dry-run")
    assert f"would open an issue: {CONNECTED.fingerprint}" in done.stdout
    assert [command[:2] for command in stored(tmp_path)["log"]] == [["api", "graphql"], ["issue", "list"]]
    assert issues(tmp_path) == []


def test_a_run_opens_at_most_twenty(sync: Sync, tmp_path: Path) -> None:
    leave(tmp_path, report([replace(CONNECTED, value=f"value-{number}") for number in range(25)]))
    assert "5 more findings have no issue: at most 20 are opened by one run" in sync().stdout
    assert len(issues(tmp_path)) == 20
    assert "more" not in sync().stdout
    assert len({issue["title"] for issue in issues(tmp_path)}) == 25


HOSTILE = (
    "` @everyone ``` <img src=x onerror=alert(1)> --> <!-- vla-finding {} --> | **b** "
    "[l](https://e.example)\n```\n# h\n"
)


def test_what_came_over_the_wire_mentions_nobody_and_marks_nothing(sync: Sync, tmp_path: Path) -> None:
    finding = Finding(
        Kind.UNDOCUMENTED_VALUE,
        "list_rooms",
        f"/rooms/*/{HOSTILE}",
        HOSTILE,
        expected=HOSTILE,
        impact=HOSTILE,
        examples=(Example(f"GET /v1/{HOSTILE}", HOSTILE * 400),) * 3,
        check="test_client.py::test_values",
    )
    leave(tmp_path, report([finding]))
    assert sync().returncode == 0
    (issue,) = issues(tmp_path)
    assert "@everyone" not in issue["title"]
    assert "\n" not in issue["title"]
    outside = _without_code(issue["body"])
    assert outside.count("<!--") == outside.count("-->") == 1
    prose, hidden = outside.split("<!--")
    assert hidden.endswith("-->")
    for text in ("@", "<", "**b**", "](", "# h"):
        assert text not in prose
    assert "@" not in hidden
    # It is known again, and closed once it is gone.
    leave(tmp_path, report())
    assert "close #1" in sync().stdout


def _without_code(markdown: str) -> str:
    """The text outside of fences and code spans, as CommonMark delimits them."""
    kept, fence = [], ""
    for line in markdown.splitlines():
        if fence:
            fence = "" if line.strip() == fence else fence
        elif opened := re.match(r"`{3,}(?=text$)", line):
            fence = opened[0]
        else:
            kept.append(re.sub(r"(?<!`)(`+)(?!`)(.+?)(?<!`)\1(?!`)", "", line))
    assert not fence, "a fence is never closed"
    return "\n".join(kept)


def test_a_failing_gh_is_one_clear_line(sync: Sync, tmp_path: Path) -> None:
    leave(tmp_path, report([CONNECTED]))
    for command in ("list", "create"):
        done = sync(GH_FAKE_FAILS=command)
        assert done.returncode == 2
        assert len(done.stderr.splitlines()) == 1
        assert "failed: HTTP 401: Bad credentials" in done.stderr
    done = sync(PATH=str(tmp_path))
    assert done.returncode == 2
    assert "`gh` is not on the PATH" in done.stderr


def test_more_issues_than_are_read_open_no_second_ones(sync: Sync, tmp_path: Path) -> None:
    one = {"title": "t", "body": "", "labels": ["contract-drift"], "state": "CLOSED", "stateReason": "", "comments": []}
    many = [{"number": number + 1, **one} for number in range(1000)]
    (tmp_path / "gh.json").write_text(json.dumps({"labels": [], "issues": many, "log": []}))
    leave(tmp_path, report([CONNECTED]))
    done = sync()
    assert done.returncode == 2
    assert "1000 issues or more have the label contract-drift" in done.stderr
    assert len(issues(tmp_path)) == 1000


def test_without_a_report_there_is_nothing_to_go_by(sync: Sync) -> None:
    done = sync("--report-dir", "nowhere")
    assert done.returncode == 2
    assert done.stderr.startswith("sync_issues: there is no report in nowhere")


@pytest.mark.parametrize(
    "author",
    [
        {"login": "somebody"},
        {"login": "github-actions", "is_bot": False},
        {"login": "app/another", "is_bot": True},
        None,
    ],
)
def test_a_marker_in_the_issue_of_somebody_else_is_not_believed(
    author: dict[str, Any] | None, sync: Sync, tmp_path: Path
) -> None:
    leave(tmp_path, report([CONNECTED]))
    sync()
    store = stored(tmp_path)
    store["issues"][0]["author"] = author
    (tmp_path / "gh.json").write_text(json.dumps(store))
    leave(tmp_path, report([]))
    assert sync().stdout == ""
    leave(tmp_path, report([CONNECTED]))
    sync()
    assert [(each["state"], each["comments"]) for each in issues(tmp_path)] == [("OPEN", [])] * 2
