"""The pytest plugin of the check: provides the target and the session, and writes the result.

To run a folder of checks with plain pytest, load it with ``pytest_plugins = ["contract_kit.suite.plugin"]``.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from contract_kit import __version__, redaction
from contract_kit import contract as contract_module
from contract_kit.api import ApiKit, Resource
from contract_kit.check.curl import with_command
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.recognition import signs_of_another
from contract_kit.check.requester import Requester
from contract_kit.check.session import Session
from contract_kit.check.survey import Survey, window_query
from contract_kit.check.throttle import BudgetSpentError, DeadlineError, NoAnswerError
from contract_kit.check.walks import largest
from contract_kit.configuration import Configuration
from contract_kit.contract import Contract
from contract_kit.document import Document
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.errors import ContractKitError, InconclusiveError
from contract_kit.findings.finding import Finding, Severity, State
from contract_kit.findings.results import CheckResult, Result, TargetResult
from contract_kit.foreign_text import http_date
from contract_kit.masking import Masker
from contract_kit.redaction import Redactor
from contract_kit.targets import Target, credentials_from, other_credentials_from

# Examples that hypothesis generates for each property, by profile.
EXAMPLES = {"quick": 10, "full": 40}
# The least share of the checks that send requests that must run to their end, by profile: less is inconclusive.
LEAST_SHARE = {"quick": 0.1, "full": 0.25}
# Seconds behind the deadline that a run has to end by itself.
_GRACE = 2.0


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's own options."""
    group = parser.getgroup("contract")
    group.addoption("--kit", metavar="MODULE:NAME", default="", help="the kit to check")
    group.addoption("--run", metavar="FILE", help="what to check and how, as the command line writes it")
    group.addoption("--fault", action="append", default=[], metavar="NAME", help="plant a fault into the emulator")
    group.addoption("--result", metavar="FILE", help="write the outcome as JSON")


