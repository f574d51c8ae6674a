"""Check that a resource has the same values wherever the target shows it."""

from __future__ import annotations

from collections.abc import Iterator

from contract_kit.api import Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind

SAME = Property("list-is-detail", Kind.CONSISTENCY, "the same value in the list and in the detail")


def same_judgements(answer: ObservedResponse, one: Row, other: Row, judged: Property = SAME) -> Iterator[Judgement]:
    """Compare a resource with the same one in ``answer``, key by key; keys that only one of them has are ignored."""
    for name in sorted(one.keys() & other.keys()):
        shown = {name: other[name]}
        yield Judgement(judged, answer, f"/{answer.masker.key(name)}", one[name] == other[name], evidence=shown)
