"""Answers made from the document's schemas, and answers that are nearly such."""

from __future__ import annotations

import json
import re
from datetime import date
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from tests.client.conftest import document

_TIME = re.compile(r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):(\d\d))")

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    """What a reference leads to."""
    while "$ref" in schema:
        schema = document()["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    return schema


@st.composite
def times(draw: st.DrawFn) -> str:
    """RFC 3339 times, with leap seconds and the year 0."""
    day = draw(st.dates(max_value=date(9999, 12, 30))).isoformat() if draw(st.integers(0, 30)) else "0000-01-01"
    second = draw(st.integers(0, 59)) if draw(st.integers(0, 30)) else 60
    clock = f"{draw(st.integers(0, 23)):02}:{draw(st.integers(0, 59)):02}:{second:02}"
    fraction = draw(st.just("") | st.from_regex(r"\A\.[0-9]{1,12}\Z"))
    zone = draw(st.sampled_from("Zz") | st.from_regex(r"\A[+-](0[0-9]|1[0-9]|2[0-3]):[0-5][0-9]\Z"))
    return day + draw(st.sampled_from("Tt")) + clock + fraction + zone


def strategy(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that conform to ``schema``, over all that the document makes use of."""
    schema = resolved(schema)
    if "anyOf" in schema:
        return st.one_of([strategy(each) for each in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    return st.one_of([_of_type(kind, schema) for kind in kinds])


def _of_type(kind: str, schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    match kind:
        case "null":
            return st.none()
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers() | st.integers(-(2**60), 2**60).map(float)
        case "array":
            return st.lists(strategy(schema["items"]), max_size=2)
        case "object":
            assert schema["additionalProperties"] is False
            properties = {name: strategy(each) for name, each in schema["properties"].items()}
            required = set(schema.get("required", ()))
            return st.fixed_dictionaries(
                {name: each for name, each in properties.items() if name in required},
                optional={name: each for name, each in properties.items() if name not in required},
            )
    assert kind == "string"
    if "pattern" in schema:
        return st.from_regex(schema["pattern"].removesuffix("$") + r"\Z")
    return times() if schema.get("format") == "date-time" else st.text()


def body(name: str) -> st.SearchStrategy[Any]:
    """Bodies of a schema."""
    return strategy(document()["components"]["schemas"][name])


def instant(text: object) -> Fraction | None:
    """Seconds since the year 1 in UTC; None for what is no time, or none that Python can hold."""
    found = _TIME.fullmatch(text) if isinstance(text, str) else None
    if found is None or found[1] == "0000" or found[6] == "60":
        return None
    days = date(int(found[1]), int(found[2]), int(found[3])).toordinal()
    offset = (int(found[9]) * 60 + int(found[10])) * (-1 if found[8] == "-" else 1) if found[8] else 0
    whole = days * 86_400 + int(found[4]) * 3600 + (int(found[5]) - offset) * 60 + int(found[6])
    return whole + Fraction(f"0.{found[7] or 0}")


@st.composite
def mutated(draw: st.DrawFn, name: str) -> bytes:
    """A body of a schema with values replaced, keys removed, renamed or added, or bytes changed or cut off."""
    value = draw(body(name))
    for _ in range(draw(st.integers(0, 3))):
        value = _mutated(draw, value)
    content = json.dumps(value).encode()
    match draw(st.integers(0, 5)):
        case 0:
            return content[: draw(st.integers(0, len(content)))]
        case 1:
            place = draw(st.integers(0, len(content)))
            return content[:place] + draw(st.binary(max_size=4)) + content[place + draw(st.integers(0, 4)) :]
    return content


def _mutated(draw: st.DrawFn, value: Any) -> Any:
    if isinstance(value, dict) and value and draw(st.booleans()):
        name = draw(st.sampled_from(sorted(value)))
        match draw(st.integers(0, 3)):
            case 0:
                return {key: each for key, each in value.items() if key != name}
            case 1:
                return {**value, draw(st.text()): draw(anything)}
        return {**value, name: _mutated(draw, value[name])}
    if isinstance(value, list) and value and draw(st.booleans()):
        place = draw(st.integers(0, len(value) - 1))
        return [*value[:place], _mutated(draw, value[place]), *value[place + 1 :]]
    return draw(anything)
