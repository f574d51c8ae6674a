"""Faults of the fields of bodies: missing, null, of another type, value or format, in each place that has one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from contract_kit.contract import Contract
from contract_kit.mutation.exchange import ProxyAnswer, ProxyRequest, Scene
from contract_kit.mutation.mutation import Mutation, OnAnswer
from contract_kit.schema import Location, body_schema, last_key

_ROOT = "(body)"
Holder = Any  # an object or an array
Key = Any  # the name or the index of a value within it


def faults(contract: Contract) -> Iterator[Mutation]:
    """Yield the faults of each field of each success, and of each kind of error body."""
    errors: dict[int, tuple[Location, list[str]]] = {}
    for operation in contract.operations:
        for status, response in operation.responses.items():
            schema = body_schema(response)
            if schema is None:
                continue
            body = contract.document.location(schema)
            if status == "200":
                for location in body.walk():
                    yield from _of(operation.name, body, location, body)
            else:
                statuses = errors.setdefault(id(schema), (body, []))[1]
                statuses += [] if status in statuses else [status]
    for body, statuses in errors.values():
        for location in body.walk():
            yield from _of("errors" if len(statuses) > 1 else f"errors.{statuses[0]}", body, location, body)


def _of(owner: str, root: Location, location: Location, body: Location) -> Iterator[Mutation]:
    path = location.path
    where = ".".join(step for step in path.split("/") if step not in {"", "*"}) or _ROOT
    name = f"{owner}.{where}"
    operation = "" if owner.startswith("errors") else owner

    def fault(family: str, imitates: str, change: Callable[[Holder, Key], None]) -> Mutation:
        return Mutation(f"{family}:{name}", "contract", family, imitates, answer=at(operation, root, path, change))

    is_item = path.endswith("*")
    key = last_key(path)
    if path and not is_item and key in _required(body, path):
        yield fault("missing-field", f"{key} is not there.", _removed)
    if "object" in location.types and location.properties:
        yield fault("undocumented-field", "A key comes that nobody wrote down.", _with_key("internal_note"))
        near = _respelled(next(iter(location.properties)))
        yield fault("respelled-field", "A key comes in a second spelling.", _with_key(near))
    if not path or is_item:
        return
    if location.types and "null" not in location.types:
        yield fault("null-field", f"{key} is null.", _set(None))
    if location.types and (wrong := _wrong_type(location)) is not None:
        yield fault("wrong-type", f"{key} is of another type.", _put(wrong))
    values = location.items or location
    if values.enum:
        yield fault("undocumented-value", f"{key} has a value that nobody wrote down.", _each(lambda text: f"{text}_2"))
        yield fault("respelled-value", f"{key} has its values in another spelling.", _each(_respelled))
    for what, spoilt in _formats(location):
        yield fault("bad-format", f"{key} is no {what}.", _put(spoilt))


def at(operation: str, body: Location, path: str, change: Callable[[Holder, Key], None]) -> OnAnswer:
    """Change every value at a path of the answers of an operation (``""``: any) that have this body."""

    def changed(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
        contract = scene.contract
        asked = contract.document.operation_at(request.path)
        schema = body_schema((asked.response(answer.status) if asked else None) or {})
        if asked is None or schema is None or contract.document.location(schema) is not body:
            return answer
        if operation and asked.name != operation:
            return answer
        document = answer.document()
        if not isinstance(document, dict | list):
            return answer
        holder = [document]
        for parent, key in list(_holders(holder, f"/*{path}")):
            change(parent, key)
        return answer.with_document(holder[0])

    return changed


def _holders(value: Any, path: str) -> Iterator[tuple[Holder, Key]]:
    """Yield what holds the values at a path, with their names or indices there."""
    step, _, rest = path[1:].partition("/")
    keys: list[Key]
    if step == "*":
        keys = list(range(len(value))) if isinstance(value, list) else list(value) if isinstance(value, dict) else []
    else:
        keys = [step] if isinstance(value, dict) and step in value else []
    for key in keys:
        if rest:
            yield from _holders(value[key], f"/{rest}")
        else:
            yield value, key


def _required(body: Location, path: str) -> frozenset[str]:
    """The keys that are required where the path's own key is."""
    above = path.rpartition("/")[0]
    parent = next((each for each in body.walk() if each.path == above), None)
    alternatives = parent.alternatives if parent else ()
    return frozenset(str(name) for each in alternatives for name in each.schema.get("required", ()))


def _removed(holder: Holder, key: Key) -> None:
    holder.pop(key, None)


def _set(value: Any) -> Callable[[Holder, Key], None]:
    def change(holder: Holder, key: Key) -> None:
        holder[key] = value

    return change


def _put(make: Callable[[Any], Any]) -> Callable[[Holder, Key], None]:
    """Change a value that is there; null stays."""

    def change(holder: Holder, key: Key) -> None:
        if holder[key] is not None:
            holder[key] = make(holder[key])

    return change


def _each(make: Callable[[str], str]) -> Callable[[Holder, Key], None]:
    """Change a text, or each text of an array."""

    def change(holder: Holder, key: Key) -> None:
        value = holder[key]
        if isinstance(value, str):
            holder[key] = make(value)
        elif isinstance(value, list):
            holder[key] = [make(each) if isinstance(each, str) else each for each in value]

    return change


def _with_key(name: str) -> Callable[[Holder, Key], None]:
    def change(holder: Holder, key: Key) -> None:
        if isinstance(holder[key], dict):
            holder[key].setdefault(name, "x")

    return change


def _respelled(text: str) -> str:
    """``inProgress`` for ``in_progress`` or ``in-progress``, and another case for one word."""
    if re.search(r"[a-z0-9][_-][a-z0-9]", text):
        return re.sub(r"[_-]([a-z0-9])", lambda found: found[1].upper(), text)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", text).lower() if re.search(r"[a-z][A-Z]", text) else text.swapcase()


def _wrong_type(location: Location) -> Callable[[Any], Any] | None:
    types = set(location.types) - {"null"}
    if types <= {"integer", "number", "boolean"}:
        return lambda value: str(value).lower()
    if types == {"string"}:
        return lambda value: [value]
    if types == {"array"}:
        return lambda value: {"items": value}
    if types == {"object"}:
        return lambda value: [value]
    return None


def _formats(location: Location) -> Iterator[tuple[str, Callable[[Any], Any]]]:
    if "date-time" in location.formats:
        yield "date-time of RFC 3339", lambda text: str(text).replace("T", " ").rstrip("Z")
    elif "date" in location.formats:
        yield "date", lambda text: ".".join(str(text).split("-")[::-1])
    elif "uri" in location.formats:
        yield "URI", lambda text: re.sub(r"^[a-z]+://[^/]*", "", str(text)) or "nowhere at all"
    elif "email" in location.formats:
        yield "email address", lambda text: str(text).replace("@", " at ")
    elif "uuid" in location.formats:
        yield "UUID", lambda text: str(text)[:-1]
    elif location.patterns and "string" in location.types:
        yield "text of its pattern", lambda text: f"{text}~"
    elif "integer" in location.types and not location.enum:
        yield "whole number", lambda number: number + 0.5 if isinstance(number, int) else number
