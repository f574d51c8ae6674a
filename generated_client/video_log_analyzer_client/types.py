"""What the models are made of, and what an answer is."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Annotated, Any, Generic, Literal, Self, TypeVar, cast

import msgspec

from . import errors, reading

UNSET = msgspec.UNSET
Unset = msgspec.UnsetType

Instant = Annotated[datetime, msgspec.Meta(tz=True)]
"""An instant: always an aware datetime, with microseconds at the most."""

T = TypeVar("T")


class _Open:
    """What both kinds of enum have."""

    _value_: Any
    _value2member_map_: dict[Any, Any]

    @property
    def is_known(self) -> bool:
        """Whether the document lists this value."""
        return self._value_ in type(self)._value2member_map_

    def __repr__(self) -> str:
        known = f"{type(self).__name__}.{getattr(self, 'name')}"  # noqa: B009
        return f"<{known if self.is_known else type(self).__name__}: {self._value_!r}{'' if self.is_known else ', unknown'}>"


class OpenEnum(_Open, StrEnum):
    """An enum that also takes values that the document does not list: they become members that keep their value."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, str):
            return None
        text = str.__str__(value)
        member = str.__new__(cls, text)
        member._name_ = member._value_ = text
        return member


class OpenIntEnum(_Open, IntEnum):
    """The same of integers."""

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        if not isinstance(value, int) or isinstance(value, bool):
            return None
        member = int.__new__(cls, value)
        member._name_, member._value_ = str(int(value)), int(value)
        return member


