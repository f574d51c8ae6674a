"""Edits of a table, everywhere and in documents that are drawn: exactly their changes are told, at all their places.

`DIFF_EXAMPLES=20000 python -m pytest tests/diff --hypothesis-profile default` draws many more, and others.
"""

from __future__ import annotations

import json
import os
import random
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import hypothesis
import jsonschema
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate

from contract_kit.diff import Diff, compare, json_report
from tests.diff.drawing import Document, Expected, Found, Walk, documents, everywhere, expected, rendered, split
from tests.diff.edits import HIDING, SCHEMAS
from tests.diff.rewritings import REWRITINGS
from tests.diff.test_command import SCHEMA

EXAMPLES = int(os.environ.get("DIFF_EXAMPLES", "60"))
DRAWN = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TURNED = {"added": "removed", "removed": "added", "changed": "changed"}


def compared(old: Document, new: Document, files: dict[str, Any] | None = None) -> Diff:
    """Compare two documents; the new one may consist of several files."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "old.json").write_text(json.dumps(old))
        for path, data in (files or {"": new}).items():
            file = folder / "new" / (path or "openapi.json")
            file.parent.mkdir(parents=True, exist_ok=True)
            text = yaml.safe_dump(data) if file.suffix == ".yaml" else json.dumps(data)
            file.write_text(text)
        diff = compare(str(folder / "old.json"), str(folder / "new/openapi.json"))
        VALIDATOR.validate(json.loads(json_report.written(diff, with_cosmetic=True)))
        return diff


def told(diff: Diff) -> list[Expected]:
    """What was told, cosmetic changes aside, as `expected` has it."""
    found: list[Expected] = []
    for each in diff.changes:
        if each.impact != "cosmetic":
            what = each.difference
            places = tuple((at.operation, at.side, at.place) for at in each.reached)
            found.append((what.facet, what.change, what.value, what.before, what.after, str(each.impact), places))
    return sorted(found, key=repr)


def by_place(diff: Diff, *, is_turned: bool) -> list[tuple[Any, ...]]:
    """What was told, a place each, without impacts; turned round if asked."""
    found: list[tuple[Any, ...]] = []
    for facet, change, value, before, after, _, reached in told(diff):
        sides = (TURNED[change], after, before) if is_turned else (change, before, after)
        found += [(facet, value, *sides, place) for place in reached]
    return sorted(found, key=repr)


def sides(document: Document) -> tuple[Document, Document]:
    """The old and the new document."""
    return rendered(document, is_new=False), rendered(document, is_new=True)


@pytest.mark.parametrize("name", SCHEMAS)
def test_edit_is_told_everywhere(name: str) -> None:
    document, slots = everywhere(SCHEMAS[name])
    assert {id(slot) for slot, _ in Walk(document).places()} == {id(slot) for slot in slots}
    old, new = sides(document)
    assert told(compared(old, new)) == expected(document)
    assert by_place(compared(new, old), is_turned=True) == by_place(compared(old, new), is_turned=False)


@pytest.mark.parametrize("name", HIDING)
def test_edit_of_one_direction_is_told_in_it_alone(name: str) -> None:
    document, _ = everywhere(HIDING[name])
    direction = "response" if "sent" in name else "request"
    wanted: list[Expected] = []
    for *what, impact, places in expected(document):
        # Webhooks and callbacks exchange the two.
        kept = tuple(each for each in places if is_received(each) ^ each[1].startswith(direction))
        wanted += [(*what, impact, kept)]
    assert told(compared(*sides(document))) == sorted((each for each in wanted if each[-1]), key=repr)


def is_received(place: Found) -> bool:
    return "webhook:" in place[0] or "callback:" in place[0]


@DRAWN
@given(documents())
def test_edits_give_exactly_their_changes(document: Document) -> None:
    old, new = sides(document)
    found, wanted = told(compared(old, new)), expected(document)
    hypothesis.note(f"too many: {[each for each in found if each not in wanted]}")
    hypothesis.note(f"missing: {[each for each in wanted if each not in found]}")
    hypothesis.note(f"{json.dumps(old)}\n{json.dumps(new)}")
    assert found == wanted


@settings(DRAWN, max_examples=EXAMPLES // 4)
@given(documents(), st.booleans())
def test_several_files_are_one_document(document: Document, is_one_each: bool) -> None:
    old, new = sides(document)
    assert told(compared(old, new, split(new, is_one_each=is_one_each))) == expected(document)


@settings(DRAWN, max_examples=EXAMPLES // 10)
@given(documents())
def test_documents_are_valid(document: Document) -> None:
    for each in sides(document):
        validate(each)


@DRAWN
@given(documents(most_edits=0), st.lists(st.sampled_from(list(REWRITINGS)), min_size=1, max_size=4), st.randoms())
def test_rewritings_change_nothing(document: Document, names: list[str], chance: random.Random) -> None:
    old = rendered(document, is_new=False)
    new = old
    for name in names:
        new = REWRITINGS[name](new, chance)
    hypothesis.note(f"{json.dumps(old)}\n{json.dumps(new)}")
    assert told(compared(old, new)) == []


@settings(DRAWN, max_examples=EXAMPLES // 2)
@given(documents())
def test_other_way_round_the_same_is_told(document: Document) -> None:
    old, new = sides(document)
    assert by_place(compared(old, new), is_turned=False) == by_place(compared(new, old), is_turned=True)
    assert compared(old, old).changes == ()


@pytest.mark.parametrize("name", REWRITINGS)
def test_rewritings_of_our_own_document_change_nothing(name: str, root: Path) -> None:
    text = (root / "openapi/video-log-analyzer.yaml").read_text(encoding="utf-8")
    old = json.loads(json.dumps(yaml.safe_load(text), default=str))
    assert name == "modernise" or REWRITINGS[name](old, random.Random(0)) != old
    for seed in range(3):
        assert told(compared(old, REWRITINGS[name](old, random.Random(seed)))) == []
