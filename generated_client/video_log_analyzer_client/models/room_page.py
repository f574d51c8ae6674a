from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.page_meta import PageMeta
    from ..models.room import Room


T = TypeVar("T", bound="RoomPage")


@_attrs_define
class RoomPage:
    """One page of rooms.

    Attributes:
        rooms (list[Room]): The rooms of this page, newest first.
        meta (PageMeta): Where a page stands among the others, and how to reach them.
    """

    rooms: list[Room]
    meta: PageMeta

    def to_dict(self) -> dict[str, Any]:
        rooms = []
        for rooms_item_data in self.rooms:
            rooms_item = rooms_item_data.to_dict()
            rooms.append(rooms_item)

        meta = self.meta.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "rooms": rooms,
                "meta": meta,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.page_meta import PageMeta  # noqa: PLC0415
        from ..models.room import Room  # noqa: PLC0415

        d = dict(src_dict)
        rooms = []
        _rooms = d.pop("rooms")
        for rooms_item_data in _rooms:
            rooms_item = Room.from_dict(rooms_item_data)

            rooms.append(rooms_item)

        meta = PageMeta.from_dict(d.pop("meta"))

        room_page = cls(
            rooms=rooms,
            meta=meta,
        )

        return room_page
