"""Keys that are missing, renamed or added."""

from __future__ import annotations

from contract_kit.emulator.faults.hooks import (
    Json,
    on_document,
    on_error_document,
    on_fetched_room,
    on_listed_participant,
    on_listed_room,
    on_meta,
    on_participant,
    on_room,
    on_rooms_list,
)


@on_room
def _missing_room_key(room: Json) -> None:
    """A room loses a key, which the Node library then fills with the present."""
    del room["end_time"]


@on_room
def _null_keys_left_out(room: Json) -> None:
    """A serializer leaves out every key without a value."""
    for key in [key for key, value in room.items() if value is None]:
        del room[key]


@on_room
def _missing_room_sid(room: Json) -> None:
    """A room does not say which it is."""
    del room["room_sid"]


@on_room
def _missing_room_url(room: Json) -> None:
    """A room does not say where it is."""
    del room["url"]


@on_room
def _missing_links(room: Json) -> None:
    """A room does not lead to its participants."""
    del room["links"]


@on_room
def _missing_participants_link(room: Json) -> None:
    """A room's links are empty."""
    del room["links"]["participants"]


@on_listed_room
def _list_lacks_key(room: Json) -> None:
    """The list is a summary: costly keys are only in the details."""
    del room["total_recording_duration_sec"]


@on_fetched_room
def _detail_lacks_key(room: Json) -> None:
    """The details come from an older version than the list."""
    del room["processing_state"]


@on_participant
def _missing_participant_key(participant: Json) -> None:
    """A participant loses a key."""
    del participant["publisher_info"]


@on_listed_participant
def _participants_list_lacks_key(participant: Json) -> None:
    """The participants list is a summary."""
    del participant["properties"]


@on_room
def _renamed_room_key(room: Json) -> None:
    """A key turns from snake_case to camelCase."""
    room["durationSec"] = room.pop("duration_sec")


@on_room
def _room_keys_without_prefix(room: Json) -> None:
    """A room's keys lose their prefix, as a participant's `status` has none."""
    room["status"] = room.pop("room_status")


@on_participant
def _renamed_property(participant: Json) -> None:
    """A key of `properties` turns from camelCase to snake_case."""
    participant["properties"]["num_audio_tracks"] = participant["properties"].pop("numAudioTracks")


@on_participant
def _renamed_participant_key(participant: Json) -> None:
    """A participant's times take the names that a room's have."""
    participant["create_time"] = participant.pop("join_time")


@on_room
def _extra_room_key(room: Json) -> None:
    """A room gains a key that nobody documented."""
    room["large_room"] = False


@on_participant
def _withdrawn_participant_key(participant: Json) -> None:
    """A key that was published for two weeks in 2020 comes back."""
    participant["call_sid"] = "CA" + participant["participant_sid"][2:]


@on_room
def _extra_link(room: Json) -> None:
    """A room gains a sub-resource that nobody documented."""
    room["links"]["recordings"] = room["url"] + "/Recordings"


@on_meta
def _missing_meta_key(meta: Json) -> None:
    """The last page no longer says so, but leaves the key out."""
    del meta["next_page_url"]


@on_meta
def _missing_list_key(meta: Json) -> None:
    """`meta` no longer names the list, by which clients find it."""
    del meta["key"]


@on_meta
def _renamed_meta_key(meta: Json) -> None:
    """`meta` turns to the spelling of the vendor's older API."""
    meta["next_page_uri"] = meta.pop("next_page_url")


@on_meta
def _extra_meta_key(meta: Json) -> None:
    """A total count appears in meta."""
    meta["total"] = 150


@on_document
def _missing_meta(document: Json) -> None:
    """A page is only its list."""
    document.pop("meta", None)


@on_rooms_list
def _renamed_list(document: Json) -> None:
    """The list of rooms has another name than `meta.key` says."""
    document["items"] = document.pop("rooms")


@on_rooms_list
def _second_list(document: Json) -> None:
    """A page gains a second list, so that twilio-cli does not know which to print."""
    document["warnings"] = ["some rooms may be delayed"]


@on_error_document
def _missing_more_info(error: Json) -> None:
    """An error does not say where it is explained."""
    error.pop("more_info", None)


@on_error_document
def _missing_error_code(error: Json) -> None:
    """An error has no code, as users of lists complain."""
    error.pop("code", None)


@on_error_document
def _renamed_message(error: Json) -> None:
    """An error's text is under another key, and clients show none."""
    error["detail"] = error.pop("message", None)


@on_error_document
def _extra_error_key(error: Json) -> None:
    """An error gains a key that nobody documented."""
    error["user_error"] = True
