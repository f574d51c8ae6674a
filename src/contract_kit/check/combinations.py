"""Combine the filters, bounds and page sizes of a list so that every two of their values meet in one request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from contract_kit.api import Filter, Query, Resource, Row
from contract_kit.check import near_misses
from contract_kit.contract import Contract
from contract_kit.instants import instant, spelled
from contract_kit.schema import value_schema


def words_of(contract: Contract, resource: Resource, each: Filter) -> list[str]:
    """The values that the document allows for a filter: ``["open", "lost"]``; empty if it allows any text."""
    node = contract.document.operation(resource.list).parameters[each.parameter]
    location = contract.document.location(value_schema(node))
    return list((location.items or location).enum)


def names_of(rows: Sequence[Row], each: Filter, most: int) -> list[str]:
    """Values of a filter without an enum that rows have, as different as can be."""
    return near_misses.varied([name for row in rows if isinstance(name := row.get(each.property), str) and name], most)


def bounds_of(rows: Sequence[Row], each: Filter, *, odd: bool) -> dict[str, str]:
    """Bounds at and around the times of a few rows, as they are sent: ``{"at the second": "2026-11-20T20:08:56Z"}``.

    Args:
        rows: The rows.
        each: A filter that selects ``from`` or ``before``.
        odd: Whether to include valid times that are spelled unusually.
    """
    values = sorted({value for row in rows if isinstance(value := row.get(each.property), str)})
    chosen = [values[index] for index in sorted({0, len(values) // 2, len(values) - 1})] if values else []
    found: dict[str, str] = {}
    for value in chosen:
        moment = instant(value)
        if moment is None:
            found |= _days(value)
            continue
        for seconds, what in ((0, "at the second"), (-1, "a second before"), (1, "a second after")):
            found[f"{what} {len(found)}"] = spelled(moment + timedelta(seconds=seconds))
    moments = [moment for value in chosen if (moment := instant(value)) is not None]
    if moments:
        found |= {"far back": "0001-01-01T00:00:00Z", "far ahead": "9999-12-31T23:59:59Z"}
        if odd:
            found |= _odd_spellings(moments[len(moments) // 2])
    return found


def _days(value: str) -> dict[str, str]:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return {}
    return {f"{days:+} days of {value}": (day + timedelta(days=days)).isoformat() for days in (0, -1, 1)}


def _odd_spellings(moment: datetime) -> dict[str, str]:
    second, before = spelled(moment), spelled(moment - timedelta(seconds=1))
    return {
        "fraction behind": second.replace("Z", ".5Z"),
        "small fraction behind": second.replace("Z", ".000001Z"),
        "fraction before": before.replace("Z", ".5Z"),
        "large fraction before": before.replace("Z", ".999999Z"),
        "fraction of zero": second.replace("Z", ".000Z"),
        "offset ahead": spelled(moment, 330),
        "offset behind": spelled(moment, -480),
        "offset of zero": second.replace("Z", "+00:00"),
        "small letters": second.lower(),
        "leap day": "2024-02-29T00:00:00Z",
    }


def covering(factors: Mapping[str, Sequence[Query]]) -> Iterator[list[tuple[str, str]]]:
    """Queries in which every two values of any two factors meet at least once.

    Args:
        factors: By name, the alternatives of a factor: each is a part of a query, which may be empty.
    """
    from allpairspy import AllPairs  # type: ignore[import-untyped]

    several: list[Any] = [list(values) for values in factors.values() if len(values) > 1]
    alone = [pair for values in factors.values() if len(values) == 1 for pair in values[0]]
    if len(several) < 2:
        yield from ([*alone, *values] for values in (several[0] if several else [()]))
        return
    for chosen in AllPairs(several):
        yield [*alone, *(pair for part in chosen for pair in part)]
