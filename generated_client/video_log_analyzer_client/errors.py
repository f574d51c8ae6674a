"""Every exception that this package raises on purpose.

    ClientError
    ├── ConfigurationError    no credentials, a base URL that is none, a client that is closed
    ├── InvalidArgument       a naive datetime, an empty SID, a negative limit
    ├── NoRawResponse         a row of a page was asked for its own body
    ├── PagingError           next_page_url leads to another host, or round in a circle
    ├── TransportError        no whole answer came
    │   ├── ConnectError          no connection: refused, no such host, a certificate that is not trusted
    │   ├── TimeoutError          too slow: one step, or the whole request; a TimeoutError of Python, too
    │   └── DamagedResponse       a body that is cut off, or has not the encoding that it names
    ├── ResponseTooLarge      the body is longer than max_response_bytes
    ├── WrongAnswer           the answer is about something else than was asked for
    ├── UnreadableResponse    an answer that should have been data is something else
    │   └── UnknownContent    it is data that the document does not know, and strict=True
    └── ApiError              the service answered with another status than 200
        ├── Redirected            300 to 399: the client follows none
        ├── InvalidRequest        400
        ├── AuthenticationError   401, 403
        ├── NotFound              404
        ├── RateLimited           429
        └── ServerError           500 to 599

All can be pickled. None holds credentials.
"""

import builtins
from collections.abc import Mapping
from typing import Self


class ClientError(Exception):
    """Whatever this package raises on purpose."""


class ConfigurationError(ClientError, ValueError):
    """The client cannot work as it is set up."""


class InvalidArgument(ClientError, ValueError):
    """An argument that cannot be sent."""


class NoRawResponse(ClientError, LookupError):
    """There is no body of its own: a row of a page has none, nor has what was copied or made by hand."""

    def __str__(self) -> str:
        return f"this {self.args[0]} keeps no body: ask the page that it is a row of, or fetch it"


class PagingError(ClientError):
    """The address of the next page cannot be followed.

    Attributes:
        operation: The operation that lists, for example ``list_rooms``.
        url: The address.
    """

    def __init__(self, operation: str, url: str, reason: str) -> None:
        super().__init__(operation, url, reason)
        self.operation = operation
        self.url = url
        self.reason = reason

    def __str__(self) -> str:
        return f"{self.operation}: {self.reason}: {self.url}"


class TransportError(ClientError):
    """No whole answer came: the connection could not be made, was lost, or took too long.

    Attributes:
        operation: The operation that was asked for.
        kind: What happened, as httpx names it, for example ``ConnectTimeout``.
        attempts: How often it was tried.
    """

    def __init__(self, operation: str, kind: str, detail: str, attempts: int) -> None:
        super().__init__(operation, kind, detail, attempts)
        self.operation = operation
        self.kind = kind
        self.detail = detail
        self.attempts = attempts

    def __reduce__(self) -> tuple[type[Self], tuple[str, str, str, int]]:
        # Python's own TimeoutError takes arguments of its own.
        return type(self), (self.operation, self.kind, self.detail, self.attempts)

    def __str__(self) -> str:
        tries = "" if self.attempts == 1 else f" ({self.attempts} tries)"
        return f"{self.operation}: {self.kind}: {self.detail or 'no details'}{tries}"


class ConnectError(TransportError):
    """No connection could be made: it was refused, there is no such host, or its certificate is not trusted."""


class TimeoutError(TransportError, builtins.TimeoutError):  # noqa: A001
    """It took too long: one step longer than ``timeout``, or all of it longer than ``Retry.total_seconds``."""


class DamagedResponse(TransportError):
    """The body of an answer was cut off, or has not the encoding that it names."""


class ResponseTooLarge(ClientError):
    """The body of an answer is longer than ``max_response_bytes``, after its encoding is undone.

    Attributes:
        operation: The operation that was asked for.
        limit: The most bytes.
    """

    def __init__(self, operation: str, limit: int) -> None:
        super().__init__(operation, limit)
        self.operation = operation
        self.limit = limit

    def __str__(self) -> str:
        return f"{self.operation}: the answer is longer than {self.limit} bytes: give the client a larger max_response_bytes"


