"""How a run ends: its findings beside the accepted ones, the reports, what is printed, and the exit status."""

from __future__ import annotations

import os
import secrets
import sys
from dataclasses import replace
from datetime import UTC, datetime

from contract_kit import reports
from contract_kit.configuration import Configuration
from contract_kit.findings.acceptances import Acceptances
from contract_kit.findings.results import ExitStatus, Result
from contract_kit.reports import console, github_annotations


def conclude(result: Result, accepted: Acceptances, settings: Configuration, *, coverage: bool = False) -> ExitStatus:
    """Write the reports and say what was found.

    Args:
        result: What came of the run.
        accepted: The findings that somebody has accepted.
        settings: Where the reports go.
        coverage: Whether how much of the document was seen is printed as well.
    """
    result = replace(result, findings=accepted.applied(result.findings, datetime.now(UTC).date()))
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    token = secrets.token_hex(16)
    if on_github:
        # Values of the target must not be taken for commands to the runner.
        print(f"::stop-commands::{token}")
    if coverage:
        print(console.coverage_table(result), end="\n\n")
    # First what no disk can refuse.
    print(console.render(result, color=sys.stdout.isatty() and "NO_COLOR" not in os.environ), flush=True)
    if on_github:
        print(f"::{token}::")
        print(github_annotations.render(result), flush=True)
    written = reports.write(result, settings.report_dir)
    print(f"reports: {', '.join(map(str, written))}", file=sys.stderr)
    return result.exit_status
