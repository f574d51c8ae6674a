"""Headers that go missing or say something else."""

from __future__ import annotations

from contract_kit.emulator.faults.hooks import on_response, on_success, with_header, without_header
from contract_kit.emulator.messages import Response


@on_response
def _no_cors(response: Response) -> Response:
    """A published CORS header goes missing, and browsers refuse the answer."""
    return without_header(response, b"access-control-allow-origin")


@on_response
def _no_cors_methods(response: Response) -> Response:
    """A gateway no longer says which methods other origins may use."""
    return without_header(response, b"access-control-allow-methods")


@on_response
def _no_cors_headers(response: Response) -> Response:
    """A gateway no longer says which headers other origins may send."""
    return without_header(response, b"access-control-allow-headers")


@on_response
def _no_cors_credentials(response: Response) -> Response:
    """A gateway no longer says that other origins may authenticate."""
    return without_header(response, b"access-control-allow-credentials")


@on_response
def _no_cors_exposed(response: Response) -> Response:
    """A gateway no longer says which headers other origins may read."""
    return without_header(response, b"access-control-expose-headers")


@on_response
def _cors_credentials_not_boolean(response: Response) -> Response:
    """A flag in a header is a number."""
    return with_header(response, b"access-control-allow-credentials", b"1")


@on_response
def _malformed_request_id(response: Response) -> Response:
    """The request's id becomes the UUID of a gateway."""
    return with_header(response, b"twilio-request-id", b"0d7dbd39-4f47-4b5c-8b35-7b6f6bb0a7ae")


@on_response
def _wrong_content_type(response: Response) -> Response:
    """JSON is sent as text."""
    return with_header(response, b"content-type", b"text/html; charset=utf-8")


@on_response
def _no_content_type(response: Response) -> Response:
    """An answer does not say what it is."""
    return without_header(response, b"content-type")


@on_success
def _vendor_content_type(response: Response) -> Response:
    """JSON gets a media type with a version, which strict clients do not take for JSON."""
    return with_header(response, b"content-type", b"application/vnd.twilio.insights-v1")


@on_response
def _no_challenge(response: Response) -> Response:
    """A 401 does not say how to authenticate."""
    return without_header(response, b"www-authenticate")


@on_response
def _wrong_challenge(response: Response) -> Response:
    """A 401 asks for another way to authenticate."""
    if response.status != 401:
        return response
    return with_header(response, b"www-authenticate", b'Bearer realm="Twilio API"')


@on_response
def _no_allow(response: Response) -> Response:
    """A 405 does not say which methods are allowed."""
    return without_header(response, b"allow")


@on_response
def _wrong_allow(response: Response) -> Response:
    """A 405 allows the method that it has just refused."""
    return with_header(response, b"allow", b"GET, POST, PUT, DELETE") if response.status == 405 else response
