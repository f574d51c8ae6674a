"""What each published field may be given as, and what it is kept as.

A reader takes a JSON value and returns what a record keeps, or raises ValueError with what is expected. Every field but
the SIDs may be null, as published.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from contract_kit.emulator import rfc3339
from contract_kit.yaml_file import escape
from video_log_analyzer.emulator import vocabulary
from video_log_analyzer.emulator.control.problems import Problems, unknown
from video_log_analyzer.emulator.vocabulary import Vocabulary

Reader = Callable[[Any], Any]
Readers = Mapping[str, Reader]

LARGEST_INTEGER = 2**63 - 1
LONGEST_TEXT = 4096
LONGEST_POINTER = 200  # of what a caller named, in an answer


def read_object(value: Any, readers: Readers, problems: Problems, pointer: str = "") -> dict[str, Any]:
    """Return the fields of a JSON object as they are kept; what is wrong is noted in ``problems`` and left out."""
    if not isinstance(value, dict):
        problems.add(pointer, "expected an object")
        return {}
    fields = {}
    for key, given in value.items():
        reader = readers.get(key)
        if reader is None:
            if problems.is_full:  # looking for the nearest name takes a while
                break
            problems.add(f"{pointer}/{escape(key)}"[:LONGEST_POINTER], unknown(key[:LONGEST_POINTER], readers))
            continue
        try:
            fields[key] = reader(given)
        except ItemsError as error:
            for place, message in error.items:
                problems.add(f"{pointer}/{key}{place}", message)
        except ValueError as error:
            problems.add(f"{pointer}/{key}", str(error))
    return fields


class ItemsError(ValueError):
    """Values in a list or an object that cannot be used, each as its pointer in there (``/0``) and what is wrong."""

    def __init__(self, items: Iterable[tuple[str, str]]) -> None:
        self.items = list(items)
        super().__init__(str(self.items))


def sid(prefix: str) -> Reader:
    """A SID that begins with ``prefix``."""
    matches = re.compile(f"{prefix}[0-9a-f]{{32}}").fullmatch

    def read(value: Any) -> str:
        if not isinstance(value, str) or not matches(value):
            raise ValueError(f"expected {prefix} and 32 hexadecimal digits in lower case")
        return value

    return read


def text(value: Any) -> str | None:
    """A string that every store can keep, or null."""
    if value is None:
        return None
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise ValueError(f"expected a string of at most {LONGEST_TEXT} characters, or null")
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError("expected text, found half of a surrogate pair") from None
    if "\0" in value:
        raise ValueError("expected text without the character U+0000")
    return value


def url(value: Any) -> str | None:
    """An absolute URL, or null."""
    given = text(value)
    try:
        absolute = given is None or (bool(urlsplit(given).scheme) and re.fullmatch(r"[!-~]+", given) is not None)
    except ValueError:
        absolute = False
    if not absolute:
        raise ValueError("expected an absolute URL such as https://app.example.com/events, or null")
    return given


def flag(value: Any) -> bool | None:
    """true, false or null."""
    if value is None or value is True or value is False:
        return value
    raise ValueError("expected true, false or null")


def count(value: Any) -> int | None:
    """An integer of at least 0, or null."""
    if value is None or (type(value) is int and 0 <= value <= LARGEST_INTEGER):
        return value
    raise ValueError("expected an integer of at least 0, or null")


def time(value: Any) -> int | None:
    """A date-time of RFC 3339, kept as epoch seconds, or null."""
    if value is None:
        return None
    try:
        return rfc3339.parse(value)
    except (TypeError, ValueError):
        raise ValueError("expected a date-time such as 2026-11-20T20:08:56Z, or null") from None


def one_of(published: Vocabulary, *, allow_unknown: bool) -> Reader:
    """A published value, current, withdrawn or internal, or null; with ``allow_unknown`` any text."""
    known = frozenset(published.values(legacy=True))

    def read(value: Any) -> str | None:
        if value is None or (isinstance(value, str) and value in known):
            return value
        if not isinstance(value, str):
            raise ValueError("expected a string, or null")
        if allow_unknown:
            return text(value)
        raise ValueError(f"{value[:100]!r}: {unknown(value[:100], known)}; allow_unknown=true lets it pass")

    return read


def codecs(*, allow_unknown: bool) -> Reader:
    """A list of codecs, kept as a tuple, or null."""
    codec = one_of(vocabulary.CODEC, allow_unknown=allow_unknown)

    def read(value: Any) -> tuple[str, ...] | None:
        if value is None:
            return None
        if not isinstance(value, list) or len(value) > 100:
            raise ValueError("expected a list of at most 100 codecs, or null")
        wrong = []
        for index, one in enumerate(value):
            try:
                if codec(one) is None:
                    raise ValueError("expected a codec, found null")
            except ValueError as error:
                wrong.append((f"/{index}", str(error)))
        if wrong:
            raise ItemsError(wrong)
        return tuple(dict.fromkeys(value))

    return read


def members(readers: Readers) -> Reader:
    """An object with some of these keys, or null."""

    def read(value: Any) -> dict[str, Any] | None:
        if value is None:
            return None
        problems = Problems()
        fields = read_object(value, readers, problems)
        if problems.found:
            raise ItemsError((problem.pointer, problem.message) for problem in problems.found)
        return fields

    return read


def ignored(_value: Any) -> None:
    """A field that always follows from others, so that what the API answered can be put as it is."""


def _room(*, allow_unknown: bool) -> Readers:
    def enum(published: Vocabulary) -> Reader:
        return one_of(published, allow_unknown=allow_unknown)

    return {
        "account_sid": sid("AC"),
        "room_sid": sid("RM"),
        "room_name": text,
        "create_time": time,
        "end_time": time,
        "room_type": enum(vocabulary.ROOM_TYPE),
        "room_status": enum(vocabulary.ROOM_STATUS),
        "status_callback": url,
        "status_callback_method": enum(vocabulary.STATUS_CALLBACK_METHOD),
        "created_method": enum(vocabulary.CREATED_METHOD),
        "end_reason": enum(vocabulary.ROOM_END_REASON),
        "max_participants": count,
        "unique_participants": count,
        "unique_participant_identities": count,
        "concurrent_participants": count,
        "max_concurrent_participants": count,
        "codecs": codecs(allow_unknown=allow_unknown),
        "media_region": enum(vocabulary.MEDIA_REGION),
        "duration_sec": count,
        "total_participant_duration_sec": count,
        "total_recording_duration_sec": count,
        "processing_state": enum(vocabulary.PROCESSING_STATE),
        "recording_enabled": flag,
        "edge_location": enum(vocabulary.EDGE_LOCATION),
        "url": ignored,
        "links": ignored,
    }


def _participant(*, allow_unknown: bool) -> Readers:
    def enum(published: Vocabulary) -> Reader:
        return one_of(published, allow_unknown=allow_unknown)

    return {
        "participant_sid": sid("PA"),
        "participant_identity": text,
        "join_time": time,
        "leave_time": time,
        "duration_sec": count,
        "account_sid": sid("AC"),
        "room_sid": sid("RM"),
        "status": enum(vocabulary.PARTICIPANT_STATUS),
        "codecs": codecs(allow_unknown=allow_unknown),
        "end_reason": enum(vocabulary.PARTICIPANT_END_REASON),
        "error_code": count,
        "error_code_url": url,
        "media_region": enum(vocabulary.MEDIA_REGION),
        "properties": members(
            {
                "recordOnConnect": flag,
                "numAudioTracks": count,
                "numVideoTracks": count,
                "numDataTracks": count,
                "isAdhoc": flag,
            }
        ),
        "edge_location": enum(vocabulary.EDGE_LOCATION),
        "publisher_info": members({"name": text, "sdk_version": text}),
        "url": ignored,
    }


ROOM = {allow_unknown: _room(allow_unknown=allow_unknown) for allow_unknown in (False, True)}
PARTICIPANT = {allow_unknown: _participant(allow_unknown=allow_unknown) for allow_unknown in (False, True)}
