"""Numbers that follow from others: what a room says in sum of its participants, and how long things took."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.records import Participant


def duration(start: int | None, end: int | None) -> int | None:
    """Seconds from start to end; None while it lasts."""
    return None if start is None or end is None else end - start


def summary(participants: Sequence[Participant]) -> dict[str, Any]:
    """Return the fields of a room that sum up its participants, by name."""
    used = {codec for one in participants for codec in one.codecs or ()}
    ordered = [codec for codec in vocabulary.CODEC.current if codec in used]
    return {
        "unique_participants": len(participants),
        "unique_participant_identities": len({one.participant_identity for one in participants}),
        "concurrent_participants": _peak(participants),
        "codecs": (*ordered, *sorted(used.difference(ordered))),
        "total_participant_duration_sec": sum(one.duration_sec or 0 for one in participants),
        "total_recording_duration_sec": sum(
            one.duration_sec or 0 for one in participants if (one.properties or {}).get("recordOnConnect")
        ),
    }


def _peak(participants: Iterable[Participant]) -> int:
    """The largest number at the same time; who leaves in a second makes room for who joins in it."""
    changes = []
    peak = 0
    for one in participants:
        peak = 1
        if one.join_time is not None and one.join_time != one.leave_time:
            changes.append((one.join_time, 1))
            if one.leave_time is not None:
                changes.append((one.leave_time, -1))
    present = 0
    for _, change in sorted(changes):
        present += change
        peak = max(peak, present)
    return peak
