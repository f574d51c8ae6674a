"""The scenarios of a kit. Most are generated from its resources: lists, pages, details and refusals.

They depend only on responses and ``Caller.now``, so that a replay sends the same requests.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import islice

from contract_kit.api import Credentials, Query, Resource, Row
from contract_kit.cassettes.scenario import Caller, Scenario
from contract_kit.check.authorization import Sender
from contract_kit.check.pages import keys_of
from contract_kit.check.refusals import invalid_values, operations_below, strange_keys
from contract_kit.check.survey import window_query
from contract_kit.contract import Contract
from contract_kit.errors import InconclusiveError
from contract_kit.instants import instant
from contract_kit.kits import named

# Few enough that a person can read the cassette, but enough for several pages.
_ROWS, _PAGE_SIZE, _MOST_PAGES = 6, 2, 4
_MOST_DETAILS = 4
_MOST_PARENTS = 5
# Invalid values of each parameter.
_MOST_INVALID = 2


@dataclass(frozen=True)
class FewRows:
    """A few rows of a resource.

    Attributes:
        values: The path parameters of their list.
        query: Filters that select these rows and, until new ones appear, no others.
        rows: The rows, at least one.
    """

    values: Mapping[str, str]
    query: Query
    rows: tuple[Row, ...]


def scenarios_of(contract: Contract) -> dict[str, Scenario]:
    """Return a kit's scenarios by name: the generated ones, overridden by the kit's own.

    Names: ``items``, ``items-pages``, ``item``, …, ``not-found``, ``unauthorized``, ``invalid``, ``wrong-method``.
    """
    own: Mapping[str, Scenario] = named(contract.kit.scenarios) if contract.kit.scenarios else {}
    return {**{each.name: each for each in (*_of_resources(contract), *_refusals(contract))}, **own}


def _of_resources(contract: Contract) -> Iterator[Scenario]:
    kit = contract.kit
    for resource in kit.resources:
        if not all(each.list for each in kit.chain(resource)):
            continue
        name = _list_name(contract, resource)
        below = f" below one {resource.parent}" if resource.parent else ""
        yield Scenario(name, f"the list of {resource.name} resources{below}", _bound(_list, resource))
        if kit.paging is not None:
            what = f"{resource.name} resources{below} page by page: forth, back and to the first"
            yield Scenario(f"{name}-pages", what, _bound(_pages, resource))
        if resource.fetch:
            what = f"{resource.name} resources, each by itself; each has other nulls"
            yield Scenario(resource.name, what, _bound(_details, resource))


def _refusals(contract: Contract) -> Iterator[Scenario]:
    errors = contract.kit.errors
    found = frozenset({200})  # the status of requests that look for paths
    yield Scenario(
        "not-found",
        "keys that nobody has, and malformed ones",
        _not_found,
        statuses=found | errors.not_found | errors.invalid,
    )
    if contract.kit.authentication.scheme != "none":
        what = "a wrong secret and no credentials, on each operation"
        yield Scenario("unauthorized", what, _unauthorized, statuses=found | errors.unauthorized)
    yield Scenario("invalid", "parameters that cannot be used", _invalid, statuses=found | errors.invalid)
    yield Scenario("wrong-method", "POST, on each operation", _wrong_method, sends_invalid=True, statuses=found | {405})


def _bound(run: Callable[[Caller, Resource], None], resource: Resource) -> Callable[[Caller], None]:
    return lambda caller: run(caller, resource)


def _list_name(contract: Contract, resource: Resource) -> str:
    """Return ``items``, the last fixed segment of the list's path, or ``item-list`` if that is not unique."""
    names = {
        each.name: [
            part for part in contract.document.operation(each.list).path.split("/") if part[:1] not in {"", "{"}
        ]
        for each in contract.kit.resources
        if each.list
    }
    last = [parts[-1].lower() if parts else "" for parts in names.values()]
    own = (names[resource.name] or [""])[-1].lower()
    taken = {each.name for each in contract.kit.resources}
    return own if own and last.count(own) == 1 and own not in taken else f"{resource.name}-list"


def few_rows(caller: Caller, resource: Resource, above: FewRows | None = None) -> FewRows:
    """Fetch a few rows of a list; for a child resource, below the parent with the most children.

    Args:
        caller: Sends the requests.
        resource: The listed resource.
        above: Rows of its parent, if known.

    Raises:
        InconclusiveError: the target has no rows.
    """
    if not resource.parent:
        bounds = _bounds(caller, resource)
        rows = caller.page(resource, caller.contract.path(resource.list, {}), [*bounds, *_size(caller, _ROWS)]).rows
        if rows:
            return FewRows({}, _narrowed(resource, bounds, rows), rows)
    else:
        parent = caller.contract.kit.resource(resource.parent)
        above = above or few_rows(caller, parent)
        rows_above = [row for row in _most_children_first(parent, above.rows) if _value_of(parent, row)]
        for row in rows_above[:_MOST_PARENTS]:
            values = {**above.values, **_value_of(parent, row)}
            rows = caller.page(resource, caller.contract.path(resource.list, values), _size(caller, _ROWS)).rows
            if rows:
                return FewRows(values, (), rows)
    raise InconclusiveError(f"the target shows no {resource.name}: there is nothing to record")


