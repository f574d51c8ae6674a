"""The database on a PostgreSQL server, in a schema of its own, through psycopg 3."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from video_log_analyzer.emulator.store.database import Database, Value
from video_log_analyzer.errors import UsageError

_SCHEMA = "video_log_analyzer"
_ONE_AT_A_TIME = 0x564C4131  # the number of the advisory lock under which one process prepares or migrates
# Every page is a range of an index in list order. PostgreSQL has no hint for that, but can be told what not to try: its
# statistics are wrong right after a load, and it would then read and sort everything.
_SETTINGS = {
    "search_path": _SCHEMA,
    "client_min_messages": "warning",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
    "plan_cache_mode": "force_generic_plan",
}
_TYPES = {
    "BLOB": "bytea",
    "INTEGER PRIMARY KEY": "bigserial PRIMARY KEY",
    "INTEGER": "bigint",
    "TEXT": 'text COLLATE "C"',
}


class PostgresqlDatabase(Database):
    """One connection to one database; raises UsageError for one that cannot be used."""

    error = psycopg.Error

    def __init__(self, url: str) -> None:
        super().__init__()
        self._url = url
        try:
            self._connection = self._connect()
            with self.transaction():
                self.execute(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
                self.execute(f"CREATE SCHEMA IF NOT EXISTS {_SCHEMA}")
                self.execute("CREATE TABLE IF NOT EXISTS version (number INTEGER NOT NULL)")
        except psycopg.Error as error:
            raise self.refusal(f"cannot be used as the emulator's database ({_one_line(error)})") from None

    def execute(self, statement: str, values: Mapping[str, Value] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with self._turn:
            if self._connection.closed and not self.in_transaction:
                # The server was started anew: a request may fail for that, but not all that follow.
                self._connection = self._connect()
            cursor = self._connection.execute(_translated(statement), values)
            return cursor.fetchall() if cursor.description else []

    def execute_many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row."""
        with self._turn, self._connection.cursor() as cursor:
            cursor.executemany(_translated(statement), rows)

    def rows(self, table: str) -> int:
        """Return the largest id: no row is put without a new one."""
        return self.execute(f"SELECT max(id) FROM {table}")[0][0] or 0

    def version(self) -> int | None:
        """Return what was noted by ``set_version``."""
        if self.in_transaction:
            # Of several processes that start, one prepares, and the others see it done.
            self.execute(f"SELECT pg_advisory_xact_lock({_ONE_AT_A_TIME})")
        found = self.execute("SELECT number FROM version")
        return found[0][0] if found else None

    def set_version(self, version: int) -> None:
        """Note the version of our schema."""
        self.execute("DELETE FROM version")
        self.execute("INSERT INTO version VALUES (:version)", {"version": version})

    def refusal(self, problem: str) -> UsageError:
        """Return an error that names this database, and not the URL: that may carry a password."""
        try:
            parts = conninfo_to_dict(self._url)
        except psycopg.Error:
            parts = {}
        where = f"{parts.get('host', 'localhost')}/{parts.get('dbname', '')}"
        return UsageError(f"database {where}: {problem}; name another one as postgresql://user:password@host/name")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _begin(self) -> None:
        self.execute("BEGIN")

    def _end(self, command: str) -> None:
        if not self._connection.closed:
            self._connection.execute(command)

    def _connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        connection = psycopg.connect(self._url, autocommit=True, connect_timeout=10)
        for name, value in _SETTINGS.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        return connection


@functools.lru_cache(maxsize=512)
def _translated(statement: str) -> str:
    """The statement in PostgreSQL's words. SQLite's ``INDEXED BY`` has no counterpart but ``_SETTINGS``."""
    statement = re.sub(r" INDEXED BY \w+", "", statement)
    if statement.startswith("CREATE TABLE"):
        statement = re.sub("|".join(_TYPES), lambda match: _TYPES[match[0]], statement)
    statement = statement.replace("?", "%s")
    return re.sub(r":(\w+)", r"%(\1)s", statement)


def _one_line(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
