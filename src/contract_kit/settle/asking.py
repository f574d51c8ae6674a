"""GET requests within a budget and a rate, and never anything else."""

from __future__ import annotations

import time
from collections.abc import Mapping
from types import TracebackType
from typing import Literal, Self

import httpx

from contract_kit.check.authorization import NOBODY, Sender
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.throttle import PASSING
from contract_kit.check.transport import PATIENCE, BoundedTransport, trouble
from contract_kit.contract import Contract
from contract_kit.errors import InconclusiveError
from contract_kit.foreign_text import retry_after
from contract_kit.masking import Masker
from contract_kit.targets import Target

Caller = Literal["own", "nobody", "wrong"]
_LONGEST_WAIT = 30.0
_MOST_TRIES = 4


class RequestsSpentError(Exception):
    """No more requests may be sent."""


class Asker:
    """Asks one service; use it as a context manager.

    Args:
        target: The service.
        contract: What is asked about.
        budget: The most requests, with those that are tried again.
        sent: How many of them were sent before.
        per_second: The most requests a second; None for no limit.

    Attributes:
        answers: All answers, in their order; where the document does not have the path, the operation is ``""``.
        first_at: When the first answer came, by the service's own clock, in epoch seconds; this machine's without one.
    """

    def __init__(
        self,
        target: Target,
        contract: Contract,
        *,
        budget: int = 300,
        sent: int = 0,
        per_second: float | None = 5.0,
    ) -> None:
        self.target = target
        self.budget = budget
        self.sent = sent
        self.answers: list[ObservedResponse] = []
        self.first_at = 0.0
        self._contract = contract
        self._masker = Masker.of(contract)
        self._pause = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._http = httpx.Client(base_url=target.url, timeout=PATIENCE, transport=BoundedTransport(target))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, *, caller: Caller = "own", headers: Mapping[str, str] | None = None) -> ObservedResponse:
        """Ask; what is transient is tried again.

        Raises:
            RequestsSpentError: no more requests may be sent.
            InconclusiveError: the service gives no answer.
        """
        for attempt in range(1, _MOST_TRIES + 1):
            self._wait()
            try:
                response = self._http.get(path, auth=self._auth(caller), headers=dict(headers or {}))
            except httpx.RequestError as error:
                if attempt == _MOST_TRIES:
                    problem = f"{self.target.url} gives no answer ({trouble(error)})"
                    raise InconclusiveError(f"{problem}: is it running, and is the URL right?") from None
                continue
            if response.status_code in PASSING and attempt < _MOST_TRIES:
                asked = retry_after(response.headers.get("Retry-After", ""))
                self._next = time.monotonic() + min(1.0 if asked is None else asked, _LONGEST_WAIT)
                continue
            return self._answer(response, caller)
        raise AssertionError

    def _auth(self, caller: Caller) -> httpx.Auth:
        own = self.target.credentials
        sent = {"own": own, "nobody": None, "wrong": type(own)(own.username, NOBODY)}
        return Sender(self._contract.kit.authentication, sent[caller])

    def _wait(self) -> None:
        if self.sent >= self.budget:
            raise RequestsSpentError
        self.sent += 1
        delay = self._next - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        self._next = max(self._next, time.monotonic()) + self._pause

    def _answer(self, response: httpx.Response, caller: Caller) -> ObservedResponse:
        operation = self._contract.document.operation_at(response.url.path)
        answer = ObservedResponse(
            operation.name if operation is not None else "",
            "GET",
            str(response.url),
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            response.content,
            self._masker,
            caller="" if caller == "own" else caller,
            number=self.sent,
        )
        self.first_at = self.first_at or (answer.clock.timestamp() if answer.clock else time.time())
        self.answers.append(answer)
        return answer
