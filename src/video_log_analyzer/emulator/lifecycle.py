"""The life of a room: it begins, completes and is processed. Every way to complete one uses ``completed``.

Times are epoch seconds. Nothing here knows the store or the control API.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contract_kit.intervals import peak
from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.records import Participant, Room

MOSTLY_PROCESSED_SECONDS = 600  # after a room's end its log is mostly there
PROCESSED_AT_LATEST_SECONDS = 1800  # after a room's end all of its log is there

# Two vocabularies are published side by side: each has a word for being there and one for having left.
_LEFT = {"in_progress": "completed", "completed": "completed"}
_PRESENT = {"completed": "in_progress", "in_progress": "in_progress"}


@dataclass(frozen=True, slots=True)
class RoomPlan:
    """What is still to happen to a room.

    It ends at ``complete_at`` (None: no end is planned) for ``end_reason``. ``processed_after`` seconds after
    its end its ``processing_state`` becomes ``final_state``.
    """

    complete_at: int | None = None
    end_reason: str | None = "room_ended_via_api"
    processed_after: int = MOSTLY_PROCESSED_SECONDS
    final_state: str | None = "complete"


def in_order(start: int | None, end: int | None) -> bool:
    """Whether a room or a stay may begin at ``start`` and end at ``end``; None is a time that is not known."""
    return start is None or end is None or start <= end


def duration(start: int | None, end: int | None) -> int | None:
    """Return the seconds from start to end, None where either is not known."""
    return None if start is None or end is None else end - start


def status_of(leave_time: int | None, status: str | None) -> str:
    """Return the status of a participant who has left, or is there (``leave_time`` None), in the words of ``status``.

    Example: who was ``in_progress`` is ``completed`` after leaving; whoever else was there is ``disconnected``.
    """
    if leave_time is None:
        return _PRESENT.get(status or "", "connected")
    return _LEFT.get(status or "", "disconnected")


def completed(
    room: Room, participants: Sequence[Participant], at: int, plan: RoomPlan
) -> tuple[Room, list[Participant]]:
    """Return a room and its participants after its end at ``at``; whoever is still there leaves then.

    ``room.processing_state`` is ``in_progress`` until ``plan.processed_after`` seconds have passed.
    """
    after = [_left(one, at) for one in participants]
    ended = replace(
        room,
        end_time=at,
        room_status="completed",
        end_reason=plan.end_reason,
        duration_sec=duration(room.create_time, at),
        processing_state="in_progress" if plan.processed_after else plan.final_state,
    )
    return summed_up(ended, participants, after), after


def _left(one: Participant, at: int) -> Participant:
    if one.leave_time is not None and one.leave_time <= at:
        return one
    leave_time = at if one.join_time is None else max(at, one.join_time)
    return replace(
        one,
        leave_time=leave_time,
        # Without a join_time nothing follows: a duration that the caller gave stays.
        duration_sec=one.duration_sec if one.join_time is None else leave_time - one.join_time,
        status=status_of(leave_time, one.status),
    )


def summed_up(room: Room, before: Sequence[Participant], after: Sequence[Participant]) -> Room:
    """Return the room with its numbers updated from ``before`` to ``after``.

    A number that did not follow from ``before``, because the caller gave it, stays.
    """
    followed = summary(before)
    return replace(
        room, **{name: value for name, value in summary(after).items() if getattr(room, name) == followed[name]}
    )


def summary(participants: Sequence[Participant]) -> dict[str, Any]:
    """Return the fields of a room that sum up its participants, by name."""
    used = {codec for one in participants for codec in one.codecs or ()}
    ordered = [codec for codec in vocabulary.CODEC.current if codec in used]
    stays = ((one.join_time, one.leave_time) for one in participants if one.join_time is not None)
    return {
        "unique_participants": len(participants),
        "unique_participant_identities": len({one.participant_identity for one in participants}),
        # A participant without a join_time was there, too.
        "concurrent_participants": max(peak(stays), min(1, len(participants))),
        "codecs": (*ordered, *sorted(used.difference(ordered))),
        "total_participant_duration_sec": _seconds(participants),
        "total_recording_duration_sec": _seconds(
            one for one in participants if (one.properties or {}).get("recordOnConnect")
        ),
    }


def _seconds(participants: Iterable[Participant]) -> int:
    return sum(one.duration_sec or 0 for one in participants)
