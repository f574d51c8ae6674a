"""Requests that the target must refuse, according to the document or the kit, and how it must refuse them."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from contract_kit.api import ErrorShape, Resource
from contract_kit.check import near_misses
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.check.properties import Judgement, Property
from contract_kit.contract import Contract
from contract_kit.document import Document, Operation
from contract_kit.findings.finding import Kind
from contract_kit.pointer import value_at
from contract_kit.schema import value_schema

BODY_STATUS = Property("error-status", Kind.ERROR_SHAPE, "the status of the answer")
BODY_MORE_INFO = Property("error-more-info", Kind.ERROR_SHAPE, "a URL that ends with the code")
ONE_ACCOUNT = Property("one-account", Kind.AUTHENTICATION, "no row that another account lists too", counts_rows=True)

ALLOWED = Property("allowed-methods", Kind.METHOD, "exactly the methods that work")

CREDENTIALS, OTHER_ACCOUNTS, UNKNOWN_KEYS, UNKNOWN_PATHS, PAGING, VALUES = (
    "refuses-credentials",
    "refuses-other-accounts",
    "refuses-unknown-keys",
    "refuses-unknown-paths",
    "refuses-paging",
    "refuses-values",
)


@dataclass(frozen=True)
class Refusal:
    """How the target must refuse a request.

    Attributes:
        statuses: The correct statuses: ``{400}``.
        kind: The kind of the finding if the request is not refused.
        location: The invalid part of the request: ``header:Authorization``, ``path:itemId``, ``query:limit``.
        what: What is wrong with it; also the finding's value: ``wrong secret``, ``malformed key``.
        law: The entry in the kit's ``laws`` that applies.
        reason: The name in the kit's ``codes``; default: ``what``.
    """

    statuses: frozenset[int]
    kind: Kind
    location: str
    what: str
    law: str
    reason: str = ""


def refusal_judgements(answer: ObservedResponse, refusal: Refusal, contract: Contract) -> Iterator[Judgement]:
    """Judge the response to a request that must be refused: its status, and the code of its reason."""
    expected = f"{' or '.join(map(str, sorted(refusal.statuses)))} for: {refusal.what}"
    refused = Property(refusal.what, refusal.kind, expected, law=refusal.law)
    is_refused = answer.status in refusal.statuses
    # 5xx and 429 say nothing about whether the target refuses the request.
    if answer.status < 500 and answer.status != 429:
        detail = f"it was answered with {answer.status}: {refusal.what}"
        yield Judgement(refused, answer, refusal.location, is_refused, detail)
    if is_refused:
        yield from _code_judgements(answer, contract.kit.errors, refusal.reason or refusal.what)


# The statuses that have one reason only, whatever was asked for.
_REASONS = {401: "unauthorized", 404: "not found"}


def error_judgements(answer: ObservedResponse, shape: ErrorShape) -> Iterator[Judgement]:
    """Judge the body of an error by its own status: it has that status, its code, and the code's URL."""
    code, status, more_info = (
        value_at(answer.excerpt, where) if where else None for where in (shape.code, shape.status, shape.more_info)
    )
    if isinstance(status, int):
        evidence = {shape.status.rpartition("/")[2]: status}
        detail = f"it says {status}, and the answer has {answer.status}"
        yield Judgement(BODY_STATUS, answer, shape.status, status == answer.status, detail, evidence)
    if isinstance(more_info, str):
        # JSON has one kind of number: 20404.0 is the code 20404.
        number = int(code) if isinstance(code, float) and code.is_integer() else code
        holds, detail = more_info.endswith(f"/{number}"), "it ends with something else"
        yield Judgement(BODY_MORE_INFO, answer, shape.more_info, holds, detail)
    if answer.status in _REASONS:
        yield from _code_judgements(answer, shape, _REASONS[answer.status])


def _code_judgements(answer: ObservedResponse, shape: ErrorShape, reason: str) -> Iterator[Judgement]:
    code, wanted = value_at(answer.excerpt, shape.code) if shape.code else None, shape.codes.get(reason)
    if isinstance(code, int | str) and wanted is not None:
        what = Property(f"code-{wanted}", Kind.ERROR_SHAPE, f"{wanted} for: {reason}", law="error-code")
        evidence = {shape.code.rpartition("/")[2]: code}
        yield Judgement(what, answer, shape.code, code == wanted, f"it is {code}", evidence)


@dataclass(frozen=True)
class InvalidValue:
    """A value that a parameter's schema does not allow.

    Attributes:
        operation: The operationId.
        parameter: The name of a query parameter: ``limit``.
        value: The value to send: ``1001``.
        what: What is wrong with it: ``too large``.
    """

    operation: str
    parameter: str
    value: str
    what: str


def invalid_values(contract: Contract) -> Iterator[InvalidValue]:
    """Values that the schema of a query parameter does not allow, for each one of the checked operations."""
    own = contract.kit.authentication.name
    for operation in contract.operations:
        for name, node in operation.parameters.items():
            if node.get("in") == "query" and name != own:
                location = contract.document.location(value_schema(node))
                for value, what in near_misses.invalid_values(location.items or location):
                    yield InvalidValue(operation.name, name, value, what)


def single_values(operation: Operation, document: Document) -> Iterator[tuple[str, str, str]]:
    """The query parameters that take a single value, each with two valid values: ``("limit", "1", "2")``."""
    for name, node in operation.parameters.items():
        schema = document.resolve(node.get("schema", {}))
        if node.get("in") != "query" or schema.get("type") == "array":
            continue
        if "enum" in schema:
            one, two = schema["enum"][0], schema["enum"][-1]
        elif schema.get("type") == "integer":
            one = schema.get("minimum", 1)
            two = min(one + 1, schema.get("maximum", one + 1))
        elif schema.get("format") in {"date", "date-time"}:
            one = two = "2026-01-01T00:00:00Z" if schema["format"] == "date-time" else "2026-01-01"
        else:
            one, two = "a", "b"
        yield name, str(one), str(two)


def strange_keys(contract: Contract, resource: Resource) -> dict[str, str]:
    """Keys that no resource has, by description (``unknown key``); the schema gives those that the kit does not."""
    node = contract.document.operation(resource.fetch).parameters.get(resource.parameter, {})
    schema = contract.document.resolve(node.get("schema", {}))
    is_number = schema.get("type") == "integer"
    nobodys = str(schema.get("maximum", 2**31 - 1)) if is_number else "00000000-0000-4000-8000-000000000000"
    keys = {
        "unknown key": resource.nobodys_key or nobodys,
        "malformed key": resource.malformed_key or ("x" if is_number else ""),
        "key of another kind": resource.others_key,
    }
    return {what: key for what, key in keys.items() if key}


def operations_below(contract: Contract, resource: Resource, paths: Collection[str]) -> list[str]:
    """The operations that take a resource's key and have a known path: its fetch, and its children's lists."""
    lists = [each.list for each in contract.kit.resources if each.parent == resource.name and each.list]
    return [each for each in (resource.fetch, *lists) if each in paths]
