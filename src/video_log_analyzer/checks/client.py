"""Whether the generated client reads what the target sends, and loses nothing of it."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import httpx
from video_log_analyzer_client import Client, Response
from video_log_analyzer_client.errors import TransportError

from video_log_analyzer.checks.answer import Answer, NotJsonError
from video_log_analyzer.checks.api import PASSING, PAUSES, answer_of
from video_log_analyzer.checks.filters import instant
from video_log_analyzer.checks.session import Session
from video_log_analyzer.findings import Finding, Kind


def client_for(session: Session, password: str | None = None) -> Client:
    """The generated client for the session's target; every answer that it gets is observed.

    Args:
        session: Whose target and credentials to use.
        password: Another one than the target's, to see it refused.
    """
    target = session.target
    return Client(
        target.credentials.username,
        target.credentials.password if password is None else password,
        base_url=target.url,
        retry=None,  # every answer is to be seen
        httpx_args={"trust_env": not target.is_loopback},
    )


def call(session: Session, operation: str, function: Callable[..., Response[Any]], **arguments: Any) -> Any:
    """Call one generated ``sync_detailed`` and give what it parsed, or None where it could not.

    Args:
        session: Where answer and findings go.
        operation: The operationId.
        function: ``sync_detailed`` of the operation's module.
        arguments: Its arguments.
    """
    sent: list[httpx.Response] = []
    client: Client = arguments["client"]
    hooks = client.get_httpx_client().event_hooks
    client.get_httpx_client().event_hooks = {**hooks, "response": [sent.append]}
    try:
        parsed: Any = _through_weather(function, arguments, sent)
    except TransportError as error:
        session.unanswered(operation)
        session.unjudged(f"{operation} through the client: {error.kind}")
        return None
    except Exception as error:  # whatever the client raises on an answer is the finding
        if not sent:
            raise
        answer = _observed(session, operation, sent[-1])
        detail = f"{type(error).__name__}: {error}"[:200] if session.target.is_loopback else ""
        value, expected = type(error).__name__, "a result that the client's types describe"
        session.add([Finding(Kind.CLIENT, operation, "", value, expected, answer.request, detail=detail)])
        return None
    finally:
        client.get_httpx_client().event_hooks = hooks
    answer = _observed(session, operation, sent[-1])
    if parsed is not None:
        session.add(_loss(answer, parsed))
    return parsed


def _through_weather(
    function: Callable[..., Response[Any]], arguments: dict[str, Any], sent: list[httpx.Response]
) -> Any:
    """Call until the answer is one that lasts; the last try gives whatever it gives."""
    for pause in PAUSES:
        try:
            parsed = function(**arguments).parsed
        except TransportError:
            time.sleep(pause)
            continue
        except Exception:
            if sent[-1].status_code not in PASSING:
                raise
        else:
            if sent[-1].status_code not in PASSING:
                return parsed
        time.sleep(pause)
    return function(**arguments).parsed


def _observed(session: Session, operation: str, response: httpx.Response) -> Answer:
    answer = answer_of(operation, response)
    session.observe(answer)
    return answer


def _loss(answer: Answer, parsed: Any) -> Iterator[Finding]:
    """A finding for each place where what was parsed, written again, is not what was sent."""
    try:
        sent, written = answer.json, json.loads(json.dumps(parsed.to_dict()))
    except NotJsonError:
        return
    except (AttributeError, TypeError, ValueError) as error:
        expected = "what was read can be written again"
        yield Finding(Kind.CLIENT, answer.operation, "", type(error).__name__, expected, answer.request)
        return
    for place in sorted(set(_differences(sent, written, ""))):
        expected = "the same value after reading and writing"
        yield Finding(Kind.CLIENT, answer.operation, place, "changed", expected, answer.request)


def _differences(sent: object, written: object, place: str) -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(written, dict):
        for name in sent.keys() & written.keys():
            yield from _differences(sent[name], written[name], f"{place}/{name}")
        # A key that the document does not have is the finding of another check; the client may leave it out.
        yield from (f"{place}/{name}" for name in written.keys() - sent.keys())
    elif isinstance(sent, list) and isinstance(written, list) and len(sent) == len(written):
        for one, other in zip(sent, written, strict=True):
            yield from _differences(one, other, f"{place}/*")
    elif not _equal(sent, written):
        yield place


def _equal(sent: object, written: object) -> bool:
    if sent == written and isinstance(sent, bool) == isinstance(written, bool):
        return True
    one, other = instant(sent), instant(written)
    return isinstance(one, datetime) and one == other
