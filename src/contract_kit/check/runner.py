"""Run the contract tests in a separate pytest process that the caller's folder and environment cannot configure."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from contract_kit import lifeline
from contract_kit.configuration import Configuration
from contract_kit.errors import InconclusiveError
from contract_kit.findings.results import Result
from contract_kit.kits import folder_of, load_kit
from contract_kit.masking import Masker
from contract_kit.redaction import Redactor
from contract_kit.targets import is_loopback

SUITE = Path(__file__).parent.parent / "suite"
# Variables that would configure pytest, its plugins, schemathesis, hypothesis or Python itself.
_CONFIGURING = ("PYTEST_", "SCHEMATHESIS_", "HYPOTHESIS_", "COV_CORE_", "PY_COLORS", "PYTHONSTARTUP", "PYTHONWARNINGS")
_PROXIES = frozenset({"http_proxy", "https_proxy", "all_proxy", "ftp_proxy", "no_proxy"})


def run(run: Configuration, environment: Mapping[str, str], *, progress: bool = True) -> Result:
    """Run the checks of the engine and of the kit.

    Args:
        run: What is checked, and how.
        environment: The caller's environment; variables that would configure the run are dropped.
        progress: Whether to show progress on standard error.

    Raises:
        InconclusiveError: the suite ended without a result.
        KeyboardInterrupt: the suite was interrupted before it had a result.
    """
    kit = load_kit(run.kit)
    folders = [SUITE, *([kit.checks] if kit.checks is not None else [])]
    # Run in an empty folder, so that no stray pytest.ini, conftest.py, schemathesis.toml or .netrc is found.
    with tempfile.TemporaryDirectory(prefix="contract-check-") as scratch:
        run_file, result_file, log_file = (Path(scratch) / name for name in ("run.json", "result.json", "pytest.log"))
        run_file.write_text(json.dumps(run.to_dict()), encoding="utf-8")
        # Pass only the selected files, so that pytest does not import the others.
        chosen = {folder / check.partition("::")[0] for check in run.select for folder in folders}
        files = sorted(str(file) for file in chosen if file.is_file()) or list(map(str, folders))
        command = ["-m", "pytest", *files, "-c", str(SUITE / "pytest.ini")]
        # No capturing, so that a long check can show progress; standard output goes to the log.
        command += ["-p", "contract_kit.suite.plugin", "--capture=no", "--rootdir", scratch]
        # No tracebacks, which would quote what the target sent: the log is a file, too.
        command += ["--tb=no", "-rN", "--disable-warnings"]
        command += ["--run", str(run_file), "--result", str(result_file)]
        loopback = not run.target or is_loopback(urlsplit(run.target).hostname or "")
        with log_file.open("wb") as log, _forwarding() as forwarded:
            child = subprocess.Popen(
                lifeline.command(command),
                cwd=scratch,
                stdin=lifeline.STDIN,
                stdout=log,
                stderr=None if progress else log,
                # A separate process group: only we receive Ctrl-C, and we pass it on once.
                process_group=0,
                env=_clean(environment, scratch, folder_of(run.kit), loopback=loopback),
            )
            interrupted = forwarded(child)
            if child.stdin is not None:
                child.stdin.close()
        if interrupted and not result_file.is_file():
            raise KeyboardInterrupt
        if not result_file.is_file():
            redactor = Redactor.of_environment(kit, environment)
            said = Masker(secrets=redactor).text(log_file.read_text(encoding="utf-8", errors="replace").strip())
            raise InconclusiveError(f"the checks ended with status {child.returncode} and no result:\n{said}")
        return Result.from_dict(json.loads(result_file.read_text(encoding="utf-8")))


@contextmanager
def _forwarding() -> Iterator[Callable[[subprocess.Popen[bytes]], bool]]:
    """Pass SIGINT and SIGTERM on to the child as SIGINT, so that it reports what it has seen so far.

    Yields a function that waits for the child and returns whether it was interrupted. The child starts with both
    signals blocked; the plugin unblocks them when it can handle them.
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
        # Other plugins that happen to be installed must not take part.
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        # The suite runs in an empty folder, so a kit that is not installed must be on this path.
        "PYTHONPATH": os.pathsep.join(filter(None, [cleaned.get("PYTHONPATH", ""), str(kit)])),
        "NETRC": os.devnull,
        "NO_PROXY": "*" if loopback else cleaned.get("NO_PROXY", ""),
        "TMPDIR": scratch,
    }
