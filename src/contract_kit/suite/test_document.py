"""The document against its ledger: checking a target against an unfounded document would prove nothing."""

from __future__ import annotations

import pytest

from contract_kit.check.session import Session
from contract_kit.contract import Contract
from contract_kit.findings.finding import Finding, Kind
from contract_kit.ledger import basis, model

ORDER = 60


@pytest.mark.share(0)
def test_document_follows_from_the_ledger(session: Session, contract: Contract) -> None:
    """The document says what follows from the ledger's claims and decisions."""
    if contract.kit.ledger is None:
        pytest.skip("not run: the kit has no ledger")
    problems = basis.document_problems(model.load(contract.kit.ledger.folder), contract.document.file)
    expected = "what claims and decisions say"
    session.add(
        Finding(Kind.DOCUMENT, "document", problem.id, problem.id, expected, found=str(problem)) for problem in problems
    )
