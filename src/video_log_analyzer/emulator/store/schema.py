"""The tables, their version, and how an older database becomes one of this version.

Every index of records begins with the account and ends in list order, so that a page is a range of one index, or of a
few that are merged: what it costs depends neither on its depth nor on how many rooms there are. Three columns of a
room exist for that alone: ``kind`` (type and codecs in one number, see ``lists``), ``phase`` (see ``phases``, as of
``clock.swept``) and ``name``, a digest, since names are compared but never sorted and may be longer than an index
takes. Rooms that are gone are in no index of a list; those that the default window can show have indexes of their own,
because they are no range of the others.
"""

from __future__ import annotations

import hashlib
import secrets

from video_log_analyzer.emulator.store import phases
from video_log_analyzer.emulator.store.database import Database
from video_log_analyzer.emulator.store.sqlite import SqliteDatabase

VERSION = 3

_TABLES = (
    "CREATE TABLE secret (name TEXT PRIMARY KEY, value BLOB NOT NULL)",
    # One row. The clock is `at` if frozen, else `shift` seconds ahead of the system's. The phases of rooms are those
    # of `swept`, and right until `due`.
    "CREATE TABLE clock (frozen INTEGER NOT NULL, shift INTEGER NOT NULL, at INTEGER NOT NULL, swept INTEGER NOT NULL, "
    "due INTEGER NOT NULL)",
    "CREATE TABLE account (id INTEGER PRIMARY KEY, sid TEXT NOT NULL UNIQUE, auth_token TEXT NOT NULL)",
    "CREATE TABLE api_key (sid TEXT PRIMARY KEY, account INTEGER NOT NULL, secret TEXT NOT NULL)",
    "CREATE TABLE fault (place INTEGER NOT NULL, name TEXT NOT NULL)",
    "CREATE TABLE request_limit (account TEXT PRIMARY KEY, requests INTEGER NOT NULL, seconds INTEGER NOT NULL, "
    "concurrent INTEGER)",
    "CREATE TABLE taken (account TEXT PRIMARY KEY, started INTEGER NOT NULL, requests INTEGER NOT NULL)",
    "CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL)",
    "CREATE TABLE room (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, sid TEXT NOT NULL, name BLOB, "
    "kind INTEGER NOT NULL, phase INTEGER NOT NULL, created INTEGER NOT NULL, ended INTEGER, body BLOB NOT NULL)",
    "CREATE TABLE participant (id INTEGER PRIMARY KEY, account INTEGER NOT NULL, room TEXT NOT NULL, "
    "sid TEXT NOT NULL, joined INTEGER NOT NULL, body BLOB NOT NULL)",
    # What is to happen to a room at `due`: it completes, or (`completes` 0) what is known of it is complete.
    "CREATE TABLE plan (account INTEGER NOT NULL, room TEXT NOT NULL, due INTEGER NOT NULL, "
    "completes INTEGER NOT NULL, end_reason TEXT, processed_after INTEGER, final_state TEXT, "
    "PRIMARY KEY (account, room))",
)
_KEYS = (
    "CREATE UNIQUE INDEX room_by_sid ON room (account, sid)",
    "CREATE UNIQUE INDEX participant_by_sid ON participant (account, room, sid)",
    "CREATE INDEX api_key_by_account ON api_key (account)",
    "CREATE INDEX plan_by_due ON plan (account, due)",
)
_INDEXES = {
    "room_by_created": "room (account, created, sid) WHERE phase < 3",
    "room_by_kind": "room (account, kind, created, sid) WHERE phase < 3",
    "room_by_name": "room (account, name, created, sid) WHERE phase < 3",
    "room_by_name_and_kind": "room (account, name, kind, created, sid) WHERE phase < 3",
    "recent_by_created": "room (account, phase, created, sid) WHERE phase <> 2 AND phase <> 3",
    "recent_by_kind": "room (account, phase, kind, created, sid) WHERE phase <> 2 AND phase <> 3",
    "recent_by_name": "room (account, phase, name, created, sid) WHERE phase <> 2 AND phase <> 3",
    "recent_by_name_and_kind": "room (account, phase, name, kind, created, sid) WHERE phase <> 2 AND phase <> 3",
    "room_by_ended": "room (account, ended)",
    "participant_by_joined": "participant (account, room, joined, sid)",
}


