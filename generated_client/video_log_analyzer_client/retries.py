"""When a request is tried again, and after how long."""

import random
import re
import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Retry:
    """How often and how long to try; ``Client(retry=None)`` tries once.

    Tried again are lost connections, timeouts, damaged bodies, 408, 409, 429 and 500 to 599: every operation is a GET, so
    that repeating one is safe. Not tried again is a certificate that is not trusted. Pauses grow twofold and are drawn at random from the upper half, so that clients do not come back all at once.
    A ``Retry-After`` of the service is kept to; where it exceeds ``total_seconds``, the answer is the error at once.

    Attributes:
        attempts: The most tries, the first included.
        total_seconds: The whole request, all tries, pauses and bodies included, takes no longer than this.
        first_pause: Seconds before the second try, at the most.
        longest_pause: Seconds between two tries, at the most, unless the service asks for more.
    """

    attempts: int = 4
    total_seconds: float = 60.0
    first_pause: float = 0.5
    longest_pause: float = 8.0

    def __post_init__(self) -> None:
        if self.attempts < 1 or min(self.total_seconds, self.first_pause, self.longest_pause) < 0:
            raise ValueError(f"{self}: there is at least one attempt, and no time is negative")

    def pause(self, attempt: int, spent: float, retry_after: float | None = None) -> float | None:
        """Seconds to wait after a failed try; None to give up.

        Args:
            attempt: The number of the try, from 1.
            spent: Seconds since the first try began.
            retry_after: What the service asked for, in seconds.
        """
        if attempt >= self.attempts:
            return None
        longest = min(self.longest_pause, self.first_pause * 2 ** min(attempt - 1, 64))
        seconds = random.uniform(longest / 2, longest)
        if retry_after is not None:
            seconds = retry_after + random.uniform(0, self.first_pause / 2)
        return seconds if spent + seconds <= self.total_seconds else None


def is_passing(status: int) -> bool:
    """Whether an answer with this status may be another one the next time."""
    return status in {408, 409, 429} or 500 <= status <= 599


def seconds_after(header: str | None) -> float | None:
    """What ``Retry-After`` says, in seconds from now: ``120``, or an HTTP date; None for anything else."""
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]+)?", text):
        return float(text)
    from email.utils import parsedate_to_datetime

    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError, OSError):
        return None
