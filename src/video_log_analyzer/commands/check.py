"""``vla check``: say whether a service does what the document says."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from video_log_analyzer.commands import Commands, add_parser

EPILOG = """\
credentials for --target, from the environment only:
  TWILIO_API_KEY and TWILIO_API_SECRET       win where both are set
  TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN
  VLA_OTHER_ACCOUNT_SID and VLA_OTHER_AUTH_TOKEN, of another account: its rooms must stay out of sight
other environment:
  VLA_MASK_KEY    masked values can then be compared between reports; default: a random key for each run

exit status: 0 conforms, 1 does not, 2 usage or configuration, 3 inconclusive"""


def add_to(commands: Commands) -> None:
    """Declare the subcommand."""
    check = add_parser(
        commands,
        "check",
        help="say whether a service does what the document says",
        description="Say whether a service does what the document says. Without --target an emulator is started,\n"
        "checked and stopped; what it says is no evidence about the live API. Settings may also stand in vla.toml.",
        epilog=EPILOG,
    )
    check.add_argument("--config", type=Path, metavar="FILE", help="settings; default: vla.toml, where it exists")
    what = check.add_argument_group("what is checked")
    what.add_argument("--target", metavar="URL", help="the origin to check, for example https://insights.twilio.com")
    what.add_argument(
        "--fault", metavar="NAME", action="append", default=[], help="plant a fault into the embedded emulator"
    )
    what.add_argument("--profile", choices=["quick", "full"], help="how much is asked; default: full")
    what.add_argument("--fail-on", choices=["breaking", "drift", "notice"], help="the least that fails; default: drift")
    bounds = check.add_argument_group("how much may be asked of --target")
    bounds.add_argument(
        "--max-requests", type=int, metavar="N", help="default: 300, and no bound where the target is on this machine"
    )
    bounds.add_argument("--rate", type=float, metavar="N", help="requests a second; default: 10, likewise")
    bounds.add_argument("--deadline", type=float, metavar="SECONDS", help="stop then; default: 1800")
    bounds.add_argument(
        "--strain",
        action=argparse.BooleanOptionalAction,
        help="send wrong requests and other methods too; default: only where the target is on this machine",
    )
    bounds.add_argument(
        "--allow-http", action="store_true", default=None, help="send credentials in the clear to another machine"
    )
    reports = check.add_argument_group("what is written")
    reports.add_argument("--report-dir", type=Path, metavar="DIR", help="default: build/vla")
    check.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Check, write the reports, say what was found."""
    from video_log_analyzer import document, runner
    from video_log_analyzer.errors import UsageError
    from video_log_analyzer.findings import Severity
    from video_log_analyzer.reports import console
    from video_log_analyzer.runner import Run
    from video_log_analyzer.targets import credentials_from, other_credentials_from, parse_url

    document.load()
    url = ""
    if arguments.target is not None:
        if arguments.fault:
            raise UsageError("--fault plants faults into the embedded emulator: leave out --target or --fault")
        url = parse_url(arguments.target, allow_http=bool(arguments.allow_http))
        credentials_from(os.environ)
        other_credentials_from(os.environ)
    elif arguments.fault:
        _require_known_faults(arguments.fault)
    result = runner.run(
        Run(
            url=url,
            faults=tuple(arguments.fault),
            profile=arguments.profile or "full",
            fail_on=Severity(arguments.fail_on or "drift"),
            max_requests=arguments.max_requests,
            rate=arguments.rate,
            deadline=arguments.deadline,
            strain=arguments.strain,
        ),
        os.environ,
    )
    print(console.render(result))
    return result.exit_status


def _require_known_faults(names: list[str]) -> None:
    from video_log_analyzer.emulator import faults

    faults.find(tuple(names))
