"""Schema and protocol, by schemathesis and by our own reading of every answer."""

from __future__ import annotations

from collections.abc import Callable

from video_log_analyzer.checks import protocol
from video_log_analyzer.checks.api import Api

# In the two phases that invent requests; the others make as many as the document gives rise to.
CASES_PER_OPERATION = 40


def test_schema_and_protocol(api: Api, tell: Callable[[str], None]) -> None:
    """Every answer to valid, invalid and odd requests is documented (schemathesis, all phases and checks)."""
    phases: list[str] = []

    def progress(phase: str) -> None:
        if phase not in phases:
            phases.append(phase)
            tell(f"running schemathesis: {phase} ({api.session.requests} requests so far)")

    errors = protocol.run(api, max_examples=CASES_PER_OPERATION, progress=progress)
    assert not errors, "; ".join(errors)
