"""The check against every fault of the emulator: which it detects, by what, and which survive."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from typing import Any

from video_log_analyzer import runner
from video_log_analyzer.emulator import faults
from video_log_analyzer.emulator.faults.registry import Fault
from video_log_analyzer.errors import InconclusiveError
from video_log_analyzer.findings import Finding
from video_log_analyzer.results import Result
from video_log_analyzer.runner import Run


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
        profile: With which profile it was detected, or was not.
    """

    fault: str
    kind: str
    family: str
    imitates: str
    findings: tuple[str, ...]
    verdict: int
    profile: str

    @property
    def as_it_should(self) -> bool:
        """A contract fault is detected, weather is not."""
        return bool(self.findings) == (self.kind == "contract")

    def to_dict(self) -> dict[str, Any]:
        """The detection as JSON holds it."""
        return asdict(self)


def detections(
    chosen: Sequence[Fault],
    environment: Mapping[str, str],
    *,
    profiles: Sequence[str],
    jobs: int,
    tell: Callable[[str], None],
) -> Iterator[Detection]:
    """Check an emulator with each fault planted, one fault at a time, several emulators side by side.

    Args:
        chosen: The faults.
        environment: The caller's.
        profiles: What to check with; the next one only asks about what the one before did not detect.
        jobs: How many checks run at a time.
        tell: Called with a line for each check that begins its turn.

    Raises:
        InconclusiveError: the check without any fault ends without a result.
    """
    known = {profile: _fingerprints(_check(Run(profile=profile), environment)) for profile in profiles}
    with ProcessPoolExecutor(jobs) as pool:
        waiting = {pool.submit(_detect, fault.name, known, dict(environment)) for fault in chosen}
        try:
            for number, done in enumerate(as_completed(waiting), 1):
                detection = done.result()
                state = "as it should" if detection.as_it_should else "NOT AS IT SHOULD"
                tell(f"{number}/{len(waiting)} {detection.fault}: {state}")
                yield detection
        finally:
            pool.shutdown(cancel_futures=True)


def _detect(name: str, known: Mapping[str, set[str]], environment: Mapping[str, str]) -> Detection:
    """Check one fault with one profile after the other; ``known`` is what each finds without any."""
    (fault,) = faults.find([name])
    detection = None
    # Weather has to be ridden out whole.
    for profile in known if fault.kind == "contract" else list(known)[-1:]:
        try:
            result = _check(Run(profile=profile, faults=(name,)), environment)
        except InconclusiveError:
            continue
        found = [each for each in result.findings if each.fingerprint not in known[profile]]
        detection = _detection(fault, found, int(result.exit_status), profile)
        if found:
            break
    return detection or _detection(fault, [], 3, list(known)[-1])


def _check(run: Run, environment: Mapping[str, str]) -> Result:
    return runner.run(run, environment, progress=False)


def _fingerprints(result: Result) -> set[str]:
    return {finding.fingerprint for finding in result.findings}


def _detection(fault: Fault, found: Sequence[Finding], verdict: int, profile: str) -> Detection:
    lines = tuple(f"{each.kind} · {each.operation} {each.place or '(body)'}: {each.value}" for each in found)
    return Detection(fault.name, fault.kind, fault.family, fault.imitates, lines, verdict, profile)


def chosen_faults(names: Sequence[str]) -> list[Fault]:
    """The faults of these names, or all.

    Raises:
        UsageError: there is none of that name.
    """
    return faults.find(tuple(names)) if names else list(faults.REGISTRY.values())


def default_jobs() -> int:
    """As many checks at a time as there are processors."""
    return os.cpu_count() or 1
