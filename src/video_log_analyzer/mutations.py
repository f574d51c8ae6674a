"""What only this API's meaning says about mutations."""

from __future__ import annotations

from typing import Final

from contract_kit.mutation.generated import OwnMutations

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

OWN: Final = OwnMutations(kept=_TIED, exempt=_NO_FAULTS)
