"""Resources that contradict themselves, each other, the list against the detail, or the URL that leads to them."""

from __future__ import annotations

import json
from dataclasses import replace

from contract_kit.emulator.faults.hooks import Json
from contract_kit.emulator.faults.registry import Respond
from contract_kit.emulator.messages import Request, Response
from video_log_analyzer.emulator.errors import NotFoundError
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily

faults = ApiFaultFamily("consistency")

_ANOTHER_SID = "00000000000000000000000000000000"

# One room


@faults.on_room
def _duration_off(room: Json) -> None:
    """A duration is counted in milliseconds."""
    room["duration_sec"] = (room["duration_sec"] or 1) * 1000


@faults.on_room
def _negative_count(room: Json) -> None:
    """No value is minus one."""
    room["concurrent_participants"] = -1


@faults.on_room
def _end_before_start(room: Json) -> None:
    """Start and end of a room are swapped."""
    if room["end_time"]:
        room["create_time"], room["end_time"] = room["end_time"], room["create_time"]


@faults.on_room
def _times_in_local_zone(room: Json) -> None:
    """Times are those of California, though they end in Z: as if time had a zone to lose."""
    for key in ("create_time", "end_time"):
        if room[key]:
            day, _, clock = room[key].partition("T")
            hours = int(clock[:2]) - 8
            room[key] = f"{day}T{hours % 24:02}{clock[2:]}"


@faults.on_room
def _total_off(room: Json) -> None:
    """A total counts one second too many."""
    room["total_participant_duration_sec"] += 1


@faults.on_room
def _completed_without_end(room: Json) -> None:
    """A completed room has no end."""
    room["room_status"], room["end_time"] = "completed", None


@faults.on_room
def _in_progress_with_end(room: Json) -> None:
    """A room that has ended is still in progress."""
    if room["end_time"]:
        room["room_status"] = "in_progress"


@faults.on_room
def _more_identities_than_participants(room: Json) -> None:
    """Identities are counted that never joined."""
    room["unique_participant_identities"] = room["unique_participants"] + 1


@faults.on_room
def _more_at_once_than_ever(room: Json) -> None:
    """More participants are in the room at once than there ever were."""
    room["concurrent_participants"] = room["unique_participants"] + 1


@faults.on_room
def _participants_uncounted(room: Json) -> None:
    """A room's counts are only filled in by a job that did not run."""
    room["unique_participants"] = room["unique_participant_identities"] = 0


@faults.on_room
def _codecs_lost(room: Json) -> None:
    """A room used no codec, though its participants did."""
    room["codecs"] = []


# One participant, and the room


@faults.on_participant
def _participant_duration_off(participant: Json) -> None:
    """A participant's duration is counted in milliseconds."""
    participant["duration_sec"] *= 1000


@faults.on_participant
def _leave_before_join(participant: Json) -> None:
    """A participant left before joining."""
    if participant["leave_time"]:
        participant["join_time"], participant["leave_time"] = participant["leave_time"], participant["join_time"]


@faults.on_participant
def _join_before_room(participant: Json) -> None:
    """A participant joined a day before the room was there."""
    participant["join_time"] = "2020-01-01T00:00:00Z"


@faults.on_participant
def _participant_never_leaves(participant: Json) -> None:
    """Participants of a completed room are still there."""
    participant["leave_time"] = participant["duration_sec"] = None


@faults.on_participant
def _participant_of_another_room(participant: Json) -> None:
    """A participant names another room than the one that was asked for."""
    participant["room_sid"] = f"RM{_ANOTHER_SID}"


@faults.on_participant
def _participant_of_another_account(participant: Json) -> None:
    """A participant names the parent account."""
    participant["account_sid"] = f"AC{_ANOTHER_SID}"


@faults.on_room
def _room_of_another_account(room: Json) -> None:
    """A room names the parent account."""
    room["account_sid"] = f"AC{_ANOTHER_SID}"


# List against detail


@faults.on_document
def _list_differs_from_detail(document: Json) -> None:
    """The list is read from a replica that lags behind the details."""
    for room in document.get("rooms") or []:
        room["unique_participants"] = (room["unique_participants"] or 0) + 1


