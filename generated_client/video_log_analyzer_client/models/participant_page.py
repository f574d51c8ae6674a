from ..types import PageAnswer
from .page_meta import PageMeta
from .participant import Participant


class ParticipantPage(PageAnswer, frozen=True, kw_only=True, dict=True):
    """One page of participants.

    Attributes:
        participants: The participants of this page.
        meta: Where this page stands among the others.
    """

    participants: list[Participant]
    meta: PageMeta
