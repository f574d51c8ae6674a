"""Ctrl-C ends every command at once: with status 130 and one line, whatever it was just about."""

from __future__ import annotations

import os
import subprocess
import sys
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
