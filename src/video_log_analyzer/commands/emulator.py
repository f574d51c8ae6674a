"""``vla emulator``: serve an emulator of the API."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser

if TYPE_CHECKING:
    from video_log_analyzer.emulator.accounts import Account

EPILOG = """\
environment:
  VLA_EMULATOR_ACCOUNTS     the text of an accounts file, where --accounts is not given

Its rooms, clock, faults and limits are set through BASE_URL/_emulator/ (see docs/emulator.md).
Exit status: 0 ended by SIGINT or SIGTERM, 2 usage or configuration"""


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    emulator = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Serve an emulator of the API. Once it answers, three lines on standard output say where and "
        "with which credentials: BASE_URL, TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN.",
        epilog=EPILOG,
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
    answers.add_argument(
        "--world",
        metavar="NAMES",
        action="append",
        default=[],
        help="do otherwise than decided, such as D17=in-progress-listed,D18=too-large-clamped, or random:SEED",
    )
    answers.add_argument("--list-worlds", action="store_true", help="say what else it can do, and end")
    answers.add_argument("--fault", metavar="NAME", action="append", default=[], help="plant a fault; may be repeated")
    answers.add_argument("--list-faults", action="store_true", help="say which faults there are, and end")
    emulator.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Serve until told to end."""
    from video_log_analyzer.emulator import accounts_file
    from video_log_analyzer.emulator.faults import FAULTS
    from video_log_analyzer.emulator.server import serve
    from video_log_analyzer.emulator.settings import Settings, database_from
    from video_log_analyzer.emulator.worlds import WORLDS

    if arguments.list_faults or arguments.list_worlds:
        print("\n\n".join([FAULTS.table()] * arguments.list_faults + [WORLDS.table()] * arguments.list_worlds))
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
            worlds=WORLDS.chosen(arguments.world),
            public_url=arguments.public_url,
            control=arguments.control,
        )
    )
