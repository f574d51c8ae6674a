"""The settings of a run, given as command-line options or as keys of ``library.toml``.

::

    [check]
    target = "https://library.example"
    fail_on = "breaking"
    report_dir = "build/library"     # relative to this file

    [severity]
    "undocumented value" = "breaking"

Each setting is declared once, as a field of ``Configuration``. The subcommands' options, the file's keys, their
allowed values and the table in the documentation are generated from it. Command-line options override the file.
"""

from __future__ import annotations

import argparse
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import Field, dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from contract_kit.api import ApiKit
from contract_kit.errors import FileError
from contract_kit.findings.finding import Kind, Severity
from contract_kit.masking import plain_name
from contract_kit.near_miss import did_you_mean
from contract_kit.targets import parse_url, variable_names

if TYPE_CHECKING:
    from contract_kit.targets import Target

PROFILES = ("quick", "full")
# The largest number of a setting: timers and the arithmetic of the budget take no more.
_MOST = 10**9
# Limits for targets that are not on this machine.
_REQUESTS, _RATE = 300, 10.0
_SECONDS = 1800.0
# Keys with these names are refused without showing their values: settings are committed, credentials must not be.
_CREDENTIAL_KEY = re.compile(
    r"secret|token|passw|credential|authorization|user_?name|api_?key|mask_?key|account_?id", re.I
)


@dataclass(frozen=True)
class ValueType:
    """The type of a setting.

    Attributes:
        allowed: The allowed values, for messages: ``a number above 0``.
        is_allowed: Whether a TOML value is allowed.
        convert: Converts an allowed TOML value to the setting's value.
        parse: Converts the text of an option to a TOML value; may raise ValueError.
        metavar: The placeholder in help: ``N``; ``""`` for a switch.
        choices: All allowed values, if they can be listed.
    """

    allowed: str
    is_allowed: Callable[[Any], bool]
    convert: Callable[[Any], Any]
    parse: Callable[[str], Any] = str
    metavar: str = ""
    choices: tuple[str, ...] = ()

    def of_option(self, text: str) -> Any:
        """Convert the text of an option to the setting's value.

        Raises:
            ArgumentTypeError: the text is not allowed.
        """
        try:
            value = self.parse(text)
        except ValueError:
            value = None
        if not self.is_allowed(value):
            raise argparse.ArgumentTypeError(f"{text!r}: allowed is {self.allowed}")
        return self.convert(value)


