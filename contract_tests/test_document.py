"""The document against its ledger: a check against a document that nothing bears out would prove nothing."""

from __future__ import annotations

import pytest

from contract_kit.check.session import Session
from contract_kit.document import Document
from contract_kit.findings.finding import Example, Finding, Kind
from contract_kit.ledger import basis, model
from video_log_analyzer.folders import openapi_folder


@pytest.mark.share(0)
def test_document_follows_from_the_ledger(session: Session, document: Document) -> None:
    """The document says what the ledger's claims and decisions add up to."""
    problems = basis.document_problems(model.load(openapi_folder()), document.file)
    expected = "what claims and decisions say"
    session.add(
        Finding(Kind.DOCUMENT, "document", problem.id, problem.id, expected, examples=(Example("", str(problem)),))
        for problem in problems
    )
