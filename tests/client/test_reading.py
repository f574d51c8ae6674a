"""What the service sends is read, and what it should not have sent is neither lost nor a crash."""

from __future__ import annotations

import copy
import json
import pickle
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from video_log_analyzer_client import Codec, Deviation, MediaRegion, Room, RoomPage, Unset, errors, reading
from video_log_analyzer_client.models import ParticipantProperties

from tests.client.conftest import Service, answer, client_of, page_of


def read(body: object, **settings: Any) -> RoomPage:
    return client_of(Service([answer(body)]), settings).rooms.list()  # type: ignore[arg-type]


def test_unknown_enum_value_is_a_member_that_keeps_it() -> None:
    region = MediaRegion("us9")
    assert isinstance(region, MediaRegion)
    assert region.is_known is False
    assert MediaRegion("us1").is_known is True
    assert region == "us9" == region.value == str(region)
    assert region == MediaRegion("us9")
    assert region != MediaRegion.US1
    assert {region: 1}[MediaRegion("us9")] == 1
    assert pickle.loads(pickle.dumps(region)) == copy.deepcopy(region) == region
    assert not pickle.loads(pickle.dumps(region)).is_known
    assert repr(region) == "<MediaRegion: 'us9', unknown>"
    assert [each.value for each in MediaRegion if not each.is_known] == []
    with pytest.raises(ValueError, match="not a valid"):
        MediaRegion(9)


def test_unknown_values_are_read_written_and_told(room: dict[str, Any]) -> None:
    sent = page_of([room, room | {"media_region": "us9", "codecs": ["VP8", "AV1"]}])
    page = read(sent)
    assert page.rooms[1].codecs == [Codec.VP8, "AV1"]
    assert page.rooms[1].media_region == MediaRegion("us9")
    assert page.to_dict() == json.loads(page.to_json()) == sent
    assert page.raw.unknown_values() == {"/rooms/1/media_region": "us9", "/rooms/1/codecs/1": "AV1"}


def test_extra_and_missing_keys_are_had_on_demand(room: dict[str, Any]) -> None:
    changed = room | {"new": {"a": 1}, "links": {**room["links"], "a/b~": 2}}
    del changed["room_name"]
    page = read(page_of([room, changed]) | {"total": 7})
    assert page.rooms[1].room_name is None
    assert page.raw.extra_keys() == {"/total": 7, "/rooms/1/new": {"a": 1}, "/rooms/1/links/a~1b~0": 2}
    assert page.raw.missing_keys() == ["/rooms/1/room_name"]
    assert json.loads(page.raw.content)["total"] == 7
    assert read(page_of([room])).raw.deviations() == []


def test_row_of_a_page_keeps_no_body_but_a_fetched_one_does(room: dict[str, Any]) -> None:
    page = read(page_of([room]))
    with pytest.raises(errors.NoRawResponse, match="ask the page"):
        _ = page.rooms[0].raw
    fetched = client_of(Service([answer(room | {"new": 1})])).rooms.fetch(room["room_sid"])
    assert fetched.raw.extra_keys() == {"/new": 1}
    assert fetched == page.rooms[0]
    with pytest.raises(errors.NoRawResponse):
        _ = pickle.loads(pickle.dumps(fetched)).raw


def test_key_that_may_be_absent_is_unset_and_stays_absent() -> None:
    properties = ParticipantProperties.from_dict({"isAdhoc": None})
    assert isinstance(properties.record_on_connect, Unset)
    assert properties.is_adhoc is None
    assert properties.to_dict() == {"isAdhoc": None}


def test_strict_fails_and_a_callback_is_told(room: dict[str, Any]) -> None:
    told: list[Deviation] = []
    sent = page_of([room | {"media_region": "us9", "new": 1}])
    del sent["rooms"][0]["room_name"]
    assert read(sent, on_unknown=told.append).rooms[0].media_region == "us9"
    assert {(each.kind, each.pointer) for each in told} == {
        ("unknown value", "/rooms/0/media_region"),
        ("extra key", "/rooms/0/new"),
        ("missing key", "/rooms/0/room_name"),
    }
    with pytest.raises(errors.UnknownContent) as caught:
        read(sent, strict=True)
    assert caught.value.operation == "list_rooms"
    assert caught.value.pointer == "/rooms/0/media_region"
    assert caught.value.found == "a string: 'us9'"
    assert read(page_of([room]), strict=True, on_unknown=pytest.fail).rooms


