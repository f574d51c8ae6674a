"""The command line of a kit: parse the arguments, run one subcommand, exit with its status."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn, TextIO

from contract_kit import __version__
from contract_kit.errors import ContractKitError, UsageError
from contract_kit.near_miss import did_you_mean

if TYPE_CHECKING:
    from sys import UnraisableHookArgs

    from contract_kit.api import ApiKit

# The name, program and further commands of a kit, as ApiKit has them.
Front = tuple[str, str, Mapping[str, tuple[str, str]]]

# Each name is a module of commands/; help lists them in this order.
COMMANDS = {
    "check": "say whether a service does what the document says",
    "recheck": "run the check behind one finding of the last report again",
    "accept": "accept a finding of the last report until a given date",
    "record": "record what a service says, without secrets",
    "validate": "hold recordings against the document",
    "selftest": "measure the check against faults and benign variations",
    "settle": "ask a service what would refute the assumptions",
    "diff": "say what changed from one OpenAPI document to another",
}
# These need no kit.
_WITHOUT_KIT = {"diff"}
# Former names: they still work, but help does not list them.
_ALIASES = {"resend": "recheck", "replay": "validate", "audit": "validate"}


class _Parser(argparse.ArgumentParser):
    """An argument parser that reports errors on one line."""

    def refuse(self, unknown: str) -> NoReturn:
        """End with a message about an argument that no parser knows; a value behind ``=`` may be secret."""
        name = unknown.partition("=")[0]
        if not unknown.startswith("-"):
            self.error(f"unexpected argument {name!r}")
        known = [option for option in self._option_string_actions if option.startswith("--")]
        self.error(f"unknown option {name}{did_you_mean(name, known)}")

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message} (see `{self.prog} --help`)\n")


def main(arguments: Sequence[str] | None = None, kit: str = "", front: Front | None = None) -> int:
    """Run the command line and return its exit status.

    Args:
        arguments: The arguments; default: ``sys.argv[1:]``.
        kit: ``module:NAME`` of the kit; if empty, the arguments must start with ``--kit``.
        front: What help shows of the kit; without it help loads the kit, which takes longer.
    """
    given = sys.argv[1:] if arguments is None else list(arguments)
    program = "contract-kit"
    sys.unraisablehook = _interrupt_again
    try:
        _open_standard_streams()
        chosen = next((word for word in given if not word.startswith("-")), "")
        if not kit and chosen in _WITHOUT_KIT and given[0] == chosen:
            program = f"contract-kit {chosen}"
            return _run_without_kit(chosen, given)
        if not kit:
            kit, given = _named_kit(given)
            chosen = next((word for word in given if not word.startswith("-")), "")
        opened = None if front is not None and not chosen else _loaded(kit)
        if opened is not None:
            front = opened.name, opened.program, opened.commands
        assert front is not None
        program = f"{front[1]} {chosen}".strip()
        parsed = _parsed(front, opened, chosen, given)
        status = int(parsed.run(parsed))
        sys.stdout.flush()
    except ContractKitError as error:
        print(f"{program}: {_without_credentials(str(error), kit) if kit else error}", file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        # A second Ctrl-C while Python shuts down would print a traceback.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print(f"{program}: interrupted", file=sys.stderr)
        return 130
    return status


def _run_without_kit(chosen: str, given: list[str]) -> int:
    """Run a subcommand that needs no kit, and return its exit status."""
    parser = _Parser(prog="python -m contract_kit", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    importlib.import_module(f"contract_kit.commands.{chosen}").add_to(commands, chosen, COMMANDS[chosen], None)
    parsed, unknown = parser.parse_known_args(given)
    if unknown:
        commands.choices[chosen].refuse(unknown[0])
    status = int(parsed.run(parsed))
    sys.stdout.flush()
    return status


def _without_credentials(text: str, kit: str) -> str:
    from contract_kit.redaction import Redactor

    try:
        return Redactor.of_environment(_loaded(kit), os.environ).cleaned(text)
    except ContractKitError:  # the kit itself is what is wrong
        return text


def _named_kit(given: Sequence[str]) -> tuple[str, list[str]]:
    """Return the value of ``--kit`` and the remaining arguments."""
    parser = _Parser(
        prog="python -m contract_kit",
        usage="python -m contract_kit --kit MODULE:NAME COMMAND …",
        description="Hold a service against its OpenAPI document. contract_kit.api says what a kit declares.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"contract-kit {__version__}")
    parser.add_argument("--kit", metavar="MODULE:NAME", required=True, help="the kit, for example my_api.kit:KIT")
    parser.add_argument("rest", metavar="COMMAND …", nargs=argparse.REMAINDER, help="see --kit MODULE:NAME --help")
    if given[:1] == ["--kit"] and len(given) > 1:  # leave --help to the kit's own parser
        return given[1], list(given[2:])
    parsed = parser.parse_args(given)
    return parsed.kit, parsed.rest


def _interrupt_again(lost: UnraisableHookArgs) -> None:
    """Resend a KeyboardInterrupt that arrived in a destructor or callback (imports run some): Python ignores it there.

    Otherwise ``record`` would continue to wait for responses and write them after Ctrl-C.
    """
    import threading

    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)
    elif (main_thread := threading.main_thread().ident) is not None:
        # Delayed, so that the callback has ended; a signal also ends the wait for a response.
        threading.Timer(0.05, signal.pthread_kill, (main_thread, signal.SIGINT)).start()


def _open_standard_streams() -> None:
    """Let no standard stream end the run, whose exit status still counts.

    A stream that was closed (`2>&-`) leads nowhere: otherwise the next file that is opened would get its number, and
    messages would go into that file. A character that standard output cannot encode is escaped.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            # os.open() returns the lowest number that is free: this one.
            os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)  # noqa: FBT003
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    elif sys.__stdout__ is not None and sys.stdout is sys.__stdout__:
        sys.stdout = _outlet(sys.__stdout__)
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115


