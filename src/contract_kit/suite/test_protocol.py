"""Schema and protocol: requests that schemathesis generates, with our own checks of every response."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from contract_kit.check import schemathesis_run
from contract_kit.check.requester import Requester
from contract_kit.configuration import Configuration

ORDER = 90
# Cases per operation, in the two phases that generate them; in the other phases the document decides the number.
CASES = {"quick": 10, "full": 40}


@pytest.mark.share(8)
def test_schema_and_protocol(requester: Requester, run: Configuration, tell: Callable[[str], None]) -> None:
    """Every response to valid, invalid and odd requests is documented (schemathesis, all phases and checks)."""
    phases: list[str] = []

    def progress(phase: str) -> None:
        if phase not in phases:
            phases.append(phase)
            tell(f"running schemathesis: {phase} ({requester.session.requests} requests so far)")

    errors = schemathesis_run.run(requester, max_examples=CASES[run.profile], progress=progress)
    assert not errors, "; ".join(errors)
