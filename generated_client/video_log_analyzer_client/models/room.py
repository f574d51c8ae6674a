from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.codec import Codec
from ..models.created_method import CreatedMethod
from ..models.edge_location import EdgeLocation
from ..models.media_region import MediaRegion
from ..models.processing_state import ProcessingState
from ..models.room_end_reason import RoomEndReason
from ..models.room_status import RoomStatus
from ..models.room_type import RoomType
from ..models.status_callback_method import StatusCallbackMethod

if TYPE_CHECKING:
    from ..models.room_links import RoomLinks


T = TypeVar("T", bound="Room")


@_attrs_define
class Room:
    """The log of one room.

    Attributes:
        account_sid (str): The identifier of an account.
        room_sid (str): The identifier of a room.
        room_name (None | str): The name that the application gave the room. Not unique.
        create_time (datetime.datetime | None): When the room started.
        end_time (datetime.datetime | None): When the room ended; null while it is in progress.
        room_type (None | RoomType): What kind of room it was.
        room_status (None | RoomStatus): Whether the room still goes on.
        status_callback (None | str): The URL that the application wanted the room's events sent to.
        status_callback_method (None | StatusCallbackMethod): The HTTP method for `status_callback`.
        created_method (CreatedMethod | None): What created the room.
        end_reason (None | RoomEndReason): Why the room ended; null while it is in progress.
        max_participants (int | None): A limit from the application's settings, on participants in all.
        unique_participants (int | None): How many participants there were. Somebody who left and came back counts once
            for each time.
        unique_participant_identities (int | None): How many different identities the participants had.
        concurrent_participants (int | None): How many participants were there at the same time, at the most.
        max_concurrent_participants (int | None): A limit from the application's settings, on participants at the same
            time.
        codecs (list[Codec] | None): The codecs that participants used in the room.
        media_region (MediaRegion | None): The region of the media servers that the room used.
        duration_sec (int | None): Seconds from `create_time` to `end_time`.
        total_participant_duration_sec (int | None): Seconds in the room, summed over its participants.
        total_recording_duration_sec (int | None): Recorded seconds, summed over the room's participants.
        processing_state (None | ProcessingState): Whether this log may still change; `complete` is final.
        recording_enabled (bool | None): Whether recording was enabled for the room.
        edge_location (EdgeLocation | None): The edge location of the media servers that the room used.
        url (str): This room's own address.
        links (None | RoomLinks): The addresses of what belongs to the room.
    """

    account_sid: str
    room_sid: str
    room_name: None | str
    create_time: datetime.datetime | None
    end_time: datetime.datetime | None
    room_type: None | RoomType
    room_status: None | RoomStatus
    status_callback: None | str
    status_callback_method: None | StatusCallbackMethod
    created_method: CreatedMethod | None
    end_reason: None | RoomEndReason
    max_participants: int | None
    unique_participants: int | None
    unique_participant_identities: int | None
    concurrent_participants: int | None
    max_concurrent_participants: int | None
    codecs: list[Codec] | None
    media_region: MediaRegion | None
    duration_sec: int | None
    total_participant_duration_sec: int | None
    total_recording_duration_sec: int | None
    processing_state: None | ProcessingState
    recording_enabled: bool | None
    edge_location: EdgeLocation | None
    url: str
    links: None | RoomLinks

    def to_dict(self) -> dict[str, Any]:
        from ..models.room_links import RoomLinks  # noqa: PLC0415

        account_sid = self.account_sid

        room_sid = self.room_sid

        room_name: None | str
        room_name = self.room_name

        create_time: None | str
        if isinstance(self.create_time, datetime.datetime):
            create_time = self.create_time.isoformat()
        else:
            create_time = self.create_time

        end_time: None | str
        if isinstance(self.end_time, datetime.datetime):
            end_time = self.end_time.isoformat()
        else:
            end_time = self.end_time

        room_type: None | str
        if isinstance(self.room_type, RoomType):
            room_type = self.room_type.value
        else:
            room_type = self.room_type

        room_status: None | str
        if isinstance(self.room_status, RoomStatus):
            room_status = self.room_status.value
        else:
            room_status = self.room_status

        status_callback: None | str
        status_callback = self.status_callback

        status_callback_method: None | str
        if isinstance(self.status_callback_method, StatusCallbackMethod):
            status_callback_method = self.status_callback_method.value
        else:
            status_callback_method = self.status_callback_method

        created_method: None | str
        if isinstance(self.created_method, CreatedMethod):
            created_method = self.created_method.value
        else:
            created_method = self.created_method

        end_reason: None | str
        if isinstance(self.end_reason, RoomEndReason):
            end_reason = self.end_reason.value
        else:
            end_reason = self.end_reason

        max_participants: int | None
        max_participants = self.max_participants

        unique_participants: int | None
        unique_participants = self.unique_participants

        unique_participant_identities: int | None
        unique_participant_identities = self.unique_participant_identities

        concurrent_participants: int | None
        concurrent_participants = self.concurrent_participants

        max_concurrent_participants: int | None
        max_concurrent_participants = self.max_concurrent_participants

        codecs: list[str] | None
        if isinstance(self.codecs, list):
            codecs = []
            for codecs_type_0_item_data in self.codecs:
                codecs_type_0_item = codecs_type_0_item_data.value
                codecs.append(codecs_type_0_item)

        else:
            codecs = self.codecs

        media_region: None | str
        if isinstance(self.media_region, MediaRegion):
            media_region = self.media_region.value
        else:
            media_region = self.media_region

        duration_sec: int | None
        duration_sec = self.duration_sec

        total_participant_duration_sec: int | None
        total_participant_duration_sec = self.total_participant_duration_sec

        total_recording_duration_sec: int | None
        total_recording_duration_sec = self.total_recording_duration_sec

        processing_state: None | str
        if isinstance(self.processing_state, ProcessingState):
            processing_state = self.processing_state.value
        else:
            processing_state = self.processing_state

        recording_enabled: bool | None
        recording_enabled = self.recording_enabled

        edge_location: None | str
        if isinstance(self.edge_location, EdgeLocation):
            edge_location = self.edge_location.value
        else:
            edge_location = self.edge_location

        url = self.url

        links: dict[str, Any] | None
        if isinstance(self.links, RoomLinks):
            links = self.links.to_dict()
        else:
            links = self.links

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "account_sid": account_sid,
                "room_sid": room_sid,
                "room_name": room_name,
                "create_time": create_time,
                "end_time": end_time,
                "room_type": room_type,
                "room_status": room_status,
                "status_callback": status_callback,
                "status_callback_method": status_callback_method,
                "created_method": created_method,
                "end_reason": end_reason,
                "max_participants": max_participants,
                "unique_participants": unique_participants,
                "unique_participant_identities": unique_participant_identities,
                "concurrent_participants": concurrent_participants,
                "max_concurrent_participants": max_concurrent_participants,
                "codecs": codecs,
                "media_region": media_region,
                "duration_sec": duration_sec,
                "total_participant_duration_sec": total_participant_duration_sec,
                "total_recording_duration_sec": total_recording_duration_sec,
                "processing_state": processing_state,
                "recording_enabled": recording_enabled,
                "edge_location": edge_location,
                "url": url,
                "links": links,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.room_links import RoomLinks  # noqa: PLC0415

        d = dict(src_dict)
        account_sid = d.pop("account_sid")

        room_sid = d.pop("room_sid")

        def _parse_room_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        room_name = _parse_room_name(d.pop("room_name"))

        def _parse_create_time(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                create_time_type_0 = datetime.datetime.fromisoformat(data)

                return create_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        create_time = _parse_create_time(d.pop("create_time"))

        def _parse_end_time(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                end_time_type_0 = datetime.datetime.fromisoformat(data)

                return end_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        end_time = _parse_end_time(d.pop("end_time"))

        def _parse_room_type(data: object) -> None | RoomType:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                room_type_type_0 = RoomType(data)

                return room_type_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RoomType, data)

        room_type = _parse_room_type(d.pop("room_type"))

        def _parse_room_status(data: object) -> None | RoomStatus:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                room_status_type_0 = RoomStatus(data)

                return room_status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RoomStatus, data)

        room_status = _parse_room_status(d.pop("room_status"))

        def _parse_status_callback(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        status_callback = _parse_status_callback(d.pop("status_callback"))

        def _parse_status_callback_method(data: object) -> None | StatusCallbackMethod:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_callback_method_type_0 = StatusCallbackMethod(data)

                return status_callback_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | StatusCallbackMethod, data)

        status_callback_method = _parse_status_callback_method(d.pop("status_callback_method"))

        def _parse_created_method(data: object) -> CreatedMethod | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                created_method_type_0 = CreatedMethod(data)

                return created_method_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(CreatedMethod | None, data)

        created_method = _parse_created_method(d.pop("created_method"))

        def _parse_end_reason(data: object) -> None | RoomEndReason:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                end_reason_type_0 = RoomEndReason(data)

                return end_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RoomEndReason, data)

        end_reason = _parse_end_reason(d.pop("end_reason"))

        def _parse_max_participants(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_participants = _parse_max_participants(d.pop("max_participants"))

        def _parse_unique_participants(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        unique_participants = _parse_unique_participants(d.pop("unique_participants"))

        def _parse_unique_participant_identities(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        unique_participant_identities = _parse_unique_participant_identities(d.pop("unique_participant_identities"))

        def _parse_concurrent_participants(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        concurrent_participants = _parse_concurrent_participants(d.pop("concurrent_participants"))

        def _parse_max_concurrent_participants(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        max_concurrent_participants = _parse_max_concurrent_participants(d.pop("max_concurrent_participants"))

        def _parse_codecs(data: object) -> list[Codec] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                codecs_type_0 = []
                _codecs_type_0 = data
                for codecs_type_0_item_data in _codecs_type_0:
                    codecs_type_0_item = Codec(codecs_type_0_item_data)

                    codecs_type_0.append(codecs_type_0_item)

                return codecs_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Codec] | None, data)

        codecs = _parse_codecs(d.pop("codecs"))

        def _parse_media_region(data: object) -> MediaRegion | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                media_region_type_0 = MediaRegion(data)

                return media_region_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(MediaRegion | None, data)

        media_region = _parse_media_region(d.pop("media_region"))

        def _parse_duration_sec(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        duration_sec = _parse_duration_sec(d.pop("duration_sec"))

        def _parse_total_participant_duration_sec(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        total_participant_duration_sec = _parse_total_participant_duration_sec(d.pop("total_participant_duration_sec"))

        def _parse_total_recording_duration_sec(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        total_recording_duration_sec = _parse_total_recording_duration_sec(d.pop("total_recording_duration_sec"))

        def _parse_processing_state(data: object) -> None | ProcessingState:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                processing_state_type_0 = ProcessingState(data)

                return processing_state_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProcessingState, data)

        processing_state = _parse_processing_state(d.pop("processing_state"))

        def _parse_recording_enabled(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        recording_enabled = _parse_recording_enabled(d.pop("recording_enabled"))

        def _parse_edge_location(data: object) -> EdgeLocation | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                edge_location_type_0 = EdgeLocation(data)

                return edge_location_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EdgeLocation | None, data)

        edge_location = _parse_edge_location(d.pop("edge_location"))

        url = d.pop("url")

        def _parse_links(data: object) -> None | RoomLinks:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                links_type_0 = RoomLinks.from_dict(data)

                return links_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RoomLinks, data)

        links = _parse_links(d.pop("links"))

        room = cls(
            account_sid=account_sid,
            room_sid=room_sid,
            room_name=room_name,
            create_time=create_time,
            end_time=end_time,
            room_type=room_type,
            room_status=room_status,
            status_callback=status_callback,
            status_callback_method=status_callback_method,
            created_method=created_method,
            end_reason=end_reason,
            max_participants=max_participants,
            unique_participants=unique_participants,
            unique_participant_identities=unique_participant_identities,
            concurrent_participants=concurrent_participants,
            max_concurrent_participants=max_concurrent_participants,
            codecs=codecs,
            media_region=media_region,
            duration_sec=duration_sec,
            total_participant_duration_sec=total_participant_duration_sec,
            total_recording_duration_sec=total_recording_duration_sec,
            processing_state=processing_state,
            recording_enabled=recording_enabled,
            edge_location=edge_location,
            url=url,
            links=links,
        )

        return room
