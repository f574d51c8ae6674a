"""What a check reports: a Finding, its identity and its severity."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding hurts a consumer of the API, worst first."""

    BREAKING = "breaking"
    DRIFT = "drift"
    NOTICE = "notice"


class Kind(StrEnum):
    """What is wrong."""

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
class Finding:
    """One way in which a target and the document disagree.

    Attributes:
        kind: What is wrong.
        operation: The operationId, for example ``list_rooms``.
        place: A JSON pointer with list indexes folded (``/rooms/*/media_region``), ``header:<name>``,
            ``query:<name>``, ``status`` or ``method``.
        value: The enum value that was met; for every other kind a stable class: the type found, the name of a key,
            header or parameter, the status, the format. Never a measured number, a SID or a time.
        expected: What the document asks for.
        request: How to see it again, for example ``GET /v1/Video/Rooms?PageSize=2``, personal values masked.
        basis: The subject or decision of the ledger that it touches, or ``""``.
        detail: Further evidence for a person; not part of the identity.
        count: How often it was met.
    """

    kind: Kind
    operation: str
    place: str
    value: str
    expected: str
    request: str = ""
    basis: str = ""
    detail: str = ""
    count: int = 1

    @property
    def severity(self) -> Severity:
        """By what it does to a consumer."""
        if self.kind in _NOTICE:
            return Severity.NOTICE
        return Severity.DRIFT if self.kind in _DRIFT else Severity.BREAKING

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits from operation, place, kind and value alone; wording and counts never change it."""
        identity = "\n".join([self.operation, self.place, self.kind, self.value])
        return hashlib.sha256(identity.encode()).hexdigest()[:12]

    @property
    def remedy(self) -> str:
        """What a person can do about it."""
        return _REMEDIES.get(self.kind, _REMEDY)

    def to_dict(self) -> dict[str, Any]:
        """The finding as JSON holds it."""
        return {
            "fingerprint": self.fingerprint,
            "severity": self.severity,
            "kind": self.kind,
            "operation": self.operation,
            "place": self.place,
            "value": self.value,
            "expected": self.expected,
            "request": self.request,
            "basis": self.basis,
            "detail": self.detail,
            "count": self.count,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Finding:
        """The inverse of ``to_dict``."""
        fields = {name: data[name] for name in data if name not in {"fingerprint", "severity", "kind"}}
        return cls(kind=Kind(data["kind"]), **fields)


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Equal findings as one with their count, the worst first; the first one's request and detail are kept."""
    by_fingerprint: dict[str, Finding] = {}
    for finding in findings:
        known = by_fingerprint.get(finding.fingerprint)
        by_fingerprint[finding.fingerprint] = (
            replace(known, count=known.count + finding.count) if known is not None else finding
        )
    order = list(Severity)
    return sorted(
        by_fingerprint.values(),
        key=lambda found: (order.index(found.severity), found.operation, found.place, found.value),
    )
