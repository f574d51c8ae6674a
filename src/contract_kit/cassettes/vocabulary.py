"""The vocabulary: words and numbers that recordings may show, from the document, HTTP and error messages."""

from __future__ import annotations

import re
from collections.abc import Iterator

from contract_kit.document import Document

# The names and methods that CORS headers list, and the relations of links.
PROTOCOL = frozenset(
    re.split(
        r"\s+",
        "* GET POST PUT PATCH DELETE HEAD OPTIONS true false Basic Bearer realm API Accept Authorization Content-Type "
        "ETag If-Match If-Modified-Since If-None-Match If-Unmodified-Since Idempotency-Key rel first prev "
        "previous next last self",
    )
)
# Common words of error messages, besides those of the document.
_PLAIN = frozenset(
    re.split(
        r"\s+",
        "invalid malformed unsupported expected required missing wrong bad error failed must should cannot could "
        "provided supplied specified given format parameter parameters argument header request requests field string "
        "integer number boolean yyyy yyyy-mm-dd dd hh mm ss t z too many few large small long short "
        "authenticate requested resource size",
    )
)
# Schema keywords with a number that limits values.
_BOUNDS = frozenset({"minimum", "maximum", "default", "minLength", "maxLength", "minItems", "maxItems"})
# Examples are left out: their invented names may be real people's.
_EXAMPLES = frozenset({"example", "examples"})
_FIELD_NAME = re.compile(r"[a-z]+(?:[A-Z][a-z]+)*[0-9]?(?:_[a-z]+(?:[A-Z][a-z]+)*[0-9]?)*")
_LONGEST_FIELD_NAME = 40
_ENUM_WORD = re.compile(r"[A-Za-z]+[0-9]{0,3}(?:[_-][A-Za-z]+[0-9]{0,3})*")
_LONGEST_ENUM_WORD = 64
# Not a word, but a token or part of an identifier.
_NO_WORD = re.compile(r"[A-Z]{21}|[a-z]{21}|[0-9A-Fa-f]{8}")


def is_field_name(text: str) -> bool:
    """Whether ``text`` is plainly the name of a field: ``due_date``, ``numCopies``."""
    return len(text) <= _LONGEST_FIELD_NAME and _FIELD_NAME.fullmatch(text) is not None and not _NO_WORD.search(text)


def is_enum_word(text: str) -> bool:
    """Whether ``text`` looks like an enum value, even one that the document lacks: ``on_loan``, ``A4``."""
    return len(text) <= _LONGEST_ENUM_WORD and _ENUM_WORD.fullmatch(text) is not None and not _NO_WORD.search(text)


def vocabulary(node: object) -> frozenset[str]:
    """Return the words of a document, except those of its examples, and common error words; in lower case."""
    found = {word.casefold() for text in _texts(node) for word in re.findall(r"[A-Za-z][A-Za-z0-9'_-]*", text)}
    return _PLAIN | found


def bounds(document: Document) -> Iterator[str]:
    """Yield the limits and defaults in the document's schemas: ``1000`` for the largest page."""
    for location in document.locations():
        for each in location.alternatives:
            for key in _BOUNDS & each.schema.keys():
                if type(each.schema[key]) is int:
                    yield str(each.schema[key])


def _texts(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield str(key)
            if key not in _EXAMPLES:
                yield from _texts(below)
    elif isinstance(node, list):
        for below in node:
            yield from _texts(below)
    elif isinstance(node, str):
        yield node