def prepare(database: Database, now: int) -> None:
    """Make an empty database ours, and one of an older version one of this; raises UsageError for a newer one."""
    version = database.version()
    if version is not None and version > VERSION:
        raise database.refusal(f"has schema version {version}, this emulator knows {VERSION}")
    database.settle()
    if version == VERSION:
        return
    with database.transaction():
        # Another process may have been faster.
        version = database.version()
        if version == VERSION:
            return
        if version is None:
            _create(database, now)
            create_indexes(database)
            database.execute(
                "INSERT INTO secret VALUES ('page token key', :key)",
                {"key": secrets.token_bytes(32)},
            )
        elif version == 1:
            assert isinstance(database, SqliteDatabase), "version 1 was on SQLite only"
            _from_version_1(database, now)
        elif not isinstance(database, SqliteDatabase):
            # PostgreSQL could take an index of version 2 for another one.
            drop_indexes(database)
            create_indexes(database)
        database.set_version(VERSION)


def create_indexes(database: Database) -> None:
    """Create the indexes of records; see ``drop_indexes``."""
    for name, definition in _INDEXES.items():
        database.execute(f"CREATE INDEX {name} ON {definition}")


def drop_indexes(database: Database) -> None:
    """Drop all indexes that can be made again in one go behind a large load: by far the faster way."""
    for name in _INDEXES:
        database.execute(f"DROP INDEX {name}")


def digest(name: str | None) -> bytes | None:
    """Return what stands for a room's name in an index."""
    return None if name is None else hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _create(database: Database, now: int) -> None:
    for statement in (*_TABLES, *_KEYS):
        database.execute(statement)
    database.execute("INSERT INTO clock VALUES (0, 0, 0, :now, :now)", {"now": now})


def _from_version_1(database: SqliteDatabase, now: int) -> None:
    """Version 1 had the account's SID in each row, type and codecs apart, and no clock, API keys, plans or phases."""
    execute = database.execute
    database.create_function("digest", digest)
    for table in ("secret", "account", "room", "participant"):
        execute(f"ALTER TABLE {table} RENAME TO old_{table}")
    # Indexes keep their names when their table goes by another.
    for name in ("room_by_sid", "room_by_created", "room_by_kind", "room_by_name", "room_by_ended"):
        execute(f"DROP INDEX {name}")
    for name in ("participant_by_sid", "participant_by_joined"):
        execute(f"DROP INDEX {name}")
    _create(database, now)
    execute("INSERT INTO secret SELECT * FROM old_secret")
    execute("INSERT INTO account SELECT * FROM old_account")
    execute(
        "INSERT INTO room SELECT room.id, account.id, room.sid, digest(name), "
        "16 * CASE type WHEN 'go' THEN 0 WHEN 'peer_to_peer' THEN 1 WHEN 'group' THEN 2 ELSE 3 END + codec_mask, "
        f"{phases.PHASE}, created, ended, CAST(body AS BLOB) "
        "FROM old_room AS room JOIN account ON account.sid = room.account",
        phases.thresholds(now),
    )
    execute(
        "INSERT INTO participant SELECT one.id, account.id, room, one.sid, joined, CAST(body AS BLOB) "
        "FROM old_participant AS one JOIN account ON account.sid = one.account"
    )
    for table in ("secret", "account", "room", "participant"):
        execute(f"DROP TABLE old_{table}")
    create_indexes(database)
    # Nothing is due before what `phases` finds when it looks for the first time.
