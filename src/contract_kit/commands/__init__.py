"""The subcommands, one module each: ``add_to`` declares the arguments, ``run`` runs the command.

Modules import what they need inside ``run``, so that ``--help`` is quick.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from typing import TYPE_CHECKING, Any

from contract_kit import configuration
from contract_kit.api import ApiKit

if TYPE_CHECKING:
    # argparse has no public name for the result of add_subparsers().
    Commands = argparse._SubParsersAction[Any]
else:
    Commands = Any


class _Help(argparse.RawDescriptionHelpFormatter):
    """Keeps the line breaks of a text, and wraps lines that are too long at their own indentation."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        lines = []
        for line in text.splitlines():
            start = indent + " " * (len(line) - len(line.lstrip()))
            lines.append(textwrap.fill(line.strip(), width, initial_indent=start, subsequent_indent=start + "  "))
        return "\n".join(lines)


def add_parser(
    commands: Commands, name: str, summary: str, kit: ApiKit | None, **options: Any
) -> argparse.ArgumentParser:
    """Add a subcommand whose epilog keeps its lines, and whose options cannot be abbreviated.

    Args:
        commands: The result of ``add_subparsers()``.
        name: The subcommand's name.
        summary: One line of help; ``""`` hides a former name from help.
        kit: The kit, None where the subcommand needs none; ``run`` gets it as ``arguments.kit``.
        options: Further arguments of ``argparse``.
    """
    shown: dict[str, Any] = {"help": summary} if summary else {}
    parser: argparse.ArgumentParser = commands.add_parser(
        name, allow_abbrev=False, formatter_class=_Help, **shown, **options
    )
    parser.set_defaults(kit=kit)
    return parser


def tell_settings(arguments: argparse.Namespace, settings: configuration.Configuration) -> None:
    """Say which file the settings come from where no option names it; errors name it themselves."""
    if settings.file is not None and arguments.config is None:
        print(f"{arguments.kit.program} {arguments.command}: settings of {settings.file}", file=sys.stderr)


def credential_lines(kit: ApiKit) -> list[str]:
    """The help text about the environment variables with a kit's credentials."""
    authentication = kit.authentication
    lines = [f"  {' and '.join(filter(None, [each.username, each.secret]))}" for each in authentication.variables]
    if (other := authentication.other) is not None:
        names = " and ".join(filter(None, [other.username, other.secret]))
        lines.append(f"  {names}, of another account, whose resources must stay invisible")
    return ["credentials for --target, from the environment only; the first complete line counts:", *lines]


def masking_lines(kit: ApiKit) -> list[str]:
    """The help text about the environment variable with the masking key."""
    key = kit.variable("MASK_KEY")
    meaning = "makes masked values comparable between reports; default: a random key for each run"
    return ["other environment:", f"  {key}    {meaning}"]