class WrongAnswer(ClientError):
    """The answer to a fetch is about something else than was asked for: it is that of another request.

    Attributes:
        operation: The operation that was asked for.
        name: What differs, for example ``room_sid``.
        asked: What was asked for.
        found: What the answer holds.
        request_id: The service's id for the request, None if it named none.
    """

    def __init__(self, operation: str, name: str, asked: str, found: str, request_id: str | None) -> None:
        super().__init__(operation, name, asked, found, request_id)
        self.operation = operation
        self.name = name
        self.asked = asked
        self.found = found
        self.request_id = request_id

    def __str__(self) -> str:
        request = f" (request {self.request_id})" if self.request_id else ""
        return (
            f"{self.operation}: {self.name} {self.asked} was asked for, and the answer is about {self.found}{request}"
        )


class UnreadableResponse(ClientError):
    """An answer that should have been data and cannot be read as such.

    Attributes:
        operation: The operation that was asked for.
        status: The HTTP status.
        request_id: The service's id for the request, None if it named none.
        pointer: Where, as a JSON pointer: ``/rooms/3/duration_sec``; empty for the body as a whole.
        expected: What should be there, for example ``int or null``.
        found: What is there, for example ``a string: '12'``.
        body: The whole body, verbatim.
    """

    def __init__(
        self, operation: str, status: int, request_id: str | None, pointer: str, expected: str, found: str, body: bytes
    ) -> None:
        super().__init__(operation, status, request_id, pointer, expected, found, body)
        self.operation = operation
        self.status = status
        self.request_id = request_id
        self.pointer = pointer
        self.expected = expected
        self.found = found
        self.body = body

    def __str__(self) -> str:
        request = f" (request {self.request_id})" if self.request_id else ""
        return f"{self.operation}: {self.pointer or 'the body'}: expected {self.expected}, found {self.found}{request}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class UnknownContent(UnreadableResponse):
    """With ``strict=True``: an answer holds something that the document does not know, or lacks what it promises."""


class ApiError(ClientError):
    """The service answered with another status than 200.

    Attributes:
        operation: The operation that was asked for, for example ``fetch_room``.
        status: The HTTP status; also one that nobody knows.
        code: The service's code for the error, for example 20404; None if the body names none.
        message: What the service says; a description of the body if it says nothing.
        more_info: Where the service explains the code.
        request_id: The service's id for the request, to quote to its support.
        retry_after: Seconds to wait before the next try, where the service says so.
        body: The whole body, verbatim.
        headers: The headers of the answer, names in any case.
    """

    def __init__(
        self,
        operation: str,
        status: int,
        code: int | None,
        message: str,
        more_info: str | None,
        request_id: str | None,
        retry_after: float | None,
        body: bytes,
        headers: Mapping[str, str],
    ) -> None:
        super().__init__(operation, status, code, message, more_info, request_id, retry_after, body, headers)
        self.operation = operation
        self.status = status
        self.code = code
        self.message = message
        self.more_info = more_info
        self.request_id = request_id
        self.retry_after = retry_after
        self.body = body
        self.headers = headers

    def __str__(self) -> str:
        code = "" if self.code is None else f", code {self.code}"
        known = [self.more_info, self.request_id and f"request {self.request_id}"]
        details = "; ".join(each for each in known if each)
        return f"{self.operation}: status {self.status}{code}: {self.message}" + (f" ({details})" if details else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class Redirected(ApiError):
    """300 to 399: the answer is elsewhere. The client does not go there, because the credentials are for this service.

    ``str(error)`` says where, as ``headers["Location"]`` does.
    """

    def __str__(self) -> str:
        start, slashes, rest = self.headers.get("Location", "nowhere").partition("//")
        host, slash, path = rest.partition("/")
        # Credentials may stand before the host.
        where = f"{start}{slashes}{host.rpartition('@')[2]}{slash}{path}"
        return f"{super().__str__()}; it leads to {where}, where the client does not go: is base_url right?"


class InvalidRequest(ApiError):
    """400: a parameter has a value that is not allowed, or a page token was not made for this list."""


class AuthenticationError(ApiError):
    """401 or 403: no credentials, wrong ones, or ones that may not do this."""


class NotFound(ApiError):
    """404: the account has no such thing, or no longer."""


class RateLimited(ApiError):
    """429: too many requests; ``retry_after`` says when to try again, where the service does."""


class ServerError(ApiError):
    """500 to 599: the service failed; the request may be repeated."""


def error_for(status: int) -> type[ApiError]:
    """The class for a status."""
    if 500 <= status <= 599:
        return ServerError
    if 300 <= status <= 399:
        return Redirected
    known: dict[int, type[ApiError]] = {
        400: InvalidRequest,
        401: AuthenticationError,
        403: AuthenticationError,
        404: NotFound,
        429: RateLimited,
    }
    return known.get(status, ApiError)
