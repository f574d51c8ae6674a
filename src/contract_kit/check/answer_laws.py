"""Judge each response by its own request, and by what was seen before, whoever sent the request.

These are functions of the response (with its request) and of what was seen, so that they serve live responses and
recordings alike. What needs further requests is in the suite.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from contract_kit.api import Resource, Row
from contract_kit.check import filters, header_laws
from contract_kit.check.details import SAME
from contract_kit.check.list_laws import own_page_judgements
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import Page, listed
from contract_kit.check.properties import Judgement, Property
from contract_kit.check.query import valid_part
from contract_kit.check.refusals import error_judgements
from contract_kit.check.seen import Seen, View
from contract_kit.contract import Contract
from contract_kit.findings.finding import Kind
from contract_kit.instants import instant
from contract_kit.kits import named

ASKED_FOR = Property("resource-asked-for", Kind.CONSISTENCY, "the resource that was asked for")
PARENT = Property("parent-asked-for", Kind.CONSISTENCY, "the resource whose list was asked for")
SAME_VIEW = Property("same-everywhere", Kind.CONSISTENCY, "the same value wherever a resource is shown that is final")
ONE_PARENT = Property("one-parent", Kind.CONSISTENCY, "below one parent only")
ACCOUNT = Property("account", Kind.CONSISTENCY, "the account of the caller")
NOT_YET = Property("not-in-the-future", Kind.CONSISTENCY, "no later than the response, by the service's own clock")
COUNT = Property("count", Kind.CONSISTENCY, "a count is not negative")
# A clock of the service may be this far from that of another of its machines.
_MARGIN = timedelta(minutes=5)


class AnswerLaws:
    """The laws of one contract.

    Args:
        contract: The kit and its document.
        account: The account that owns the caller's resources, if known.
    """

    def __init__(self, contract: Contract, account: str = "") -> None:
        kit = contract.kit
        self._contract = contract
        self._account = account
        self._row_laws = named(kit.row_laws) if kit.row_laws else None
        self._sum_laws = named(kit.sum_laws) if kit.sum_laws else None

    def judgements(self, answer: ObservedResponse, seen: Seen) -> Iterator[Judgement]:
        """Judge one response, and add what it shows to ``seen``."""
        contract = self._contract
        yield from header_laws.judgements(answer, contract.kit, seen)
        if answer.status >= 400:
            yield from error_judgements(answer, contract.kit.errors)
        operation = contract.document.operation(answer.operation)
        if answer.status != 200 or answer.method != operation.method:
            return
        values = operation.values(answer.path)
        for resource in contract.kit.resources:
            if answer.operation == resource.list:
                rows = listed(answer.excerpt, resource)
                if rows is not None:
                    yield from self._list(answer, resource, rows, values, seen)
            elif answer.operation == resource.fetch and isinstance(answer.excerpt, dict):
                yield from self._detail(answer, resource, answer.excerpt, values, seen)

    def _detail(
        self, answer: ObservedResponse, resource: Resource, row: Row, values: dict[str, str], seen: Seen
    ) -> Iterator[Judgement]:
        asked = values.get(resource.parameter)
        if asked is not None and resource.key in row:
            shown = str(row[resource.key])
            yield Judgement(ASKED_FOR, answer, f"/{resource.key}", shown == asked, "it is another one")
        yield from self._row(answer, resource, row, "", values, seen)

    def _list(
        self, answer: ObservedResponse, resource: Resource, rows: list[Row], values: dict[str, str], seen: Seen
    ) -> Iterator[Judgement]:
        kit, document = self._contract.kit, self._contract.document
        query = valid_part(document, document.operation(answer.operation), answer.query)
        style = kit.paging
        yield from filters.shown_judgements(answer, rows, resource, query, style)
        page = None if style is None else Page(style, resource, answer, tuple(rows))
        if page is not None:
            yield from own_page_judgements(page, query)
        for row in rows:
            yield from self._row(answer, resource, row, f"{resource.rows}/*", values, seen)
        parent = self._parent(resource, values, seen)
        filtered = {each.parameter for each in resource.filters}.intersection(name for name, _ in answer.query)
        is_whole = page is None or (page.is_first and page.following is None)
        if self._sum_laws and parent and parent.is_final and is_whole and not filtered and not answer.caller:
            yield from self._sum_laws(parent, rows)

    def _row(
        self, answer: ObservedResponse, resource: Resource, row: Row, location: str, values: dict[str, str], seen: Seen
    ) -> Iterator[Judgement]:
        if not isinstance(key := row.get(resource.key), str | int):
            return  # conformance reports it
        parent = self._parent(resource, values, seen)
        values = {**values, resource.parameter: str(key)} if resource.parameter else values
        path = self._contract.path(resource.fetch, values) if resource.fetch else ""
        view = View(answer, resource, row, location, values, path, parent)
        yield from self._views(view, seen)
        # A row that was judged with the same values before need not be judged again.
        if seen.is_new("row", answer.operation, answer.caller, values, parent is not None, row):
            yield from self._values(view)
            yield from self._owner(view, seen)
            if self._row_laws is not None:
                yield from self._row_laws(view)

    def _parent(self, resource: Resource, values: dict[str, str], seen: Seen) -> View | None:
        if not resource.parent:
            return None
        above = self._contract.kit.resource(resource.parent)
        return seen.parent(above, values[above.parameter]) if above.parameter in values else None

    def _views(self, view: View, seen: Seen) -> Iterator[Judgement]:
        """Judge whether the resource is the same as in earlier views."""
        answer, resource = view.answer, view.resource
        if answer.caller:
            return  # what another caller sees is no view of the caller's own
        if resource.parent:
            above = self._contract.kit.resource(resource.parent)
            shown, asked = view.row.get(above.key), view.values.get(above.parameter)
            if above.key != resource.key and shown is not None and asked is not None:
                detail = "it names another one"
                yield Judgement(PARENT, answer, f"{view.location}/{above.key}", str(shown) == asked, detail)
        compared = seen.add(view)
        if compared is None:
            return
        judged = SAME if compared.operation != answer.operation else SAME_VIEW
        if not compared.differing:
            yield Judgement(judged, answer, view.location, holds=True)
        for name in compared.differing:
            detail = f"{compared.operation} showed another value of the same {resource.name}"
            location = f"{view.location}/{answer.masker.key(name)}"
            yield Judgement(judged, answer, location, holds=False, detail=detail, evidence={name: view.row[name]})
        if resource.is_unique and resource.parent:
            detail = f"the same {resource.name} was shown below another {resource.parent}"
            location = f"{view.location}/{resource.key}"
            yield Judgement(ONE_PARENT, answer, location, not compared.is_elsewhere, detail)

    def _owner(self, view: View, seen: Seen) -> Iterator[Judgement]:
        name = view.resource.owner
        owner = view.row.get(name) if name else None
        if isinstance(owner, str) and not view.answer.caller:
            expected = seen.accounts.setdefault("own", self._account or owner)
            detail, location = "it belongs to another account", f"{view.location}/{name}"
            yield Judgement(ACCOUNT, view.answer, location, owner == expected, detail, {name: owner})

    def _values(self, view: View) -> Iterator[Judgement]:
        """Judge values that no schema forbids and no sense allows."""
        answer, clock = view.answer, view.answer.clock
        for name in view.resource.past:
            if clock is not None and (moment := instant(view.row.get(name))) is not None:
                detail = f"the response is of {clock:%Y-%m-%dT%H:%M:%SZ}"
                holds, shown = moment <= clock + _MARGIN, {name: view.row[name]}
                yield Judgement(NOT_YET, answer, f"{view.location}/{name}", holds, detail, shown)
        for location, value in _integers(view.row, view.location):
            name = location.rpartition("/")[2]
            if name not in self._contract.kit.signed:
                where = "/".join(
                    answer.masker.key(each) if each not in {"", "*"} else each for each in location.split("/")
                )
                yield Judgement(COUNT, answer, where, value >= 0, f"it is {value}", {name: value})


def _integers(value: Any, location: str) -> Iterator[tuple[str, int]]:
    if isinstance(value, dict):
        for name, below in value.items():
            yield from _integers(below, f"{location}/{name}")
    elif isinstance(value, list):
        for below in value:
            yield from _integers(below, f"{location}/*")
    elif isinstance(value, int) and not isinstance(value, bool):
        yield location, value
