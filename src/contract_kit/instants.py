"""Read the times of responses, and write those of filters."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR, UTC, datetime, timedelta, timezone


def instant(value: object) -> datetime | None:
    """Parse a date-time of a response; None if it is not text, not a time, or has no offset.

    So is a time in the first or last year of Python's calendar: it cannot be reckoned with, or spelled in each zone.
    """
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.upper())  # RFC 3339 allows small letters
    except ValueError:
        return None
    return parsed if parsed.tzinfo and MINYEAR < parsed.year < MAXYEAR else None


def spelled(moment: datetime, offset_minutes: int = 0) -> str:
    """Format an instant for a filter: ``2026-11-20T20:08:56Z``, or with an offset ``2026-11-20T22:08:56+02:00``."""
    if not offset_minutes:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.astimezone(timezone(timedelta(minutes=offset_minutes))).isoformat()
