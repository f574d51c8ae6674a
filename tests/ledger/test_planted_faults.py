"""Plant faults in the real ledger, one at a time, and see that each is found and named with claim and file.

Every claim is altered in every facet and in its place, anchor, subject and id; every value of every example likewise.
"""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contract_kit import document
from contract_kit.ledger import evidence, integrity
from contract_kit.ledger import model as ledger
from contract_kit.ledger.facets import READ, Value
from contract_kit.ledger.history import dated_rows, numbered_rows
from contract_kit.ledger.model import Claim, Ledger, Passage, PublishedExample
from contract_kit.ledger.problem import LedgerProblem
from video_log_analyzer.kit import KIT
from video_log_analyzer.readings import READERS

OPERATIONS = [operation.name for operation in document.load(KIT.document).operations]
ROOT = Path(__file__).parents[2]

Fault = tuple[str, Claim | PublishedExample]


def test_every_altered_claim_is_found(real: Ledger, sources: Path) -> None:
    planted: Counter[str] = Counter()
    missed = []
    for part in parts(real):
        before = set(found(part, sources))
        for index, claim in enumerate(part.claims):
            for fault, altered in claim_faults(claim):
                claims = (*part.claims[:index], altered, *part.claims[index + 1 :])
                after = {*found(replace(part, claims=claims), sources, altered)} - before
                planted[fault] += 1
                if not any(names(problem, altered) for problem in after):
                    missed.append(f"{claim.id}: {fault}: {altered.says} at {altered.at}")
    assert "\n".join(missed) == ""
    assert set(planted) == FAULTS
    assert planted.total() > 2000


def test_every_claim_that_is_taken_out_is_found(real: Ledger, sources: Path) -> None:
    for part in parts(real):
        for index, claim in enumerate(part.claims):
            claims = (*part.claims[:index], *part.claims[index + 1 :])
            if not READ & claim.says.keys():
                continue  # a sentence that no reader understands
            texts = [str(problem) for problem in found(replace(part, claims=claims), sources)]
            assert any(text.startswith(f"{claim.file} {claim.source}: nothing is claimed of") for text in texts), (
                claim.id
            )


def test_every_altered_example_is_found(real: Ledger, sources: Path) -> None:
    planted = 0
    for part in parts(real):
        for index, example in enumerate(part.examples):
            for fault, altered in example_faults(example):
                examples = (*part.examples[:index], altered, *part.examples[index + 1 :])
                after = found(replace(part, examples=examples), sources)
                assert any(problem.id == example.id and problem.file == example.file for problem in after), (
                    f"{example.id}: {fault}"
                )
                planted += 1
    assert planted > 300


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
        (
            "docs-html",
            "enum: [sdk, ad_hoc, api]",
            "enum: [sdk, ad_hoc]",
            r"H\.Room\.created_method: says run: sdkad_hoc; at lines 31-32",
        ),
        (
            "room-detail",
            "format: http-method",
            "format: https-method",
            r"R\.Room\.status_callback_method: says format: https-method",
        ),
        (
            "rooms-list",
            "lines: 163-167",
            "lines: 163-168",
            r"L\.Room\.media_region: no property, parameter or list stands at lines 163-168",
        ),
        (
            "vendor-openapi",
            "adds: [opus]",
            "adds: [opsu]",
            r"V\.\S+: says adds: opsu, which does not stand at row 2024-11-15",
        ),
        (
            "participants-list",
            "error_code: 53205",
            "error_code: 53206",
            r"P\.list_participants\.example\S*: shows 53206 at /participants/0/error_code",
        ),
        ("docs-markdown", "days: 7", "days: 8", r"M\.Api\.retention: says days: 8, which does not stand at line 3"),
    ],
)
def test_a_fault_in_a_file_is_named_with_its_line(
    tmp_path: Path, sources: Path, file: str, before: str, after: str, message: str
) -> None:
    folder = tmp_path / "openapi"
    shutil.copytree(ROOT / "openapi", folder)
    path = folder / "claims" / f"{file}.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    texts = [str(problem) for problem in evidence.problems(ledger.load(folder), sources, READERS)]
    assert any(re.match(rf"claims/{file}\.yaml:\d+ {message}", found) for found in texts), texts


def parts(real: Ledger) -> Iterator[Ledger]:
    """The ledger of each source by itself: what one source says is checked against that source alone."""
    for source in real.sources:
        claims = tuple(claim for claim in real.claims if claim.source == source.id)
        examples = tuple(replace(example, deviations=()) for example in real.examples if example.source == source.id)
        yield Ledger((source,), claims, examples, ())


def names(problem: LedgerProblem, claim: Claim) -> bool:
    """Whether a problem leads to the claim; what is no longer claimed can only be reported of the source."""
    return problem.file == claim.file and (
        problem.id == claim.source or claim.id in f"{problem.id} {problem.text}".split()
    )


