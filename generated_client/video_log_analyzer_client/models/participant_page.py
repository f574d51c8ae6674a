from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.page_meta import PageMeta
    from ..models.participant import Participant


T = TypeVar("T", bound="ParticipantPage")


@_attrs_define
class ParticipantPage:
    """One page of participants.

    Attributes:
        participants (list[Participant]): The participants of this page.
        meta (PageMeta): Where a page stands among the others, and how to reach them.
    """

    participants: list[Participant]
    meta: PageMeta

    def to_dict(self) -> dict[str, Any]:
        participants = []
        for participants_item_data in self.participants:
            participants_item = participants_item_data.to_dict()
            participants.append(participants_item)

        meta = self.meta.to_dict()

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "participants": participants,
                "meta": meta,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.page_meta import PageMeta  # noqa: PLC0415
        from ..models.participant import Participant  # noqa: PLC0415

        d = dict(src_dict)
        participants = []
        _participants = d.pop("participants")
        for participants_item_data in _participants:
            participants_item = Participant.from_dict(participants_item_data)

            participants.append(participants_item)

        meta = PageMeta.from_dict(d.pop("meta"))

        participant_page = cls(
            participants=participants,
            meta=meta,
        )

        return participant_page
