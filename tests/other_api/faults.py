"""What can be wrong with such an API, one small thing at a time."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from tests.other_api.data import MEMBERS, Resource
from tests.other_api.library import Answer, Call, Fault, Page, Query, Refusal, json_answer, problem

Change = TypeVar("Change", bound=Callable[..., Any])

FAULTS: dict[str, Fault] = {}
DAY = timedelta(days=1)


def _at(step: str) -> Callable[[Change], Change]:
    """Register a function as the fault of its name, at work at this step of an answer."""

    def register(change: Change) -> Change:
        hook: dict[str, Any] = {step: change}
        FAULTS[change.__name__] = Fault(change.__name__, change.__doc__ or "", **hook)
        return change

    return register


def _without(mapping: Mapping[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in mapping.items() if key != name}


# Paging


@_at("page")
def row_repeated(page: Page, call: Call) -> Page:
    """The last row of a page is the first of the next one too: one off in the position."""
    return page if page.next is None else replace(page, next=max(page.next - 1, page.start + 1))


@_at("page")
def row_skipped(page: Page, call: Call) -> Page:
    """One row between two pages is on neither: one off in the other direction."""
    return page if page.next is None else replace(page, next=page.next + 1)


@_at("page")
def last_row_lost(page: Page, call: Call) -> Page:
    """The last row of the whole list is never shown."""
    return page if page.next is not None else replace(page, shown=page.shown[:-1])


@_at("page")
def next_loops(page: Page, call: Call) -> Page:
    """From the second page on, ``next`` leads to the page itself."""
    return replace(page, next=page.start) if page.start and page.next is not None else page


@_at("page")
def no_end(page: Page, call: Call) -> Page:
    """The last page has a ``next`` too, to empty pages without end."""
    return replace(page, next=page.next or len(page.rows)) if page.rows else page


@_at("page")
def prev_wrong(page: Page, call: Call) -> Page:
    """``prev`` leads to the page itself."""
    return page if page.prev is None else replace(page, prev=page.start)


@_at("page")
def prev_missing(page: Page, call: Call) -> Page:
    """There is no way back."""
    return replace(page, prev=None)


@_at("page")
def first_wrong(page: Page, call: Call) -> Page:
    """``first`` leads to the second page."""
    return replace(page, first=page.limit) if page.limit < len(page.rows) else page


@_at("page")
def page_too_large(page: Page, call: Call) -> Page:
    """A page has one row more than was asked for; none is lost or repeated."""
    end = page.start + page.limit + 1
    return replace(page, shown=page.rows[page.start : end], next=end if end < len(page.rows) else None)


@_at("query")
def default_limit_21(query: Query, call: Call) -> Query:
    """Who names no limit gets 21 rows, not the 20 that are documented."""
    return query if call.values("limit") else replace(query, limit=21)


@_at("query")
def limit_ignored(query: Query, call: Call) -> Query:
    """A page has 20 rows, whatever was asked for."""
    return replace(query, limit=20)


@_at("answer")
def next_forgets_limit(answer: Answer, call: Call) -> Answer:
    """The links do not carry the limit on."""
    return _with_links(answer, lambda links: re.sub(r"limit=\d+&", "", links))


@_at("answer")
def links_to_elsewhere(answer: Answer, call: Call) -> Answer:
    """The links name the public host, not the one that the caller used."""
    return _with_links(answer, lambda links: links.replace(f"<{call.origin}", "<https://library.example"))


def _with_links(answer: Answer, change: Callable[[str], str]) -> Answer:
    if "Link" not in answer.headers:
        return answer
    return replace(answer, headers={**answer.headers, "Link": change(answer.headers["Link"])})


# Filters


@_at("query")
def status_ignored(query: Query, call: Call) -> Query:
    """The filter by status has no effect."""
    return replace(query, statuses=())


@_at("query")
def only_last_status(query: Query, call: Call) -> Query:
    """Of a repeated status only the last counts."""
    return replace(query, statuses=query.statuses[-1:])


@_at("query")
def until_inclusive(query: Query, call: Call) -> Query:
    """``joinedUntil`` includes its own day."""
    return replace(query, until=query.until + DAY) if query.until < date.max else query


@_at("query")
def from_exclusive(query: Query, call: Call) -> Query:
    """``joinedFrom`` leaves its own day out."""
    return replace(query, since=query.since + DAY) if date.min < query.since < date.max else query


# Bodies


@_at("resource")
def missing_key(row: Resource, call: Call) -> Resource:
    """A member has no ``interests``, not even an empty list."""
    return _without(row, "interests")


@_at("resource")
def missing_nested_key(row: Resource, call: Call) -> Resource:
    """An address has no city."""
    return _changed(row, address=lambda address: _without(address, "city"))


@_at("resource")
def wrong_type(row: Resource, call: Call) -> Resource:
    """The number of renewals is a string."""
    return _changed(row, renewals=str)


@_at("resource")
def undocumented_status(row: Resource, call: Call) -> Resource:
    """Suspended members are called frozen."""
    return _changed(row, status=lambda status: "frozen" if status == "suspended" else status)


@_at("resource")
def undocumented_interest(row: Resource, call: Call) -> Resource:
    """An array of known values has one that is not."""
    return _changed(row, interests=lambda interests: [*interests, "gardening"])


@_at("resource")
def undocumented_key(row: Resource, call: Call) -> Resource:
    """Fines carry a key that nobody wrote down."""
    return {**row, "internalNote": ""} if call.kind == "Fine" else row


@_at("resource")
def null_not_allowed(row: Resource, call: Call) -> Resource:
    """A closed member's name is null."""
    return {**row, "name": None} if row.get("status") == "closed" else row


