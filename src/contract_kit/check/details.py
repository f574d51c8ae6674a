"""Check that a resource has the same values wherever the target shows it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from contract_kit.api import Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind
from contract_kit.instants import instant

SAME = Property("list-is-detail", Kind.CONSISTENCY, "the same value in the list and in the detail")


def same_judgements(answer: ObservedResponse, one: Row, other: Row, judged: Property = SAME) -> Iterator[Judgement]:
    """Compare a resource with the same one in ``answer``, key by key; keys that only one of them has are ignored."""
    for name in sorted(one.keys() & other.keys()):
        shown, holds = {name: other[name]}, normal(one[name]) == normal(other[name])
        yield Judgement(judged, answer, f"/{answer.masker.key(name)}", holds, evidence=shown)


def normal(value: object) -> object:
    """A JSON value in the one form of all that mean the same: times in UTC, whole numbers, lists of texts sorted."""
    if isinstance(value, str):
        moment = instant(value) if value[10:11] in {"T", "t"} else None
        try:
            return value if moment is None else moment.astimezone(UTC).isoformat()
        except OverflowError:  # at either end of the calendar
            return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        items = [normal(each) for each in value]
        # No list of words has a documented order.
        return sorted(items) if all(isinstance(each, str) for each in items) else items  # type: ignore[type-var]
    if isinstance(value, dict):
        return {name: normal(below) for name, below in value.items()}
    return value
