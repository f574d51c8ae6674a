"""Headers of the vendor's that say something else."""

from __future__ import annotations

from contract_kit.emulator.faults.hooks import FaultFamily, with_header
from contract_kit.emulator.messages import Response

faults = FaultFamily("headers")


@faults.on_response
def _malformed_request_id(response: Response) -> Response:
    """The request's id becomes the UUID of a gateway."""
    return with_header(response, b"twilio-request-id", b"0d7dbd39-4f47-4b5c-8b35-7b6f6bb0a7ae")


@faults.on_success
def _vendor_content_type(response: Response) -> Response:
    """JSON gets a media type with a version, which strict clients do not take for JSON."""
    return with_header(response, b"content-type", b"application/vnd.twilio.insights-v1")


@faults.on_response
def _wrong_challenge(response: Response) -> Response:
    """A 401 asks for another way to authenticate."""
    if response.status != 401:
        return response
    return with_header(response, b"www-authenticate", b'Bearer realm="Twilio API"')
