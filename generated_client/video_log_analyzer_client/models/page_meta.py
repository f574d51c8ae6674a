from ..types import Model


class PageMeta(Model, frozen=True, kw_only=True, gc=False):
    """Where a page stands among the others, and how to reach them.

    Attributes:
        key: The name of the key beside `meta` that holds the rows. Example: ``rooms``.
        url: This page. Example: ``https://insights.twilio.com/v1/Video/Rooms?PageSize=50&Page=0``.
        first_page_url: The first page of the same list. Example:
            ``https://insights.twilio.com/v1/Video/Rooms?PageSize=50&Page=0``.
        next_page_url: The next page; null on the last.
        previous_page_url: The page before; null on the first.
        page: The index of this page, from 0. Example: ``0``.
        page_size: How many rows this page could have held. It may hold fewer. Example: ``50``.
    """

    key: str
    url: str
    first_page_url: str
    next_page_url: str | None = None
    previous_page_url: str | None = None
    page: int
    page_size: int
