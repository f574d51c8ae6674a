"""What a check reports: a Finding, its identity, its severity and its state."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from contract_kit.findings import remedies

# The number of examples kept of equal findings; ``count`` has their total.
MOST_EXAMPLES = 3
# The answers of a run that are told apart, and the comparisons of a finding that are kept. They bound the memory.
MOST_ANSWERS = 20_000
_MOST_COMPARED = 64
# The value of findings about a body that lacks most of its keys.
ANOTHER_OBJECT = "another object"


class Severity(StrEnum):
    """How severely a finding affects a consumer of the API, worst first."""

    BREAKING = "breaking"
    DRIFT = "drift"
    NOTICE = "notice"

    def at_least(self, other: Severity) -> bool:
        """Whether this is as severe as ``other``, or more."""
        order = list(Severity)
        return order.index(self) <= order.index(other)


class State(StrEnum):
    """The state of a finding; only open findings change the verdict."""

    OPEN = "open"
    WARNING = "warning"  # it is based on something that no source says, and the target is live
    ACCEPTED = "accepted"  # acceptances.yaml has an entry for it, or it is expected in the world that was named


class Kind(StrEnum):
    """The kind of a finding."""

    MISSING_FIELD = "missing field"
    WRONG_TYPE = "wrong type"
    NULL = "null"
    STATUS = "status"
    ERROR_SHAPE = "error shape"
    AUTHENTICATION = "authentication"
    PAGING = "paging"
    FILTER = "filter"
    CONSISTENCY = "consistency"
    MALFORMED_BODY = "malformed body"
    SERVER_FAILURE = "server failure"
    CLIENT = "client cannot read it"
    DOCUMENT = "document against ledger"
    UNDOCUMENTED_VALUE = "undocumented value"
    UNDOCUMENTED_FIELD = "undocumented field"
    CONTENT_TYPE = "content type"
    MISSING_HEADER = "missing header"
    METHOD = "method"
    VALIDATION = "invalid request accepted"
    FORMAT = "format"
    PATTERN = "pattern"
    BOUND = "bound"
    WITHDRAWN_VALUE = "withdrawn value"
    INTERNAL_VALUE = "internal value"
    OBSERVED_VALUE = "observed value"


_DRIFT = frozenset(
    {
        Kind.UNDOCUMENTED_VALUE,
        Kind.UNDOCUMENTED_FIELD,
        Kind.CONTENT_TYPE,
        Kind.MISSING_HEADER,
        Kind.METHOD,
        Kind.VALIDATION,
        Kind.FORMAT,
        Kind.PATTERN,
        Kind.BOUND,
    }
)
_NOTICE = frozenset({Kind.WITHDRAWN_VALUE, Kind.INTERNAL_VALUE, Kind.OBSERVED_VALUE})

# The default severities; the configuration may override them.
SEVERITIES: Mapping[Kind, Severity] = {
    kind: Severity.NOTICE if kind in _NOTICE else Severity.DRIFT if kind in _DRIFT else Severity.BREAKING
    for kind in Kind
}


@dataclass(frozen=True)
class Example:
    """One occurrence of a finding, with personal values masked.

    Attributes:
        request: The request that shows it: ``GET /items?limit=2``.
        evidence: The relevant part of the response: ``{"status": "lost"}``.
        caller: Whose request it was if not the run's own, as in ObservedResponse: ``nobody``.
        curl: The request as a command; ``""`` where it cannot be sent again.
        about: The keys of its evidence.
        answers: The numbers of the answers that show it: the judged one, then those that it was compared with. Like
            ``about`` they last for one run; ``groups`` goes by both.
    """

    request: str
    evidence: str = ""
    caller: str = ""
    curl: str = ""
    about: tuple[str, ...] = field(default=(), compare=False, repr=False)
    answers: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def to_dict(self) -> dict[str, str]:
        """Return the example as JSON values."""
        return {
            "request": self.request,
            "evidence": self.evidence,
            "caller": self.caller,
            "curl": self.curl,
        }


@dataclass(frozen=True)
class Finding:
    """One deviation of a target from the document.

    Attributes:
        kind: The kind of deviation.
        operation: The operationId: ``list_items``.
        location: A JSON pointer with ``*`` for list indexes (``/items/*/status``), ``header:<name>``,
            ``query:<name>``, ``status`` or ``method``.
        value: The observed enum value; for every other kind a stable class: the type found, the name of a key, header,
            parameter or property, the status, the format. Never a measured number, a resource's key or a time.
        expected: What the document requires instead.
        basis: The subject or decision of the ledger that it contradicts, ``inferred`` or ``""``.
        examples: The first occurrences.
        count: The number of occurrences.
        check: The check that first found it: ``test_filters.py::test_default_window``.
        override: The severity that the configuration gives to this kind.
        impact: Why it is worse than its kind, by experiment: ``the generated client cannot read it: …``.
        impact_severity: The severity of that impact.
        state: Whether it changes the verdict.
        note: Why it has that state: who accepted it, until when.
        found: What was found, in a sentence; personal values are masked.
        condition: When it shows, if only then: ``only at limit above 500``.
        grounds: Where its basis is written, and its title: ``decisions.yaml:210: The bounds apply to the start``.
        assumption: The assumed decision that it contradicts: ``D17``; ``""`` if it contradicts none.
        cause: The fingerprint of the finding that explains it; ``""`` if none does. See ``groups``.
        answers: The answers that show it, as a set of bits: 2 to the power of each answer's number.
        compared: The same for comparisons of several answers: a set for each comparison.
        counts_rows: Whether it is about which rows lists have; see Property.
    """

    kind: Kind
    operation: str
    location: str
    value: str
    expected: str
    basis: str = ""
    examples: tuple[Example, ...] = ()
    count: int = 1
    check: str = ""
    override: Severity | None = None
    impact: str = ""
    impact_severity: Severity | None = None
    state: State = State.OPEN
    note: str = ""
    found: str = ""
    condition: str = ""
    grounds: str = ""
    assumption: str = ""
    cause: str = ""
    answers: int = field(default=0, compare=False, repr=False)
    compared: frozenset[int] = field(default=frozenset(), compare=False, repr=False)
    counts_rows: bool = field(default=False, compare=False, repr=False)

    @property
    def severity(self) -> Severity:
        """The severity of its kind, or as configured; ``impact_severity`` may raise it, never lower it."""
        given = self.override or SEVERITIES[self.kind]
        raised = self.impact_severity
        return raised if raised is not None and raised.at_least(given) else given

    @cached_property
    def fingerprint(self) -> str:
        """Twelve hex digits from operation, location, kind and value only; wording and counts never change it."""
        identity = "\n".join([self.operation, self.location, self.kind, self.value])
        return hashlib.sha256(identity.encode(errors="backslashreplace")).hexdigest()[:12]

    @property
    def remedy(self) -> str:
        """Advice on what to do about it, by its kind and location."""
        return remedies.remedy(self.kind, self.operation, self.location, self.value)

    @property
    def what(self) -> str:
        """What was found, in a sentence, also where whoever made the finding gave none."""
        return self.found or remedies.plain(self.value)

    def counts(self, fail_on: Severity) -> bool:
        """Whether this finding makes a run with ``fail_on`` fail."""
        return self.state is State.OPEN and self.severity.at_least(fail_on)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "fingerprint": self.fingerprint,
            "severity": self.severity,
            "state": self.state,
            "kind": self.kind,
            "operation": self.operation,
            "location": self.location,
            "value": self.value,
            "found": self.found,
            "condition": self.condition,
            "expected": self.expected,
            "basis": self.basis,
            "grounds": self.grounds,
            "assumption": self.assumption,
            "cause": self.cause,
            "count": self.count,
            "check": self.check,
            "examples": [example.to_dict() for example in self.examples],
            "override": self.override,
            "impact": self.impact,
            "impact_severity": self.impact_severity,
            "note": self.note,
            "remedy": self.remedy,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """Restore a finding from the result of ``to_dict``.

        Raises:
            KeyError, ValueError: the data is not a finding.
        """
        return cls(
            kind=Kind(data["kind"]),
            operation=data["operation"],
            location=data["location"],
            value=data["value"],
            expected=data["expected"],
            basis=data["basis"],
            examples=tuple(Example(**example) for example in data["examples"]),
            count=data["count"],
            check=data["check"],
            override=Severity(data["override"]) if data["override"] else None,
            impact=data["impact"],
            impact_severity=Severity(data["impact_severity"]) if data["impact_severity"] else None,
            state=State(data["state"]),
            note=data["note"],
            found=data["found"],
            condition=data["condition"],
            grounds=data["grounds"],
            assumption=data.get("assumption", ""),
            cause=data["cause"],
        )


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings of the same fingerprint, with their count, first examples and answers; the worst come first."""
    equal: dict[str, list[Finding]] = {}
    for finding in findings:
        equal.setdefault(finding.fingerprint, []).append(finding)
    return ordered(map(_merged, equal.values()))


def _merged(equal: list[Finding]) -> Finding:
    # Each example is kept once, so that there is space for different ones.
    examples = dict.fromkeys(example for each in equal for example in each.examples)
    answers, compared = 0, set[int]()
    for each in equal:
        answers |= each.answers
        compared |= each.compared
        for judged, *others in (example.answers for example in each.examples if example.answers):
            answers |= _bit(judged)
            if others and len(compared) < _MOST_COMPARED:
                compared.add(_bit(judged) | sum(map(_bit, set(others) - {judged})))
    return replace(
        equal[0],
        count=sum(each.count for each in equal),
        examples=tuple(examples)[:MOST_EXAMPLES],
        found=equal[0].what,
        answers=answers,
        compared=frozenset(compared),
    )


def _bit(number: int) -> int:
    """The set of one answer; empty for an answer without a number, or beyond those that are told apart."""
    return 1 << number if 0 < number < MOST_ANSWERS else 0


def ordered(findings: Iterable[Finding]) -> list[Finding]:
    """Sort findings: open ones first, then by severity, the worst first."""
    states, severities = list(State), list(Severity)
    return sorted(
        findings,
        key=lambda found: (
            states.index(found.state),
            severities.index(found.severity),
            found.operation,
            found.location,
            found.kind,
            found.value,
        ),
    )
