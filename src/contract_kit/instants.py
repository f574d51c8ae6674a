"""Times as answers and filters have them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone


def instant(value: object) -> datetime | None:
    """An RFC 3339 time of an answer, or None where it is none."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError:
        return None
    return parsed if parsed.tzinfo else None


def spelled(moment: datetime, offset_minutes: int = 0) -> str:
    """An instant as a filter takes it (``2026-11-20T20:08:56Z``); with an offset in another zone's local time."""
    if not offset_minutes:
        return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return moment.astimezone(timezone(timedelta(minutes=offset_minutes))).isoformat()
