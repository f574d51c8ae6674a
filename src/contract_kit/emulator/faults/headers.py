"""Headers that go missing or say something else."""

from __future__ import annotations

from contract_kit.emulator.faults.hooks import FaultFamily, with_header, without_header
from contract_kit.emulator.messages import Response

faults = FaultFamily("headers")


@faults.on_response
def _no_cors(response: Response) -> Response:
    """A published CORS header goes missing, and browsers refuse the answer."""
    return without_header(response, b"access-control-allow-origin")


@faults.on_response
def _no_cors_methods(response: Response) -> Response:
    """A gateway no longer says which methods other origins may use."""
    return without_header(response, b"access-control-allow-methods")


@faults.on_response
def _no_cors_headers(response: Response) -> Response:
    """A gateway no longer says which headers other origins may send."""
    return without_header(response, b"access-control-allow-headers")


@faults.on_response
def _no_cors_credentials(response: Response) -> Response:
    """A gateway no longer says that other origins may authenticate."""
    return without_header(response, b"access-control-allow-credentials")


@faults.on_response
def _no_cors_exposed(response: Response) -> Response:
    """A gateway no longer says which headers other origins may read."""
    return without_header(response, b"access-control-expose-headers")


@faults.on_response
def _cors_credentials_not_boolean(response: Response) -> Response:
    """A flag in a header is a number."""
    return with_header(response, b"access-control-allow-credentials", b"1")


@faults.on_response
def _wrong_content_type(response: Response) -> Response:
    """JSON is sent as text."""
    return with_header(response, b"content-type", b"text/html; charset=utf-8")


@faults.on_response
def _no_content_type(response: Response) -> Response:
    """An answer does not say what it is."""
    return without_header(response, b"content-type")


@faults.on_response
def _no_challenge(response: Response) -> Response:
    """A 401 does not say how to authenticate."""
    return without_header(response, b"www-authenticate")


@faults.on_response
def _no_allow(response: Response) -> Response:
    """A 405 does not say which methods are allowed."""
    return without_header(response, b"allow")


@faults.on_response
def _wrong_allow(response: Response) -> Response:
    """A 405 allows the method that it has just refused."""
    return with_header(response, b"allow", b"GET, POST, PUT, DELETE") if response.status == 405 else response
