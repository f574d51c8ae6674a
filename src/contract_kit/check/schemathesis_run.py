"""Run schemathesis, with every phase and check, over the whole document, and turn its failures into findings."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure
from schemathesis.core.transport import Response
from schemathesis.engine import events
from schemathesis.engine.recorder import Interaction, ScenarioRecorder
from schemathesis.generation import GenerationMode

from contract_kit.api import PageStyle
from contract_kit.check.authorization import header, parameters
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.requester import Requester
from contract_kit.check.schemathesis_transport import LostError, RefusedError, UnprobingEngine, throttled
from contract_kit.check.session import Session
from contract_kit.findings.finding import Finding, Kind

# The finding kinds of schemathesis' failures. Failures that conformance.py also finds are left out.
_KINDS: Mapping[str, Kind] = {
    "RejectedPositiveData": Kind.STATUS,
    "AcceptedNegativeData": Kind.VALIDATION,
    "MissingHeaderNotRejected": Kind.VALIDATION,
    "IgnoredAuth": Kind.AUTHENTICATION,
    "ObjectLevelAuthorizationViolation": Kind.AUTHENTICATION,
    "UnsupportedMethodResponse": Kind.METHOD,
    "AllowHeaderMismatch": Kind.METHOD,
}
_FOUND_BY_CONFORMANCE = frozenset(
    {
        "UndefinedStatusCode",
        "MissingHeaders",
        "JsonSchemaError",
        "MissingContentType",
        "MalformedMediaType",
        "ContentDeserializationError",
        "UndefinedContentType",
        "MalformedJson",
        "ServerError",
        "ContentTypeServerError",
    }
)


def run(requester: Requester, *, max_examples: int, progress: Callable[[str], None]) -> list[str]:
    """Let schemathesis test the session's target; responses and findings go to the session.

    Args:
        requester: Sends the requests; its session gets the results.
        max_examples: Cases per operation in the phases that generate them.
        progress: Called with the name of the phase whenever an operation or scenario is done.

    Returns:
        Errors of schemathesis itself, as text; they are not findings.

    Raises:
        KeyboardInterrupt: the user interrupted schemathesis.
        DeadlineError: the deadline has passed.
    """
    schema = _schema(requester, max_examples)
    errors: list[str] = []
    for event in UnprobingEngine(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            _collect(requester.session, event.recorder)
            progress(str(event.phase.value))
        elif isinstance(event, events.Interrupted):
            # The engine only stops; an interrupted run must not look like one without findings.
            raise KeyboardInterrupt
        elif isinstance(event, events.NonFatalError):
            text = f"{event.label}: {event.info.title}: {event.info.message}".splitlines()[0]
            if isinstance(event.value, RefusedError):
                # The engine skips the operation for this phase, which is right if the budget is spent.
                requester.session.throttle.require_time()
            elif isinstance(event.value, LostError):
                # The engine skips the operation here, too, so the rest of this phase was not checked.
                requester.session.note_inconclusive(f"{event.label}: {event.value}")
            else:
                errors.append(requester.session.masker.text(text))
        elif isinstance(event, events.FatalError):
            errors.append(requester.session.masker.text(str(event.exception)))
    return errors


def _schema(requester: Requester, max_examples: int) -> Any:
    session, target = requester.session, requester.session.target
    mode = "all" if target.may_get_invalid else "positive"
    config = SchemathesisConfig.from_dict(
        {
            "base-url": target.url,
            **_authentication(requester),
            # Our own checks read the bodies, too, so the recorder must keep them whole.
            "output": {"truncation": {"max-recorded-payload-size": 0}},
            "generation": {
                "mode": mode,
                "max-examples": max_examples,
                "deterministic": True,
                "with-security-parameters": False,
                "database": "none",
            },
            "phases": {
                "examples": {"fill-missing": True},
                "coverage": {
                    "generate-duplicate-query-parameters": True,
                    **({} if target.may_get_invalid else {"unexpected-methods": []}),
                },
            },
            "checks": {"enabled": True},
            "continue-on-failure": True,
            # The throttle repeats requests, and a redirect is the answer.
            "request-retries": 0,
            "max-redirects": 0,
            "warnings": False,
        }
    )
    schema: Any = schemathesis.openapi.from_dict(session.contract.document.data, config=config)
    schema = schema.include(operation_id=[operation.name for operation in session.contract.operations])
    schema.hook("map_case")(partial(_without_invented_page, requester.kit.paging or PageStyle()))
    return throttled(schema, requester)


def _authentication(requester: Requester) -> dict[str, Any]:
    """The part of schemathesis' configuration with the credentials."""
    authentication, credentials = requester.kit.authentication, requester.session.target.credentials
    if authentication.scheme == "Basic":
        pair = {"username": _literal(credentials.username), "password": _literal(credentials.secret)}
        return {"auth": {"basic": pair}}
    if (given := header(authentication, credentials)) is not None:
        return {"headers": {given[0]: _literal(given[1])}}
    return {
        "parameters": {
            f"query.{name}": _literal(value) for name, value in parameters(authentication, credentials).items()
        }
    }


