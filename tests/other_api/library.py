"""What the lending library answers to a call, in steps that a fault may change."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from http import HTTPStatus
from typing import Any, TypeVar
from urllib.parse import unquote, urlencode

from tests.other_api.data import FINES, LOANS, MEMBERS, STATUSES, Resource

T = TypeVar("T")

TOKENS = {"north-branch-token": "north", "south-branch-token": "south"}
ROUTES = {
    "listMembers": re.compile(r"/api/members"),
    "getMember": re.compile(r"/api/members/([^/]+)"),
    "listLoans": re.compile(r"/api/members/([^/]+)/loans"),
    "getLoan": re.compile(r"/api/loans/([^/]+)"),
    "listFines": re.compile(r"/api/members/([^/]+)/fines"),
    "getFine": re.compile(r"/api/members/([^/]+)/fines/([^/]+)"),
}
FILTERS = ("status", "joinedFrom", "joinedUntil")


@dataclass(frozen=True)
class Call:
    """A request as it came in."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    token: str | None  # None: there was no bearer token at all
    origin: str

    @property
    def operation(self) -> str:
        """The ``operationId``, or nothing for a path that the API does not have."""
        return next((name for name, pattern in ROUTES.items() if pattern.fullmatch(self.path)), "")

    @property
    def ids(self) -> list[str]:
        """The ids in the path, as written."""
        matched = ROUTES[self.operation].fullmatch(self.path)
        return [unquote(part) for part in matched.groups()] if matched else []

    @property
    def kind(self) -> str:
        """What the operation is about: ``Member``, ``Loan`` or ``Fine``."""
        return self.operation.removeprefix("list").removeprefix("get").removesuffix("s")

    def values(self, name: str) -> list[str]:
        """All values of a query parameter."""
        return [value for key, value in self.query if key == name]


@dataclass(frozen=True)
class Answer:
    """A response as it goes out."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class Refusal:
    """A query parameter that is not accepted."""

    parameter: str
    values: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Query:
    """What a list was asked for."""

    start: int
    limit: int
    statuses: tuple[str, ...]
    since: date
    until: date

    def matches(self, row: Resource) -> bool:
        """Is the row wanted? Children, which nobody joins, always are."""
        if "joined" not in row:
            return True
        wanted = not self.statuses or row["status"] in self.statuses
        return wanted and self.since <= date.fromisoformat(row["joined"]) < self.until


@dataclass(frozen=True)
class Page:
    """A part of a list, and where its neighbours start."""

    rows: list[Resource]  # of the whole list
    start: int
    limit: int
    shown: list[Resource]
    first: int
    prev: int | None
    next: int | None


def cut(rows: list[Resource], start: int, limit: int) -> Page:
    """The page that starts there."""
    end = start + limit
    return Page(
        rows=rows,
        start=start,
        limit=limit,
        shown=rows[start:end],
        first=0,
        prev=max(0, start - limit) if start else None,
        next=end if end < len(rows) else None,
    )


Hook = Callable[[T, Call], T]


def unchanged(value: T, call: Call) -> T:
    """Hand the value on."""
    return value


@dataclass(frozen=True)
class Fault:
    """One way to misbehave: what it changes at each step of an answer."""

    name: str
    summary: str
    branch: Hook[str | None] = unchanged  # whose token it is; None: nobody's
    members: Hook[list[Resource]] = unchanged  # whom the caller may see
    refusal: Hook[Refusal | None] = unchanged  # None: the parameter is overlooked
    query: Hook[Query] = unchanged
    page: Hook[Page] = unchanged
    resource: Hook[Resource] = unchanged
    answer: Hook[Answer] = unchanged


class Refused(Exception):  # noqa: N818 (an outcome, not an error of ours)
    """The call gets a problem instead of what it asked for."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.answer = problem(status, detail, headers)


