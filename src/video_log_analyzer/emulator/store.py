"""The emulator's state in SQLite, and the rules about what a caller sees of it. Nothing here knows HTTP.

Every index begins with the account, and every page is a range of one index behind or before a cursor: the cost of a
page depends neither on its depth nor on how many rooms there are. A filter by type or codec reads one such range for
each pair of a type and a set of codecs (``codec_mask``) and merges them.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.accounts import Account
from video_log_analyzer.emulator.clock import Clock
from video_log_analyzer.emulator.records import Participant, Room
from video_log_analyzer.emulator.selection import Row, Rows, Selection
from video_log_analyzer.errors import FileError

RETENTION = 7 * 86_400
DEFAULT_WINDOW = 86_400

_APPLICATION_ID = 0x564C4131  # "VLA1": tells our files from other people's
_SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;
CREATE TABLE account (id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, auth_token TEXT NOT NULL) STRICT;
CREATE TABLE room (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, sid TEXT NOT NULL, name TEXT NOT NULL, type TEXT NOT NULL,
    codec_mask INTEGER NOT NULL, created INTEGER NOT NULL, ended INTEGER, body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX room_by_sid ON room (account, sid);
CREATE INDEX room_by_created ON room (account, created, sid);
CREATE INDEX room_by_kind ON room (account, type, codec_mask, created, sid);
CREATE INDEX room_by_name ON room (account, name, created, sid);
CREATE INDEX room_by_ended ON room (account, ended);
CREATE TABLE participant (
    id INTEGER PRIMARY KEY, account TEXT NOT NULL, room TEXT NOT NULL, sid TEXT NOT NULL,
    joined INTEGER NOT NULL, body TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX participant_by_sid ON participant (account, room, sid);
CREATE INDEX participant_by_joined ON participant (account, room, joined, sid);
"""
# The + keeps SQLite from reading the index on `ended` and then sorting: a page is to be a range in list order.
_NOT_EXPIRED = "(+ended IS NULL OR +ended > :expired)"
_IN_DEFAULT_WINDOW = "+ended > :window_start AND +ended <= :window_end"
_ALL_MASKS = range(1 << len(vocabulary.CODEC.current))


