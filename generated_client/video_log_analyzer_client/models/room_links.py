from ..types import Model


class RoomLinks(Model, frozen=True, kw_only=True, gc=False):
    """The addresses of what belongs to a room.

    Attributes:
        participants: The list of the room's participants. Example:
            ``https://insights.twilio.com/v1/Video/Rooms/RM000000001f0e4c5b7a3d9e8f6c2b4a15/Participants``.
    """

    participants: str
