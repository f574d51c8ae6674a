"""The accepted findings, each with a reason and an expiry date: ``acceptances.yaml``.

::

    - fingerprint: 56f8f0a95d62
      kind: undocumented value           # these four are for the reader, and must match the fingerprint
      operation: list_items
      location: /items/*/status
      value: lost
      reason: the vendor confirmed it, ticket 4711
      owner: Kim Example
      expires: 2027-03-31                # the last day on which it is in force
      target: live                       # optional; used by `accept --prune`
      check: test_client.py::test_values

An acceptance never hides another value, because the fingerprint covers operation, location, kind and value.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from contract_kit import yaml_file
from contract_kit.errors import FileError
from contract_kit.findings.finding import ANOTHER_OBJECT, Finding, Kind, State, ordered
from contract_kit.findings.groups import Group, groups
from contract_kit.near_miss import did_you_mean
from contract_kit.yaml_file import YamlFile

# Longer acceptances would be forgotten.
LONGEST = timedelta(days=366)

# How a text that may not be shown stands in a location or value; see `Masker.key`.
_UNSHOWN = re.compile(r"\((?:no name …[0-9a-f]{3}|identifier|url|email|ip|token)\)|'[^']*'|\"[^\"]*\"")

_REQUIRED = ("fingerprint", "kind", "operation", "location", "value", "reason", "owner", "expires")
_OPTIONAL = ("target", "check")
_MAY_BE_EMPTY = frozenset({"location", "value", *_OPTIONAL})


@dataclass(frozen=True)
class Acceptance:
    """One accepted finding.

    Attributes:
        kind, operation, location, value, check: As in the finding; ``check`` may be ``""``.
        reason: Why it is acceptable.
        owner: The person responsible.
        expires: The last day on which it is in force.
        target: The target on which it was found (``resolution.origin``): ``live``; or ``""``.
        line: Its line in the file; 0 for a new entry.
    """

    kind: Kind
    operation: str
    location: str
    value: str
    reason: str
    owner: str
    expires: date
    target: str = ""
    check: str = ""
    line: int = 0

    @property
    def finding(self) -> Finding:
        """The accepted finding, with only its identity."""
        return Finding(self.kind, self.operation, self.location, self.value, expected="", check=self.check)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the finding."""
        return self.finding.fingerprint

    def why_not_in_force(self, today: date) -> str | None:
        """Return why it is not in force today; ``None`` if it is."""
        if today > self.expires:
            return f"the acceptance by {self.owner} lapsed on {self.expires}"
        # No FileError: whether the file can be read must not depend on the date.
        if self.expires > today + LONGEST:
            return (
                f"the acceptance by {self.owner} until {self.expires} does not hold: "
                f"more than {LONGEST.days} days are too long"
            )
        return None


@dataclass(frozen=True)
class Acceptances:
    """The entries of one file, in its order."""

    entries: tuple[Acceptance, ...] = ()

    def of(self, finding: Finding) -> Acceptance | None:
        """Return the entry of a finding, whether in force or not, or None."""
        return next((entry for entry in self.entries if entry.fingerprint == finding.fingerprint), None)

    def applied(self, findings: Iterable[Finding], today: date) -> tuple[Finding, ...]:
        """Return the findings with state and note, the open ones first; a lapsed acceptance only adds a note.

        An entry for the root of a group, or for one that says the same of another operation, accepts the whole group.
        """
        return tuple(
            ordered(
                self._applied(finding, self._entry(finding, group), today)
                for group in groups(findings)
                for finding in group.findings
            )
        )

    def _entry(self, finding: Finding, group: Group) -> Acceptance | None:
        """Return the entry that accepts a finding: its own, or that of what explains it."""
        own = self.of(finding)
        return own or next((entry for each in group.alike if (entry := self.of(each)) is not None), None)

    def _former(self, finding: Finding) -> Acceptance | None:
        """Return an entry that a former version made for it, and that does not say enough to hold for it.

        Texts that are not shown were all one value, ``(no name)``. A body that lacks most of its keys had a finding
        for each key.
        """
        location, value = (_UNSHOWN.sub("(no name)", text) for text in (finding.location, finding.value))
        former = replace(finding, location=location, value=value)
        if former.fingerprint != finding.fingerprint:
            return self.of(former)
        if finding.value != ANOTHER_OBJECT:
            return None
        kinds = {finding.kind, Kind.MISSING_FIELD, Kind.UNDOCUMENTED_FIELD}
        keys = (each for each in self.entries if re.fullmatch(r"/[^/]*", each.location) and each.kind in kinds)
        return next((each for each in keys if each.operation == finding.operation), None)

    def _applied(self, finding: Finding, entry: Acceptance | None, today: date) -> Finding:
        if entry is None and (former := self._former(finding)) is not None:
            note = (
                f"the acceptance {former.fingerprint} by {former.owner} was made for less or for more than this: "
                f"its successor is {finding.fingerprint}"
            )
            return replace(finding, note="; ".join(filter(None, [finding.note, note])))
        if entry is None:
            return finding
        if reason := entry.why_not_in_force(today):
            return replace(finding, note="; ".join(filter(None, [finding.note, reason])))
        through = "" if entry.fingerprint == finding.fingerprint else f" with {entry.fingerprint}"
        note = f"accepted{through} by {entry.owner} until {entry.expires}: {' '.join(entry.reason.split())}"
        return replace(finding, state=State.ACCEPTED, note=note)


