"""Send the requests that schemathesis generates through the same throttle as all others."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import HTTPAdapter
from schemathesis.core.transport import Response
from schemathesis.engine.core import Engine
from schemathesis.engine.run import Phase, PhaseName
from schemathesis.generation.case import Case
from schemathesis.transport.requests import RequestsTransport

from contract_kit.check.requester import Requester
from contract_kit.check.throttle import DeadlineError, NoAnswerError

_OPERATION = "operationId"
_NO_ANSWER = (requests.ConnectionError, requests.Timeout, requests.exceptions.ChunkedEncodingError)


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


def throttled(schema: Any, requester: Requester) -> Any:
    """Make ``schema`` send its cases through the throttle of ``requester``'s session, and return it."""
    transport = _Transport(requester)

    class Schema(type(schema)):  # type: ignore[misc]
        # Schemathesis reads only this property to decide how to send a case.
        @property
        def transport(self) -> RequestsTransport:
            return transport

    schema.__class__ = Schema
    return schema


class _Transport(RequestsTransport):
    """Sends cases as schemathesis does, over sessions whose connections pass the throttle."""

    def __init__(self, requester: Requester) -> None:
        super().__init__()
        self._adapter = _Adapter(requester)

    def send(self, case: Case[Any], *, session: requests.Session | None = None, **kwargs: Any) -> Response:
        self._adapter.operation = str(case.operation.definition.raw[_OPERATION])
        given = session if session is not None else requests.Session()
        given.trust_env = self._adapter.trusts_environment
        for prefix in ("http://", "https://"):
            given.mount(prefix, self._adapter)
        return super().send(case, session=given, **kwargs)


class _Adapter(HTTPAdapter):
    """Sends each request through the throttle, which repeats it after a failure that may pass."""

    def __init__(self, requester: Requester) -> None:
        super().__init__()
        self._requester = requester
        self.operation = ""

    @property
    def trusts_environment(self) -> bool:
        return not self._requester.session.target.is_loopback

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        session = self._requester.session

        def send() -> requests.Response:
            response = super(_Adapter, self).send(request, *args, **kwargs)
            # A cut-off body must fail here, where the throttle can retry.
            response.content  # noqa: B018
            return response

        try:
            return session.throttle.through(self.operation, send, _NO_ANSWER)
        except (NoAnswerError, DeadlineError) as error:
            raise RefusedError(str(error)) from None
        except _NO_ANSWER as error:
            masked = session.masker.request(str(request.method), str(request.url))
            self._requester.lost(self.operation, type(error).__name__, masked)
            raise
