"""The emulator against a model: a state machine adds, changes, completes, expires and lists, on both stores.

The model is the rules in plain Python, written from the sources: it shares nothing with the emulator but the records
that are put in. What comes out is read through the API, without a socket.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from contract_kit.emulator.messages import Request
from tests.emulator import stores
from video_log_analyzer.emulator.accounts import Account
from video_log_analyzer.emulator.app import App
from video_log_analyzer.emulator.lifecycle import RoomPlan
from video_log_analyzer.emulator.records import Participant, Room
from video_log_analyzer.emulator.store import Store

START = 1_795_223_372
HOUR, DAY, WEEK = 3600, 86_400, 7 * 86_400
ACCOUNTS = [Account(f"AC{number:032x}", f"{number:032x}") for number in (1, 2)]
# The steps between the moments that matter, so that rooms often meet a bound exactly.
SPANS = st.sampled_from([0, 1, 2, 600, HOUR, DAY - 1, DAY, DAY + 1, 3 * DAY, WEEK - 1, WEEK, WEEK + 1])
TYPES = ("go", "peer_to_peer", "group", "group_small")
CODECS = ("VP8", "H264", "VP9", "opus")
NAMES = st.sampled_from(["interview", "Interview", "", "Müller & Söhne", None])
SIDS = st.integers(0, 15)

Key = tuple[str, str]


# The model


@dataclass
class Plan:
    complete_at: int | None
    processed_after: int
    final_state: str


@dataclass
class Filters:
    types: frozenset[str] = frozenset()
    codecs: frozenset[str] = frozenset()
    name: str | None = None
    after: int | None = None
    before: int | None = None

    def query(self) -> list[tuple[str, str]]:
        pairs = [("RoomType", one) for one in sorted(self.types)] + [("Codec", one) for one in sorted(self.codecs)]
        pairs += [("RoomName", self.name)] if self.name is not None else []
        pairs += [("CreatedAfter", text(self.after))] if self.after is not None else []
        pairs += [("CreatedBefore", text(self.before))] if self.before is not None else []
        return pairs


@dataclass
class Model:
    """Everything that was put, and what the rules say of it."""

    now: int = START
    rooms: dict[Key, Room] = field(default_factory=dict)
    participants: dict[Key, dict[str, Participant]] = field(default_factory=dict)
    plans: dict[Key, Plan] = field(default_factory=dict)

    def expired(self, room: Room) -> bool:
        return room.end_time is not None and room.end_time <= self.now - WEEK

    def room(self, key: Key) -> Room | None:
        room = self.rooms.get(key)
        return None if room is None or self.expired(room) else room

    def list(self, account: str, filters: Filters, now: int) -> list[str]:
        """The SIDs of a list, from new to old."""
        found = [
            room
            for (owner, _), room in self.rooms.items()
            if owner == account and not self.expired(room) and matches(room, filters, now)
        ]
        order = sorted(found, key=lambda room: (room.create_time is not None, room.create_time, room.room_sid))
        return [room.room_sid for room in reversed(order)]

    def pass_time(self) -> None:
        """Let what is planned happen."""
        for key, plan in list(self.plans.items()):
            room = self.rooms[key]
            if plan.complete_at is not None and plan.complete_at <= self.now and room.end_time is None:
                self._complete(key, plan.complete_at)
                room = self.rooms[key]
            if room.end_time is not None and room.end_time + plan.processed_after <= self.now:
                self.rooms[key] = replace(room, processing_state=plan.final_state)
                del self.plans[key]

    def _complete(self, key: Key, end: int) -> None:
        room = self.rooms[key]
        for sid, one in self.participants.get(key, {}).items():
            if one.join_time is not None and (one.leave_time is None or one.leave_time > end):
                left = max(end, one.join_time)
                self.participants[key][sid] = replace(
                    one, leave_time=left, duration_sec=left - one.join_time, status="completed"
                )
        self.rooms[key] = replace(
            room,
            end_time=end,
            room_status="completed",
            end_reason="timeout",
            processing_state="in_progress",
            duration_sec=None if room.create_time is None else end - room.create_time,
        )


def matches(room: Room, filters: Filters, now: int) -> bool:
    if filters.types and room.room_type not in filters.types:
        return False
    if filters.codecs and not filters.codecs & set(room.codecs or ()):
        return False
    if filters.name is not None and room.room_name != filters.name:
        return False
    if filters.after is None and filters.before is None:
        return room.end_time is not None and now - DAY < room.end_time <= now
    if room.create_time is None:
        return False
    return (filters.after is None or room.create_time >= filters.after) and (
        filters.before is None or room.create_time < filters.before
    )


def text(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def text_or_null(moment: int | None) -> str | None:
    return None if moment is None else text(moment)


@dataclass
class Walk:
    """A list that is read page by page while things change."""

    account: Account
    filters: Filters
    next_url: str | None
    there_at_start: set[str]
    seen: list[str]
    changed: set[str] = field(default_factory=set)


# The machine


@st.composite
def rooms(draw: st.DrawFn, now: int) -> Room:
    created = draw(st.none() | SPANS.map(lambda span: now - span))
    ended = draw(st.none() | SPANS.map(lambda span: now - span) | st.just(now + 5))
    if created is not None and ended is not None:
        ended = max(created, ended)
    account = draw(st.sampled_from(ACCOUNTS)).sid
    return Room(
        account_sid=account,
        room_sid=f"RM{draw(SIDS):032x}",
        room_name=draw(NAMES),
        create_time=created,
        end_time=ended,
        room_type=draw(st.sampled_from([*TYPES, "webinar", None])),
        room_status="in_progress" if ended is None else "completed",
        status_callback=None,
        status_callback_method=None,
        created_method="sdk",
        end_reason=None,
        max_participants=50,
        unique_participants=0,
        unique_participant_identities=0,
        concurrent_participants=0,
        max_concurrent_participants=50,
        codecs=draw(st.none() | st.sets(st.sampled_from(CODECS)).map(lambda some: tuple(sorted(some)))),
        media_region="us1",
        duration_sec=None if created is None or ended is None else ended - created,
        total_participant_duration_sec=0,
        total_recording_duration_sec=0,
        processing_state="not_started",
        recording_enabled=False,
        edge_location="ashburn",
    )


@st.composite
def filters(draw: st.DrawFn, now: int) -> Filters:
    bound = st.none() | SPANS.map(lambda span: now - span)
    some = {"max_size": 2}
    return Filters(
        draw(st.frozensets(st.sampled_from(TYPES), **some)),
        draw(st.frozensets(st.sampled_from(CODECS), **some)),
        draw(st.none() | NAMES),
        draw(bound),
        draw(bound),
    )


class Machine(RuleBasedStateMachine):
    """One store, one model, and the walks that are under way."""

    open_store: Callable[[], Store]

    def __init__(self) -> None:
        super().__init__()
        self.store = type(self).open_store()
        self.model = Model()
        self.walks: list[Walk] = []

    @initialize()
    def begin(self) -> None:
        self.store.reset()
        for account in ACCOUNTS:
            if self.store.account(account.sid) is None:
                self.store.add_account(account)
        self.store.set_clock(START, frozen=True)
        self.app = App(self.store)

    def teardown(self) -> None:
        self.store.close()

    # What happens

    @rule(data=st.data())
    def put_room(self, data: st.DataObject) -> None:
        room = data.draw(rooms(self.model.now))
        key = room.account_sid, room.room_sid
        if key in self.model.rooms:
            self.has_changed(key)
        self.store.put_room(room, None)
        self.model.rooms[key] = room
        self.model.plans.pop(key, None)
        self.model.participants.setdefault(key, {})

    @rule(data=st.data(), count=st.integers(0, 5))
    def load_rooms(self, data: st.DataObject, count: int) -> None:
        new = {
            (room.account_sid, room.room_sid): room
            for room in (data.draw(rooms(self.model.now)) for _ in range(count))
            if (room.account_sid, room.room_sid) not in self.model.rooms
        }
        assert self.store.load(new.values()) == len(new)
        self.model.rooms |= new
        for key in new:
            self.model.participants[key] = {}

    @precondition(lambda self: self.model.rooms)
    @rule(data=st.data())
    def delete_room(self, data: st.DataObject) -> None:
        key = self.some_room(data)
        self.has_changed(key)
        assert self.store.delete_room(*key)
        assert not self.store.delete_room(*key)
        del self.model.rooms[key]
        self.model.participants.pop(key, None)
        self.model.plans.pop(key, None)

    @precondition(lambda self: self.model.rooms)
    @rule(
        data=st.data(),
        complete_after=st.sampled_from([0, 1, HOUR, DAY]),
        processed_after=st.sampled_from([0, 600, DAY]),
        final_state=st.sampled_from(["complete", "timeout"]),
    )
    def schedule_room(self, data: st.DataObject, complete_after: int, processed_after: int, final_state: str) -> None:
        key = self.some_room(data)
        room, complete_at = self.model.room(key), self.model.now + complete_after
        # A clock that was set back may be before the room's beginning: the control API refuses that.
        if room is None or (room.create_time is not None and complete_at < room.create_time):
            return
        self.store.schedule_room(*key, RoomPlan(complete_at, "timeout", processed_after, final_state))
        self.model.plans[key] = Plan(complete_at, processed_after, final_state)
        self.model.pass_time()

    @precondition(lambda self: self.model.rooms)
    @rule(data=st.data(), number=st.integers(0, 5), joined=SPANS, stayed=st.none() | SPANS)
    def put_participant(self, data: st.DataObject, number: int, joined: int, stayed: int | None) -> None:
        key = self.some_room(data)
        if self.model.room(key) is None:
            return
        join_time = self.model.now - joined
        participant = Participant(
            participant_sid=f"PA{number:032x}",
            participant_identity="alice",
            join_time=join_time,
            leave_time=None if stayed is None else join_time + stayed,
            duration_sec=stayed,
            account_sid=key[0],
            room_sid=key[1],
            status="connected" if stayed is None else "completed",
            codecs=("VP8",),
            end_reason=None,
            error_code=None,
            error_code_url=None,
            media_region="us1",
            properties={},
            edge_location="ashburn",
            publisher_info={},
        )
        self.store.put_participant(participant)
        self.model.participants[key][participant.participant_sid] = participant

    @precondition(lambda self: any(self.model.participants.values()))
    @rule(data=st.data())
    def delete_participant(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from([key for key, some in self.model.participants.items() if some]))
        sid = data.draw(st.sampled_from(sorted(self.model.participants[key])))
        assert self.store.delete_participant(*key, sid)
        del self.model.participants[key][sid]

    @rule(span=SPANS)
    def pass_time(self, span: int) -> None:
        self.store.advance_clock(span)
        self.time_is(self.model.now + span)

    @rule(span=SPANS)
    def set_clock_back(self, span: int) -> None:
        self.store.set_clock(self.model.now - span, frozen=True)
        self.time_is(self.model.now - span)

    def time_is(self, now: int) -> None:
        self.model.now = now
        self.model.pass_time()
        assert self.store.now() == now
        for walk in self.walks:
            walk.changed |= {
                sid
                for (account, sid), room in self.model.rooms.items()
                if account == walk.account.sid and self.model.expired(room)
            }

    # What is seen

    @rule(data=st.data(), account=st.sampled_from(ACCOUNTS), page_size=st.sampled_from([1, 2, 3, 50]))
    def list_rooms(self, data: st.DataObject, account: Account, page_size: int) -> None:
        wanted = data.draw(filters(self.model.now))
        expected = self.model.list(account.sid, wanted, self.model.now)
        pages = list(self.pages(account, wanted, page_size))
        assert [room["room_sid"] for page in pages for room in page["rooms"]] == expected
        assert len(pages) == max(1, -(-len(expected) // page_size))
        # The way back from the last page.
        back = [pages[-1]]
        while url := back[-1]["meta"]["previous_page_url"]:
            back.append(self.read(account, url))
        assert [page["rooms"] for page in back[::-1]] == [page["rooms"] for page in pages]

    @rule(data=st.data(), account=st.sampled_from(ACCOUNTS), page_size=st.sampled_from([1, 2, 3]))
    def start_walk(self, data: st.DataObject, account: Account, page_size: int) -> None:
        wanted = data.draw(filters(self.model.now))
        expected = set(self.model.list(account.sid, wanted, self.model.now))
        page = next(self.pages(account, wanted, page_size))
        seen = [room["room_sid"] for room in page["rooms"]]
        self.walks.append(Walk(account, wanted, page["meta"]["next_page_url"], expected, seen))

    @precondition(lambda self: self.walks)
    @rule(data=st.data())
    def go_on_with_walk(self, data: st.DataObject) -> None:
        walk = data.draw(st.sampled_from(self.walks))
        if walk.next_url is not None:
            page = self.read(walk.account, walk.next_url)
            walk.seen += [room["room_sid"] for room in page["rooms"]]
            walk.next_url = page["meta"]["next_page_url"]
        unchanged = [sid for sid in walk.seen if sid not in walk.changed]
        assert len(unchanged) == len(set(unchanged)), "seen twice"
        if walk.next_url is None:
            self.walks.remove(walk)
            assert walk.there_at_start - walk.changed <= set(unchanged), "never seen"

    @precondition(lambda self: self.model.rooms)
    @rule(data=st.data())
    def fetch_room(self, data: st.DataObject) -> None:
        key = self.some_room(data)
        account = next(one for one in ACCOUNTS if one.sid == key[0])
        path = f"/v1/Video/Rooms/{key[1]}"
        room = self.model.room(key)
        if room is None:
            assert self.answer(account, path)[0] == self.answer(account, f"{path}/Participants")[0] == 404
            return
        seen = self.read(account, path)
        assert seen["create_time"] == text_or_null(room.create_time)
        assert seen["end_time"] == text_or_null(room.end_time)
        for name in ("room_name", "room_type", "room_status", "processing_state", "end_reason", "duration_sec"):
            assert seen[name] == getattr(room, name), name
        assert seen["codecs"] == (None if room.codecs is None else list(room.codecs))
        expected = sorted(
            self.model.participants[key].values(), key=lambda one: (one.join_time or 0, one.participant_sid)
        )
        participants = self.read(account, f"{path}/Participants")["participants"]
        assert [one["participant_sid"] for one in participants] == [one.participant_sid for one in expected]
        for one, model in zip(participants, expected, strict=True):
            assert (one["leave_time"], one["duration_sec"]) == (text_or_null(model.leave_time), model.duration_sec)
            assert self.read(account, f"{path}/Participants/{one['participant_sid']}") == one

    @invariant()
    def accounts_see_only_their_own(self) -> None:
        for account, other in (ACCOUNTS, ACCOUNTS[::-1]):
            for _, sid in (key for key in self.model.rooms if key[0] == other.sid):
                if (account.sid, sid) not in self.model.rooms:
                    assert self.answer(account, f"/v1/Video/Rooms/{sid}")[0] == 404

    # Means

    def some_room(self, data: st.DataObject) -> Key:
        return data.draw(st.sampled_from(sorted(self.model.rooms)))

    def has_changed(self, key: Key) -> None:
        for walk in self.walks:
            if walk.account.sid == key[0]:
                walk.changed.add(key[1])

    def answer(self, account: Account, url: str) -> tuple[int, Any]:
        parts = urlsplit(url)
        authorization = base64.b64encode(f"{account.sid}:{account.auth_token}".encode()).decode()
        response = self.app.respond(
            Request(
                "GET",
                parts.path,
                parts.query.encode(),
                {"host": "emulator", "authorization": f"Basic {authorization}"},
                ("127.0.0.1", 80),
            )
        )
        return response.status, json.loads(response.body)

    def read(self, account: Account, url: str) -> Any:
        status, document = self.answer(account, url)
        assert status == 200, document
        return document

    def pages(self, account: Account, wanted: Filters, page_size: int) -> Iterator[Any]:
        url: str | None = f"/v1/Video/Rooms?{urlencode([*wanted.query(), ('PageSize', str(page_size))])}"
        while url is not None:
            page = self.read(account, url)
            yield page
            url = page["meta"]["next_page_url"]


@pytest.mark.parametrize("backend", stores.BACKENDS)
def test_the_store_follows_the_model(backend: str, tmp_path: Path) -> None:
    class MachineOfStore(Machine):
        pass

    with stores.database(backend, tmp_path) as where:
        MachineOfStore.open_store = staticmethod(lambda: Store.open(where))
        run_state_machine_as_test(
            MachineOfStore,
            settings=settings(
                max_examples=30, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
            ),
        )
