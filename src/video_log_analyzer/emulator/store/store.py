"""Rooms and participants: put, read, delete, in bulk, and as a caller sees them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Self

from contract_kit.emulator.clock import system_now
from contract_kit.emulator.database import Database, Table, Value
from contract_kit.emulator.sqlite import SqliteDatabase
from contract_kit.errors import UsageError
from video_log_analyzer.emulator.lifecycle import RoomPlan
from video_log_analyzer.emulator.records import NO_TIME, Participant, RenderedRoom, Room
from video_log_analyzer.emulator.selection import PageSelection, Rows
from video_log_analyzer.emulator.store import lists, phases, schema
from video_log_analyzer.emulator.store.state import EmulatorState, possible_sid

_MOST_STRAYS = 100
_BATCH = 2_000
_LARGE = 20_000  # records in one load, from which on it is faster to make the indexes anew

_ROOM = Table("room", ("account", "sid", "name", "kind", "phase", "created", "ended", "body"), ("account", "sid"))
_PARTICIPANT = Table("participant", ("account", "room", "sid", "joined", "body"), ("account", "room", "sid"))


class UnknownAccountError(LookupError):
    """A record belongs to an account that the store does not have; ``args[0]`` is its SID."""


class UnknownRoomError(LookupError):
    """There is no such room; ``args[0]`` is its SID."""


class StrayParticipantsError(LookupError):
    """Participants whose rooms are not there; ``args[0]`` are the SIDs of room and participant of up to a hundred."""


class Store(EmulatorState):
    """One database of accounts, rooms and participants; ``open`` makes one."""

    def __init__(self, database: Database, file: Path | None = None) -> None:
        super().__init__(database)
        self._file = file
        self._numbers: dict[str, int] = {}

    @classmethod
    def open(cls, where: Path | str) -> Self:
        """Open or create the database: a file, ``:memory:`` or ``postgresql://user@host/name``.

        Raises UsageError for one that is not ours, is of another version or cannot be written.
        """
        database: Database
        if str(where).startswith(("postgresql://", "postgres://")):
            # Only PostgreSQL needs psycopg.
            try:
                from contract_kit.emulator.postgresql import PostgresqlDatabase
            except ImportError as error:
                raise UsageError(
                    f"database postgresql://…: needs the package psycopg ({error}): install it with "
                    "`pip install 'psycopg[binary]'`, or name a file"
                ) from None
            database = PostgresqlDatabase(str(where), schema.OWNER)
        else:
            database = SqliteDatabase(Path(where), schema.OWNER)
        try:
            schema.prepare(database, system_now())
        except database.error as error:
            database.close()
            raise database.refusal(f"cannot be used as the emulator's database ({error})") from None
        except BaseException:
            database.close()
            raise
        return cls(database, Path(where) if isinstance(database, SqliteDatabase) and str(where) != ":memory:" else None)

    @contextmanager
    def apart(self) -> Iterator[Self]:
        """Open a second store of the same database, in which another thread can write at length while this one is read.

        While it is open this one writes nothing: see ``Database.writes_elsewhere``. Only for SQLite in a file is
        it another one: in memory there is one connection, and PostgreSQL locks the rooms while their indexes are made.
        """
        if self._file is None:
            yield self
            return
        with closing(SqliteDatabase(self._file, schema.OWNER)) as database:
            self._database.writes_elsewhere = True
            try:
                yield type(self)(database)
            finally:
                self._database.writes_elsewhere = False

    # What a caller sees.

    def room(self, account_sid: str, room_sid: str) -> bytes | None:
        """Return the body of a room that is not gone."""
        self.now()
        return self._body(
            "SELECT room.body FROM room JOIN account ON account.id = room.account "
            f"WHERE account.sid = :account AND room.sid = :room AND phase < {phases.GONE}",
            account_sid,
            room_sid,
        )

    def participant(self, account_sid: str, room_sid: str, participant_sid: str) -> bytes | None:
        """Return the body of a participant of a room that is not gone."""
        self.now()
        return self._body(
            "SELECT participant.body FROM participant JOIN account ON account.id = participant.account "
            "JOIN room ON room.account = participant.account AND room.sid = participant.room "
            "WHERE account.sid = :account AND participant.room = :room AND participant.sid = :participant "
            f"AND phase < {phases.GONE}",
            account_sid,
            room_sid,
            participant_sid,
        )

    def select(self, selection: PageSelection) -> Rows:
        """Return one page of a list as of the last call of ``now``, which must come before."""
        number = self._number(selection.account_sid)
        if number is None or (selection.room_sid is not None and not possible_sid(selection.room_sid)):
            return Rows([], more=False)
        found: list[tuple[int, str, bytes]] = []
        texts, values = lists.statements(selection, number, merged=self._database.merges_ranges)
        for text in texts:
            found = self._database.execute(text, values)
            if found:
                break
        more = len(found) > selection.limit
        del found[selection.limit :]
        if selection.backward:
            found.reverse()
        return Rows(found, more)

    # Records.

    def put_room(
        self, room: Room, participants: Iterable[Participant] | None = None, *, keep_plan: bool = False
    ) -> None:
        """Add a room or replace the present one, and delete its plan unless ``keep_plan``.

        ``participants`` replace all present ones; None keeps those. Raises UnknownAccountError.
        """
        with self.transaction():
            number = self._required_number(room.account_sid)
            now = phases.sweep(self._database)
            self._database.put(_ROOM, [self._row_of_room(room, now)])
            if not keep_plan:
                phases.remove_plan(self._database, number, room.room_sid)
            if participants is not None:
                self._database.execute(
                    "DELETE FROM participant WHERE account = :account AND room = :room",
                    {"account": number, "room": room.room_sid},
                )
                self._database.put(_PARTICIPANT, [self._row_of_participant(one) for one in participants])
            phases.wake(self._database, now, phases.next_change(room.end_time, now))

    def read_room(self, account_sid: str, room_sid: str) -> Room | None:
        """Return a room that is not gone."""
        body = self.room(account_sid, room_sid)
        return None if body is None else Room.from_body(body)

    def delete_room(self, account_sid: str, room_sid: str) -> bool:
        """Delete a room, gone or not, with its participants and its plan; return whether there was one."""
        number = self._number(account_sid)
        if number is None or not possible_sid(room_sid):
            return False
        key: dict[str, Value] = {"account": number, "room": room_sid}
        with self.transaction():
            deleted = self._database.execute(
                "DELETE FROM room WHERE account = :account AND sid = :room RETURNING id", key
            )
            for table in ("participant", "plan"):
                self._database.execute(f"DELETE FROM {table} WHERE account = :account AND room = :room", key)
        return bool(deleted)

    def put_participant(self, participant: Participant) -> None:
        """Add a participant to a room, or replace the present one.

        Raises UnknownAccountError or UnknownRoomError.
        """
        with self.transaction():
            row = self._row_of_participant(participant)
            if self.room(participant.account_sid, participant.room_sid) is None:
                raise UnknownRoomError(participant.room_sid)
            self._database.put(_PARTICIPANT, [row])

    def read_participant(self, account_sid: str, room_sid: str, participant_sid: str) -> Participant | None:
        """Return a participant of a room that is not gone."""
        body = self.participant(account_sid, room_sid, participant_sid)
        return None if body is None else Participant.from_body(body)

    def read_participants(self, account_sid: str, room_sid: str) -> list[Participant]:
        """Return all participants of a room that is not gone, in the order in which they joined."""
        if self.room(account_sid, room_sid) is None:
            return []
        found = self._database.execute(
            "SELECT body FROM participant WHERE account = :account AND room = :room ORDER BY joined, sid",
            {"account": self._number(account_sid), "room": room_sid},
        )
        return [Participant.from_body(bytes(body)) for (body,) in found]

    def delete_participant(self, account_sid: str, room_sid: str, participant_sid: str) -> bool:
        """Delete a participant; return whether there was one."""
        number = self._number(account_sid)
        if number is None or not (possible_sid(room_sid) and possible_sid(participant_sid)):
            return False
        deleted = self._database.execute(
            "DELETE FROM participant WHERE account = :account AND room = :room AND sid = :sid RETURNING id",
            {"account": number, "room": room_sid, "sid": participant_sid},
        )
        return bool(deleted)

    def complete_room(self, account_sid: str, room_sid: str, plan: RoomPlan) -> Room:
        """End a room in progress at ``plan.complete_at`` and return it; an earlier plan goes.

        Raises UnknownRoomError.
        """
        with self.transaction():
            now, number, room = self._replanned(account_sid, room_sid)
            ended = phases.complete(self._database, number, room, plan, now)
            assert ended.end_time is not None
            due = min(phases.next_change(ended.end_time, now), ended.end_time + plan.processed_after)
            phases.wake(self._database, now, due)
        return ended

    def schedule_room(self, account_sid: str, room_sid: str, plan: RoomPlan) -> None:
        """Plan what is still to happen to a room, in the place of an earlier plan.

        What has happened stays so if the clock is set back. Raises UnknownRoomError.
        """
        with self.transaction():
            now, number, room = self._replanned(account_sid, room_sid)
            due = phases.put_plan(self._database, number, room, plan)
            if due is not None:
                phases.wake(self._database, now, due)

    def planned_end(self, account_sid: str, room_sid: str) -> int | None:
        """Return when a room in progress is going to end, None where no end is planned."""
        found = self._database.execute(
            "SELECT due FROM plan WHERE account = :account AND room = :room AND completes = 1",
            {"account": self._number(account_sid), "room": room_sid},
        )
        return found[0][0] if found else None

    def _replanned(self, account_sid: str, room_sid: str) -> tuple[int, int, Room]:
        """The time, the account's number and the room, whose plan is gone."""
        now = phases.sweep(self._database)
        room = self.read_room(account_sid, room_sid)
        if room is None:
            raise UnknownRoomError(room_sid)
        number = self._required_number(account_sid)
        phases.remove_plan(self._database, number, room_sid)
        return now, number, room

    # In bulk.

    def load(self, records: Iterable[Room | RenderedRoom | Participant]) -> int:
        """Put all records, given in any order, or none if anything fails; return how many they were.

        Raises UnknownAccountError, StrayParticipantsError, and whatever ``records`` raises.
        """
        for account in self.accounts():
            self._number(account.sid)  # looked up once, not for each record
        count = 0
        rooms: list[Sequence[Value]] = []
        participants: list[Sequence[Value]] = []
        indexes = True
        with self.transaction():
            now = phases.sweep(self._database)
            due = phases.NEVER
            last = self._database.rows("participant")
            for count, record in enumerate(records, 1):
                if isinstance(record, Participant):
                    participants.append(self._row_of_participant(record))
                else:
                    rooms.append(self._row_of_room(record, now))
                    if record.end_time is not None:
                        due = min(due, phases.next_change(record.end_time, now))
                if len(rooms) + len(participants) >= _BATCH:
                    if indexes and count >= _LARGE and count > self._database.rows("room"):
                        schema.drop_indexes(self._database)
                        indexes = False
                    self._put(rooms, participants)
            self._put(rooms, participants)
            self._require_rooms(last)
            if not indexes:
                schema.create_indexes(self._database)
            phases.wake(self._database, now, due)
        return count

    def _require_rooms(self, last: int) -> None:
        """Raise StrayParticipantsError if a participant with a larger id than ``last`` has no room."""
        strays = self._database.execute(
            "SELECT room, sid FROM participant WHERE id > :last AND NOT EXISTS "
            "(SELECT 1 FROM room WHERE room.account = participant.account AND room.sid = participant.room) LIMIT :most",
            {"last": last, "most": _MOST_STRAYS},
        )
        if strays:
            raise StrayParticipantsError(strays)

    def _put(self, rooms: list[Sequence[Value]], participants: list[Sequence[Value]]) -> None:
        self._database.put(_ROOM, rooms)
        self._database.put(_PARTICIPANT, participants)
        rooms.clear()
        participants.clear()

    def dump(self) -> Iterator[Room | Participant]:
        """Yield all rooms, gone or not, and then all participants, as ``load`` takes them.

        They are read piece by piece; records that are put or deleted meanwhile may be included or not.
        """
        for table, record in (("room", Room), ("participant", Participant)):
            last = 0
            while found := self._database.execute(
                f"SELECT id, body FROM {table} WHERE id > :last ORDER BY id LIMIT 500",
                {"last": last},
            ):
                last = found[-1][0]
                for _, body in found:
                    yield record.from_body(bytes(body))

    def reset(self) -> None:
        """Delete all rooms, participants and plans; accounts, clock and everything else stay."""
        with self.transaction():
            for table in ("room", "participant", "plan"):
                self._database.execute(f"DELETE FROM {table}")

    # Rows.

    def _row_of_room(self, room: Room | RenderedRoom, now: int) -> tuple[Value, ...]:
        return (
            self._required_number(room.account_sid),
            room.room_sid,
            schema.digest(room.room_name),
            lists.kind(room.room_type, room.codecs),
            phases.phase(room.end_time, now),
            NO_TIME if room.create_time is None else room.create_time,
            room.end_time,
            room.body(),
        )

    def _row_of_participant(self, one: Participant) -> tuple[Value, ...]:
        return (
            self._required_number(one.account_sid),
            one.room_sid,
            one.participant_sid,
            NO_TIME if one.join_time is None else one.join_time,
            one.body(),
        )

    def _body(self, statement: str, account: str, room: str, participant: str = "") -> bytes | None:
        if not all(map(possible_sid, (account, room, participant))):
            return None
        found = self._database.execute(statement, {"account": account, "room": room, "participant": participant})
        return bytes(found[0][0]) if found else None

    def _number(self, account_sid: str) -> int | None:
        """The number that stands for an account in every row; it never changes, and no account is ever deleted."""
        number = self._numbers.get(account_sid)
        if number is None and possible_sid(account_sid):
            found = self._database.execute("SELECT id FROM account WHERE sid = :sid", {"sid": account_sid})
            if found:
                number = found[0][0]
                # If the transaction fails, an account that it added does not exist.
                if not self._database.in_transaction:
                    self._numbers[account_sid] = number
        return number

    def _required_number(self, account_sid: str) -> int:
        number = self._number(account_sid)
        if number is None:
            raise UnknownAccountError(account_sid)
        return number
