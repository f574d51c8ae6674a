"""The database as a file of SQLite, or in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from contract_kit.emulator.database import Database, DatabaseBusyError, DatabaseOwner, Value
from contract_kit.errors import FileError

_CACHE_KIB = 16_384
_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_WAIT_MILLISECONDS = 5000
_STATEMENTS = 256  # prepared statements to keep: a page with many ranges takes longer to prepare than to run


class SqliteDatabase(Database):
    """One connection to one file (``:memory:`` is none); raises FileError for one that cannot be used."""

    error = sqlite3.Error

    def __init__(self, path: Path, owner: DatabaseOwner) -> None:
        super().__init__()
        self._path = path
        self._owner = owner
        if str(path) != ":memory:":
            # It holds secrets. What SQLite puts beside it gets the same permissions.
            with suppress(OSError):  # it is there, or SQLite says why it cannot be
                path.touch(0o600, exist_ok=False)
        try:
            # Another thread may serve than the one that opens the file; `_turn` lets one call at a time.
            self._connection = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, cached_statements=_STATEMENTS
            )
        except sqlite3.Error as error:
            raise self._unusable(error) from None
        try:
            self.version()
            # A crash of the machine may lose the last transactions, a crash of the process loses none.
            self.execute("PRAGMA synchronous = NORMAL")
            self.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        except sqlite3.Error as error:
            self.close()
            raise self._unusable(error) from None
        except BaseException:
            self.close()
            raise

    def execute(self, statement: str, values: Mapping[str, Value] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with self._turn:
            return self._connection.execute(statement, values or {}).fetchall()

    def execute_many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row."""
        with self._turn:
            self._connection.executemany(statement, rows)

    def version(self) -> int | None:
        """Return what was noted by ``set_version``."""
        tables = self.execute("SELECT count(*) FROM sqlite_schema")[0][0]
        if not tables:
            return None
        if self.execute("PRAGMA application_id")[0][0] != self._owner.number:
            raise self.refusal("is a database of another program")
        version: int = self.execute("PRAGMA user_version")[0][0]
        return version

    def configure_once(self) -> None:
        """Choose settings for many readers and one writer."""
        self.execute("PRAGMA page_size = 8192")
        self.execute("PRAGMA journal_mode = WAL")

    def set_version(self, version: int) -> None:
        """Note the version of our schema."""
        self.execute(f"PRAGMA application_id = {self._owner.number}")
        self.execute(f"PRAGMA user_version = {version}")

    def refusal(self, problem: str) -> FileError:
        """Return an error that names this database."""
        return FileError(self._path, f"{problem}; name a new file for the emulator")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Raise DatabaseBusyError inside where another process is writing."""
        with self._turn:
            self._connection.execute("PRAGMA busy_timeout = 0")
            try:
                yield
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF in _BUSY:
                    raise DatabaseBusyError from None
                raise
            finally:
                self._connection.execute(f"PRAGMA busy_timeout = {_WAIT_MILLISECONDS}")

    def _begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")

    def _end(self, command: str) -> None:
        # SQLite rolls back by itself when the disk is full; then there is nothing left to end.
        if self._connection.in_transaction:
            self._connection.execute(command)

    def _unusable(self, error: sqlite3.Error) -> FileError:
        return FileError(
            self._path, f"cannot be used as the emulator's database ({error}); name a new file in a writable folder"
        )
