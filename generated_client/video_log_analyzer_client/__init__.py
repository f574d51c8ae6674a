"""A client library for accessing Video Log Analyzer API: ``Client`` and ``AsyncClient`` are where to begin."""

from . import errors, models
from .client import BASE_URL, AsyncClient, Client
from .models import *
from .reading import Deviation
from .retries import Retry
from .types import UNSET, RawResponse, Response, Sent, Unset

__all__ = (
    "BASE_URL",
    "UNSET",
    "AsyncClient",
    "Client",
    "Deviation",
    "RawResponse",
    "Response",
    "Retry",
    "Sent",
    "Unset",
    "errors",
    "models",
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
