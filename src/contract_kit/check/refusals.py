"""Whether a request that must fail fails as decided (D18, D19, D22): its status, its code, a body that agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from contract_kit.check.observed_response import Answer
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind

BODY_STATUS = Property("error-status", Kind.ERROR_SHAPE, "the status of the answer", "D19")
CHALLENGE = Property("challenge", Kind.AUTHENTICATION, "Basic, by which the request would have to authenticate", "D19")
ONE_ACCOUNT = Property(
    "one-account", Kind.AUTHENTICATION, "no room that another account lists too", "D27", inferred=False
)
BODY_MORE_INFO = Property("error-more-info", Kind.ERROR_SHAPE, "a URL that ends with the code", "D19")


@dataclass(frozen=True)
class Refusal:
    """What must happen to a request.

    Attributes:
        status: 401, 404 or 400.
        code: The vendor's code in the body, for example 20404; None where nobody knows it.
        kind: The kind of finding where the request is not refused.
        place: What was wrong with the request: ``header:Authorization``, ``path:RoomSid``, ``query:PageSize``.
        what: The same for a person and as the finding's value: ``wrong secret``, ``malformed SID``.
        basis: The decision that it rests on.
        inferred: As in Property.
    """

    status: int
    code: int | None
    kind: Kind
    place: str
    what: str
    basis: str
    inferred: bool = True


def refusal_judgements(answer: Answer, refusal: Refusal) -> Iterator[Judgement]:
    """Hold the answer to a request that must be refused against how it must be."""
    expected = f"{refusal.status} for: {refusal.what}"
    refused = Property(refusal.what, refusal.kind, expected, refusal.basis, refusal.inferred)
    # A failure of the server, or having asked too much, is another matter, whatever the request was.
    if answer.status < 500 and answer.status != 429:
        detail = f"{refusal.what} was answered with {answer.status}"
        yield Judgement(refused, answer, refusal.place, answer.status == refusal.status, detail)
    challenge = answer.headers.get("www-authenticate")
    if answer.status == refusal.status == 401 and challenge is not None:
        scheme, place = challenge.partition(" ")[0], "header:WWW-Authenticate"
        yield Judgement(CHALLENGE, answer, place, scheme.lower() == "basic", f"it asks for {scheme}")
    body = answer.excerpt
    if answer.status != refusal.status or not isinstance(body, dict):
        return
    code = body.get("code")
    if isinstance(code, int) and refusal.code is not None:
        what = Property(f"code-{refusal.code}", Kind.ERROR_SHAPE, f"{refusal.code} for: {refusal.what}", "D19")
        yield Judgement(what, answer, "/code", code == refusal.code, evidence={"code": code})
    if isinstance(status := body.get("status"), int):
        yield Judgement(BODY_STATUS, answer, "/status", status == answer.status, evidence={"status": status})
    if isinstance(more_info := body.get("more_info"), str):
        yield Judgement(BODY_MORE_INFO, answer, "/more_info", more_info.endswith(f"/{code}"))