def paths(caller: Caller) -> dict[str, str]:
    """Return a path for each operation for which rows were found, by operationId."""
    contract = caller.contract
    found: dict[str, str] = {}
    for resource, few in _found(caller):
        found[resource.list] = contract.path(resource.list, few.values if few else {})
        if resource.fetch and few and _value_of(resource, few.rows[0]):
            found[resource.fetch] = contract.path(resource.fetch, {**few.values, **_value_of(resource, few.rows[0])})
    return found


def _found(caller: Caller) -> Iterator[tuple[Resource, FewRows | None]]:
    """Yield each resource that can be requested, with a few rows; None for an empty top-level list."""
    known: dict[str, FewRows] = {}
    for resource in caller.contract.kit.resources:
        if not resource.list or (resource.parent and resource.parent not in known):
            continue
        with suppress(InconclusiveError):
            known[resource.name] = few_rows(caller, resource, known.get(resource.parent))
        if resource.name in known or not resource.parent:
            yield resource, known.get(resource.name)


def _bounds(caller: Caller, resource: Resource) -> Query:
    """Return the filters of a list's window, extended to now."""
    if resource.window is None:
        return ()
    # For windows in whole days: a replay runs at noon and must compute the same day.
    now = caller.now if "%H" in resource.window.format else caller.now.replace(hour=12, minute=0, second=0)
    return window_query(replace(resource, window=replace(resource.window, newest=timedelta(0))), now)


def _narrowed(resource: Resource, bounds: Query, rows: tuple[Row, ...]) -> Query:
    """Return ``bounds`` with the start moved to the oldest of ``rows``."""
    window = resource.window
    starts = [row.get(window.property) for row in rows] if window is not None else []
    times = {moment: start for start in starts if (moment := instant(start)) is not None}
    if window is None or not times:
        return bounds
    return [(name, str(times[min(times)]) if name == window.since else value) for name, value in bounds]


def _size(caller: Caller, rows: int) -> Query:
    style = caller.contract.kit.paging
    return [(style.size, str(rows))] if style is not None and style.size else ()


def _most_children_first(resource: Resource, rows: tuple[Row, ...]) -> list[Row]:
    return (
        sorted(rows, key=lambda row: row.get(resource.children) or 0, reverse=True) if resource.children else list(rows)
    )


def _value_of(resource: Resource, row: Row) -> dict[str, str]:
    """Return a row's key as a path parameter; empty if the row has no key."""
    keys = keys_of(resource, [row])
    return {resource.parameter or resource.name: keys[0]} if keys else {}


def _list(caller: Caller, resource: Resource) -> None:
    if resource.parent:
        few_rows(caller, resource)
    else:
        caller.page(resource, caller.contract.path(resource.list, {}), _size(caller, _ROWS))


def _pages(caller: Caller, resource: Resource) -> None:
    few = few_rows(caller, resource)
    path = caller.contract.path(resource.list, few.values)
    page = caller.page(resource, path, [*few.query, *_size(caller, _PAGE_SIZE)])
    moved = False
    for _ in range(_MOST_PAGES - 1):
        following = page.following
        if following is None:
            break
        page = (
            caller.page(resource, following) if isinstance(following, str) else caller.page(resource, path, following)
        )
        moved = True
    for _ in range(_MOST_PAGES - 1):
        if (previous := page.url("previous")) is None:
            break
        page = caller.page(resource, previous)
    if moved and (first := page.url("first")) is not None:
        caller.page(resource, first)


def _details(caller: Caller, resource: Resource) -> None:
    few = few_rows(caller, resource)
    # Rows in different states have different nulls; record one row per set of nulls.
    kinds: dict[frozenset[str], Row] = {}
    for row in (each for each in few.rows if _value_of(resource, each)):
        kinds.setdefault(frozenset(name for name, value in row.items() if value is None), row)
    for row in islice(kinds.values(), _MOST_DETAILS):
        caller.json(caller.contract.path(resource.fetch, {**few.values, **_value_of(resource, row)}))


def _not_found(caller: Caller) -> None:
    contract = caller.contract
    found = list(_found(caller))
    known = {name for resource, _ in found for name in (resource.list, resource.fetch)}
    for resource, few in found:
        for key in strange_keys(contract, resource).values() if resource.fetch else ():
            for operation in operations_below(contract, resource, known):
                caller.ask(contract.path(operation, {**(few.values if few else {}), resource.parameter: key}))


def _unauthorized(caller: Caller) -> None:
    authentication = caller.contract.kit.authentication
    for path in paths(caller).values():
        # Always in this order: request keys ignore credentials, so only the order tells these requests apart.
        for credentials in (Credentials("", "wrong"), None):
            caller.ask(path, auth=Sender(authentication, credentials))


def _invalid(caller: Caller) -> None:
    contract, found = caller.contract, paths(caller)
    token = contract.kit.paging.token if contract.kit.paging is not None else ""
    for operation, path in found.items():
        if token in contract.document.operation(operation).parameters:
            caller.ask(path, [(token, f"{contract.kit.privacy.token_prefix}{'0' * 32}")])
    asked: Counter[tuple[str, str]] = Counter()
    for each in invalid_values(contract):
        if each.operation in found and asked[each.operation, each.parameter] < _MOST_INVALID:
            asked[each.operation, each.parameter] += 1
            caller.ask(found[each.operation], [(each.parameter, each.value)])


def _wrong_method(caller: Caller) -> None:
    for path in paths(caller).values():
        caller.ask(path, method="POST")
