"""Run the contract tests in a pytest of their own, which nothing in the caller's folder or environment configures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from video_log_analyzer.errors import InconclusiveError
from video_log_analyzer.resources import contract_tests_folder
from video_log_analyzer.results import Result

# What would configure pytest and its plugins, schemathesis, hypothesis or Python's own import.
_CONFIGURING = ("PYTEST_", "SCHEMATHESIS_", "HYPOTHESIS_", "COV_CORE_", "PY_COLORS", "PYTHONSTARTUP", "PYTHONWARNINGS")
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"})


def run(options: Sequence[str], environment: Mapping[str, str], *, loopback: bool) -> Result:
    """Run ``contract_tests/`` and return what it found; its progress goes to standard error.

    Args:
        options: Options of the suite itself, for example ``["--target", "http://127.0.0.1:8080"]``.
        environment: The caller's environment; what would configure the run is dropped.
        loopback: Whether the target is on this machine, so that no proxy has a say.

    Raises:
        InconclusiveError: the suite ended without a result.
    """
    folder = contract_tests_folder()
    # An empty current folder: no stray pytest.ini, conftest.py, schemathesis.toml or .netrc is found in it or above.
    with tempfile.TemporaryDirectory(prefix="vla-check-") as scratch:
        result_file, log_file = Path(scratch) / "result.json", Path(scratch) / "pytest.log"
        command = [sys.executable, "-P", "-m", "pytest", str(folder), "-c", str(folder / "pytest.ini")]
        # Without capturing, progress within a long check is seen; whatever else is printed goes to the log.
        command += ["--capture=no", "--rootdir", str(folder), "--result", str(result_file), *options]
        with log_file.open("wb") as log:
            child = subprocess.Popen(
                command,
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                stdout=log,
                env=_clean(environment, scratch, loopback=loopback),
            )
            _wait(child)
        if not result_file.is_file():
            said = log_file.read_text(encoding="utf-8", errors="replace").strip()
            raise InconclusiveError(f"the contract tests ended with status {child.returncode} and no result:\n{said}")
        return Result.from_dict(json.loads(result_file.read_text(encoding="utf-8")))


def _wait(child: subprocess.Popen[bytes]) -> None:
    """Wait for the child; an interrupt reaches it too, and it then reports what it has seen so far."""

    def forward(number: int, _frame: object) -> None:
        child.send_signal(signal.SIGINT)

    terminated = signal.signal(signal.SIGTERM, forward)
    # A terminal sends SIGINT to the child as well; to end before it would lose its report.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        child.wait()
    finally:
        signal.signal(signal.SIGTERM, terminated)
        signal.signal(signal.SIGINT, interrupted)


def _clean(environment: Mapping[str, str], scratch: str, *, loopback: bool) -> dict[str, str]:
    cleaned = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_CONFIGURING) and not (loopback and name.lower() in _PROXIES)
    }
    return {
        **cleaned,
        # Plugins that happen to be installed beside us have no say either.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "NETRC": os.devnull,
        "NO_PROXY": "*" if loopback else cleaned.get("NO_PROXY", ""),
        "TMPDIR": scratch,
    }
