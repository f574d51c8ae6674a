"""``diff``: say what changed from one OpenAPI document to another, and whom it breaks."""

from __future__ import annotations

import argparse

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser

EPILOG = """\
OLD and NEW are files, or REV:PATH of the git repository that the current folder belongs to.
Exit status: 0 no change that counts, 1 some, 2 a document cannot be read"""


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit | None) -> None:
    """Declare the subcommand; it needs no kit."""
    parser = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Say what changed from one OpenAPI document, 3.0 or 3.1, to another, and what it breaks.",
        epilog=EPILOG,
    )
    parser.add_argument("old", metavar="OLD", nargs="?", help="the old document")
    parser.add_argument("new", metavar="NEW", nargs="?", help="the new one")
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="GLOB",
        help="only paths that match: * within a segment, ** across; may be repeated",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "markdown", "github"), default="text", help="default: %(default)s"
    )
    parser.add_argument(
        "--fail-on",
        choices=("breaking", "compatible"),
        default="compatible",
        help="the least impact that counts for the exit status; default: %(default)s",
    )
    parser.add_argument("--all", action="store_true", help="also show what cannot be seen on the wire")
    parser.add_argument("--rules", action="store_true", help="print the rules by which a change is rated, and end")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Compare, print, and return the exit status."""
    from importlib import import_module

    from contract_kit.diff import compare
    from contract_kit.diff.impact import Impact, rules
    from contract_kit.errors import UsageError

    if arguments.rules:
        print("\n".join(rules()))
        return 0
    if arguments.old is None or arguments.new is None:
        raise UsageError("give two documents, OLD and NEW: files, or REV:PATH of a git repository")
    diff = compare(arguments.old, arguments.new, arguments.only)
    module = {"json": "json_report"}.get(arguments.format, arguments.format)
    print(import_module(f"contract_kit.diff.{module}").written(diff, with_cosmetic=arguments.all), end="")
    counts = {Impact.BREAKING} if arguments.fail_on == "breaking" else {Impact.BREAKING, Impact.COMPATIBLE}
    return int(diff.verdict in counts)
