from ..types import OpenEnum


class ParticipantStatus(OpenEnum):
    """Whether a participant is still in the room.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    COMPLETED = "completed"
    CONNECTED = "connected"
    DISCONNECTED = "disconnected"
    IN_PROGRESS = "in_progress"