def json_answer(status: int, content: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer with a JSON body."""
    body = json.dumps(content, ensure_ascii=False).encode()
    return Answer(status, {"Content-Type": "application/json", **(headers or {})}, body)


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Answer:
    """A refusal, after RFC 9457."""
    title = HTTPStatus(status).phrase
    kind = f"https://library.example/problems/{title.lower().replace(' ', '-')}"
    content = {"type": kind, "title": title, "status": status, "detail": detail}
    return json_answer(status, content, {"Content-Type": "application/problem+json", **(headers or {})})


def _limit(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]?|100", text):
        raise ValueError("not a whole number from 1 to 100")
    return int(text)


def _status(text: str) -> str:
    if text not in STATUSES:
        raise ValueError(f"not one of {', '.join(STATUSES)}")
    return text


def _day(text: str) -> date:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):  # fromisoformat takes other spellings too
        raise ValueError("not a date like 2026-03-01")
    return date.fromisoformat(text)


def _find(rows: Iterable[Resource], id_: str) -> Resource:
    number = int(id_) if re.fullmatch(r"[1-9][0-9]{0,9}", id_) else None
    found = next((row for row in rows if row["id"] == number), None)
    if found is None:
        raise Refused(404, "There is nothing with this id.")
    return found


def _through(hooks: Iterable[Hook[T]], value: T, call: Call) -> T:
    for hook in hooks:
        value = hook(value, call)
    return value


@dataclass(frozen=True)
class Exchange:
    """One call, and the faults that are at work while it is answered."""

    call: Call
    faults: tuple[Fault, ...] = field(default=())

    def answer(self) -> Answer:
        """What the caller gets."""
        try:
            answer = self._serve(self._members())
        except Refused as refused:
            answer = refused.answer
        return _through((fault.answer for fault in self.faults), answer, self.call)

    def _members(self) -> list[Resource]:
        branch = _through((fault.branch for fault in self.faults), TOKENS.get(self.call.token or ""), self.call)
        if branch is None:
            raise Refused(401, "A valid bearer token is needed.", {"WWW-Authenticate": "Bearer"})
        return _through((fault.members for fault in self.faults), MEMBERS[branch], self.call)

    def _serve(self, members: list[Resource]) -> Answer:
        if not self.call.operation:
            raise Refused(404, "There is nothing at this path.")
        if self.call.method != "GET":
            raise Refused(405, "Only GET is possible.", {"Allow": "GET"})
        match self.call.operation, self.call.ids:
            case "listMembers", _:
                return self._list(members)
            case "getMember", [member]:
                return self._one(_find(members, member))
            case "listLoans", [member]:
                return self._list(LOANS[_find(members, member)["id"]])
            case "getLoan", [loan]:
                return self._one(_find((row for member in members for row in LOANS[member["id"]]), loan))
            case "listFines", [member]:
                return self._list(FINES[_find(members, member)["id"]])
            case _, [member, fine]:
                return self._one(_find(FINES[_find(members, member)["id"]], fine))
        raise AssertionError(self.call)

    def _one(self, row: Resource) -> Answer:
        return json_answer(200, self._shown(row))

    def _list(self, rows: list[Resource]) -> Answer:
        query = _through((fault.query for fault in self.faults), self._query(), self.call)
        wanted = [row for row in rows if query.matches(row)]
        page = _through((fault.page for fault in self.faults), cut(wanted, query.start, query.limit), self.call)
        return json_answer(200, [self._shown(row) for row in page.shown], {"Link": self._links(page)})

    def _shown(self, row: Resource) -> Resource:
        path = {
            "Member": f"/api/members/{row['id']}",
            "Loan": f"/api/loans/{row['id']}",
            "Fine": f"/api/members/{row.get('member')}/fines/{row['id']}",
        }[self.call.kind]
        return _through((fault.resource for fault in self.faults), {**row, "self": self.call.origin + path}, self.call)

    # The query

    def _query(self) -> Query:
        filtered = self.call.operation == "listMembers"
        return Query(
            start=self._scalar("cursor", self._position, 0),
            limit=self._scalar("limit", _limit, 20),
            statuses=tuple(self._read("status", _status)) if filtered else (),
            since=self._scalar("joinedFrom", _day, date.min) if filtered else date.min,
            until=self._scalar("joinedUntil", _day, date.max) if filtered else date.max,
        )

    def _scalar(self, name: str, read: Callable[[str], T], absent: T) -> T:
        if len(self.call.values(name)) > 1:
            self._refuse(name, "given more than once")
            return absent
        return next(iter(self._read(name, read)), absent)

    def _read(self, name: str, read: Callable[[str], T]) -> list[T]:
        found = []
        for value in self.call.values(name):
            try:
                found.append(read(value))
            except ValueError as error:
                self._refuse(name, str(error))
        return found

    def _refuse(self, name: str, reason: str) -> None:
        refusal: Refusal | None = Refusal(name, tuple(self.call.values(name)), reason)
        refusal = _through((fault.refusal for fault in self.faults), refusal, self.call)
        if refusal:
            raise Refused(400, f"{refusal.parameter}: {refusal.reason}.")

    # The links. A cursor is a position and a seal over it: for this caller, this list and these filters only.

    def _links(self, page: Page) -> str:
        before = min(page.limit, page.start)
        targets = [("first", page.first, page.limit), ("prev", page.prev, before), ("next", page.next, page.limit)]
        return ", ".join(
            f'<{self._url(start, limit)}>; rel="{rel}"' for rel, start, limit in targets if start is not None
        )

    def _url(self, start: int, limit: int) -> str:
        cursor = [("cursor", self._cursor(start))] if start else []
        query = urlencode([*self._filters(), ("limit", str(limit)), *cursor])
        return f"{self.call.origin}{self.call.path}?{query}"

    def _filters(self) -> list[tuple[str, str]]:
        names = FILTERS if self.call.operation == "listMembers" else ()
        return [(name, value) for name in names for value in self.call.values(name)]

    def _cursor(self, start: int) -> str:
        sealed = json.dumps([self.call.token, self.call.path, sorted(self._filters()), start])
        return f"{start:04x}{hashlib.blake2s(sealed.encode(), key=b'reading room', digest_size=10).hexdigest()}"

    def _position(self, cursor: str) -> int:
        start = int(cursor[:4], 16) if re.fullmatch(r"[0-9a-f]{24}", cursor) else 0
        if cursor != self._cursor(start):
            raise ValueError("not a cursor of this list")
        return start
