"""Every error that the API answers with.

::

    ApiError
    ├── BadRequestError        400  20001, 20007 (PageSize above the maximum) or 21481 (PageToken)
    ├── UnauthorizedError      401  20003
    ├── NotFoundError          404  20404
    ├── MethodNotAllowedError  405  20004
    ├── TooManyRequestsError   429  20429
    └── InternalError          500  20500

Codes and statuses are the vendor's where ``facts.md`` has them; nobody documents those of 405 and 500.
"""

from __future__ import annotations

import json
import re

INVALID_PARAMETER = 20001
PAGE_SIZE_TOO_LARGE = 20007
INVALID_PAGE_TOKEN = 21481


def more_info(code: int) -> str:
    """Return the page that explains an error code."""
    return f"https://www.twilio.com/docs/errors/{code}"


def error_body(status: int, code: int, message: str) -> bytes:
    """Return the JSON of an error."""
    body = {"code": code, "message": message, "more_info": more_info(code), "status": status}
    return json.dumps(body, separators=(",", ":")).encode()


class ApiError(Exception):
    """An error that the API answers with: the class sets ``status`` and ``code``, ``str(error)`` is the message."""

    status = 500
    code = 20500
    headers: tuple[tuple[bytes, bytes], ...] = ()

    def body(self) -> bytes:
        """Return the JSON that a client receives."""
        return error_body(self.status, self.code, str(self))


class BadRequestError(ApiError):
    """A parameter, query or page token that cannot be used."""

    status = 400

    def __init__(self, message: str, code: int = INVALID_PARAMETER) -> None:
        self.code = code
        super().__init__(message)


class UnauthorizedError(ApiError):
    """Credentials that are missing, malformed or wrong; the answer never says which."""

    status = 401
    code = 20003
    headers = ((b"www-authenticate", b'Basic realm="Twilio API"'),)

    def __init__(self) -> None:
        super().__init__("Authenticate")


class NotFoundError(ApiError):
    """No such path, or no such resource for this account."""

    status = 404
    code = 20404

    def __init__(self, path: str) -> None:
        super().__init__(f"The requested resource {re.sub('^/v[0-9]+(?=/)', '', path)} was not found")


class MethodNotAllowedError(ApiError):
    """Any method but GET on a path that exists; HEAD and OPTIONS too, so that ``Allow`` is exact."""

    status = 405
    code = 20004
    headers = ((b"allow", b"GET"),)

    def __init__(self) -> None:
        super().__init__("Method not allowed")


class TooManyRequestsError(ApiError):
    """More requests than the account's limit allows; ``retry_after`` seconds later it allows one again."""

    status = 429
    code = 20429

    def __init__(self, retry_after: int) -> None:
        self.headers = ((b"retry-after", str(retry_after).encode()),)
        super().__init__("Too Many Requests")


class InternalError(ApiError):
    """A defect of the emulator; the details go to its log and not to the client."""

    def __init__(self) -> None:
        super().__init__("Internal server error")
