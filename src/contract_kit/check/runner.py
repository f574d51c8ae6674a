"""Run the contract tests in a pytest of their own, which nothing in the caller's folder or environment configures."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from contract_kit.errors import InconclusiveError
from contract_kit.findings.finding import Kind, Severity
from contract_kit.findings.results import Result
from contract_kit.masking import Masker
from contract_kit.targets import Target, is_loopback
from video_log_analyzer.folders import contract_tests_folder

if TYPE_CHECKING:
    from contract_kit.check.throttle import Limits

# What would configure pytest and its plugins, schemathesis, hypothesis or Python's own import.
_CONFIGURING = ("PYTEST_", "SCHEMATHESIS_", "HYPOTHESIS_", "COV_CORE_", "PY_COLORS", "PYTHONSTARTUP", "PYTHONWARNINGS")
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"})
# Where the target is not ours to strain.
_REQUESTS, _RATE = 300, 10.0
_SECONDS = 1800.0


@dataclass(frozen=True)
class Run:
    """What is checked, and how.

    Attributes:
        url: The target's origin; ``""`` for an emulator of our own. Its credentials are in the environment.
        faults: Names of faults to plant into that emulator.
        emulator: Further options of that emulator: ``("--rooms", "5")``.
        profile: ``quick`` or ``full``.
        fail_on: The least severity that makes the run fail.
        max_requests: How many requests in all; None for 300 where the target may not be strained, else no bound.
        rate: Requests a second; None for 10, likewise.
        deadline: Seconds for the whole run; None for half an hour.
        strain: Whether wrong requests may be sent; None where the host decides.
        severities: Other severities than those of the kinds.
        select: Ids of the checks to run, or of whole files: ``test_paging.py``; empty for all.
    """

    url: str = ""
    faults: tuple[str, ...] = ()
    emulator: tuple[str, ...] = ()
    profile: str = "full"
    fail_on: Severity = Severity.DRIFT
    max_requests: int | None = None
    rate: float | None = None
    deadline: float | None = None
    strain: bool | None = None
    severities: Mapping[Kind, Severity] = field(default_factory=dict)
    select: tuple[str, ...] = ()

    def limits(self, target: Target) -> Limits:
        """What may be asked of ``target``."""
        from contract_kit.check.throttle import Limits

        requests, rate = self.max_requests, self.rate
        if not target.may_be_strained:
            requests, rate = requests or _REQUESTS, rate or _RATE
        return Limits(requests, rate, self.deadline or _SECONDS)

    def to_dict(self) -> dict[str, Any]:
        """The run as JSON holds it."""
        return {**vars(self), "severities": {str(kind): str(each) for kind, each in self.severities.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Run:
        """The inverse of ``to_dict``."""
        severities = {Kind(kind): Severity(each) for kind, each in data["severities"].items()}
        tuples = {name: tuple(data[name]) for name in ("faults", "emulator", "select")}
        return replace(cls(**{**data, **tuples, "severities": severities}), fail_on=Severity(data["fail_on"]))


def run(run: Run, environment: Mapping[str, str], *, progress: bool = True) -> Result:
    """Run ``contract_tests/`` and return what it found; its progress goes to standard error.

    Args:
        run: What is checked, and how.
        environment: The caller's environment; what would configure the run is dropped.
        progress: Whether the run tells how far it is.

    Raises:
        InconclusiveError: the suite ended without a result.
        KeyboardInterrupt: it was interrupted before it had one.
    """
    folder = contract_tests_folder()
    # An empty current folder: no stray pytest.ini, conftest.py, schemathesis.toml or .netrc is found in it or above.
    with tempfile.TemporaryDirectory(prefix="vla-check-") as scratch:
        run_file, result_file, log_file = (Path(scratch) / name for name in ("run.json", "result.json", "pytest.log"))
        run_file.write_text(json.dumps(run.to_dict()), encoding="utf-8")
        # Only the files that are asked for, so that the others are not even imported.
        files = sorted({str(folder / check.partition("::")[0]) for check in run.select}) or [str(folder)]
        command = [sys.executable, "-P", "-m", "pytest", *files, "-c", str(folder / "pytest.ini")]
        # Without capturing, progress within a long check is seen; whatever else is printed goes to the log.
        command += ["--capture=no", "--rootdir", str(folder), "--run", str(run_file), "--result", str(result_file)]
        with log_file.open("wb") as log, _forwarding() as forwarded:
            child = subprocess.Popen(
                command,
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=None if progress else log,
                # A group of its own: a Ctrl-C comes to us alone, and we pass it on once.
                process_group=0,
                env=_clean(environment, scratch, loopback=not run.url or _on_loopback(run.url)),
            )
            interrupted = forwarded(child)
        if interrupted and not result_file.is_file():
            raise KeyboardInterrupt
        if not result_file.is_file():
            said = Masker().text(log_file.read_text(encoding="utf-8", errors="replace").strip())
            raise InconclusiveError(f"the contract tests ended with status {child.returncode} and no result:\n{said}")
        return Result.from_dict(json.loads(result_file.read_text(encoding="utf-8")))


def _on_loopback(url: str) -> bool:
    from urllib.parse import urlsplit

    return is_loopback(urlsplit(url).hostname or "")


@contextmanager
def _forwarding() -> Iterator[Callable[[subprocess.Popen[bytes]], bool]]:
    """What should end us ends the child first, which then reports what it has seen so far.

    Gives what waits for the child, and says whether it was interrupted. The child is started with the signals blocked;
    contract_tests/conftest.py lets them in as soon as it can handle them.
    """
    signals = (signal.SIGINT, signal.SIGTERM)
    received: list[int] = []
    child: subprocess.Popen[bytes]

    def forward(number: int, _frame: object) -> None:
        received.append(number)
        child.send_signal(signal.SIGINT)

    def wait(started: subprocess.Popen[bytes]) -> bool:
        nonlocal child
        child = started
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)
        child.wait()
        return bool(received)

    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    former = [signal.signal(number, forward) for number in signals]
    try:
        yield wait
    finally:
        for number, handler in zip(signals, former, strict=True):
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, signals)


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
