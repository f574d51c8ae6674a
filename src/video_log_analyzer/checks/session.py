"""One run of the check: what was asked, what was seen, what was found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from video_log_analyzer.checks.answer import Answer, NotJsonError
from video_log_analyzer.checks.conformance import Conformance
from video_log_analyzer.document import Document
from video_log_analyzer.findings import Finding, merged
from video_log_analyzer.targets import Target


@dataclass
class Tally:
    """The numbers of one operation.

    Attributes:
        requests: How many were sent.
        answers: How many came back, by status.
        with_data: How many successful ones held at least one resource.
    """

    requests: int = 0
    answers: Counter[int] = field(default_factory=Counter)
    with_data: int = 0


class Session:
    """Collects answers and findings; every answer is held against the document as it comes in."""

    def __init__(self, document: Document, target: Target) -> None:
        self.document = document
        self.target = target
        self.tallies = {operation.name: Tally() for operation in document.operations}
        self._findings: list[Finding] = []
        self._unjudged: list[str] = []
        self._conformance = Conformance(document)

    def observe(self, answer: Answer) -> list[Finding]:
        """Count ``answer``, hold it against the document, keep and return what that finds."""
        tally = self.tallies[answer.operation]
        tally.requests += 1
        tally.answers[answer.status] += 1
        if answer.status == 200 and _holds_data(answer):
            tally.with_data += 1
        found = self._conformance.findings(answer)
        self.add(found)
        return found

    def unanswered(self, operation: str) -> None:
        """Count a request to which no answer came."""
        self.tallies[operation].requests += 1

    def unjudged(self, reason: str) -> None:
        """Note that a question could not be answered; without findings the run is then inconclusive."""
        self._unjudged.append(reason)

    def add(self, findings: Iterable[Finding]) -> None:
        """Keep findings of other checks than conformance."""
        self._findings.extend(findings)

    @property
    def findings(self) -> list[Finding]:
        """All findings so far, equal ones merged."""
        return merged(self._findings)

    @property
    def requests(self) -> int:
        """How many requests were sent in all."""
        return sum(tally.requests for tally in self.tallies.values())

    def blind_spots(self) -> list[str]:
        """Why the run cannot say that the target conforms; empty where it has seen something of every operation."""
        statuses = sum((tally.answers for tally in self.tallies.values()), Counter[int]())
        if not statuses:
            return ["no answer came from the target"]
        if set(statuses) == {401}:
            return ["every answer was 401: the credentials are not accepted there"]
        if not any(tally.with_data for tally in self.tallies.values()) and 429 in statuses:
            return ["the target answers 429: try again later"]
        unseen = [
            f"{name} was never seen with data" + (f" ({_statuses(tally)})" if tally.answers else " (not reached)")
            for name, tally in self.tallies.items()
            if not tally.with_data
        ]
        return unseen + [f"could not be judged: {reason}" for reason in self._unjudged[:1]]


def _statuses(tally: Tally) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(tally.answers.items()))


def _holds_data(answer: Answer) -> bool:
    try:
        body: Any = answer.json
    except NotJsonError:
        return False
    if not isinstance(body, dict):
        return False
    lists = [value for value in body.values() if isinstance(value, list)]
    return any(lists) if "meta" in body else bool(body)
