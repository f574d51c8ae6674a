"""What ``vla replay`` and ``vla audit`` have in common: options, and how they end."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from contract_kit.findings.results import Result


def add_options(command: argparse.ArgumentParser) -> None:
    """Declare the options about what is judged, and about the outcome."""
    command.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="a host that serves this API, besides the vendor's, this machine and *.invalid; may be repeated",
    )
    command.add_argument(
        "--fail-on",
        choices=["breaking", "drift", "notice"],
        default="drift",
        help="the least that fails; default: %(default)s",
    )
    command.add_argument("--report-dir", type=Path, metavar="DIR", help="write the reports there; default: none")


def require_report_dir(arguments: argparse.Namespace) -> None:
    """Try whether the reports can be written, before the work.

    Raises:
        FileError: they cannot.
    """
    from contract_kit import reports

    if arguments.report_dir is not None:
        reports.require_writable(arguments.report_dir)


def complainer(command: str) -> Callable[[str], None]:
    """Says what could not be read, each on one line, whatever the name of a file holds."""

    def complain(said: str) -> None:
        shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in said)
        print(f"vla {command}: {shown}", file=sys.stderr, flush=True)

    return complain


def conclude(arguments: argparse.Namespace, result: Result, *, unreadable: bool) -> int:
    """Write the reports, say what was found; the exit status."""
    from contract_kit import reports
    from contract_kit.findings.results import ExitStatus
    from contract_kit.reports import console

    # First what no disk can refuse.
    print(console.render(result), flush=True)
    if arguments.report_dir is not None:
        written = reports.write(result, arguments.report_dir)
        print(f"reports: {', '.join(map(str, written))}", file=sys.stderr)
    return ExitStatus.USAGE if unreadable else result.exit_status
