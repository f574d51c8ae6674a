"""The properties of meaning: each has a name, the sentence that must hold, and what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

from contract_kit.check.observed_response import ObservedResponse
from contract_kit.findings.finding import Finding, Kind

INFERRED = "inferred"


@dataclass(frozen=True)
class Property:
    """Something that must hold of answers, and that no schema can say.

    Attributes:
        name: Its name in findings: ``order``.
        kind: The kind of finding where it does not hold.
        expected: What must hold: ``the seconds from create_time to end_time``.
        basis: The subject or decision of the ledger that it rests on, or ``inferred`` where no source speaks of it.
        law: The entry in the kit's ``laws`` that it goes by besides its name, where several have one.
        inferred: Whether it is no more than likely: no source, or an assumed decision. On a live target it only warns,
            until a recording confirms it.
    """

    name: str
    kind: Kind
    expected: str
    basis: str = INFERRED
    inferred: bool = True
    law: str = ""


@dataclass(frozen=True)
class Judgement:
    """One time that a property was held against an answer.

    Attributes:
        judged: The property.
        answer: Where it was looked for.
        location: As in Finding.
        holds: Whether it did.
        detail: What was found, in words of ours; numbers are fine here, never in the finding's identity.
        evidence: The part of the answer to show, as JSON; it is masked before anybody sees it.
    """

    judged: Property
    answer: ObservedResponse
    location: str
    holds: bool
    detail: str = ""
    evidence: object = None

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two judgements about the same thing."""
        return self.answer.operation, self.location, self.judged.name

    @property
    def finding(self) -> Finding:
        """The finding that a broken property is."""
        kind, expected, basis = self.judged.kind, self.judged.expected, self.judged.basis
        example = self.answer.example(self.evidence, self.detail)
        return Finding(kind, self.answer.operation, self.location, self.judged.name, expected, basis, (example,))
