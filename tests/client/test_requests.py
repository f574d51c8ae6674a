"""What is sent: times in UTC, and no argument that means something else than its caller thinks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from video_log_analyzer_client import Codec, RoomType, errors

from tests.client.conftest import Service, answer, client_of, page_of

INDIA = timezone(timedelta(hours=5, minutes=30))


def sent(**filters: Any) -> list[tuple[str, str]]:
    service = Service([answer(page_of([]))])
    client_of(service).rooms.list(**filters)
    return service.requests[0].url.params.multi_items()


@pytest.mark.parametrize(
    ("given", "text"),
    [
        (datetime(2026, 11, 20, 20, 8, 56, tzinfo=UTC), "2026-11-20T20:08:56Z"),
        (datetime(2026, 11, 21, 1, 38, 56, tzinfo=INDIA), "2026-11-20T20:08:56Z"),
        # The service knows whole seconds: a room in one of them is after .5 exactly if it is not before the next.
        (datetime(2026, 11, 20, 20, 8, 56, 1, tzinfo=UTC), "2026-11-20T20:08:57Z"),
        (datetime(2026, 12, 31, 23, 59, 59, 999999, tzinfo=UTC), "2027-01-01T00:00:00Z"),
        (datetime(12, 1, 1, tzinfo=UTC), "0012-01-01T00:00:00Z"),
    ],
)
def test_times_are_sent_in_utc(given: datetime, text: str) -> None:
    assert ("CreatedAfter", text) in sent(created_after=given)
    assert ("CreatedBefore", text) in sent(created_before=given)


def test_naive_time_is_refused_and_the_error_says_what_to_do() -> None:
    service = Service([answer(page_of([]))])
    client = client_of(service)
    naive = datetime(2026, 11, 20)  # noqa: DTZ001
    for call in (client.rooms.list, client.rooms.iterate, client.rooms.pages):
        with pytest.raises(errors.InvalidArgument, match=r"created_after .* no time zone: .* datetime\.now\(UTC\)"):
            call(created_after=naive)
    assert service.requests == []


@pytest.mark.parametrize(
    "filters",
    [
        {"created_after": date(2026, 11, 20)},
        {"created_after": datetime.max.replace(tzinfo=timezone(-timedelta(hours=1)))},
        {"created_after": datetime.max.replace(tzinfo=UTC)},
        {"created_after": 1.5},
        {"room_type": {"go": 1}},
        {"room_name": b"x"},
    ],
)
def test_what_cannot_be_sent_is_refused(filters: dict[str, Any]) -> None:
    with pytest.raises(errors.InvalidArgument, match=next(iter(filters))):
        sent(**filters)


def test_members_and_strings_are_sent_alike_and_none_is_left_out() -> None:
    assert sent(room_type=[RoomType.GO, "group_small"], codec=Codec.VP8, room_name="a b", page_size=None) == [
        ("RoomType", "go"),
        ("RoomType", "group_small"),
        ("Codec", "VP8"),
        ("RoomName", "a b"),
    ]
    assert sent(room_type=RoomType("from_tomorrow"), room_name="")[:2] == [
        ("RoomType", "from_tomorrow"),
        ("RoomName", ""),
    ]


class Nanoseconds(datetime):
    """As those of pandas: a datetime that has more digits, and says so in isoformat()."""

    nanosecond = 1

    def isoformat(self, *arguments: Any) -> str:
        return super().isoformat(*arguments) + ".000000001"


class NoTime(datetime):
    """As NaT of pandas: a datetime that equals nothing."""

    def __eq__(self, other: object) -> bool:
        return False

    def __ne__(self, other: object) -> bool:
        return True

    __hash__ = datetime.__hash__

    def utcoffset(self) -> Any:
        raise ValueError("NaTType does not support utcoffset")


def test_kinds_of_datetimes_are_read_by_their_fields() -> None:
    moment = Nanoseconds(2026, 11, 20, 1, 2, 3, tzinfo=UTC)
    assert ("CreatedAfter", "2026-11-20T01:02:04Z") in sent(created_after=moment)
    with pytest.raises(errors.InvalidArgument, match=r"created_after is .*, which is no instant"):
        sent(created_after=NoTime(2026, 11, 20, tzinfo=UTC))


@pytest.mark.parametrize("wrong", ["PT1\n", " PT1", "P\nT1"])
def test_token_with_a_line_end_is_refused(wrong: str) -> None:
    with pytest.raises(errors.InvalidArgument, match="page_token is"):
        sent(page_token=wrong)


@pytest.mark.parametrize("sid", ["RM1\n", "", ".", "..", None, 5])
def test_identifier_that_leads_elsewhere_is_refused(sid: Any) -> None:
    service = Service([answer({})])
    client = client_of(service)
    with pytest.raises(errors.InvalidArgument, match="room_sid"):
        client.rooms.fetch(sid)
    with pytest.raises(errors.InvalidArgument, match="room_sid"):
        client.rooms.participants(sid).list()
    assert service.requests == []


def test_identifier_is_one_step_of_the_path_whatever_is_in_it() -> None:
    service = Service([answer({}, 404)])
    with pytest.raises(errors.NotFound):
        client_of(service).rooms.fetch("a/b?c#d é")
    assert service.requests[0].url.raw_path == b"/v1/Video/Rooms/a%2Fb%3Fc%23d%20%C3%A9"


def test_base_url_may_have_a_path() -> None:
    service = Service([answer(page_of([]))])
    client_of(service, {"base_url": "http://127.0.0.1:8080/insights/"}).rooms.list()
    assert str(service.requests[0].url).startswith("http://127.0.0.1:8080/insights/v1/Video/Rooms?")
    assert service.requests[0].headers["accept"] == "application/json"
    assert service.requests[0].headers["user-agent"].startswith("video-log-analyzer-client/")
