"""Work on the text of others grows with its length, not with the square of it.

The expressions are found by themselves, and the hostile texts are made from each expression: repeated parts of what it
matches, and beginnings of it with a long tail.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import contract_kit
import video_log_analyzer
from contract_kit import contract
from contract_kit.cassettes import leaks
from contract_kit.cassettes.pseudonyms import PseudonymForms
from contract_kit.check.conformance import Conformance
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.masking import Masker
from tests import growth
from video_log_analyzer.emulator.control.app import _json as control_body
from video_log_analyzer.kit import KIT

parser: Any = importlib.import_module("re._parser")
SMALL = 400
CHARACTERS = "a1.-@ /:"
# These read our own statements, not the text of others.
OURS = {"contract_kit.emulator.postgresql._INDEXED_BY"}
_WITHIN = "search|finditer|findall|sub|split"

CONTRACT = contract.load(KIT)
MASKER = Masker.of(CONTRACT, "key")
CONFORMANCE = Conformance(CONTRACT.document)


def modules() -> Iterator[ModuleType]:
    for package in (contract_kit, video_log_analyzer):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".suite." not in found.name and not found.name.endswith("__main__"):
                yield importlib.import_module(found.name)


def expressions() -> Iterator[tuple[str, re.Pattern[Any], bool]]:
    """Every compiled expression, and whether it is searched for within a text."""
    for module in modules():
        text = Path(str(module.__file__)).read_text(encoding="utf-8")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern) and f"{name} = re.compile" in text:
                # One that is given to a function may be used in any way.
                within = re.search(rf"\b{name}\.(?:{_WITHIN})\b|[(,] ?{name}\b", text) is not None
                yield f"{module.__name__}.{name}", value, within
    for name in ("_identifier", "_personal"):
        yield f"Masker.{name}", getattr(MASKER, name), True
    for number, pattern in enumerate(PseudonymForms(KIT.privacy)._patterns):
        yield f"PseudonymForms {number}", pattern, True


def samples(parsed: Any) -> list[str]:
    """Texts that an expression matches: each repetition once or as often as it must, each branch."""
    texts = [""]
    for operation, value in parsed:
        match str(operation):
            case "LITERAL":
                found = [chr(value)]
            case "IN":
                found = [_of_class(value)]
            case "MAX_REPEAT" | "MIN_REPEAT" | "POSSESSIVE_REPEAT":
                found = [each * max(value[0], 1) for each in samples(value[2])]
            case "SUBPATTERN":
                found = samples(value[3])
            case "ATOMIC_GROUP":
                found = samples(value)
            case "BRANCH":
                found = [text for branch in value[1] for text in samples(branch)]
            case "ANY" | "NOT_LITERAL":
                found = ["a"]
            case _:
                found = [""]
        texts = [before + after for before in texts for after in found][:12]
    return texts


def _of_class(members: Any) -> str:
    operation, value = members[-1]
    if str(members[0][0]) == "NEGATE":
        return "a"
    match str(operation):
        case "LITERAL":
            return chr(value)
        case "RANGE":
            return chr(value[1])
    return {"CATEGORY_DIGIT": "1", "CATEGORY_SPACE": " "}.get(str(value), "a")


def hostile(pattern: re.Pattern[Any]) -> Iterator[tuple[str, str]]:
    """Beginnings, and what is repeated behind them."""
    texts = {text[:100] for text in samples(parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE))}
    parts = {text[start : start + length] for text in texts for start in range(len(text)) for length in (1, 2)}
    parts |= {text[:length] for text in texts for length in range(1, len(text) + 1)} | set(CHARACTERS)
    yield from (("", part) for part in sorted(parts))
    yield from ((text, character) for text in sorted(texts) for character in CHARACTERS)


@pytest.mark.parametrize(
    ("name", "pattern", "within"), [pytest.param(*each, id=each[0]) for each in expressions() if each[0] not in OURS]
)
def test_an_expression_takes_linear_time(name: str, pattern: re.Pattern[Any], within: bool) -> None:
    def matched(text: Any) -> None:
        pattern.fullmatch(text)
        if within:
            for _ in pattern.finditer(text):
                pass

    for beginning, part in hostile(pattern):
        small, large = (beginning + (part * size)[:size] for size in (SMALL, SMALL * growth.FACTOR))
        if isinstance(pattern.pattern, bytes):
            too_fast = growth.grows_too_fast(matched, small.encode(), large.encode())
        else:
            too_fast = growth.grows_too_fast(matched, small, large)
        assert not too_fast, f"{name}: {beginning!r} and {part!r} again and again"


def _observed(body: str) -> ObservedResponse:
    headers = {"content-type": "application/json", "link": body}
    return ObservedResponse("fetch_room", "GET", "http://127.0.0.1/", 200, headers, body.encode(), MASKER)


def _keys(size: int) -> str:
    """An object with many keys, the last of which stands there twice."""
    keys = [*(f"key_{number}" for number in range(size // 12)), f"key_{size // 12 - 1}"]
    return "{" + ",".join(f'"{key}":1' for key in keys) + "}"


def _json_of(body: str) -> None:
    _ = _observed(body).excerpt


def _control(body: str) -> None:
    with pytest.raises(Exception, match="stands twice"):
        control_body(body.encode())


def _judge(text: str) -> None:
    for body in (f'{{"room_type":"{text}"}}', f'{{"{text}":1}}'):
        CONFORMANCE.findings(_observed(body))


ENTRIES: dict[str, Callable[[str], object]] = {
    "a masked text": MASKER.text,
    "a masked value": lambda text: MASKER.evidence({"room_type": text, "room_name": text, text: text}),
    "a masked request": lambda text: MASKER.request("GET", f"http://127.0.0.1/{text}?RoomType={text}"),
    "a leak scan": lambda text: leaks.scan(text.encode(), {"A": "secret-of-a-test"}),
    "the check of a body": _judge,
}
UNITS = ["1.", "a-", "a.", "@a.", "a@", "a@b.c+", "/a", "&a=1", "%41", "<", "://", "leak-scan: allow x (a", "Basic+"]


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("entry", ENTRIES)
def test_an_entry_takes_linear_time(entry: str, unit: str) -> None:
    small, large = ((unit * size)[:size] for size in (1000, 1000 * growth.FACTOR))
    assert not growth.grows_too_fast(ENTRIES[entry], small, large)


@pytest.mark.parametrize("reader", [_json_of, _control])
def test_a_repeated_key_is_found_in_linear_time(reader: Callable[[str], None]) -> None:
    assert not growth.grows_too_fast(reader, _keys(4000), _keys(4000 * growth.FACTOR))
