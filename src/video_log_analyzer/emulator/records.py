"""A room and a participant as the emulator keeps them, and the JSON that it answers with.

Times are epoch seconds here and ``2026-11-20T20:08:56Z`` in the JSON. The JSON is rendered once, when a record is
stored: answering a page is then joining bytes. ``ORIGIN`` marks where the caller's origin belongs; JSON never contains
this character unescaped, so that replacing it changes nothing else.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contract_kit.emulator import rfc3339

ORIGIN = b"\x01"
ROOMS_PATH = "/v1/Video/Rooms"
NO_TIME = -(10**12)  # stands in a list's order where a record has no time: before every time that can be written

_ORIGIN = ORIGIN.decode()
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Room:
    """One room; the fields are the resource's own, in published order. All but the SIDs may be null."""

    account_sid: str
    room_sid: str
    room_name: str | None
    create_time: int | None
    end_time: int | None
    room_type: str | None
    room_status: str | None
    status_callback: str | None
    status_callback_method: str | None
    created_method: str | None
    end_reason: str | None
    max_participants: int | None
    unique_participants: int | None
    unique_participant_identities: int | None
    concurrent_participants: int | None
    max_concurrent_participants: int | None
    codecs: tuple[str, ...] | None
    media_region: str | None
    duration_sec: int | None
    total_participant_duration_sec: int | None
    total_recording_duration_sec: int | None
    processing_state: str | None
    recording_enabled: bool | None
    edge_location: str | None

    def body(self) -> bytes:
        """Return the resource as JSON with ``ORIGIN`` in its URLs."""
        path = f"{_ORIGIN}{ROOMS_PATH}/{self.room_sid}"
        return _render(
            {
                "account_sid": self.account_sid,
                "room_sid": self.room_sid,
                "room_name": self.room_name,
                "create_time": _date_time(self.create_time),
                "end_time": _date_time(self.end_time),
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

    @classmethod
    def from_body(cls, body: bytes) -> Room:
        """Return the room that ``body`` was rendered from."""
        fields = _fields(body, "create_time", "end_time")
        del fields["url"], fields["links"]
        return cls(**fields)


@dataclass(frozen=True, slots=True)
class RenderedRoom:
    """A room whose body is rendered already, with the other fields that the store needs; see ``Room``."""

    account_sid: str
    room_sid: str
    room_name: str | None
    create_time: int | None
    end_time: int | None
    room_type: str | None
    codecs: tuple[str, ...] | None
    rendered: bytes

    def body(self) -> bytes:
        """Return the resource as JSON with ``ORIGIN`` in its URLs."""
        return self.rendered


@dataclass(frozen=True, slots=True)
class Participant:
    """One participant; the fields are the resource's own, in published order. All but the SIDs may be null.

    ``properties`` and ``publisher_info`` are objects as they are answered.
    """

    participant_sid: str
    participant_identity: str | None
    join_time: int | None
    leave_time: int | None
    duration_sec: int | None
    account_sid: str
    room_sid: str
    status: str | None
    codecs: tuple[str, ...] | None
    end_reason: str | None
    error_code: int | None
    error_code_url: str | None
    media_region: str | None
    properties: Mapping[str, Any] | None
    edge_location: str | None
    publisher_info: Mapping[str, Any] | None

    def body(self) -> bytes:
        """Return the resource as JSON with ``ORIGIN`` in its URL."""
        return _render(
            {
                "participant_sid": self.participant_sid,
                "participant_identity": self.participant_identity,
                "join_time": _date_time(self.join_time),
                "leave_time": _date_time(self.leave_time),
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
            f'"url":"{_ORIGIN}{ROOMS_PATH}/{self.room_sid}/Participants/{self.participant_sid}"',
        )

    @classmethod
    def from_body(cls, body: bytes) -> Participant:
        """Return the participant that ``body`` was rendered from."""
        fields = _fields(body, "join_time", "leave_time")
        del fields["url"]
        return cls(**fields)


def _date_time(epoch: int | None) -> str | None:
    return None if epoch is None else rfc3339.render(epoch)


def _render(fields: Mapping[str, object], links: str) -> bytes:
    """Join the fields and, behind them, the already rendered URLs: ``json`` would escape ``ORIGIN``."""
    text = _encode(fields)
    try:
        return f"{text[:-1]},{links}}}".encode()
    except UnicodeEncodeError:  # half of a surrogate pair: JSON can write it, UTF-8 cannot
        return f"{json.dumps(fields, separators=(',', ':'))[:-1]},{links}}}".encode()


def _fields(body: bytes, *date_times: str) -> dict[str, Any]:
    fields: dict[str, Any] = json.loads(body, strict=False)
    for name in date_times:
        if fields[name] is not None:
            fields[name] = rfc3339.parse(fields[name])
    if fields["codecs"] is not None:
        fields["codecs"] = tuple(fields["codecs"])
    return fields
