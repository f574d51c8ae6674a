"""What a document promises, in a normal form: two documents that mean the same have the same.

`reading` and `composition` make it, `comparing` holds two of them side by side.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from contract_kit.diff.source import Place

_TELLING = frozenset({"type", "properties", "enum", "items", "oneOf", "anyOf", "format", "pattern"})

REQUEST, RESPONSE = "request", "response"
"""Directions: what the consumer sends, and what it gets."""


@dataclass(frozen=True, slots=True)
class Part:
    """A schema as it is written: one of those that a value must all match.

    Attributes:
        raw: The mapping, its own ``$ref`` and ``allOf`` aside.
        place: Where it stands.
    """

    raw: Mapping[str, Any]
    place: Place


Parts = tuple[Part, ...]
"""The schemas that a value must all match; none for any value."""


@dataclass(frozen=True, slots=True)
class Written:
    """A schema where another node holds it, not read yet.

    Attributes:
        raw: What stands there: a mapping, or ``true`` or ``false``.
        place: Where.
    """

    raw: Any
    place: Place


@dataclass(frozen=True, slots=True)
class Branch:
    """One of the schemas of which a value matches some."""

    label: str
    values: tuple[str, ...]
    schema: Written


@dataclass(frozen=True, slots=True)
class Union:
    """A ``oneOf`` or ``anyOf``.

    Attributes:
        keyword: Which of them.
        branches: Its branches, without one for null.
        place: Where it stands.
        discriminator: The property that tells the branches apart, or ``""``.
        is_mapped: Whether the document says which value stands for which branch.
    """

    keyword: str
    branches: tuple[Branch, ...]
    place: Place
    discriminator: str = ""
    is_mapped: bool = False


@dataclass(frozen=True, eq=False)
class Schema:
    """The schemas of one value, merged.

    Attributes:
        parts: What it was merged of.
        types: The types without null; None for any. ``number`` stands for integers, too.
        is_nullable: Whether null is allowed; of no meaning where any type is.
        enum: The allowed values without null by their JSON; None for any.
        limits: Keywords whose values need no other schema: ``{"minLength": 3, "format": "uuid"}``.
        required: The keys that an object must have.
        properties: The schemas of named keys, all of which a value must match.
        closed: Whether no other key is allowed.
        additional: The schemas of the values of all other keys.
        items: The schemas of an array's items.
        unions: Its ``oneOf`` and ``anyOf``.
        inner: Schemas below other keywords: ``{("not",): …, ("dependentSchemas", "a"): …}``.
        is_read_only: Whether requests do not have it.
        is_write_only: Whether responses do not have it.
        notes: What cannot be seen on the wire: ``{"description": "…"}``.
    """

    parts: Parts
    types: frozenset[str] | None
    is_nullable: bool
    enum: Mapping[str, Any] | None
    limits: Mapping[str, Any]
    required: frozenset[str]
    properties: Mapping[str, tuple[Written, ...]]
    closed: bool
    additional: tuple[Written, ...]
    items: tuple[Written, ...]
    unions: tuple[Union, ...]
    inner: Mapping[tuple[str, ...], tuple[Written, ...]]
    is_read_only: bool
    is_write_only: bool
    notes: Mapping[str, Any]

    @cached_property
    def core(self) -> tuple[int, ...]:
        """What tells whether it is another schema again with no more than a description or `readOnly` around it."""
        parts = [part.raw for part in self.parts if _TELLING & part.raw.keys()] or [part.raw for part in self.parts]
        return tuple(map(id, parts))

    @property
    def place(self) -> Place:
        """Where the outermost of its parts stands that says something about values."""
        return next((part.place for part in self.parts if _TELLING & part.raw.keys()), self.parts[0].place)

    def place_of(self, *steps: str) -> Place:
        """Where a keyword stands: the first part that has it; the schema itself where none has."""
        for part in self.parts:
            node: Any = part.raw
            for number, step in enumerate(steps):
                if not isinstance(node, Mapping) or step not in node:
                    # An entry of a list, such as a name in `required`.
                    node = None if number == 0 else node
                    break
                node = node[step]
            else:
                return part.place.below(*steps)
            if node is not None and steps[0] in part.raw:
                return part.place.below(steps[0])
        return self.place


@dataclass(frozen=True)
class MediaType:
    """A body in one media type.

    Attributes:
        schema: Its schema; empty for any body.
        encoding: How the parts of a form are sent, as it is written.
    """

    schema: tuple[Written, ...]
    encoding: Any
    notes: Mapping[str, Any]
    place: Place


@dataclass(frozen=True)
class Parameter:
    """A parameter, or a header of a response.

    Attributes:
        location: ``query``, ``path``, ``header`` or ``cookie``.
        name: As it is sent: ``limit``.
        required: Whether it must be there.
        settings: ``style``, ``explode``, ``allowReserved``, ``allowEmptyValue``, ``deprecated``; with their defaults.
        schema: The schema of its value.
        content: Its value in a media type, in the place of a schema.
    """

    location: str
    name: str
    required: bool
    settings: Mapping[str, Any]
    schema: tuple[Written, ...]
    content: Mapping[str, MediaType]
    notes: Mapping[str, Any]
    place: Place


@dataclass(frozen=True)
class Body:
    """The body of a request."""

    required: bool
    content: Mapping[str, MediaType]
    notes: Mapping[str, Any]
    place: Place


@dataclass(frozen=True)
class DocumentedResponse:
    """What comes with one status."""

    headers: Mapping[str, Parameter]
    content: Mapping[str, MediaType]
    notes: Mapping[str, Any]
    place: Place


Alternative = Mapping[str, frozenset[str]]
"""Security schemes that are needed together, by what they are, with their scopes; empty for no credentials."""


@dataclass(frozen=True)
class Security:
    """Which credentials an operation takes.

    Attributes:
        alternatives: One of them is enough.
        names: What the document calls each scheme.
    """

    alternatives: tuple[Alternative, ...]
    names: Mapping[str, str]
    place: Place


@dataclass(frozen=True)
class DocumentedOperation:
    """An operation, a webhook, or a callback of an operation.

    Attributes:
        name: ``GET /v1/items/{id}``, ``POST webhook:ended``.
        is_received: Whether the service sends the request, and the consumer answers.
        parameters: By location and name; those of the path by their number there.
        responses: By status: ``200``, ``5XX``, ``default``.
        servers: By URL; what their variables may be.
        callbacks: By the name of the callback and their method.
        written: What is compared before anything is read.
    """

    name: str
    is_received: bool
    parameters: Mapping[tuple[str, str], Parameter]
    body: Body | None
    responses: Mapping[str, DocumentedResponse]
    security: Security
    servers: Mapping[str, tuple[Any, Place]]
    deprecated: bool
    notes: Mapping[str, Any]
    callbacks: Mapping[str, DocumentedOperation]
    place: Place


@dataclass(frozen=True)
class ApiContract:
    """All operations of a document, by method and template, the names in braces aside: ``GET /v1/items/{}``."""

    operations: Mapping[str, DocumentedOperation]
    notes: Mapping[str, tuple[Any, Place]]
