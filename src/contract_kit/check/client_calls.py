"""The generated client at work: its own requests, through the door, every answer observed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
from video_log_analyzer_client import Client, Response
from video_log_analyzer_client.errors import TransportError, UnreadableResponse

from contract_kit.check.requester import Api
from contract_kit.check.throttle import DeadlineError, NoAnswerError
from contract_kit.findings.finding import Example, Finding, Kind


class _Transport(httpx.BaseTransport):
    """Sends the client's requests through the door."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._under = httpx.HTTPTransport(trust_env=not api.session.target.is_loopback)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        session = self._api.session
        operation = session.document.operation_at(request.url.path)
        name = operation.name if operation is not None else session.document.operations[0].name

        def send() -> httpx.Response:
            response = self._under.handle_request(request)
            # A body that is cut off must fail here, where it can be asked for again.
            response.read()
            response.request = request
            return response

        try:
            response = session.door.through(name, send, (httpx.TransportError,))
        except httpx.TransportError as error:
            masked = session.masker.request(request.method, str(request.url))
            self._api.lost(name, type(error).__name__, masked)
            raise
        self._api.observed(name, response)
        return response

    def close(self) -> None:
        self._under.close()


def client_for(api: Api, password: str | None = None) -> Client:
    """The generated client for the session's target; every answer that it gets is observed.

    Args:
        api: Requests to the target.
        password: Another one than the target's, to see it refused.
    """
    target = api.session.target
    return Client(
        target.credentials.username,
        target.credentials.password if password is None else password,
        base_url=target.url,
        retry=None,  # that is the door's business
        httpx_args={"transport": _Transport(api)},
    )


def call(api: Api, operation: str, function: Callable[..., Response[Any]], **arguments: Any) -> Any:
    """Call one generated ``sync_detailed`` and give what it parsed, or None where it could not.

    Args:
        api: Whose session gets the findings.
        operation: The operationId.
        function: ``sync_detailed`` of the operation's module.
        arguments: Its arguments.

    Raises:
        NoAnswerError: the request may not be sent, or no answer came.
        DeadlineError: the run has no time left.
    """
    try:
        return function(**arguments).parsed
    except (NoAnswerError, DeadlineError):
        raise
    except TransportError as error:
        raise NoAnswerError(f"{operation} through the client: {error.kind}") from None
    except UnreadableResponse:
        return None  # found when the answer was observed
    except Exception as error:  # whatever the client raises on an answer is the finding
        expected, value = "a result that the client's types describe", type(error).__name__
        examples = (Example(f"{operation} through the generated client"),)
        api.session.add([Finding(Kind.CLIENT, operation, "", value, expected, examples=examples)])
        return None
