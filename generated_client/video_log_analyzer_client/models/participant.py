from ..types import Answer, Instant
from .codec import Codec
from .edge_location import EdgeLocation
from .media_region import MediaRegion
from .participant_end_reason import ParticipantEndReason
from .participant_properties import ParticipantProperties
from .participant_status import ParticipantStatus
from .publisher_info import PublisherInfo


class Participant(Answer, frozen=True, kw_only=True, dict=True):
    """The log of one participant of one room.

    Attributes:
        participant_sid: The participant's own identifier. Example: ``PA00000000c3d2e1f0a9b8c7d6e5f40312``.
        participant_identity: Who the participant is, in the application's own words. Unique within the room at any
            time. Example: ``identity-0001``.
        join_time: When the participant joined the room. Example: ``2026-11-20T20:09:10Z``.
        leave_time: When the participant left the room; null while still there. Example: ``2026-11-20T20:38:50Z``.
        duration_sec: Seconds from `join_time` to `leave_time`. Example: ``1780``.
        account_sid: The account that the room belongs to. Example: ``AC00000000a1b2c3d4e5f60718293a4b5c``.
        room_sid: The room that the participant was in. Example: ``RM000000001f0e4c5b7a3d9e8f6c2b4a15``.
        status: Whether the participant is still in the room.
        codecs: The codecs that the participant used. Example: ``['VP8', 'opus']``.
        end_reason: Why the participant left the room; null for an ordinary leave.
        error_code: The vendor's code for the error that the participant met; null or 0 for none. Example:
            ``53205``.
        error_code_url: Where the vendor explains `error_code`. Example:
            ``https://www.twilio.com/docs/errors/53205``.
        media_region: The region of the media servers that the participant connected to.
        properties: Details of the participant's tracks and of how they joined.
        edge_location: The edge location that the participant connected to.
        publisher_info: The SDK that the participant used.
        url: This participant's own address. Example:
            ``https://insights.twilio.com/v1/Video/Rooms/RM000000001f0e4c5b7a3d9e8f6c2b4a15/Participants/PA00000000c3d2e1f0a9b8c7d6e5f40312``.
    """

    participant_sid: str
    participant_identity: str | None = None
    join_time: Instant | None = None
    leave_time: Instant | None = None
    duration_sec: int | None = None
    account_sid: str
    room_sid: str
    status: ParticipantStatus | None = None
    codecs: list[Codec] | None = None
    end_reason: ParticipantEndReason | None = None
    error_code: int | None = None
    error_code_url: str | None = None
    media_region: MediaRegion | None = None
    properties: ParticipantProperties | None = None
    edge_location: EdgeLocation | None = None
    publisher_info: PublisherInfo | None = None
    url: str

    def __hash__(self) -> int:
        return hash(self.participant_sid)
