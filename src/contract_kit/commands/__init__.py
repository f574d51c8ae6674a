"""The subcommands of ``vla``, one module each: ``add_to`` declares its arguments, ``run`` does it.

A module imports what it needs within ``run``, so that its ``--help`` is quick.
"""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers() gives.
    Commands = argparse._SubParsersAction[Any]
else:
    Commands = Any


def add_parser(commands: Commands, name: str, **options: Any) -> argparse.ArgumentParser:
    """A subcommand whose epilog keeps its lines, and whose options must be spelled out."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name, allow_abbrev=False, formatter_class=argparse.RawDescriptionHelpFormatter, **options
    )
    return parser
