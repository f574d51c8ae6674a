"""The settings of a check as people keep them, in ``library.toml``; command-line options override the file.

::

    [check]
    target = "https://library.example"
    fail_on = "breaking"
    report_dir = "build/library"     # relative to this file

    [severity]
    "undocumented value" = "breaking"
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

from contract_kit.api import ApiKit
from contract_kit.errors import FileError
from contract_kit.findings.finding import Kind, Severity
from contract_kit.near_miss import did_you_mean
from contract_kit.targets import variable_names

PROFILES = ("quick", "full")

# A key named so, or a value that looks so, is refused unread and unshown: settings are committed, credentials never.
_CREDENTIAL_KEY = re.compile(
    r"secret|token|passw|credential|authorization|user_?name|api_?key|mask_?key|account_?(?:id|sid)", re.I
)


@dataclass(frozen=True)
class Configuration:
    """What a run is asked to do.

    Attributes:
        target: The origin to check; ``None`` starts an emulator.
        profile: ``quick`` or ``full``.
        fail_on: The least severity that makes a run fail.
        max_requests: So many at most; ``None`` leaves it to the kind of target, as in the next three.
        rate: Requests a second.
        deadline: Seconds after which a run stops.
        sends_invalid: Whether invalid requests and other methods than GET are sent.
        allow_http: Whether credentials may go in the clear to another machine.
        report_dir: Where the reports go, and the last one is looked for.
        acceptances: The file of accepted findings.
        severities: The kinds whose severity is another than ``findings.SEVERITIES`` says.
    """

    target: str | None = None
    profile: str = "full"
    fail_on: Severity = Severity.DRIFT
    max_requests: int | None = None
    rate: float | None = None
    deadline: float | None = None
    sends_invalid: bool | None = None
    allow_http: bool = False
    report_dir: Path = Path("build")
    acceptances: Path = Path("acceptances.yaml")
    severities: Mapping[Kind, Severity] = field(default_factory=dict)

    def with_options(self, **given: Any) -> Self:
        """The same with each field of ``given`` that is not None: an option that was given outdoes the file."""
        return replace(self, **{name: value for name, value in given.items() if value is not None})


def load(path: Path | None, kit: ApiKit) -> Configuration:
    """The settings of a file; if ``path`` is None, of the kit's file in the current folder, where it exists.

    Raises:
        FileError: it is missing or unreadable, or has an unknown key, a wrong type, a value that is not allowed, or
            what looks like a credential.
    """
    if path is None and not kit.settings_file.exists():
        return Configuration(report_dir=kit.report_folder)
    return _Reader(path or kit.settings_file, kit).configuration()


class _Reader:
    def __init__(self, path: Path, kit: ApiKit) -> None:
        self._path = path
        self._kit = kit
        try:
            # An editor's byte order mark is no part of TOML.
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
            raise FileError(path, f"is not TOML: {problem}", int(line[1]) if line else None) from None
        self._variables = {name for each in kit.authentication.variables for name in (each.username, each.secret)}
        self._identifier = re.compile(kit.privacy.identifier or "(?!)")
        self._fields: Mapping[str, Callable[[str, Any], Any]] = {
            "target": self._target,
            "profile": self._profile,
            "fail_on": self._severity,
            "max_requests": self._count,
            "rate": self._positive,
            "deadline": self._positive,
            "send_invalid": self._switch,
            "allow_http": self._switch,
            "report_dir": self._file_name,
            "acceptances": self._file_name,
        }

    def configuration(self) -> Configuration:
        self._refuse_credentials("", self._data)
        for name, value in self._data.items():
            if name in self._fields:
                raise self._error("", name, f"{name!r} stands outside of a table: put it under [check]")
            self._require_known("", name, ("check", "severity"), "table")
            if not isinstance(value, dict):
                raise self._error("", name, f"{name} is {_described(value)}: allowed is a table, [{name}]")
        given: dict[str, Any] = {"report_dir": self._kit.report_folder}
        for name, value in self._data.get("check", {}).items():
            self._require_known("check", name, tuple(self._fields), "key")
            given[{"send_invalid": "sends_invalid"}.get(name, name)] = self._fields[name](name, value)
        severities: dict[Kind, Severity] = {}
        for name, value in self._data.get("severity", {}).items():
            self._require_known("severity", name, tuple(kind.value for kind in Kind), "kind of finding")
            severities[Kind(name)] = self._severity(name, value, "severity")
        return Configuration(**given, severities=severities)

    def _refuse_credentials(self, table: str, data: Mapping[str, Any]) -> None:
        for name, value in data.items():
            for inner in value if isinstance(value, list) else [value]:
                if isinstance(inner, dict):
                    self._refuse_credentials(name, inner)
            if _CREDENTIAL_KEY.search(name) or name.upper() in self._variables or self._identifier.search(str(value)):
                raise self._error(
                    table,
                    name,
                    f"{name!r} looks like a credential, and credentials do not belong into a file: take it out, and "
                    f"set {variable_names(self._kit)} in the environment",
                )

    def _require_known(self, table: str, name: str, known: tuple[str, ...], what: str) -> None:
        if name not in known:
            raise self._error(
                table, name, f"unknown {what} {name!r}{did_you_mean(name, known)}: allowed are {_list(known)}"
            )

    def _target(self, name: str, value: Any) -> str:
        # That it is an origin, and may be http, is seen where it is used: the command line has a say in both.
        text = self._text_of(name, value, f"an origin, for example {self._kit.example_target!r}")
        if "@" in urlsplit(text).netloc:
            raise self._error(
                "check", name, "target holds credentials: leave them out, and set them in the environment"
            )
        return text

    def _profile(self, name: str, value: Any) -> str:
        return self._one_of("check", name, value, PROFILES)

    def _severity(self, name: str, value: Any, table: str = "check") -> Severity:
        return Severity(self._one_of(table, name, value, tuple(severity.value for severity in Severity)))

    def _count(self, name: str, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise self._wrong("check", name, value, "a whole number of at least 1")
        return value

    def _positive(self, name: str, value: Any) -> float:
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value < math.inf:
            raise self._wrong("check", name, value, "a number above 0")
        return float(value)

    def _switch(self, name: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self._wrong("check", name, value, "true or false")
        return value

    def _file_name(self, name: str, value: Any) -> Path:
        text = self._text_of(name, value, "a path, relative to this file")
        if "\0" in text:
            raise self._wrong("check", name, value, "a path, relative to this file")
        return self._path.parent / text

    def _text_of(self, name: str, value: Any, allowed: str) -> str:
        if not isinstance(value, str) or not value.strip():
            raise self._wrong("check", name, value, allowed)
        return value.strip()

    def _one_of(self, table: str, name: str, value: Any, allowed: tuple[str, ...]) -> str:
        if not isinstance(value, str) or value not in allowed:
            meant = did_you_mean(value, allowed) if isinstance(value, str) else ""
            raise self._wrong(table, name, value, f"one of {_list(allowed)}", meant)
        return value

    def _wrong(self, table: str, name: str, value: Any, allowed: str, meant: str = "") -> FileError:
        return self._error(table, name, f"{name!r} is {_described(value)}{meant}: allowed is {allowed}")

    def _error(self, table: str, name: str, problem: str) -> FileError:
        where = f"[{table}] " if table else ""
        return FileError(self._path, where + problem, _line(self._text, table, name))


def _line(text: str, table: str, name: str) -> int | None:
    """The line on which ``name`` of ``table`` is set, or its table begins; None where that is not plain to see."""
    quoted = rf"""(?:{re.escape(name)}|"{re.escape(name)}"|'{re.escape(name)}')"""
    setting = re.compile(rf"\s*{quoted}\s*[=.]")
    header = re.compile(rf"\s*\[+\s*{quoted}\s*[\].]")
    found, current = [], ""
    for number, line in enumerate(text.splitlines(), start=1):
        if opened := re.match(r"\s*\[+\s*([^\]]*?)\s*\]", line):
            current = opened[1].strip("\"'")
        if (current == table and setting.match(line)) or (not table and header.match(line)):
            found.append(number)
    # Two can only be told apart by a parser that tomllib is not: rather no line than a wrong one.
    return found[0] if len(found) == 1 else None


def _described(value: Any) -> str:
    """What was found. Arrays and tables are not shown: what stands in them was meant for another place."""
    if isinstance(value, bool):
        return f"the boolean {str(value).lower()}"
    if isinstance(value, int | float | str):
        text = repr(value)
        shown = text if len(text) <= 60 else text[:59] + "…"
        return f"the text {shown}" if isinstance(value, str) else f"the number {shown}"
    return "a table" if isinstance(value, dict) else "an array" if isinstance(value, list) else "a date or time"


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)
