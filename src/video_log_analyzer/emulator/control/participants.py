"""Participants as the control API takes them: defaults for what is left out, and what follows from what is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from video_log_analyzer.emulator.control.problems import Problems
from video_log_analyzer.emulator.errors import more_info
from video_log_analyzer.emulator.lifecycle import duration, status_of
from video_log_analyzer.emulator.records import Participant

# What a participant takes from its room unless it is given.
OF_ROOM = (
    *("account_sid", "room_sid", "create_time", "end_time"),
    *("media_region", "edge_location", "recording_enabled"),
)


def complete(
    given: Mapping[str, Any], room: Mapping[str, Any], sid: str, problems: Problems, pointer: str = ""
) -> Participant:
    """Return a participant with what is given, and for the rest what fits the room.

    ``room`` has at least the fields ``OF_ROOM``.
    """
    participant_sid = given.get("participant_sid", sid)
    for name in ("account_sid", "room_sid"):
        if name in given and given[name] != room[name]:
            problems.add(f"{pointer}/{name}", f"expected {room[name]}, where the call puts it, or nothing")
    join_time = given.get("join_time", room["create_time"])
    leave_time = given.get("leave_time", room["end_time"])
    problems.require_order(f"{pointer}/leave_time", leave_time, "join_time", join_time)
    codecs = given.get("codecs", ("VP8", "opus"))
    error_code = given.get("error_code")
    return Participant(
        participant_sid=participant_sid,
        participant_identity=given.get("participant_identity", participant_sid),
        join_time=join_time,
        leave_time=leave_time,
        duration_sec=given.get("duration_sec", duration(join_time, leave_time)),
        account_sid=room["account_sid"],
        room_sid=room["room_sid"],
        status=given.get("status", status_of(leave_time, None)),
        codecs=codecs,
        end_reason=given.get("end_reason"),
        error_code=error_code,
        error_code_url=given.get("error_code_url", more_info(error_code) if error_code else None),
        media_region=given.get("media_region", room["media_region"]),
        properties=given.get(
            "properties",
            {
                "recordOnConnect": bool(room["recording_enabled"]),
                "numAudioTracks": int("opus" in (codecs or ())),
                "numVideoTracks": sum(codec != "opus" for codec in codecs or ()),
                "numDataTracks": 0,
                "isAdhoc": False,
            },
        ),
        edge_location=given.get("edge_location", room["edge_location"]),
        publisher_info=given.get("publisher_info", {"name": "twilio-video-js", "sdk_version": "2.28.1"}),
    )


def change(old: Participant, given: Mapping[str, Any], problems: Problems) -> Participant:
    """Return ``old`` with what is given; a duration or status that followed from the times follows them again."""
    for name in ("participant_sid", "account_sid", "room_sid"):
        if name in given and given[name] != getattr(old, name):
            problems.add(f"/{name}", "cannot be changed: delete the participant and put another")
    new = replace(old, **{name: value for name, value in given.items() if name != "url"})
    problems.require_order("/leave_time", new.leave_time, "join_time", new.join_time)
    if "duration_sec" not in given and old.duration_sec == duration(old.join_time, old.leave_time):
        new = replace(new, duration_sec=duration(new.join_time, new.leave_time))
    if "status" not in given and (old.leave_time is None) != (new.leave_time is None):
        new = replace(new, status=status_of(new.leave_time, old.status))
    return new
