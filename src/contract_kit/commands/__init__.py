"""The subcommands, one module each: ``add_to`` declares its arguments, ``run`` does it.

A module imports what it needs within ``run``, so that its ``--help`` is quick.
"""

from __future__ import annotations

import argparse
import textwrap
from typing import TYPE_CHECKING, Any

from contract_kit.api import ApiKit

if TYPE_CHECKING:
    # argparse has no public name for what add_subparsers() gives.
    Commands = argparse._SubParsersAction[Any]
else:
    Commands = Any


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of a text, and wraps those that are too long where they begin."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = []
        for line in text.splitlines():
            start = indent + " " * (len(line) - len(line.lstrip()))
            lines.append(textwrap.fill(line.strip(), width, initial_indent=start, subsequent_indent=start + "  "))
        return "\n".join(lines)


def add_parser(commands: Commands, name: str, summary: str, kit: ApiKit, **options: Any) -> argparse.ArgumentParser:
    """A subcommand whose epilog keeps its lines, and whose options must be spelled out.

    Args:
        commands: What it is added to.
        name: Its name.
        summary: One line of help; ``""`` for a former name, which help does not show.
        kit: Whose command it is; ``arguments.kit`` when it runs.
        options: Further arguments of ``argparse``.
    """
    shown: dict[str, Any] = {"help": summary} if summary else {}
    parser: argparse.ArgumentParser = commands.add_parser(
        name, allow_abbrev=False, formatter_class=_Help, **shown, **options
    )
    parser.set_defaults(kit=kit)
    return parser


def credential_lines(kit: ApiKit) -> list[str]:
    """What help says of the environment variables that hold a kit's credentials."""
    authentication = kit.authentication
    lines = [f"  {' and '.join(filter(None, [each.username, each.secret]))}" for each in authentication.variables]
    if (other := authentication.other) is not None:
        names = " and ".join(filter(None, [other.username, other.secret]))
        lines.append(f"  {names}, of another account: what it has must stay out of sight")
    return ["credentials for --target, from the environment only; the first that are complete are taken:", *lines]


def masking_lines(kit: ApiKit) -> list[str]:
    """What help says of the environment variable with the key of masked values."""
    key = kit.variable("MASK_KEY")
    meaning = "masked values can then be compared between reports; default: a random key for each run"
    return ["other environment:", f"  {key}    {meaning}"]
