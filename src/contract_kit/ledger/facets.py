"""The vocabulary of what a claim can say about its subject, and how two sayings compare.

A facet is a name and a value: ``format: int64``. The facets of an array's items are written nested in YAML
(``items: {type: string}``) and carried flat behind the edge (``items.type``).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Scalar = str | int | bool | None
Value = Scalar | tuple[Scalar, ...]
Facets = Mapping[str, Value]

SCHEMA = frozenset(
    {"type", "format", "pattern", "min_length", "max_length", "minimum", "maximum", "default", "enum"}
    | {"nullable", "required", "items.type", "items.nullable", "items.enum"}
)
"""What a schema says. A claim with a ``type`` gives the whole schema: a facet left out is claimed to be absent."""

READ = SCHEMA | {"in", "name", "keys", "prose_values", "bound", "method", "path", "name_lost"}
"""What a reader of the sources can find by itself, so that claim and source are compared both ways."""

LITERAL = frozenset(
    {"example", "url", "scheme", "username", "password", "days", "hours", "minutes_usually", "minutes_at_most"}
    | {"statuses", "content_type"}
)
"""What stands in a sentence: the value must stand at the claim's place, a number also as a word."""

HISTORY = frozenset(
    {"adds", "removes", "lacks", "lists", "to", "becomes", "gains", "loses", "until", "count", "value", "spelled"}
)
"""What one dated row of the vendor's history says has changed; literal as well.

Values of an enum: ``lists`` (all of them), ``adds``, ``removes``, ``lacks``, ``to`` (what is left), ``count``,
``spelled``. Types and formats: ``gains``, ``loses``, ``becomes``. ``value`` of a header; ``until`` when.
"""

KNOWN = READ | LITERAL | HISTORY | {"meaning"}
"""``meaning`` is in our own words and rests on the claim's anchor alone."""

CHOICES = KNOWN | {"internal", "leaves_out"}
"""What a decision can choose: any facet, and which values of an enum are internal or left out."""

BESIDE_THE_POINT = frozenset({"meaning", "example", "name_lost", "prose_values"})
"""Facets that may differ without a conflict; ``prose_values`` are compared with the enum instead."""


def flatten(says: Mapping[str, Any]) -> dict[str, Value]:
    """Facets as they stand in YAML → flat and hashable; ``nullable: false`` is the same as saying nothing."""
    flat: dict[str, Value] = {}
    for facet, value in says.items():
        if isinstance(value, Mapping):
            flat |= {f"{facet}.{inner}": inner_value for inner, inner_value in flatten(value).items()}
        elif facet in {"nullable", "required"} and value is False:
            flat[facet] = None
        else:
            flat[facet] = tuple(value) if isinstance(value, list) else value
    return flat


def comparable(value: Value) -> Value | frozenset[Scalar]:
    """Lists compare as sets: the sources give the same values in different orders."""
    return frozenset(value) if isinstance(value, tuple) else value


def show(value: Value) -> str:
    """A value for a person: ``absent``, ``GET, POST``, ``int64``."""
    if value is None:
        return "absent"
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


def show_all(facets: Facets) -> str:
    """``type: string, nullable: True``, or ``nothing``."""
    return ", ".join(f"{facet}: {show(value)}" for facet, value in facets.items()) or "nothing"
