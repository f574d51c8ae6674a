from ..types import PageAnswer
from .page_meta import PageMeta
from .room import Room


class RoomPage(PageAnswer, frozen=True, kw_only=True, dict=True):
    """One page of rooms.

    Attributes:
        rooms: The rooms of this page, newest first.
        meta: Where this page stands among the others.
    """

    rooms: list[Room]
    meta: PageMeta
