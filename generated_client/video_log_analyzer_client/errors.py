"""Every exception that this package raises on purpose.

    ClientError
    ├── ConfigurationError    no credentials, a base URL that is none, a client that is closed
    ├── InvalidArgument       a naive datetime, an empty SID, a negative limit
    ├── NoRawResponse         a row of a page was asked for its own body
    ├── PagingError           next_page_url leads to another host, or round in a circle
    ├── TransportError        no whole answer came
    ├── UnreadableResponse    an answer that should have been data is something else
    │   └── UnknownContent    it is data that the document does not know, and strict=True
    └── ApiError              the service answered with another status than 200
        ├── InvalidRequest        400
        ├── AuthenticationError   401, 403
        ├── NotFound              404
        ├── RateLimited           429
        └── ServerError           500 to 599

All can be pickled. None holds credentials.
"""


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

    def __str__(self) -> str:
        tries = "" if self.attempts == 1 else f" ({self.attempts} tries)"
        return f"{self.operation}: {self.kind}: {self.detail or 'no details'}{tries}"


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
    ) -> None:
        super().__init__(operation, status, code, message, more_info, request_id, retry_after, body)
        self.operation = operation
        self.status = status
        self.code = code
        self.message = message
        self.more_info = more_info
        self.request_id = request_id
        self.retry_after = retry_after
        self.body = body

    def __str__(self) -> str:
        code = "" if self.code is None else f", code {self.code}"
        known = [self.more_info, self.request_id and f"request {self.request_id}"]
        details = "; ".join(each for each in known if each)
        return f"{self.operation}: status {self.status}{code}: {self.message}" + (f" ({details})" if details else "")

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


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
    known: dict[int, type[ApiError]] = {
        400: InvalidRequest,
        401: AuthenticationError,
        403: AuthenticationError,
        404: NotFound,
        429: RateLimited,
    }
    return known.get(status, ApiError)
