"""Ask the target: one request at a time, every answer observed by the session."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import httpx

from contract_kit.check.observed_response import Answer, NotJsonError
from contract_kit.check.session import Session
from contract_kit.check.throttle import NoAnswerError
from contract_kit.errors import InconclusiveError
from contract_kit.findings.finding import Example, Finding, Kind
from contract_kit.targets import DEFAULT_PORTS, Credentials

Query = Sequence[tuple[str, str]]

ROOMS = "/v1/Video/Rooms"


@dataclass(frozen=True)
class Page:
    """One page of a list, as far as its shape allows to read it.

    Attributes:
        answer: Where it came from.
        rows: The resources; only objects.
        meta: The object under ``meta``.
        body: The whole of it.
    """

    answer: Answer
    rows: tuple[dict[str, Any], ...]
    meta: dict[str, Any]
    body: dict[str, Any]

    def url(self, name: str) -> str | None:
        """A URL of ``meta``, or None where it is null or not text."""
        value = self.meta.get(name)
        return value if isinstance(value, str) else None


class Api:
    """Requests of the four operations; use it as a context manager."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self._http = self._client(session.target.credentials)

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

    def reach(self, operation: str, path: str, query: Query = ()) -> Answer:
        """The first request: make sure that the target answers us at all, before anything is held against it.

        Raises:
            InconclusiveError: it cannot be reached, or does not accept the credentials.
        """
        target = self.session.target
        url = f"{path}?{urlencode(query)}"
        try:
            response = self.session.door.through(operation, lambda: self._http.get(url), (httpx.TransportError,))
        except httpx.ConnectError as error:
            raise InconclusiveError(
                f"{target.url} cannot be reached ({error}): is it running, and is the URL right?"
            ) from None
        except httpx.TransportError as error:
            name = type(error).__name__
            raise InconclusiveError(f"{target.url} gives no HTTP answer ({name}: {error}): is the URL right?") from None
        if response.status_code == 401:
            raise InconclusiveError(f"{target.url} answers 401: it does not accept the credentials of the environment")
        return self.observed(operation, response)

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

    def follow(self, operation: str, url: str) -> Answer:
        """GET a URL that an answer gave, with credentials only if it stays on the target.

        Raises:
            NoAnswerError: it leads elsewhere, or no answer came.
        """
        if origin(url) != origin(self.session.target.url):
            host = urlsplit(url).netloc or "no host"
            detail = f"a URL leads to {host}, not to the target; credentials do not follow it"
            example = Example("", self.session.masker.text(detail))
            expected = "the target's origin"
            self.session.add(
                [Finding(Kind.PAGING, operation, "/meta", "foreign origin", expected, examples=(example,))]
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
        return Page(answer, tuple(row for row in rows if isinstance(row, dict)), meta, body)

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
            expected, value = "200: the request is valid", str(answer.status)
            example = answer.example(answer.excerpt)
            finding = Finding(Kind.STATUS, answer.operation, "status", value, expected, examples=(example,))
            self.session.add([finding])
        raise self._no_answer(f"{answer.request} was answered with {answer.status}")

    def _no_answer(self, reason: str) -> NoAnswerError:
        self.session.unjudged(reason)
        return NoAnswerError(reason)

    def _send(self, operation: str, url: str, auth: httpx.Auth | None = None) -> Answer:
        def send() -> httpx.Response:
            return self._http.get(url) if auth is None else self._http.get(url, auth=auth)

        masked = self.session.masker.request("GET", url)
        try:
            response = self.session.door.through(operation, send, (httpx.TransportError,))
        except httpx.InvalidURL:
            detail = "a URL in an answer cannot be requested"
            examples = (Example("", detail),)
            self.session.add(
                [Finding(Kind.PAGING, operation, "/meta", "unusable URL", "an absolute URL", examples=examples)]
            )
            raise self._no_answer(detail) from None
        except httpx.DecodingError as error:
            expected, examples = "the encoding it names", (Example(masked),)
            self.session.add([Finding(Kind.MALFORMED_BODY, operation, "", "encoding", expected, examples=examples)])
            raise self._no_answer(type(error).__name__) from None
        except httpx.TransportError as error:
            self.lost(operation, type(error).__name__, masked)
            raise self._no_answer(f"{type(error).__name__} at {masked}") from None
        return self.observed(operation, response)

    def lost(self, operation: str, trouble: str, request: str) -> None:
        """Report that no answer came, however often it was asked for.

        Args:
            operation: The operationId.
            trouble: The name of the error: ``ReadError``.
            request: The request, masked.
        """
        examples = (Example(request, trouble),)
        self.session.add(
            [Finding(Kind.SERVER_FAILURE, operation, "connection", "no answer", "an answer", examples=examples)]
        )

    def observed(self, operation: str, response: httpx.Response) -> Answer:
        """A response as an Answer that the session has seen."""
        answer = Answer(
            operation=operation,
            method=response.request.method,
            url=str(response.request.url),
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=response.content,
            masker=self.session.masker,
        )
        self.session.observe(answer)
        return answer


class _Authorization(httpx.Auth):
    """Exactly this Authorization header, or none."""

    def __init__(self, value: str | None) -> None:
        self._value = value

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        request.headers.pop("Authorization", None)
        if self._value is not None:
            request.headers["Authorization"] = self._value
        yield request


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port of ``url``, default ports spelled out; empty where it has none."""
    try:
        parts = urlsplit(url)
        port = parts.port or DEFAULT_PORTS.get(parts.scheme)
    except ValueError:
        return "", "", None
    return parts.scheme, parts.hostname or "", port
