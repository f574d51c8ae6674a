"""Read the elements of one list in a YAML file from libyaml's events, so that no tag can run code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import yaml

from contract_kit.masking import plain_name
from contract_kit.recordings.bounds import CASSETTE, mebibytes
from contract_kit.recordings.building import Bounded
from contract_kit.recordings.exchange import from_base64
from contract_kit.recordings.json_stream import TOO_LARGE
from contract_kit.recordings.source import MalformedError

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


def yaml_elements(chunks: Iterable[bytes], array: str, whole: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield each element of the list under the top-level key ``array``, and the value under ``whole``.

    Plain integers and null are read as such, ``!!binary`` as bytes, everything else as text. An alias gives the same
    object as its anchor, so repeated aliases cannot fill the memory.

    Raises:
        MalformedError: it is not YAML, is too large, or has a duplicate key; everything before the error is yielded.
    """
    loader = _LOADER(_Stream(chunks))
    try:
        yield from _Reader(loader).elements(array, whole)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = f"line {mark.line + 1}" if mark else ""
        raise MalformedError(place, f"is not YAML ({error.problem or error.context}): record it again") from None
    except yaml.YAMLError as error:
        raise MalformedError("", f"is not YAML ({str(error).splitlines()[0][:120]}): record it again") from None
    finally:
        loader.dispose()


class _Stream:
    """The chunks as a file that libyaml can read."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._left = b""
        self._read = 0

    def read(self, size: int = -1) -> bytes:
        """Read at most ``size`` bytes."""
        self._left = self._left or next(self._chunks, b"")
        piece, self._left = (self._left[:size], self._left[size:]) if size >= 0 else (self._left, b"")
        self._read += len(piece)
        if self._read > CASSETTE:
            problem = f"has more than {mebibytes(CASSETTE)}: split it into several cassettes, or record it as HAR"
            raise MalformedError("", problem)
        return piece


class _Reader:
    """Reads the events of one YAML document."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._anchors: dict[str, Any] = {}

    def elements(self, array: str, whole: str) -> Iterator[tuple[tuple[str, ...], Any]]:
        """As ``yaml_elements``."""
        event = self._next()
        while isinstance(event, (yaml.StreamStartEvent, yaml.DocumentStartEvent)):
            event = self._next()
        if not isinstance(event, yaml.MappingStartEvent):
            return
        seen: set[str] = set()
        while not isinstance(event := self._next(), yaml.MappingEndEvent):
            key = self._key(event, seen)
            first = self._next()
            if key == array and isinstance(first, yaml.SequenceStartEvent):
                while not isinstance(event := self._next(), yaml.SequenceEndEvent):
                    yield (array,), self._value(event)
            else:
                value = self._value(first)
                if key == whole:
                    yield (whole,), value
        # Anything after the first document must be YAML, too.
        while self._loader.check_event():
            self._next()

    def _next(self) -> Any:
        event = self._loader.get_event()
        if event is None:
            raise yaml.YAMLError("it ends in the middle")
        return event

    def _key(self, event: Any, seen: set[str]) -> str:
        if not isinstance(event, yaml.ScalarEvent):
            raise MalformedError(_line(event), "a key that is no text: record it again")
        name = str(event.value)
        if name in seen:
            raise MalformedError(
                _line(event),
                f"the key {plain_name(name)!r} stands twice in one mapping: keep one",
            )
        seen.add(name)
        return name

    def _value(self, event: Any) -> Any:
        """The value that begins with ``event``."""
        built = Bounded()
        # For each open container: its keys (None for a list), its anchor, and itself.
        levels: list[tuple[set[str] | None, str | None, Any]] = []
        expects_key = False
        while True:
            if expects_key and not isinstance(event, yaml.MappingEndEvent):
                keys = levels[-1][0]
                assert keys is not None
                built.key(self._key(event, keys))
                expects_key = False
                event = self._next()
                continue
            if isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                is_mapping = isinstance(event, yaml.MappingStartEvent)
                container: Any = {} if is_mapping else []
                built.begin(container)
                levels.append((set() if is_mapping else None, event.anchor, container))
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                built.end()
                _, anchor, container = levels.pop()
                # Anchor only complete containers, so that none can contain itself.
                if anchor:
                    self._anchors[anchor] = container
            elif isinstance(event, yaml.AliasEvent):
                if event.anchor not in self._anchors:
                    alias = plain_name(str(event.anchor))
                    raise MalformedError(_line(event), f"an alias *{alias} of nothing: record it again")
                built.scalar(self._anchors[event.anchor])
            else:
                value = _scalar(event)
                built.scalar(value)
                if event.anchor:
                    self._anchors[event.anchor] = value
            if not levels:
                return TOO_LARGE if built.too_large else built.value
            expects_key = levels[-1][0] is not None
            event = self._next()


def _line(event: Any) -> str:
    return f"line {event.start_mark.line + 1}"


def _scalar(event: Any) -> Any:
    text = str(event.value)
    if event.tag == "tag:yaml.org,2002:binary":
        try:
            return from_base64(text)
        except ValueError:
            raise MalformedError(_line(event), "broken base64: record it again") from None
    if event.implicit[0] and event.tag is None:
        if text in _NULLS:
            return None
        if text.isascii() and text.isdigit() and len(text) < 10:
            return int(text)
    return text
