from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.codec import Codec
from ..models.edge_location import EdgeLocation
from ..models.media_region import MediaRegion
from ..models.participant_end_reason import ParticipantEndReason
from ..models.participant_status import ParticipantStatus

if TYPE_CHECKING:
    from ..models.participant_properties import ParticipantProperties
    from ..models.publisher_info import PublisherInfo


T = TypeVar("T", bound="Participant")


@_attrs_define
class Participant:
    """The log of one participant of one room.

    Attributes:
        participant_sid (str): The identifier of a participant.
        participant_identity (None | str): Who the participant is, in the application's own words. Unique within the
            room at any time.
        join_time (datetime.datetime | None): When the participant joined the room.
        leave_time (datetime.datetime | None): When the participant left the room; null while still there.
        duration_sec (int | None): Seconds from `join_time` to `leave_time`.
        account_sid (str): The identifier of an account.
        room_sid (str): The identifier of a room.
        status (None | ParticipantStatus): Whether the participant is still in the room.
        codecs (list[Codec] | None): The codecs that the participant used.
        end_reason (None | ParticipantEndReason): Why the participant left the room; null for an ordinary leave.
        error_code (int | None): The vendor's code for the error that the participant met; null or 0 for none.
        error_code_url (None | str): Where the vendor explains `error_code`.
        media_region (MediaRegion | None): The region of the media servers that the participant connected to.
        properties (None | ParticipantProperties): Details of the participant's tracks and of how they joined.
        edge_location (EdgeLocation | None): The edge location that the participant connected to.
        publisher_info (None | PublisherInfo): The SDK that the participant used.
        url (str): This participant's own address.
    """

    participant_sid: str
    participant_identity: None | str
    join_time: datetime.datetime | None
    leave_time: datetime.datetime | None
    duration_sec: int | None
    account_sid: str
    room_sid: str
    status: None | ParticipantStatus
    codecs: list[Codec] | None
    end_reason: None | ParticipantEndReason
    error_code: int | None
    error_code_url: None | str
    media_region: MediaRegion | None
    properties: None | ParticipantProperties
    edge_location: EdgeLocation | None
    publisher_info: None | PublisherInfo
    url: str

    def to_dict(self) -> dict[str, Any]:
        from ..models.participant_properties import ParticipantProperties  # noqa: PLC0415
        from ..models.publisher_info import PublisherInfo  # noqa: PLC0415

        participant_sid = self.participant_sid

        participant_identity: None | str
        participant_identity = self.participant_identity

        join_time: None | str
        if isinstance(self.join_time, datetime.datetime):
            join_time = self.join_time.isoformat()
        else:
            join_time = self.join_time

        leave_time: None | str
        if isinstance(self.leave_time, datetime.datetime):
            leave_time = self.leave_time.isoformat()
        else:
            leave_time = self.leave_time

        duration_sec: int | None
        duration_sec = self.duration_sec

        account_sid = self.account_sid

        room_sid = self.room_sid

        status: None | str
        if isinstance(self.status, ParticipantStatus):
            status = self.status.value
        else:
            status = self.status

        codecs: list[str] | None
        if isinstance(self.codecs, list):
            codecs = []
            for codecs_type_0_item_data in self.codecs:
                codecs_type_0_item = codecs_type_0_item_data.value
                codecs.append(codecs_type_0_item)

        else:
            codecs = self.codecs

        end_reason: None | str
        if isinstance(self.end_reason, ParticipantEndReason):
            end_reason = self.end_reason.value
        else:
            end_reason = self.end_reason

        error_code: int | None
        error_code = self.error_code

        error_code_url: None | str
        error_code_url = self.error_code_url

        media_region: None | str
        if isinstance(self.media_region, MediaRegion):
            media_region = self.media_region.value
        else:
            media_region = self.media_region

        properties: dict[str, Any] | None
        if isinstance(self.properties, ParticipantProperties):
            properties = self.properties.to_dict()
        else:
            properties = self.properties

        edge_location: None | str
        if isinstance(self.edge_location, EdgeLocation):
            edge_location = self.edge_location.value
        else:
            edge_location = self.edge_location

        publisher_info: dict[str, Any] | None
        if isinstance(self.publisher_info, PublisherInfo):
            publisher_info = self.publisher_info.to_dict()
        else:
            publisher_info = self.publisher_info

        url = self.url

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "participant_sid": participant_sid,
                "participant_identity": participant_identity,
                "join_time": join_time,
                "leave_time": leave_time,
                "duration_sec": duration_sec,
                "account_sid": account_sid,
                "room_sid": room_sid,
                "status": status,
                "codecs": codecs,
                "end_reason": end_reason,
                "error_code": error_code,
                "error_code_url": error_code_url,
                "media_region": media_region,
                "properties": properties,
                "edge_location": edge_location,
                "publisher_info": publisher_info,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.participant_properties import ParticipantProperties  # noqa: PLC0415
        from ..models.publisher_info import PublisherInfo  # noqa: PLC0415

        d = dict(src_dict)
        participant_sid = d.pop("participant_sid")

        def _parse_participant_identity(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        participant_identity = _parse_participant_identity(d.pop("participant_identity"))

        def _parse_join_time(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                join_time_type_0 = datetime.datetime.fromisoformat(data)

                return join_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        join_time = _parse_join_time(d.pop("join_time"))

        def _parse_leave_time(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                leave_time_type_0 = datetime.datetime.fromisoformat(data)

                return leave_time_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        leave_time = _parse_leave_time(d.pop("leave_time"))

        def _parse_duration_sec(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        duration_sec = _parse_duration_sec(d.pop("duration_sec"))

        account_sid = d.pop("account_sid")

        room_sid = d.pop("room_sid")

        def _parse_status(data: object) -> None | ParticipantStatus:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                status_type_0 = ParticipantStatus(data)

                return status_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ParticipantStatus, data)

        status = _parse_status(d.pop("status"))

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

        def _parse_end_reason(data: object) -> None | ParticipantEndReason:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                end_reason_type_0 = ParticipantEndReason(data)

                return end_reason_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ParticipantEndReason, data)

        end_reason = _parse_end_reason(d.pop("end_reason"))

        def _parse_error_code(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        error_code = _parse_error_code(d.pop("error_code"))

        def _parse_error_code_url(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        error_code_url = _parse_error_code_url(d.pop("error_code_url"))

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

        def _parse_properties(data: object) -> None | ParticipantProperties:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                properties_type_0 = ParticipantProperties.from_dict(data)

                return properties_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ParticipantProperties, data)

        properties = _parse_properties(d.pop("properties"))

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

        def _parse_publisher_info(data: object) -> None | PublisherInfo:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                publisher_info_type_0 = PublisherInfo.from_dict(data)

                return publisher_info_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PublisherInfo, data)

        publisher_info = _parse_publisher_info(d.pop("publisher_info"))

        url = d.pop("url")

        participant = cls(
            participant_sid=participant_sid,
            participant_identity=participant_identity,
            join_time=join_time,
            leave_time=leave_time,
            duration_sec=duration_sec,
            account_sid=account_sid,
            room_sid=room_sid,
            status=status,
            codecs=codecs,
            end_reason=end_reason,
            error_code=error_code,
            error_code_url=error_code_url,
            media_region=media_region,
            properties=properties,
            edge_location=edge_location,
            publisher_info=publisher_info,
            url=url,
        )

        return participant
