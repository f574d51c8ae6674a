from enum import StrEnum


class StatusCallbackMethod(StrEnum):
    DELETE = "DELETE"
    GET = "GET"
    HEAD = "HEAD"
    PATCH = "PATCH"
    POST = "POST"
    PUT = "PUT"

    @classmethod
    def _missing_(cls, value: object) -> "StatusCallbackMethod | None":
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
        return self.value in StatusCallbackMethod._value2member_map_