def _one_of(names: Iterable[str], convert: Callable[[str], Any] = str) -> ValueType:
    known = tuple(names)
    return ValueType(
        f"one of {', '.join(known)}", lambda value: isinstance(value, str) and value in known, convert, choices=known
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 < value <= _MOST


def _is_count(value: Any) -> bool:
    return _is_number(value) and isinstance(value, int)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\0" not in value


_ORIGIN = ValueType("an origin, for example {kit.example_target!r}", _is_text, str.strip, metavar="URL")
_COUNT = ValueType(f"a whole number from 1 to {_MOST}", _is_count, int, int, "N")
_POSITIVE = ValueType(f"a number above 0, up to {_MOST}", _is_number, float, float, "N")
_SWITCH = ValueType("true or false", lambda value: isinstance(value, bool), bool)
_PATH = ValueType("a path", _is_text, lambda text: Path(text.strip()), metavar="PATH")
_SEVERITY = _one_of(Severity, Severity)


@dataclass(frozen=True)
class Option:
    """The command-line option of a setting.

    Attributes:
        help: The help text, with the default if it is not the field's; ``{kit.program}`` is replaced.
        type: The allowed values.
        group: The heading in help.
        commands: The subcommands that have the option; keys of the file apply to all subcommands.
        metavar: The placeholder in help, if it differs from the type's.
        former: The setting's former name, which still works as an option.
    """

    help: str
    type: ValueType
    group: str
    commands: tuple[str, ...] = ("check",)
    metavar: str = ""
    former: str = ""


def _option(*arguments: Any, **more: Any) -> Mapping[str, Option]:
    return {"option": Option(*arguments, **more)}


_WHAT = "what is checked"
_BOUNDS = "how much may be asked of --target"
_FILES = "files"
_ACCEPTANCES = Path("acceptances.yaml")


@dataclass(frozen=True)
class Configuration:
    """The settings of a run.

    Attributes:
        target: The origin to check; None starts an emulator.
        severities: Severities that override the defaults of the kinds: the table ``[severity]``.
        kit: ``module:NAME`` of the kit.
        faults: Names of faults to plant into the emulator.
        worlds: What the target is known to do otherwise than decided: ``("D17=in-progress-listed",)``.
        emulator: Further options of the emulator: ``("--seed", "7")``.
        select: Ids of the checks to run; empty for all.
        target_source: Where the target was given: ``--target``, or ``library.toml:2: 'target'``.
        file: The file that the settings were read from, if any.

    The help texts of the other fields describe them.
    """

    target: str | None = field(
        default=None,
        metadata=_option("the origin to check; default: an emulator is started, checked and stopped", _ORIGIN, _WHAT),
    )
    profile: str = field(default="full", metadata=_option("how much is asked", _one_of(PROFILES), _WHAT))
    fail_on: Severity = field(
        default=Severity.DRIFT,
        metadata=_option("the least severity that makes a run fail", _SEVERITY, _WHAT, commands=("check", "validate")),
    )
    max_requests: int | None = field(
        default=None,
        metadata=_option(
            "how many requests are sent at most; default: 300, and any number to a target on this machine",
            _COUNT,
            _BOUNDS,
        ),
    )
    rate: float | None = field(
        default=None,
        metadata=_option(
            "requests a second; default: 10, and any number to a target on this machine", _POSITIVE, _BOUNDS
        ),
    )
    deadline: float | None = field(
        default=None,
        metadata=_option("seconds after which the run stops; default: 1800", _POSITIVE, _BOUNDS, metavar="SECONDS"),
    )
    seed: int | None = field(
        default=None,
        metadata=_option(
            "draws the same sample of resources again; default: a new one for each run, and 1 for the emulator that is "
            "started",
            _COUNT,
            _BOUNDS,
        ),
    )
    send_invalid: bool | None = field(
        default=None,
        metadata=_option(
            "also send invalid requests and methods other than GET; default: only to a target on this machine",
            _SWITCH,
            _BOUNDS,
            former="strain",
        ),
    )
    allow_http: bool = field(
        default=False,
        metadata=_option(
            "send credentials in the clear to another machine", _SWITCH, _BOUNDS, commands=("check", "recheck")
        ),
    )
    report_dir: Path = field(
        default=Path("build"),
        metadata=_option(
            "the folder of the reports; default: {kit.report_folder}",
            _PATH,
            _FILES,
            commands=("check", "recheck", "validate", "accept"),
            metavar="DIR",
        ),
    )
    acceptances: Path = field(
        default=_ACCEPTANCES,
        metadata=_option(
            "the accepted findings", _PATH, _FILES, commands=("check", "validate", "accept"), metavar="FILE"
        ),
    )
    severities: Mapping[Kind, Severity] = field(default_factory=dict)
    kit: str = ""
    faults: tuple[str, ...] = ()
    worlds: tuple[str, ...] = ()
    emulator: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    target_source: str = "--target"
    file: Path | None = None

    def with_options(self, **given: Any) -> Self:
        """Return a copy with each field of ``given`` that is not None: options override the file."""
        return replace(self, **{name: value for name, value in given.items() if value is not None})

    def origin(self, kit: ApiKit) -> str | None:
        """Return the target's origin, as HTTP clients spell it, or None if an emulator is started.

        Raises:
            UsageError: ``target`` is not a usable origin.
        """
        if self.target is None:
            return None
        return parse_url(self.target, kit, allow_http=self.allow_http, source=self.target_source)

    def bounded_for(self, target: Target) -> Self:
        """Return a copy with default limits for ``target`` where no limit was given."""
        requests, rate = self.max_requests, self.rate
        if not target.may_get_invalid:
            requests, rate = requests or _REQUESTS, rate or _RATE
        return replace(self, max_requests=requests, rate=rate, deadline=self.deadline or _SECONDS)

    def to_dict(self) -> dict[str, Any]:
        """Return the configuration as JSON values."""
        return {name: str(value) if isinstance(value, Path) else value for name, value in vars(self).items()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Restore a configuration from the result of ``to_dict``."""
        tuples = {name: tuple(data[name]) for name in ("faults", "worlds", "emulator", "select")}
        paths = {name: Path(data[name]) for name in ("report_dir", "acceptances", "file") if data[name]}
        severities = {Kind(kind): Severity(each) for kind, each in data["severities"].items()}
        return cls(**{**data, **tuples, **paths, "fail_on": Severity(data["fail_on"]), "severities": severities})


# Key: the field's name, which is the key of the file and, with dashes, the command-line option.
OPTIONS: Mapping[str, tuple[Field[Any], Option]] = {
    each.name: (each, each.metadata["option"]) for each in fields(Configuration) if "option" in each.metadata
}


def add_options(parser: argparse.ArgumentParser, command: str, kit: ApiKit) -> None:
    """Add ``--config`` and the subcommand's options to its parser."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        help=f"settings; default: {kit.settings_file} here or in a folder above, up to the repository's root",
    )
    groups: dict[str, Any] = {}
    for name, (default, option) in OPTIONS.items():
        if command not in option.commands:
            continue
        group = groups.get(option.group) or groups.setdefault(option.group, parser.add_argument_group(option.group))
        given: dict[str, Any] = {"dest": name, "default": None, "help": _help(default, option, kit)}
        if option.type is not _SWITCH:
            given |= {"type": option.type.of_option, "metavar": option.metavar or option.type.metavar}
            if option.type.choices:
                given["metavar"] = f"{{{','.join(option.type.choices)}}}"
        elif default.default is None:
            given["action"] = argparse.BooleanOptionalAction
        else:
            given |= {"action": "store_true"}
        group.add_argument(_spelled(name), **given)
        if option.former:
            group.add_argument(_spelled(option.former), **{**given, "help": argparse.SUPPRESS})


def of(arguments: argparse.Namespace) -> Configuration:
    """Return the settings of the file (``--config``, or the kit's default), overridden by the given options.

    Raises:
        FileError: as ``load`` does.
    """
    given = {name: getattr(arguments, name, None) for name in OPTIONS}
    settings = load(arguments.config, arguments.kit).with_options(**given)
    return settings if given["target"] is None else replace(settings, target_source="--target")


def table(kit: ApiKit) -> str:
    """Return the settings as a Markdown table, for the documentation."""
    lines = ["| key of the file | option | allowed | what it says |", "|---|---|---|---|"]
    for name, (default, option) in OPTIONS.items():
        allowed = option.type.allowed.format(kit=kit).replace("'", "`")
        spelled = _spelled(name)
        if option.type is _SWITCH and default.default is None:
            spelled = f"{spelled}`, `{spelled.replace('--', '--no-', 1)}"
        lines.append(f"| `{name}` | `{spelled}` | {allowed} | {_help(default, option, kit)} |")
    return "\n".join(lines)


def _spelled(name: str) -> str:
    return f"--{name.replace('_', '-')}"


def _help(default: Field[Any], option: Option, kit: ApiKit) -> str:
    text = option.help.format(kit=kit)
    return text if "default: " in text or default.default in {None, False} else f"{text}; default: {default.default}"


def load(path: Path | None, kit: ApiKit) -> Configuration:
    """Read the settings file; if ``path`` is None, the kit's file here or, within a repository, in a folder above.

    Raises:
        FileError: the file is missing or unreadable, or has an unknown key, a wrong type, a value that is not
            allowed, or something that looks like a credential.
    """
    if path is not None:
        return _parsed(path, kit, Path())
    if (found := _settings_file(kit)) is not None:
        # Defaults go from its folder, too: those who work there find the same reports and acceptances.
        return _parsed(found, kit, found.parent)
    return Configuration(kit=kit.reference, report_dir=kit.report_folder)


def _settings_file(kit: ApiKit) -> Path | None:
    """Return the kit's settings file in the current folder or the nearest one above, up to the one with ``.git``."""
    here = Path.cwd()
    folders = [here, *here.parents]
    root = next((place for place, folder in enumerate(folders) if (folder / ".git").exists()), 0)
    for up in range(root + 1):
        # Relative, so that messages and the folder of the reports stay short: ../../library.toml.
        path = Path(*[".."] * up) / kit.settings_file
        if path.exists():
            return path
    return None


def _parsed(path: Path, kit: ApiKit, folder: Path) -> Configuration:
    try:
        return _SettingsFile(path, kit, folder).configuration()
    except RecursionError:
        raise FileError(path, "is nested too deeply: it has tables of single values") from None
    except ValueError:  # also of urlsplit, and of numbers of thousands of digits
        raise FileError(path, "has a number or a URL that cannot be read") from None


class _SettingsFile:
    def __init__(self, path: Path, kit: ApiKit, folder: Path) -> None:
        self._path = path
        self._kit = kit
        self._folder = folder
        try:
            # utf-8-sig: some editors write a byte order mark, which TOML does not allow.
            self._text = path.read_text(encoding="utf-8-sig")
            self._data = tomllib.loads(self._text)
        except FileNotFoundError:
            raise FileError(path, "no such file") from None
        except OSError as error:
            raise FileError(path, f"cannot be read: {error.strerror}") from None
        except UnicodeDecodeError as error:
            raise FileError(path, f"is not UTF-8 (byte {error.start}): save it as UTF-8") from None
        except tomllib.TOMLDecodeError as error:
            line = re.search(r" \(at line (\d+), column \d+\)", str(error))
            problem = str(error).replace(line[0], "") if line else str(error)
            # The parser quotes keys, which may be secrets in the place of keys.
            problem = re.sub(r"\(?['\"].*['\"],?\)?", "…", problem)
            raise FileError(path, f"is not TOML: {problem}", int(line[1]) if line else None) from None
        self._variables = {name for each in kit.authentication.variables for name in (each.username, each.secret)}
        self._identifier = re.compile(kit.privacy.identifier or "(?!)")

    def configuration(self) -> Configuration:
        self._refuse_credentials("", self._data)
        for name, value in self._data.items():
            if name in OPTIONS:
                raise self._error("", name, f"{name!r} stands outside of a table: put it under [check]")
            self._require_known("", name, ("check", "severity"), "table")
            if not isinstance(value, dict):
                raise self._error("", name, f"{name} is {_described(value)}: allowed is a table, [{name}]")
        folder = self._folder
        given: dict[str, Any] = {"report_dir": folder / self._kit.report_folder, "acceptances": folder / _ACCEPTANCES}
        for name, value in self._data.get("check", {}).items():
            self._require_known("check", name, tuple(OPTIONS), "key")
            given[name] = self._value("check", name, value, OPTIONS[name][1].type)
        severities: dict[Kind, Severity] = {}
        for name, value in self._data.get("severity", {}).items():
            self._require_known("severity", name, tuple(kind.value for kind in Kind), "kind of finding")
            severities[Kind(name)] = self._value("severity", name, value, _SEVERITY)
        if "target" in given:
            if "@" in urlsplit(given["target"]).netloc:
                problem = "target holds credentials: leave them out, and set them in the environment"
                raise self._error("check", "target", problem)
            # Configuration.origin() validates the target: options may still override it and allow http.
            given["target_source"] = str(self._error("check", "target", "'target'"))
        return Configuration(kit=self._kit.reference, file=self._path, **given, severities=severities)

    def _refuse_credentials(self, table: str, data: Mapping[str, Any]) -> None:
        for name, value in data.items():
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, dict):
                    self._refuse_credentials(name, inner)
            if _CREDENTIAL_KEY.search(name) or name.upper() in self._variables or self._identifier.search(str(value)):
                raise self._error(
                    table,
                    name,
                    f"{_shown(name).strip() or 'a key'} looks like a credential, and credentials do not belong into a "
                    "file: take it out, and "
                    f"set {variable_names(self._kit)} in the environment",
                )

    def _require_known(self, table: str, name: str, known: tuple[str, ...], what: str) -> None:
        if now := next((now for now, (_, option) in OPTIONS.items() if table == "check" and option.former == name), ""):
            raise self._error(table, name, f"{name!r} is called {now!r} now: rename it")
        if name not in known:
            raise self._error(
                table, name, f"unknown {what}{_shown(name)}{did_you_mean(name, known)}: allowed are {', '.join(known)}"
            )

    def _value(self, table: str, name: str, value: Any, type_: ValueType) -> Any:
        if not type_.is_allowed(value):
            meant = did_you_mean(value, type_.choices) if isinstance(value, str) else ""
            allowed = type_.allowed.format(kit=self._kit) + (", relative to this file" if type_ is _PATH else "")
            raise self._error(table, name, f"{name!r} is {_described(value)}{meant}: allowed is {allowed}")
        converted = type_.convert(value)
        return self._path.parent / converted if isinstance(converted, Path) else converted

    def _error(self, table: str, name: str, problem: str) -> FileError:
        where = f"[{table}] " if table else ""
        return FileError(self._path, where + problem, _line(self._text, table, name))