@_at("resource")
def date_in_local_style(row: Resource, call: Call) -> Resource:
    """The day of joining is written as in 15.01.2019."""
    return _changed(row, joined=lambda joined: date.fromisoformat(joined).strftime("%d.%m.%Y"))


@_at("resource")
def time_without_offset(row: Resource, call: Call) -> Resource:
    """The due time says nothing of its zone."""
    return _changed(row, due=lambda due: datetime.fromisoformat(due).replace(tzinfo=None).isoformat())


@_at("resource")
def relative_self(row: Resource, call: Call) -> Resource:
    """``self`` is a path, not a URL."""
    return _changed(row, self=lambda url: url.removeprefix(call.origin))


@_at("answer")
def cut_json(answer: Answer, call: Call) -> Answer:
    """The body of a loan stops in the middle."""
    return replace(answer, body=answer.body[:-20]) if _found(answer, call, "getLoan") else answer


@_at("answer")
def list_in_envelope(answer: Answer, call: Call) -> Answer:
    """The loans come in an object, not as a bare array."""
    return (
        json_answer(200, {"loans": json.loads(answer.body)}, answer.headers)
        if _found(answer, call, "listLoans")
        else answer
    )


def _changed(row: Resource, **changes: Callable[[Any], Any]) -> Resource:
    """The row, with these values put through these functions where it has them."""
    return {key: changes[key](value) if key in changes else value for key, value in row.items()}


def _found(answer: Answer, call: Call, operation: str) -> bool:
    return answer.status == 200 and call.operation == operation


# A list says one thing, the resource itself another


@_at("resource")
def listed_value_differs(row: Resource, call: Call) -> Resource:
    """A list of loans counts one renewal too many."""
    return _changed(row, renewals=lambda count: count + 1) if call.operation == "listLoans" else row


@_at("resource")
def listed_email_hidden(row: Resource, call: Call) -> Resource:
    """A list of members leaves their e-mail addresses null."""
    return _changed(row, email=lambda _: None) if call.operation == "listMembers" else row


@_at("resource")
def other_parent(row: Resource, call: Call) -> Resource:
    """A fetched fine names the wrong member."""
    return _changed(row, member=lambda member: member + 1) if call.operation == "getFine" else row


# Who may see what


@_at("branch")
def no_token_accepted(branch: str | None, call: Call) -> str | None:
    """Who brings no token is let in."""
    return "north" if call.token is None else branch


@_at("branch")
def wrong_token_accepted(branch: str | None, call: Call) -> str | None:
    """Any token will do."""
    return branch if call.token is None else branch or "north"


@_at("answer")
def no_challenge(answer: Answer, call: Call) -> Answer:
    """A 401 does not say how to authenticate."""
    return replace(answer, headers=_without(answer.headers, "WWW-Authenticate"))


@_at("members")
def other_branch_visible(members: list[Resource], call: Call) -> list[Resource]:
    """Who knows the id can fetch a member of the other branch."""
    return [row for rows in MEMBERS.values() for row in rows] if call.operation == "getMember" else members


@_at("members")
def other_branch_loans_visible(members: list[Resource], call: Call) -> list[Resource]:
    """The loans of the other branch's members can be listed."""
    return [row for rows in MEMBERS.values() for row in rows] if call.operation == "listLoans" else members


# Refusals that do not come


@_at("answer")
def unknown_member_is_empty(answer: Answer, call: Call) -> Answer:
    """A member that does not exist is an empty object."""
    return json_answer(200, {}) if answer.status == 404 and call.operation == "getMember" else answer


@_at("answer")
def unknown_member_has_no_loans(answer: Answer, call: Call) -> Answer:
    """A member that does not exist has an empty list of loans."""
    return json_answer(200, []) if answer.status == 404 and call.operation == "listLoans" else answer


@_at("refusal")
def limit_0_accepted(refusal: Refusal | None, call: Call) -> Refusal | None:
    """A limit of 0 is taken for none."""
    return None if refusal and (refusal.parameter, refusal.values) == ("limit", ("0",)) else refusal


