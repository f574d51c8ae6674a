"""What the contract tests share: the target, the session that watches every answer, and the report of it all."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from video_log_analyzer import document as document_module
from video_log_analyzer.checks.api import ROOMS, Api, NoAnswerError, Page
from video_log_analyzer.checks.paging import walk
from video_log_analyzer.checks.session import Session
from video_log_analyzer.document import Document
from video_log_analyzer.embedded import EmbeddedEmulator
from video_log_analyzer.errors import InconclusiveError, VlaError
from video_log_analyzer.findings import Severity
from video_log_analyzer.results import CheckResult, OperationResult, Result
from video_log_analyzer.targets import Target, credentials_from, parse_url


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suite's own options."""
    group = parser.getgroup("contract")
    group.addoption("--target", metavar="URL", help="what to check; default: an emulator of our own")
    group.addoption("--fault", action="append", default=[], metavar="NAME", help="plant a fault into that emulator")
    group.addoption("--result", metavar="FILE", help="write the outcome as JSON")


class Watcher:
    """Notes the outcome of each test, and tells it on standard error while the suite runs."""

    def __init__(self) -> None:
        self.session: Session | None = None
        self.checks: list[CheckResult] = []
        self.stopped: str | None = None

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """What a check begins with may already lack an answer."""
        try:
            return (yield)
        except NoAnswerError as error:
            pytest.skip(f"could not be judged: {error}")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """A test fails by what it made the session find, or when it cannot go on without an answer."""
        known = set() if self.session is None else {finding.fingerprint for finding in self.session.findings}
        try:
            outcome = yield
        except NoAnswerError as error:
            if not self._new_findings(known):
                pytest.skip(f"could not be judged: {error}")
            outcome = None
        if lines := self._new_findings(known):
            pytest.fail("\n".join(lines), pytrace=False)
        return outcome

    def _new_findings(self, known: set[str]) -> list[str]:
        found = [] if self.session is None else self.session.findings
        return [
            f"{finding.severity}: {finding.kind}: {finding.operation} {finding.place}: {finding.value}"
            for finding in found
            if finding.fingerprint not in known and finding.severity is not Severity.NOTICE
        ]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note the outcome of a check, and show it."""
        if report.when != "call" and report.passed:
            return
        outcome = "error" if report.when != "call" and report.failed else report.outcome
        reason = ""
        if isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
        elif outcome != "passed":
            reason = str(report.longrepr).strip().splitlines()[-1] if str(report.longrepr).strip() else ""
        name = str(dict(report.user_properties).get("check", report.nodeid))
        self.checks.append(CheckResult(name, outcome, reason))
        requests = 0 if self.session is None else self.session.requests
        tell(f"{outcome:8}{name} ({requests} requests so far)")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Keep why the suite was stopped before its end."""
        self.stopped = str(excinfo.value) or "interrupted before the end"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that cannot be read is an error of the suite, never a pass."""
        if report.failed:
            self.checks.append(CheckResult(report.nodeid, "error", str(report.longrepr).strip().splitlines()[-1]))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the result."""
        tell("")
        path = session.config.getoption("--result")
        if path and self.session is not None:
            Path(path).write_text(json.dumps(self.result(self.session).to_dict()), encoding="utf-8")

    def result(self, session: Session) -> Result:
        """The outcome of all checks so far."""
        blind_spots = [self.stopped] if self.stopped else session.blind_spots()
        blind_spots += [
            f"the check itself failed: {check.name}: {check.reason}"
            for check in self.checks
            if check.outcome == "error" or (check.outcome == "failed" and not session.findings)
        ]
        return Result(
            target=session.target.label,
            document=session.document.version,
            operations=tuple(
                OperationResult(name, tally.requests, tally.with_data) for name, tally in session.tallies.items()
            ),
            checks=tuple(self.checks),
            findings=tuple(session.findings),
            blind_spots=tuple(blind_spots),
        )


def tell(line: str) -> None:
    """Show progress: on one line of a terminal, or line by line where it is piped."""
    stream = sys.__stderr__
    if stream is None:
        return
    if stream.isatty():
        width = shutil.get_terminal_size().columns - 1
        print(f"\033[K{line[:width]}", end="\r", file=stream, flush=True)
    elif line:
        print(line, file=stream, flush=True)


WATCHER = pytest.StashKey[Watcher]()


def pytest_configure(config: pytest.Config) -> None:
    """Install the watcher."""
    config.stash[WATCHER] = Watcher()
    config.pluginmanager.register(config.stash[WATCHER])


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Name each check by the first line of its docstring: that is what it holds the target to."""
    for item in items:
        summary = (getattr(item, "obj", None).__doc__ or item.name).strip().splitlines()[0]
        variant = f" [{item.callspec.id}]" if hasattr(item, "callspec") else ""
        item.user_properties.append(("check", summary.rstrip(".") + variant))


@pytest.fixture(scope="session", name="tell")
def tell_fixture() -> Callable[[str], None]:
    """Show progress from within a check that takes long."""
    return tell


@pytest.fixture(scope="session")
def document() -> Document:
    """The document of this version."""
    return document_module.load()


@pytest.fixture(scope="session")
def target(pytestconfig: pytest.Config) -> Iterator[Target]:
    """What is checked: the URL that was named, or an emulator of our own."""
    url = pytestconfig.getoption("--target")
    if url:
        yield Target(parse_url(url), credentials_from(os.environ))
        return
    faults = tuple(pytestconfig.getoption("--fault"))
    with EmbeddedEmulator([part for name in faults for part in ("--fault", name)]) as emulator:
        yield replace(emulator.target, faults=faults)


@pytest.fixture(scope="session")
def session(document: Document, target: Target, pytestconfig: pytest.Config) -> Session:
    """Where all answers and findings go."""
    watcher = pytestconfig.stash[WATCHER]
    watcher.session = Session(document, target)
    return watcher.session


@pytest.fixture(scope="session")
def api(session: Session, pytestconfig: pytest.Config) -> Iterator[Api]:
    """Requests to the target, once it is known to answer us."""
    with Api(session) as api:
        try:
            api.reach()
        except InconclusiveError as error:
            pytestconfig.stash[WATCHER].stopped = str(error)
            pytest.exit(str(error), returncode=error.exit_status)
        except VlaError as error:
            pytest.exit(str(error), returncode=error.exit_status)
        yield api


@pytest.fixture(scope="session")
def now() -> datetime:
    """When the run began, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)


@pytest.fixture(scope="session")
def window(now: datetime) -> list[tuple[str, str]]:
    """A part of the past whose list of rooms stays as it is while we look.

    It ends 40 minutes ago, so that no room is added, and begins within the seven days after which rooms expire.
    """
    bounds = {"CreatedAfter": now - timedelta(days=6, hours=20), "CreatedBefore": now - timedelta(minutes=40)}
    return [(name, bound.strftime("%Y-%m-%dT%H:%M:%SZ")) for name, bound in bounds.items()]


@pytest.fixture(scope="session")
def whole(api: Api, window: list[tuple[str, str]]) -> list[Page]:
    """All rooms of the window, in pages as large as they get."""
    pages = walk(api, "list_rooms", ROOMS, [*window, ("PageSize", "1000")])
    if not any(page.rows for page in pages):
        pytest.skip("the target has no rooms in the last seven days to judge by")
    return pages


@pytest.fixture(scope="session")
def rooms(whole: list[Page]) -> list[dict[str, Any]]:
    """The rooms of the window."""
    return [room for page in whole for room in page.rows]
