"""Send requests to the target, one at a time, and pass every response to the session."""

from __future__ import annotations

from types import TracebackType
from typing import Any, Self
from urllib.parse import urlencode, urlsplit

import httpx

from contract_kit.api import Credentials, PageStyle, Query, Resource
from contract_kit.check.authorization import Sender
from contract_kit.check.observed_response import NotJsonError, ObservedResponse
from contract_kit.check.pages import Page, listed
from contract_kit.check.session import Session
from contract_kit.check.throttle import NoAnswerError
from contract_kit.check.transport import ENCODING, MOST_BYTES, PATIENCE, BoundedTransport, TooLongError, trouble
from contract_kit.errors import InconclusiveError
from contract_kit.findings.finding import Example, Finding, Kind
from contract_kit.foreign_text import split_url
from contract_kit.targets import origin


class Requester:
    """Sends requests to the target of a session; use it as a context manager."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.kit = session.contract.kit
        target = session.target
        # All requests of a run go through this one transport, whoever composes them.
        self._transport = BoundedTransport(target, session.throttle.seconds_left)
        self._http = httpx.Client(
            base_url=target.url,
            auth=Sender(self.kit.authentication, target.credentials),
            timeout=PATIENCE,
            transport=self._transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._http.close()

    def reach(self, operation: str, path: str, query: Query = ()) -> ObservedResponse:
        """Send the first request of a run, to make sure that the target can be checked at all; nothing is judged yet.

        Raises:
            InconclusiveError: the target cannot be reached, or rejects the credentials.
        """
        target = self.session.target
        url = with_query(path, query)
        try:
            response = self.session.throttle.through(operation, lambda: self._http.get(url))
        except httpx.ConnectError as error:
            raise InconclusiveError(
                f"{target.url} cannot be reached ({trouble(error)}): is it running, and is the URL right?"
            ) from None
        except httpx.RequestError as error:
            reason = trouble(error)
            raise InconclusiveError(f"{target.url} gives no HTTP answer ({reason}): is the URL right?") from None
        if response.status_code == 401:
            raise InconclusiveError(f"{target.url} answers 401: it does not accept the credentials of the environment")
        return self._answer(operation, response)

    def ask(self, operation: str, path: str, auth: httpx.Auth | None = None) -> ObservedResponse:
        """GET ``path`` without judging the response.

        Raises:
            InconclusiveError: no response came.
        """
        used = httpx.USE_CLIENT_DEFAULT if auth is None else auth
        try:
            response = self.session.throttle.through(operation, lambda: self._http.get(path, auth=used))
        except httpx.RequestError as error:
            raise InconclusiveError(f"{self.session.target.url} gives no HTTP answer ({trouble(error)})") from None
        return self._answer(operation, response)

    def get(self, operation: str, path: str, query: Query = ()) -> ObservedResponse:
        """GET ``path`` with ``query``, keeping the order of its pairs.

        Raises:
            NoAnswerError: no response came.
        """
        return self._send(operation, with_query(path, query))

    def get_as(
        self, operation: str, path: str, credentials: Credentials | str | None, *, caller: str = "nobody"
    ) -> ObservedResponse:
        """GET ``path`` with other credentials, with a raw header or parameter value in their place, or with None.

        Args:
            operation: The operationId.
            path: The path, with its query.
            credentials: As in ``authorization.Sender``.
            caller: Whose credentials they are, as in ``ObservedResponse``.

        Raises:
            NoAnswerError: no response came.
        """
        return self._send(operation, path, Sender(self.kit.authentication, credentials), caller=caller)

    def send(self, method: str, operation: str, path: str, *, caller: str = "") -> ObservedResponse:
        """Send a request with any method; only to a target that may get invalid requests.

        Args:
            method: The method.
            operation: The operationId.
            path: The path.
            caller: ``nobody`` to send no credentials.

        Raises:
            NoAnswerError: no response came.
        """
        auth = Sender(self.kit.authentication, None) if caller else None
        return self._send(operation, path, auth, caller=caller, method=method)

    def follow(self, operation: str, url: str) -> ObservedResponse:
        """GET a URL from a response; a URL of another origin is a finding and gets no request, so no credentials.

        Raises:
            NoAnswerError: the URL has another origin, or no response came.
        """
        if origin(url) != origin(self.session.target.url):
            host = (split_url(url) or urlsplit("")).netloc or "no host"
            detail = f"a URL leads to {host}, not to the target; credentials do not follow it"
            example = Example("", self.session.masker.text(detail))
            expected = "the target's origin"
            found = self.session.masker.text(detail)
            self.session.add(
                [Finding(Kind.PAGING, operation, "url", "foreign origin", expected, examples=(example,), found=found)]
            )
            raise self._no_answer(detail)
        return self._send(operation, url)

    def page(self, response: ObservedResponse, resource: Resource) -> Page:
        """Read ``response`` as a page of the list of ``resource``.

        Raises:
            NoAnswerError: it is not a page; the findings say why.
        """
        body = self._body(response)
        rows = listed(body, resource)
        if rows is None:
            raise self._no_answer(f"{response.request}: no array at {resource.rows or 'the body'}")
        return Page(self.kit.paging or PageStyle(), resource, response, tuple(rows))

    def resource(self, answer: ObservedResponse) -> dict[str, Any]:
        """Read ``answer`` as one resource.

        Raises:
            NoAnswerError: it is not a resource; the findings say why.
        """
        body = self._body(answer)
        if not isinstance(body, dict):
            raise self._no_answer(f"{answer.request}: no object")
        return body

    def _body(self, answer: ObservedResponse) -> Any:
        if answer.status != 200:
            self.refused(answer)
        try:
            return answer.json
        except NotJsonError as error:
            raise self._no_answer(str(error)) from None

    def refused(self, answer: ObservedResponse) -> None:
        """Report that a valid request was not answered with 200, and stop.

        Raises:
            NoAnswerError: always.
        """
        # 401 and 429 do not break the contract; the session reports them as blind spots.
        if answer.status not in {401, 429}:
            expected, value = "200: the request is valid", str(answer.status)
            example = answer.example(answer.excerpt)
            found = f"a valid request was answered with {answer.status}"
            finding = Finding(
                Kind.STATUS, answer.operation, "status", value, expected, examples=(example,), found=found
            )
            self.session.add([finding])
        raise self._no_answer(f"{answer.request} was answered with {answer.status}")

    def _no_answer(self, reason: str) -> NoAnswerError:
        self.session.note_inconclusive(reason)
        return NoAnswerError(reason)

    def _send(
        self, operation: str, url: str, auth: httpx.Auth | None = None, *, caller: str = "", method: str = "GET"
    ) -> ObservedResponse:
        def send() -> httpx.Response:
            return self._http.request(method, url, auth=httpx.USE_CLIENT_DEFAULT if auth is None else auth)

        masked = self.session.masker.request(method, url)
        try:
            response = self.session.throttle.through(operation, send)
        except httpx.InvalidURL:
            detail = "a URL in an answer cannot be requested"
            examples = (Example("", detail),)
            self.session.add(
                [
                    Finding(
                        Kind.PAGING,
                        operation,
                        "url",
                        "unusable URL",
                        "an absolute URL",
                        examples=examples,
                        found=detail,
                    )
                ]
            )
            raise self._no_answer(detail) from None
        except httpx.RequestError as error:
            self._lost(operation, error, masked)
            raise self._no_answer(f"{trouble(error)} at {masked}") from None
        return self.observed(operation, response, caller=caller)

    def exchange(self, operation: str, request: httpx.Request, url: str = "") -> httpx.Response:
        """Send a request that somebody else composed, as it is; the response is complete, but not yet observed.

        Args:
            operation: The operationId.
            request: The request.
            url: Its URL as it is sent; default: as httpx spells it.

        Raises:
            httpx.RequestError: no usable response came, which is a finding by then.
            NoAnswerError, DeadlineError: as ``RequestThrottle.through``.
        """
        try:
            return self.session.throttle.through(operation, lambda: self._transport.handle_request(request))
        except httpx.RequestError as error:
            self._lost(operation, error, self.session.masker.request(request.method, url or str(request.url)))
            raise

    def _lost(self, operation: str, error: httpx.RequestError, request: str) -> None:
        """Report that a request got no response that can be read, even when it was repeated."""
        kind, location, value, expected = Kind.SERVER_FAILURE, "connection", "no answer", "an answer"
        if isinstance(error, TooLongError):
            kind, location, value = Kind.MALFORMED_BODY, "", "too long"
            expected = f"at most {MOST_BYTES // 1024**2} MiB, which is more than any page has"
        elif isinstance(error, httpx.DecodingError):
            kind, location, value, expected = Kind.MALFORMED_BODY, "", "encoding", "the encoding it names"
        examples = (Example(request, trouble(error)),)
        found = f"the request got no answer that can be read, also when it was sent again: {trouble(error)}"
        self.session.add([Finding(kind, operation, location, value, expected, examples=examples, found=found)])

    def observed(self, operation: str, response: httpx.Response, *, caller: str = "") -> ObservedResponse:
        """Convert a response of httpx, and pass it to the session."""
        answer = self._answer(operation, response, caller=caller)
        self.session.observe(answer)
        return answer

    def _answer(self, operation: str, response: httpx.Response, *, caller: str = "") -> ObservedResponse:
        headers = {name.lower(): value for name, value in response.headers.items()}
        if encoding := response.extensions.get(ENCODING):
            headers["content-encoding"] = encoding
        return ObservedResponse(
            operation=operation,
            method=response.request.method,
            url=str(response.request.url),
            status=response.status_code,
            headers=headers,
            body=response.content,
            masker=self.session.masker,
            caller=caller,
        )


def with_query(path: str, query: Query) -> str:
    """Append ``query`` to ``path``, which may already have a query: ``/items?limit=1``."""
    if not query:
        return path
    return f"{path}{'&' if '?' in path else '?'}{urlencode(query)}"
