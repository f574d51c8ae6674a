"""What is left of the requests goes into parts of the document that nothing has shown yet: values, fields, headers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, zip_longest

from contract_kit.api import Resource
from contract_kit.check.combinations import words_of
from contract_kit.check.conformance import Conformance
from contract_kit.check.coverage import Coverage, Thing
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.pages import keys_of, listed
from contract_kit.check.requester import with_query
from contract_kit.contract import Contract
from contract_kit.findings.finding import Finding, Kind
from contract_kit.findings.results import CoverageResult
from contract_kit.settle.asking import Asker
from contract_kit.settle.questions import Sighting
from contract_kit.settle.settling import LedgerProbe

_ENOUGH = 15
"""So many answers in a row that show nothing new end it."""
_NEWS = frozenset({Kind.UNDOCUMENTED_VALUE, Kind.UNDOCUMENTED_FIELD, Kind.NULL})


class ShownParts:
    """What answers have shown of a document, and what they have that it does not."""

    def __init__(self, contract: Contract) -> None:
        self._coverage = Coverage(contract.document)
        self._conformance = Conformance(contract.document)
        self._things: set[tuple[str, Thing]] = set()
        self._news: dict[str, Finding] = {}
        self._taken = 0

    def take(self, answers: Sequence[ObservedResponse]) -> bool:
        """Take in the answers that came since the last time; return whether they show anything new."""
        is_new = [self._observe(each) for each in answers[self._taken :]]
        self._taken = len(answers)
        return any(is_new)

    def _observe(self, answer: ObservedResponse) -> bool:
        if not answer.operation:
            return False
        things = self._conformance.observed(answer).things
        self._coverage.observe(answer, Counter(things))
        found = {(answer.operation, thing) for thing in things}
        news = {each.fingerprint: each for each in self._conformance.findings(answer) if each.kind in _NEWS}
        is_new = not (found <= self._things and news.keys() <= self._news.keys())
        self._things |= found
        self._news = {**news, **self._news}
        return is_new

    @property
    def coverage(self) -> list[CoverageResult]:
        """Everything that the document has, with how often it was shown."""
        return self._coverage.results()

    @property
    def news(self) -> list[Finding]:
        """Values, keys and nulls that the document does not have."""
        return list(self._news.values())


def covering(asker: Asker, contract: Contract, shown: ShownParts) -> LedgerProbe:
    """The probe that is asked last: it settles nothing, and shows more of the document."""

    def ask() -> Iterator[Sighting]:
        shown.take(asker.answers)
        dry = 0
        for path in _paths(asker, contract):
            if dry == _ENOUGH:
                break
            asker.get(path)
            dry = 0 if shown.take(asker.answers) else dry + 1
        return iter(())

    plan = (
        "GET each list once with each value of each filter that the document lists",
        "GET rows of these lists, and the lists below them, each by itself, until many in a row show nothing new",
    )
    return LedgerProbe("what else the document has", {}, plan, asker.budget, ask)


def _paths(asker: Asker, contract: Contract) -> Iterator[str]:
    """Yield what was not asked for yet, one of a kind after the other."""
    asked = {answer.url.removeprefix(asker.target.url) for answer in asker.answers}
    kinds = [_filtered(contract)]
    found = {
        each.name: list(_rows(asker, contract, each)) for each in contract.kit.resources if each.list or each.fetch
    }
    for resource in contract.kit.resources:
        if resource.fetch:
            rows = found.get(resource.name, ())
            kinds.append(contract.path(resource.fetch, values) for values in rows)
        if resource.list and resource.parent:
            kinds.append(contract.path(resource.list, values) for values in found.get(resource.parent, ()))
    for path in chain.from_iterable(zip_longest(*kinds)):
        if path is not None and path not in asked:
            asked.add(path)
            yield path


def _filtered(contract: Contract) -> Iterator[str]:
    for resource in contract.kit.resources:
        if resource.list and not resource.parent:
            for each in resource.filters:
                for word in words_of(contract, resource, each):
                    yield with_query(contract.path(resource.list, {}), [(each.parameter, word)])


def _rows(asker: Asker, contract: Contract, resource: Resource) -> Iterator[Mapping[str, str]]:
    """Yield the path parameters of each row that was listed, once."""
    seen = set[tuple[str, ...]]()
    for answer in asker.answers:
        if answer.operation != resource.list or answer.status != 200:
            continue
        above = contract.document.operation(resource.list).values(answer.path)
        for key in keys_of(resource, listed(answer.excerpt, resource) or []):
            values = {**above, resource.parameter or resource.name: key}
            if (identity := tuple(values.values())) not in seen:
                seen.add(identity)
                yield values
