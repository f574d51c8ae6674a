"""The database on a PostgreSQL server, in a schema of its own, through psycopg 3."""

from __future__ import annotations

import functools
import re
import zlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from contract_kit.emulator.database import Database, DatabaseOwner, Table, Value
from contract_kit.errors import UsageError

# Every page is a few ranges of an index in list order, see `_INDEXED_BY`. These settings keep PostgreSQL from other
# plans: its statistics are wrong right after a load, and by them it would read and sort everything.
_SETTINGS = {
    "client_min_messages": "warning",
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "enable_sort": "off",
    "plan_cache_mode": "force_generic_plan",
}
_WORTH_A_COPY = 200  # rows put at once
# PostgreSQL has no INDEXED BY. Instead, each index of list order begins with an expression of its own in the place of
# the account, and a statement that compares this expression can use no other index.
_INDEXED_BY = re.compile(r" INDEXED BY (\w+) (WHERE .*?)account = :account")
_INDEX_ON_ACCOUNT = re.compile(r"^CREATE INDEX (\w+) ON (\w+) \(account,")
_TYPES = {
    "BLOB": "bytea",
    "INTEGER PRIMARY KEY": "bigserial PRIMARY KEY",
    "INTEGER": "bigint",
    "TEXT": 'text COLLATE "C"',
}


class PostgresqlDatabase(Database):
    """One connection to one database; raises UsageError for one that cannot be used."""

    error = psycopg.Error
    merges_ranges = False  # where one range must be sorted, PostgreSQL sorts all of them

    def __init__(self, url: str, owner: DatabaseOwner) -> None:
        super().__init__()
        self._url = url
        self._owner = owner
        try:
            self._connection = self._connect()
            with self.transaction():
                self.execute(f"SELECT pg_advisory_xact_lock({self._owner.number})")
                self.execute(f"CREATE SCHEMA IF NOT EXISTS {self._owner.schema}")
                self.execute("CREATE TABLE IF NOT EXISTS version (number INTEGER NOT NULL)")
        except psycopg.Error as error:
            raise self.refusal(f"cannot be used as the emulator's database ({_one_line(error)})") from None

    def execute(self, statement: str, values: Mapping[str, Value] | None = None) -> list[tuple[Any, ...]]:
        """Run one statement."""
        with self._turn:
            if self._connection.closed and not self.in_transaction:
                # After a restart of the server one request may fail, but not all that follow.
                self._connection = self._connect()
            cursor = self._connection.execute(_translated(statement, self._owner.plain_indexes), values)
            return cursor.fetchall() if cursor.description else []

    def execute_many(self, statement: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row."""
        with self._turn, self._connection.cursor() as cursor:
            cursor.executemany(_translated(statement, self._owner.plain_indexes), rows)

    def put(self, table: Table, rows: Sequence[Sequence[Value]]) -> None:
        """Put rows; many go through COPY, and through a temporary table if COPY finds that a key exists."""
        if len(rows) < _WORTH_A_COPY:
            super().put(table, rows)
            return
        # One statement may put each key only once; the last row of a key is the one to keep.
        places = [table.columns.index(each) for each in table.key]
        last = {tuple(row[place] for place in places): row for row in rows}
        try:
            with self._turn, self._connection.transaction():  # a savepoint
                self._copy(table.name, table.columns, last.values())
        except psycopg.errors.UniqueViolation:
            loaded, columns = f"loaded_{table.name}", ", ".join(table.columns)
            self.execute(
                f"CREATE TEMPORARY TABLE {loaded} ON COMMIT DROP AS SELECT {columns} FROM {table.name} WITH NO DATA"
            )
            self._copy(loaded, table.columns, last.values())
            self.execute(table.put(f"SELECT {columns} FROM {loaded}"))
            self.execute(f"DROP TABLE {loaded}")

    def _copy(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        names = ", ".join(columns)
        with self._turn, self._connection.cursor() as cursor:
            types = cursor.execute(f"SELECT {names} FROM {table} LIMIT 0").description or ()
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
                copy.set_types([column.type_code for column in types])
                for row in rows:
                    copy.write_row(row)

    def version(self) -> int | None:
        """Return what was noted by ``set_version``."""
        if self.in_transaction:
            # When several processes start, one prepares the database and the others find it ready.
            self.execute(f"SELECT pg_advisory_xact_lock({self._owner.number})")
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
        for name, value in {"search_path": self._owner.schema, **_SETTINGS}.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, value))
        return connection


@functools.lru_cache(maxsize=512)
def _translated(statement: str, plain_indexes: frozenset[str]) -> str:
    """The statement in PostgreSQL's words."""

    def account(index: str, account: str) -> str:
        """The expression that an index begins with."""
        return account if index in plain_indexes else f"{account} + {zlib.crc32(index.encode())}"

    statement = _INDEXED_BY.sub(
        lambda match: f" {match[2]}{account(match[1], 'account')} = {account(match[1], ':account')}", statement
    )
    statement = _INDEX_ON_ACCOUNT.sub(
        lambda match: f"CREATE INDEX {match[1]} ON {match[2]} (({account(match[1], 'account')}),", statement
    )
    if statement.startswith("CREATE TABLE"):
        statement = re.sub("|".join(_TYPES), lambda match: _TYPES[match[0]], statement)
    statement = statement.replace("?", "%s")
    return re.sub(r":(\w+)", r"%(\1)s", statement)


def _one_line(error: psycopg.Error) -> str:
    return " ".join(str(error).split())
