from ..types import OpenEnum


class ProcessingState(OpenEnum):
    """Whether a log may still change; `complete` is final.

    A value that is not listed here becomes a member of its own, with ``is_known`` False.
    """

    COMPLETE = "complete"
    IN_PROGRESS = "in_progress"
    NOT_STARTED = "not_started"
    TIMEOUT = "timeout"
