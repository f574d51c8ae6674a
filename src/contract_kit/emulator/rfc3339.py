"""Date-times of RFC 3339 as whole epoch seconds, for every year from 0000 to 9999.

``datetime`` knows neither year 0, nor leap seconds, nor more than six digits of a fraction; the filters must.
"""

from __future__ import annotations

import re

DATE_TIME = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d+)?(?:[Zz]|([+-])(\d\d):(\d\d))",
    re.ASCII,
)
DAY = 86_400
_EARLIEST = -62_167_219_200  # 0000-01-01T00:00:00Z
_LATEST = 253_402_300_799  # 9999-12-31T23:59:59Z


def parse(text: str) -> int:
    """Return the first whole second that is not before ``text``: ``1970-01-01T00:00:00.1Z`` is 1.

    Rounding up loses nothing where all times are whole seconds: "at or after" and "before" select the same ones.
    Raises ValueError if ``text`` is not a date-time of RFC 3339.
    """
    match = DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError(f"not an RFC 3339 date-time: {text!r}")
    year, month, day, hour, minute, second = (int(match[group]) for group in range(1, 7))
    offset_hour, offset_minute = int(match[9] or 0), int(match[10] or 0)
    if not (1 <= month <= 12 and 1 <= day <= _days_in_month(year, month)):
        raise ValueError(f"no such day: {text!r}")
    if hour > 23 or minute > 59 or second > 60 or offset_hour > 23 or offset_minute > 59:
        raise ValueError(f"no such time: {text!r}")
    offset = (offset_hour * 3600 + offset_minute * 60) * (-1 if match[8] == "-" else 1)
    epoch = _days(year, month, day) * DAY + hour * 3600 + minute * 60 + second - offset
    if second == 60:
        # A leap second has no epoch second of its own: the first one not before it, whatever its fraction, is midnight.
        # RFC 3339 section 5.7 puts it at the end of a month, in UTC.
        if epoch % DAY or _civil(epoch // DAY)[2] != 1:
            raise ValueError(f"no leap second then: {text!r}")
        return epoch
    return epoch + (1 if match[7] and match[7].strip(".0") else 0)


def render(epoch: int) -> str:
    """Return ``epoch`` as the API writes it, ``2026-11-20T20:08:56Z``, moved into the years 0000 to 9999."""
    days, second = divmod(min(max(epoch, _EARLIEST), _LATEST), DAY)
    year, month, day = _civil(days)
    return f"{year:04}-{month:02}-{day:02}T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z"


def _days_in_month(year: int, month: int) -> int:
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month in (4, 6, 9, 11) else 31


def _days(year: int, month: int, day: int) -> int:
    """Days since 1970-01-01, counting years from March so that the leap day comes last."""
    year -= month <= 2
    era, year_of_era = divmod(year, 400)
    day_of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return era * 146_097 + year_of_era * 365 + year_of_era // 4 - year_of_era // 100 + day_of_year - 719_468


def _civil(days: int) -> tuple[int, int, int]:
    """Year, month and day of a day counted since 1970-01-01: the inverse of ``_days``."""
    era, day_of_era = divmod(days + 719_468, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted_month = (5 * day_of_year + 2) // 153
    month = (shifted_month + 2) % 12 + 1
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted_month + 2) // 5 + 1
