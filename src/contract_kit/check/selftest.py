"""The check against every fault of the emulator: which it detects, by what, and which survive."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from typing import Any

from contract_kit.check import runner
from contract_kit.check.runner import Run
from contract_kit.errors import InconclusiveError
from contract_kit.findings.finding import Finding
from contract_kit.findings.results import Result
from video_log_analyzer.emulator import faults
from video_log_analyzer.emulator.faults.registry import Fault

# What invents requests takes most of the time of a check.
_SLOW = "test_protocol.py"


@dataclass(frozen=True)
class Detection:
    """What came of the check of one fault.

    Attributes:
        fault: Its name.
        kind: ``contract`` (the check must report it) or ``weather`` (it must ride it out).
        family: The module that the fault is of: ``paging``.
        imitates: What it imitates, one line.
        findings: ``kind operation place: value`` of each finding that is absent without the fault, the worst first.
        verdict: The exit status of the check.
    """

    fault: str
    kind: str
    family: str
    imitates: str
    findings: tuple[str, ...]
    verdict: int

    @property
    def as_it_should(self) -> bool:
        """A contract fault is detected, weather is not."""
        return bool(self.findings) == (self.kind == "contract")

    def to_dict(self) -> dict[str, Any]:
        """The detection as JSON holds it."""
        return asdict(self)


def detections(
    chosen: Sequence[Fault], environment: Mapping[str, str], *, jobs: int, tell: Callable[[str], None]
) -> Iterator[Detection]:
    """Check an emulator with each fault planted, one fault at a time, several emulators side by side.

    What a part of the check finds the whole finds as well, so a fault meets the quick checks first, and the whole only
    where they find nothing.

    Args:
        chosen: The faults.
        environment: The caller's.
        jobs: How many checks run at a time.
        tell: Called with a line for each fault that is done.

    Raises:
        InconclusiveError: the check without any fault ends without a result.
    """
    whole = _check(Run(), environment)
    quick = Run(profile="quick", select=tuple(check.id for check in whole.checks if not check.id.startswith(_SLOW)))
    stages = [(quick, _fingerprints(_check(quick, environment))), (Run(), _fingerprints(whole))]
    with ProcessPoolExecutor(jobs) as pool:
        waiting = {pool.submit(_detect, fault.name, stages, dict(environment)) for fault in chosen}
        try:
            for number, done in enumerate(as_completed(waiting), 1):
                detection = done.result()
                state = "as it should" if detection.as_it_should else "NOT AS IT SHOULD"
                tell(f"{number}/{len(waiting)} {detection.fault}: {state}")
                yield detection
        finally:
            pool.shutdown(cancel_futures=True)


def _detect(name: str, stages: Sequence[tuple[Run, set[str]]], environment: Mapping[str, str]) -> Detection:
    """Check one fault in one stage after the other; a stage is a run and what it finds without any fault."""
    (fault,) = faults.find([name])
    detection = None
    # Weather has to be ridden out whole.
    for run, known in stages if fault.kind == "contract" else stages[-1:]:
        try:
            result = _check(replace(run, faults=(name,)), environment)
        except InconclusiveError:
            continue
        found = [each for each in result.findings if each.fingerprint not in known]
        detection = _detection(fault, found, int(result.exit_status))
        if found:
            break
    return detection or _detection(fault, [], 3)


def _check(run: Run, environment: Mapping[str, str]) -> Result:
    return runner.run(run, environment, progress=False)


def _fingerprints(result: Result) -> set[str]:
    return {finding.fingerprint for finding in result.findings}


def _detection(fault: Fault, found: Sequence[Finding], verdict: int) -> Detection:
    lines = tuple(f"{each.kind} · {each.operation} {each.place or '(body)'}: {each.value}" for each in found)
    return Detection(fault.name, fault.kind, fault.family, fault.imitates, lines, verdict)


def chosen_faults(names: Sequence[str]) -> list[Fault]:
    """The faults of these names, or all.

    Raises:
        UsageError: there is none of that name.
    """
    return faults.find(tuple(names)) if names else list(faults.REGISTRY.values())


def default_jobs() -> int:
    """As many checks at a time as there are processors."""
    return os.cpu_count() or 1
