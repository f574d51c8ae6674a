"""Contains all the data models used in inputs/outputs"""

from .codec import Codec
from .created_method import CreatedMethod
from .edge_location import EdgeLocation
from .error import Error
from .media_region import MediaRegion
from .page_meta import PageMeta
from .participant import Participant
from .participant_end_reason import ParticipantEndReason
from .participant_page import ParticipantPage
from .participant_properties import ParticipantProperties
from .participant_status import ParticipantStatus
from .processing_state import ProcessingState
from .publisher_info import PublisherInfo
from .room import Room
from .room_end_reason import RoomEndReason
from .room_links import RoomLinks
from .room_page import RoomPage
from .room_status import RoomStatus
from .room_type import RoomType
from .status_callback_method import StatusCallbackMethod

__all__ = (
    "Codec",
    "CreatedMethod",
    "EdgeLocation",
    "Error",
    "MediaRegion",
    "PageMeta",
    "Participant",
    "ParticipantEndReason",
    "ParticipantPage",
    "ParticipantProperties",
    "ParticipantStatus",
    "ProcessingState",
    "PublisherInfo",
    "Room",
    "RoomEndReason",
    "RoomLinks",
    "RoomPage",
    "RoomStatus",
    "RoomType",
    "StatusCallbackMethod",
)
