"""Whether a request that must fail fails as decided (D18, D19, D22): its status, its code, a body that agrees."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from video_log_analyzer.checks.answer import Answer, NotJsonError
from video_log_analyzer.findings import Finding, Kind


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
    """

    status: int
    code: int | None
    kind: Kind
    place: str
    what: str
    basis: str


def refusal_findings(answer: Answer, refusal: Refusal) -> Iterator[Finding]:
    """Hold the answer to a request that must be refused against how it must be."""
    if answer.status != refusal.status:
        # A failure of the server is a finding already, whatever the request was.
        if answer.status < 500:
            detail = f"{refusal.what} was answered with {answer.status}"
            expected = f"{refusal.status} for: {refusal.what}"
            yield _finding(answer, refusal.kind, refusal.place, refusal.what, expected, refusal.basis, detail)
        return
    try:
        body = answer.json
    except NotJsonError:
        return
    if not isinstance(body, dict):
        return
    code = body.get("code")
    if isinstance(code, int) and refusal.code not in {None, code}:
        expected = f"{refusal.code} for: {refusal.what}"
        yield _finding(answer, Kind.ERROR_SHAPE, "/code", str(code), expected, refusal.basis)
    if isinstance(body.get("status"), int) and body["status"] != answer.status:
        yield _finding(answer, Kind.ERROR_SHAPE, "/status", "status", "the status of the answer", refusal.basis)
    if isinstance(body.get("more_info"), str) and not body["more_info"].endswith(f"/{code}"):
        yield _finding(
            answer, Kind.ERROR_SHAPE, "/more_info", "more_info", "a URL that ends with the code", refusal.basis
        )


def _finding(
    answer: Answer, kind: Kind, place: str, value: str, expected: str, basis: str, detail: str = ""
) -> Finding:
    return Finding(kind, answer.operation, place, value, expected, answer.request, basis, detail)