def load(path: Path) -> Acceptances:
    """Read the entries of a file; none if the file does not exist.

    Raises:
        FileError: the file cannot be read, or an entry is invalid.
    """
    return parse(text, path) if (text := read(path)) is not None else Acceptances()


def read(path: Path) -> str | None:
    """Return the text of a file with its original line ends; ``None`` if the file does not exist."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError as error:
        raise FileError(path, f"is not UTF-8 (byte {error.start}): save it as UTF-8") from None
    except OSError as error:
        raise FileError(path, f"cannot be read: {error.strerror}") from None


def parse(text: str, path: Path) -> Acceptances:
    """Parse the entries of ``text``; errors name it ``path``. Raises FileError as ``load`` does."""
    if all(line.lstrip().startswith("#") or not line.strip() for line in text.lstrip("\ufeff").splitlines()):
        return Acceptances()
    return Acceptances(_AcceptancesReader(yaml_file.parse(text, path)).entries())


def is_line(text: str) -> bool:
    """Whether a reason or name is one line of printable text, not blank."""
    return bool(text.strip()) and text.isprintable()


def dumped(entry: Acceptance) -> str:
    """Return the entry as YAML, without ``line``."""
    values = {name: getattr(entry, name) for name in (*_REQUIRED, *_OPTIONAL)}
    values["kind"] = entry.kind.value
    kept = {name: value for name, value in values.items() if value or name not in _OPTIONAL}
    # Without folding, because folded lines are harder to compare.
    text: str = yaml.safe_dump([kept], sort_keys=False, allow_unicode=True, width=2**20)
    return text


class _AcceptancesReader:
    def __init__(self, file: YamlFile) -> None:
        self._file = file

    def entries(self) -> tuple[Acceptance, ...]:
        data = self._file.data
        if data is None:
            return ()
        if not isinstance(data, list):
            raise self._error("", "expected a list of entries, '- fingerprint: …'")
        entries: dict[str, Acceptance] = {}
        for index, one in enumerate(data):
            entry = self._entry(f"/{index}", one)
            if known := entries.get(entry.fingerprint):
                raise self._error(f"/{index}", f"{entry.fingerprint} stands in line {known.line} already: keep one")
            entries[entry.fingerprint] = entry
        return tuple(entries.values())

    def _entry(self, pointer: str, data: Any) -> Acceptance:
        fields = self._fields(pointer, data)
        kinds = [kind.value for kind in Kind]
        if fields["kind"] not in kinds:
            raise self._error(
                f"{pointer}/kind",
                f"unknown kind {fields['kind']!r}{did_you_mean(fields['kind'], kinds)}: allowed are {', '.join(kinds)}",
            )
        entry = Acceptance(
            kind=Kind(fields["kind"]),
            operation=fields["operation"],
            location=fields["location"],
            value=fields["value"],
            reason=fields["reason"],
            owner=fields["owner"],
            expires=self._date(f"{pointer}/expires", fields["expires"]),
            target=fields.get("target", ""),
            check=fields.get("check", ""),
            line=self._file.line(pointer) or 0,
        )
        if fields["fingerprint"] != entry.fingerprint:
            raise self._error(
                f"{pointer}/fingerprint",
                f"{fields['fingerprint']!r} does not follow from kind, operation, location and value, which give "
                f"{entry.fingerprint!r}: one of the five is not that of the finding",
            )
        return entry

    def _fields(self, pointer: str, data: Any) -> Mapping[str, str]:
        allowed = (*_REQUIRED, *_OPTIONAL)
        names = ", ".join(allowed)
        if not isinstance(data, dict):
            raise self._error(pointer, f"expected a mapping with {names}")
        if "place" in data and "location" not in data:  # its former name
            data["location"] = data.pop("place")
        for key, value in data.items():
            location = f"{pointer}/{yaml_file.escape(str(key))}"
            if key not in allowed:
                raise self._error(
                    location, f"unknown {yaml_file.shown(key)}{did_you_mean(str(key), allowed)}: allowed are {names}"
                )
            if not isinstance(value, str):
                raise self._error(location, f"{key} is {value!r}, not a text: put it into quotation marks")
            if not value.strip() and key not in _MAY_BE_EMPTY:
                raise self._error(location, f"{key} is empty: give one")
        for key in _REQUIRED:
            if key not in data:
                raise self._error(pointer, f"the key {key!r} is missing: required are {', '.join(_REQUIRED)}")
        return data

    def _date(self, pointer: str, text: str) -> date:
        try:
            return parse_date(text)
        except ValueError as error:
            raise self._error(pointer, f"expires is {error}") from None

    def _error(self, pointer: str, problem: str) -> FileError:
        return FileError(self._file.path, problem, self._file.line(pointer))


def parse_date(text: str) -> date:
    """Parse a date: ``2027-03-31``.

    Raises:
        ValueError: the text is no date; the message completes "expires is …".
    """
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        raise ValueError(f"{text!r}: expected a day as YYYY-MM-DD, for example 2027-03-31")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text!r}, a day that no calendar has: expected YYYY-MM-DD") from None
