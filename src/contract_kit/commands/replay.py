"""``vla replay``: hold recordings against the document."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser, recorded

EPILOG = """\
formats, by name; each also with .gz or .zst behind it:
  .har                HAR 1.2
  .yaml .yml          a cassette of vcrpy
  .ndjson .jsonl      one body a line: a page, a resource, an error; or an envelope
                      {"operation" or "url", "status", "headers", "body"}
  .json               any of these (a cassette in JSON, too), or one body
environment:
  …_MASK_KEY          masked values can then be compared between reports; default: a random key for each run

exit status: 2 usage, or something could not be read; else 1 findings, 3 nothing of this API was seen, 0 conforms"""


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    replay = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Hold answers that were recorded against the document: the same findings as those of `vla check`.\n"
        "What is not of this API is skipped, and counted. Nothing is sent anywhere.",
        epilog=EPILOG,
    )
    replay.add_argument("files", type=Path, nargs="+", metavar="FILE")
    recorded.add_options(replay)
    replay.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Judge the files, say what was found."""
    from contract_kit import contract
    from contract_kit.findings.finding import Severity
    from contract_kit.masking import VARIABLE, Masker
    from contract_kit.recordings.files import Replay, replay

    recorded.require_report_dir(arguments)
    variable = arguments.kit.variable(VARIABLE)
    opened = contract.load(arguments.kit)
    result, unreadable = replay(
        Replay(
            paths=tuple(arguments.files),
            hosts=tuple(host.lower() for host in arguments.host),
            fail_on=Severity(arguments.fail_on),
            masking=f"key from {variable}" if os.environ.get(variable) else "random key of this run",
        ),
        opened,
        Masker.from_environment(opened, os.environ),
        recorded.complainer("replay"),
    )
    return recorded.conclude(arguments, result, unreadable=unreadable)
