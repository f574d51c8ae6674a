"""Date-times of RFC 3339, against ``datetime`` where that knows them and by example where it does not."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_kit.emulator import rfc3339

LAST_SECOND = 253_402_300_799


@given(st.datetimes(timezones=st.just(datetime.UTC)), st.integers(-1439, 1439), st.sampled_from("Tt"))
def test_agrees_with_datetime_in_every_zone(moment: datetime.datetime, offset_minutes: int, separator: str) -> None:
    zone = datetime.timezone(datetime.timedelta(minutes=offset_minutes))
    try:
        text = moment.astimezone(zone).isoformat().replace("T", separator)
    except OverflowError:
        return
    epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.UTC)
    # Floor division of the negative rounds up, exactly.
    assert rfc3339.parse(text) == -((epoch - moment) // datetime.timedelta(seconds=1))


@given(st.integers(-62_167_219_200, LAST_SECOND))
def test_reads_what_it_writes(epoch: int) -> None:
    assert rfc3339.parse(rfc3339.render(epoch)) == epoch


@given(st.integers(0, LAST_SECOND), st.text("0123456789", min_size=1, max_size=60))
def test_a_fraction_of_any_length_rounds_up(epoch: int, digits: str) -> None:
    text = rfc3339.render(epoch).replace("Z", f".{digits}Z")
    assert rfc3339.parse(text) == epoch + (1 if digits.strip("0") else 0)


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("2026-11-20T20:08:56Z", "2026-11-20T20:08:56Z"),
        ("2026-11-20t20:08:56z", "2026-11-20T20:08:56Z"),
        ("2026-11-20T20:08:56-00:00", "2026-11-20T20:08:56Z"),
        ("2026-11-20T20:08:56+05:30", "2026-11-20T14:38:56Z"),
        ("2026-11-20T20:08:56.0000000001Z", "2026-11-20T20:08:57Z"),
        ("2026-12-31T23:59:59.5Z", "2027-01-01T00:00:00Z"),
        ("0000-02-29T00:00:00Z", "0000-02-29T00:00:00Z"),
        ("2000-02-29T00:00:00Z", "2000-02-29T00:00:00Z"),
        # Before year 0 and after year 9999 there is nothing to tell apart, and no way to write it.
        ("0000-01-01T00:00:00+23:59", "0000-01-01T00:00:00Z"),
        ("9999-12-31T23:59:59.5Z", "9999-12-31T23:59:59Z"),
        # Leap seconds are at the end of a month in UTC, wherever that is on the local clock.
        ("1990-12-31T23:59:60Z", "1991-01-01T00:00:00Z"),
        ("1990-12-31T15:59:60-08:00", "1991-01-01T00:00:00Z"),
        ("1990-06-30T23:59:60.999Z", "1990-07-01T00:00:00Z"),
    ],
)
def test_accepts(text: str, rendered: str) -> None:
    assert rfc3339.render(rfc3339.parse(text)) == rendered


@pytest.mark.parametrize(
    "text",
    [
        *("", "now", "2026-11-20", "2026-11-20T20:08:56", "2026-11-20 20:08:56Z", "20261120T200856Z", "1795205336"),
        *("2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-11-31T00:00:00Z", "2026-11-00T00:00:00Z"),
        *("2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20T20:60:00Z"),
        *("2026-11-20T20:08:61Z", "2026-11-20T20:08:60Z", "1990-12-30T23:59:60Z", "1990-12-31T23:59:60+01:00"),
        *(
            "2026-11-20T20:08:56+24:00",
            "2026-11-20T20:08:56+01:60",
            "2026-11-20T20:08:56+0100",
            "2026-11-20T20:08:56+1",
        ),
        *("2026-11-20T20:08:56.Z", "2026-11-20T20:08:56,5Z", "2026-11-20T20:08Z", "+2026-11-20T20:08:56Z"),
        *(" 2026-11-20T20:08:56Z", "2026-11-20T20:08:56Z\n", "２０２６-11-20T20:08:56Z", "2026-11-20T20:08:56 01:00"),
    ],
)
def test_refuses(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an RFC 3339|no such|no leap second"):
        rfc3339.parse(text)
