"""The throttle that every request of a run passes: budget, rate, deadline, and retries of passing failures."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Callable

import httpx

from contract_kit.check.budget import Budget
from contract_kit.check.transport import TooSlowError
from contract_kit.configuration import Configuration
from contract_kit.foreign_text import retry_after

# Seconds to wait before each retry of a dropped connection, a 429 or a 5xx.
PAUSES = (0.2, 0.6, 1.8)
_TOO_MANY = 429
PASSING = frozenset({_TOO_MANY, 500, 502, 503, 504})
# A Retry-After of more seconds is not waited for.
_LONGEST_PAUSE = 60.0


class NoAnswerError(Exception):
    """The target gave no response that this check can use; the session has already noted why."""


class BudgetSpentError(NoAnswerError):
    """The running check has used up its share of the request budget."""


class ClosedError(NoAnswerError):
    """The target kept answering 429, so the operation gets no more requests."""


class DeadlineError(Exception):
    """The deadline of the whole run has passed."""


class RequestThrottle:
    """Sends requests one after the other, within the limits of the run, and counts them."""

    def __init__(self, budget: Budget, limits: Configuration) -> None:
        self.budget = budget
        self.sent: Counter[str] = Counter()
        self.retried: Counter[str] = Counter()
        self.spent = False  # in the running check
        self.was_spent = False  # in any check of the run
        self._limits = limits
        self._deadline = None if limits.deadline is None else time.monotonic() + limits.deadline
        self._next = 0.0
        # Operations and failures that outlasted all pauses once; waiting for them again would be useless.
        self._lasting: set[tuple[str, object]] = set()
        self._closed: set[str] = set()

    @property
    def requests(self) -> int:
        """The number of requests sent."""
        return self.sent.total()

    def require_time(self) -> None:
        """Require that the deadline has not passed.

        Raises:
            DeadlineError: it has passed.
        """
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise DeadlineError(f"the deadline of {self._limits.deadline:g} s has passed")

    def seconds_left(self) -> float | None:
        """The seconds until the deadline, or None if there is none."""
        return None if self._deadline is None else max(0.0, self._deadline - time.monotonic())

    def through(self, operation: str, send: Callable[[], httpx.Response]) -> httpx.Response:
        """Send one request, and repeat it after a failure that may pass.

        Args:
            operation: The operationId that the request counts for.
            send: Sends the request and reads the whole response.

        Raises:
            httpx.TransportError: no response came, at the last attempt either.
            BudgetSpentError: the budget allows no further request.
            ClosedError: the operation kept answering 429.
            DeadlineError: the deadline has passed.
        """
        for pause in (*PAUSES, None):
            self._permit(operation)
            try:
                response = send()
            except httpx.TransportError as error:
                self.require_time()
                # Who let a minute pass is not asked again.
                if not isinstance(error, TooSlowError) and self._may_pass(operation, type(error).__name__, pause):
                    continue
                raise
            status = response.status_code
            if status in PASSING and self._may_pass(operation, status, _pause(pause, response)):
                continue
            if status == _TOO_MANY:
                self._closed.add(operation)
            return response
        raise AssertionError("unreachable: the last try returns or raises")

    def _permit(self, operation: str) -> None:
        self.require_time()
        if operation in self._closed:
            raise ClosedError(f"{operation} was answered with 429 for longer than may be waited for")
        if not self.budget.take(operation):
            self.spent = self.was_spent = True
            raise BudgetSpentError(f"the budget of {self.budget.most} requests has no more for {operation} here")
        if self._limits.rate:
            now = time.monotonic()
            self._sleep(self._next - now)
            self._next = max(now, self._next) + 1 / self._limits.rate
        self.sent[operation] += 1

    def _may_pass(self, operation: str, trouble: object, pause: float | None) -> bool:
        """Wait before a retry; return False if the failure has outlasted all pauses."""
        if pause is None or pause > _LONGEST_PAUSE or (operation, trouble) in self._lasting:
            self._lasting.add((operation, trouble))
            return False
        self.retried[str(trouble)] += 1
        # Jitter: checks that were refused at the same time should not retry at the same time.
        self._sleep(pause * random.uniform(0.8, 1.3))  # noqa: S311
        return True

    def _sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        left = seconds if self._deadline is None else self._deadline - time.monotonic()
        time.sleep(max(0.0, min(seconds, left)))
        self.require_time()


def _pause(pause: float | None, response: httpx.Response) -> float | None:
    """The seconds that the response's Retry-After asks for, or ``pause`` if that is longer."""
    asked = retry_after(response.headers.get("Retry-After", ""))
    return pause if pause is None or asked is None else max(pause, asked)
