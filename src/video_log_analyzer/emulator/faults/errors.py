"""Errors of another shape than published, or that contradict themselves."""

from __future__ import annotations

import json
from dataclasses import replace

from contract_kit.emulator.faults.hooks import FaultFamily, Json, with_header
from contract_kit.emulator.messages import Response

faults = FaultFamily("errors")


@faults.on_error
def _wrong_error_shape(response: Response) -> Response:
    """Errors take the shape of a gateway's."""
    return replace(response, body=b'{"error":"request failed"}')


@faults.on_error
def _problem_details(response: Response) -> Response:
    """Errors take the shape of RFC 9457."""
    body = {"type": "about:blank", "title": json.loads(response.body)["message"], "status": response.status}
    response = with_header(response, b"content-type", b"application/problem+json")
    return replace(response, body=json.dumps(body).encode())


@faults.on_error
def _errors_in_a_list(response: Response) -> Response:
    """Several errors may be answered at once."""
    return replace(response, body=b'{"errors":[' + response.body + b"]}")


@faults.on_error
def _html_errors(response: Response) -> Response:
    """Errors are pages for people."""
    return replace(with_header(response, b"content-type", b"text/html"), body=b"<h1>Error</h1>")


@faults.on_error
def _xml_errors(response: Response) -> Response:
    """Errors are XML, as in the vendor's older API."""
    body = f"<TwilioResponse><RestException><Status>{response.status}</Status></RestException></TwilioResponse>"
    return replace(with_header(response, b"content-type", b"application/xml"), body=body.encode())


@faults.on_error
def _empty_errors(response: Response) -> Response:
    """Errors say nothing."""
    return replace(response, body=b"")


@faults.on_error_document
def _error_status_mismatch(error: Json) -> None:
    """The status in an error's body is not that of the answer."""
    error["status"] = 500


@faults.on_error_document
def _error_code_mismatch(error: Json) -> None:
    """An error's code is that of another error."""
    error["code"] = 20429


@faults.on_error_document
def _error_code_is_status(error: Json) -> None:
    """An error's code repeats the status."""
    error["code"] = error.get("status")


@faults.on_error_document
def _more_info_mismatch(error: Json) -> None:
    """`more_info` explains another error."""
    error["more_info"] = "https://www.twilio.com/docs/errors/11200"


@faults.on_error_document
def _more_info_not_a_url(error: Json) -> None:
    """`more_info` is a text."""
    error["more_info"] = "see the documentation"


@faults.on_error_document
def _status_as_text(error: Json) -> None:
    """An error's status is a word."""
    error["status"] = "failed"
