"""The command line of a kit: parse the arguments, run one subcommand, exit with its status."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import signal
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from contract_kit import __version__
from contract_kit.api import ApiKit
from contract_kit.errors import ContractKitError, UsageError
from contract_kit.kits import load_kit

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

# Each is a module of commands/, in the order in which help shows them.
COMMANDS = {
    "check": "say whether a service does what the document says",
    "recheck": "run the check behind one finding of the last report again",
    "accept": "accept a finding of the last report until a given date",
    "record": "record what a service says, without secrets",
    "validate": "hold recordings against the document",
    "selftest": "measure the check against every fault of the emulator",
}
# Former names, which still work and are not shown.
_ALIASES = {"resend": "recheck", "replay": "validate", "audit": "validate"}


class _Parser(argparse.ArgumentParser):
    """Argument errors as one line."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see `{self.prog} --help`)\n")


def main(arguments: Sequence[str] | None = None, kit: str = "") -> int:
    """Run the command line; the exit status is the value.

    Args:
        arguments: Default: those of the process.
        kit: ``module:NAME`` of the kit; without it ``--kit`` must name one.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    program = "contract-kit"
    sys.unraisablehook = _interrupt_again
    try:
        if not kit:
            kit, given = _named_kit(given)
        opened = load_kit(kit)
        chosen = next((word for word in given if not word.startswith("-")), "")
        program = f"{opened.program} {chosen}".strip()
        parsed = _parser(opened, chosen).parse_args(given)
        if sys.__stdout__ is not None and sys.stdout is sys.__stdout__:
            sys.stdout = _outlet(sys.__stdout__)
        status = int(parsed.run(parsed))
        if sys.stdout is not None:  # as where it was closed from the beginning
            sys.stdout.flush()
    except ContractKitError as error:
        print(f"{program}: {error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        # A second Ctrl-C while Python shuts down would print a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print(f"{program}: interrupted", file=sys.stderr)
        return 130
    return status


def _named_kit(given: Sequence[str]) -> tuple[str, list[str]]:
    """What ``--kit`` names, and the other arguments."""
    parser = _Parser(
        prog="python -m contract_kit",
        usage="python -m contract_kit --kit MODULE:NAME COMMAND …",
        description="Hold a service against its OpenAPI document. contract_kit.api says what a kit declares.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"contract-kit {__version__}")
    parser.add_argument("--kit", metavar="MODULE:NAME", required=True, help="the kit, for example my_api.kit:KIT")
    parser.add_argument("rest", metavar="COMMAND …", nargs=argparse.REMAINDER, help="see --kit MODULE:NAME --help")
    if given[:1] == ["--kit"] and len(given) > 1:  # so that the kit's own --help is reached
        return given[1], list(given[2:])
    parsed = parser.parse_args(given)
    return parsed.kit, parsed.rest


def _interrupt_again(lost: UnraisableHookArgs) -> None:
    """Send an interrupt again that came within a destructor or a callback, as imports have them: Python drops it there.

    ``record`` would otherwise wait for its answers and write them, although somebody has stopped it.
    """
    import threading

    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
    elif (main_thread := threading.main_thread().ident) is not None:
        # Later, when the callback is over; and as a signal, which also ends the wait for an answer.
        threading.Timer(0.05, signal.pthread_kill, (main_thread, signal.SIGINT)).start()


def _outlet(stdout: TextIO) -> TextIO:
    """Standard output that may end before we do, as before `| head`: the work goes on, and so its status is known."""
    buffered = io.BufferedWriter(_Outlet(stdout.fileno(), "w", closefd=False))
    return io.TextIOWrapper(buffered, stdout.encoding, stdout.errors, line_buffering=stdout.isatty())


class _Outlet(io.FileIO):
    """A file descriptor to which no writing fails without saying so in our words."""

    def write(self, content: Any, /) -> int:
        try:
            return super().write(content)
        except BrokenPipeError:
            self._into_nothing()
            return len(content)
        except OSError as error:
            self._into_nothing()
            raise UsageError(f"the output cannot be written ({error.strerror}): send it elsewhere") from None

    def _into_nothing(self) -> None:
        # What Python would flush at exit has nowhere to go.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())


def _parser(kit: ApiKit, chosen: str) -> argparse.ArgumentParser:
    """A parser that knows all subcommands by name, and of the chosen one all its arguments.

    The others are not even imported, so that help is quick.
    """
    parser = _Parser(prog=kit.program, description=f"Check and emulate the {kit.name} API.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"{kit.program} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    own = {name: (f"contract_kit.commands.{name}", summary) for name, summary in COMMANDS.items()}
    for command, (module, summary) in {**own, **kit.commands}.items():
        if command == _ALIASES.get(chosen, chosen):
            importlib.import_module(module).add_to(commands, command, summary, kit)
            if chosen != command:
                importlib.import_module(module).add_to(commands, chosen, "", kit)
        else:
            commands.add_parser(command, help=summary)
    return parser
