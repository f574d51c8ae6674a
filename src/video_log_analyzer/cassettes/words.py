"""The words that may stand in free text: those of the document, of HTTP, and a few that say what is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

# The names and methods that CORS headers list.
PROTOCOL = frozenset(
    re.split(
        r"\s+",
        "* GET POST PUT PATCH DELETE HEAD OPTIONS true false Basic realm Twilio API Accept Authorization Content-Type "
        "ETag If-Match If-Modified-Since If-None-Match If-Unmodified-Since Idempotency-Key X-Pre-Auth-Context "
        "X-Target-Region Twilio-Request-Id Twilio-Request-Duration Twilio-Concurrent-Requests",
    )
)
# What messages about errors are made of, besides the words of the document.
_PLAIN = frozenset(
    re.split(
        r"\s+",
        "invalid malformed unsupported expected required missing wrong bad error failed must should cannot could "
        "provided supplied specified given format parameter parameters argument header request requests field string "
        "integer number boolean yyyy yyyy-mm-dd dd hh mm ss t z too many few large small long short",
    )
)


def vocabulary(node: object) -> frozenset[str]:
    """The words of a document, wherever they stand in it, and a few more; all in small letters."""
    found = {word.casefold() for text in _texts(node) for word in re.findall(r"[A-Za-z][A-Za-z0-9'_-]*", text)}
    return _PLAIN | found


def properties(node: object) -> Iterator[str]:
    """The names of all properties of a document's schemas."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield from map(str, node["properties"])
        for below in node.values():
            yield from properties(below)
    elif isinstance(node, list):
        for below in node:
            yield from properties(below)


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield str(key)
            yield from _texts(below)
    elif isinstance(node, list):
        for below in node:
            yield from _texts(below)
    elif isinstance(node, str):
        yield node
