"""Hold recorded answers against the document, one by one, and remember which deviations are alike.

jsonschema-rs decides and explains; neither jsonschema nor the generated client is needed here, so that a process stays
small. What those two should see is handed on as samples (see ``cross_check.py``). For bodies by the million see
``lines.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from contract_kit.check.conformance import Conformance, shown_name
from contract_kit.check.observed_response import TOO_DEEP, RecordedResponse
from contract_kit.check.violations import Violation, json_type
from contract_kit.contract import Contract
from contract_kit.findings.finding import MOST_EXAMPLES
from contract_kit.masking import Masker
from contract_kit.recordings.deviation_schema import like
from contract_kit.recordings.exchange import Exchange, Selection, SkipError, answer_of
from contract_kit.recordings.explanation import QuickExplanation
from contract_kit.recordings.shapes import Shape, Shapes, accepts
from contract_kit.recordings.tally import Tally

# One sound answer in so many is shown to the cross-check, the first one too.
SAMPLED = 1000
# So many sorts of deviating bodies are remembered, so that one more of a sort is only counted.
_MOST_SORTS = 4096
# So many of them can be told as quickly as a sound body.
_MOST_ALIKE = 8

Sort = tuple[object, ...]


@dataclass(frozen=True)
class Sample:
    """An answer for jsonschema and the generated client to look at.

    Attributes:
        answer: The answer.
        found: What jsonschema-rs found about it: fingerprints, and how often each.
        has_headers: Whether headers were recorded; else nothing is said of them.
        contested: Whether jsonschema should look at it; the client always does.
    """

    answer: RecordedResponse
    found: Counter[str]
    has_headers: bool
    contested: bool


@dataclass
class _Known:
    """A sort of deviating bodies, how many were looked at, and what is found in each."""

    seen: int
    found: Counter[str]


@dataclass(frozen=True)
class _Alike:
    """A sort that can be said as a schema: whether a body, or all of a list, are of it."""

    known: _Known
    is_alike: Callable[[Any], bool]
    are_alike: Callable[[list[Any]], bool]


class Validator:
    """Judges answers into a tally.

    Args:
        contract: What they are held against.
        masker: Masks what is shown.
        selection: Which exchanges are of this API.
        examine: Is given the samples.

    Attributes:
        tally: What was met since ``begin``.
        file: What is read, as findings and complaints call it.
        shapes: The bodies of successes.
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
        self._explain = QuickExplanation()
        self._conformance = Conformance(document, self._explain)
        self._sorts: dict[Sort, _Known] = {}
        # By shape, the one that was met last first.
        self._alike: dict[tuple[str, int], list[_Alike]] = {}
        self._sound = 0
        self._name_of = partial(shown_name, masker)

    def begin(self, file: str) -> None:
        """Begin with a tally of its own for ``file``."""
        self.tally = Tally()
        self.file = file
        self._sorts.clear()
        self._alike.clear()
        self._sound = 0

    def skip(self, reason: SkipError) -> None:
        """Count what is not to be judged."""
        self.tally.skipped[str(reason)] += 1

    def exchange(self, exchange: Exchange, operation: str = "") -> None:
        """Validator one exchange, or count why it is not judged.

        Args:
            exchange: What was recorded.
            operation: What was asked, where the recording says it by name; else its URL tells.
        """
        try:
            operation = operation or self._selection.operation(exchange).name
        except SkipError as reason:
            self.skip(reason)
            return
        answer = answer_of(exchange, operation, self.masker)
        self.answer(answer, has_headers=exchange.headers is not None)

    def deviating(self, answer: RecordedResponse, body: Any, shape: Shape) -> None:
        """Validator a bare body of ``shape`` that is not simply sound: closely, or as one more of a sort."""
        broken = self._explain(body, shape.schema, self.document)
        sort: Sort = (
            shape.operation,
            *sorted((_sort_of(each, self._name_of) for each in broken), key=repr),
            *shape.notices(body),
        )
        known = self._sorts.get(sort)
        if known is None or known.seen < MOST_EXAMPLES:
            found = self.answer(answer, has_headers=False, contested=True)
            if known is None and len(self._sorts) < _MOST_SORTS:
                known = self._sorts[sort] = _Known(0, found)
            if known is not None:
                known.seen += 1
                if known.seen == MOST_EXAMPLES:
                    self._learn(shape, body, broken, known)
            return
        self._count(answer, body)
        self.tally.findings.repeat(known.found)

    def repeat(self, bodies: list[Any], shape: Shape) -> bool:
        """Count bodies if all of them deviate in the one way in which others before did, and say whether."""
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
        """Validator an answer with all that is known; what was found, by fingerprint.

        Args:
            answer: The answer.
            has_headers: Whether headers were recorded.
            contested: Whether jsonschema should look at it; None for a sample.
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
            if len(self._sorts) >= _MOST_SORTS:
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
    """What the findings of a violation depend on."""
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
