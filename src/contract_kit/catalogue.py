"""A collection of named faults: look them up, and show them as a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Generic, Protocol, TypeVar

from contract_kit.errors import UsageError
from contract_kit.near_miss import did_you_mean


class Described(Protocol):
    """What a catalogue holds."""

    @property
    def name(self) -> str:
        """The name, which is unique: ``page-cut``."""

    @property
    def kind(self) -> str:
        """What a check must make of it: ``contract``."""

    @property
    def family(self) -> str:
        """What it belongs to: ``paging``."""

    @property
    def imitates(self) -> str:
        """What happens in the world, in one line."""


Entry = TypeVar("Entry", bound=Described)


class Catalogue(Generic[Entry]):
    """Faults by name, in the order given. Raises ValueError if two have the same name."""

    # What one is called in messages, and what names all of them.
    what = "fault"
    all_names = "--list-faults names all of them"

    def __init__(self, families: Iterable[Iterable[Entry]]) -> None:
        self._entries: dict[str, Entry] = {}
        for family in families:
            for entry in family:
                if entry.name in self._entries:
                    raise ValueError(f"two faults are named {entry.name!r}")
                self._entries[entry.name] = entry

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries.values())

    def __len__(self) -> int:
        return len(self._entries)

    def find(self, names: Iterable[str]) -> list[Entry]:
        """Return the faults of these names; raises UsageError for an unknown one."""
        found = []
        for name in names:
            if name not in self._entries:
                raise UsageError(f"{self.what} {name!r}: unknown{did_you_mean(name, self._entries)}; {self.all_names}")
            found.append(self._entries[name])
        return found

    def table(self) -> str:
        """Return all faults as text: one line each with name and what it imitates, under their kind and family."""
        width = max(map(len, self._entries), default=0)
        groups: dict[str, list[str]] = {}
        for entry in self:
            heading = entry.kind if entry.kind == entry.family else f"{entry.kind}: {entry.family}"
            groups.setdefault(heading, []).append(f"  {entry.name:{width}}  {entry.imitates}")
        return "\n\n".join("\n".join([heading, *lines]) for heading, lines in groups.items())
