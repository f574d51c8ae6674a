"""Build a schema that accepts exactly one deviation, from the schema of sound bodies.

When a service gains a field, every body has it. The validator then recognises millions of such bodies with one schema,
as quickly as sound ones. Deviations that no such schema can describe are explained one by one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from typing import Any

from contract_kit.check.violations import Violation, json_type
from contract_kit.schema import Notice

# Types that share no value with another type: an integer is a number too, so neither is listed.
_TYPES = frozenset({"null", "boolean", "string", "array", "object"})


class _UnlikelyError(Exception):
    """A deviation that no schema of this module can describe."""


def like(
    strict: Mapping[str, Any],
    broken: Iterable[Violation],
    notices: Iterable[Notice],
    is_name: Callable[[str], bool],
) -> dict[str, Any] | None:
    """The schema of bodies with all of ``broken`` and ``notices`` and no other deviation, or None if none can be built.

    Args:
        strict: The schema of sound bodies, without references.
        broken: The violations of one body; the new schema accepts bodies that have the same ones at the same locations.
        notices: The values of that body that are not current.
        is_name: Whether a text may be shown, as ``Masker.is_name`` says.
    """
    schema = {"properties": {"": deepcopy(dict(strict))}}  # so that the body is a property, too
    try:
        for violation in broken:
            _allow(schema, violation, is_name)
        for notice in notices:
            above, key = _above(schema, notice.location)
            above[key] = {"enum": [notice.value]}
    except _UnlikelyError:
        return None
    return schema["properties"][""]


def _allow(schema: dict[str, Any], violation: Violation, is_name: Callable[[str], bool]) -> None:
    """Change ``schema`` so that it requires this violation at its location."""
    above, key = _above(schema, violation.location)
    found, found_type = violation.instance, json_type(violation.instance)
    match violation.keyword:
        case "additionalProperties":
            above[key] = _with(_object(above[key]), violation.unknown, is_name)
        case "required":
            above[key] = _without(_object(above[key]), violation.missing)
        case "enum" if isinstance(found, str) and is_name(found):
            above[key] = {"enum": [found]}
        case "type" if found_type in _TYPES:
            above[key] = {"type": found_type}
        case _:
            raise _UnlikelyError


def _above(schema: dict[str, Any], location: str) -> tuple[dict[str, Any], str]:
    """The ``properties`` that contain a location, and its key in them."""
    *path, key = location.split("/")
    for name in path:
        properties = schema["properties"]
        if name not in properties:  # a row of a list
            raise _UnlikelyError
        schema = properties[name] = _object(properties[name])
    if key not in schema["properties"]:
        raise _UnlikelyError
    return schema["properties"], key


def _object(schema: Any) -> dict[str, Any]:
    """The one alternative of ``schema`` that allows an object."""
    choices = schema["anyOf"] if schema.keys() == {"anyOf"} else [schema]
    objects = [choice for choice in choices if isinstance(choice.get("properties"), dict)]
    if len(objects) != 1:
        raise _UnlikelyError
    return {**objects[0], "type": "object"}


def _with(schema: dict[str, Any], names: Iterable[str], is_name: Callable[[str], bool]) -> dict[str, Any]:
    """The object schema with ``names`` as further required keys, with any values."""
    added = sorted(names)
    if schema.get("additionalProperties") is not False or not all(map(is_name, added)):
        raise _UnlikelyError
    return {
        **schema,
        "properties": {**schema["properties"], **{name: {} for name in added}},
        "required": [*schema.get("required", ()), *added],
        # In a strict schema minProperties may stand for `required`: see shapes.py.
        "minProperties": schema.get("minProperties", 0) + len(added),
    }


def _without(schema: dict[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """The object schema that forbids ``names``."""
    gone = frozenset(names)
    return {
        **schema,
        "properties": {**schema["properties"], **{name: {"not": {}} for name in gone}},
        "required": [name for name in schema.get("required", ()) if name not in gone],
        "minProperties": max(0, schema.get("minProperties", 0) - len(gone)),
    }
