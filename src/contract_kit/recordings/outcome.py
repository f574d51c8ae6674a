"""Turn the tallies of recordings into a Result, which every report can show like a run of the check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from contract_kit import __version__
from contract_kit.check.coverage import Coverage
from contract_kit.contract import Contract
from contract_kit.document import Document
from contract_kit.findings.finding import Severity
from contract_kit.findings.groups import explained
from contract_kit.findings.results import (
    LIVE_RECORDING,
    RECORDING,
    CheckResult,
    OperationResult,
    Result,
    TargetResult,
)
from contract_kit.ledger.grounds import Grounds
from contract_kit.recordings.cross_check import CrossCheck
from contract_kit.recordings.tally import MOST_FINDINGS, Tally

# Result.profile of a validation; a check has `quick` or `full` there.
PROFILE = "validation"


@dataclass
class Recordings:
    """The outcome of all files.

    Attributes:
        tally: The tally of all files together.
        files: One entry per file.
        live: Files whose label says that the live API was recorded.
        gaps: Why some parts were not validated: ``interrupted after 3 of 8 files``.
        unreadable: Whether a file, or a part of one, could not be read.
    """

    tally: Tally = field(default_factory=Tally)
    files: list[CheckResult] = field(default_factory=list)
    live: list[str] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    unreadable: bool = False

    def add(self, name: str, tally: Tally, seconds: float, *, live: bool = False) -> None:
        """Add one file, and the seconds that it took."""
        self.tally.add(tally)
        self.files.append(file_result(name, tally, seconds))
        self.unreadable = self.unreadable or tally.malformed > 0
        if live and tally.judged:
            self.live.append(name)


def file_result(name: str, tally: Tally, seconds: float) -> CheckResult:
    """The result of one file, which reports show like a check."""
    findings = tally.findings.all()
    outcome, reason = "passed", ""
    if tally.malformed:
        outcome, reason = "error", tally.complaints[0]
    elif findings:
        outcome, reason = "failed", f"{len(findings)} different findings"
    elif not tally.judged:
        outcome, reason = "skipped", f"nothing of this API in it ({skipped_words(tally)})"
    requests = Counter[str]()
    for (operation, _), count in tally.answers.items():
        requests[operation] += count
    return CheckResult(name, f"the answers in {name} conform", outcome, reason, dict(requests), round(seconds, 3))


def skipped_words(tally: Tally) -> str:
    """The skipped parts as text: ``12 × another host, 3 × method OPTIONS``."""
    return ", ".join(f"{count} × {reason}" for reason, count in tally.skipped.most_common()) or "it is empty"


def complaint_lines(name: str, tally: Tally) -> list[str]:
    """The messages about the parts of one file that could not be read."""
    more = tally.malformed - len(tally.complaints)
    return tally.complaints + ([f"{name}: and {more} more lines like that"] if more > 0 else [])


def result(
    recordings: Recordings,
    cross_check: CrossCheck,
    contract: Contract,
    *,
    started: datetime,
    seconds: float,
    fail_on: Severity,
    masking: str,
    coverage: Coverage | None = None,
) -> Result:
    """The result of a validation of all files."""
    tally = recordings.tally
    count = len(recordings.files)
    is_live = tally.judged > 0 and sum(check.outcome != "skipped" for check in recordings.files) == len(recordings.live)
    of = f"{count} recording{'s' if count != 1 else ''}"
    evidence = "of the live API, as their labels say" if is_live else "(no evidence about the live API)"
    blind_spots = list(recordings.gaps)
    if not tally.judged and (tally.skipped or not recordings.unreadable):
        blind_spots.append(f"nothing of this API was seen in {of} ({skipped_words(tally)})")
    if recordings.unreadable:
        blind_spots.append(f"{tally.malformed} files or lines could not be read, first {tally.complaints[0]}")
    if tally.disagreeing:
        blind_spots.append(
            f"jsonschema and jsonschema-rs disagree about {tally.disagreeing} of {tally.looked} answers that both "
            f"looked at, which is a bug to report: {'; '.join(tally.disagreements)}"
        )
    grounds = Grounds(contract.kit.ledger, contract.document)
    return Result(
        target=TargetResult(LIVE_RECORDING if is_live else RECORDING, "", f"{of} {evidence}"),
        document=contract.document.version,
        tool=__version__,
        program=contract.kit.program,
        started=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=round(seconds, 3),
        profile=PROFILE,
        fail_on=fail_on,
        masking=masking,
        operations=tuple(_operations(contract.document, tally)),
        checks=tuple(recordings.files),
        properties=(),
        coverage=tuple(coverage.results()) if coverage is not None else (),
        findings=tuple(
            explained(
                replace(each, grounds=grounds.of(each.basis), assumption=grounds.assumption(each))
                for each in tally.findings.all()
            )
        ),
        blind_spots=tuple(blind_spots),
        remarks=tuple(_remarks(recordings, cross_check, is_live=is_live, covers=coverage is not None)),
    )


def _operations(document: Document, tally: Tally) -> Iterable[OperationResult]:
    for operation in document.operations:
        statuses = {str(status): n for (name, status), n in sorted(tally.answers.items()) if name == operation.name}
        yield OperationResult(
            operation.name, sum(statuses.values()), statuses, tally.with_data[operation.name], properties=0
        )


def _remarks(recordings: Recordings, cross_check: CrossCheck, *, is_live: bool, covers: bool) -> Sequence[str]:
    tally = recordings.tally
    remarks = []
    if tally.skipped:
        remarks.append(f"skipped, since it is not of this API or says nothing about it: {skipped_words(tally)}")
    if recordings.live and not is_live:
        remarks.append(f"recorded from the live API, as their labels say: {', '.join(recordings.live[:20])}")
    if tally.looked:
        remarks.append(f"jsonschema looked at {tally.looked} answers besides jsonschema-rs, which judged all")
    if covers and cross_check.read < tally.judged:
        remarks.append(
            f"coverage counts what {cross_check.read} of {tally.judged} answers show: of bare bodies a sample"
        )
    if tally.findings.dropped:
        remarks.append(f"{tally.findings.dropped} deviations beyond {MOST_FINDINGS} different ones were only counted")
    return remarks
