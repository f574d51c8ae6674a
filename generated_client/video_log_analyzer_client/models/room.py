from ..types import Answer, Instant
from .codec import Codec
from .created_method import CreatedMethod
from .edge_location import EdgeLocation
from .media_region import MediaRegion
from .processing_state import ProcessingState
from .room_end_reason import RoomEndReason
from .room_links import RoomLinks
from .room_status import RoomStatus
from .room_type import RoomType
from .status_callback_method import StatusCallbackMethod


class Room(Answer, frozen=True, kw_only=True, dict=True):
    """The log of one room.

    Attributes:
        account_sid: The account that the room belongs to. Example: ``AC00000000a1b2c3d4e5f60718293a4b5c``.
        room_sid: The room's own identifier. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        room_name: The name that the application gave the room. Not unique. Example: ``weekly-review``.
        create_time: When the room started. Example: ``2026-11-20T20:08:56Z``.
        end_time: When the room ended; null while it is in progress. Example: ``2026-11-20T20:38:56Z``.
        room_type: What kind of room it was.
        room_status: Whether the room still goes on.
        status_callback: The URL that the application wanted the room's events sent to. Example:
            ``https://app.example.com/video-events``.
        status_callback_method: The HTTP method for `status_callback`.
        created_method: What created the room.
        end_reason: Why the room ended; null while it is in progress.
        max_participants: A limit from the application's settings, on participants in all. Example: ``50``.
        unique_participants: How many participants there were. Somebody who left and came back counts once for each
            time. Example: ``3``.
        unique_participant_identities: How many different identities the participants had. Example: ``2``.
        concurrent_participants: How many participants were there at the same time, at the most. Example: ``2``.
        max_concurrent_participants: A limit from the application's settings, on participants at the same time.
            Example: ``50``.
        codecs: The codecs that participants used in the room. Example: ``['VP8', 'opus']``.
        media_region: The region of the media servers that the room used.
        duration_sec: Seconds from `create_time` to `end_time`. Example: ``1800``.
        total_participant_duration_sec: Seconds in the room, summed over its participants. Example: ``4100``.
        total_recording_duration_sec: Recorded seconds, summed over the room's participants. Example: ``0``.
        processing_state: Whether this log may still change; `complete` is final.
        recording_enabled: Whether recording was enabled for the room. Example: ``False``.
        edge_location: The edge location of the media servers that the room used.
        url: This room's own address. Example:
            ``https://insights.twilio.com/v1/Video/Rooms/RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        links: The addresses of what belongs to the room.
    """

    account_sid: str
    room_sid: str
    room_name: str | None = None
    create_time: Instant | None = None
    end_time: Instant | None = None
    room_type: RoomType | None = None
    room_status: RoomStatus | None = None
    status_callback: str | None = None
    status_callback_method: StatusCallbackMethod | None = None
    created_method: CreatedMethod | None = None
    end_reason: RoomEndReason | None = None
    max_participants: int | None = None
    unique_participants: int | None = None
    unique_participant_identities: int | None = None
    concurrent_participants: int | None = None
    max_concurrent_participants: int | None = None
    codecs: list[Codec] | None = None
    media_region: MediaRegion | None = None
    duration_sec: int | None = None
    total_participant_duration_sec: int | None = None
    total_recording_duration_sec: int | None = None
    processing_state: ProcessingState | None = None
    recording_enabled: bool | None = None
    edge_location: EdgeLocation | None = None
    url: str
    links: RoomLinks | None = None

    def __hash__(self) -> int:
        return hash(self.room_sid)
