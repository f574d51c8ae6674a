"""Send the requests that schemathesis generates as all others: through the throttle, over the same transport."""

from __future__ import annotations

from typing import Any

import httpx
import requests
import urllib3
from schemathesis.core.transport import Response
from schemathesis.engine.core import Engine
from schemathesis.engine.run import Phase, PhaseName
from schemathesis.generation.case import Case
from schemathesis.transport.requests import RequestsTransport

from contract_kit.check.requester import Requester
from contract_kit.check.throttle import DeadlineError, NoAnswerError
from contract_kit.check.transport import trouble

_OPERATION = "operationId"


class UnprobingEngine(Engine):
    """The engine without its probing phase, whose requests belong to no case and would bypass the throttle."""

    def get_phase_config(self, phase_name: PhaseName, *, is_supported: bool, requires_transitions: bool) -> Phase:
        """Like the engine's method, but disable probing."""
        return super().get_phase_config(
            phase_name,
            is_supported=is_supported and phase_name is not PhaseName.PROBING,
            requires_transitions=requires_transitions,
        )


class RefusedError(requests.RequestException):
    """The throttle refused the request: the budget is spent, the operation closed, or the deadline passed."""


class LostError(requests.RequestException):
    """No usable answer came; the finding about it is already kept."""


def throttled(schema: Any, requester: Requester) -> Any:
    """Make ``schema`` send its cases through ``requester``, and return it."""
    transport = _Transport(requester)

    class Schema(type(schema)):  # type: ignore[misc]
        # Schemathesis reads only this property to decide how to send a case.
        @property
        def transport(self) -> RequestsTransport:
            return transport

    schema.__class__ = Schema
    return schema


class _Transport(RequestsTransport):
    """Composes requests as schemathesis does, but sends them through the requester."""

    def __init__(self, requester: Requester) -> None:
        super().__init__()
        self._requester = requester

    def send(self, case: Case[Any], *, session: requests.Session | None = None, **kwargs: Any) -> Response:
        operation = str(case.operation.definition.raw[_OPERATION])
        return super().send(case, session=_Session(self._requester, operation, session), **kwargs)


class _Session(requests.Session):
    """A session that composes requests like another, but follows no redirect and keeps no cookie.

    ``requests`` would take an interim answer (103) for the answer, and read one without end.
    """

    def __init__(self, requester: Requester, operation: str, model: requests.Session | None) -> None:
        super().__init__()
        self.trust_env = False
        if model is not None:
            self.auth, self.headers, self.params = model.auth, model.headers, model.params
        self._requester = requester
        self._operation = operation

    def send(self, request: requests.PreparedRequest, **_: Any) -> requests.Response:
        url = str(request.url)
        try:
            asked = _converted(request, self._requester.session.target.url)
            answer = self._requester.exchange(self._operation, asked, url)
        except (NoAnswerError, DeadlineError) as error:
            raise RefusedError(str(error)) from None
        except httpx.RequestError as error:
            masked = self._requester.session.masker.request(str(request.method), url)
            raise LostError(f"{trouble(error)} at {masked}") from None
        response = requests.Response()
        response.status_code = answer.status_code
        response.reason = answer.reason_phrase
        response.url = url
        response.request = request
        response._content = answer.content
        headers = urllib3.HTTPHeaderDict(answer.headers.multi_items())
        response.headers.update(headers)
        response.encoding = requests.utils.get_encoding_from_headers(response.headers)
        response.raw = urllib3.HTTPResponse(
            headers=headers, status=answer.status_code, version=10 if answer.http_version == "HTTP/1.0" else 11
        )
        return response


def _converted(request: requests.PreparedRequest, origin: str) -> httpx.Request:
    """The same request for httpx, which gets path and query as they are: it would spell some of them differently."""
    body: Any = request.body or b""
    return httpx.Request(
        str(request.method),
        origin,
        headers=[(_raw(name), _raw(value)) for name, value in request.headers.items()],
        content=body.encode() if isinstance(body, str) else body,
        extensions={"target": _raw(request.path_url)},
    )


def _raw(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1", "replace")
