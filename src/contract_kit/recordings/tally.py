"""Counts and findings of recordings, of limited size: responses, skipped and unreadable parts, findings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from contract_kit.findings.finding import MOST_EXAMPLES, Finding, Severity, ordered

# Further different findings are only counted; otherwise random keys could fill the memory.
MOST_FINDINGS = 5000
MOST_COMPLAINTS = 3


class FindingTable:
    """Findings by fingerprint, merged when they are added."""

    __slots__ = ("_again", "_kept", "dropped")

    def __init__(self, findings: Iterable[Finding] = ()) -> None:
        self._kept: dict[str, Finding] = {}
        self._again: Counter[str] = Counter()
        # The number of findings beyond MOST_FINDINGS.
        self.dropped = 0
        for finding in findings:
            self.add(finding)

    def add(self, finding: Finding) -> str:
        """Keep a finding, or merge it with the one of the same fingerprint; return the fingerprint."""
        fingerprint = finding.fingerprint
        known = self._kept.get(fingerprint)
        if known is None:
            if len(self._kept) >= MOST_FINDINGS:
                self.dropped += finding.count
                return fingerprint
            self._kept[fingerprint] = finding
            return fingerprint
        self._again[fingerprint] += finding.count
        if len(known.examples) < MOST_EXAMPLES:
            examples = tuple(dict.fromkeys((*known.examples, *finding.examples)))[:MOST_EXAMPLES]
            self._kept[fingerprint] = replace(known, examples=examples)
        return fingerprint

    def repeat(self, fingerprints: Mapping[str, int]) -> None:
        """Count findings again, by fingerprint: ``{"3f9a…": 2}``."""
        for fingerprint, count in fingerprints.items():
            if fingerprint in self._kept:
                self._again[fingerprint] += count
            else:
                self.dropped += count

    def blame(self, fingerprints: Iterable[str], problem: str) -> None:
        """Mark findings as breaking, because the generated client could not read a response that has them."""
        for fingerprint in fingerprints:
            known = self._kept.get(fingerprint)
            if known is not None and not known.impact:
                self._kept[fingerprint] = replace(known, impact=problem, impact_severity=Severity.BREAKING)

    def all(self) -> list[Finding]:
        """The findings with their counts, worst first."""
        return ordered(
            replace(finding, count=finding.count + self._again[fingerprint])
            for fingerprint, finding in self._kept.items()
        )


@dataclass(slots=True)  # there is one for each file of a folder
class Tally:
    """The counts and findings of a file, a partition, or all recordings.

    Attributes:
        answers: Validated responses, by operation and status.
        with_data: Successful responses that held at least one resource, by operation.
        skipped: Parts that were not validated, by reason.
        malformed: The number of lines, or rests of files, that could not be read.
        complaints: Messages about the first of these.
        findings: The findings.
        looked: The number of responses that jsonschema validated, too.
        disagreeing: The number of these about which jsonschema and jsonschema-rs disagreed.
        disagreements: Messages about the first of these.
    """

    answers: Counter[tuple[str, int]] = field(default_factory=Counter)
    with_data: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
    malformed: int = 0
    complaints: list[str] = field(default_factory=list)
    findings: FindingTable = field(default_factory=FindingTable)
    looked: int = 0
    disagreeing: int = 0
    disagreements: list[str] = field(default_factory=list)

    @property
    def judged(self) -> int:
        """The number of validated responses."""
        return self.answers.total()

    def complain(self, complaint: str) -> None:
        """Count a line or rest of a file that could not be read."""
        self.malformed += 1
        if len(self.complaints) < MOST_COMPLAINTS:
            self.complaints.append(complaint)

    def disagree(self, disagreement: str) -> None:
        """Count a response about which the validators disagree."""
        self.disagreeing += 1
        if len(self.disagreements) < MOST_COMPLAINTS:
            self.disagreements.append(disagreement)

    def add(self, other: Tally) -> None:
        """Add the counts and findings of another tally."""
        self.answers.update(other.answers)
        self.with_data.update(other.with_data)
        self.skipped.update(other.skipped)
        self.malformed += other.malformed
        self.complaints.extend(other.complaints[: MOST_COMPLAINTS - len(self.complaints)])
        for finding in other.findings.all():
            self.findings.add(finding)
        self.findings.dropped += other.findings.dropped
        self.looked += other.looked
        self.disagreeing += other.disagreeing
        self.disagreements.extend(other.disagreements[: MOST_COMPLAINTS - len(self.disagreements)])

    def to_dict(self) -> dict[str, Any]:
        """The tally as JSON data."""
        return {
            "answers": [[operation, status, count] for (operation, status), count in sorted(self.answers.items())],
            "with_data": dict(self.with_data),
            "skipped": dict(self.skipped),
            "malformed": self.malformed,
            "complaints": self.complaints,
            "findings": [finding.to_dict() for finding in self.findings.all()],
            "dropped": self.findings.dropped,
            "looked": self.looked,
            "disagreeing": self.disagreeing,
            "disagreements": self.disagreements,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Tally:
        """The inverse of ``to_dict``.

        Raises:
            AttributeError, KeyError, TypeError, ValueError: ``data`` is not a tally.
        """
        tally = cls(
            answers=Counter({(str(operation), int(status)): int(n) for operation, status, n in data["answers"]}),
            with_data=Counter({str(name): int(n) for name, n in data["with_data"].items()}),
            skipped=Counter({str(name): int(n) for name, n in data["skipped"].items()}),
            malformed=int(data["malformed"]),
            complaints=[str(each) for each in data["complaints"]],
            findings=FindingTable(Finding.from_dict(each) for each in data["findings"]),
            looked=int(data["looked"]),
            disagreeing=int(data["disagreeing"]),
            disagreements=[str(each) for each in data["disagreements"]],
        )
        tally.findings.dropped = int(data["dropped"])
        if tally.to_dict() != data or not _is_sensible(data):
            raise ValueError("no tally")
        return tally


def _is_sensible(data: Mapping[str, Any]) -> bool:
    """Whether the numbers and texts of a tally can be shown."""
    counts = [data[name] for name in ("malformed", "dropped", "looked", "disagreeing")]
    counts += [*data["with_data"].values(), *data["skipped"].values(), *(count for *_, count in data["answers"])]
    counts += [finding["count"] for finding in data["findings"]]
    texts = [
        text
        for finding in data["findings"]
        for name, text in finding.items()
        if name not in {"count", "examples", "override", "impact_severity"}
    ]
    texts += [text for finding in data["findings"] for one in finding["examples"] for text in one.values()]
    return (
        all(type(count) is int and count >= 0 for count in counts)
        and all(isinstance(text, str) for text in texts)
        and bool(data["malformed"]) == bool(data["complaints"])
    )
