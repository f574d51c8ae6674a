"""``validate``: check recordings against the document."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit import configuration
from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser, masking_lines, tell_settings

if TYPE_CHECKING:
    from contract_kit.recordings.validation import Progress

EPILOG = """\
formats, by file name; .gz or .zst may follow:
  .har                HAR 1.2
  .yaml .yml          a cassette of vcrpy
  .ndjson .jsonl      one body a line: a page, a resource, an error; or an envelope
                      {"operation" or "url", "status", "headers", "body"}
  .json               any of these (a cassette in JSON, too), or one body
Folders are searched recursively.
"""
_STATUS = """
exit status: 2 usage, or something could not be read; else 1 findings, 3 interrupted or nothing of the API was seen,
0 conforms"""


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    validate = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Check recorded responses against the document, with the same findings as the check. Exchanges of "
        "other APIs are skipped and counted. Nothing is sent anywhere.",
        epilog="\n".join([EPILOG, *masking_lines(kit), _STATUS]),
    )
    validate.add_argument("paths", type=Path, nargs="+", metavar="PATH", help="a file of a known format, or a folder")
    validate.add_argument(
        "--host",
        action="append",
        default=[],
        metavar="NAME",
        help="a host that serves this API, besides the vendor's, this machine and *.invalid; may be repeated",
    )
    configuration.add_options(validate, "validate", kit)
    large = validate.add_argument_group("much NDJSON")
    large.add_argument("--jobs", type=int, metavar="N", help="processes; default: the number of processors")
    large.add_argument(
        "--journal",
        type=Path,
        metavar="FILE",
        help="file with the finished parts, from which an interrupted run continues; "
        "default: validation-journal beside the reports if PATH has a folder, else none",
    )
    large.add_argument("--fresh", action="store_true", help="discard the journal, and read everything again")
    validate.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check the recordings, write the reports, and print the findings."""
    from contract_kit import contract, reports
    from contract_kit.commands.conclusion import conclude
    from contract_kit.errors import UsageError
    from contract_kit.findings import acceptances
    from contract_kit.findings.results import ExitStatus
    from contract_kit.recordings.validation import Validation, validate
    from contract_kit.redaction import VARIABLE

    if arguments.jobs is not None and arguments.jobs < 1:
        raise UsageError(f"--jobs {arguments.jobs}: at least 1")
    settings = configuration.of(arguments)
    tell_settings(arguments, settings)
    accepted = acceptances.load(settings.acceptances)
    reports.require_writable(settings.report_dir)
    journal = arguments.journal
    if journal is None and any(os.path.isdir(path) for path in arguments.paths):  # noqa: PTH112  never an error
        journal = settings.report_dir / "validation-journal"
    program = f"{arguments.kit.program} {arguments.command}"

    def complain(said: str) -> None:
        # Keep the message on one line, even if a file name has line breaks.
        shown = "".join(each if each.isprintable() else ascii(each)[1:-1] for each in said)
        print(f"{program}: {shown}", file=sys.stderr, flush=True)

    result, unreadable = validate(
        Validation(
            paths=tuple(arguments.paths),
            settings=settings,
            hosts=tuple(host.lower() for host in arguments.host),
            masking_key=os.environ.get(arguments.kit.variable(VARIABLE), ""),
            journal=journal,
            fresh=arguments.fresh,
            jobs=arguments.jobs or os.cpu_count() or 1,
        ),
        contract.load(arguments.kit),
        complain,
        _ProgressLine(program).show,
    )
    status = conclude(result, accepted, settings)
    return ExitStatus.USAGE if unreadable else status


class _ProgressLine:
    """Shows progress: on a terminal one changing line, elsewhere a line every ten seconds."""

    def __init__(self, program: str) -> None:
        self._program = program
        self._at = 0.0

    def show(self, now: Progress) -> None:
        """Show the progress, if it is time to."""
        is_last = now.done >= now.all
        on_terminal = sys.stderr.isatty()
        if not is_last and now.seconds - self._at < (0.2 if on_terminal else 10):
            return
        self._at = now.seconds
        share = 100 * now.done // max(now.all, 1)
        size = f"{now.all / 1e6:.0f} MB" if now.all >= 1e6 else f"{now.all} bytes"
        speed = f", {now.read / max(now.seconds, 0.001):.0f}/s" if now.read else ""
        line = f"{self._program}: {share} % of {size}, {now.records} records{speed}, {now.seconds:.0f} s"
        begin, end = ("\r", "\n" if is_last else "") if on_terminal else ("", "\n")
        print(f"{begin}{line}", end=end, file=sys.stderr, flush=True)