def _shown(name: str) -> str:
    """`` 'target'``, or nothing where it may be a secret in the place of a key."""
    plain = name.replace(" ", "-")  # kinds of findings have blanks
    return f" {name!r}" if plain_name(plain) == plain else ""


def _line(text: str, table: str, name: str) -> int | None:
    """Return the line that sets ``name`` in ``table`` or starts the table ``name``; None if it is ambiguous."""
    quoted = rf"""(?:{re.escape(name)}|"{re.escape(name)}"|'{re.escape(name)}')"""
    setting = re.compile(rf"\s*{quoted}\s*[=.]")
    header = re.compile(rf"\s*\[+\s*{quoted}\s*[\].]")
    found, current = [], ""
    for number, line in enumerate(text.splitlines(), start=1):
        if opened := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
            current = opened[1].strip("\"'")
        if (current == table and setting.match(line)) or (not table and header.match(line)):
            found.append(number)
    # tomllib gives no line numbers, so two matches cannot be told apart: no line is better than a wrong one.
    return found[0] if len(found) == 1 else None


def _described(value: Any) -> str:
    """Describe a TOML value for a message. The content of arrays and tables is not shown: it may be private."""
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float | str):
        text = repr(value)
        shown = text if len(text) <= 60 else text[:59] + "…"
        return f"the text {shown}" if isinstance(value, str) else f"the number {shown}"
    return "a table" if isinstance(value, dict) else "an array" if isinstance(value, list) else "a date or time"