@pytest.mark.parametrize(
    ("change", "pointer", "expected", "found"),
    [
        ({"duration_sec": "12"}, "/rooms/1/duration_sec", "int or null", "a string: '12'"),
        ({"duration_sec": 1.5}, "/rooms/1/duration_sec", "int or null", "a number: 1.5"),
        ({"duration_sec": True}, "/rooms/1/duration_sec", "int or null", "true"),
        ({"recording_enabled": 1}, "/rooms/1/recording_enabled", "bool or null", "a number: 1"),
        ({"room_sid": None}, "/rooms/1/room_sid", "str", "null"),
        ({"media_region": 5}, "/rooms/1/media_region", "str or null", "a number: 5"),
        ({"codecs": ["VP8", None]}, "/rooms/1/codecs/1", "str", "null"),
        ({"codecs": {}}, "/rooms/1/codecs", "array or null", "an object"),
        ({"links": []}, "/rooms/1/links", "object or null", "an array"),
        ({"links": {}}, "/rooms/1/links/participants", "a value", "nothing: the key is missing"),
        ({"create_time": "2026-12-31T23:59:60Z"}, "/rooms/1/create_time", "date-time", "'2026-12-31T23:59:60Z'"),
        ({"create_time": "0000-01-01T00:00:00Z"}, "/rooms/1/create_time", "date-time", "'0000-01-01T00:00:00Z'"),
        ({"create_time": "2026-12-31T23:59:59"}, "/rooms/1/create_time", "date-time", "'2026-12-31T23:59:59'"),
        ({"create_time": 1}, "/rooms/1/create_time", "date-time", "a number: 1"),
    ],
)
def test_value_of_a_wrong_type_is_one_error_that_says_where(
    room: dict[str, Any], change: dict[str, Any], pointer: str, expected: str, found: str
) -> None:
    with pytest.raises(errors.UnreadableResponse) as caught:
        read(page_of([room, room | change]))
    error = caught.value
    assert (error.operation, error.status, error.pointer) == ("list_rooms", 200, pointer)
    assert expected in error.expected
    assert found in error.found
    assert json.loads(error.body)["rooms"][0] == room
    assert f"list_rooms: {pointer}: expected {error.expected}, found {error.found}" in str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.parametrize("key", ["room_name", "create_time", "room_type", "codecs", "links", "media_region"])
def test_key_that_may_be_null_may_also_be_missing(room: dict[str, Any], key: str) -> None:
    del room[key]
    page = read(page_of([room]))
    assert getattr(page.rooms[0], key) is None
    assert page.raw.missing_keys() == [f"/rooms/0/{key}"]


@pytest.mark.parametrize("key", ["account_sid", "room_sid", "url"])
def test_key_that_may_not_be_null_may_not_be_missing(room: dict[str, Any], key: str) -> None:
    del room[key]
    with pytest.raises(errors.UnreadableResponse, match=f"/rooms/0/{key}: expected a value, found nothing"):
        read(page_of([room]))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b"", "an empty body"),
        (b"  \n", "an empty body"),
        (b"<html><body>Sorry</body></html>", "HTML or XML of 31 bytes"),
        (b'{"rooms": [', "11 bytes that are none"),
        (b"\xff\xfe", "2 bytes that are none"),
        (b"[" * 100_000, "bytes that are none"),
        (b'{"rooms": [], "meta": NaN}', "bytes that are none"),
        (b"null", "null"),
        (b"[]", "an array"),
        (b'"rooms"', "a string: 'rooms'"),
    ],
)
def test_body_that_is_no_data_is_an_error_that_says_what_it_is(body: bytes, found: str) -> None:
    with pytest.raises(errors.UnreadableResponse) as caught:
        read(body)
    assert found in caught.value.found
    assert caught.value.pointer == ""
    assert caught.value.body == body


def test_extra_keys_that_cannot_be_read_are_a_typed_error_too(room: dict[str, Any]) -> None:
    body = json.dumps(page_of([room])).encode().replace(b'"rooms"', b'"new": "\xff", "rooms"', 1)
    page = read(body)
    assert page.raw.content == body
    with pytest.raises(errors.UnreadableResponse):
        page.raw.extra_keys()


def test_integral_numbers_are_integers_however_they_are_written(room: dict[str, Any]) -> None:
    body = json.dumps(page_of([room | {"duration_sec": "@", "max_participants": "@"}])).encode()
    for text, value in ((b"3.0", 3), (b"1e3", 1000), (b"-0.0", 0), (b"9007199254740993.0", 9007199254740993)):
        found = read(body.replace(b'"@"', text)).rooms[0]
        assert found.duration_sec == found.max_participants == value
        assert type(found.duration_sec) is int
    for text in (b"1e999999999999", b"-1E+99999999999999999999", b"3.0000000000000000000000000000000001"):
        with pytest.raises(errors.UnreadableResponse, match="/rooms/0/max_participants"):
            read(body.replace(b'"@"', text))


def test_an_exponent_costs_no_more_than_its_digits() -> None:
    """An integer of 4300 digits takes a millisecond, and an answer has room for millions of ``1e4299``."""
    found = reading.parse(b"[1e4299, 1e309, 1e300, -1e-4299]", reading.Origin("list_rooms"))
    assert found == [float("inf"), 10**309, 10**300, 0]


def test_instants_are_aware(room: dict[str, Any]) -> None:
    expected = datetime(2026, 11, 20, 20, 8, 56, tzinfo=UTC)
    for text, more in (("2026-11-20T20:08:56Z", 0), ("2026-11-20t22:08:56.123456+02:00", 123456)):
        found = read(page_of([room | {"create_time": text}])).rooms[0].create_time
        assert found == expected + timedelta(microseconds=more)
        assert found is not None
        assert found.utcoffset() is not None


def test_models_cannot_be_changed_but_copied_with_changes(room: dict[str, Any]) -> None:
    found = Room.from_dict(room)
    with pytest.raises(AttributeError):
        found.room_name = "x"  # type: ignore[misc]
    assert msgspec.structs.replace(found, room_name="x").room_name == "x"
    assert pickle.loads(pickle.dumps(found)) == copy.deepcopy(found) == found
    with pytest.raises(errors.UnreadableResponse, match="Room: /room_sid"):
        Room.from_dict(room | {"room_sid": 1})
