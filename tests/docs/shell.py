"""A copy of the checkout, and one shell in it for the commands of a page."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.conftest import ROOT

_LONGEST = 240.0
_NOT_COPIED = shutil.ignore_patterns(".venv", ".tox", ".git", "build", "node_modules", ".*_cache", ".hypothesis")
# What a page sets itself, and what would colour or annotate the output.
_NOT_INHERITED = re.compile(r"(?:TWILIO|VLA|LIBRARY|GITHUB|PYTEST|COV|FORCE|CLICOLOR)_|CI$|PYTHONDONTWRITEBYTECODE$")


@dataclass(frozen=True)
class Outcome:
    """How a command ended, and what it wrote."""

    status: int
    stdout: str
    stderr: str


def copy_checkout(to: Path) -> Path:
    """A checkout in which `scripts/check` has been run once: `.venv` leads to this test's own environment."""
    shutil.copytree(ROOT, to, ignore=_NOT_COPIED)
    programs = to / ".venv" / "bin"
    programs.mkdir(parents=True)
    for name, module in {"python": "", "vla": "-m video_log_analyzer", "pytest": "-m pytest"}.items():
        (programs / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" {module} "$@"\n', encoding="utf-8")
        (programs / name).chmod(0o755)
    (programs / "activate").write_text(f'PATH="{programs}:$PATH"\n', encoding="utf-8")
    wanted = b"".join((to / name).read_bytes() for name in ("pyproject.toml", "generated_client/pyproject.toml"))
    (to / ".venv" / ".provided-kit").write_text(hashlib.sha256(wanted).hexdigest() + "\n", encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=to, check=True)
    subprocess.run(["git", "add", "--all"], cwd=to, check=True)
    return to


class Shell:
    """One bash for as long as it is the context; everything that it started ends with it."""

    def __init__(self, checkout: Path) -> None:
        self.folder = checkout
        inherited = {name: value for name, value in os.environ.items() if not _NOT_INHERITED.match(name)}
        environment = {
            **inherited,
            "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
            **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
            "PYTHONPATH": os.pathsep.join([str(checkout / "src"), str(checkout / "generated_client")]),
        }
        self._output = {name: checkout.parent / f"{checkout.name}.{name}" for name in ("stdout", "stderr")}
        self._bash = subprocess.Popen(
            ["bash", "--norc"],
            cwd=checkout,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            encoding="utf-8",
            start_new_session=True,
        )

    def __enter__(self) -> Shell:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._bash.communicate()

    def run(self, command: str) -> Outcome:
        """Run it in this shell. A day that a page gives to ``--expires`` becomes one three months from now."""
        soon = (datetime.now(UTC) + timedelta(days=90)).date().isoformat()
        command = re.sub(r"(--expires )\d{4}-\d\d-\d\d", rf"\g<1>{soon}", command)
        assert self._bash.stdin is not None
        assert self._bash.stdout is not None
        # What a page leaves running in the background writes into files, and so keeps nobody waiting.
        out, err = self._output["stdout"], self._output["stderr"]
        self._bash.stdin.write(f"{{ {command}\n}} </dev/null >'{out}' 2>'{err}'; echo $?\n")
        self._bash.stdin.flush()
        watchdog = threading.Timer(_LONGEST, self._end)
        watchdog.start()
        status = self._bash.stdout.readline()
        watchdog.cancel()
        assert status, f"the shell ended, or took more than {_LONGEST:.0f} s, in: {command}"
        return Outcome(int(status), out.read_text(encoding="utf-8"), err.read_text(encoding="utf-8"))

    def _end(self) -> None:
        # Its own session: bash, and whatever it started.
        os.killpg(self._bash.pid, signal.SIGKILL)
