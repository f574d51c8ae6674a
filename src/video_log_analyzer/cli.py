"""The command ``vla``: parse the arguments, run one subcommand, exit with its status."""

from __future__ import annotations

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from video_log_analyzer import __version__
from video_log_analyzer.errors import VlaError

# Each is a module of commands/, in the order in which `vla --help` shows them.
COMMANDS = {
    "check": "say whether a service does what the document says",
    "resend": "run the check behind one finding of the last report again",
    "accept": "accept a finding of the last report for a while",
    "record": "record what a service says, without secrets",
    "replay": "hold recordings against the document",
    "audit": "hold folders of NDJSON against the document, over all processors",
    "emulator": "serve an emulator of the API",
    "selftest": "measure the check against every fault of the emulator",
}


class _Parser(argparse.ArgumentParser):
    """Argument errors as one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see `{self.prog} --help`)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is the value."""
    given = sys.argv[1:] if arguments is None else list(arguments)
    parsed = _parser(given).parse_args(given)
    try:
        return int(parsed.run(parsed))
    except VlaError as error:
        print(f"vla {parsed.command}: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        print(f"vla {parsed.command}: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # The reader of our output has seen enough; what Python would flush at exit has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    """A parser that knows all subcommands by name, and of the one that is given all its arguments.

    The others are not even imported, so that `vla --help` is quick.
    """
    parser = _Parser(prog="vla", description="Check and emulate the Video Log Analyzer API.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"vla {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    for command, summary in COMMANDS.items():
        if command in given:
            importlib.import_module(f"video_log_analyzer.commands.{command}").add_to(commands, summary)
        else:
            commands.add_parser(command, help=summary)
    return parser
