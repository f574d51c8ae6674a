"""Values of another JSON type than published."""

from __future__ import annotations

import calendar
import json
import time

from contract_kit.emulator.faults.hooks import Json
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily

faults = ApiFaultFamily("wrong types")


@faults.on_room
def _integer_as_string(room: Json) -> None:
    """A count turns into text."""
    room["unique_participants"] = str(room["unique_participants"])


@faults.on_room
def _integer_as_list(room: Json) -> None:
    """A count turns into the things that it counted."""
    room["concurrent_participants"] = [None] * room["concurrent_participants"]


@faults.on_room
def _integer_as_boolean(room: Json) -> None:
    """A sum turns into whether there is any."""
    room["total_recording_duration_sec"] = bool(room["total_recording_duration_sec"])


@faults.on_room
def _string_as_integer(room: Json) -> None:
    """A room's name is all digits, and some layer made a number of it."""
    room["room_name"] = 20261121


@faults.on_room
def _string_as_list(room: Json) -> None:
    """A room has had several media regions."""
    room["media_region"] = [room["media_region"]]


@faults.on_room
def _enum_as_integer(room: Json) -> None:
    """An enum is given by its number in somebody's code."""
    room["room_status"] = 2


@faults.on_room
def _boolean_as_string(room: Json) -> None:
    """A flag turns into text."""
    room["recording_enabled"] = str(room["recording_enabled"]).lower()


@faults.on_room
def _boolean_as_integer(room: Json) -> None:
    """A flag arrives as the database keeps it."""
    room["recording_enabled"] = int(room["recording_enabled"])


@faults.on_room
def _list_as_object(room: Json) -> None:
    """A list turns into an object keyed by index."""
    room["codecs"] = {str(index): codec for index, codec in enumerate(room["codecs"])}


@faults.on_room
def _list_as_string(room: Json) -> None:
    """A list turns into text with commas."""
    room["codecs"] = ",".join(room["codecs"])


@faults.on_room
def _list_of_objects(room: Json) -> None:
    """The elements of a list gain attributes."""
    room["codecs"] = [{"name": codec} for codec in room["codecs"]]


@faults.on_room
def _date_as_integer(room: Json) -> None:
    """A date is given in epoch seconds."""
    room["create_time"] = calendar.timegm(time.strptime(room["create_time"], "%Y-%m-%dT%H:%M:%SZ"))


@faults.on_room
def _links_as_list(room: Json) -> None:
    """An object turns into a list of pairs."""
    room["links"] = [{"rel": name, "href": url} for name, url in room["links"].items()]


@faults.on_room
def _link_as_object(room: Json) -> None:
    """A link turns into what HAL makes of links."""
    room["links"]["participants"] = {"href": room["links"]["participants"]}


@faults.on_rooms_list
def _rooms_as_object(document: Json) -> None:
    """A list is keyed by SID."""
    document["rooms"] = {room["room_sid"]: room for room in document["rooms"]}


@faults.on_rooms_list
def _rooms_as_strings(document: Json) -> None:
    """The rooms of a list arrive as JSON within JSON."""
    document["rooms"] = [json.dumps(room) for room in document["rooms"]]


@faults.on_participant
def _fractional_duration(participant: Json) -> None:
    """A duration gains milliseconds."""
    participant["duration_sec"] = (participant["duration_sec"] or 0) + 0.5


@faults.on_participant
def _duration_as_text(participant: Json) -> None:
    """A duration is written as a period of ISO 8601."""
    participant["duration_sec"] = f"PT{participant['duration_sec'] or 0}S"


@faults.on_participant
def _error_code_as_string(participant: Json) -> None:
    """An error code turns into text."""
    participant["error_code"] = str(participant["error_code"] or 0)


@faults.on_participant
def _object_as_string(participant: Json) -> None:
    """An object arrives as JSON within JSON."""
    participant["properties"] = json.dumps(participant["properties"])


@faults.on_participant
def _object_as_list(participant: Json) -> None:
    """An empty object arrives as an empty list, as PHP makes it."""
    participant["publisher_info"] = []


@faults.on_participant
def _identity_as_integer(participant: Json) -> None:
    """Identities are all digits, and some layer made numbers of them."""
    participant["participant_identity"] = 1001


@faults.on_meta
def _page_size_as_string(meta: Json) -> None:
    """The page size is echoed as the query spelt it."""
    meta["page_size"] = str(meta["page_size"])


@faults.on_meta
def _page_as_string(meta: Json) -> None:
    """The page number is echoed as the query spelt it."""
    meta["page"] = str(meta["page"])


@faults.on_meta
def _next_page_as_boolean(meta: Json) -> None:
    """`meta` says only whether there is a next page."""
    meta["next_page_url"] = meta["next_page_url"] is not None


@faults.on_error_document
def _code_as_string(error: Json) -> None:
    """An error's code turns into text."""
    error["code"] = str(error.get("code"))


@faults.on_error_document
def _message_as_list(error: Json) -> None:
    """An error has several messages."""
    error["message"] = [error.get("message")]
