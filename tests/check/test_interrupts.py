"""Ctrl-C ends every command at once: with status 130 and one line, whatever it was just about."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.conftest import ROOT

# Sends SIGINT when a module is imported for the first time: to this process or, from a child, to its parent.
INTERRUPTING = """
import gc, os, signal, sys

WHERE, HOW = os.environ["INTERRUPT_AT"], os.environ["INTERRUPT_HOW"]

def interrupt(*_):
    gc.callbacks.clear()
    os.kill(os.getppid() if HOW == "from the child" else os.getpid(), signal.SIGINT)

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == WHERE:
            if HOW == "within a callback":
                gc.callbacks.append(interrupt)
                gc.collect()
            else:
                interrupt()

sys.meta_path.insert(0, Finder())
"""
EMULATOR = ["emulator", "--port", "0"]
CASSETTES = str(ROOT / "contract_tests" / "cassettes")


@pytest.mark.parametrize(
    ("arguments", "module", "how"),
    [
        (["check"], "contract_kit.commands.check", "at once"),
        (["check"], "contract_kit.check.runner", "at once"),
        (["check"], "contract_kit.check.runner", "within a callback"),
        (["check"], "_pytest.config", "from the child"),
        (["check"], "schemathesis", "from the child"),
        (["record", "rooms", "--output", "."], "contract_kit.commands.record", "at once"),
        (["record", "rooms", "--output", "."], "vcr", "at once"),
        # Python drops an exception there, and the recording would go on.
        (["record", "rooms", "--output", "."], "vcr", "within a callback"),
        (EMULATOR, "video_log_analyzer.commands.emulator", "at once"),
        (EMULATOR, "uvicorn", "at once"),
        (["validate", CASSETTES], "contract_kit.commands.validate", "at once"),
        (["validate", CASSETTES], "contract_kit.recordings.validator", "at once"),
    ],
)
def test_interrupt_during_the_imports(tmp_path: Path, arguments: list[str], module: str, how: str) -> None:
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "sitecustomize.py").write_text(INTERRUPTING)
    old = tmp_path / "rooms.yaml"
    old.write_text("what was there")
    done = subprocess.run(
        [sys.executable, "-m", "video_log_analyzer", *arguments],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site"), "INTERRUPT_AT": module, "INTERRUPT_HOW": how},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    # Until the subcommand is imported it is not named.
    assert (done.returncode, done.stderr) in [
        (130, "vla: interrupted\n"),
        (130, f"vla {arguments[0]}: interrupted\n"),
    ], done.stdout
    assert old.read_text() == "what was there"


def descendants(process: int) -> set[int]:
    """The processes below one, as Linux knows them."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(") ")[2].split()[1])
    found, level = set[int](), {process}
    while level:
        level = {child for child, parent in parents.items() if parent in level}
        found |= level
    return found


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="knows processes as Linux does")
def test_a_killed_check_leaves_no_process(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "video_log_analyzer", "check", "--profile", "quick"]
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as check:
        assert check.stderr is not None
        check.stderr.readline()  # the first check has passed: the suite and the emulator run
        below = descendants(check.pid)
        assert len(below) == 2
        check.kill()
        # The suite holds this pipe until it ends, and a suite that went on to its end would tell of all its checks.
        assert check.stderr.read().count(b"\n") < 60
    deadline = time.monotonic() + 60
    while alive := {each for each in below if Path(f"/proc/{each}").exists()}:
        assert time.monotonic() < deadline, f"{len(alive)} processes are left"
        time.sleep(0.1)
