"""Properties: laws that responses must obey and that a schema cannot express."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from contract_kit.api import Law
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.findings.finding import Finding, Kind, State

INFERRED = "inferred"


@dataclass(frozen=True)
class Property:
    """A law that responses must obey and that a schema cannot express.

    Attributes:
        name: Its name in findings: ``order``.
        kind: The kind of the finding if it is broken.
        expected: What must hold: ``the seconds from create_time to end_time``.
        basis: The ledger's subject or decision behind it (``D7``), or ``inferred`` if no source mentions it.
        law: A further entry in the kit's ``laws`` that applies to it, shared by several properties.
        inferred: Whether it has no source or rests on an assumed decision. On a live target such a property only
            warns, until a recording confirms it.
        counts_rows: Whether it compares which rows lists have. A list that loses rows, or shows strange ones, then
            breaks it as well, and explains it.
    """

    name: str
    kind: Kind
    expected: str
    basis: str = INFERRED
    inferred: bool = True
    law: str = ""
    counts_rows: bool = False


@dataclass(frozen=True)
class Judgement:
    """The result of checking one property on one response.

    Attributes:
        judged: The property.
        answer: The response.
        location: As in Finding: ``/items/*/status``.
        holds: Whether the property holds.
        detail: What was found, in our words. Numbers are fine: this is not part of the finding's identity.
        evidence: The part of the response to show, as JSON; it is masked before it is shown.
        compared: The other responses that it was judged by: the whole list, the other pages.
    """

    judged: Property
    answer: ObservedResponse
    location: str
    holds: bool
    detail: str = ""
    evidence: object = None
    compared: Sequence[ObservedResponse] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """Operation, location and property; two judgements with the same key are about the same thing."""
        return self.answer.operation, self.location, self.judged.name

    def based_on(self, laws: Mapping[str, Law | None]) -> Judgement | None:
        """This judgement with the basis that a kit's laws give it; None if the kit says that it does not apply."""
        for name in (self.judged.name, self.judged.law):
            if name in laws:
                law = laws[name]
                if law is None:
                    return None
                return replace(self, judged=replace(self.judged, basis=law.basis, inferred=law.inferred))
        return self

    def finding_on(self, *, is_live: bool) -> Finding:
        """The finding to report if the property is broken; on the live API an inferred property only warns."""
        if not (is_live and self.judged.inferred):
            return self.finding
        note = "no source says so: it warns until a recording of the live API confirms it"
        return replace(self.finding, state=State.WARNING, note=note)

    @property
    def finding(self) -> Finding:
        """The finding of a broken property."""
        kind, expected, basis = self.judged.kind, self.judged.expected, self.judged.basis
        example = self.answer.example(self.evidence, self.detail, self.compared)
        shown = f"the answer has {example.evidence}" if example.evidence else f"an answer that breaks this: {expected}"
        found = self.answer.masker.text(self.detail)[:300] or shown
        return Finding(
            kind,
            self.answer.operation,
            self.location,
            self.judged.name,
            expected,
            basis,
            (example,),
            found=found,
            counts_rows=self.judged.counts_rows,
        )
