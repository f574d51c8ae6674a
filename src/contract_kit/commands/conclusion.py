"""End a run: apply the accepted findings, print the result, write the reports, and return the exit status."""

from __future__ import annotations

import os
import secrets
import shutil
import sys
from dataclasses import replace
from datetime import UTC, datetime

from contract_kit import reports
from contract_kit.configuration import Configuration
from contract_kit.findings.acceptances import Acceptances
from contract_kit.findings.results import ExitStatus, Result
from contract_kit.findings.worlds import expected_in
from contract_kit.kits import load_kit
from contract_kit.redaction import Redactor
from contract_kit.reports import console, github_annotations


def conclude(result: Result, accepted: Acceptances, settings: Configuration, *, coverage: bool = False) -> ExitStatus:
    """Print the result and write the reports.

    Args:
        result: The result of the run.
        accepted: The accepted findings.
        settings: Names the folder of the reports.
        coverage: Whether to print the coverage of the document, too.
    """
    # The last gate: what is printed and written from here on holds no credential of the environment.
    redactor = Redactor.of_environment(load_kit(settings.kit), os.environ)
    result = Result.from_dict(redactor.cleaned_json(result.to_dict()))
    findings = accepted.applied(result.findings, datetime.now(UTC).date())
    result = replace(result, findings=expected_in(findings, settings.worlds))
    on_github = os.environ.get("GITHUB_ACTIONS") == "true"
    token = secrets.token_hex(16)
    if on_github:
        # The runner must not execute values of the target as workflow commands.
        print(f"::stop-commands::{token}")
    if coverage:
        print(console.coverage_table(result), end="\n\n")
    # Print first: writing the reports may fail.
    on_terminal = sys.stdout.isatty()
    width = shutil.get_terminal_size().columns if on_terminal else 0
    print(console.render(result, color=on_terminal and "NO_COLOR" not in os.environ, width=width), flush=True)
    if on_github:
        print(f"::{token}::")
        print(github_annotations.render(result), flush=True)
    written = reports.write(result, settings.report_dir)
    print(f"reports: {', '.join(map(str, written))}", file=sys.stderr)
    return result.exit_status