@_at("refusal")
def limit_101_accepted(refusal: Refusal | None, call: Call) -> Refusal | None:
    """A limit above 100 is taken for none."""
    return None if refusal and re.fullmatch(r"limit \d{3,}", _words(refusal)) else refusal


@_at("refusal")
def limit_of_letters_accepted(refusal: Refusal | None, call: Call) -> Refusal | None:
    """A limit that is no number is taken for none."""
    return None if refusal and re.fullmatch(r"limit \D*", _words(refusal)) else refusal


@_at("refusal")
def repeated_limit_accepted(refusal: Refusal | None, call: Call) -> Refusal | None:
    """Two limits are taken for none."""
    return None if refusal and refusal.parameter == "limit" and len(refusal.values) > 1 else refusal


@_at("refusal")
def unknown_status_accepted(refusal: Refusal | None, call: Call) -> Refusal | None:
    """A status that does not exist is passed over."""
    return None if refusal and refusal.parameter == "status" else refusal


@_at("refusal")
def bad_date_accepted(refusal: Refusal | None, call: Call) -> Refusal | None:
    """A day that does not exist is passed over."""
    return None if refusal and refusal.parameter.startswith("joined") else refusal


@_at("refusal")
def forged_cursor_accepted(refusal: Refusal | None, call: Call) -> Refusal | None:
    """A cursor that the library did not hand out leads to the first page."""
    return None if refusal and refusal.parameter == "cursor" else refusal


@_at("answer")
def post_accepted(answer: Answer, call: Call) -> Answer:
    """A POST gets 200 where there is nothing to post to."""
    return json_answer(200, {}) if answer.status == 405 and call.method == "POST" else answer


def _words(refusal: Refusal) -> str:
    return " ".join([refusal.parameter, *refusal.values])


# Refusals that come in the wrong shape


@_at("answer")
def plain_text_404(answer: Answer, call: Call) -> Answer:
    """A 404 is a line of text."""
    return Answer(404, {"Content-Type": "text/plain"}, b"Not found\n") if answer.status == 404 else answer


@_at("answer")
def problem_status_differs(answer: Answer, call: Call) -> Answer:
    """The problem says 400 in a response that is a 404."""
    return _with_problem(answer, 404, lambda content: {**content, "status": 400})


@_at("answer")
def problem_without_detail(answer: Answer, call: Call) -> Answer:
    """A 400 does not say what is wrong."""
    return _with_problem(answer, 400, lambda content: _without(content, "detail"))


@_at("answer")
def problem_type_no_uri(answer: Answer, call: Call) -> Answer:
    """The type of a 401 is a phrase, not a URI."""
    return _with_problem(answer, 401, lambda content: {**content, "type": "not signed in"})


@_at("answer")
def problem_as_json(answer: Answer, call: Call) -> Answer:
    """A 400 comes as application/json."""
    return (
        replace(answer, headers={**answer.headers, "Content-Type": "application/json"})
        if answer.status == 400
        else answer
    )


@_at("answer")
def unknown_is_403(answer: Answer, call: Call) -> Answer:
    """What is not there is forbidden, which is not documented."""
    return problem(403, "This is not for you.") if answer.status == 404 else answer


@_at("answer")
def no_allow(answer: Answer, call: Call) -> Answer:
    """A 405 does not say what is allowed."""
    return replace(answer, headers=_without(answer.headers, "Allow"))


@_at("answer")
def allow_too_much(answer: Answer, call: Call) -> Answer:
    """A 405 allows POST, and refuses it."""
    return replace(answer, headers={**answer.headers, "Allow": "GET, POST"}) if answer.status == 405 else answer


def _with_problem(answer: Answer, status: int, change: Callable[[Resource], Resource]) -> Answer:
    if answer.status != status:
        return answer
    return json_answer(status, change(json.loads(answer.body)), answer.headers)


# The server and its headers


@_at("answer")
def fines_crash(answer: Answer, call: Call) -> Answer:
    """Listing fines fails with a 500."""
    return problem(500, "Something went wrong.") if _found(answer, call, "listFines") else answer


@_at("answer")
def members_as_html(answer: Answer, call: Call) -> Answer:
    """The JSON of a member is said to be HTML."""
    return replace(answer, headers={"Content-Type": "text/html"}) if _found(answer, call, "getMember") else answer


@_at("answer")
def no_content_type(answer: Answer, call: Call) -> Answer:
    """A loan comes without a media type."""
    return (
        replace(answer, headers=_without(answer.headers, "Content-Type")) if _found(answer, call, "getLoan") else answer
    )


@_at("answer")
def no_links(answer: Answer, call: Call) -> Answer:
    """A list has no links at all: it ends with its first page."""
    return replace(answer, headers=_without(answer.headers, "Link"))
