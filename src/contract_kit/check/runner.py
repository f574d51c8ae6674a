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
from pathlib import Path
from urllib.parse import urlsplit

from contract_kit.configuration import Configuration
from contract_kit.errors import InconclusiveError
from contract_kit.findings.results import Result
from contract_kit.kits import folder_of, load_kit
from contract_kit.masking import Masker
from contract_kit.targets import is_loopback

SUITE = Path(__file__).parent.parent / "suite"
# What would configure pytest and its plugins, schemathesis, hypothesis or Python's own import.
_CONFIGURING = ("PYTEST_", "SCHEMATHESIS_", "HYPOTHESIS_", "COV_CORE_", "PY_COLORS", "PYTHONSTARTUP", "PYTHONWARNINGS")
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"})


def run(run: Configuration, environment: Mapping[str, str], *, progress: bool = True) -> Result:
    """Run the checks of the engine and of the kit, and return what it found; its progress goes to standard error.

    Args:
        run: What is checked, and how.
        environment: The caller's environment; what would configure the run is dropped.
        progress: Whether the run tells how far it is.

    Raises:
        InconclusiveError: the suite ended without a result.
        KeyboardInterrupt: it was interrupted before it had one.
    """
    kit = load_kit(run.kit)
    folders = [SUITE, *([kit.checks] if kit.checks is not None else [])]
    # An empty current folder: no stray pytest.ini, conftest.py, schemathesis.toml or .netrc is found in it or above.
    with tempfile.TemporaryDirectory(prefix="contract-check-") as scratch:
        run_file, result_file, log_file = (Path(scratch) / name for name in ("run.json", "result.json", "pytest.log"))
        run_file.write_text(json.dumps(run.to_dict()), encoding="utf-8")
        # Only the files that are asked for, so that the others are not even imported.
        chosen = {folder / check.partition("::")[0] for check in run.select for folder in folders}
        files = sorted(str(file) for file in chosen if file.is_file()) or list(map(str, folders))
        command = [sys.executable, "-P", "-m", "pytest", *files, "-c", str(SUITE / "pytest.ini")]
        # Without capturing, progress within a long check is seen; whatever else is printed goes to the log.
        command += ["-p", "contract_kit.suite.plugin", "--capture=no", "--rootdir", scratch]
        command += ["--run", str(run_file), "--result", str(result_file)]
        loopback = not run.target or is_loopback(urlsplit(run.target).hostname or "")
        with log_file.open("wb") as log, _forwarding() as forwarded:
            child = subprocess.Popen(
                command,
                cwd=scratch,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=None if progress else log,
                # A group of its own: a Ctrl-C comes to us alone, and we pass it on once.
                process_group=0,
                env=_clean(environment, scratch, folder_of(run.kit), loopback=loopback),
            )
            interrupted = forwarded(child)
        if interrupted and not result_file.is_file():
            raise KeyboardInterrupt
        if not result_file.is_file():
            said = Masker().text(log_file.read_text(encoding="utf-8", errors="replace").strip())
            raise InconclusiveError(f"the checks ended with status {child.returncode} and no result:\n{said}")
        return Result.from_dict(json.loads(result_file.read_text(encoding="utf-8")))


@contextmanager
def _forwarding() -> Iterator[Callable[[subprocess.Popen[bytes]], bool]]:
    """What should end us ends the child first, which then reports what it has seen so far.

    Gives what waits for the child, and says whether it was interrupted. The child is started with the signals blocked;
    the plugin lets them in as soon as it can handle them.
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


def _clean(environment: Mapping[str, str], scratch: str, kit: Path, *, loopback: bool) -> dict[str, str]:
    cleaned = {
        name: value
        for name, value in environment.items()
        if not name.startswith(_CONFIGURING) and not (loopback and name.lower() in _PROXIES)
    }
    return {
        **cleaned,
        # Plugins that happen to be installed beside us have no say either.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        # From an empty folder a kit that is not installed is found here alone.
        "PYTHONPATH": os.pathsep.join(filter(None, [cleaned.get("PYTHONPATH", ""), str(kit)])),
        "NETRC": os.devnull,
        "NO_PROXY": "*" if loopback else cleaned.get("NO_PROXY", ""),
        "TMPDIR": scratch,
    }
