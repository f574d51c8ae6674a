"""Read a HAR 1.2 file, as browsers and proxies write it, as a stream of exchanges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from contract_kit.recordings.bounds import LONGEST, mebibytes
from contract_kit.recordings.exchange import (
    Exchange,
    SkipError,
    decoded,
    from_base64,
    header_text,
    mapping_of,
    status_of,
    text_of,
)
from contract_kit.recordings.json_stream import CUT, TOO_LARGE, elements
from contract_kit.recordings.source import MalformedError, chunks

_ENTRIES = ("log", "entries")
_VERSION = ("log", "version")


def exchanges(file: IO[bytes], name: str) -> Iterator[Exchange | SkipError]:
    """Each entry as an exchange, or the reason to skip it.

    Args:
        file: The unpacked file.
        name: The file's name in findings: ``browse.har``.

    Raises:
        MalformedError: the file is not JSON, or not a HAR file; everything before the error is yielded.
    """
    number = 0
    is_har = False
    for place, value in elements(chunks(file), [_ENTRIES], [_VERSION]):
        is_har = True
        if place == _ENTRIES:
            number += 1
            try:
                yield _exchange(value, f"{name} entry {number}")
            except SkipError as reason:
                yield reason
    if not is_har:
        raise MalformedError("", "is no HAR file: `log.version` and `log.entries` are missing; export it again")


def _exchange(value: object, where: str) -> Exchange:
    if value is TOO_LARGE:
        raise SkipError("an entry too large to be held")
    entry = mapping_of(value)
    request, response = mapping_of(entry.get("request")), mapping_of(entry.get("response"))
    headers = _headers(response.get("headers"))
    content = mapping_of(response.get("content", {}))
    body, problem = _body(content, (headers or {}).get("content-encoding", ""))
    # Chrome keeps the status of a response that it did not read to its end.
    if response.get("_error") and not body:
        body, problem = None, "an answer that was broken off"
    return Exchange(
        where=where,
        method=text_of(request.get("method")),
        url=text_of(request.get("url")),
        status=status_of(response.get("status")),
        headers=headers,
        body=body,
        problem=problem,
    )


def _headers(value: object) -> dict[str, str] | None:
    """The headers by name in lower case, those of the same name joined; None if none were recorded."""
    found: dict[str, str] = {}
    for each in value if isinstance(value, list) else ():
        header = mapping_of(each)
        name, text = text_of(header.get("name")).lower(), header_text(header.get("value"))
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found or None


def _body(content: Any, encoding: str) -> tuple[bytes | None, str]:
    text = content.get("text")
    if not text:
        return (b"", "") if content.get("size") == 0 and not content.get("comment") else (None, "no body recorded")
    text = text_of(text)
    if len(text) > LONGEST or text.endswith(CUT):
        return None, f"a body of more than {mebibytes(LONGEST)}"
    if str(content.get("encoding", "")).lower() != "base64":
        # Bytes that a recorder could not decode are lone surrogates here; keep the body invalid UTF-8.
        return text.encode("utf-8", "surrogatepass"), ""
    try:
        return decoded(from_base64(text), encoding)
    except ValueError:
        return None, "a body whose base64 is broken"