def _outlet(stdout: TextIO) -> TextIO:
    """Wrap standard output so that a closed pipe (`| head`) does not end the run."""
    buffered = io.BufferedWriter(_Outlet(stdout.fileno(), "w", closefd=False))
    return io.TextIOWrapper(buffered, stdout.encoding, "backslashreplace", line_buffering=stdout.isatty())


class _Outlet(io.FileIO):
    """A file descriptor that ignores a closed pipe and reports any other failed write as a UsageError."""

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
        # Otherwise Python's flush at exit would fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), self.fileno())


def _loaded(kit: str) -> ApiKit:
    from contract_kit.kits import load_kit

    return load_kit(kit)


def _parsed(front: Front, kit: ApiKit | None, chosen: str, given: list[str]) -> argparse.Namespace:
    """Parse the arguments; what is wrong with them is said by the parser of the subcommand that they belong to."""
    parser, choices = _parser(front, kit, chosen)
    if chosen and chosen not in choices:
        parser.error(f"no command {chosen!r}{did_you_mean(chosen, choices)}: known are {', '.join(choices)}")
    parsed, unknown = parser.parse_known_args(given)
    if unknown:
        of_command = unknown[0] not in given[: given.index(chosen)]
        (choices[chosen] if of_command else parser).refuse(unknown[0])
    return parsed


def _parser(front: Front, kit: ApiKit | None, chosen: str) -> tuple[_Parser, dict[str, _Parser]]:
    """Return a parser, and those of all subcommands; only the chosen subcommand gets its arguments.

    The other subcommands are not imported, so that ``--help`` is fast.
    """
    name, program, further = front
    parser = _Parser(prog=program, description=f"Check and emulate the {name} API.", allow_abbrev=False)
    parser.add_argument("--version", action="version", version=f"{program} {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    own = {name: (f"contract_kit.commands.{name}", summary) for name, summary in COMMANDS.items()}
    for command, (module, summary) in {**own, **further}.items():
        if kit is not None and command == _ALIASES.get(chosen, chosen):
            importlib.import_module(module).add_to(commands, command, summary, kit)
            if chosen != command:
                importlib.import_module(module).add_to(commands, chosen, "", kit)
        else:
            commands.add_parser(command, help=summary)
    return parser, commands.choices
