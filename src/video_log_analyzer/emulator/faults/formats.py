"""Text that is not of the published form: dates, SIDs, URLs, numbers out of range."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from urllib.parse import urlsplit

from contract_kit.emulator.faults.hooks import Json
from contract_kit.emulator.messages import Response
from video_log_analyzer.emulator.faults.hooks import ApiFaultFamily

faults = ApiFaultFamily("formats")


@faults.on_room
def _bad_date(room: Json) -> None:
    """A date is written with a space, as databases do."""
    room["create_time"] = room["create_time"].replace("T", " ").rstrip("Z")


@faults.on_room
def _date_without_zone(room: Json) -> None:
    """A date does not say where on Earth."""
    room["create_time"] = room["create_time"].rstrip("Z")


@faults.on_room
def _date_without_time(room: Json) -> None:
    """A date is only a day."""
    room["end_time"] = room["end_time"].partition("T")[0]


@faults.on_room
def _impossible_date(room: Json) -> None:
    """A date is computed without a calendar."""
    room["create_time"] = re.sub("-[0-9]{2}-[0-9]{2}T", "-02-30T", room["create_time"])


@faults.on_room
def _mail_date(room: Json) -> None:
    """A date is written as in the vendor's older API."""
    moment = time.strptime(room["create_time"], "%Y-%m-%dT%H:%M:%SZ")
    room["create_time"] = time.strftime("%a, %d %b %Y %H:%M:%S +0000", moment)


@faults.on_room
def _zero_date(room: Json) -> None:
    """No date is the zero of a database instead of null."""
    room["end_time"] = "0000-00-00T00:00:00Z"


@faults.on_room
def _fraction_in_date(room: Json) -> None:
    """A date gains microseconds, which the vendor's Python library cannot read."""
    room["create_time"] = room["create_time"].replace("Z", ".000000Z")


@faults.on_participant
def _offset_in_date(participant: Json) -> None:
    """A date is written with an offset, which the vendor's Python library cannot read."""
    participant["join_time"] = participant["join_time"].replace("Z", "+00:00")


@faults.on_participant
def _bad_leave_date(participant: Json) -> None:
    """A date is written as Americans do."""
    participant["leave_time"] = "11/21/2026 02:26 AM"


@faults.on_room
def _malformed_room_sid(room: Json) -> None:
    """A SID has the length of another system's identifiers."""
    room["room_sid"] += "00"


@faults.on_room
def _room_name_as_sid(room: Json) -> None:
    """A room is known by its name."""
    room["room_sid"] = room["room_name"]


@faults.on_room
def _dashed_room_sid(room: Json) -> None:
    """A SID becomes a UUID."""
    sid = room["room_sid"]
    room["room_sid"] = f"{sid[2:10]}-{sid[10:14]}-{sid[14:18]}-{sid[18:22]}-{sid[22:]}"


@faults.on_room
def _masked_account_sid(room: Json) -> None:
    """The account is masked, as in logs."""
    room["account_sid"] = "AC" + "*" * 28 + room["account_sid"][-4:]


@faults.on_participant
def _malformed_participant_sid(participant: Json) -> None:
    """A SID has the prefix of another resource."""
    participant["participant_sid"] = "PX" + participant["participant_sid"][2:]


@faults.on_participant
def _malformed_participants_room_sid(participant: Json) -> None:
    """The room's SID loses its prefix."""
    participant["room_sid"] = participant["room_sid"][2:]


@faults.on_room
def _relative_url(room: Json) -> None:
    """A URL loses its origin, so that clients cannot follow it."""
    room["url"] = urlsplit(room["url"]).path


@faults.on_room
def _relative_link(room: Json) -> None:
    """A link loses its origin, so that clients cannot follow it."""
    room["links"]["participants"] = urlsplit(room["links"]["participants"]).path


@faults.on_room
def _url_without_scheme(room: Json) -> None:
    """A URL is what people type."""
    room["url"] = room["url"].partition("://")[2]


@faults.on_room
def _callback_not_a_url(room: Json) -> None:
    """A callback is the name of a configuration, not its URL."""
    room["status_callback"] = "video events (default)"


@faults.on_participant
def _error_url_not_a_url(participant: Json) -> None:
    """The URL that explains an error is only its number."""
    participant["error_code_url"] = "error 53001"


@faults.on_meta
def _relative_next_page_url(meta: Json) -> None:
    """The next page loses its origin, as the vendor's older API has it; Python and Node then fail."""
    meta["next_page_url"] = meta["next_page_url"] and meta["next_page_url"].partition("/v1/")[2]


@faults.on_meta
def _empty_next_page_url(meta: Json) -> None:
    """The last page leads to an empty text instead of null."""
    meta["next_page_url"] = meta["next_page_url"] or ""


@faults.on_room
def _duration_overflows(room: Json) -> None:
    """A duration outgrows 64 bits."""
    room["total_participant_duration_sec"] = 2**63


@faults.on_room
def _fraction_in_count(room: Json) -> None:
    """A count is a mean."""
    room["max_participants"] += 0.25


# The body as a whole


@faults.on_success
def _latin_1(response: Response) -> Response:
    """Text is not in UTF-8."""
    return replace(response, body=response.body.decode().replace("daily", "täglich").encode("latin-1", "replace"))
