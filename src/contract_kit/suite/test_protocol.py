"""Schema and protocol, by schemathesis and by our own reading of every answer."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract_kit.check import schemathesis_run
from contract_kit.check.requester import Requester
from contract_kit.configuration import Configuration

ORDER = 90
# For each operation, in the two phases that invent requests; the others make as many as the document gives rise to.
CASES = {"quick": 10, "full": 40}


@pytest.mark.share(8)
def test_schema_and_protocol(requester: Requester, run: Configuration, tell: Callable[[str], None]) -> None:
    """Every answer to valid, invalid and odd requests is documented (schemathesis, all phases and checks)."""
    phases: list[str] = []

    def progress(phase: str) -> None:
        if phase not in phases:
            phases.append(phase)
            tell(f"running schemathesis: {phase} ({requester.session.requests} requests so far)")

    errors = schemathesis_run.run(requester, max_examples=CASES[run.profile], progress=progress)
    assert not errors, "; ".join(errors)
