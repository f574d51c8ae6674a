"""The tables and their version.

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

from contract_kit.emulator.database import Database, DatabaseOwner

VERSION = 1
OWNER = DatabaseOwner(
    0x564C4131,  # "VLA1"
    "video_log_analyzer",
    plain_indexes=frozenset({"room_by_ended", "participant_by_joined", "plan_by_due"}),
)

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
    "completes INTEGER NOT NULL, end_reason TEXT, processed_after INTEGER NOT NULL, final_state TEXT, "
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
    """Create the tables in an empty database; raises UsageError for one of another version."""
    if _is_ours(database):
        return
    database.configure_once()
    with database.transaction():
        # Another process may have been faster.
        if _is_ours(database):
            return
        for statement in (*_TABLES, *_KEYS):
            database.execute(statement)
        create_indexes(database)
        database.execute("INSERT INTO clock VALUES (0, 0, 0, :now, :now)", {"now": now})
        database.execute("INSERT INTO secret VALUES ('page token key', :key)", {"key": secrets.token_bytes(32)})
        database.set_version(VERSION)


def _is_ours(database: Database) -> bool:
    version = database.version()
    if version not in (None, VERSION):
        raise database.refusal(f"has schema version {version}, this emulator knows only {VERSION}")
    return version is not None


def create_indexes(database: Database) -> None:
    """Create the indexes of records; see ``drop_indexes``."""
    for name, definition in _INDEXES.items():
        database.execute(f"CREATE INDEX {name} ON {definition}")


def drop_indexes(database: Database) -> None:
    """Drop the indexes of records before a large load; creating them again afterwards is much faster."""
    for name in _INDEXES:
        database.execute(f"DROP INDEX {name}")


def digest(name: str | None) -> bytes | None:
    """Return what stands for a room's name in an index."""
    return None if name is None else hashlib.blake2b(name.encode("utf-8", "surrogatepass"), digest_size=16).digest()
