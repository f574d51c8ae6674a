"""Validate recorded responses one by one, and recognise deviations that occur again.

Only jsonschema-rs is used here, which keeps the processes small. jsonschema and the generated client get samples (see
``cross_check.py``). ``lines.py`` passes sound bodies in bulk.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from contract_kit.check.answer_laws import AnswerLaws
from contract_kit.check.conformance import Conformance, shown_name
from contract_kit.check.observed_response import TOO_DEEP, RecordedResponse
from contract_kit.check.seen import Seen
from contract_kit.check.violations import Violation, json_type
from contract_kit.contract import Contract
from contract_kit.findings.finding import MOST_EXAMPLES
from contract_kit.masking import Masker
from contract_kit.recordings.deviation_schema import like
from contract_kit.recordings.exchange import Exchange, Selection, SkipError, answer_of
from contract_kit.recordings.explanation import QuickExplanation
from contract_kit.recordings.shapes import Shape, Shapes, accepts
from contract_kit.recordings.tally import Tally

# The cross-check gets the first sound response, and then one in this many.
SAMPLED = 1000
# The number of sorts of deviating bodies that are remembered; further bodies of a known sort are only counted.
_MOST_SORTS = 4096
# The number of findings of a body whose sort is remembered.
_MOST_IN_SORT = 100
# The number of sorts per shape that are recognised with a schema, as quickly as sound bodies.
_MOST_ALIKE = 8

Sort = tuple[object, ...]


@dataclass(frozen=True)
class Sample:
    """A response for the cross-check.

    Attributes:
        answer: The response.
        found: The fingerprints of jsonschema-rs' findings, and how often each occurred.
        has_headers: Whether headers were recorded; if not, they are not checked.
        contested: Whether jsonschema should validate it, too; the generated client always reads it.
    """

    answer: RecordedResponse
    found: Counter[str]
    has_headers: bool
    contested: bool


@dataclass
class _Known:
    """A sort of deviating bodies: how many were validated one by one, and the findings of each."""

    seen: int
    found: Counter[str]


@dataclass(frozen=True)
class _Alike:
    """A sort that a schema describes; tells whether a body, or all bodies of a list, belong to it."""

    known: _Known
    is_alike: Callable[[Any], bool]
    are_alike: Callable[[list[Any]], bool]


class Validator:
    """Validates responses, and counts them in a tally.

    Args:
        contract: The kit and its document.
        masker: Masks personal values in what is shown.
        selection: Selects the exchanges that belong to this API.
        examine: Called with each sample.

    Attributes:
        tally: The counts and findings since ``begin``.
        file: The current file's name in findings and complaints.
        shapes: The documented bodies of successful responses.
        passed: By probe, the sound bodies of the files before this one that are sampled together with it.
    """

    def __init__(
        self, contract: Contract, masker: Masker, selection: Selection, examine: Callable[[Sample], None]
    ) -> None:
        document = contract.document
        self.document = document
        self.masker = masker
        self.examine = examine
        self.shapes = Shapes(contract)
        self.tally = Tally()
        self.file = ""
        self._selection = selection
        self._contract = contract
        self._laws = AnswerLaws(contract)
        self._seen = Seen(contract.kit)
        self._explain = QuickExplanation()
        self._conformance = Conformance(document, self._explain)
        self._sorts: dict[Sort, _Known] = {}
        # By shape, the most recently met sort first.
        self._alike: dict[tuple[str, int], list[_Alike]] = {}
        self._sound = 0
        self.passed = [0] * len(self.shapes.probes)
        self._name_of = partial(shown_name, masker)

    def begin(self, file: str, *, goes_on: bool = False) -> None:
        """Begin ``file`` with an empty tally.

        Args:
            file: Its name in findings.
            goes_on: Whether sound answers are sampled from this file and the one before together.
        """
        self.tally = Tally()
        self.file = file
        # Recordings of different files may have different pseudonyms for the same resource.
        self._seen = Seen(self._contract.kit)
        self._sorts.clear()
        self._alike.clear()
        if not goes_on:
            self._sound = 0
            self.passed = [0] * len(self.shapes.probes)

    def skip(self, reason: SkipError) -> None:
        """Count a skipped part of the recording."""
        self.tally.skipped[str(reason)] += 1

    def exchange(self, exchange: Exchange, operation: str = "") -> None:
        """Validate one exchange, or count the reason to skip it.

        Args:
            exchange: The exchange.
            operation: The operationId, if the recording names it; else the URL tells the operation.
        """
        try:
            operation = operation or self._selection.operation(exchange).name
        except SkipError as reason:
            self.skip(reason)
            return
        answer = answer_of(exchange, operation, self.masker)
        self.answer(answer, has_headers=exchange.headers is not None)
        if exchange.url:
            self._judge(answer, is_live=self._selection.is_live(exchange))

    def _judge(self, answer: RecordedResponse, *, is_live: bool) -> None:
        """Judge a response by its own request, and by the other responses of the recordings."""
        laws = self._contract.kit.laws
        for judgement in self._laws.judgements(answer, self._seen):
            based = judgement.based_on(laws)
            if based is not None and not based.holds:
                self.tally.findings.add(replace(based.finding_on(is_live=is_live), check=self.file))

    def deviating(self, answer: RecordedResponse, body: Any, shape: Shape) -> None:
        """Validate a bare body of ``shape`` that is not sound, or count it if its sort is known."""
        broken = self._explain(body, shape.schema, self.document)
        sort: Sort = (
            shape.operation,
            *sorted((_sort_of(each, self._name_of) for each in broken), key=repr),
            *shape.notices(body),
        )
        known = self._sorts.get(sort)
        if known is None or known.seen < MOST_EXAMPLES:
            found = self.answer(answer, has_headers=False, contested=True)
            if known is None and len(self._sorts) < _MOST_SORTS and len(found) <= _MOST_IN_SORT:
                known = self._sorts[sort] = _Known(0, found)
            if known is not None:
                known.seen += 1
                if known.seen == MOST_EXAMPLES:
                    self._learn(shape, body, broken, known)
            return
        self._count(answer, body)
        self.tally.findings.repeat(known.found)

    def repeat(self, bodies: list[Any], shape: Shape) -> bool:
        """If all bodies belong to one known sort, count them and return True."""
        alike = self._alike.get((shape.operation, shape.status), [])
        for index, sort in enumerate(alike):
            if sort.is_alike(bodies[0]) and (len(bodies) == 1 or sort.are_alike(bodies)):
                self.tally.answers[shape.operation, shape.status] += len(bodies)
                self.tally.with_data[shape.operation] += sum(bool(shape.data_of(body)) for body in bodies)
                self.tally.findings.repeat({name: count * len(bodies) for name, count in sort.known.found.items()})
                alike.insert(0, alike.pop(index))
                return True
        return False

    def _learn(self, shape: Shape, body: Any, broken: Sequence[Violation], known: _Known) -> None:
        alike = self._alike.setdefault((shape.operation, shape.status), [])
        schema = (
            like(shape.strict, broken, shape.notices(body), self.masker.is_name) if len(alike) < _MOST_ALIKE else None
        )
        if schema is not None and (is_alike := accepts(schema))(body):
            alike.insert(0, _Alike(known, is_alike, accepts({"items": schema})))

    def answer(self, answer: RecordedResponse, *, has_headers: bool, contested: bool | None = None) -> Counter[str]:
        """Validate one response completely, and return the fingerprints of its findings with their counts.

        Args:
            answer: The response.
            has_headers: Whether headers were recorded.
            contested: Whether jsonschema should validate it, too; None to sample.
        """
        try:
            findings = self._conformance.findings(answer, has_headers=has_headers)
            self._count(answer, answer.excerpt)
        except RecursionError:
            self.tally.complain(f"{answer.where}: {TOO_DEEP}")
            return Counter()
        found = Counter(self.tally.findings.add(replace(finding, check=self.file)) for finding in findings)
        if contested is None:
            contested = self._is_contested(answer, found)
        self.examine(Sample(answer, found, has_headers, contested))
        return found

    def _is_contested(self, answer: RecordedResponse, found: Counter[str]) -> bool:
        if not found:
            self._sound += 1
            return self._sound % SAMPLED == 1
        sort: Sort = (answer.operation, "", *sorted(found.items()))
        known = self._sorts.get(sort)
        if known is None:
            if len(self._sorts) >= _MOST_SORTS or len(found) > _MOST_IN_SORT:
                return False
            known = self._sorts[sort] = _Known(0, found)
        known.seen += 1
        return known.seen <= MOST_EXAMPLES

    def _count(self, answer: RecordedResponse, body: object) -> None:
        self.tally.answers[answer.operation, answer.status] += 1
        if 200 <= answer.status < 300 and isinstance(body, dict):
            shape = self.shapes.of(answer.operation, answer.status)
            if shape.data_of(body) if shape is not None else body:
                self.tally.with_data[answer.operation] += 1


def _sort_of(broken: Violation, name_of: Callable[[str], str]) -> Sort:
    """Everything about a violation that its findings depend on."""
    found: object = str(broken.allowed) if broken.keyword == "format" else ""
    match broken.keyword:
        case "required":
            found = broken.missing
        case "additionalProperties" | "unevaluatedProperties":
            found = tuple(sorted(map(name_of, broken.unknown)))
        case "type":
            found = json_type(broken.instance)
        case "enum" | "const":
            found = name_of(broken.instance) if isinstance(broken.instance, str) else json_type(broken.instance)
    return broken.location, broken.keyword, found
