"""Call the generated client: its requests pass the request throttle, and every response is observed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from video_log_analyzer_client import Client, Response
from video_log_analyzer_client.errors import TransportError, UnreadableResponse, WrongAnswer

from contract_kit.check.client_transport import ThrottledTransport
from contract_kit.check.requester import Requester
from contract_kit.check.throttle import DeadlineError, NoAnswerError
from contract_kit.findings.finding import Example, Finding, Kind


def client_for(requester: Requester, password: str | None = None) -> Client:
    """Return the generated client for the session's target; every response that it gets is observed.

    Args:
        requester: Sends requests to the target.
        password: A wrong password, to test that the target refuses it; None for the right one.
    """
    target = requester.session.target
    return Client(
        target.credentials.username,
        target.credentials.secret if password is None else password,
        base_url=target.url,
        retry=None,  # the request throttle retries
        httpx_args={"transport": ThrottledTransport(requester)},
    )


def call(requester: Requester, operation: str, function: Callable[..., Response[Any]], **arguments: Any) -> Any:
    """Call a generated ``sync_detailed`` and return the parsed model, or None if it could not be parsed.

    Args:
        requester: The requester; its session gets the findings.
        operation: The operationId.
        function: ``sync_detailed`` of the operation's module.
        arguments: Its arguments.

    Raises:
        NoAnswerError: the request could not be sent, or got no response.
        DeadlineError: the run has no time left.
    """
    try:
        return function(**arguments).parsed
    except (NoAnswerError, DeadlineError):
        raise
    except TransportError as error:
        raise NoAnswerError(f"{operation} through the client: {error.kind}") from None
    except (UnreadableResponse, WrongAnswer):
        return None  # already a finding of the observed response
    except Exception as error:  # any other exception on a response is a finding
        expected, value = "a result that the client's types describe", type(error).__name__
        examples = (Example(f"{operation} through the generated client"),)
        requester.session.add([Finding(Kind.CLIENT, operation, "", value, expected, examples=examples)])
        return None
