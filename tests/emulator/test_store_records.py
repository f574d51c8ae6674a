"""Put, read, delete, load, dump, reset, accounts, limits, counters: on SQLite and on PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, replace
from pathlib import Path

import pytest

from contract_kit.emulator.limits import RequestLimit
from tests.emulator import stores
from tests.emulator.stores import DAY, NOW, ONE, TWO, participants, room
from video_log_analyzer.emulator.accounts import Account, ApiKey
from video_log_analyzer.emulator.lifecycle import RoomPlan
from video_log_analyzer.emulator.records import NO_TIME, Participant, Room
from video_log_analyzer.emulator.selection import Cursor, Filters, PageSelection
from video_log_analyzer.emulator.store import Store, UnknownAccountError, UnknownRoomError

EVERYTHING = Filters(created_after=-(10**11))


@pytest.fixture(params=stores.BACKENDS)
def where(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with stores.database(request.param, tmp_path) as one:
        yield one


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    opened = Store.open(where)
    opened.set_clock(NOW, frozen=True)
    opened.add_account(ONE)
    opened.add_account(TWO)
    yield opened
    opened.close()


def listed(store: Store, filters: Filters = EVERYTHING, now: int = NOW, *, in_progress: bool = False) -> list[str]:
    selection = PageSelection(ONE.sid, None, filters, now, None, False, 1000, in_progress)
    return [row.sid for row in store.select(selection).rows]


def test_a_room_and_its_participants_come_back_as_they_were_put(store: Store) -> None:
    one = room(1, room_name="会議 \0 \ud800")
    guests = participants(one)
    store.put_room(one, guests)
    assert store.read_room(ONE.sid, one.room_sid) == one
    assert store.read_room(TWO.sid, one.room_sid) is None
    assert sorted(store.read_participants(ONE.sid, one.room_sid), key=str) == sorted(guests, key=str)
    assert store.read_participant(ONE.sid, one.room_sid, guests[0].participant_sid) == guests[0]
    assert listed(store, replace(EVERYTHING, room_name="会議 \0 \ud800")) == [one.room_sid]


def test_everything_but_the_sids_may_be_null(store: Store) -> None:
    sids = {"account_sid": ONE.sid, "room_sid": "RM1", "participant_sid": "PA1"}
    nothing = Room(**{field.name: sids.get(field.name) for field in fields(Room)})  # type: ignore[arg-type]
    nobody = Participant(**{field.name: sids.get(field.name) for field in fields(Participant)})  # type: ignore[arg-type]
    store.put_room(nothing, [nobody])
    assert store.read_room(ONE.sid, "RM1") == nothing
    assert store.read_participants(ONE.sid, "RM1") == [nobody]
    # No start is within no bounds, and comes last.
    assert listed(store) == listed(store, Filters(created_before=NOW)) == []
    store.put_room(room(2, created=NOW - 9, ended=None))
    assert listed(store, Filters(), in_progress=True) == [room(2).room_sid, "RM1"]
    page = store.select(PageSelection(ONE.sid, None, Filters(), NOW, Cursor(NO_TIME, "RM1", False), True, 5, True))
    assert [row.sid for row in page.rows] == [room(2).room_sid]


def test_put_replaces_and_leaves_the_participants_that_are_not_given(store: Store) -> None:
    one = room(1)
    guests = participants(one)
    store.put_room(one, guests)
    store.put_room(replace(one, room_type="from the future", codecs=("AV2",)), None)
    assert len(store.read_participants(ONE.sid, one.room_sid)) == 2
    assert listed(store, replace(EVERYTHING, room_types=("go", "group", "group_small", "peer_to_peer"))) == []
    store.put_room(one, guests[:1])
    assert store.read_participants(ONE.sid, one.room_sid) == guests[:1]
    assert store.delete_participant(ONE.sid, one.room_sid, guests[0].participant_sid)
    assert not store.delete_participant(ONE.sid, one.room_sid, guests[0].participant_sid)
    assert store.delete_room(ONE.sid, one.room_sid)
    assert not store.delete_room(ONE.sid, one.room_sid)


def test_what_belongs_to_nobody_is_refused(store: Store) -> None:
    with pytest.raises(UnknownAccountError):
        store.put_room(replace(room(1), account_sid="AC3"), [])
    with pytest.raises(UnknownRoomError):
        store.put_participant(participants(room(1))[0])
    with pytest.raises(UnknownRoomError):
        store.schedule_room(ONE.sid, "RM1", RoomPlan(NOW))


@pytest.mark.parametrize("sid", ["RM\0", "RM\ud800", "RM 'x", "Räume", ""])
def test_a_sid_that_cannot_be_is_that_of_nothing(store: Store, sid: str) -> None:
    assert store.room(ONE.sid, sid) is store.participant(ONE.sid, sid, sid) is None
    assert store.account_for(sid) is None
    assert store.room(sid, sid) is None
    assert not store.delete_room(ONE.sid, sid)
    assert store.select(PageSelection(ONE.sid, sid, Filters(), NOW, None, False, 5)).rows == []


def test_load_and_dump_are_each_others_inverse_in_any_order(store: Store) -> None:
    rooms = [
        room(number, created=NOW - 10_000 - number, ended=None if number % 5 == 0 else NOW - 9 * number)
        for number in range(60)
    ]
    guests = [one for each in rooms for one in participants(each, 1)]
    assert store.load([*guests, *rooms, rooms[0]]) == 121
    assert {one.room_sid: one for one in store.dump() if isinstance(one, Room)} == {one.room_sid: one for one in rooms}
    dumped = list(store.dump())
    assert len(dumped) == 120
    store.reset()
    assert list(store.dump()) == []
    assert listed(store) == []
    store.load(dumped)
    assert listed(store) == [one.room_sid for one in rooms]
    assert store.account_for(ONE.sid) == (ONE, ONE.auth_token)


def test_a_load_that_fails_leaves_nothing(store: Store) -> None:
    def records() -> Iterator[Room]:
        for number in range(22_500):
            yield room_of(number)
        raise ValueError("line 22501")

    base = room(0)

    def room_of(number: int) -> Room:
        return replace(base, room_sid=f"RM{number:032x}")

    with pytest.raises(ValueError, match="line 22501"):
        store.load(records())
    assert listed(store) == []
    # Large enough for the indexes to be made anew.
    assert store.load(room_of(number) for number in range(22_500)) == 22_500
    assert len(listed(store, Filters())) == 1000


def test_users_are_accounts_and_api_keys(store: Store) -> None:
    store.add_account(Account(ONE.sid, "changed", (ApiKey("SK1", "one"), ApiKey("SK2", "two"))))
    found = store.account_for("SK2")
    assert found is not None
    assert (found[0].sid, found[1]) == (ONE.sid, "two")
    store.add_account(replace(ONE, api_keys=(ApiKey("SK1", "one"),)))
    assert store.account_for("SK2") is None
    assert [one.sid for one in store.accounts()] == [ONE.sid, TWO.sid]


def test_faults_limits_and_counters_are_kept(store: Store, where: str) -> None:
    store.set_faults(["b", "a"])
    store.set_limit(ONE.sid, RequestLimit(2, 10))
    assert [store.take(ONE.sid, NOW + second) for second in (0, 1, 2, 9, 10)] == [None, None, 8, 1, None]
    assert store.take(TWO.sid, NOW) is None
    for _ in range(3):
        store.count("requests")
    key = store.page_token_key()
    store.close()
    again = Store.open(where)
    assert again.faults() == ("b", "a")
    assert again.limits() == {ONE.sid: RequestLimit(2, 10)}
    assert again.counters() == {"requests": 3}
    assert again.page_token_key() == key
    assert again.clock_state().frozen
    assert again.now() == NOW
    again.set_limit(ONE.sid, None)
    assert again.limits() == {}
    again.close()


def test_rooms_leave_the_window_and_are_gone_and_come_back_with_the_clock(store: Store) -> None:
    store.put_room(room(1, ended=NOW - 10), [])
    store.put_room(room(2, ended=None), [])
    seen = []
    for at in (NOW, NOW + DAY - 11, NOW + DAY - 10, NOW + 7 * DAY - 11, NOW + 7 * DAY - 10, NOW, NOW - 11):
        store.set_clock(at, frozen=True)
        seen.append(
            (len(listed(store, Filters(), at)), len(listed(store)), store.room(ONE.sid, room(1).room_sid) is not None)
        )
    assert seen == [(1, 2, True), (1, 2, True), (0, 2, True), (0, 2, True), (0, 1, False), (1, 2, True), (0, 2, True)]


def test_a_plan_ends_a_room_and_processes_it(store: Store) -> None:
    one = room(1, created=NOW - 100, ended=None, total_participant_duration_sec=0, processing_state="not_started")
    store.put_room(one, participants(one))
    store.schedule_room(ONE.sid, one.room_sid, RoomPlan(NOW + 50, processed_after=600, final_state="timeout"))
    store.advance_clock(49)
    assert store.read_room(ONE.sid, one.room_sid) == one
    store.advance_clock(1)
    ended = store.read_room(ONE.sid, one.room_sid)
    assert ended is not None
    assert (ended.end_time, ended.duration_sec, ended.processing_state) == (NOW + 50, 150, "in_progress")
    assert (ended.total_participant_duration_sec, ended.room_status) == (300, "completed")
    assert {guest.leave_time for guest in store.read_participants(ONE.sid, one.room_sid)} == {NOW + 50}
    assert listed(store, Filters(), NOW + 50) == [one.room_sid]
    store.advance_clock(3 * DAY)
    processed = store.read_room(ONE.sid, one.room_sid)
    assert processed == replace(ended, processing_state="timeout")
    assert listed(store, Filters(), NOW + 50 + 3 * DAY) == []


def test_a_walk_with_a_frozen_window_sees_what_left_it_and_not_what_came(store: Store) -> None:
    at_start = [
        room(number, created=NOW - DAY - number, ended=NOW - DAY + 5 * number, room_type="group")
        for number in range(1, 20)
    ]
    going_on = room(99, created=NOW - DAY - 7, ended=None)
    store.load([*at_start, going_on])
    assert len(listed(store, Filters())) == 19
    store.schedule_room(ONE.sid, going_on.room_sid, RoomPlan(NOW + 30))
    for seconds in (50, DAY, -2 * DAY):
        store.advance_clock(seconds)
        assert listed(store, Filters()) == [one.room_sid for one in at_start]
        with_it = listed(store, Filters(), in_progress=True)
        assert sorted(with_it) == sorted([going_on.room_sid, *listed(store, Filters())])
        assert listed(store, Filters(room_types=("group",))) == listed(store, Filters())
