"""What only this API's meaning says about mutations."""

from __future__ import annotations

from datetime import UTC, timedelta
from typing import Any, Final

from contract_kit.instants import instant, spelled
from contract_kit.mutation.exchange import ProxyRequest
from contract_kit.mutation.generated import OwnMutations
from contract_kit.mutation.lists import asking_otherwise, bound, in_utc
from contract_kit.mutation.mutation import Mutation
from contract_kit.mutation.resources import on_rows
from video_log_analyzer.kit import PARTICIPANT, ROOM

# D17 and D25 tie these to each other, to filters of time, or to what is below a resource.
_TIED = frozenset(
    {
        *("room.create_time", "room.end_time", "room.room_status", "room.processing_state", "room.duration_sec"),
        *("participant.join_time", "participant.leave_time", "participant.status", "participant.duration_sec"),
        "participant.participant_identity",  # D26: the room counts them
    }
)
# D14: an error code is any integer.
_NO_FAULTS = frozenset({"negative-count:participant.error_code"})

_EQUAL = timedelta(minutes=30)
# D5: two words for each of two states.
_SYNONYMS = {"connected": "in_progress", "disconnected": "completed"}


def _began_together(room: dict[str, Any]) -> None:
    began, ended = instant(room.get("create_time")), instant(room.get("end_time"))
    if began is None:
        return
    began -= (began - began.replace(hour=0, minute=0, second=0, microsecond=0)) % _EQUAL
    room["create_time"] = spelled(began)
    if ended is not None and room.get("duration_sec") is not None:
        room["duration_sec"] = int((ended - began).total_seconds())


def _for_real_times(request: ProxyRequest) -> ProxyRequest:
    """A room began at or after a bound in its rounded time exactly if it did after the rounded bound in its own."""

    def rounded(text: str) -> str:
        moment = bound(text)
        if moment is None:
            return text
        day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        try:
            return in_utc(moment + (day - moment.astimezone(UTC)) % _EQUAL)
        except OverflowError:  # the last half hour that there is
            return text

    bounds = {"CreatedAfter", "CreatedBefore"}
    return request.with_pairs(
        tuple((name, rounded(value) if name in bounds else value) for name, value in request.pairs)
    )


def _equal_times() -> Mutation:
    on_request, restored = asking_otherwise(ROOM, _for_real_times)
    rounded = on_rows(ROOM, _began_together)
    return Mutation(
        "benign-equal-times",
        "benign",
        "data",
        "Many rooms began in the same second",
        "nothing says that times differ",
        request=on_request,
        answer=lambda answer, request, scene: rounded(restored(answer, request, scene), request, scene),
    )


def _with_synonym(participant: dict[str, Any]) -> None:
    participant["status"] = _SYNONYMS.get(participant.get("status", ""), participant.get("status"))


def _with_code_zero(participant: dict[str, Any]) -> None:
    if participant.get("error_code", 0) is None:
        participant["error_code"] = 0


OWN: Final = OwnMutations(
    mutations=(
        _equal_times(),
        Mutation(
            "benign-one-word-for-a-status",
            "benign",
            "data",
            "Participants are never connected or disconnected, but in progress or completed",
            "D5: both words mean the same",
            answer=on_rows(PARTICIPANT, _with_synonym),
        ),
        Mutation(
            "benign-error-code-zero",
            "benign",
            "data",
            "Participants without an error have the code 0",
            "D14: null and 0 both mean none",
            answer=on_rows(PARTICIPANT, _with_code_zero),
        ),
    ),
    kept=_TIED,
    exempt=_NO_FAULTS,
)
