"""What a check reports: a Finding, its identity, its severity and its state."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

# The number of examples kept of equal findings; ``count`` has their total.
MOST_EXAMPLES = 3


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
    ACCEPTED = "accepted"  # acceptances.yaml has an entry for it


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
_NOTICE = frozenset({Kind.WITHDRAWN_VALUE, Kind.INTERNAL_VALUE})

# The default severities; the configuration may override them.
SEVERITIES: Mapping[Kind, Severity] = {
    kind: Severity.NOTICE if kind in _NOTICE else Severity.DRIFT if kind in _DRIFT else Severity.BREAKING
    for kind in Kind
}

_REMEDIES: Mapping[Kind, str] = {
    Kind.DOCUMENT: "correct the document, or add the claim and settle it in openapi/decisions.yaml",
    Kind.UNDOCUMENTED_VALUE: "if the answer is right, add the value: a claim, its decision, the document's enum and "
    "x-enum-status, then regenerate the client",
    Kind.UNDOCUMENTED_FIELD: "if the answer is right, add the property: a claim, the document, then regenerate the "
    "client",
    Kind.WITHDRAWN_VALUE: "the vendor dropped this value from its documents; nothing to do unless it becomes common",
    Kind.INTERNAL_VALUE: "the vendor never meant this value for customers; do not build on it",
}
_REMEDY = "if the answer is right, correct the document through a claim and a decision; otherwise mend the target"


@dataclass(frozen=True)
class Example:
    """One occurrence of a finding, with personal values masked.

    Attributes:
        request: The request that shows it: ``GET /items?limit=2``.
        evidence: The relevant part of the response: ``{"status": "lost"}``.
    """

    request: str
    evidence: str = ""


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

    @property
    def severity(self) -> Severity:
        """The severity of its kind, or as configured; ``impact_severity`` may raise it, never lower it."""
        given = self.override or SEVERITIES[self.kind]
        raised = self.impact_severity
        return raised if raised is not None and raised.at_least(given) else given

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits from operation, location, kind and value only; wording and counts never change it."""
        identity = "\n".join([self.operation, self.location, self.kind, self.value])
        return hashlib.sha256(identity.encode(errors="backslashreplace")).hexdigest()[:12]

    @property
    def remedy(self) -> str:
        """Advice on what to do about it."""
        return _REMEDIES.get(self.kind, _REMEDY)

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
            "expected": self.expected,
            "basis": self.basis,
            "count": self.count,
            "check": self.check,
            "examples": [vars(example) for example in self.examples],
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
        )


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Merge findings of the same fingerprint, with their count and first examples; the worst come first."""
    by_fingerprint: dict[str, Finding] = {}
    for finding in findings:
        known = by_fingerprint.get(finding.fingerprint)
        if known is not None:
            # Each example is kept once, so that there is space for different ones.
            examples = tuple(dict.fromkeys((*known.examples, *finding.examples)))[:MOST_EXAMPLES]
            finding = replace(known, count=known.count + finding.count, examples=examples)
        by_fingerprint[finding.fingerprint] = finding
    return ordered(by_fingerprint.values())


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
