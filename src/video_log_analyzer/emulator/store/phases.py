"""The phases of a room as the emulator's time passes: it completes, leaves the default window, and is gone.

A phase is ``IN_PROGRESS``, ``RECENT`` (completed in the last 24 hours), ``OLDER`` (or with an end in the future) or
``GONE``. It follows from ``ended`` and the time alone, so that rooms come back when the clock is set back. It is a
column so that each list is a range of an index. ``sweep`` updates the phases and carries out the plans of rooms. That
is necessary only at a few known moments. The next one is ``clock.due``, and each request reads that one row.
"""

from __future__ import annotations

from dataclasses import replace

from contract_kit.emulator.clock import ClockReading, system_now
from contract_kit.emulator.database import Database, DatabaseBusyError, Value
from video_log_analyzer.emulator import lifecycle
from video_log_analyzer.emulator.lifecycle import RoomPlan
from video_log_analyzer.emulator.records import Participant, Room

RETENTION = 7 * 86_400
DEFAULT_WINDOW = 86_400

IN_PROGRESS, RECENT, OLDER, GONE = range(4)
PHASE = (
    "CASE WHEN ended IS NULL THEN 0 WHEN ended > :now THEN 2 WHEN ended > :window THEN 1 WHEN ended > :alive THEN 2 "
    "ELSE 3 END"
)
NEVER = 10**15
_AGES = (0, DEFAULT_WINDOW, RETENTION)  # seconds since a room's end at which a phase begins


def thresholds(now: int) -> dict[str, Value]:
    """Return the values of ``PHASE``: a room that ended at one of these moments or before has changed its phase."""
    return {"now": now, "window": now - DEFAULT_WINDOW, "alive": now - RETENTION}


def phase(ended: int | None, now: int) -> int:
    """Return the phase of a room, as ``PHASE`` does."""
    if ended is None:
        return IN_PROGRESS
    if now - DEFAULT_WINDOW < ended <= now:
        return RECENT
    return OLDER if ended > now - RETENTION else GONE


def clock_state(database: Database) -> ClockReading:
    """Return the clock without a sweep."""
    frozen, shift, at = database.execute("SELECT frozen, shift, at FROM clock")[0]
    return ClockReading(at if frozen else system_now() + shift, bool(frozen))


def now(database: Database) -> int:
    """Return the time, after a sweep if anything is due by then."""
    frozen, shift, at, swept, due = database.execute("SELECT frozen, shift, at, swept, due FROM clock")[0]
    time: int = at if frozen else system_now() + shift
    if swept <= time < due:
        return time
    if database.writes_elsewhere:
        # Time stands still just before the due moment until a sweep can write.
        return min(time, int(due) - 1)
    try:
        with database.at_once(), database.transaction():
            return sweep(database)
    except DatabaseBusyError:
        return min(time, int(due) - 1)


def sweep(database: Database) -> int:
    """Carry out everything that is due by now, and return that time. Call it inside a transaction."""
    # Writing before reading takes the lock: one of several processes does the work, and the others find it done.
    database.execute("UPDATE clock SET swept = swept")
    frozen, shift, at, swept, due = database.execute("SELECT frozen, shift, at, swept, due FROM clock")[0]
    time: int = at if frozen else system_now() + shift
    if swept <= time < due:
        return time
    _carry_out_plans(database, time)
    # A phase changes where a threshold has passed the end of the room, forward or backward.
    for age in _AGES:
        low, high = sorted((swept - age, time - age))
        database.execute(
            f"UPDATE room SET phase = {PHASE} WHERE account IN (SELECT id FROM account) "
            f"AND ended > :low AND ended <= :high AND phase <> {PHASE}",
            {**thresholds(time), "low": low, "high": high},
        )
    database.execute("UPDATE clock SET swept = :now, due = :due", {"now": time, "due": _next_due(database, time)})
    return time


def wake(database: Database, now: int, due: int) -> None:
    """Let the next sweep happen by ``due``. Call it inside a transaction, after a ``sweep`` that returned ``now``."""
    database.execute(
        "UPDATE clock SET swept = :now, due = CASE WHEN due > :due THEN :due ELSE due END", {"now": now, "due": due}
    )


