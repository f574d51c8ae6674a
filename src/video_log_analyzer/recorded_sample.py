"""The emulator's rooms for recordings: a few fixed rooms that cover every room type and codec."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from contract_kit.cassettes.scrubbing import MOMENT
from video_log_analyzer.emulator_client import EmulatorControl

# Start in minutes before MOMENT, duration in minutes (None: in progress), name, type, codecs, region, participants.
_ROOMS: tuple[tuple[int, int | None, str, str, tuple[str, ...], str, int], ...] = (
    (30, None, "standup", "group", ("VP8", "opus"), "us1", 1),
    (90, 25, "weekly review", "group", ("VP8", "H264", "opus"), "ie1", 5),
    (180, 40, "Sprechstunde Müller", "group_small", ("H264", "opus"), "de1", 2),
    (300, 5, "https://meet.example.com/r/1?a=b&c=ü", "peer_to_peer", ("VP9",), "jp1", 2),
    (600, 0, "", "go", (), "gll", 0),
    (1500, 60, "weekly review", "go", ("opus",), "au1", 2),
)
_IDENTITIES = ("alice", "bob@example.com", 'Zoë "Z" O\'Neil', "+15005550006", "alice")
_END_REASONS = (None, "disconnected_via_api", "participant_disconnected_because_of_duplicate_identity", None, None)


def lines() -> Iterator[bytes]:
    """Yield the rooms as NDJSON for the control API."""
    for number, (before, lasted, name, room_type, codecs, region, count) in enumerate(_ROOMS, 1):
        start = MOMENT - timedelta(minutes=before)
        end = None if lasted is None else start + timedelta(minutes=lasted)
        room: dict[str, Any] = {
            "room_sid": f"RM00000000{number:024x}",
            "room_name": name,
            "create_time": _instant(start),
            "end_time": None if end is None else _instant(end),
            "room_type": room_type,
            "room_status": "in_progress" if end is None else "completed",
            "status_callback": None if number % 2 else f"https://hooks.example.com/{number}?token=%2Fsecret",
            "status_callback_method": None if number % 2 else "POST",
            "created_method": ("sdk", "ad_hoc", "api")[number % 3],
            "end_reason": None if end is None else ("timeout", "room_ended_via_api")[number % 2],
            "codecs": list(codecs),
            "media_region": region,
            "edge_location": "ashburn",
            "processing_state": "in_progress" if end is None else "complete",
        }
        room["participants"] = [
            {
                "participant_sid": f"PA00000000{number * 16 + place:024x}",
                "participant_identity": _IDENTITIES[place],
                "join_time": _instant(start + timedelta(seconds=20 * place)),
                "leave_time": None if (left := _left(start, end, place, count)) is None else _instant(left),
                "status": "connected" if left is None else "disconnected",
                "codecs": list(codecs),
                "end_reason": _END_REASONS[place],
                "error_code": 53205 if place == 2 else None,
                "error_code_url": "https://www.twilio.com/docs/errors/53205" if place == 2 else None,
                "media_region": region,
                "edge_location": "ashburn",
                "publisher_info": {"name": "twilio-video-js", "sdk_version": "2.31.0"},
                "properties": {"numAudioTracks": 1, "numVideoTracks": 1, "numDataTracks": place % 2, "isAdhoc": False},
            }
            for place in range(count)
        ]
        yield json.dumps(room).encode() + b"\n"


def _left(start: datetime, end: datetime | None, place: int, count: int) -> datetime | None:
    """When a participant left; the first one comes back as the last, and cannot be there twice at one time."""
    if place == 0 and count == len(_IDENTITIES):
        return start + timedelta(seconds=70)
    return None if end is None else end - timedelta(seconds=30)


def _instant(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def arrange(url: str, now: datetime) -> None:
    """Reset an emulator, freeze its clock at ``now``, and load the rooms."""
    with EmulatorControl(url) as control:
        control.reset()
        control.set_clock(now, frozen=True)
        control.load(lines())
