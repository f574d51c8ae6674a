"""Count which parts of the document a run has seen: parameters, statuses, fields, enum values, headers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from contract_kit.check.observed_response import ObservedResponse
from contract_kit.document import Document, Operation
from contract_kit.findings.results import CoverageResult
from contract_kit.schema import body_schema, value_schema

Thing = tuple[str, str]  # aspect and name, as in CoverageResult


class Coverage:
    """The counts of one run, starting at 0 for everything that the given operations document (default: all)."""

    def __init__(self, document: Document, operations: Sequence[Operation] | None = None) -> None:
        self._document = document
        self._things = {
            operation.name: dict.fromkeys(_things(document, operation), 0)
            for operation in operations or document.operations
        }

    def observe(self, answer: ObservedResponse, values: Counter[Thing]) -> None:
        """Count what one request used and its response showed.

        Args:
            answer: The response.
            values: The fields and enum values of its body: ``Observed.things``.
        """
        seen = Counter(values)
        operation = self._document.operation(answer.operation)
        if answer.method == operation.method:
            for name, value in set(answer.query):
                seen["parameter", name] = 1
                seen["enum value", f"{name}={value}"] = 1
            for name, node in operation.parameters.items():
                if node.get("in") == "path":
                    seen["parameter", name] = 1
        for key in (str(answer.status), f"{answer.status // 100}XX"):
            seen["status", key] = 1
        for name in answer.headers:
            seen["header", name] = 1
        things = self._things.get(answer.operation, {})
        for thing in things.keys() & seen.keys():
            things[thing] += seen[thing]

    def results(self) -> list[CoverageResult]:
        """The count of everything documented, zeros included."""
        return [
            CoverageResult(operation, aspect, name, count)
            for operation, things in self._things.items()
            for (aspect, name), count in things.items()
        ]


def _things(document: Document, operation: Operation) -> Iterator[Thing]:
    for name, node in operation.parameters.items():
        yield "parameter", name
        location = document.location(value_schema(node))
        for each in (location, location.items):
            yield from (("enum value", f"{name}={value}") for value in (each.enum if each is not None else ()))
    for status, response in operation.responses.items():
        yield "status", status
        yield from (("header", name.lower()) for name in response.get("headers", {}))
        schema = body_schema(response)
        for location in document.location(schema).walk() if schema is not None else ():
            if location.path:
                yield "field", location.path
            yield from (("enum value", f"{location.path}={value}") for value in location.enum)