def next_change(ended: int | None, now: int) -> int:
    """Return when a room's phase changes next."""
    if ended is None:
        return NEVER
    return next((ended + age for age in _AGES if ended + age > now), NEVER)


def _next_due(database: Database, now: int) -> int:
    due: int = database.execute("SELECT min(due) FROM plan WHERE account IN (SELECT id FROM account)")[0][0] or NEVER
    for age in _AGES:
        ended: int | None = database.execute(
            "SELECT min(ended) FROM (SELECT "
            "(SELECT min(ended) FROM room WHERE account = account.id AND ended > :after) AS ended "
            "FROM account) AS next",
            {"after": now - age},
        )[0][0]
        if ended is not None:
            due = min(due, ended + age)
    return due


def _carry_out_plans(database: Database, now: int) -> None:
    while True:
        due = database.execute(
            "SELECT account, room, due, completes, end_reason, processed_after, final_state FROM plan "
            "WHERE account IN (SELECT id FROM account) AND due <= :now ORDER BY due LIMIT 1000",
            {"now": now},
        )
        if not due:
            return
        for account, room_sid, moment, completes, end_reason, processed_after, final_state in due:
            remove_plan(database, account, room_sid)
            room = _room(database, account, room_sid)
            if room is None:
                continue
            if not completes:
                _write_room(database, account, replace(room, processing_state=final_state), now)
            elif room.end_time is None:
                complete(database, account, room, RoomPlan(moment, end_reason, processed_after, final_state), now)


def complete(database: Database, account: int, room: Room, plan: RoomPlan, now: int) -> Room:
    """End a room at ``plan.complete_at``, plan the end of its processing, and return it as it is then."""
    assert plan.complete_at is not None
    participants = [
        Participant.from_body(bytes(body))
        for (body,) in database.execute(
            "SELECT body FROM participant WHERE account = :account AND room = :room",
            {"account": account, "room": room.room_sid},
        )
    ]
    ended, after = lifecycle.completed(room, participants, plan.complete_at, plan)
    for before, one in zip(participants, after, strict=True):
        if one is before:
            continue
        database.execute(
            "UPDATE participant SET body = :body WHERE account = :account AND room = :room AND sid = :sid",
            {"account": account, "room": room.room_sid, "sid": one.participant_sid, "body": one.body()},
        )
    _write_room(database, account, ended, now)
    if plan.processed_after:
        put_plan(database, account, ended, plan)
    return ended


def put_plan(database: Database, account: int, room: Room, plan: RoomPlan) -> int | None:
    """Put a plan for a room that has none, and return when it is due, None where nothing is to happen.

    A room that has ended is only processed.
    """
    due = plan.complete_at if room.end_time is None else room.end_time + plan.processed_after
    if due is not None:
        database.execute(
            "INSERT INTO plan VALUES (:account, :room, :due, :completes, :end_reason, :processed_after, :state)",
            {
                "account": account,
                "room": room.room_sid,
                "due": due,
                "completes": int(room.end_time is None),
                "end_reason": plan.end_reason,
                "processed_after": plan.processed_after,
                "state": plan.final_state,
            },
        )
    return due


def remove_plan(database: Database, account: int, room_sid: str) -> None:
    """Delete the plan of a room."""
    database.execute(
        "DELETE FROM plan WHERE account = :account AND room = :room", {"account": account, "room": room_sid}
    )


def _room(database: Database, account: int, room_sid: str) -> Room | None:
    found = database.execute(
        "SELECT body FROM room WHERE account = :account AND sid = :room", {"account": account, "room": room_sid}
    )
    return Room.from_body(bytes(found[0][0])) if found else None


def _write_room(database: Database, account: int, room: Room, now: int) -> None:
    # A sweep updates only rooms whose end time has just passed; this room's end is new, so its phase is set here.
    database.execute(
        "UPDATE room SET body = :body, ended = :ended, phase = :phase WHERE account = :account AND sid = :room",
        {
            "account": account,
            "room": room.room_sid,
            "body": room.body(),
            "ended": room.end_time,
            "phase": phase(room.end_time, now),
        },
    )
