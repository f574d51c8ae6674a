"""What the ledger says of a finding: where its basis is written, and which assumption it contradicts."""

from __future__ import annotations

from functools import cached_property

from contract_kit.api import LedgerFolder
from contract_kit.document import Document
from contract_kit.findings.finding import Finding
from contract_kit.ledger import model
from contract_kit.ledger.contradictions import assumption
from contract_kit.ledger.model import Ledger

_MOST_PLACES = 3


class Grounds:
    """Looks bases up in a ledger, which is read when the first one is.

    Args:
        ledger: The kit's ledger; None if it has none.
        document: The document.
    """

    def __init__(self, ledger: LedgerFolder | None, document: Document) -> None:
        self._place = ledger
        self._document = document

    @cached_property
    def _ledger(self) -> Ledger:
        assert self._place is not None
        return model.load(self._place.folder)

    def assumption(self, finding: Finding) -> str:
        """Return the assumed decision that a finding contradicts: ``D17``; ``""`` for none."""
        return "" if self._place is None else assumption(finding, self._ledger, self._document)

    def of(self, basis: str) -> str:
        """Return ``openapi/decisions.yaml:210: The bounds apply to the start`` for the basis ``D17``.

        A subject gives the place of its first claim, and the decisions about it. Returns ``""`` for a basis that the
        ledger does not have, such as ``inferred``.
        """
        if self._place is None or not basis:
            return ""
        name, ledger = self._place.folder.name, self._ledger
        decisions = [(each, f"{name}/decisions.yaml:{each.line}: ") for each in ledger.decisions]
        for decision, place in decisions:
            if decision.id == basis:
                return f"{place}{decision.title}"
        claims = ledger.voices(basis)
        places = [f"{name}/{claims[0].file}:{claims[0].line}: claim {claims[0].id}"] if claims else []
        places += [f"{place}{each.id}, {each.title}" for each, place in decisions if basis in each.subjects]
        return "; ".join(places[:_MOST_PLACES])