def _literal(value: str) -> str:
    """Escape ``value``, so that schemathesis does not read ``${NAME}`` in it as an environment variable."""
    return value.replace("${", "$${")


def _without_invented_page(style: PageStyle, context: Any, case: Any) -> Any:
    """Remove invented page tokens and page numbers from positive cases: the target rightly refuses them."""
    if case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE:
        case.query.pop(style.token, None)
        if style.token and str(case.query.get(style.number, style.first_number)) != str(style.first_number):
            case.query.pop(style.number)
    return case


def _collect(session: Session, recorder: ScenarioRecorder) -> None:
    for case_id, interaction in recorder.interactions.items():
        if interaction.response is None:
            continue
        case = recorder.cases[case_id].value
        answer = _answer(session, _operation_id(case), interaction, interaction.response)
        known = session.observe(answer)
        for check in recorder.checks.get(case_id, ()):
            if check.failure_info is not None:
                session.add(_findings(check.failure_info.failure, answer, case, known))


def _operation_id(case: Any) -> str:
    return str(case.operation.definition.raw["operationId"])


def _answer(session: Session, operation: str, interaction: Interaction, response: Response) -> ObservedResponse:
    return ObservedResponse(
        operation=operation,
        method=interaction.request.method,
        url=interaction.request.uri,
        status=response.status_code,
        headers={name.lower(): ", ".join(values) for name, values in response.headers.items()},
        body=response.content or b"",
        masker=session.masker,
    )


def _findings(failure: Failure, answer: ObservedResponse, case: Any, known: list[Finding]) -> list[Finding]:
    name = type(failure).__name__
    if name in _FOUND_BY_CONFORMANCE and known:
        return []
    kind = _KINDS.get(name, Kind.STATUS)
    location, value = "status", str(answer.status)
    expected = "a success: the request is valid"
    if kind is Kind.VALIDATION:
        data = case.meta.phase.data if case.meta is not None else None
        part = getattr(data, "parameter_location", None)
        parameter = getattr(data, "parameter", None)
        scenario = getattr(data, "scenario", None)
        location = f"{part.value if part else 'request'}:{parameter or '*'}"
        value = str(scenario.value) if scenario is not None else "generated"
        expected = "4xx: the document does not allow this request"
    elif kind is Kind.AUTHENTICATION:
        location, value, expected = "header:Authorization", "ignored", "401 without valid credentials"
    elif kind is Kind.METHOD:
        location, value, expected = "method", answer.method, "405 with an exact Allow header"
    elif name not in _KINDS:
        value, expected = name, failure.title
    # The failure's message may quote the response, so only its title is shown.
    examples = (answer.example(answer.excerpt, failure.title),)
    found = f"{failure.title}: answered with {answer.status}"
    return [Finding(kind, answer.operation, location, value, expected, examples=examples, found=found)]
