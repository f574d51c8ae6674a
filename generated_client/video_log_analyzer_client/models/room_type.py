from enum import StrEnum


class RoomType(StrEnum):
    GO = "go"
    GROUP = "group"
    GROUP_SMALL = "group_small"
    PEER_TO_PEER = "peer_to_peer"

    @classmethod
    def _missing_(cls, value: object) -> "RoomType | None":
        """A member for a value that the document does not list; ``is_known`` tells it from the others."""
        if not isinstance(value, str):
            return None
        member = str.__new__(cls, value)
        member._name_ = value
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the document lists this value."""
        return self.value in RoomType._value2member_map_
