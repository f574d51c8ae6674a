"""The facets that a claim can give its subject, and how to compare them.

A facet is a name and a value: ``format: int64``. YAML nests the facets of an array's items
(``items: {type: string}``); the code uses flat names (``items.type``).
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
"""Facets of a schema. A claim with a ``type`` gives the whole schema: it claims that omitted facets are absent."""

READ = SCHEMA | {"in", "name", "keys", "prose_values", "bound", "method", "path", "name_lost"}
"""Facets that a reader can extract from a source, so that claim and source are compared both ways."""

LITERAL = frozenset(
    {"example", "url", "scheme", "username", "password", "days", "hours", "minutes_usually", "minutes_at_most"}
    | {"statuses", "content_type"}
)
"""Facets from a sentence: the value, or a number's word, must occur in the claim's passage."""

HISTORY = frozenset(
    {"adds", "removes", "lacks", "lists", "to", "becomes", "gains", "loses", "until", "count", "value", "spelled"}
)
"""Changes from a dated row of the vendor's history; their values must occur in the row.

Values of an enum: ``lists`` (all of them), ``adds``, ``removes``, ``lacks``, ``to`` (what is left), ``count``,
``spelled``. Types and formats: ``gains``, ``loses``, ``becomes``. ``value`` of a header; ``until`` when.
"""

OBSERVED = "observed"
"""The facet of an observation: enum values that were seen in answers. They are no list, and withdraw no other value."""

KNOWN = READ | LITERAL | HISTORY | {"meaning", OBSERVED}
"""All facets. ``meaning`` is in our own words, so only the claim's anchor is checked."""

CHOICES = KNOWN | {"internal", "leaves_out"}
"""Keys that a decision can choose: any facet, and which enum values are internal or left out."""

BESIDE_THE_POINT = frozenset({"meaning", "example", "name_lost", "prose_values", OBSERVED})
"""Facets that may differ without a conflict; ``prose_values`` are compared with the enum instead."""


def flatten(says: Mapping[str, Any]) -> dict[str, Value]:
    """Convert facets from YAML to flat, hashable ones; ``nullable: false`` becomes None, as if it were absent."""
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
    """Return lists as sets, because sources give the same values in different orders."""
    return frozenset(value) if isinstance(value, tuple) else value


def show(value: Value) -> str:
    """Format a value for messages: ``absent``, ``GET, POST``, ``int64``."""
    if value is None:
        return "absent"
    return ", ".join(str(item) for item in value) if isinstance(value, tuple) else str(value)


def show_all(facets: Facets) -> str:
    """Format facets for messages: ``type: string, nullable: True``, or ``nothing``."""
    return ", ".join(f"{facet}: {show(value)}" for facet, value in facets.items()) or "nothing"
