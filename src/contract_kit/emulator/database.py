"""What an emulator needs of a database: statements that both SQLite and PostgreSQL understand, and transactions."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

Value = str | int | bytes | None


class DatabaseBusyError(Exception):
    """Another process is writing into the database."""


@dataclass(frozen=True, slots=True)
class DatabaseOwner:
    """The emulator that a database belongs to.

    ``number``, of four bytes, marks its SQLite files and is its advisory lock in PostgreSQL, where its tables are in
    ``schema``. ``plain_indexes`` are indexes on an account that statements without ``INDEXED BY`` use too; see
    ``postgresql``.
    """

    number: int
    schema: str
    plain_indexes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Table:
    """A table that rows are put into: its name, the columns that each row fills, and the columns of its unique key."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def put(self, source: str) -> str:
        """Return the statement that puts the rows of ``source``, replacing those with the same key."""
        changed = ", ".join(f"{each} = excluded.{each}" for each in self.columns if each not in self.key)
        return (
            f"INSERT INTO {self.name} ({', '.join(self.columns)}) {source} "
            f"ON CONFLICT ({', '.join(self.key)}) DO UPDATE SET {changed}"
        )


class Database(ABC):
    """One connection, usable from every thread, one call at a time. Statements name their values as ``:name``."""

    error: type[Exception]  # what the driver raises
    merges_ranges = True  # whether UNION ALL of ranges in list order is merged as far as the page goes, and no further

    writes_elsewhere = False  # whether another connection of this process is writing: whoever writes would wait for it

    def __init__(self) -> None:
        self._turn = threading.RLock()
        self._depth = 0

    @abstractmethod
    def execute(self, statement: str, values: Mapping[str, Value] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement and return all its rows; outside of a transaction it is its own transaction."""

    @abstractmethod
    def execute_many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement, whose values are written ``?``, for each row. Call it inside a transaction."""

    def put(self, table: Table, rows: Sequence[Sequence[Value]]) -> None:
        """Put rows; of several with the same key the last stays. Call it inside a transaction."""
        self.execute_many(table.put(f"VALUES ({', '.join('?' * len(table.columns))})"), rows)

    def rows(self, table: str) -> int:
        """Return the largest id: at least as many rows as the table has, since each new row gets a new id."""
        return self.execute(f"SELECT max(id) FROM {table}")[0][0] or 0

    @abstractmethod
    def version(self) -> int | None:
        """Return the version of our schema in this database, None in an empty one.

        Raises UsageError for a database of another program.
        """

    def configure_once(self) -> None:  # noqa: B027  most have nothing to do
        """Apply one-time settings to a new database."""

    @abstractmethod
    def set_version(self, version: int) -> None:
        """Store the version of our schema. Call it inside a transaction."""

    @abstractmethod
    def refusal(self, problem: str) -> Exception:
        """Return a UsageError that names this database, its ``problem`` and the remedy."""

    @abstractmethod
    def close(self) -> None:
        """Close the connection."""

    @abstractmethod
    def _begin(self) -> None: ...

    @abstractmethod
    def _end(self, command: str) -> None: ...

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Raise DatabaseBusyError inside where another process is writing, instead of waiting for it.

        PostgreSQL lets only those wait who write the same rows.
        """
        yield

    @property
    def in_transaction(self) -> bool:
        """Whether this is inside ``transaction``."""
        return self._depth > 0

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Commit everything that is done inside, or nothing if anything fails. A nested one joins the outer one."""
        with self._turn:
            if self._depth == 0:
                self._begin()
            self._depth += 1
            try:
                yield
            except BaseException:
                self._depth -= 1
                if self._depth == 0:
                    self._end("ROLLBACK")
                raise
            self._depth -= 1
            if self._depth == 0:
                self._end("COMMIT")