def found(part: Ledger, sources: Path, altered: Claim | None = None) -> list[LedgerProblem]:
    """What is wrong with one source's part of the ledger, and with the altered claim in itself."""
    alone = replace(part, claims=(altered,), examples=()) if altered else None
    return [
        *evidence.problems(part, sources, READERS),
        *(integrity.problems(alone, OPERATIONS, READERS) if alone else []),
    ]


FAULTS = {
    *(
        "value dropped",
        "value added",
        "value renamed",
        "number changed",
        "text changed",
        "flag flipped",
        "facet dropped",
    ),
    *("facet added", "facet unknown", "shifted", "path changed", "anchor changed", "anchor too long", "subject moved"),
}


def claim_faults(claim: Claim) -> Iterator[tuple[str, Claim]]:
    for facet, value in claim.says.items():
        if facet == "meaning":
            continue  # our own words: the anchor bears them
        for fault, other in value_faults(value):
            yield fault, replace(claim, says={**claim.says, facet: other})
        if facet in READ:
            yield (
                "facet dropped",
                replace(claim, says={name: said for name, said in claim.says.items() if name != facet}),
            )
    absent = next(facet for facet in ("format", "pattern", "default") if facet not in claim.says)
    yield "facet added", replace(claim, says={**claim.says, absent: "added"})
    yield "facet unknown", replace(claim, says={**claim.says, "colour": "red"})
    if claim.at.row:
        yield "shifted", replace(claim, at=Passage(0, 0, row=other_row(claim.at.row)))
    else:
        yield "shifted", replace(claim, at=replace(claim.at, first=claim.at.first + 1, last=claim.at.last + 1))
        yield (
            "shifted",
            replace(claim, at=replace(claim.at, first=max(claim.at.first - 1, 1), last=max(claim.at.last - 1, 1))),
        )
        yield "path changed", replace(claim, at=replace(claim.at, path=claim.at.path + "x"))
    yield "anchor changed", replace(claim, anchor="words that nobody wrote")
    yield "anchor too long", replace(claim, anchor="one two three four five six")
    yield "subject moved", replace(claim, subject=f"{claim.subject}_other")
    if not claim.at.row and claim.source != "docs-html" and READ & claim.says.keys() - {"name_lost"}:
        # With the id moved along, the source must still tell that something else stands there.
        yield (
            "subject moved",
            replace(claim, subject=f"{claim.subject}_other", id=f"{claim.id[:2]}{claim.subject}_other"),
        )


def value_faults(value: Value) -> Iterator[tuple[str, Value]]:
    if isinstance(value, tuple):
        for index, item in enumerate(value):
            yield "value dropped", (*value[:index], *value[index + 1 :])
            yield "value renamed", (*value[:index], f"{item}x", *value[index + 1 :])
        yield "value added", (*value, "added")
    elif isinstance(value, bool):
        yield "flag flipped", None
    elif isinstance(value, int):
        yield "number changed", value + 1000  # one more might stand there by chance
    else:
        yield "text changed", f"{value}x"


def other_row(key: str) -> str:
    text = (ROOT.parent / "shared" / "facts.md").read_text()
    rows = dated_rows(text)
    if key not in rows:
        rows = {number: row for each in numbered_rows(text).values() for number, row in each.items()}
    keys = list(rows)
    return next(other for other in keys[keys.index(key) + 1 :] + keys if rows[other] != rows[key])


def example_faults(example: PublishedExample) -> Iterator[tuple[str, PublishedExample]]:
    for fault, body in body_faults(example.body):
        yield fault, replace(example, body=body)
    yield "shifted", replace(example, at=replace(example.at, last=example.at.last + 1))
    yield "anchor changed", replace(example, anchor="words that nobody wrote")


def body_faults(value: Any) -> Iterator[tuple[str, Any]]:
    """The body with one value changed, one key dropped, or two keys swapped, at every place."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield f"{key} dropped", {name: said for name, said in value.items() if name != key}
            yield from ((fault, {**value, key: altered}) for fault, altered in body_faults(inner))
        if len(value) > 1:
            yield "keys reversed", dict(reversed(value.items()))
        yield "key added", {**value, "added": None}
    elif isinstance(value, list):
        yield "item added", [*value, None]
        for index, inner in enumerate(value):
            yield from (
                (fault, [*value[:index], altered, *value[index + 1 :]]) for fault, altered in body_faults(inner)
            )
    elif isinstance(value, bool):
        yield "flag flipped", not value
        yield "flag as number", int(value)
    elif isinstance(value, int):
        yield "number changed", value + 1
    else:
        yield "text changed", f"{value}x"
