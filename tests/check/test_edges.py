"""Edges of the command line: each is one clear line with the right exit status."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from contract_kit.check.budget import Budget
from video_log_analyzer.kit import KIT


def vla(folder: Path, line: str, **environment: str) -> tuple[int, str, str]:
    """Run ``vla`` through a shell, so that it may close streams: its status, output and messages."""
    done = subprocess.run(
        f"{sys.executable} -m video_log_analyzer {line}",
        shell=True,
        cwd=folder,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("check --max-request 4", "vla check: unknown option --max-request (did you mean '--max-requests'?)"),
        ("check --secret=s3cret", "vla check: unknown option --secret (see"),
        ("accept one two", "vla accept: unexpected argument 'two'"),
        ("--bogus check", "vla: unknown option --bogus"),
        ("chek", "vla: no command 'chek' (did you mean 'check'?)"),
        ("accept abcdef --owner x", "vla accept: --reason and --expires are required"),
        ("check --max-requests 10000000000", "allowed is a whole number from 1 to 1000000000"),
        ("emulator --fault no-such-name", "fault 'no-such-name': unknown; "),
    ],
)
def test_wrong_arguments_are_one_line(tmp_path: Path, line: str, said: str) -> None:
    status, output, message = vla(tmp_path, line)
    assert (status, output, message.count("\n")) == (2, "", 1)
    assert message.startswith(said) or said in message
    assert "s3cret" not in message


def test_postgresql_without_its_driver(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys; sys.modules['psycopg'] = None")
    line = "emulator --port 0 --database postgresql://user:hidden@localhost/x"
    status, _, message = vla(tmp_path, line, PYTHONPATH=str(tmp_path))
    assert (status, message.count("\n")) == (2, 1)
    assert "needs the package psycopg" in message
    assert "hidden" not in message


@pytest.mark.parametrize("streams", ["", ">&-", "2>&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_closed_streams_and_ascii_change_no_status(tmp_path: Path, streams: str) -> None:
    (tmp_path / "one.json").write_text('{"hello": 1}')
    assert vla(tmp_path, f"validate one.json {streams}", PYTHONIOENCODING="ascii", PYTHONUTF8="0", LC_ALL="C")[0] == 3


def test_a_file_that_cannot_be_read_is_neither_empty_nor_quoted(tmp_path: Path) -> None:
    (tmp_path / "one.ndjson.gz").write_bytes(b"PKsecret")
    for name in ("missing.har", "one.ndjson.gz"):
        status, output, message = vla(tmp_path, f"validate {name}")
        assert status == 2
        assert "it is empty" not in output + message
        assert "PK" not in output + message


def test_settings_are_found_above_up_to_the_repository(tmp_path: Path) -> None:
    folder = tmp_path / "outer" / "repository" / "sub" / "folder"
    folder.mkdir(parents=True)
    (tmp_path / "outer" / "vla.toml").write_text("no TOML")
    repository = tmp_path / "outer" / "repository"
    assert vla(folder, "accept --list")[1].startswith("nothing is accepted: acceptances.yaml ")
    (repository / ".git").mkdir()
    assert vla(folder, "accept --list")[1].startswith("nothing is accepted: acceptances.yaml ")
    (repository / "vla.toml").write_text("[check]\nacceptances = 'other.yaml'\n")
    status, output, message = vla(folder, "accept --list")
    assert (status, message) == (0, "vla accept: settings of ../../vla.toml\n")
    assert output.startswith("nothing is accepted: ../../other.yaml ")


def test_a_large_budget_is_shared_at_once_and_as_a_small_one() -> None:
    from contract_kit import contract

    operations = contract.load(KIT).operations
    for most in (1, 4, 5, 60, 10**9):
        budget = Budget(operations, most)
        assert sum(budget.left(each.name) or 0 for each in operations) == most


def test_a_run_that_could_judge_almost_nothing_is_inconclusive(tmp_path: Path) -> None:
    status, output, _ = vla(tmp_path, "check --profile quick --max-requests 4")
    assert status == 3
    assert "checks that send requests short" in output.splitlines()[-1]
