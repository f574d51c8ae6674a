"""Faults of what resources say: wrong in one view only, under a condition only, or what no sense allows."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from zlib import crc32

from contract_kit.api import PageStyle, Resource
from contract_kit.contract import Contract
from contract_kit.instants import instant, spelled
from contract_kit.mutation.exchange import ProxyAnswer, ProxyRequest, Scene, array_in, is_data, rows_in
from contract_kit.mutation.filters import filters_of, row_location
from contract_kit.mutation.mutation import Mutation, OnAnswer
from contract_kit.schema import CURRENT, Location

Row = dict[str, Any]
Where = Callable[[ProxyRequest, Row, Scene], bool]
Change = Callable[[Row], None]


def views(contract: Contract) -> Iterator[Mutation]:
    """Yield, for each property, a list that shows something else than the resource itself, and the other way round."""
    for resource, row in _described(contract):
        if not (resource.list and resource.fetch):
            continue
        for view, operation in (("list", resource.list), ("detail", resource.fetch)):
            for name, below in row.properties.items():
                if name != resource.key and (change := other_value(name, below)) is not None:
                    yield Mutation(
                        f"{view}-differs:{resource.name}.{name}",
                        "contract",
                        "views",
                        f"The {view} of a {resource.name} shows another {name}",
                        answer=on_rows(resource, change, _asks(operation)),
                    )


def values(contract: Contract) -> Iterator[Mutation]:
    """Yield values that every view shows alike and that cannot be true."""
    for resource, row in _described(contract):
        filtered = {each.property: each for each in filters_of(contract, resource)}
        for name, below in row.properties.items():
            kinds = _impossible(
                name,
                below,
                is_key=name == resource.key,
                is_past=any(each.window for each in contract.kit.chain(resource)),
                is_start=resource.window is not None and name == resource.window.property,
            )
            for family, imitates, change in kinds:
                yield Mutation(
                    f"{family}:{resource.name}.{name}", "contract", "values", imitates, answer=on_rows(resource, change)
                )
            if name in filtered and filtered[name].kind == "text":
                for what, imitates, make in _ALTERED:
                    yield Mutation(
                        f"{what}:{resource.name}.{name}",
                        "contract",
                        "values",
                        imitates,
                        answer=on_rows(resource, _text(name, make)),
                    )
        window = resource.window
        if window is not None:
            for what, step in (("hour-late", timedelta(hours=1)), ("hour-early", timedelta(hours=-1))):
                yield Mutation(
                    f"{what}:{resource.name}.{window.property}",
                    "contract",
                    "values",
                    f"{window.property} is shown in another zone, and still called UTC",
                    answer=on_rows(resource, _time(window.property, step)),
                )


def conditions(contract: Contract) -> Iterator[Mutation]:
    """Yield faults that only show under a condition: a field lost, a value changed, a row left out."""
    for resource, row in _described(contract):
        required = sorted(_required_names(row) - {resource.key})
        changeable = {
            name: change
            for name, below in row.properties.items()
            if name != resource.key and (change := other_value(name, below)) is not None
        }
        in_list = _asks(resource.list)
        # What every view shows alike cannot be told to be wrong: of chosen rows only the list is changed.
        chosen_rows = [(*each, True) for each in _row_conditions(resource, row)]
        for label, imitates, where, is_of_rows in (
            *chosen_rows,
            *((*each, False) for each in _request_conditions(contract, resource)),
        ):
            chosen = crc32(label.encode())
            if required:
                lost = required[chosen % len(required)]
                lose = on_rows(resource, _lose(lost), where)
                yield _condition("lost-field", resource, label, f"{lost} is missing {imitates}", lose)
            if changeable and (resource.list and resource.fetch):
                name = sorted(changeable)[chosen % len(changeable)]
                alter = on_rows(resource, changeable[name], _both(where, in_list))
                yield _condition("changed-value", resource, label, f"{name} is wrong {imitates}", alter)
            if not is_of_rows:
                left_out = _left_out(resource, where)
                yield _condition("left-out", resource, label, f"A row is left out {imitates}", left_out)


def _both(one: Where, other: Where) -> Where:
    return lambda request, row, scene: one(request, row, scene) and other(request, row, scene)


def _condition(what: str, resource: Resource, label: str, imitates: str, answer: OnAnswer) -> Mutation:
    return Mutation(f"{what}:{resource.name}.{label}", "contract", "conditions", imitates, answer=answer)


def _row_conditions(resource: Resource, row: Location) -> Iterator[tuple[str, str, Where]]:
    for of in (20, 100, 500):
        yield f"one-in-{of}", f"in one {resource.name} of {of}", _one_in(of, resource)
    for name, below in row.properties.items():
        if below.enum and below.items is None:
            value = list(below.enum)[crc32(name.encode()) % len(below.enum)]
            yield f"{name}-{value}", f"where {name} is {value}", _has(name, value)


def _request_conditions(contract: Contract, resource: Resource) -> Iterator[tuple[str, str, Where]]:
    style, window = contract.kit.paging, resource.window
    if not resource.list:
        return
    if style is not None and style.size:
        largest = style.largest_size
        for label, sizes in (
            (f"above-{largest // 20}", range(largest // 20 + 1, largest + 1)),
            (f"above-{largest // 2}", range(largest // 2 + 1, largest + 1)),
            ("below-10", range(1, 10)),
            ("middle-sizes", range(largest // 16, largest)),
        ):
            yield label, f"at page sizes from {sizes[0]} to {sizes[-1]}", _sized(style, sizes)
        paged = {name for name in (style.token, style.after_key, style.offset) if name}
        yield "later-pages", "from the second page on", _asked(lambda given: bool(given & paged))
    filters = [each.parameter for each in filters_of(contract, resource)]
    bounds = {window.since, window.until} if window else set()
    for name in filters:
        if name not in bounds:
            yield f"with-{name}", f"with the filter {name}", _with(name)
    if len(filters) > 1:
        yield (
            "with-two-filters",
            "with two filters together",
            _asked(lambda given: len(given.intersection(filters)) > 1),
        )
    if window is not None:
        yield "default-window", "without a period", _asked(lambda given: not given & bounds)
        yield "explicit-window", "with a period", _asked(lambda given: bounds <= given)
        since, until = window.since, window.until
        yield f"only-{since}", f"with {since} alone", _asked(lambda given: since in given and until not in given)
        yield f"only-{until}", f"with {until} alone", _asked(lambda given: until in given and since not in given)


def _one_in(of: int, resource: Resource) -> Where:
    return lambda _, row, __: crc32(f"{row.get(resource.key)}".encode()) % of == 0


def _has(name: str, value: str) -> Where:
    return lambda _, row, __: row.get(name) == value


def _with(name: str) -> Where:
    return _asked(lambda given: name in given)


def _asked(is_meant: Callable[[set[str]], bool]) -> Where:
    """Whether a list is asked with such query parameters."""
    return lambda request, _, scene: (
        scene.listed(request) is not None and is_meant({name for name, value in request.pairs if value})
    )


def _sized(style: PageStyle, sizes: range) -> Where:
    def where(request: ProxyRequest, _: Row, scene: Scene) -> bool:
        asked = (request.values(style.size) or [str(style.default_size or 0)])[0]
        return (
            scene.listed(request) is not None and re.fullmatch("[0-9]{1,9}", asked) is not None and int(asked) in sizes
        )

    return where


def on_rows(resource: Resource, change: Change, where: Where = lambda _, __, ___: True) -> OnAnswer:
    """Change the rows of a resource that ``where`` chooses, in lists and alone."""

    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.resource(request) is not resource or not is_data(answer):
            return answer
        document = answer.document()
        for row in rows_in(document, resource, listed=scene.listed(request) is resource):
            if where(request, row, scene):
                change(row)
        return answer.with_document(document)

    return changed


def _left_out(resource: Resource, where: Where) -> OnAnswer:
    """Leave out the rows that ``where`` chooses; where it chooses a whole page, only the middle one of it."""

    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        if scene.listed(request) is not resource or not is_data(answer):
            return answer
        document = answer.document()
        array = array_in(document, resource) or []
        hit = [row for row in array if isinstance(row, dict) and where(request, row, scene)]
        for row in hit[len(hit) // 2 :][:1] if len(hit) == len(array) else hit:
            array.remove(row)
        return answer.with_document(document)

    return changed


def _described(contract: Contract) -> Iterator[tuple[Resource, Location]]:
    for resource in contract.kit.resources:
        row = row_location(contract, resource)
        if row is not None and row.properties:
            yield resource, row


def _asks(operation: str) -> Where:
    def where(request: ProxyRequest, _: Row, scene: Scene) -> bool:
        asked = scene.operation(request)
        return asked is not None and asked.name == operation

    return where


def _lose(name: str) -> Change:
    def change(row: Row) -> None:
        row.pop(name, None)

    return change


def _required_names(row: Location) -> set[str]:
    return {str(name) for each in row.alternatives for name in each.schema.get("required", ())}


def other_value(name: str, location: Location) -> Change | None:
    """A change to another value that the schema allows just as well; None if it says too little."""
    if location.items is not None:
        known = _current(location.items)

        def of_array(row: Row) -> None:
            if isinstance(row.get(name), list):
                others = [value for value in known if value not in row[name]]
                row[name] = row[name][:-1] if row[name] else others[:1]

        return of_array if known else None
    if location.enum:
        known = _current(location)

        def of_enum(row: Row) -> None:
            if row.get(name) in known and len(known) > 1:
                row[name] = known[(known.index(row[name]) + 1) % len(known)]

        return of_enum
    types = set(location.types)
    if "boolean" in types:
        return _put(name, lambda value: not value)
    if "integer" in types:
        return _put(name, lambda value: value + 1)
    if "date-time" in location.formats:
        return _time(name, timedelta(seconds=1))
    if "string" in types and not location.patterns and not location.formats:
        return _text(name, lambda text: f"{text}x")
    return None


def _current(location: Location) -> list[str]:
    """The values of an enum that are no news themselves."""
    return [value for value, each in location.enum.items() if each.status in {CURRENT, ""}]


def _impossible(
    name: str, location: Location, *, is_key: bool, is_past: bool, is_start: bool
) -> Iterator[tuple[str, str, Change]]:
    if "date-time" in location.formats and is_past:
        ahead = datetime.now(UTC) + timedelta(days=2)
        yield "future-time", f"{name} is in the future", _put(name, lambda _: spelled(ahead))
    if is_start:
        yield "ancient-time", f"{name} is at the beginning of Unix", _put(name, lambda _: "1970-01-01T00:00:00Z")
    if "integer" in location.types and not location.enum and not is_key:
        yield "negative-count", f"{name} is negative", _put(name, lambda value: -abs(value) - 1)


def _stripped(text: str) -> str:
    return "".join(each for each in unicodedata.normalize("NFD", text) if not unicodedata.combining(each))


def _mojibake(text: str) -> str:
    return text.encode().decode("latin-1")


_ALTERED: tuple[tuple[str, str, Callable[[str], str]], ...] = (
    ("accents-stripped", "Names lose their accents", _stripped),
    ("decomposed", "Names come back decomposed", lambda text: unicodedata.normalize("NFD", text)),
    ("lower-case", "Names come back in lower case", str.lower),
    ("cut-short", "Names are cut where a column ends", lambda text: text[:10]),
    ("mojibake", "Names are encoded twice", _mojibake),
    ("escaped-for-html", "Names are escaped for HTML", lambda text: text.replace("&", "&amp;")),
    (
        "question-marks",
        "Letters beyond Latin become question marks",
        lambda text: text.encode("latin-1", "replace").decode("latin-1"),
    ),
    ("blanks-joined", "Blanks of names become underscores", lambda text: re.sub(r"\s+", "_", text)),
)


def _put(name: str, make: Callable[[Any], Any]) -> Change:
    def change(row: Row) -> None:
        if row.get(name) is not None:
            row[name] = make(row[name])

    return change


def _text(name: str, make: Callable[[str], str]) -> Change:
    def change(row: Row) -> None:
        if isinstance(row.get(name), str):
            row[name] = make(row[name])

    return change


def _time(name: str, step: timedelta) -> Change:
    def change(row: Row) -> None:
        moment = instant(row.get(name))
        if moment is not None:
            text = str(row[name])
            later = moment + step
            row[name] = spelled(later) if text.endswith("Z") else later.isoformat(timespec="milliseconds")

    return change
