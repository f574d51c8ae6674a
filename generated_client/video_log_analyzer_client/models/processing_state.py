from enum import StrEnum


class ProcessingState(StrEnum):
    COMPLETE = "complete"
    IN_PROGRESS = "in_progress"
    NOT_STARTED = "not_started"
    TIMEOUT = "timeout"

    @classmethod
    def _missing_(cls, value: object) -> "ProcessingState | None":
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
        return self.value in ProcessingState._value2member_map_
