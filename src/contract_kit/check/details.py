"""Whether a resource is the same wherever it is shown."""

from __future__ import annotations

from collections.abc import Iterator

from contract_kit.api import Row
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.findings.finding import Kind

SAME = Property("list-is-detail", Kind.CONSISTENCY, "the same value in the list and in the detail")


def same_judgements(answer: ObservedResponse, one: Row, other: Row, judged: Property = SAME) -> Iterator[Judgement]:
    """A resource against the same resource in ``answer``, key by key; of keys that only one has nothing is said."""
    for name in sorted(one.keys() & other.keys()):
        shown = {name: other[name]}
        yield Judgement(judged, answer, f"/{answer.masker.key(name)}", one[name] == other[name], evidence=shown)
