"""GET requests within a budget and a rate, and never anything else."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Literal, Self

import httpx

from contract_kit.api import Authentication
from contract_kit.check.authorization import Sender
from contract_kit.check.transport import PATIENCE, BoundedTransport
from contract_kit.errors import InconclusiveError
from contract_kit.targets import Target

Caller = Literal["own", "nobody", "wrong"]
_WRONG = "0" * 32
_LONGEST_WAIT = 30.0
_MOST_TRIES = 4


class RequestsSpentError(Exception):
    """No more requests may be sent."""


@dataclass(frozen=True)
class Answer:
    """One answer.

    Attributes:
        number: Of its request, from 1.
        asked: The path and query that were asked for.
        status: The HTTP status.
        headers: Its headers, names in small letters.
        body: Its JSON; None if it is none.
        at: The service's own time when it answered, by its Date header, in epoch seconds; this machine's without one.
    """

    number: int
    asked: str
    status: int
    headers: Mapping[str, str]
    body: Any = field(repr=False)
    at: float


class Asker:
    """Asks one service; use it as a context manager.

    Args:
        target: The service.
        authentication: How the API takes credentials.
        budget: The most requests, with those that are tried again.
        per_second: The most requests a second; None for no limit.
    """

    def __init__(
        self, target: Target, authentication: Authentication, *, budget: int = 300, per_second: float | None = 5.0
    ) -> None:
        self.target = target
        self.budget = budget
        self.sent = 0
        self.answers: list[Answer] = []
        self._pause = 1 / per_second if per_second else 0.0
        self._next = 0.0
        self._authentication = authentication
        self._http = httpx.Client(base_url=target.url, timeout=PATIENCE, transport=BoundedTransport(target))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def get(self, path: str, *, caller: Caller = "own", headers: Mapping[str, str] | None = None) -> Answer:
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
                    problem = f"{self.target.url} gives no answer ({type(error).__name__})"
                    raise InconclusiveError(f"{problem}: is it running, and is the URL right?") from None
                continue
            is_transient = response.status_code == 429 or response.status_code >= 500
            if is_transient and attempt < _MOST_TRIES:
                self._next = time.monotonic() + _seconds(response)
                continue
            return self._answer(path, response)
        raise AssertionError

    def _auth(self, caller: Caller) -> httpx.Auth:
        own = self.target.credentials
        if caller == "own":
            return Sender(self._authentication, own)
        return Sender(self._authentication, None if caller == "nobody" else type(own)(own.username, _WRONG))

    def _wait(self) -> None:
        if self.sent >= self.budget:
            raise RequestsSpentError
        self.sent += 1
        delay = self._next - time.monotonic()
        if delay > 0:
            time.sleep(delay)
        self._next = max(self._next, time.monotonic()) + self._pause

    def _answer(self, path: str, response: httpx.Response) -> Answer:
        try:
            body = json.loads(response.content)
        except ValueError:
            body = None
        headers = {name.lower(): value for name, value in response.headers.items()}
        try:
            at = parsedate_to_datetime(headers["date"]).timestamp()
        except (KeyError, ValueError):
            at = time.time()
        answer = Answer(self.sent, path, response.status_code, headers, body, at)
        self.answers.append(answer)
        return answer


def _seconds(response: httpx.Response) -> float:
    text = response.headers.get("retry-after", "")
    return min(float(text) if text.isdigit() else 1.0, _LONGEST_WAIT)
