"""An httpx transport for generated clients: requests pass the throttle, and the session observes every response."""

from __future__ import annotations

import httpx

from contract_kit.check.requester import Requester


class ThrottledTransport(httpx.BaseTransport):
    """Sends the client's requests through the throttle."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester
        self._under = httpx.HTTPTransport(trust_env=not requester.session.target.is_loopback)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx has it."""
        session = self._requester.session
        operation = session.contract.document.operation_at(request.url.path)
        name = operation.name if operation is not None else session.contract.document.operations[0].name

        def send() -> httpx.Response:
            response = self._under.handle_request(request)
            # A cut-off body must fail here, where the throttle can retry.
            response.read()
            response.request = request
            return response

        try:
            response = session.throttle.through(name, send, (httpx.TransportError,))
        except httpx.TransportError as error:
            masked = session.masker.request(request.method, str(request.url))
            self._requester.lost(name, type(error).__name__, masked)
            raise
        self._requester.observed(name, response)
        return response

    def close(self) -> None:
        """As httpx has it."""
        self._under.close()