class Model(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer. It cannot be changed; ``msgspec.structs.replace`` makes changed copies."""

    def to_dict(self, *, mode: Literal["json", "python"] = "json") -> dict[str, Any]:
        """The values as JSON has them, ready for ``json.dumps``; with ``mode="python"`` instants are datetimes."""
        kept = (datetime,) if mode == "python" else ()
        built: dict[str, Any] = msgspec.to_builtins(self, builtin_types=kept)
        return built

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={_shown(getattr(self, name))}" for name in self.__struct_fields__)
        return f"{type(self).__name__}({shown})"

    def _repr_html_(self) -> str:
        """A table, for notebooks."""
        from . import tables

        return tables.html(self)

    def to_json(self) -> bytes:
        """The values as JSON."""
        return msgspec.json.encode(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Self:
        """The model for values as JSON has them; raises ``errors.UnreadableResponse``."""
        return cls.from_json(msgspec.json.encode(values))

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """The model for JSON; raises ``errors.UnreadableResponse``."""
        return reading.read(content, cls, reading.Origin(cls.__name__))


class Answer(Model, frozen=True, kw_only=True, dict=True):
    """What may be a whole answer. One that came over HTTP keeps the body that it was read from."""

    @property
    def raw(self) -> "RawResponse":
        """The response, whose body is kept as it came.

        Raises ``errors.NoRawResponse`` where there is none: for a row of a page (ask the page), and for what was
        copied, unpickled or made by hand.
        """
        kept: RawResponse | None = self.__dict__.get("raw_response")
        if kept is None:
            raise errors.NoRawResponse(type(self).__name__)
        return kept


class PageAnswer(Answer, frozen=True, kw_only=True, dict=True):
    """A page of a list. One that came over HTTP knows how to ask for the next."""

    @property
    def has_next_page(self) -> bool:
        """Whether a page follows."""
        return links_of(self)[1] is not None

    def to_arrow(self) -> Any:
        """The rows as a ``pyarrow.Table``, its types those of the document; needs ``pip install 'video-log-analyzer-client[arrow]'``.

        Instants are timestamps in UTC; a value that is null or absent is null.
        """
        from . import tables

        return tables.arrow(tables.rows_of(self), tables.row_kind(type(self)))

    def next_page(self) -> Self | None:
        """The page that follows, None after the last; for a page of a ``Client``. Raises what ``pages`` raises."""
        following: Self | None = self._following(is_asynchronous=False)
        return following

    async def next_page_async(self) -> Self | None:
        """The page that follows, None after the last; for a page of an ``AsyncClient``."""
        following = self._following(is_asynchronous=True)
        return None if following is None else await following

    def _following(self, *, is_asynchronous: bool) -> Any:
        from . import paging
        from .client import AsyncClient

        client, request = self.__dict__.get("walk", (None, None))
        if client is None:
            raise errors.NoRawResponse(type(self).__name__)
        if isinstance(client, AsyncClient) != is_asynchronous:
            name = "next_page" if is_asynchronous else "next_page_async"
            raise errors.ConfigurationError(f"this page is of a {type(client).__name__}: call {name}()")
        following = paging.following(client.base_url, request, *links_of(self))
        return None if following is None else client.fetch(following)


def _shown(value: object) -> str:
    """A value on one line: a list of models by their number."""
    if isinstance(value, list):
        rows = cast("list[object]", value)
        return f"<{len(rows)} × {type(rows[0]).__name__}>" if rows and isinstance(rows[0], Model) else repr(rows)
    return repr(value)


def links_of(page: PageAnswer) -> tuple[str, str | None]:
    """What a page says of its own address, and of that of the next one."""
    meta: Any = getattr(page, "meta")  # noqa: B009
    return meta.url, meta.next_page_url


@dataclass(frozen=True, slots=True)
class RawResponse:
    """An answer as it came.

    Attributes:
        operation: Which operation it answers, for example ``list_rooms``.
        status_code: Its HTTP status, for example 200.
        headers: Its headers; names in any case.
        content: Its body, verbatim.
        kind: The class that reads it.
    """

    operation: str
    status_code: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    kind: type[Answer]

    @property
    def request_id(self) -> str | None:
        """The service's id for the request, to quote to its support."""
        return self.headers.get("Twilio-Request-Id")

    @property
    def origin(self) -> reading.Origin:
        """What an error says about where it comes from."""
        return reading.Origin(self.operation, self.status_code, self.request_id)

    def json(self) -> Any:
        """The body as JSON has it; raises ``errors.UnreadableResponse``."""
        return reading.parse(self.content, self.origin)

    def deviations(self) -> list[reading.Deviation]:
        """All that the document does not know, or that it promises and that is not there."""
        return reading.deviations(self.content, self.kind, self.origin)

    def extra_keys(self) -> dict[str, Any]:
        """The keys that the document does not know, and their values: ``{"/rooms/3/new_key": 1}``."""
        return {each.pointer: each.value for each in self.deviations() if each.kind == "extra key"}

    def missing_keys(self) -> list[str]:
        """The keys that the document promises and that are not there: ``["/rooms/3/room_name"]``."""
        return [each.pointer for each in self.deviations() if each.kind == "missing key"]

    def unknown_values(self) -> dict[str, Any]:
        """The values of enums that the document does not list: ``{"/rooms/3/media_region": "us9"}``."""
        return {each.pointer: each.value for each in self.deviations() if each.kind == "unknown value"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A request that is about to be sent; a hook may add to its headers.

    Attributes:
        operation: Which operation it asks for.
        url: Its whole address.
        headers: Its headers, without the credentials, which are added later.
    """

    operation: str
    url: str
    headers: MutableMapping[str, str]


@dataclass(frozen=True, slots=True)
class Response(Generic[T]):
    """What the plain functions with ``_detailed`` in their name give.

    Attributes:
        raw: The answer as it came.
        parsed: The body; None where an error's body is not what the document says.
    """

    raw: RawResponse
    parsed: T | None

    @property
    def status_code(self) -> int:
        """The HTTP status, for example 200; also one that nobody knows."""
        return self.raw.status_code

    @property
    def headers(self) -> Mapping[str, str]:
        """The headers; names in any case."""
        return self.raw.headers

    @property
    def content(self) -> bytes:
        """The body, verbatim."""
        return self.raw.content


__all__ = [
    "UNSET",
    "Answer",
    "Instant",
    "Model",
    "OpenEnum",
    "OpenIntEnum",
    "PageAnswer",
    "RawResponse",
    "Response",
    "Sent",
    "Unset",
    "links_of",
]
