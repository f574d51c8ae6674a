"""Successful answers whose body is not the JSON that was promised."""

from __future__ import annotations

import gzip
import json
from dataclasses import replace

from contract_kit.emulator.faults.hooks import FaultFamily, with_header
from contract_kit.emulator.messages import Response

faults = FaultFamily("bodies")


@faults.on_success
def _empty_body(response: Response) -> Response:
    """A success says nothing."""
    return replace(response, body=b"")


@faults.on_success
def _cut_json(response: Response) -> Response:
    """JSON is cut off where some buffer ends."""
    return replace(response, body=response.body[: len(response.body) // 2])


@faults.on_success
def _trailing_text(response: Response) -> Response:
    """A warning of the server's runtime gets behind the JSON."""
    return replace(response, body=response.body + b"\nWarning: deprecated call in line 42")


@faults.on_success
def _byte_order_mark(response: Response) -> Response:
    """JSON begins with a byte order mark."""
    return replace(response, body=b"\xef\xbb\xbf" + response.body)


@faults.on_success
def _utf_16(response: Response) -> Response:
    """JSON is in UTF-16."""
    return replace(response, body=response.body.decode().encode("utf-16"))


@faults.on_success
def _not_a_number(response: Response) -> Response:
    """A number that is none, as some serializers write it."""
    return replace(response, body=response.body.replace(b"null", b"NaN"))


@faults.on_success
def _single_quotes(response: Response) -> Response:
    """JSON is somebody's debug output."""
    return replace(response, body=str(json.loads(response.body)).encode())


@faults.on_success
def _json_within_json(response: Response) -> Response:
    """JSON is encoded twice."""
    return replace(response, body=json.dumps(response.body.decode()).encode())


@faults.on_success
def _enveloped(response: Response) -> Response:
    """Every answer is wrapped in an envelope."""
    return replace(response, body=b'{"data":' + response.body + b"}")


@faults.on_success
def _bare_list(response: Response) -> Response:
    """Every answer is an array."""
    return replace(response, body=b"[" + response.body + b"]")


@faults.on_success
def _null_body(response: Response) -> Response:
    """Every answer is null."""
    return replace(response, body=b"null")


@faults.on_success
def _maintenance_page(response: Response) -> Response:
    """A page for people takes the place of the answer, with status 200."""
    response = with_header(response, b"content-type", b"text/html; charset=utf-8")
    return replace(response, body=b"<!doctype html><title>Maintenance</title><p>We are back soon.</p>")


@faults.on_success
def _gzip_undeclared(response: Response) -> Response:
    """A cache forgets to say that it compressed the answer."""
    return replace(response, body=gzip.compress(response.body, mtime=0))
