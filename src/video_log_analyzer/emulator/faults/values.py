"""Values of enums: those that nobody documented, those that were withdrawn, and those spelt otherwise."""

from __future__ import annotations

from contract_kit.emulator.faults.hooks import Json
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily

faults = ApiFaultFamily("values")


@faults.on_room
def _unknown_room_type(room: Json) -> None:
    """A new type of room appears on the wire first."""
    room["room_type"] = "webinar"


@faults.on_room
def _hyphenated_room_type(room: Json) -> None:
    """A type of room is spelt as in the status callbacks."""
    room["room_type"] = "group-small"


@faults.on_room
def _capital_room_type(room: Json) -> None:
    """A type of room is spelt as the constant in somebody's code."""
    room["room_type"] = room["room_type"].upper()


@faults.on_room
def _unknown_room_status(room: Json) -> None:
    """A third room status appears."""
    room["room_status"] = "failed"


@faults.on_room
def _hyphenated_room_status(room: Json) -> None:
    """The spelling of the status callbacks leaks into the API."""
    room["room_status"] = room["room_status"].replace("_", "-")
    room["processing_state"] = room["processing_state"].replace("_", "-")


@faults.on_room
def _unknown_created_method(room: Json) -> None:
    """Rooms can be created in a new way."""
    room["created_method"] = "console"


@faults.on_room
def _unknown_room_end_reason(room: Json) -> None:
    """Rooms end for a new reason."""
    room["end_reason"] = "room_failed"


@faults.on_room
def _unknown_processing_state(room: Json) -> None:
    """Processing gains a state, as it did in 2025."""
    room["processing_state"] = "queued"


@faults.on_room
def _unknown_room_codec(room: Json) -> None:
    """A new codec appears, as opus did in 2024."""
    room["codecs"] = [*room["codecs"], "AV1"]


@faults.on_room
def _lower_case_room_codec(room: Json) -> None:
    """A room's codecs are spelt as in the status callbacks."""
    room["codecs"] = [codec.lower() for codec in room["codecs"]]


@faults.on_room
def _unknown_room_region(room: Json) -> None:
    """A media region opens."""
    room["media_region"] = "ca1"


@faults.on_room
def _internal_room_region(room: Json) -> None:
    """An internal media region leaks, as in 2024 and 2025."""
    room["media_region"] = "stage_us1"


@faults.on_room
def _unknown_room_edge(room: Json) -> None:
    """An edge location opens."""
    room["edge_location"] = "montreal"


@faults.on_room
def _region_as_edge(room: Json) -> None:
    """Region and edge are mixed up."""
    room["media_region"], room["edge_location"] = room["edge_location"], room["media_region"]


@faults.on_room
def _withdrawn_callback_method(room: Json) -> None:
    """A callback method of 2020 comes back."""
    room["status_callback_method"] = "PUT"


@faults.on_room
def _lower_case_callback_method(room: Json) -> None:
    """A callback method is in lower case, as was published until 2021."""
    room["status_callback_method"] = "post"


@faults.on_room
def _unknown_callback_method(room: Json) -> None:
    """A callback method that was never published."""
    room["status_callback_method"] = "OPTIONS"


@faults.on_room
def _empty_room_enum(room: Json) -> None:
    """No value is an empty text instead of null."""
    room["end_reason"] = ""


@faults.on_participant
def _unknown_participant_status(participant: Json) -> None:
    """Participants gain a status, as they did in 2025."""
    participant["status"] = "reconnecting"


@faults.on_participant
def _hyphenated_participant_status(participant: Json) -> None:
    """A participant's status is spelt with a hyphen, as in the vendor's prose."""
    participant["status"] = "in-progress"


@faults.on_participant
def _unknown_participant_end_reason(participant: Json) -> None:
    """Participants leave for a new reason."""
    participant["end_reason"] = "removed_by_moderator"


@faults.on_participant
def _end_reason_as_sentence(participant: Json) -> None:
    """An end reason is the message of the error, not its name."""
    participant["end_reason"] = "Participant disconnected because of duplicate identity"


@faults.on_participant
def _unknown_participant_codec(participant: Json) -> None:
    """A participant's codecs are spelt as in the status callbacks."""
    participant["codecs"] = [codec.lower() for codec in participant["codecs"]]


@faults.on_participant
def _new_participant_codec(participant: Json) -> None:
    """A new codec appears with the participants first."""
    participant["codecs"] = [*participant["codecs"], "H265"]


@faults.on_participant
def _unknown_participant_region(participant: Json) -> None:
    """A participant's media region has just opened."""
    participant["media_region"] = "ca1"


@faults.on_participant
def _internal_participant_region(participant: Json) -> None:
    """A participant's media region is an internal one."""
    participant["media_region"] = "outside"


@faults.on_participant
def _unknown_participant_edge(participant: Json) -> None:
    """A participant's edge location has just opened."""
    participant["edge_location"] = "montreal"
