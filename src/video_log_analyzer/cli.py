"""The command ``vla``: parse the arguments, run one subcommand, exit with its status."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from video_log_analyzer import __version__
from video_log_analyzer.commands import accept, check, emulator, record, resend, selftest
from video_log_analyzer.errors import VlaError

# In the order in which `vla --help` shows them.
COMMANDS = (check, resend, accept, record, emulator, selftest)


class _Parser(argparse.ArgumentParser):
    """Argument errors as one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see `{self.prog} --help`)\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is the value."""
    parsed = _parser().parse_args(arguments)
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


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="vla", description="Check and emulate the Video Log Analyzer API.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"vla {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    for command in COMMANDS:
        command.add_to(commands)
    return parser
