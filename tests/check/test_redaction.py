"""Credentials are taken out of what is written, in whatever spelling a target sends them back."""

from __future__ import annotations

import base64
import gzip

import pytest

from contract_kit.api import Credentials
from contract_kit.redaction import PLACEHOLDER, Redactor

USER, SECRET = "somebody", "not/for+any.body"
REDACTOR = Redactor.of([Credentials(USER, SECRET), None], "a masking key")
PAIR = f"{USER}:{SECRET}".encode()

SPELLINGS = [
    SECRET,
    SECRET.upper(),
    SECRET.replace("/", "~1"),
    base64.b64encode(PAIR).decode(),
    base64.b64encode(PAIR).decode().swapcase(),
    base64.b64encode(b"x" + SECRET.encode()).decode(),
    base64.b64encode(base64.b64encode(SECRET.encode())).decode(),
    base64.b64encode(gzip.compress(SECRET.encode())).decode(),
    "".join(f"%{byte:02x}" for byte in SECRET.upper().encode()),
    "".join(f"&#{byte};" for byte in SECRET.encode()),
    "".join(f"\\u00{byte:02x}" for byte in SECRET.encode()),
    "\0".join(SECRET),
    "a MASKING key",
]


@pytest.mark.parametrize("spelled", SPELLINGS, ids=range(len(SPELLINGS)))
def test_each_spelling_is_taken_out_and_the_rest_stays(spelled: str) -> None:
    assert REDACTOR.holds(f"before {spelled} after")
    cleaned = REDACTOR.cleaned(f"before {spelled} after")
    assert cleaned.replace("=", "") == f"before {PLACEHOLDER} after"  # padding of base64 may stay
    assert REDACTOR.cleaned(cleaned) == cleaned


def test_what_spans_words_takes_the_whole_text() -> None:
    spelled = "".join(f"%{byte:02x}" for byte in b"a masking key").replace("%20", " ")
    assert REDACTOR.cleaned(f"before {spelled} after") == PLACEHOLDER


@pytest.mark.parametrize("text", ["", "nothing of it", "not/for", "%zz\\u12&#x;", "\ud800", "QUFB" * 1000])
def test_everything_else_stays(text: str) -> None:
    assert REDACTOR.cleaned(text) == text
    assert Redactor(["short"]).cleaned(f"short {text}") == f"short {text}"


def test_all_texts_of_a_value_are_cleaned() -> None:
    assert REDACTOR.cleaned_json({SECRET: [1, None, {"a": (SECRET, "b")}]}) == {
        SECRET: [1, None, {"a": [PLACEHOLDER, "b"]}]
    }
