from ..types import OpenEnum


class StatusCallbackMethod(OpenEnum):
    """The HTTP method of a status callback.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    DELETE = "DELETE"
    """Withdrawn."""
    GET = "GET"
    HEAD = "HEAD"
    """Withdrawn."""
    PATCH = "PATCH"
    """Withdrawn."""
    POST = "POST"
    PUT = "PUT"
    """Withdrawn."""
