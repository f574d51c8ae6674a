"""Ask the target: one request at a time, every answer observed by the session."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import httpx

from video_log_analyzer.checks.answer import Answer, NotJsonError
from video_log_analyzer.checks.session import Session
from video_log_analyzer.errors import InconclusiveError
from video_log_analyzer.findings import Finding, Kind
from video_log_analyzer.targets import Credentials

Query = Sequence[tuple[str, str]]

ROOMS = "/v1/Video/Rooms"

# A dropped connection, a 429 or a 5xx may be the weather; what outlasts these pauses (in seconds) is a finding.
PAUSES = (0.2, 0.6, 1.8)
PASSING = frozenset({429, 500, 502, 503, 504})


class NoAnswerError(Exception):
    """The target gave no answer that this check can go on with; the session already knows why."""


@dataclass(frozen=True)
class Page:
    """One page of a list, as far as its shape allows to read it.

    Attributes:
        answer: Where it came from.
        rows: The resources; only objects.
        meta: The object under ``meta``.
    """

    answer: Answer
    rows: tuple[dict[str, Any], ...]
    meta: dict[str, Any]

    def url(self, name: str) -> str | None:
        """A URL of ``meta``, or None where it is null or not text."""
        value = self.meta.get(name)
        return value if isinstance(value, str) else None


class Api:
    """Requests of the four operations; use it as a context manager."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._http = self._client(session.target.credentials)
        # What has outlasted the pauses once, by operation, is no weather any more; to wait again would tell nothing.
        self._lasting: set[tuple[str, object]] = set()

    def _client(self, credentials: Credentials | None) -> httpx.Client:
        target = self.session.target
        auth = httpx.BasicAuth(credentials.username, credentials.password) if credentials else None
        # Proxies and certificates of the environment are for other machines, never for loopback.
        return httpx.Client(base_url=target.url, auth=auth, timeout=30, trust_env=not target.is_loopback)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def reach(self) -> None:
        """Make sure that the target answers us at all, before anything is held against it.

        Raises:
            InconclusiveError: it cannot be reached, or does not accept the credentials.
        """
        target = self.session.target
        try:
            response = self._http.get(f"{ROOMS}?PageSize=1")
        except httpx.ConnectError as error:
            raise InconclusiveError(
                f"{target.url} cannot be reached ({error}): is it running, and is the URL right?"
            ) from None
        except httpx.TransportError as error:
            name = type(error).__name__
            raise InconclusiveError(f"{target.url} gives no HTTP answer ({name}: {error}): is the URL right?") from None
        if response.status_code == 401:
            raise InconclusiveError(f"{target.url} answers 401: it does not accept the credentials of the environment")

    def get(self, operation: str, path: str, query: Query = ()) -> Answer:
        """GET ``path`` with ``query``, pairs in the order given.

        Raises:
            NoAnswerError: no answer came.
        """
        return self._send(operation, f"{path}?{urlencode(query)}" if query else path)

    def get_as(self, operation: str, path: str, authorization: str | None) -> Answer:
        """GET ``path`` with another Authorization header than ours, or with none.

        Raises:
            NoAnswerError: no answer came.
        """
        return self._send(operation, path, _Authorization(authorization))

    def passed(self, operation: str, url: str, authorization: str | None, status: int | None) -> bool:
        """Ask again what had ``status`` or, with None, no answer at all: whether that trouble was only the weather.

        The next answer counts instead: whatever is wrong with that one is found there.
        """
        if (operation, status) in self._lasting:
            return False
        try:
            again: int | None = self._send(operation, url, _Authorization(authorization)).status
        except NoAnswerError:
            again = None
        if again == status:
            self._lasting.add((operation, status))
        return again != status

    def follow(self, operation: str, url: str) -> Answer:
        """GET a URL that an answer gave, with credentials only if it stays on the target.

        Raises:
            NoAnswerError: it leads elsewhere, or no answer came.
        """
        if origin(url) != origin(self.session.target.url):
            detail = f"it leads to {urlsplit(url).netloc or 'no host'}, not to the target; credentials do not follow it"
            self.session.add(
                [Finding(Kind.PAGING, operation, "/meta", "foreign origin", "the target's origin", detail=detail)]
            )
            raise self._no_answer(detail)
        return self._send(operation, url)

    def page(self, answer: Answer, key: str) -> Page:
        """``answer`` as a page whose rows stand under ``key``.

        Raises:
            NoAnswerError: it is not a page; the findings say why.
        """
        if answer.status != 200:
            self.refused(answer)
        try:
            body = answer.json
        except NotJsonError as error:
            raise self._no_answer(str(error)) from None
        rows = body.get(key) if isinstance(body, dict) else None
        meta = body.get("meta") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not isinstance(meta, dict):
            raise self._no_answer(f"{answer.request}: no `{key}` beside `meta`")
        return Page(answer, tuple(row for row in rows if isinstance(row, dict)), meta)

    def resource(self, answer: Answer) -> dict[str, Any]:
        """``answer`` as a room or participant.

        Raises:
            NoAnswerError: it is none; the findings say why.
        """
        if answer.status != 200:
            self.refused(answer)
        try:
            body = answer.json
        except NotJsonError as error:
            raise self._no_answer(str(error)) from None
        if not isinstance(body, dict):
            raise self._no_answer(f"{answer.request}: no object")
        return body

    def refused(self, answer: Answer) -> None:
        """Report that a valid request got no success, and stop.

        Raises:
            NoAnswerError: always.
        """
        # 401 and 429 to everything are no disagreement about the contract: the session sees them as blind spots.
        if answer.status not in {401, 429}:
            detail = answer.body[:200].decode("utf-8", "replace") if self.session.target.is_loopback else ""
            self.session.add(
                [
                    Finding(
                        Kind.STATUS,
                        answer.operation,
                        "status",
                        str(answer.status),
                        "200: the request is valid",
                        answer.request,
                        detail=detail,
                    )
                ]
            )
        raise self._no_answer(f"{answer.request} was answered with {answer.status}")

    def _no_answer(self, reason: str) -> NoAnswerError:
        self.session.unjudged(reason)
        return NoAnswerError(reason)

    def _send(self, operation: str, url: str, auth: httpx.Auth | None = None) -> Answer:
        for pause in (*PAUSES, None):
            try:
                response = self._http.get(url) if auth is None else self._http.get(url, auth=auth)
            except httpx.InvalidURL:
                detail = "a URL in an answer cannot be requested"
                self.session.add(
                    [Finding(Kind.PAGING, operation, "/meta", "unusable URL", "an absolute URL", detail=detail)]
                )
                raise self._no_answer(detail) from None
            except httpx.DecodingError as error:
                self.session.unanswered(operation)
                self.session.add([Finding(Kind.MALFORMED_BODY, operation, "", "encoding", "the encoding it names")])
                raise self._no_answer(str(error)) from None
            except httpx.TransportError as error:
                name = type(error).__name__
                if self._may_pass(operation, name, pause):
                    continue
                self.session.unanswered(operation)
                self.session.add([Finding(Kind.SERVER_FAILURE, operation, "connection", name, "an answer")])
                raise self._no_answer(f"{name}: {error}") from None
            if response.status_code in PASSING and self._may_pass(operation, response.status_code, pause):
                continue
            answer = answer_of(operation, response)
            self.session.observe(answer)
            return answer
        raise AssertionError("unreachable: the last try returns or raises")

    def _may_pass(self, operation: str, trouble: object, pause: float | None) -> bool:
        """Wait for trouble to pass; False once it has outlasted all pauses."""
        if pause is None or (operation, trouble) in self._lasting:
            self._lasting.add((operation, trouble))
            return False
        time.sleep(pause)
        return True


class _Authorization(httpx.Auth):
    """Exactly this Authorization header, or none."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.pop("Authorization", None)
        if self._value is not None:
            request.headers["Authorization"] = self._value
        yield request


def answer_of(operation: str, response: httpx.Response) -> Answer:
    """An httpx response as an Answer."""
    return Answer(
        operation=operation,
        method=response.request.method,
        url=str(response.request.url),
        status=response.status_code,
        headers={name.lower(): value for name, value in response.headers.items()},
        body=response.content,
    )


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of ``url``, default ports spelled out; empty where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:
        return "", "", None
    return parts.scheme, parts.hostname or "", port
