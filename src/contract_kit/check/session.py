"""One run of the check: its requests, responses, judgements and findings."""

from __future__ import annotations

import random
import re
import secrets
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import chain

from contract_kit.api import Resource, Row
from contract_kit.check import spelling
from contract_kit.check.answer_laws import AnswerLaws
from contract_kit.check.budget import Budget
from contract_kit.check.client_reading import ClientReader
from contract_kit.check.conditions import Conditions
from contract_kit.check.conformance import Conformance
from contract_kit.check.coverage import Coverage
from contract_kit.check.finding_log import FindingLog
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.check.seen import MOST_RESOURCES, Seen
from contract_kit.check.throttle import NoAnswerError, RequestThrottle
from contract_kit.configuration import Configuration
from contract_kit.contract import Contract
from contract_kit.findings.finding import ANOTHER_OBJECT, MOST_ANSWERS, Finding, Severity
from contract_kit.findings.groups import explained
from contract_kit.findings.results import OperationResult, PropertyResult
from contract_kit.ledger.grounds import Grounds
from contract_kit.masking import Masker
from contract_kit.pointer import value_at
from contract_kit.schema import body_schema
from contract_kit.targets import Target

# A comparison is read up to this many times, since live data may change; it is broken if most readings say so.
_READINGS = 3


@dataclass
class OperationTally:
    """The number of responses of one operation.

    Attributes:
        answers: Responses by status.
        with_data: Responses of status 200 that held at least one resource.
    """

    answers: Counter[int] = field(default_factory=Counter)
    with_data: int = 0