def pytest_configure(config: pytest.Config) -> None:
    """Load the run's configuration, and install the watcher and hypothesis' profile."""
    file = config.getoption("--run")
    run = (
        Configuration.from_dict(json.loads(Path(file).read_text(encoding="utf-8")))
        if file
        else Configuration(kit=config.getoption("--kit"))
    )
    run = replace(run, faults=(*run.faults, *config.getoption("--fault")))
    config.stash[RUN] = run
    if config.getoption("--result"):
        # Only tell() writes where people read: a warning or the traceback of a thread may quote a response.
        sys.stderr = sys.stdout
    config.stash[WATCHER] = Watcher(run)
    config.pluginmanager.register(config.stash[WATCHER])
    signal.signal(signal.SIGINT, config.stash[WATCHER].interrupt)
    # The runner starts us with both signals blocked, so an interrupt during the imports is delivered now.
    signal.pthread_sigmask(signal.SIG_UNBLOCK, (signal.SIGINT, signal.SIGTERM))
    config.addinivalue_line(
        "markers", "share(weight): how much of the budget the check needs beside others; default: 1"
    )
    hypothesis.settings.register_profile(
        "contract",
        max_examples=EXAMPLES[run.profile],
        derandomize=True,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    hypothesis.settings.load_profile("contract")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Name each check after the first line of its docstring, sort the checks, and drop those not selected."""
    for item in items:
        summary = (getattr(item, "obj", None).__doc__ or item.name).strip().splitlines()[0]
        variant = f" [{item.callspec.id}]" if hasattr(item, "callspec") else ""
        item.user_properties.append(("check", summary.rstrip(".") + variant))
        item.user_properties.append(("id", check_id(item)))
    # By each module's ORDER: the survey comes first and generated requests last, to make the most of a small budget.
    items.sort(key=lambda item: getattr(getattr(item, "module", None), "ORDER", 50))
    select = set(config.stash[RUN].select)
    if select:
        items[:] = [item for item in items if not select.isdisjoint({check_id(item), item.path.name})]
    config.stash[WATCHER].weights = {check_id(item): weight(item) for item in items}


def check_id(item: pytest.Item) -> str:
    """The check's id in results: ``test_survey.py::test_every_operation_answers_with_data``."""
    return f"{item.path.name}::{item.name}"


def weight(item: pytest.Item) -> float:
    """The check's share of the budget, relative to other checks; 0 if it sends no requests."""
    marker = item.get_closest_marker("share")
    return float(marker.args[0]) if marker else 1.0


class Watcher:
    """Records the outcome of each check, and shows it on standard error while the suite runs."""

    def __init__(self, run: Configuration) -> None:
        self.run = run
        self.session: Session | None = None
        self.checks: list[CheckResult] = []
        self.stopped: str | None = None
        self.interrupted = False
        self.redactor = Redactor()
        self.weights: dict[str, float] = {}
        self.started = datetime.now(UTC)
        self._sent: Counter[str] = Counter()
        self._cut: dict[str, str] = {}
        self.starved: set[str] = set()
        self._clock = time.monotonic()

    def begin(self, session: Session, check: str) -> None:
        """Begin the next check; its weight, relative to the checks still to come, is its share of the budget."""
        session.check = check
        session.throttle.spent = False
        names = list(self.weights)
        rest = sum(self.weights[name] for name in names[names.index(check) :])
        session.throttle.budget.begin(self.weights[check] / rest if rest else 1.0)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """A fixture may already fail for lack of a response; skip the check then."""
        self._clock = time.monotonic()
        if self.interrupted:
            # The first KeyboardInterrupt was swallowed: Python ignores exceptions in callbacks and destructors.
            raise KeyboardInterrupt
        if self.session is not None:
            self.begin(self.session, check_id(item))
        self._sent = Counter() if self.session is None else Counter(self.session.throttle.sent)
        try:
            return (yield)
        except NoAnswerError as error:
            pytest.skip(f"inconclusive: {self._masked(error)}")
        except DeadlineError as error:
            self._stop(error)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Fail a check that added findings; skip one that lacked a response and found nothing."""
        known = set() if self.session is None else {finding.fingerprint for finding in self.session.findings}
        judgements, missing = (0, 0) if self.session is None else (self.session.judgements, self.session.missing)
        try:
            outcome = yield
        except DeadlineError as error:
            self._stop(error)
        except NoAnswerError as error:
            judged = self.session is not None and self.session.judgements > judgements
            cut = isinstance(error, BudgetSpentError) and judged
            if not cut and not self._new_findings(known):
                pytest.skip(f"inconclusive: {self._masked(error)}")
            self._cut.setdefault(check_id(item), self._masked(error))
            outcome = None
        if self.session is not None and self.session.missing > missing:
            self._cut.setdefault(check_id(item), "some answers were missing")
        if self.session is not None and self.session.throttle.spent:
            self._cut.setdefault(check_id(item), "cut short by the budget")
        if lines := self._new_findings(known):
            pytest.fail("\n".join(lines), pytrace=False)
        if self.session is not None and self.session.throttle.spent and self.session.throttle.sent == self._sent:
            self.starved.add(check_id(item))
            pytest.skip("inconclusive: the budget left no request for it")
        return outcome

    def end_after(self, seconds: float) -> None:
        """End the run after so many seconds, whatever it is about then."""

        def end(_number: int, _frame: object) -> None:
            self.stopped = self.stopped or f"the deadline of {seconds:g} s has passed"
            self.interrupt(_number, _frame)

        # Requests end by themselves at the deadline, so this is for what is done with their answers. Repeated, since
        # Python ignores exceptions in callbacks and destructors.
        signal.signal(signal.SIGALRM, end)
        signal.setitimer(signal.ITIMER_REAL, seconds + _GRACE, 1.0)

    def interrupt(self, _number: int, _frame: object) -> None:
        """Handle SIGINT: end the running check or, if that swallows the exception, the run before the next check."""
        self.interrupted = True
        raise KeyboardInterrupt

    def _stop(self, error: Exception) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0)
        self.stopped = str(error)
        pytest.exit(str(error), returncode=3)

    def _masked(self, error: Exception) -> str:
        return str(error) if self.session is None else self.session.masker.text(str(error))

    def _new_findings(self, known: set[str]) -> list[str]:
        found: list[Finding] = [] if self.session is None else self.session.findings
        return [
            f"{finding.severity}: {finding.kind}: {finding.operation} {finding.location}: {finding.value}"
            for finding in found
            if finding.fingerprint not in known
            and finding.state is State.OPEN
            and finding.severity is not Severity.NOTICE
        ]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Record the outcome of a check, and show it."""
        if report.when != "call" and report.passed:
            return
        outcome = "error" if report.when != "call" and report.failed else report.outcome
        reason = ""
        if isinstance(report.longrepr, tuple):
            reason = report.longrepr[2].removeprefix("Skipped: ")
        elif outcome != "passed":
            reason = str(report.longrepr).strip().splitlines()[-1] if str(report.longrepr).strip() else ""
        identity = str(dict(report.user_properties)["id"])
        name = str(dict(report.user_properties).get("check", report.nodeid))
        sent = Counter() if self.session is None else self.session.throttle.sent - self._sent
        seconds = round(time.monotonic() - self._clock, 3)
        cut = self._cut.get(identity, "")
        complete = outcome in {"passed", "failed"} and not cut
        self.checks.append(
            CheckResult(identity, name, outcome, reason or cut, dict(sorted(sent.items())), seconds, complete)
        )
        requests = 0 if self.session is None else self.session.requests
        tell(f"{outcome:8}{name} ({requests} requests so far)")

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Record why the suite stopped early."""
        self.stopped = self.stopped or str(excinfo.value) or "interrupted before the end"

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Record a test file that cannot be imported as an error, so that it never passes."""
        if report.failed:
            reason = str(report.longrepr).strip().splitlines()[-1]
            self.checks.append(CheckResult(report.nodeid, report.nodeid, "error", reason, complete=False))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Write the result."""
        signal.setitimer(signal.ITIMER_REAL, 0)
        tell("")
        path = session.config.getoption("--result")
        if path and self.session is not None:
            # Whatever a target sent back, and wherever it got to: no credential leaves this process.
            result = self.redactor.cleaned_json(self.result(self.session).to_dict())
            Path(path).write_text(json.dumps(result), encoding="utf-8")

    def result(self, session: Session) -> Result:
        """The result of all checks so far."""
        target, kit = session.target, session.contract.kit
        findings = [
            replace(each, examples=tuple(with_command(one, kit, target, os.environ) for one in each.examples))
            for each in session.concluded()
        ]
        if self.interrupted:
            self.stopped = self.stopped or "interrupted before the end"
        blind_spots = [self.stopped] if self.stopped else [] if self.run.select else session.blind_spots()
        blind_spots += [
            f"the check itself failed: {check.name}: {check.reason}"
            for check in self.checks
            if check.outcome == "error" or (check.outcome == "failed" and not findings)
        ]
        variable = session.contract.kit.variable(redaction.VARIABLE)
        sending = [each for each in self.checks if self.weights.get(each.id)]
        starved = sum(each.id in self.starved or "budget" in each.reason for each in sending if not each.complete)
        if sending and not self.run.select and starved > (1 - LEAST_SHARE[self.run.profile]) * len(sending):
            blind_spots.append(
                f"the budget cut {starved} of {len(sending)} checks that send requests short, "
                f"and at least {LEAST_SHARE[self.run.profile]:.0%} must run to their end: raise --max-requests"
            )
        return Result(
            target=TargetResult(target.kind, "" if target.embedded else target.url, target.label, target.faults),
            document=session.contract.document.version,
            tool=__version__,
            started=self.started.strftime("%Y-%m-%dT%H:%M:%SZ"),
            seconds=round((datetime.now(UTC) - self.started).total_seconds(), 1),
            profile=self.run.profile,
            fail_on=self.run.fail_on,
            masking=f"key from {variable}" if os.environ.get(variable) else "random key of this run",
            program=session.contract.kit.program,
            operations=session.operations(),
            checks=tuple(self.checks),
            properties=session.properties(),
            coverage=tuple(session.coverage.results()),
            findings=tuple(findings),
            blind_spots=tuple(blind_spots),
            remarks=tuple(session.remarks()),
        )


def tell(line: str) -> None:
    """Show progress on standard error: on one changing line of a terminal, elsewhere line by line."""
    stream = sys.__stderr__
    if stream is None:
        return
    if stream.isatty():
        width = shutil.get_terminal_size().columns - 1
        print(f"\033[K{line[:width]}", end="\r", file=stream, flush=True)
    elif line:
        print(line, file=stream, flush=True)


WATCHER = pytest.StashKey[Watcher]()
RUN = pytest.StashKey[Configuration]()


@pytest.fixture(scope="session", name="tell")
def tell_fixture() -> Callable[[str], None]:
    """A function that shows progress within a long check."""
    return tell


@pytest.fixture(scope="session")
def run(pytestconfig: pytest.Config) -> Configuration:
    """What is checked, and how."""
    return pytestconfig.stash[RUN]


@pytest.fixture(scope="session")
def contract(run: Configuration) -> Contract:
    """The kit and its document."""
    return contract_module.load(run.kit)


@pytest.fixture(scope="session")
def kit(contract: Contract) -> ApiKit:
    """The kit: what is declared about the API."""
    return contract.kit


@pytest.fixture(scope="session")
def document(contract: Contract) -> Document:
    """The document of the API."""
    return contract.document


@pytest.fixture(scope="session")
def target(kit: ApiKit, run: Configuration) -> Iterator[Target]:
    """The target: the given URL, or an embedded emulator."""
    own: dict[str, Any] = {"sends_invalid": run.send_invalid, "live_host": kit.live_host}
    if run.target:
        other = other_credentials_from(os.environ, kit)
        yield Target(run.target, credentials_from(os.environ, kit), other=other, **own)
        return
    with EmbeddedEmulator(kit, run.emulator, run.faults) as emulator:
        yield replace(emulator.target, faults=run.faults, **own)


@pytest.fixture(scope="session")
def session(contract: Contract, target: Target, run: Configuration, pytestconfig: pytest.Config) -> Session:
    """The session that collects all responses and findings."""
    watcher = pytestconfig.stash[WATCHER]
    watcher.redactor = Redactor.of(
        [target.credentials, target.other], os.environ.get(contract.kit.variable(redaction.VARIABLE), "")
    )
    masker = Masker.from_environment(contract, os.environ, watcher.redactor)
    settings = run.bounded_for(target)
    session = Session(contract, target, masker, settings)
    if settings.deadline is not None:
        watcher.end_after(settings.deadline)
    watcher.session = session
    watcher.begin(session, next(iter(watcher.weights)))
    return session


@pytest.fixture(scope="session")
def reached(
    session: Session, contract: Contract, pytestconfig: pytest.Config
) -> Iterator[tuple[Requester, Resource, ObservedResponse]]:
    """The requester, the first listed resource and the first page of its list: proof that the target answers."""
    first = next(each for each in contract.kit.resources if each.list and not each.parent)
    with Requester(session) as requester:
        path = Survey(requester, system_now()).path(first.list, {})
        query = [*window_query(first, system_now()), *largest(requester)]
        try:
            answer = requester.reach(first.list, path, query)
            if signs := signs_of_another(requester, first, answer):
                raise InconclusiveError(f"{session.target.url} is not the {contract.kit.name} API: {'; '.join(signs)}")
            session.observe(answer)
        except InconclusiveError as error:
            pytestconfig.stash[WATCHER].stopped = str(error)
            pytest.exit(str(error), returncode=error.exit_status)
        except ContractKitError as error:
            pytest.exit(str(error), returncode=error.exit_status)
        yield requester, first, answer


@pytest.fixture(scope="session")
def requester(reached: tuple[Requester, Resource, ObservedResponse]) -> Requester:
    """The requester, for a target that is known to answer."""
    return reached[0]


@pytest.fixture(scope="session")
def now(reached: tuple[Requester, Resource, ObservedResponse]) -> datetime:
    """When the run began, in whole seconds: by the target's Date header, or else by the system's clock."""
    return http_date(reached[2].headers.get("date", "")) or system_now()


@pytest.fixture(scope="session")
def survey(reached: tuple[Requester, Resource, ObservedResponse], now: datetime) -> Survey:
    """The survey of the target; its first list has already been read."""
    requester, resource, answer = reached
    found = Survey(requester, now)
    if not found.complete(resource, answer).rows:
        pytest.skip(f"the target shows no {resource.name} to judge by")
    return found


def system_now() -> datetime:
    """The system's time, in whole seconds."""
    return datetime.now(UTC).replace(microsecond=0)
