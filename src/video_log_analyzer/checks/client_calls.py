"""The generated client at work: its own requests pass the throttle, and every answer is observed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from video_log_analyzer_client import Client, Response
from video_log_analyzer_client.errors import TransportError, UnreadableResponse

from contract_kit.check.client_transport import ThrottledTransport
from contract_kit.check.requester import Requester
from contract_kit.check.throttle import DeadlineError, NoAnswerError
from contract_kit.findings.finding import Example, Finding, Kind


def client_for(requester: Requester, password: str | None = None) -> Client:
    """The generated client for the session's target; every answer that it gets is observed.

    Args:
        requester: Requests to the target.
        password: Another one than the target's, to see it refused.
    """
    target = requester.session.target
    return Client(
        target.credentials.username,
        target.credentials.secret if password is None else password,
        base_url=target.url,
        retry=None,  # the throttle repeats requests
        httpx_args={"transport": ThrottledTransport(requester)},
    )


def call(requester: Requester, operation: str, function: Callable[..., Response[Any]], **arguments: Any) -> Any:
    """Call one generated ``sync_detailed`` and give what it parsed, or None where it could not.

    Args:
        requester: Whose session gets the findings.
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
        requester.session.add([Finding(Kind.CLIENT, operation, "", value, expected, examples=examples)])
        return None
