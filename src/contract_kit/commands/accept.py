"""``accept``: accept a finding of the last report until a given date."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from contract_kit import configuration
from contract_kit.api import ApiKit
from contract_kit.commands import Commands, add_parser, tell_settings
from contract_kit.configuration import Configuration

if TYPE_CHECKING:
    from datetime import date

    from contract_kit.findings.acceptances import Acceptance, Acceptances
    from contract_kit.findings.results import Result

EPILOG = """\
Reports still show an accepted finding, but it does not change the exit status until it expires.
Exit status: 0 done, 2 usage or configuration"""


def add_to(commands: Commands, name: str, summary: str, kit: ApiKit) -> None:
    """Declare the subcommand."""
    accept = add_parser(
        commands,
        name,
        summary,
        kit,
        description="Accept a finding of the last report until a given date: write it into acceptances.yaml.",
        epilog=EPILOG,
    )
    accept.add_argument("fingerprint", metavar="FINGERPRINT", nargs="?", help="its first six digits or more")
    accept.add_argument("--reason", metavar="TEXT", help="why the finding is acceptable")
    accept.add_argument("--expires", metavar="DATE", help="the last day, YYYY-MM-DD, at most 366 days from now")
    accept.add_argument("--owner", metavar="NAME", help="who is responsible; default: git's user.name")
    accept.add_argument("--replace", action="store_true", help="replace an existing entry")
    others = accept.add_argument_group("instead of FINGERPRINT").add_mutually_exclusive_group()
    others.add_argument("--list", action="store_true", help="show the accepted findings")
    others.add_argument(
        "--prune",
        action="store_true",
        help="drop what the last report checked and no longer found; say why others stay",
    )
    configuration.add_options(accept, "accept", kit)
    accept.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Accept a finding, or list or prune the accepted ones."""
    from datetime import UTC, datetime

    from contract_kit.findings import last_report

    _require_one_thing(arguments)
    settings = configuration.of(arguments)
    tell_settings(arguments, settings)
    today = datetime.now(UTC).date()
    if arguments.list:
        _list(settings.acceptances, today)
    elif arguments.prune:
        _prune(settings.acceptances, last_report.load(settings.report_dir, arguments.kit.program))
    else:
        _accept(arguments, settings, today)
    return 0


def _require_one_thing(arguments: argparse.Namespace) -> None:
    from contract_kit.errors import UsageError

    other = "--list" if arguments.list else "--prune" if arguments.prune else None
    of_accepting = ("fingerprint", "reason", "expires", "owner", "replace")
    given = [name if name == "fingerprint" else f"--{name}" for name in of_accepting if getattr(arguments, name)]
    if other and given:
        raise UsageError(f"{other} goes without {', '.join(given)}: leave out one or the other")
    if not other and not arguments.fingerprint:
        told = f"see `{arguments.kit.program} accept --help`"
        raise UsageError(f"give the FINGERPRINT of a finding, --list or --prune ({told})")
    needed = {
        "--reason": "why it is acceptable",
        "--expires": "the last day on which it is accepted, as YYYY-MM-DD",
        "--owner": "who is responsible, since git has no user.name",
    }
    if not other and arguments.owner is None:
        arguments.owner = _git_user()
    missing = [] if other else [name for name in needed if getattr(arguments, name[2:]) is None]
    if missing:
        is_or_are = "is" if len(missing) == 1 else "are"
        said = "; ".join(f"{name}: {needed[name]}" for name in missing)
        raise UsageError(f"{' and '.join(missing)} {is_or_are} required ({said})")


def _accept(arguments: argparse.Namespace, settings: Configuration, today: date) -> None:
    from contract_kit.errors import UsageError
    from contract_kit.findings import acceptances_file, last_report, resolution
    from contract_kit.findings.acceptances import Acceptance

    expires = _expires(arguments.expires, today)
    reason = _one_line("--reason", arguments.reason)
    owner = _one_line("--owner", arguments.owner)
    path = settings.acceptances
    result = last_report.load(settings.report_dir, arguments.kit.program)
    finding = last_report.finding(result, arguments.fingerprint)
    entry = Acceptance(
        kind=finding.kind,
        operation=finding.operation,
        location=finding.location,
        value=finding.value,
        reason=reason,
        owner=owner,
        expires=expires,
        target=resolution.origin(result.target),
        check=finding.check,
    )

    def with_entry(there: Acceptances) -> list[Acceptance]:
        known = there.of(finding)
        if known is None:
            return [*there.entries, entry]
        if not arguments.replace:
            raise UsageError(
                f"{finding.fingerprint} is accepted already, by {known.owner} until {known.expires}: {known.reason} "
                f"({path}:{known.line}; --replace renews it)"
            )
        return [entry if each is known else each for each in there.entries]

    acceptances_file.change(path, with_entry)
    print(f"accepted until {expires}, in {path}:")
    print(f"  {last_report.named(finding)}")
    group = next(each for each in result.groups if finding in each.findings)
    if finding != group.root:
        print(f"only this one: it is explained by {group.root.fingerprint}, whose acceptance would cover both")
    elif group.explained:
        print(f"with it what it explains: {', '.join(each.fingerprint for each in group.explained)}")


def _expires(text: str, today: date) -> date:
    from contract_kit.errors import UsageError
    from contract_kit.findings.acceptances import LONGEST, parse_date

    try:
        expires = parse_date(text)
    except ValueError as error:
        raise UsageError(f"--expires is {error}") from None
    if expires < today:
        raise UsageError(f"--expires {expires} is in the past: today, in UTC, is {today}")
    if expires > today + LONGEST:
        raise UsageError(f"--expires {expires} is too far away: the last day possible is {today + LONGEST}")
    return expires


def _one_line(option: str, text: str) -> str:
    from contract_kit.errors import UsageError
    from contract_kit.findings.acceptances import is_line

    if not is_line(text):
        raise UsageError(f"{option} {text!r} is empty, or not one line that can be shown: give one line of text")
    return text.strip()


def _git_user() -> str | None:
    """The user's name in git, or None: the entry will be committed under that name."""
    import subprocess

    try:
        done = subprocess.run(
            ["git", "config", "user.name"],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
    return done.stdout.strip() or None


def _list(path: Path, today: date) -> None:
    from contract_kit.findings import acceptances, last_report

    entries = acceptances.load(path).entries
    if not entries:
        print(f"nothing is accepted: {path} has no entries")
    for entry in entries:
        print(last_report.named(entry.finding))
        print(f"    until     {entry.expires}")
        if reason := entry.why_not_in_force(today):
            print(f"    note      {reason}")
        print(f"    owner     {entry.owner}")
        print(f"    reason    {' '.join(entry.reason.split())}")


def _prune(path: Path, result: Result) -> None:
    from contract_kit.findings import acceptances_file, last_report, resolution

    dropped: list[Acceptance] = []
    kept: list[tuple[Acceptance, str]] = []

    def without_the_gone(there: Acceptances) -> list[Acceptance]:
        for entry in there.entries:
            reason = resolution.reason_to_keep(entry.finding, entry.target, result)
            if reason is None:
                dropped.append(entry)
            else:
                kept.append((entry, reason))
        return [entry for entry, _ in kept]

    acceptances_file.change(path, without_the_gone)
    print(f"by the report of {result.started} on {result.target.label}:")
    for entry in dropped:
        print(f"dropped  {last_report.named(entry.finding)}")
    for entry, reason in kept:
        print(f"kept     {last_report.named(entry.finding)}")
        print(f"         {reason}")
    print(f"{len(dropped)} dropped, {len(kept)} kept in {path}")
