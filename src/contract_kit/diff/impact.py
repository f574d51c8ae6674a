"""What a change does to a consumer: one table of rules, by what changed, how, and in which direction."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple


class Impact(StrEnum):
    """How a change concerns those who use the API, worst first."""

    BREAKING = "breaking"
    COMPATIBLE = "compatible"
    COSMETIC = "cosmetic"


class Direction(StrEnum):
    """Which way something goes, as the consumer sees it."""

    REQUEST = "request"
    RESPONSE = "response"

    @property
    def other(self) -> Direction:
        """The other one: that of a webhook, whose request the consumer gets."""
        return Direction.RESPONSE if self is Direction.REQUEST else Direction.REQUEST


class Rule(NamedTuple):
    """One line of the table.

    Attributes:
        facets: What changed.
        case: How, in the words that a report shows.
        request: The impact where the consumer sends it; webhooks and callbacks exchange the two.
        response: The impact where the consumer gets it.
    """

    facets: tuple[str, ...]
    case: str
    request: Impact
    response: Impact


_B, _C, _N = Impact.BREAKING, Impact.COMPATIBLE, Impact.COSMETIC

# How a keyword of a schema changes the set of values that it allows.
NARROWER = "allows less"
WIDER = "allows more"
OTHER = "allows other values"
UNDECIDED = "may allow other values: whether the new one allows less or more could not be decided"
SAME = "allows the same"

ADDED = "came"
REMOVED = "went"
ADDED_REQUIRED = "came, and must be there"
ADDED_TO_CLOSED = "came where no other key was allowed"
CHANGED = "changed"
CHANGED_OR_WENT = "changed or went"
MORE_VALUES = "takes more values"
SUCCESS_REMOVED, SUCCESS_ADDED, ERROR_CHANGED = "of a success went", "of a success came", "of an error came or went"
DEMANDED, FREED = "credentials are demanded where none were", "credentials are no longer demanded"
SCOPE_ADDED, SCOPE_REMOVED = "demands another scope", "demands a scope less"

RULES: tuple[Rule, ...] = (
    Rule(("any keyword of a schema",), NARROWER, _B, _C),
    Rule(("any keyword of a schema",), WIDER, _C, _B),
    Rule(("any keyword of a schema",), OTHER, _B, _B),
    Rule(("any keyword of a schema",), UNDECIDED, _B, _B),
    Rule(("any keyword of a schema",), SAME, _C, _C),
    Rule(("operation", "parameter", "request body", "property", "header", "media type"), ADDED, _C, _C),
    Rule(("operation", "parameter", "request body", "property", "header", "media type"), REMOVED, _B, _B),
    Rule(("parameter", "request body", "property"), ADDED_REQUIRED, _B, _C),
    Rule(("property",), ADDED_TO_CLOSED, _C, _B),
    Rule(("status",), SUCCESS_REMOVED, _B, _B),
    Rule(("status",), SUCCESS_ADDED, _C, _C),
    Rule(("status",), ERROR_CHANGED, _C, _C),
    Rule(("security",), DEMANDED, _B, _B),
    Rule(("security",), FREED, _C, _C),
    Rule(("security", "server"), REMOVED, _B, _B),
    Rule(("security", "server"), ADDED, _C, _C),
    Rule(("security",), SCOPE_ADDED, _B, _B),
    Rule(("security",), SCOPE_REMOVED, _C, _C),
    Rule(("server",), MORE_VALUES, _C, _C),
    Rule(("server",), CHANGED, _B, _B),
    Rule(("style", "explode"), CHANGED, _B, _B),
    Rule(("discriminator",), "names another property", _B, _B),
    Rule(("discriminator",), CHANGED, _C, _C),
    Rule(("default",), ADDED, _C, _C),
    Rule(("default",), CHANGED_OR_WENT, _B, _C),
    Rule(("deprecated",), CHANGED, _C, _C),
    Rule(("description, summary, example, title, tag, operationId, x-…",), CHANGED, _N, _N),
)

_OF: dict[tuple[str, str], tuple[Impact, Impact]] = {
    (facet, rule.case): (rule.request, rule.response) for rule in RULES for facet in rule.facets
}
_KEYWORD = "any keyword of a schema"
_NOTE = "description, summary, example, title, tag, operationId, x-…"


def impact_of(facet: str, case: str, direction: Direction) -> Impact:
    """The impact of a change, by its facet, the case of a rule and its direction."""
    found = _OF.get((facet, case)) or _OF.get((_KEYWORD, case)) or _OF[_NOTE, case]
    return found[direction is Direction.RESPONSE]


def rules() -> Iterator[str]:
    """The table as lines of Markdown."""
    yield "| what | how | in a request | in a response |"
    yield "|---|---|---|---|"
    for rule in RULES:
        yield f"| {', '.join(rule.facets)} | {rule.case} | {rule.request} | {rule.response} |"
