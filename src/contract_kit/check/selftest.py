"""Run the check against every fault of the emulator, and tell which faults it detects, and by which findings."""

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

# Schemathesis takes most of the time of a check.
_SLOW = "test_protocol.py"


@dataclass(frozen=True)
class Detection:
    """The outcome of the check with one fault planted.

    Attributes:
        fault: The fault's name.
        kind: ``contract`` (the check must report it), ``transient failure`` (the check must retry and pass) or
            ``benign`` (the check must not report it).
        family: The module that defines the fault: ``paging``.
        imitates: The real defect that it imitates, in one line.
        findings: The findings that only occur with the fault, worst first: ``kind · operation location: value``.
        verdict: The exit status of the check.
        shown: How many requests and answers it changed; None if nobody counted.
    """

    fault: str
    kind: str
    family: str
    imitates: str
    findings: tuple[str, ...]
    verdict: int
    shown: int | None = None

    @property
    def as_it_should(self) -> bool:
        """Whether a contract fault was detected, and anything else caused no finding."""
        return bool(self.findings) == (self.kind == "contract")

    def to_dict(self) -> dict[str, Any]:
        """The detection as JSON data."""
        return asdict(self)


def detections(
    kit: ApiKit, chosen: Sequence[Any], environment: Mapping[str, str], *, jobs: int, tell: Callable[[str], None]
) -> Iterator[Detection]:
    """Check an emulator with each fault planted, one fault per emulator, ``jobs`` emulators at a time.

    To save time, a contract fault meets the quick checks first, and the full check only if those do not detect it.

    Args:
        kit: The kit whose emulator and checks are used.
        chosen: The faults.
        environment: The caller's environment variables.
        jobs: How many checks run at a time.
        tell: Called with one line for each fault that is done.

    Raises:
        InconclusiveError: the check ends without a result even without a fault.
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
    """Check one fault in each stage until one detects it; a stage is a run and its fingerprints without any fault."""
    (fault,) = faults_of(load_kit(stages[0][0].kit)).find([name])
    detection = None
    # The full check must get through a transient failure without findings.
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
    """The registry of faults of the kit's emulator.

    Raises:
        UsageError: the kit has no emulator, or its emulator has no faults.
    """
    if kit.emulator is None or not kit.emulator.faults:
        raise UsageError(f"{kit.name} has no emulator with faults")
    return named(kit.emulator.faults)


def chosen_faults(kit: ApiKit, names: Sequence[str]) -> list[Any]:
    """The faults with these names, or all faults if ``names`` is empty.

    Raises:
        UsageError: no fault has that name, or the kit has no faults.
    """
    registry = faults_of(kit)
    return list(registry.find(tuple(names)) if names else registry)


def default_jobs() -> int:
    """The number of processors."""
    return os.cpu_count() or 1
