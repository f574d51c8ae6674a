"""A room and a participant as the emulator keeps them, and the JSON that it answers with.

Times are epoch seconds here and ``2026-11-20T20:08:56Z`` in the JSON. The JSON is rendered once, when a record is
stored: answering a page is then joining texts. Where the caller's origin belongs stands ``ORIGIN``, a character that
JSON never contains unescaped, so that replacing it can hit nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from video_log_analyzer.emulator import rfc3339

ORIGIN = "\x01"
ROOMS_PATH = "/v1/Video/Rooms"


@dataclass(frozen=True, slots=True)
class Room:
    """One room; the fields are the resource's own, in published order."""

    account_sid: str
    room_sid: str
    room_name: str
    create_time: int
    end_time: int | None
    room_type: str
    room_status: str
    status_callback: str | None
    status_callback_method: str | None
    created_method: str
    end_reason: str | None
    max_participants: int
    unique_participants: int
    unique_participant_identities: int
    concurrent_participants: int
    max_concurrent_participants: int
    codecs: tuple[str, ...]
    media_region: str
    duration_sec: int | None
    total_participant_duration_sec: int
    total_recording_duration_sec: int
    processing_state: str
    recording_enabled: bool
    edge_location: str

    def body(self) -> str:
        """Return the resource as JSON text with ``ORIGIN`` in its URLs."""
        path = f"{ORIGIN}{ROOMS_PATH}/{self.room_sid}"
        return _render(
            {
                "account_sid": self.account_sid,
                "room_sid": self.room_sid,
                "room_name": self.room_name,
                "create_time": rfc3339.render(self.create_time),
                "end_time": None if self.end_time is None else rfc3339.render(self.end_time),
                "room_type": self.room_type,
                "room_status": self.room_status,
                "status_callback": self.status_callback,
                "status_callback_method": self.status_callback_method,
                "created_method": self.created_method,
                "end_reason": self.end_reason,
                "max_participants": self.max_participants,
                "unique_participants": self.unique_participants,
                "unique_participant_identities": self.unique_participant_identities,
                "concurrent_participants": self.concurrent_participants,
                "max_concurrent_participants": self.max_concurrent_participants,
                "codecs": self.codecs,
                "media_region": self.media_region,
                "duration_sec": self.duration_sec,
                "total_participant_duration_sec": self.total_participant_duration_sec,
                "total_recording_duration_sec": self.total_recording_duration_sec,
                "processing_state": self.processing_state,
                "recording_enabled": self.recording_enabled,
                "edge_location": self.edge_location,
            },
            f'"url":"{path}","links":{{"participants":"{path}/Participants"}}',
        )


@dataclass(frozen=True, slots=True)
class Participant:
    """One participant; ``properties`` and ``publisher_info`` are objects of the resource as they are answered."""

    participant_sid: str
    participant_identity: str
    join_time: int
    leave_time: int | None
    account_sid: str
    room_sid: str
    status: str
    codecs: tuple[str, ...]
    end_reason: str | None
    error_code: int | None
    error_code_url: str | None
    media_region: str
    properties: Mapping[str, bool | int]
    edge_location: str
    publisher_info: Mapping[str, str]

    @property
    def duration_sec(self) -> int | None:
        """Seconds in the room, None while still there."""
        return None if self.leave_time is None else self.leave_time - self.join_time

    def body(self) -> str:
        """Return the resource as JSON text with ``ORIGIN`` in its URL."""
        return _render(
            {
                "participant_sid": self.participant_sid,
                "participant_identity": self.participant_identity,
                "join_time": rfc3339.render(self.join_time),
                "leave_time": None if self.leave_time is None else rfc3339.render(self.leave_time),
                "duration_sec": self.duration_sec,
                "account_sid": self.account_sid,
                "room_sid": self.room_sid,
                "status": self.status,
                "codecs": self.codecs,
                "end_reason": self.end_reason,
                "error_code": self.error_code,
                "error_code_url": self.error_code_url,
                "media_region": self.media_region,
                "properties": self.properties,
                "edge_location": self.edge_location,
                "publisher_info": self.publisher_info,
            },
            f'"url":"{ORIGIN}{ROOMS_PATH}/{self.room_sid}/Participants/{self.participant_sid}"',
        )


def _render(fields: Mapping[str, object], links: str) -> str:
    """Join the fields and, behind them, the already rendered URLs: ``json`` would escape ``ORIGIN``."""
    return json.dumps(fields, ensure_ascii=False, separators=(",", ":"))[:-1] + f",{links}}}"
