from ..types import OpenEnum


class RoomEndReason(OpenEnum):
    """Why a room ended.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    ROOM_ENDED_VIA_API = "room_ended_via_api"
    TIMEOUT = "timeout"
