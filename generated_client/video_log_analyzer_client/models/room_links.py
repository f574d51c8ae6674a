from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RoomLinks")


@_attrs_define
class RoomLinks:
    """The addresses of what belongs to a room.

    Attributes:
        participants (str): The list of the room's participants.
    """

    participants: str

    def to_dict(self) -> dict[str, Any]:
        participants = self.participants

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "participants": participants,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        participants = d.pop("participants")

        room_links = cls(
            participants=participants,
        )

        return room_links
