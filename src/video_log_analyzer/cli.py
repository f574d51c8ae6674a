"""The command ``vla``: parse the arguments, run one subcommand, print what it gives, exit with its status.

Each subcommand imports what it needs when it runs, so that ``vla --help`` is quick.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from video_log_analyzer import __version__
from video_log_analyzer.errors import VlaError
from video_log_analyzer.targets import Target, credentials_from, parse_url

if TYPE_CHECKING:
    from video_log_analyzer.emulator.accounts import Account

CREDENTIALS = """\
credentials for --target, from the environment only:
  TWILIO_API_KEY and TWILIO_API_SECRET       win where both are set
  TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN

exit status: 0 conforms, 1 does not, 2 usage or configuration, 3 inconclusive"""

EMULATOR = """\
environment:
  VLA_EMULATOR_ACCOUNTS     the text of an accounts file, where --accounts is not given

Its rooms, clock, faults and limits are set through BASE_URL/_emulator/ (see docs/emulator.md).
Exit status: 0 ended by SIGINT or SIGTERM, 2 usage or configuration"""


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

    check = commands.add_parser(
        "check",
        allow_abbrev=False,
        help="say whether a service does what the document says",
        description="Say whether a service does what the document says. Without --target an emulator is started, "
        "checked and stopped; what it says is no evidence about the live API.",
        epilog=CREDENTIALS,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    check.add_argument("--target", metavar="URL", help="the origin to check, for example https://insights.twilio.com")
    check.add_argument(
        "--fault", metavar="NAME", action="append", default=[], help="plant a fault into the embedded emulator"
    )
    check.set_defaults(run=_check)

    emulator = commands.add_parser(
        "emulator",
        allow_abbrev=False,
        help="serve an emulator of the API",
        description="Serve an emulator of the API. Once it answers, three lines on standard output say where and\n"
        "with which credentials: BASE_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN.",
        epilog=EMULATOR,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    server = emulator.add_argument_group("where it answers")
    server.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    server.add_argument("--port", type=int, default=8080, help="0 picks a free one; default: %(default)s")
    server.add_argument("--workers", type=int, default=1, metavar="N", help="processes; more than one need PostgreSQL")
    server.add_argument("--public-url", metavar="URL", help="the origin of URLs in answers; default: the caller's")
    server.add_argument(
        "--control",
        action=argparse.BooleanOptionalAction,
        help="serve the control API to whoever reaches the port, or not at all; default: on this machine only",
    )
    state = emulator.add_argument_group("what it holds")
    state.add_argument(
        "--database", metavar="WHERE", help="a file, or postgresql://…, keeps the state; default: a temporary file"
    )
    state.add_argument("--accounts", type=Path, metavar="FILE", help="accounts and API keys, as YAML (or JSON)")
    state.add_argument("--rooms", type=int, default=150, metavar="N", help="sample rooms; default: %(default)s")
    state.add_argument("--seed", type=int, default=1, metavar="N", help="of the sample; default: %(default)s")
    state.add_argument("--empty", action="store_true", help="no sample rooms")
    state.add_argument("--legacy-values", action="store_true", help="withdrawn and internal values in the sample")
    answers = emulator.add_argument_group("how it answers")
    answers.add_argument("--clamp-page-size", action="store_true", help="answer PageSize above 1000 with 1000 rows")
    answers.add_argument(
        "--in-progress-in-default-window",
        action="store_true",
        help="list rooms in progress too where neither CreatedAfter nor CreatedBefore is given",
    )
    answers.add_argument("--fault", metavar="NAME", action="append", default=[], help="plant a fault; may be repeated")
    answers.add_argument("--list-faults", action="store_true", help="say which faults there are, and end")
    emulator.set_defaults(run=_emulator)
    return parser


def _check(arguments: argparse.Namespace) -> int:
    from video_log_analyzer import document, runner
    from video_log_analyzer.errors import UsageError
    from video_log_analyzer.reports import console

    document.load()
    options = [part for name in arguments.fault for part in ("--fault", name)]
    loopback = True
    if arguments.target is not None:
        if arguments.fault:
            raise UsageError("--fault plants faults into the embedded emulator: leave out --target or --fault")
        target = Target(parse_url(arguments.target), credentials_from(os.environ))
        loopback = target.is_loopback
        options += ["--target", target.url]
    elif arguments.fault:
        _require_known_faults(arguments.fault)
    result = runner.run(options, os.environ, loopback=loopback)
    print(console.render(result))
    return result.exit_status


def _emulator(arguments: argparse.Namespace) -> int:
    from video_log_analyzer.emulator import accounts_file, faults
    from video_log_analyzer.emulator.server import serve
    from video_log_analyzer.emulator.settings import Settings, database_from

    if arguments.list_faults:
        print(faults.table())
        return 0
    accounts: tuple[Account, ...] = ()
    if arguments.accounts is not None:
        accounts = accounts_file.load(arguments.accounts)
    elif os.environ.get(accounts_file.VARIABLE):
        accounts = accounts_file.parse(os.environ[accounts_file.VARIABLE])
    return serve(
        Settings(
            host=arguments.host,
            port=arguments.port,
            rooms=arguments.rooms,
            seed=arguments.seed,
            empty=arguments.empty,
            database=database_from(arguments.database),
            workers=arguments.workers,
            accounts=accounts,
            legacy_values=arguments.legacy_values,
            faults=tuple(arguments.fault),
            page_size_above_maximum="clamp" if arguments.clamp_page_size else "refuse",
            public_url=arguments.public_url,
            control=arguments.control,
            in_progress_in_default_window=arguments.in_progress_in_default_window,
        )
    )


def _require_known_faults(names: Sequence[str]) -> None:
    from video_log_analyzer.emulator import faults

    faults.find(tuple(names))
