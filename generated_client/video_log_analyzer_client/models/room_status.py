from ..types import OpenEnum


class RoomStatus(OpenEnum):
    """Whether a room still goes on.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    COMPLETED = "completed"
    IN_PROGRESS = "in_progress"