class Session:
    """Collects responses, judgements and findings; checks every response against the document when it arrives.

    Args:
        contract: The kit and its document.
        target: The target.
        masker: Masks personal values in what is shown; default: one with a random key.
        settings: The limits on requests, and severities that override those of the kinds.
    """

    def __init__(
        self,
        contract: Contract,
        target: Target,
        masker: Masker | None = None,
        settings: Configuration | None = None,
    ) -> None:
        settings = settings or Configuration()
        document = contract.document
        self.contract = contract
        self.target = target
        self.masker = masker or Masker.of(contract)
        self.throttle = RequestThrottle(Budget(contract.operations, settings.max_requests), settings)
        self.coverage = Coverage(document, contract.operations)
        # The running check, as in CheckResult.id: `test_survey.py::test_every_operation_answers_with_data`.
        self.check = ""
        self.moved = 0
        # The number of answers so far, and so the number of the last one.
        self.observed = 0
        self.started = datetime.now(UTC)
        # What the embedded emulator holds is the same in every run; elsewhere each run draws anew.
        self.seed = (
            settings.seed if settings.seed is not None else 1 if target.embedded else 1 + secrets.randbelow(10**6)
        )
        self.random = random.Random(self.seed)  # noqa: S311  a sample, no secret
        self._shares: dict[str, tuple[int, int]] = {}
        self._tallies = {operation.name: OperationTally() for operation in contract.operations}
        self._log = FindingLog()
        self._judged: dict[tuple[str, Property], Counter[bool]] = {}
        self._inconclusive: list[str] = []
        self._severities = settings.severities
        self._conformance = Conformance(document)
        # The fingerprints of findings about another object in the place of a documented one.
        self._others: set[str] = set()
        self._laws = AnswerLaws(contract, self._account())
        self._seen = Seen(contract.kit)
        self._reader = ClientReader(contract.kit.client)
        self._conditions = Conditions(contract.shown_parameters.__contains__, _page_parameters(contract))
        # By operation, location and property: the answers in which it held, as a set of bits.
        self._held: dict[tuple[str, str, str], int] = {}

    def observe(self, answer: ObservedResponse) -> list[Finding]:
        """Count ``answer``, check it against the document, read it with the client, and keep all findings.

        Returns:
            The findings about conformance to the document.
        """
        self.observed += 1
        # In place, because whoever sent the request judges the same object later.
        object.__setattr__(answer, "number", self.observed)
        self.judge(self._laws.judgements(answer, self._seen))
        if not self.contract.document.operation(answer.operation).matches(answer.path):
            # The document says nothing about a path that it does not have; but if the operation is known to send
            # another object as a success, that it does so here too explains what is said about the path.
            self.add(each for each in self._conformance.findings(answer) if each.fingerprint in self._others)
            return []
        if answer.method == "HEAD":
            return []  # its response has no body
        tally = self._tallies[answer.operation]
        tally.answers[answer.status] += 1
        if answer.status == 200 and self._holds_data(answer):
            tally.with_data += 1
        observed = self._conformance.observed(answer)
        self._conditions.observe(answer, observed.things)
        self.coverage.observe(answer, observed.things)
        self.judge(spelling.judgements(answer, observed.instants, observed.urls, self.contract.kit.time_spelling))
        found = self._conformance.findings(answer)
        self._others.update(each.fingerprint for each in found if each.value == ANOTHER_OBJECT)
        reading = self._reader.read(answer)
        if reading.problem:
            # A finding that breaks the generated client is breaking, whatever its kind.
            found = [replace(each, impact=reading.problem, impact_severity=Severity.BREAKING) for each in found]
        self.add([*found, *reading.findings])
        return found

    def _account(self) -> str:
        """The account of the caller, if the user name is one; or else the first one that a response names decides."""
        username, document = self.target.credentials.username, self.contract.document
        for resource in self.contract.kit.resources if username else ():
            schema = body_schema(document.operation(resource.fetch).response(200) or {}) if resource.fetch else None
            owner = document.location(schema).properties.get(resource.owner) if schema is not None else None
            if owner is not None and any(re.fullmatch(pattern, username) for pattern in owner.patterns):
                return username
        return ""

    def _holds_data(self, answer: ObservedResponse) -> bool:
        """Whether the response holds at least one resource."""
        body = answer.excerpt
        resource = self.contract.kit.listed_by(answer.operation)
        return bool(body if resource is None else value_at(body, resource.rows))

    def is_stable(self, resource: Resource, row: Row) -> bool:
        """Whether a row cannot change during the run: on a live target only a final row cannot."""
        return not self.target.is_live or resource.is_final is None or resource.is_final(row)

    def note_inconclusive(self, reason: str) -> None:
        """Note that something could not be checked; a run without findings is then inconclusive."""
        self._inconclusive.append(self.masker.text(reason))

    @property
    def now(self) -> datetime:
        """The system's time."""
        return datetime.now(UTC)

    def note_share(self, resource: Resource, seen: int, known: int) -> None:
        """Note how many of the known resources of a kind were looked at one by one."""
        self._shares[resource.name] = seen, known

    def add(self, findings: Iterable[Finding]) -> None:
        """Keep findings, with the running check and the configured severity."""
        self._log.add(
            replace(finding, check=finding.check or self.check, override=self._severities.get(finding.kind))
            for finding in findings
        )

    def judge(self, judgements: Iterable[Judgement]) -> None:
        """Count each judgement, and keep a finding for each property that does not hold."""
        for judgement in judgements:
            based = judgement.based_on(self.contract.kit.laws)
            if based is None:
                continue
            key = based.answer.operation, based.judged
            self._judged.setdefault(key, Counter())[based.holds] += 1
            held = self._held.setdefault(based.key, 0)
            if based.holds and 0 < based.answer.number < MOST_ANSWERS:
                self._held[based.key] = held | 1 << based.answer.number
            if not based.holds:
                self.add([based.finding_on(is_live=self.target.is_live)])

    def judge_stable(self, question: Callable[[int], Iterable[Judgement]]) -> None:
        """Judge a comparison of several responses; read them again if it seems broken, since live data may change.

        Args:
            question: Requests the responses anew at each call and yields judgements; its argument is the number of
                the reading, from 0.

        Raises:
            NoAnswerError: a response was missing; the judgements before it are kept.
        """
        first, error = _reading(question, 0)
        broken = Counter({judgement.key for judgement in first if not judgement.holds})
        readings = [first]
        # Data in the embedded emulator does not change, so one broken reading is enough there.
        while any(broken.values()) and not self.target.embedded and len(readings) < _READINGS:
            again, error = _reading(question, len(readings))
            readings.append(again)
            broken.update({judgement.key for judgement in again if not judgement.holds})
            if len(readings) == 2 and all(count == 2 for count in broken.values()):
                break
        needed = len(readings) // 2 + 1
        if error is not None and len(readings) > 1:
            # A further reading failed. Then one broken reading counts, except on a live target, whose data may change.
            needed = 1
            if self.target.is_live:
                self.note_inconclusive(f"something seemed broken, and could not be read again: {error}")
                broken.clear()
        lasting = {key for key, count in broken.items() if count >= needed}
        self.moved += len(broken) - len(lasting)
        reported: set[tuple[str, str, str]] = set()
        for judgement in first:
            if judgement.holds or judgement.key in lasting:
                self.judge([judgement])
                reported.add(judgement.key)
        for judgement in chain.from_iterable(readings[1:]):
            if not judgement.holds and judgement.key in lasting - reported:
                self.judge([judgement])
        if error is not None:
            raise error

    @property
    def missing(self) -> int:
        """The number of things that could not be checked."""
        return len(self._inconclusive)

    @property
    def judgements(self) -> int:
        """The number of judgements."""
        return sum(counts.total() for counts in self._judged.values())

    @property
    def findings(self) -> list[Finding]:
        """All findings so far, with equal ones merged."""
        return self._log.findings

    def concluded(self) -> list[Finding]:
        """All findings, with what only the whole run tells: cause, condition, and where their basis is written."""
        grounds = Grounds(self.contract.kit.ledger, self.contract.document)
        found = [
            replace(
                each,
                condition=self._conditions.condition(each, self._held.get((each.operation, each.location, each.value))),
                grounds=grounds.of(each.basis),
                assumption=grounds.assumption(each),
            )
            for each in self.findings
        ]
        return explained(found)

    @property
    def requests(self) -> int:
        """The number of requests sent."""
        return self.throttle.requests

    def operations(self) -> tuple[OperationResult, ...]:
        """The counts of each operation."""
        return tuple(
            OperationResult(
                name=name,
                requests=self.throttle.sent[name],
                statuses={str(status): count for status, count in sorted(tally.answers.items())},
                with_data=tally.with_data,
                properties=len({each.name for operation, each in self._judged if operation == name}),
            )
            for name, tally in self._tallies.items()
        )

    def properties(self) -> tuple[PropertyResult, ...]:
        """The counts of each property that was judged, by operation."""
        return tuple(
            PropertyResult(
                name=each.name,
                operation=operation,
                sentence=each.expected,
                basis=each.basis,
                inferred=each.inferred,
                held=counts[True],
                broken=counts[False],
            )
            for (operation, each), counts in sorted(
                self._judged.items(), key=lambda item: (item[0][0], item[0][1].kind, item[0][1].name)
            )
        )

    def blind_spots(self) -> list[str]:
        """The reasons why the run is inconclusive; empty if it saw data from every operation."""
        statuses = sum((tally.answers for tally in self._tallies.values()), Counter[int]())
        if not statuses:
            return ["no answer came from the target"]
        if set(statuses) == {401}:
            return ["every answer was 401: the credentials are not accepted there"]
        if not any(tally.with_data for tally in self._tallies.values()) and 429 in statuses:
            return ["the target answers 429: try again later"]
        unseen = [
            f"{name} was never seen with data" + (f" ({_statuses(tally)})" if tally.answers else " (not reached)")
            for name, tally in self._tallies.items()
            if not tally.with_data
        ]
        return unseen + [f"inconclusive: {reason}" for reason in self._inconclusive[:1]]

    def remarks(self) -> list[str]:
        """Further remarks for the reports: retries, dropped comparisons, a spent budget."""
        remarks = []
        if self.throttle.retried:
            troubles = ", ".join(f"{name} {count} times" for name, count in sorted(self.throttle.retried.items()))
            remarks.append(f"asked again after trouble that may pass: {troubles}")
        if self.moved:
            remarks.append(f"{self.moved} comparisons were dropped because the data moved while it was read")
        for name, (seen, known) in self._shares.items():
            if seen < known:
                remarks.append(
                    f"{seen} of {known} {name} resources ({seen / known:.0%}) were looked at one by one; "
                    f"--seed {self.seed} draws the same"
                )
        if self._seen.is_full:
            remarks.append(f"only the first {MOST_RESOURCES} resources were compared with later views of them")
        if self.throttle.was_spent:
            remarks.append(
                f"the budget of {self.throttle.budget.most} requests cut some checks short: see --max-requests"
            )
        return remarks


def _page_parameters(contract: Contract) -> list[str]:
    style = contract.kit.paging
    return [] if style is None else list(filter(None, (style.token, style.number, style.after_key, style.offset)))


def _reading(
    question: Callable[[int], Iterable[Judgement]], number: int
) -> tuple[list[Judgement], NoAnswerError | None]:
    """The judgements of one reading, and the error that ended it early, if any."""
    judgements: list[Judgement] = []
    try:
        judgements.extend(question(number))
    except NoAnswerError as error:
        return judgements, error
    return judgements, None


def _statuses(tally: OperationTally) -> str:
    return ", ".join(f"{count} × {status}" for status, count in sorted(tally.answers.items()))
