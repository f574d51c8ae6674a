"""An httpx transport for generated clients: requests pass the throttle, and the session observes every response."""

from __future__ import annotations

import httpx

from contract_kit.check.requester import Requester


class ThrottledTransport(httpx.BaseTransport):
    """Sends the client's requests as all others of the run are sent."""

    def __init__(self, requester: Requester) -> None:
        self._requester = requester

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """As httpx has it."""
        document = self._requester.session.contract.document
        operation = document.operation_at(request.url.path) or document.operations[0]
        response = self._requester.exchange(operation.name, request)
        self._requester.observed(operation.name, response)
        return response
