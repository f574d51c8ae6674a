"""Keys that are missing, renamed or added."""

from __future__ import annotations

from contract_kit.emulator.faults.hooks import Json
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily

faults = ApiFaultFamily("keys")


@faults.on_room
def _missing_room_key(room: Json) -> None:
    """A room loses a key, which the Node library then fills with the present."""
    del room["end_time"]


@faults.on_room
def _null_keys_left_out(room: Json) -> None:
    """A serializer leaves out every key without a value."""
    for key in [key for key, value in room.items() if value is None]:
        del room[key]


@faults.on_room
def _missing_room_sid(room: Json) -> None:
    """A room does not say which it is."""
    del room["room_sid"]


@faults.on_room
def _missing_room_url(room: Json) -> None:
    """A room does not say where it is."""
    del room["url"]


@faults.on_room
def _missing_links(room: Json) -> None:
    """A room does not lead to its participants."""
    del room["links"]


@faults.on_room
def _missing_participants_link(room: Json) -> None:
    """A room's links are empty."""
    del room["links"]["participants"]


@faults.on_listed_room
def _list_lacks_key(room: Json) -> None:
    """The list is a summary: costly keys are only in the details."""
    del room["total_recording_duration_sec"]


@faults.on_fetched_room
def _detail_lacks_key(room: Json) -> None:
    """The details come from an older version than the list."""
    del room["processing_state"]


@faults.on_participant
def _missing_participant_key(participant: Json) -> None:
    """A participant loses a key."""
    del participant["publisher_info"]


@faults.on_listed_participant
def _participants_list_lacks_key(participant: Json) -> None:
    """The participants list is a summary."""
    del participant["properties"]


@faults.on_room
def _renamed_room_key(room: Json) -> None:
    """A key turns from snake_case to camelCase."""
    room["durationSec"] = room.pop("duration_sec")


@faults.on_room
def _room_keys_without_prefix(room: Json) -> None:
    """A room's keys lose their prefix, as a participant's `status` has none."""
    room["status"] = room.pop("room_status")


@faults.on_participant
def _renamed_property(participant: Json) -> None:
    """A key of `properties` turns from camelCase to snake_case."""
    participant["properties"]["num_audio_tracks"] = participant["properties"].pop("numAudioTracks")


@faults.on_participant
def _renamed_participant_key(participant: Json) -> None:
    """A participant's times take the names that a room's have."""
    participant["create_time"] = participant.pop("join_time")


@faults.on_room
def _extra_room_key(room: Json) -> None:
    """A room gains a key that nobody documented."""
    room["large_room"] = False


@faults.on_participant
def _withdrawn_participant_key(participant: Json) -> None:
    """A key that was published for two weeks in 2020 comes back."""
    participant["call_sid"] = "CA" + participant["participant_sid"][2:]


@faults.on_room
def _extra_link(room: Json) -> None:
    """A room gains a sub-resource that nobody documented."""
    room["links"]["recordings"] = room["url"] + "/Recordings"


@faults.on_meta
def _missing_meta_key(meta: Json) -> None:
    """The last page no longer says so, but leaves the key out."""
    del meta["next_page_url"]


@faults.on_meta
def _missing_list_key(meta: Json) -> None:
    """`meta` no longer names the list, by which clients find it."""
    del meta["key"]


@faults.on_meta
def _renamed_meta_key(meta: Json) -> None:
    """`meta` turns to the spelling of the vendor's older API."""
    meta["next_page_uri"] = meta.pop("next_page_url")


@faults.on_meta
def _extra_meta_key(meta: Json) -> None:
    """A total count appears in meta."""
    meta["total"] = 150


@faults.on_document
def _missing_meta(document: Json) -> None:
    """A page is only its list."""
    document.pop("meta", None)


@faults.on_rooms_list
def _renamed_list(document: Json) -> None:
    """The list of rooms has another name than `meta.key` says."""
    document["items"] = document.pop("rooms")


@faults.on_rooms_list
def _second_list(document: Json) -> None:
    """A page gains a second list, so that twilio-cli does not know which to print."""
    document["warnings"] = ["some rooms may be delayed"]


@faults.on_error_document
def _missing_more_info(error: Json) -> None:
    """An error does not say where it is explained."""
    error.pop("more_info", None)


@faults.on_error_document
def _missing_error_code(error: Json) -> None:
    """An error has no code, as users of lists complain."""
    error.pop("code", None)


@faults.on_error_document
def _renamed_message(error: Json) -> None:
    """An error's text is under another key, and clients show none."""
    error["detail"] = error.pop("message", None)


@faults.on_error_document
def _extra_error_key(error: Json) -> None:
    """An error gains a key that nobody documented."""
    error["user_error"] = True
