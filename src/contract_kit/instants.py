"""Read the times of responses, and write those of filters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone


def instant(value: object) -> datetime | None:
    """Parse a date-time of a response; None if it is not text, not a time, has no offset, or no spelling in UTC."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value.upper())  # RFC 3339 allows small letters
    except ValueError:
        return None
    if parsed.tzinfo is None:
        return None
    try:
        parsed.astimezone(UTC)
    except OverflowError:
        return None
    return parsed


def spelled(moment: datetime, offset_minutes: int = 0) -> str:
    """Format an instant for a filter: ``2026-11-20T20:08:56Z``, or with an offset ``2026-11-20T22:08:56+02:00``."""
    if not offset_minutes:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.astimezone(timezone(timedelta(minutes=offset_minutes))).isoformat()
