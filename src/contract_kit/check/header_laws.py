"""Check what headers mean: a challenge is a challenge, a pause is seconds or a date, a request's id is its own."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract_kit.api import ApiKit
from contract_kit.check.observed_response import ObservedResponse, RecordedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.check.seen import Seen
from contract_kit.findings.finding import Kind
from contract_kit.foreign_text import http_date

_RFC = "RFC 9110"
RETRY_AFTER = Property("retry-after", Kind.FORMAT, "whole seconds or a date", _RFC, inferred=False)
DATE = Property("date", Kind.FORMAT, "a date of HTTP: Fri, 20 Nov 2026 20:08:56 GMT", _RFC, inferred=False)
CHALLENGE_FORM = Property("challenge-form", Kind.AUTHENTICATION, "a challenge: Basic realm=…", _RFC, inferred=False)
CHALLENGE = Property("challenge", Kind.AUTHENTICATION, "the scheme by which the request would have to authenticate")
ALLOW_FORM = Property("allow-form", Kind.METHOD, "names of methods, with commas between them", _RFC, inferred=False)
FRESH_ID = Property("fresh-request-id", Kind.CONSISTENCY, "an id that no other response of the run has")

_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,200}"  # noqa: S105  a token in the sense of RFC 9110
_QUOTED = r'"(?:[^"\\]|\\.){0,500}"'
_PARAMETER = rf"{_TOKEN}[ \t]{{0,9}}=[ \t]{{0,9}}(?:{_TOKEN}|{_QUOTED})"
_SCHEME = re.compile(rf"({_TOKEN})(?: {{1,9}}(?=[^ ]))?")
_REALM = re.compile(rf"(?:^|[,\s])realm[ \t]{{0,9}}=[ \t]{{0,9}}(?:{_TOKEN}|{_QUOTED})", re.IGNORECASE)
_METHODS = re.compile(rf"(?:{_TOKEN}(?:[ \t]{{0,9}},[ \t]{{0,9}}{_TOKEN}){{0,50}})?")
_SECONDS = re.compile(r"[0-9]{1,10}", re.ASCII)
_LONGEST = 2000


def judgements(answer: ObservedResponse, kit: ApiKit, seen: Seen) -> Iterator[Judgement]:
    """Judge the headers of one response."""

    def judged(law: Property, name: str, holds: bool, detail: str = "") -> Judgement:  # noqa: FBT001
        return Judgement(law, answer, f"header:{name}", holds, detail, {name: answer.headers[name.lower()][:100]})

    headers = {name: value.strip()[:_LONGEST] for name, value in answer.headers.items()}
    if (pause := headers.get("retry-after")) is not None:
        is_pause = _SECONDS.fullmatch(pause) is not None or http_date(pause) is not None
        yield judged(RETRY_AFTER, "Retry-After", is_pause, "it is neither seconds nor a date")
    if (date := headers.get("date")) is not None:
        yield judged(DATE, "Date", http_date(date) is not None, "it is no date of HTTP")
    if answer.status == 401 and (challenge := headers.get("www-authenticate")) is not None:
        yield from _challenge(answer, kit, challenge)
    if answer.status == 405 and (allow := headers.get("allow")) is not None:
        yield judged(ALLOW_FORM, "Allow", _METHODS.fullmatch(allow) is not None, "it is no list of methods")
    # A recording may hold the same response twice.
    is_recorded = isinstance(answer, RecordedResponse)
    if kit.request_id and not is_recorded and (identity := headers.get(kit.request_id.lower())):
        is_fresh = seen.is_new("request id", identity)
        yield judged(FRESH_ID, kit.request_id, is_fresh, "another response of this run has the same id")


def _challenge(answer: ObservedResponse, kit: ApiKit, challenge: str) -> Iterator[Judgement]:
    scheme, where = kit.authentication.scheme, "header:WWW-Authenticate"
    found = _SCHEME.match(challenge)
    is_form = found is not None and not challenge[found.end() :].startswith((",", "="))
    if is_form and scheme == "Basic":
        # RFC 7617 requires the realm.
        is_form = _REALM.search(challenge) is not None
    yield Judgement(CHALLENGE_FORM, answer, where, is_form, "it is no challenge with the parameters of its scheme")
    if scheme in {"Basic", "Bearer"}:
        # One header may offer several schemes.
        offered = re.findall(rf"(?:^|,[ \t]{{0,9}})({_TOKEN})(?=[ \t]|,|$)", challenge)
        holds = scheme.lower() in {name.lower() for name in offered}
        asked = ", ".join(name for name in offered if name.isalnum())[:60] or "no scheme"
        yield Judgement(CHALLENGE, answer, where, holds, f"it asks for {asked}")
