"""The check against every fault of the emulator: which it detects, by what, and which survive."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass, replace
from typing import Any

from contract_kit.api import ApiKit
from contract_kit.check import runner
from contract_kit.configuration import Configuration
from contract_kit.errors import InconclusiveError, UsageError
from contract_kit.findings.finding import Finding
from contract_kit.findings.results import Result
from contract_kit.kits import load_kit, named

# What invents requests takes most of the time of a check.
_SLOW = "test_protocol.py"


@dataclass(frozen=True)
class Detection:
    """What came of the check of one fault.

    Attributes:
        fault: Its name.
        kind: ``contract`` (the check must report it) or ``transient failure`` (it must ride it out).
        family: The module that the fault is of: ``paging``.
        imitates: What it imitates, one line.
        findings: ``kind operation location: value`` of each finding that is absent without the fault, the worst first.
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
        """A contract fault is detected, a transient failure is not."""
        return bool(self.findings) == (self.kind == "contract")

    def to_dict(self) -> dict[str, Any]:
        """The detection as JSON holds it."""
        return asdict(self)


def detections(
    kit: ApiKit, chosen: Sequence[Any], environment: Mapping[str, str], *, jobs: int, tell: Callable[[str], None]
) -> Iterator[Detection]:
    """Check an emulator with each fault planted, one fault at a time, several emulators side by side.

    What a part of the check finds the whole finds as well, so a fault meets the quick checks first, and the whole only
    where they find nothing.

    Args:
        kit: Whose emulator and check.
        chosen: The faults.
        environment: The caller's.
        jobs: How many checks run at a time.
        tell: Called with a line for each fault that is done.

    Raises:
        InconclusiveError: the check without any fault ends without a result.
    """
    everything = Configuration(kit=kit.reference)
    whole = _check(everything, environment)
    quick = replace(
        everything, profile="quick", select=tuple(check.id for check in whole.checks if not check.id.startswith(_SLOW))
    )
    stages = [(quick, _fingerprints(_check(quick, environment))), (everything, _fingerprints(whole))]
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


def _detect(name: str, stages: Sequence[tuple[Configuration, set[str]]], environment: Mapping[str, str]) -> Detection:
    """Check one fault in one stage after the other; a stage is a run and what it finds without any fault."""
    (fault,) = faults_of(load_kit(stages[0][0].kit)).find([name])
    detection = None
    # A transient failure has to be ridden out by the whole check.
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


def _check(run: Configuration, environment: Mapping[str, str]) -> Result:
    return runner.run(run, environment, progress=False)


def _fingerprints(result: Result) -> set[str]:
    return {finding.fingerprint for finding in result.findings}


def _detection(fault: Any, found: Sequence[Finding], verdict: int) -> Detection:
    lines = tuple(f"{each.kind} · {each.operation} {each.location or '(body)'}: {each.value}" for each in found)
    return Detection(fault.name, fault.kind, fault.family, fault.imitates, lines, verdict)


def faults_of(kit: ApiKit) -> Any:
    """The registry of the faults of a kit's emulator.

    Raises:
        UsageError: it has none.
    """
    if kit.emulator is None or not kit.emulator.faults:
        raise UsageError(f"{kit.name} has no emulator with faults")
    return named(kit.emulator.faults)


def chosen_faults(kit: ApiKit, names: Sequence[str]) -> list[Any]:
    """The faults of these names, or all.

    Raises:
        UsageError: there is none of that name, or the kit has none at all.
    """
    registry = faults_of(kit)
    return list(registry.find(tuple(names)) if names else registry)


def default_jobs() -> int:
    """As many checks at a time as there are processors."""
    return os.cpu_count() or 1
