from ..types import OpenEnum


class RoomType(OpenEnum):
    """What kind of room it was.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    GO = "go"
    GROUP = "group"
    GROUP_SMALL = "group_small"
    PEER_TO_PEER = "peer_to_peer"
