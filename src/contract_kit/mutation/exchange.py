"""A request and an answer on their way through the proxy, and what a mutation may know about them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Self
from urllib.parse import parse_qsl, urlencode

from contract_kit.api import ApiKit, Credentials, Resource
from contract_kit.contract import Contract
from contract_kit.document import Operation

Pairs = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class ProxyRequest:
    """A request as it arrived, or as it goes on to the service; path and query are still percent-encoded."""

    method: str
    path: str
    query: str = ""
    headers: Pairs = field(default=(), repr=False)
    body: bytes = b""

    @cached_property
    def pairs(self) -> Pairs:
        """The query as pairs: ``(("limit", "5"),)``."""
        return tuple(parse_qsl(self.query, keep_blank_values=True))

    def values(self, name: str) -> list[str]:
        """All values of a query parameter."""
        return [value for key, value in self.pairs if name and key == name]

    def with_pairs(self, pairs: Pairs) -> Self:
        """The request with another query; itself if the pairs are the same."""
        return self if pairs == self.pairs else replace(self, query=urlencode(pairs))

    def with_value(self, name: str, value: str) -> Self:
        """The request with one value for a query parameter."""
        return self.with_pairs((*self.without(name).pairs, (name, value)))

    def without(self, *names: str) -> Self:
        """The request without these query parameters."""
        return self.with_pairs(tuple(pair for pair in self.pairs if pair[0] not in names))

    def header(self, name: str) -> str:
        """The value of a header; ``""`` if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def with_header(self, name: str, value: str | None) -> Self:
        """The request with one header of this name, or with none."""
        others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=others if value is None else (*others, (name, value)))

    @property
    def target(self) -> str:
        """Path and query."""
        return f"{self.path}?{self.query}" if self.query else self.path


@dataclass(frozen=True)
class Delivery:
    """How an answer is put on the wire.

    Attributes:
        version: The version in the status line.
        reason: The reason phrase; None for the usual one.
        interim: The statuses of interim answers that are sent first: ``(103,)``.
        chunk: The size of the chunks; 0 for a Content-Length.
        extension: An extension of each chunk: ``;note=1``.
        trailers: Fields behind the last chunk.
        closes: Whether the connection ends behind the answer, and says so.
        drops: ``close`` or ``reset``: the connection ends without an answer; ``cut``: in the middle of the body;
            ``silent``: behind the answer, which does not say so.
        pause: Seconds before the answer.
        pieces: The number of pieces in which head and body are sent.
        gap: Seconds between two pieces.
    """

    version: str = "HTTP/1.1"
    reason: str | None = None
    interim: tuple[int, ...] = ()
    chunk: int = 0
    extension: str = ""
    trailers: Pairs = ()
    closes: bool = False
    drops: str = ""
    pause: float = 0.0
    pieces: int = 1
    gap: float = 0.0


@dataclass(frozen=True)
class ProxyAnswer:
    """An answer of the service, or what becomes of it; its body is not compressed until a mutation does that.

    ``is_ours`` is whether ``with_document`` has written the body, which can then be compared without reading it.
    """

    status: int
    headers: Pairs
    body: bytes = b""
    delivery: Delivery = Delivery()
    is_ours: bool = field(default=False, compare=False)

    def document(self) -> Any:
        """The body as JSON values that the caller may change; None if it is not JSON."""
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    def with_document(self, document: Any) -> Self:
        """The answer with another body; itself if that says the same."""
        text = json.dumps(document, ensure_ascii=False)
        body = text.encode("utf-8", "surrogatepass")
        # Compared as text, since 1, 1.0 and True are equal values.
        if body == self.body or (not self.is_ours and text == json.dumps(self.document(), ensure_ascii=False)):
            return self
        return replace(self, body=body, is_ours=True)

    def header(self, name: str) -> str:
        """The value of a header; ``""`` if there is none."""
        return next((value for key, value in self.headers if key.lower() == name.lower()), "")

    def has(self, name: str) -> bool:
        """Whether there is a header of this name."""
        return any(key.lower() == name.lower() for key, _ in self.headers)

    def with_header(self, name: str, value: str | None) -> Self:
        """The answer with one header of this name, or with none."""
        others = tuple(pair for pair in self.headers if pair[0].lower() != name.lower())
        return replace(self, headers=others if value is None else (*others, (name, value)))

    def delivered(self, **changes: Any) -> Self:
        """The answer, delivered in another way."""
        return replace(self, delivery=replace(self.delivery, **changes))


@dataclass
class Scene:
    """What one planted mutation knows and remembers.

    Attributes:
        contract: The kit and its document.
        credentials: The right credentials.
        send: Sends a request to the service, past all mutations.
        memory: What the mutation remembers from one request to the next.
    """

    contract: Contract
    credentials: Credentials
    send: Callable[[ProxyRequest], ProxyAnswer] = field(repr=False)
    memory: dict[str, Any] = field(default_factory=dict)

    @property
    def kit(self) -> ApiKit:
        """The kit."""
        return self.contract.kit

    def operation(self, request: ProxyRequest) -> Operation | None:
        """The operation that the request asks for, or None."""
        return self.contract.document.operation_at(request.path) if request.method == "GET" else None

    def listed(self, request: ProxyRequest) -> Resource | None:
        """The resource that the request lists, or None."""
        operation = self.operation(request)
        return self.kit.listed_by(operation.name) if operation else None

    def resource(self, request: ProxyRequest) -> Resource | None:
        """The resource that the request lists or fetches, or None."""
        operation = self.operation(request)
        return (self.kit.listed_by(operation.name) or self.kit.fetched_by(operation.name)) if operation else None


def rows_in(document: Any, resource: Resource, *, listed: bool) -> list[dict[str, Any]]:
    """The resources that a successful answer holds, to be changed in place."""
    if not listed:
        return [document] if isinstance(document, dict) else []
    found = array_in(document, resource)
    return [row for row in found or [] if isinstance(row, dict)]


def array_in(document: Any, resource: Resource) -> list[Any] | None:
    """The array with the rows of a list, to be changed in place."""
    found = document
    for step in filter(None, resource.rows.split("/")):
        found = found.get(step) if isinstance(found, dict) else None
    return found if isinstance(found, list) else None


def set_at(document: Any, pointer: str, value: Any) -> None:
    """Set the value at a pointer of plain keys, where its parent is there."""
    *above, last = pointer.strip("/").split("/")
    for step in above:
        document = document.get(step) if isinstance(document, dict) else None
    if isinstance(document, dict) and last in document:
        document[last] = value


def is_data(answer: ProxyAnswer) -> bool:
    """Whether the answer is a success with a body."""
    return answer.status == 200 and bool(answer.body)


def same_request(request: ProxyRequest, scene: Scene) -> ProxyRequest:
    """Leave the request as it is."""
    return request


def same_answer(answer: ProxyAnswer, request: ProxyRequest, scene: Scene) -> ProxyAnswer:
    """Leave the answer as it is."""
    return answer
