"""Which words and numbers anybody may see: those of the document, of HTTP, and a few that say what is wrong."""

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
# What messages about errors are made of, besides the words of the document.
_PLAIN = frozenset(
    re.split(
        r"\s+",
        "invalid malformed unsupported expected required missing wrong bad error failed must should cannot could "
        "provided supplied specified given format parameter parameters argument header request requests field string "
        "integer number boolean yyyy yyyy-mm-dd dd hh mm ss t z too many few large small long short "
        "authenticate requested resource size",
    )
)
# Keywords whose number says what a value may be.
_BOUNDS = frozenset({"minimum", "maximum", "default", "minLength", "maxLength", "minItems", "maxItems"})
# Made up to show a form: somebody may really be called so.
_EXAMPLES = frozenset({"example", "examples"})
_FIELD_NAME = re.compile(r"[a-z]+(?:[A-Z][a-z]+)*[0-9]?(?:_[a-z]+(?:[A-Z][a-z]+)*[0-9]?)*")
_LONGEST_FIELD_NAME = 40
_ENUM_WORD = re.compile(r"[A-Za-z]+[0-9]{0,3}(?:[_-][A-Za-z]+[0-9]{0,3})*")
_LONGEST_ENUM_WORD = 64
# Nobody writes such a word: it is a token, or a part of an identifier.
_NO_WORD = re.compile(r"[A-Z]{21}|[a-z]{21}|[0-9A-Fa-f]{8}")


def is_field_name(text: str) -> bool:
    """Whether ``text`` is plainly what a field is called: ``due_date``, ``numCopies``."""
    return len(text) <= _LONGEST_FIELD_NAME and _FIELD_NAME.fullmatch(text) is not None and not _NO_WORD.search(text)


def is_enum_word(text: str) -> bool:
    """Whether ``text`` can be a value of an enum that the document does not have yet: ``on_loan``, ``A4``."""
    return len(text) <= _LONGEST_ENUM_WORD and _ENUM_WORD.fullmatch(text) is not None and not _NO_WORD.search(text)


def vocabulary(node: object) -> frozenset[str]:
    """The words of a document, wherever but in its examples, and a few more; all in small letters."""
    found = {word.casefold() for text in _texts(node) for word in re.findall(r"[A-Za-z][A-Za-z0-9'_-]*", text)}
    return _PLAIN | found


def bounds(document: Document) -> Iterator[str]:
    """The numbers with which a document says what a value may be: ``1000`` for the largest page."""
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
