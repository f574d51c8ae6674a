"""Every fault changes the answer that it names, and nothing is planted when none is asked for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from video_log_analyzer.emulator import faults
from video_log_analyzer.errors import UsageError

if TYPE_CHECKING:
    import httpx

    from tests.emulator.conftest import Emulator

ROOMS = "/v1/Video/Rooms"
ALL = "CreatedAfter=0000-01-01T00:00:00Z"
VOLATILE = ("date", "content-length", "twilio-request-id", "twilio-request-duration")


def second_page(emulator: Emulator) -> httpx.Response:
    return emulator.get(emulator.document(f"{ROOMS}?{ALL}&PageSize=10")["meta"]["next_page_url"])


PROBES: dict[str, Callable[[Emulator, Any], httpx.Response]] = {
    "rooms": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&PageSize=20"),
    "last page": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&PageSize=1000"),
    "second page": lambda emulator, _: second_page(emulator),
    "filtered page": lambda emulator, _: emulator.get(f"{ROOMS}?RoomType=go&PageSize=1"),
    "default window": lambda emulator, _: emulator.get(f"{ROOMS}?PageSize=1000"),
    "room": lambda emulator, room: emulator.get(f"{ROOMS}/{room['room_sid']}"),
    "participants": lambda emulator, room: emulator.get(f"{ROOMS}/{room['room_sid']}/Participants"),
    "participant": lambda emulator, room: emulator.get(f"{ROOMS}/{room['room_sid']}/Participants/{room['guest']}"),
    "RoomType": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&RoomType=go&PageSize=1000"),
    "Codec": lambda emulator, _: emulator.get(f"{ROOMS}?{ALL}&Codec=VP8&Codec=H264&PageSize=1000"),
    "RoomName": lambda emulator, room: emulator.get(ROOMS, CreatedAfter="0000-01-01T00:00:00Z", RoomName="inter"),
    "CreatedAfter": lambda emulator, room: emulator.get(ROOMS, CreatedAfter=room["create_time"], PageSize=1000),
    "CreatedBefore": lambda emulator, room: emulator.get(ROOMS, CreatedBefore=room["create_time"], PageSize=1000),
    "PageSize 1001": lambda emulator, _: emulator.get(f"{ROOMS}?PageSize=1001"),
    "bad date": lambda emulator, _: emulator.get(f"{ROOMS}?CreatedAfter=yesterday"),
    "bad token": lambda emulator, _: emulator.get(f"{ROOMS}?PageToken=PTx"),
    "404": lambda emulator, _: emulator.get(f"{ROOMS}/RM0"),
    "405": lambda emulator, _: emulator.client.post(ROOMS),
    "401": lambda emulator, _: emulator.stranger.get(ROOMS),
    "wrong secret": lambda emulator, _: emulator.stranger.get(ROOMS, auth=(emulator.accounts[0].sid, "wrong")),
}
NAMED = {
    "bad-date": ["rooms", "room"],
    "bad-date-accepted": ["bad date"],
    "bad-page-token-accepted": ["bad token"],
    "boolean-as-string": ["rooms", "room"],
    "codec-half-applied": ["Codec"],
    "completed-without-end": ["rooms", "room"],
    "created-after-exclusive": ["CreatedAfter"],
    "created-before-inclusive": ["CreatedBefore"],
    "duration-off": ["rooms", "room"],
    "end-before-start": ["rooms", "room"],
    "extra-meta-key": ["rooms", "participants"],
    "extra-room-key": ["rooms", "room"],
    "foreign-origin": ["rooms", "room"],
    "fraction-in-date": ["rooms", "room"],
    "fractional-duration": ["participants", "participant"],
    "html-errors": ["404", "401", "405", "bad date"],
    "hyphenated-room-status": ["rooms"],
    "integer-as-string": ["rooms", "room"],
    "internal-participant-region": ["participants", "participant"],
    "internal-room-region": ["rooms", "room"],
    "list-as-object": ["rooms", "room"],
    "list-as-string": ["rooms", "room"],
    "list-differs-from-detail": ["rooms"],
    "malformed-participant-sid": ["participants", "participant"],
    "malformed-room-sid": ["rooms", "room"],
    "missing-meta-key": ["rooms", "participants"],
    "missing-participant-key": ["participants", "participant"],
    "missing-room-key": ["rooms", "room"],
    "next-page-loops": ["rooms", "second page"],
    "no-allow": ["405"],
    "no-challenge": ["401"],
    "no-cors": ["rooms", "room", "participants", "participant", "404"],
    "no-default-window": ["default window"],
    "no-last-page": ["last page", "participants"],
    "null-page": ["rooms", "participants"],
    "object-as-string": ["participants", "participant"],
    "offset-in-date": ["participants", "participant"],
    "other-account-leaked": ["rooms", "default window"],
    "other-rooms-participants": ["participants"],
    "page-repeats-row": ["second page"],
    "page-size-as-string": ["rooms", "participants"],
    "page-size-clamped": ["PageSize 1001"],
    "page-size-ignored": ["rooms"],
    "page-skips-row": ["second page"],
    "pages-end-early": ["second page"],
    "participants-fail": ["participants"],
    "post-accepted": ["405"],
    "relative-url": ["rooms", "room"],
    "renamed-property": ["participants", "participant"],
    "renamed-room-key": ["rooms", "room"],
    "room-name-prefix": ["RoomName"],
    "room-type-ignored": ["RoomType"],
    "status-203": ["rooms", "room", "participants", "participant"],
    "status-418": ["404"],
    "string-as-integer": ["rooms", "room"],
    "total-off": ["rooms", "room"],
    "unknown-created-method": ["rooms", "room"],
    "unknown-participant-codec": ["participants", "participant"],
    "unknown-participant-end-reason": ["participants", "participant"],
    "unknown-participant-status": ["participants", "participant"],
    "unknown-processing-state": ["rooms", "room"],
    "unknown-room-codec": ["rooms", "room"],
    "unknown-room-edge": ["rooms", "room"],
    "unknown-room-end-reason": ["rooms", "room"],
    "unknown-room-region": ["rooms", "room"],
    "unknown-room-status": ["rooms", "room"],
    "unknown-room-type": ["rooms", "room"],
    "withdrawn-callback-method": ["rooms", "room"],
    "wrong-content-type": ["rooms", "room", "participants", "participant"],
    "wrong-error-shape": ["404", "401", "405", "bad date"],
    "wrong-first-page-url": ["filtered page"],
    "wrong-key": ["rooms", "participants"],
    "wrong-order": ["rooms"],
    "wrong-page": ["rooms", "participants"],
    "wrong-secret-accepted": ["wrong secret"],
}


@contextmanager
def planted(emulator: Emulator, fault: faults.Fault) -> Iterator[None]:
    app = emulator.app
    sound = app.authenticate, app.select, app.respond
    fault.plant(app)
    try:
        yield
    finally:
        app.authenticate, app.select, app.respond = sound


def observe(emulator: Emulator, room: Any, probes: list[str]) -> dict[str, tuple[object, ...]]:
    """What a client sees, less what differs between any two answers."""
    seen: dict[str, tuple[object, ...]] = {}
    for probe in probes:
        response = PROBES[probe](emulator, room)
        headers = {name: value for name, value in response.headers.items() if name not in VOLATILE}
        seen[probe] = response.status_code, headers, response.text
        if response.headers["content-type"] == "application/json":
            json.loads(response.text)
    return seen


@pytest.fixture(scope="module")
def room(emulator: Emulator) -> Any:
    room = next(one for one in emulator.rooms(**dict([ALL.split("=")])) if one["unique_participants"] > 3)
    guest = emulator.document(room["links"]["participants"])["participants"][0]
    return room | {"guest": guest["participant_sid"]}


def test_each_fault_has_its_place_in_this_file() -> None:
    assert set(NAMED) == set(faults.REGISTRY)
    assert sum(fault.kind == "contract" for fault in faults.REGISTRY.values()) >= 30
    assert all(fault.imitates for fault in faults.REGISTRY.values())


@pytest.mark.parametrize("name", sorted(faults.REGISTRY))
def test_a_fault_changes_what_it_names(emulator: Emulator, room: Any, name: str) -> None:
    before = observe(emulator, room, NAMED[name])
    assert observe(emulator, room, NAMED[name]) == before
    with planted(emulator, faults.REGISTRY[name]):
        during = observe(emulator, room, NAMED[name])
    for probe in NAMED[name]:
        assert during[probe] != before[probe], probe
        assert during[probe][0] != 500 or name == "participants-fail"
    assert observe(emulator, room, NAMED[name]) == before


def test_faults_of_the_settings_are_planted_together(start: Callable[..., Emulator]) -> None:
    emulator = start(rooms=3, faults=("null-page", "extra-room-key"))
    document = emulator.document()
    assert document["meta"]["page"] is None
    assert document["rooms"][0]["large_room"] is False


def test_an_unknown_fault_is_refused_with_names_that_are_near() -> None:
    with pytest.raises(UsageError, match="fault 'page-skip-row': unknown; did you mean page-skips-row"):
        faults.find(["page-skip-row"])