class Store:
    """One database of accounts, rooms and participants; ``clock`` decides what has expired."""

    def __init__(self, path: Path, clock: Clock) -> None:
        """Open or create the database; raises FileError for a file that is not ours or cannot be written."""
        self.clock = clock
        try:
            # The thread that serves may be another than the one that opens; there is only ever one.
            self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(path)
            except BaseException:
                self.close()
                raise
        except sqlite3.Error as error:
            raise FileError(
                path, f"cannot be used as the emulator's database ({error}); name a new file in a writable folder"
            ) from None

    def _prepare(self, path: Path) -> None:
        execute = self._database.execute
        application_id, version = (
            execute(f"PRAGMA {name}").fetchone()[0] for name in ("application_id", "user_version")
        )
        tables = execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
        if tables and application_id != _APPLICATION_ID:
            raise FileError(path, "is a database of another program; name a new file for the emulator")
        if tables and version != _SCHEMA_VERSION:
            raise FileError(
                path, f"has schema version {version}, this emulator knows {_SCHEMA_VERSION}; name a new file"
            )
        if not tables:
            execute("PRAGMA page_size = 8192")
        execute("PRAGMA journal_mode = WAL")
        execute("PRAGMA synchronous = NORMAL")
        with self.transaction():
            if not tables:
                for statement in _SCHEMA.split(";\n"):
                    execute(statement)
                execute("INSERT INTO secret VALUES ('page token key', ?)", (secrets.token_bytes(32),))
                execute(f"PRAGMA application_id = {_APPLICATION_ID}")
                execute(f"PRAGMA user_version = {_SCHEMA_VERSION}")

    def close(self) -> None:
        """Close the database; the store is of no use afterwards."""
        self._database.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Make everything that is added inside stay, or, if anything fails, nothing."""
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")

    def add_account(self, account: Account) -> None:
        """Add an account that has no rooms yet."""
        self._database.execute("INSERT INTO account (sid, auth_token) VALUES (?, ?)", (account.sid, account.auth_token))

    def add_room(self, room: Room, participants: Iterable[Participant]) -> None:
        """Add a room with its participants; belongs in a ``transaction``."""
        self._database.execute(
            "INSERT INTO room (account, sid, name, type, codec_mask, created, ended, body) "
            "VALUES (:account, :sid, :name, :type, :codec_mask, :created, :ended, :body)",
            {
                "account": room.account_sid,
                "sid": room.room_sid,
                "name": room.room_name,
                "type": room.room_type,
                "codec_mask": _mask(room.codecs),
                "created": room.create_time,
                "ended": room.end_time,
                "body": room.body(),
            },
        )
        self._database.executemany(
            "INSERT INTO participant (account, room, sid, joined, body) VALUES (?, ?, ?, ?, ?)",
            [(one.account_sid, one.room_sid, one.participant_sid, one.join_time, one.body()) for one in participants],
        )

    def page_token_key(self) -> bytes:
        """Return the key that signs page tokens, the same for the life of the database."""
        key: bytes = self._database.execute("SELECT value FROM secret WHERE name = 'page token key'").fetchone()[0]
        return key

    def accounts(self) -> list[Account]:
        """Return all accounts in the order in which they were added."""
        return [Account(*row) for row in self._database.execute("SELECT sid, auth_token FROM account ORDER BY id")]

    def account(self, sid: str) -> Account | None:
        """Return the account with this SID."""
        row = self._database.execute("SELECT sid, auth_token FROM account WHERE sid = ?", (sid,)).fetchone()
        return None if row is None else Account(*row)

    def room(self, account_sid: str, room_sid: str) -> str | None:
        """Return the body of a room that has not expired."""
        return self._body(
            f"SELECT body FROM room WHERE account = :account AND sid = :room AND {_NOT_EXPIRED}",  # noqa: S608
            {"account": account_sid, "room": room_sid, "expired": self._expired()},
        )

    def participant(self, account_sid: str, room_sid: str, participant_sid: str) -> str | None:
        """Return the body of a participant of a room that has not expired."""
        if self.room(account_sid, room_sid) is None:
            return None
        return self._body(
            "SELECT body FROM participant WHERE account = :account AND room = :room AND sid = :sid",
            {"account": account_sid, "room": room_sid, "sid": participant_sid},
        )

    def select(self, selection: Selection) -> Rows:
        """Return one page of a list."""
        of_rooms = selection.room_sid is None
        table, time = ("room", "created") if of_rooms else ("participant", "joined")
        # The rooms list runs from new to old, the participants list from first to last; backward is the other way.
        falling = of_rooms != selection.backward
        order = f"ORDER BY {time} DESC, sid DESC" if falling else f"ORDER BY {time}, sid"
        values: dict[str, str | int] = {"account": selection.account_sid, "limit": selection.limit + 1}
        ranges, conditions = _ranges_of_rooms(selection, values) if of_rooms else _range_of_room(selection, values)
        if of_rooms:
            values["expired"] = self._expired()
        if selection.cursor is not None:
            values |= {"cursor_time": selection.cursor.time, "cursor_sid": selection.cursor.sid}
            includes_its_row = "=" if selection.cursor.after == selection.backward else ""
            comparison = ("<" if falling else ">") + includes_its_row
            conditions.append(f"({time}, sid) {comparison} (:cursor_time, :cursor_sid)")
        merged = " UNION ALL ".join(
            f"SELECT * FROM (SELECT id, {time}, sid {each} AND {' AND '.join(conditions)} {order} LIMIT :limit)"  # noqa: S608
            for each in ranges
        )
        found = self._database.execute(
            f"SELECT page.{time} AS {time}, page.sid AS sid, body "  # noqa: S608  only our own words are joined
            f"FROM (SELECT * FROM ({merged}) {order} LIMIT :limit) AS page JOIN {table} USING (id) {order}",
            values,
        )
        rows = [Row(*row) for row in found]
        more = len(rows) > selection.limit
        del rows[selection.limit :]
        if selection.backward:
            rows.reverse()
        return Rows(rows, more)

    def _body(self, statement: str, values: dict[str, str | int]) -> str | None:
        row = self._database.execute(statement, values).fetchone()
        return None if row is None else row[0]

    def _expired(self) -> int:
        """A room is gone as soon as it ended at this second or before."""
        return self.clock.now() - RETENTION


def _mask(codecs: Iterable[str]) -> int:
    return sum(1 << vocabulary.CODEC.current.index(codec) for codec in codecs)


def _ranges_of_rooms(selection: Selection, values: dict[str, str | int]) -> tuple[list[str], list[str]]:
    """The ranges of an index that hold the rooms of a selection, and the conditions on the rows in them."""
    filters = selection.filters
    conditions = [_NOT_EXPIRED]
    if filters.default_window:
        values |= {"window_start": selection.now - DEFAULT_WINDOW, "window_end": selection.now}
        conditions.append(_IN_DEFAULT_WINDOW)
    # A cursor meets the bound on its own side already; without that bound SQLite begins at the cursor, not at it.
    if filters.created_after is not None and not (selection.cursor and selection.backward):
        values["after"] = filters.created_after
        conditions.append("created >= :after")
    if filters.created_before is not None and not (selection.cursor and not selection.backward):
        values["before"] = filters.created_before
        conditions.append("created < :before")
    # Types and masks are our own words and numbers, never a caller's text.
    types = [f"'{one}'" for one in filters.room_types or vocabulary.ROOM_TYPE.current]
    wanted = _mask(filters.codecs)
    masks = [str(mask) for mask in _ALL_MASKS if mask & wanted or not wanted]
    if filters.room_name is not None:
        values["name"] = filters.room_name
        conditions += [f"type IN ({', '.join(types)})", f"codec_mask IN ({', '.join(masks)})"]
        return ["FROM room INDEXED BY room_by_name WHERE account = :account AND name = :name"], conditions
    if filters.room_types or filters.codecs:
        start = "FROM room INDEXED BY room_by_kind WHERE account = :account"
        return [f"{start} AND type = {one} AND codec_mask = {mask}" for one in types for mask in masks], conditions
    return ["FROM room INDEXED BY room_by_created WHERE account = :account"], conditions


def _range_of_room(selection: Selection, values: dict[str, str | int]) -> tuple[list[str], list[str]]:
    """The same as ``_ranges_of_rooms`` for the participants of one room."""
    assert selection.room_sid is not None
    values["room"] = selection.room_sid
    return ["FROM participant INDEXED BY participant_by_joined WHERE account = :account"], ["room = :room"]
