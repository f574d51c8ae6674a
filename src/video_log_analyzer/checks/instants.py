"""Times as answers and filters have them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime, timedelta, timezone

from video_log_analyzer.checks.answer import Answer
from video_log_analyzer.checks.properties import Judgement, Property
from video_log_analyzer.findings import Kind

# Any RFC 3339 date-time conforms (D23), but a strict reader, the vendor's own Python library, reads only this spelling.
SPELLING = Property("time-spelling", Kind.FORMAT, "whole seconds and Z, as the vendor's Python library needs them")
_SPELLED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


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


def spelling_judgements(answer: Answer, instants: Mapping[str, Collection[str]]) -> Iterator[Judgement]:
    """Whether the times of one answer, by place, are spelled so that a strict reader reads them.

    What is no time at all is another check's matter.
    """
    for place, texts in instants.items():
        times = [text for text in texts if instant(text) is not None]
        odd = [text for text in times if not _SPELLED.fullmatch(text)]
        if times:
            yield Judgement(
                SPELLING, answer, place, not odd, evidence={place.rpartition("/")[2]: odd[0]} if odd else None
            )