@faults.on_fetched_room
def _detail_differs_from_list(room: Json) -> None:
    """The details are read from a cache that lags behind the list."""
    room["processing_state"] = "in_progress" if room["processing_state"] == "complete" else "complete"


@faults.on_fetched_room
def _detail_of_another_room(room: Json) -> None:
    """A cache answers with another room."""
    room["room_sid"] = f"RM{_ANOTHER_SID}"


@faults.on_listed_participant
def _participants_list_differs(participant: Json) -> None:
    """The participants list is read from a replica that lags behind."""
    participant["edge_location"] = "ashburn" if participant["edge_location"] != "ashburn" else "dublin"


@faults.on_fetched_participant
def _participant_detail_differs(participant: Json) -> None:
    """A participant's details are read from a cache that lags behind."""
    participant["properties"]["numAudioTracks"] += 1


@faults.on_respond
def _listed_room_not_found(inner: Respond, request: Request) -> Response:
    """Rooms are listed before they can be fetched."""
    response = inner(request)
    if response.status == 200 and request.path.count("/") == 4:
        return replace(response, status=404, body=NotFoundError(request.path).body())
    return response


@faults.on_respond
def _listed_participant_not_found(inner: Respond, request: Request) -> Response:
    """Participants are listed before they can be fetched."""
    response = inner(request)
    if response.status == 200 and request.path.count("/") == 6:
        return replace(response, status=404, body=NotFoundError(request.path).body())
    return response


@faults.on_respond
def _participants_of_unknown_room(inner: Respond, request: Request) -> Response:
    """A room that is not there has an empty list of participants."""
    response = inner(request)
    if response.status != 404 or not request.path.endswith("/Participants"):
        return response
    url = request.origin() + request.path
    meta = {
        "first_page_url": url,
        "key": "participants",
        "next_page_url": None,
        "page": 0,
        "page_size": 50,
        "previous_page_url": None,
        "url": url,
    }
    return replace(response, status=200, body=json.dumps({"meta": meta, "participants": []}).encode())


@faults.on_document
def _participant_missing_from_list(document: Json) -> None:
    """A room's participants list leaves out the last who joined."""
    if document.get("participants"):
        document["participants"].pop()


# URLs that lead elsewhere


@faults.on_room
def _foreign_origin(room: Json) -> None:
    """URLs name a host behind the gateway instead of the caller's."""
    room["links"]["participants"] = "http://insights.internal/v1/" + room["links"]["participants"].partition("/v1/")[2]


@faults.on_room
def _url_of_another_version(room: Json) -> None:
    """A URL names the version of the API that is to come."""
    room["url"] = room["url"].replace("/v1/", "/v2/")


@faults.on_room
def _url_of_another_room(room: Json) -> None:
    """A room's URL leads to another room."""
    room["url"] = room["url"].replace(room["room_sid"], f"RM{_ANOTHER_SID}")


@faults.on_room
def _url_of_the_list(room: Json) -> None:
    """A room's URL leads to the list it was found in."""
    room["url"] = room["url"].rpartition("/")[0]


@faults.on_room
def _url_by_name(room: Json) -> None:
    """A room's URL ends in its name."""
    room["url"] = f"{room['url'].rpartition('/')[0]}/interview"


@faults.on_room
def _link_to_another_room(room: Json) -> None:
    """A room leads to the participants of another."""
    room["links"]["participants"] = room["links"]["participants"].replace(room["room_sid"], f"RM{_ANOTHER_SID}")


@faults.on_room
def _link_to_itself(room: Json) -> None:
    """A room's link leads to the room."""
    room["links"]["participants"] = room["url"]


@faults.on_participant
def _participant_url_of_the_room(participant: Json) -> None:
    """A participant's URL leads to the room."""
    participant["url"] = participant["url"].partition("/Participants")[0]


@faults.on_participant
def _participant_url_of_another(participant: Json) -> None:
    """A participant's URL leads to somebody else."""
    participant["url"] = participant["url"].replace(participant["participant_sid"], f"PA{_ANOTHER_SID}")
