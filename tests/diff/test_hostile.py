"""Documents that are broken, or made to never end: a result, or one line."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract_kit.diff import Diff, compare, github, json_report, markdown, text
from contract_kit.errors import FileError
from tests.diff.drawing import Document, documents, rendered
from tests.diff.test_generated import DRAWN, compared
from tests.diff.test_rulings import NUMBER, TEXT, document, of

JUNK: list[Any] = [
    None, [], {}, 0, -1, 1.5, True, "", "x", ["a"], [None], [{}], {"": ""}, "\ud800", 10**400, {"a": None}, {"$ref": 5},
    {"$ref": "#/nowhere"}, {"$ref": "#"}, {"$ref": "\ud800"}, {"$ref": "\0"}, {"type": 5}, {"type": ["string", 5]},
    {"enum": "a"}, {"properties": []}, {"allOf": {}}, {"allOf": [5]}, {"oneOf": []}, {"oneOf": [None, True]},
    {"required": [{}]}, {"discriminator": "x", "oneOf": [{}, {}]}, {"minimum": "a"}, {"minimum": 10**400},
    {"dependentRequired": [True]}, {"dependentRequired": {"a": 5}}, {"pattern": 5}, {"format": [{}]}, {"not": []},
    {"items": [5]}, {"additionalProperties": 5}, {"discriminator": {"mapping": []}, "anyOf": [{}, {"type": "null"}, 5]},
]  # fmt: skip


def _pointers(node: Any, above: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for key, value in node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ():
        yield (*above, key)
        yield from _pointers(value, (*above, key))


def _with_junk(original: Document, chance: random.Random) -> Document:
    made = copy.deepcopy(original)
    for _ in range(chance.choice([1, 1, 2, 4])):
        *above, last = chance.choice(list(_pointers(made)))
        holder: Any = made
        for step in above:
            holder = holder[step]
        holder[last] = copy.deepcopy(chance.choice(JUNK))
    return made


@DRAWN
@given(documents(), st.randoms())
def test_broken_document_gives_a_result_or_one_line(drawn: Document, chance: random.Random) -> None:
    original = rendered(drawn, is_new=False)
    broken = _with_junk(original, chance)
    for old, new in ((original, broken), (broken, original), (broken, broken)):
        try:
            diff = compared(old, new)
        except FileError as error:
            said = str(error)
        else:
            said = "a result"
            assert old is not new or not diff.changes
        assert len(said.splitlines()) == 1


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _chain(count: int, hold: Any, last: Any) -> dict[str, Any]:
    """Schemas each of which holds the next one."""
    return {**{f"A{number}": hold(_reference(f"A{number + 1}")) for number in range(count)}, f"A{count}": last}


BOMBS: dict[str, Any] = {
    "each twice in the next": lambda last: _chain(60, lambda next_: {"allOf": [next_, next_]}, last),
    "each under two names": lambda last: _chain(60, lambda next_: of(p=next_, q=next_), last),
    "each as a branch and within one": lambda last: _chain(60, lambda next_: {"oneOf": [next_, of(x=next_)]}, last),
    "a long way down": lambda last: _chain(5000, lambda next_: of(p=next_), last),
    "many references": lambda last: _chain(3000, lambda next_: next_, last),
    "branches in branches": lambda last: _chain(3000, lambda next_: {"oneOf": [next_, {"type": "boolean"}]}, last),
    "not not not": lambda last: _chain(3000, lambda next_: {"not": next_}, last),
    "a ring of wrappers": lambda last: {"A0": {"allOf": [_reference("B")]}, "B": {"anyOf": [_reference("A0")]}},
    "thousands of branches": lambda last: {"A0": {"oneOf": [of(**{f"p{number}": last}) for number in range(1500)]}},
    "all hold all": lambda last: {
        f"A{number}": {"oneOf": [*(_reference(f"A{each}") for each in range(40)), of(**{f"k{number}": last})]}
        for number in range(40)
    },
}


@pytest.mark.parametrize("name", BOMBS)
def test_what_would_never_end_does(name: str, tmp_path: Path) -> None:
    for side, last in (("old", TEXT), ("new", NUMBER)):
        made = document(got=_reference("A0")) | {"components": {"schemas": BOMBS[name](last)}}
        (tmp_path / f"{side}.json").write_text(json.dumps(made))
    try:
        diff = compare(str(tmp_path / "old.json"), str(tmp_path / "new.json"))
    except FileError as error:
        said = str(error)
    else:
        said = ""
        assert "ring" in name or any(each.difference.facet == "type" for each in diff.changes)
        assert all(_written(diff))
    assert ("too deeply" in said) is (name in {"branches in branches", "not not not"})


def _written(diff: Diff) -> list[str]:
    return [each.written(diff, with_cosmetic=True) for each in (text, json_report, markdown, github)]


def test_aliases_that_multiply_end(tmp_path: Path) -> None:
    lines = ["openapi: 3.1.0", "x-a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"x-a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 10)}]" for number in range(1, 12)]
    (tmp_path / "old.yaml").write_text("\n".join(lines))
    with pytest.raises(FileError, match="with what its aliases stand for"):
        compare(str(tmp_path / "old.yaml"), str(tmp_path / "old.yaml"))
    (tmp_path / "old.yaml").write_text("openapi: 3.1.0\nx-a: &a {b: *a}\n")
    with pytest.raises(FileError, match="nested too deeply"):
        compare(str(tmp_path / "old.yaml"), str(tmp_path / "old.yaml"))
