from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="ParticipantProperties")


@_attrs_define
class ParticipantProperties:
    """Details of a participant's tracks and of how they joined. Any key may be absent.

    Attributes:
        record_on_connect (bool | None | Unset): Whether recording began as soon as the participant joined.
        num_audio_tracks (int | None | Unset): How many audio tracks the participant published.
        num_video_tracks (int | None | Unset): How many video tracks the participant published.
        num_data_tracks (int | None | Unset): How many data tracks the participant published.
        is_adhoc (bool | None | Unset): Whether the participant's joining created the room.
    """

    record_on_connect: bool | None | Unset = UNSET
    num_audio_tracks: int | None | Unset = UNSET
    num_video_tracks: int | None | Unset = UNSET
    num_data_tracks: int | None | Unset = UNSET
    is_adhoc: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        record_on_connect: bool | None | Unset
        if isinstance(self.record_on_connect, Unset):
            record_on_connect = UNSET
        else:
            record_on_connect = self.record_on_connect

        num_audio_tracks: int | None | Unset
        if isinstance(self.num_audio_tracks, Unset):
            num_audio_tracks = UNSET
        else:
            num_audio_tracks = self.num_audio_tracks

        num_video_tracks: int | None | Unset
        if isinstance(self.num_video_tracks, Unset):
            num_video_tracks = UNSET
        else:
            num_video_tracks = self.num_video_tracks

        num_data_tracks: int | None | Unset
        if isinstance(self.num_data_tracks, Unset):
            num_data_tracks = UNSET
        else:
            num_data_tracks = self.num_data_tracks

        is_adhoc: bool | None | Unset
        if isinstance(self.is_adhoc, Unset):
            is_adhoc = UNSET
        else:
            is_adhoc = self.is_adhoc

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if record_on_connect is not UNSET:
            field_dict["recordOnConnect"] = record_on_connect
        if num_audio_tracks is not UNSET:
            field_dict["numAudioTracks"] = num_audio_tracks
        if num_video_tracks is not UNSET:
            field_dict["numVideoTracks"] = num_video_tracks
        if num_data_tracks is not UNSET:
            field_dict["numDataTracks"] = num_data_tracks
        if is_adhoc is not UNSET:
            field_dict["isAdhoc"] = is_adhoc

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_record_on_connect(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        record_on_connect = _parse_record_on_connect(d.pop("recordOnConnect", UNSET))

        def _parse_num_audio_tracks(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        num_audio_tracks = _parse_num_audio_tracks(d.pop("numAudioTracks", UNSET))

        def _parse_num_video_tracks(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        num_video_tracks = _parse_num_video_tracks(d.pop("numVideoTracks", UNSET))

        def _parse_num_data_tracks(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        num_data_tracks = _parse_num_data_tracks(d.pop("numDataTracks", UNSET))

        def _parse_is_adhoc(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_adhoc = _parse_is_adhoc(d.pop("isAdhoc", UNSET))

        participant_properties = cls(
            record_on_connect=record_on_connect,
            num_audio_tracks=num_audio_tracks,
            num_video_tracks=num_video_tracks,
            num_data_tracks=num_data_tracks,
            is_adhoc=is_adhoc,
        )

        return participant_properties
