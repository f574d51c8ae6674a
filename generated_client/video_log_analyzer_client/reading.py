"""How an answer's body becomes a model, and how it does not."""

import re
from collections.abc import Callable
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
    pass

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


class Deviation(msgspec.Struct, frozen=True):
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


def deviations(content: bytes, kind: type[msgspec.Struct], origin: Origin) -> list[Deviation]:
    """What in a body, which ``kind`` can read, is not what ``kind`` knows; raises ``errors.UnreadableResponse``."""
    try:
        _closed_decoder(kind).decode(content)
    except _REFUSALS:
        found: list[Deviation] = []
        check = _check_of(kind)
        if check is not None:
            check(parse(content, origin), origin.operation, None, found)
        return found
    return []


# Where a value stands: what it is in, and the step from there; None for the body. Only what is found needs a pointer.
_Place = tuple["_Place | None", str | int] | None
_Check = Callable[[Any, str, Any, list[Deviation]], None]


def _pointer(place: Any) -> str:
    steps: list[str] = []
    while place is not None:
        place, step = place
        steps.append(_escaped(str(step)))
    return "".join(f"/{step}" for step in reversed(steps))


@cache
def _check_of(kind: Any) -> _Check | None:
    """Finds the deviations of values of a type; None where there can be none."""
    checks: list[_Check] = []
    for option in options_of(kind):
        if get_origin(option) is list:
            inner = _check_of(get_args(option)[0])
            if inner is not None:
                checks.append(_of_list(inner))
        elif isinstance(option, type) and issubclass(option, msgspec.Struct):
            checks.append(_of_object(option))
        elif _is_enum(option):
            checks.append(_of_enum(_values_of(option)))
    if len(checks) < 2:
        return checks[0] if checks else None

    def check(value: Any, operation: str, place: Any, found: list[Deviation]) -> None:
        for each in checks:
            each(value, operation, place, found)

    return check


def _of_list(inner: _Check) -> _Check:
    def check(value: Any, operation: str, place: Any, found: list[Deviation]) -> None:
        if isinstance(value, list):
            for number, each in enumerate(cast("list[object]", value)):
                inner(each, operation, (place, number), found)

    return check


def _of_enum(known: frozenset[str | int]) -> _Check:
    def check(value: Any, operation: str, place: Any, found: list[Deviation]) -> None:
        if isinstance(value, (str, int)) and not isinstance(value, bool) and value not in known:
            found.append(Deviation(operation, _pointer(place), "unknown value", value))

    return check


def _known_values(kind: Any) -> frozenset[str | int] | None:
    """The values of a field that holds those of one enum, or null."""
    options = [each for each in options_of(kind) if each not in {type(None), msgspec.UnsetType}]
    return _values_of(options[0]) if len(options) == 1 and _is_enum(options[0]) else None


def _values_of(kind: Any) -> frozenset[str | int]:
    return frozenset(each.value for each in kind)


def _of_object(kind: type[msgspec.Struct]) -> _Check:
    fields = msgspec.structs.fields(kind)
    names = frozenset(each.encode_name for each in fields)
    promised = [each.encode_name for each in fields if each.default is not msgspec.UNSET]
    # Most fields that can deviate hold a value of one enum: these are looked up here, without a call for each.
    enums = {each.encode_name: known for each in fields if (known := _known_values(each.type)) is not None}
    below = [
        (each.encode_name, inner)
        for each in fields
        if each.encode_name not in enums and (inner := _check_of(each.type)) is not None
    ]

    def check(value: Any, operation: str, place: Any, found: list[Deviation]) -> None:
        if not isinstance(value, dict):
            return
        values = cast("dict[str, object]", value)
        first = len(found)
        met: list[str] = []
        get = values.get
        for name, known in enums.items():
            here = get(name)
            if here is not None and here not in known:
                found.append(Deviation(operation, _pointer((place, name)), "unknown value", here))
                met.append(name)
        for name, inner in below:
            here = get(name)
            if here is not None:
                before = len(found)
                inner(here, operation, (place, name), found)
                met += [name] * (len(found) - before)
        if values.keys() == names:
            extra: list[str] = []
        else:
            extra = [name for name in values if name not in names]
            found += [Deviation(operation, _pointer((place, name)), "extra key", values[name]) for name in extra]
        met += extra
        if len(met) > 1:
            # In the order of the body.
            order = {name: number for number, name in enumerate(values)}
            pairs = sorted(zip(met, found[first:], strict=True), key=lambda pair: order[pair[0]])
            found[first:] = [each for _, each in pairs]
        if len(values) - len(extra) < len(names):
            found += [
                Deviation(operation, _pointer((place, name)), "missing key") for name in promised if name not in values
            ]

    return check


@cache
def _closed(kind: Any) -> Any:
    """A type that reads what another does, but nothing that it does not know: the fast way to see that all is known."""
    if get_origin(kind) is list:
        return list[_closed(get_args(kind)[0])]  # type: ignore[misc]
    if len(options_of(kind)) > 1:
        return Union[tuple(map(_closed, options_of(kind)))]  # noqa: UP007
    if _is_enum(kind):
        return Literal[tuple(_values_of(kind))]
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return kind
    fields: list[Any] = []
    for each in msgspec.structs.fields(kind):
        default = msgspec.UNSET if each.default is msgspec.UNSET else msgspec.NODEFAULT
        fields.append((each.name, _closed(each.type), msgspec.field(name=each.encode_name, default=default)))
    return cast("Any", msgspec.defstruct(str(kind.__name__), fields, forbid_unknown_fields=True, kw_only=True))


@cache
def _closed_decoder(kind: type[msgspec.Struct]) -> "msgspec.json.Decoder[Any]":
    return msgspec.json.Decoder(_closed(kind))


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


def options_of(kind: Any) -> tuple[Any, ...]:
    """The types of a union, or the one type."""
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
