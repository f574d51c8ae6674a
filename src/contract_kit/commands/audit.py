"""``vla audit``: hold folders of NDJSON against the document."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser, recorded

if TYPE_CHECKING:
    from contract_kit.recordings.folders import Progress

EPILOG = """\
Folders are searched to their bottom for .ndjson and .jsonl, also with .gz or .zst behind; each line is a body or an
envelope as `vla replay` reads it. Plain files are split by byte, packed ones read whole.
environment:
  …_MASK_KEY          masked values can then be compared between reports; default: a random key for each run

exit status: 2 usage, or something could not be read; else 1 findings, 3 interrupted or nothing of the API was seen,
0 conforms"""


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    audit = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Hold folders of recorded bodies against the document, over all processors. An interrupted audit\n"
        "goes on where it was; a file that has changed is read again.",
        epilog=EPILOG,
    )
    audit.add_argument("paths", type=Path, nargs="+", metavar="PATH")
    audit.add_argument("--jobs", type=int, metavar="N", help="processes; default: one a processor")
    audit.add_argument(
        "--journal",
        type=Path,
        default=kit.report_folder / "audit-journal",
        metavar="FILE",
        help="where finished parts are noted; default: %(default)s",
    )
    audit.add_argument("--fresh", action="store_true", help="forget what the journal has, and read everything again")
    recorded.add_options(audit)
    audit.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Judge the folders, say what was found."""
    from contract_kit import contract
    from contract_kit.errors import UsageError
    from contract_kit.findings.finding import Severity
    from contract_kit.masking import VARIABLE
    from contract_kit.recordings.folders import Audit, audit

    if arguments.jobs is not None and arguments.jobs < 1:
        raise UsageError(f"--jobs {arguments.jobs}: at least 1")
    recorded.require_report_dir(arguments)
    show = _Shown()
    result, unreadable = audit(
        Audit(
            paths=tuple(arguments.paths),
            journal=arguments.journal,
            fresh=arguments.fresh,
            jobs=arguments.jobs or os.cpu_count() or 1,
            fail_on=Severity(arguments.fail_on),
            masking_key=os.environ.get(arguments.kit.variable(VARIABLE), ""),
            hosts=tuple(host.lower() for host in arguments.host),
        ),
        contract.load(arguments.kit),
        recorded.complainer("audit"),
        show.progress,
    )
    return recorded.conclude(arguments, result, unreadable=unreadable)


class _Shown:
    """Progress for people: one line that changes on a terminal, a line every ten seconds elsewhere."""

    def __init__(self) -> None:
        self._at = 0.0

    def progress(self, now: Progress) -> None:
        """Show how far it is."""
        is_last = now.done >= now.all
        on_terminal = sys.stderr.isatty()
        if not is_last and now.seconds - self._at < (0.2 if on_terminal else 10):
            return
        self._at = now.seconds
        share = 100 * now.done // max(now.all, 1)
        size = f"{now.all / 1e6:.0f} MB" if now.all >= 1e6 else f"{now.all} bytes"
        speed = f", {now.read / max(now.seconds, 0.001):.0f}/s" if now.read else ""
        line = f"vla audit: {share} % of {size}, {now.records} records{speed}, {now.seconds:.0f} s"
        begin, end = ("\r", "\n" if is_last else "") if on_terminal else ("", "\n")
        print(f"{begin}{line}", end=end, file=sys.stderr, flush=True)
