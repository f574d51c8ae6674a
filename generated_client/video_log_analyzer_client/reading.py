"""How an answer's body becomes a model, and how it does not."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from functools import cache
from types import UnionType
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    Union,
    cast,
    get_args,
    get_origin,
)

import msgspec

from . import errors

if TYPE_CHECKING:
    from .types import OpenEnum

M = TypeVar("M", bound=msgspec.Struct)

# Longer integers than these digits are no numbers that anybody counts with; Python, too, reads no longer ones.
_MOST_DIGITS = 4300
# As many as the largest float has.
_MOST_ZEROS = 308
# All that msgspec raises: what is no JSON or another type, what is no UTF-8, what is nested too deep.
_REFUSALS = (msgspec.MsgspecError, ValueError, RecursionError)
_WRONG_TYPE = re.compile(r"Expected `(?P<expected>[^`]+)`")
_MISSING = re.compile(r"Object missing required field `(?P<name>[^`]+)`")
_STEP = re.compile(r"\.(?P<name>[^.\[]+)|\[(?P<index>\d+)\]")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a body comes from, for errors: the operation, the status, the service's id of the request."""

    operation: str
    status: int = 200
    request_id: str | None = None


@dataclass(frozen=True, slots=True)
class Deviation:
    """Something in an answer that the document does not know, or that it promises and that is missing.

    Attributes:
        operation: Whose answer it is.
        pointer: Where, as a JSON pointer: ``/rooms/3/media_region``.
        kind: What kind it is of.
        value: What is there; None for a missing key.
    """

    operation: str
    pointer: str
    kind: Literal["unknown value", "extra key", "missing key"]
    value: object = None

    def __str__(self) -> str:
        return f"{self.operation}: {self.kind} at {self.pointer}"


def read(content: bytes, kind: type[M], origin: Origin) -> M:
    """The model for a body; raises ``errors.UnreadableResponse``."""
    try:
        decoder: msgspec.json.Decoder[M] = _decoder(kind)
        return decoder.decode(content)
    except _REFUSALS:
        # Perhaps only because an integer is written as 3.0, which JSON Schema allows: see how far that goes.
        values = parse(content, origin)
    try:
        return msgspec.convert(values, kind)
    except _REFUSALS as error:
        raise _explained(error, values, content, origin) from None


def parse(content: bytes, origin: Origin) -> Any:
    """A body as JSON has it, integral numbers as integers; raises ``errors.UnreadableResponse``."""
    try:
        return _generic.decode(content)
    except _REFUSALS as error:
        raise _unreadable(origin, "", "JSON", f"{_looks(content)} ({error})", content) from None


def deviations(values: object, kind: Any, operation: str, pointer: str = "") -> Iterator[Deviation]:
    """What in ``values``, which ``kind`` can read, is not what ``kind`` knows."""
    for option in _options(kind):
        if isinstance(values, dict) and isinstance(option, type) and issubclass(option, msgspec.Struct):
            yield from _of_object(cast("dict[str, object]", values), option, operation, pointer)
        elif isinstance(values, list) and get_origin(option) is list:
            for number, each in enumerate(cast("list[object]", values)):
                yield from deviations(each, get_args(option)[0], operation, f"{pointer}/{number}")
        elif isinstance(values, str) and _is_enum(option) and not cast("type[OpenEnum]", option)(values).is_known:
            yield Deviation(operation, pointer, "unknown value", values)


def _of_object(
    values: dict[str, object], kind: type[msgspec.Struct], operation: str, pointer: str
) -> Iterator[Deviation]:
    fields = {each.encode_name: each for each in msgspec.structs.fields(kind)}
    for name, value in values.items():
        place = f"{pointer}/{_escaped(name)}"
        if name not in fields:
            yield Deviation(operation, place, "extra key", value)
        else:
            yield from deviations(value, fields[name].type, operation, place)
    for name, each in fields.items():
        if name not in values and each.default is not msgspec.UNSET:
            yield Deviation(operation, f"{pointer}/{_escaped(name)}", "missing key")


def _explained(error: Exception, values: Any, content: bytes, origin: Origin) -> errors.UnreadableResponse:
    """Msgspec's error, as one that says where, what was expected and what was found."""
    text, _, path = str(error).rpartition(" - at `$")
    text = text or str(error)
    steps = (
        [each["name"] or int(each["index"]) for each in _STEP.finditer(path.rstrip("`"))] if text != str(error) else []
    )
    pointer = "".join(f"/{_escaped(str(step))}" for step in steps)
    if missing := _MISSING.match(text):
        return _unreadable(origin, f"{pointer}/{missing['name']}", "a value", "nothing: the key is missing", content)
    wrong = _WRONG_TYPE.match(text)
    expected = "an aware RFC 3339 date-time that Python can hold" if "datetime" in text else text
    if wrong and "datetime" not in text:
        expected = wrong["expected"].replace("|", "or")
    found = values
    for step in steps:
        found = found[step]
    return _unreadable(origin, pointer, expected, shown(found), content)


def _unreadable(origin: Origin, pointer: str, expected: str, found: str, content: bytes) -> errors.UnreadableResponse:
    return errors.UnreadableResponse(
        origin.operation, origin.status, origin.request_id, pointer, expected, found, content
    )


def _integral(text: str) -> int | float:
    """A number with a fraction or an exponent: an integer where it is one."""
    try:
        number = Decimal(text)
        # An exponent of a few characters may stand for thousands of digits, each such number for a millisecond.
        is_short = number.adjusted() < min(_MOST_DIGITS, len(text) + _MOST_ZEROS)
        if is_short and number == (whole := int(number)):
            return whole
    except DecimalException:
        pass
    return float(text)


def _options(kind: Any) -> tuple[Any, ...]:
    return get_args(kind) if get_origin(kind) in {Union, UnionType} else (kind,)


def _is_enum(option: Any) -> bool:
    return isinstance(option, type) and hasattr(option, "is_known")


def _escaped(name: str) -> str:
    """A key as a step of a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def shown(value: Any) -> str:
    """A value as an error shows it: its JSON type, and the value itself if it is short."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else "an array"
    name = "a string" if isinstance(value, str) else "a number"
    text = repr(cast("object", value)) if not isinstance(value, int) or abs(value) < 10**40 else "with many digits"
    return f"{name}: {text if len(text) <= 60 else text[:60] + '…'}"


def _looks(content: bytes) -> str:
    """What a body that is no JSON looks like."""
    start = content[:200].lstrip()
    if not start:
        return "an empty body"
    if start.startswith(b"<"):
        return f"HTML or XML of {len(content)} bytes"
    return f"{len(content)} bytes that are none"


@cache
def _decoder(kind: type[msgspec.Struct]) -> Any:
    # Made when it is first needed, which spares the import.
    return msgspec.json.Decoder(kind)


_float_hook: Callable[[str], Any] = _integral
_generic: "msgspec.json.Decoder[Any]" = msgspec.json.Decoder(float_hook=_float_hook)
