"""What is asked for, and how arguments are written into it."""

from collections.abc import Iterable, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from math import isfinite
from typing import Any, Generic, TypeVar, cast
from urllib.parse import quote
from uuid import UUID

from . import errors
from .types import Answer

CREDENTIALS_HEADER = "Authorization"

A = TypeVar("A", bound=Answer)


@dataclass(frozen=True, slots=True)
class Request(Generic[A]):
    """One request.

    Attributes:
        operation: Which operation it asks for, by its ``operationId``.
        path: The path below the client's base URL, or a whole URL.
        query: Names and values, several of one name one after the other.
        kind: What reads the body of a success.
        failure: What reads a body of an error.
        headers: Further headers.
        method: The method: ``GET``.
        content: The body, as JSON.
        successes: The statuses of a success.
        about: The attributes of the answer that say what it is about, and the values that were asked for.
    """

    operation: str
    path: str
    query: tuple[tuple[str, str], ...]
    kind: type[A]
    failure: type[Answer]
    about: tuple[tuple[str, str], ...] = ()
    headers: tuple[tuple[str, str], ...] = ()
    method: str = "GET"
    content: bytes | None = None
    successes: tuple[int, ...] = (200,)

    @property
    def is_repeatable(self) -> bool:
        """Whether sending it twice does no more than sending it once (RFC 9110)."""
        return self.method not in {"POST", "PATCH"}


def path(template: str, **values: str) -> str:
    """Fill values into a path; raises ``errors.InvalidArgument`` where that would make another path."""
    for name, value in values.items():
        # "" and ".." would lead to another operation; everything else is the service's to judge.
        if not isinstance(cast("object", value), str) or not value.strip("."):
            raise errors.InvalidArgument(f"{name} is {value!r}: give an identifier, such as the one that a list shows")
        require_clean(name, value)
    return template.format(**{name: quote(value, safe="") for name, value in values.items()})


def text(name: str, value: object) -> str:
    """A number, a date or another scalar as it is written into a path; raises ``errors.InvalidArgument``."""
    return "" if value is None else "".join(_texts(name, value, float, date, UUID))


def joined(name: str, value: object, separator: str) -> str | None:
    """A list as one value; raises ``errors.InvalidArgument`` for a value that holds what separates them."""
    if value is None:
        return None
    texts = list(_texts(name, value, float, date, UUID))
    if wrong := [each for each in texts if separator in each]:
        raise errors.InvalidArgument(
            f"{name} holds {wrong[0]!r}: {separator!r} separates the values, and cannot be in one"
        )
    return separator.join(texts)


def headers(parameters: Mapping[str, tuple[str, object] | tuple[str, object, type]]) -> tuple[tuple[str, str], ...]:
    """Write arguments as headers, by the same rules as ``query``; raises ``errors.InvalidArgument`` for line ends."""
    written = query(parameters)
    for name, text in written:
        if not text.isascii() or not text.isprintable():
            raise errors.InvalidArgument(f"{parameters[name][0]} is {text!r}: a header takes printable ASCII alone")
    return written


def require_clean(name: str, value: str) -> None:
    """Raise ``errors.InvalidArgument`` for blanks around an identifier, such as the line end of the file it is from."""
    if value != value.strip() or not value.isprintable():
        raise errors.InvalidArgument(
            f"{name} is {value!r}: take away the blanks and line ends, for example by .strip()"
        )


def query(parameters: Mapping[str, tuple[str, object] | tuple[str, object, type]]) -> tuple[tuple[str, str], ...]:
    """Write arguments as a query.

    Args:
        parameters: By the name that is sent, the argument's own name and its value; None is left out. A type that follows
            is taken beside text, truth, integers and instants.
    """
    for name, value, *_ in parameters.values():
        if name.endswith("token") and isinstance(value, str):
            require_clean(name, value)
    return tuple(
        (wire_name, text)
        for wire_name, (name, value, *kinds) in parameters.items()
        if value is not None
        for text in _texts(name, value, *kinds)
    )


def _texts(name: str, value: object, *kinds: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield str.__str__(value)
    elif isinstance(value, bool):
        yield "true" if value else "false"
    elif isinstance(value, int):
        yield str(value)
    elif isinstance(value, datetime):
        yield _instant(name, value)
    elif isinstance(value, kinds) and not (isinstance(value, float) and not isfinite(value)):
        # A float, a date or a UUID, each of which str() writes as it is sent.
        yield str(value)
    elif isinstance(value, (list, tuple, set, frozenset, Iterator, KeysView, ValuesView)):
        is_empty = True
        for each in cast("Iterable[object]", value):
            is_empty = False
            yield from _texts(name, each, *kinds)
        if is_empty:
            raise errors.InvalidArgument(
                f"{name} is empty, which would choose everything: give at least one value, or None for no choice"
            )
    else:
        kind: type[object] = type(value)
        raise errors.InvalidArgument(f"{name} is {value!r}: a {kind.__name__} cannot be sent")


def _instant(name: str, value: datetime) -> str:
    """An instant in UTC and whole seconds, the resolution of the service; a fraction is rounded up.

    Rounding up changes nothing for times in whole seconds: none lies between the instant and the next second.
    """
    # NaT of pandas is an instance of datetime, and equal to nothing.
    if value != value:  # noqa: PLR0124
        raise errors.InvalidArgument(f"{name} is {value!r}, which is no instant: leave it out, or give a datetime")
    if value.utcoffset() is None:
        raise errors.InvalidArgument(
            f"{name} is {value!r}, which has no time zone: say which instant is meant, "
            "for example datetime(2026, 11, 20, tzinfo=UTC) or datetime.now(UTC)"
        )
    # A subclass may have more than microseconds, and another isoformat().
    is_whole = not value.microsecond and not getattr(value, "nanosecond", 0)
    fields = value.year, value.month, value.day, value.hour, value.minute, value.second
    try:
        moment = datetime(*fields, tzinfo=value.tzinfo, fold=value.fold).astimezone(UTC)
        if not is_whole or moment.microsecond:
            moment = moment.replace(microsecond=0) + timedelta(seconds=1)
    except OverflowError:
        raise errors.InvalidArgument(f"{name} is {value!r}: in UTC that lies beyond the years 1 to 9999") from None
    return moment.isoformat().replace("+00:00", "Z")
