"""Null where it is not allowed: in SIDs, URLs, lists and ``meta``."""

from __future__ import annotations

from contract_kit.emulator.faults.hooks import Json
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily

faults = ApiFaultFamily("nulls")


@faults.on_room
def _null_room_sid(room: Json) -> None:
    """A room does not know its SID yet."""
    room["room_sid"] = None


@faults.on_room
def _null_account_sid(room: Json) -> None:
    """A room belongs to nobody."""
    room["account_sid"] = None


@faults.on_room
def _null_room_url(room: Json) -> None:
    """A room has no address."""
    room["url"] = None


@faults.on_room
def _null_participants_link(room: Json) -> None:
    """A room's link leads nowhere."""
    room["links"]["participants"] = None


@faults.on_room
def _null_codec(room: Json) -> None:
    """A list has an element without a value."""
    room["codecs"] = [None, *room["codecs"]]


@faults.on_participant
def _null_participant_sid(participant: Json) -> None:
    """A participant who failed to join has no SID."""
    participant["participant_sid"] = None


@faults.on_participant
def _null_participants_room_sid(participant: Json) -> None:
    """A participant has lost the room."""
    participant["room_sid"] = None


@faults.on_participant
def _null_participants_account_sid(participant: Json) -> None:
    """A participant belongs to nobody."""
    participant["account_sid"] = None


@faults.on_participant
def _null_participant_url(participant: Json) -> None:
    """A participant has no address."""
    participant["url"] = None


@faults.on_rooms_list
def _null_rooms(document: Json) -> None:
    """A list that could not be read is null."""
    document["rooms"] = None


@faults.on_rooms_list
def _null_room(document: Json) -> None:
    """A room that vanished while the page was built leaves a hole."""
    document["rooms"][0] = None


@faults.on_document
def _null_meta(document: Json) -> None:
    """A page has no `meta`."""
    if "meta" in document:
        document["meta"] = None


@faults.on_meta
def _null_page(meta: Json) -> None:
    """A key of meta that was never nullable is null."""
    meta["page"] = None


@faults.on_meta
def _null_page_size(meta: Json) -> None:
    """The page size is null, since the service chose it."""
    meta["page_size"] = None


@faults.on_meta
def _null_list_key(meta: Json) -> None:
    """`meta` does not know the name of its list."""
    meta["key"] = None


@faults.on_meta
def _null_meta_url(meta: Json) -> None:
    """A page does not know where it is."""
    meta["url"] = None


@faults.on_meta
def _null_first_page_url(meta: Json) -> None:
    """A first page does not lead to itself."""
    meta["first_page_url"] = None


@faults.on_error_document
def _null_code(error: Json) -> None:
    """An error has no code yet."""
    error["code"] = None


@faults.on_error_document
def _null_message(error: Json) -> None:
    """An error keeps to itself what happened."""
    error["message"] = None
