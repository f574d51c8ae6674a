"""Check that each claim is in its source: the file is unchanged, and the anchor and every value occur in it.

Facets that a reader can extract from a source are compared both ways: a claim that the source does not support is a
problem, and so is a statement of the source without a claim.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from contract_kit.ledger.facets import HISTORY, LITERAL, READ, Scalar, show, show_all
from contract_kit.ledger.history import dated_rows, names_in_row, numbered_rows
from contract_kit.ledger.model import Claim, Ledger, PublishedExample, Source
from contract_kit.ledger.problem import LedgerProblem, shorten, unknown
from contract_kit.ledger.source_page import Readers, SourcePage, SourceReading
from contract_kit.yaml_file import escape

_NUMBER_WORDS = {2: "two", 4: "four", 5: "five", 7: "seven", 9: "nine", 10: "ten", 12: "twelve", 30: "thirty"}


def problems(ledger: Ledger, folder: Path, readers: Readers) -> list[LedgerProblem]:
    """Compare the ledger with the published sources.

    Args:
        ledger: The ledger.
        folder: The folder of the source files; the history is ``facts.md`` beside that folder.
        readers: The reader of each notation.
    """
    found: list[LedgerProblem] = []
    found += _unjoined(ledger, folder.parent / "facts.md")
    for source in (each for each in ledger.sources if not each.is_observation):
        claims = [claim for claim in ledger.claims if claim.source == source.id]
        path = folder.parent / "facts.md" if source.has_rows else folder / (source.file or "")
        if not path.is_file():
            found.append(LedgerProblem("sources.yaml", source.line, source.id, f"there is no file {path}"))
            continue
        content = path.read_bytes()
        if source.is_history:
            found += _rows(source, claims, dated_rows(content.decode()))
            continue
        if source.has_rows:
            found += _rows(source, claims, numbered_rows(content.decode()).get(source.id, {}))
            continue
        if (digest := hashlib.sha256(content).hexdigest()) != source.sha256:
            text = f"{path.name} has the sha256 {digest}, not {source.sha256}: the file or the entry was changed"
            found.append(LedgerProblem("sources.yaml", source.line, source.id, text))
        try:
            page = readers[source.notation](content.decode())
        except (ValueError, LookupError) as error:
            text = f"{path.name} cannot be read as {source.notation}: {shorten(repr(error))}"
            found.append(LedgerProblem("sources.yaml", source.line, source.id, text))
            continue
        examples = [example for example in ledger.examples if example.source == source.id]
        found += [*_claims(claims, page), *_examples(examples, page)]
        found += _unclaimed(source, claims, examples, page)
    return found


def _unjoined(ledger: Ledger, facts: Path) -> Iterator[LedgerProblem]:
    """Yield the sources of numbered rows that the ledger does not have."""
    if facts.is_file():
        for source in sorted(numbered_rows(facts.read_text(encoding="utf-8")).keys() - ledger.source.keys()):
            yield LedgerProblem("sources.yaml", None, source, f"{facts.name} has rows of this source: add it")


def _claims(claims: Iterable[Claim], page: SourcePage) -> Iterator[LedgerProblem]:
    readings = {reading.at: reading for reading in page.readings}
    for claim in claims:
        reading = readings.get(claim.at)
        if reading is not None:
            texts = [*_stands(claim, reading.text), *_differences(claim, reading)]
        elif claim.at.path or READ & claim.says.keys():
            texts = [f"no property, parameter or list stands at {claim.at}; {_nearest(claim, page)}"]
        else:
            texts = list(_stands(claim, page.text(claim.at)))
        yield from (LedgerProblem(claim.file, claim.line, claim.id, text) for text in texts)


def _stands(claim: Claim, text: str) -> Iterator[str]:
    """Check that the anchor is in the first line of the text, and each literal value anywhere in it."""
    first, _, _ = text.partition("\n")
    if not _holds(first, claim.anchor):
        yield f"the anchor {claim.anchor!r} does not stand at {claim.at}; there stands: {shorten(first)}"
    for facet, value in claim.says.items():
        if facet in LITERAL | HISTORY:
            for item in value if isinstance(value, tuple) else (value,):
                if not any(_holds(text, spelling) for spelling in _spellings(item)):
                    yield f"says {facet}: {item}, which does not stand at {claim.at}; there stands: {shorten(text)}"


def _spellings(value: Scalar) -> tuple[str, ...]:
    """Return the spellings of a value in a sentence: a number also as a word."""
    word = _NUMBER_WORDS.get(value) if isinstance(value, int) else None
    return (str(value), word) if word else (str(value),)


def _holds(text: str, words: str) -> bool:
    """Whether ``text`` contains ``words`` as whole words: no letter next to a letter, no digit next to a digit.

    Some sources lost their spaces, so a digit may be next to a letter, and a capital next to anything.
    """
    before = r"(?<!\d)" if words[:1].isdigit() else r"(?<![^\W\d])" if words[:1].islower() else ""
    behind = r"(?![^\W\d])" if words[-1:].isalpha() else r"(?!\d)" if words[-1:].isdigit() else ""
    return re.search(before + re.escape(words) + behind, text) is not None


def _differences(claim: Claim, reading: SourceReading) -> Iterator[str]:
    """Yield the differences between a claim and the facets that a reader extracted at its passage."""
    if not fnmatchcase(claim.subject, reading.subject):
        yield f"is about {claim.subject}, but {reading.subject} stands at {claim.at}"
    said = {facet: value for facet, value in claim.says.items() if facet in READ}
    for facet in ("enum", "items.enum") if "run" in reading.facets else ():
        if isinstance(values := said.pop(facet, None), tuple):
            said["run"] = "".join(str(value) for value in values)
    for facet in dict.fromkeys([*said, *reading.facets]):
        here, there = said.get(facet), reading.facets.get(facet)
        if here != there or type(here) is not type(there):
            yield f"says {facet}: {show(here)}; at {claim.at} stands {facet}: {show(there)}"


def _nearest(claim: Claim, page: SourcePage) -> str:
    """Say where the claim's subject is instead, or what its lines contain."""
    same = [str(reading.at) for reading in page.readings if fnmatchcase(claim.subject, reading.subject)]
    if same and "*" not in "".join(same):
        return f"{claim.subject} stands at {', '.join(same)}"
    return f"there stands: {shorten(page.text(claim.at)) or 'nothing'}"


def _examples(examples: Iterable[PublishedExample], page: SourcePage) -> Iterator[LedgerProblem]:
    answers = {answer.at: answer for answer in page.answers}
    for example in examples:
        answer = answers.get(example.at)
        if answer is None:
            places = ", ".join(str(at) for at in answers)
            text = f"no example stands at {example.at}; examples stand at {places}"
            yield LedgerProblem(example.file, example.line, example.id, text)
            continue
        if not _holds(answer.text, example.anchor):
            text = f"the anchor {example.anchor!r} does not stand at {example.at}"
            yield LedgerProblem(example.file, example.line, example.id, text)
        for pointer, here, there in _unequal(example.body, answer.body):
            text = f"shows {here} at {pointer or 'the top'}; at {example.at} stands {there}"
            yield LedgerProblem(example.file, example.line, example.id, text)


def _unequal(here: Any, there: Any, pointer: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield the differences of two bodies as JSON pointer and both values; the order of keys matters."""
    if isinstance(here, dict) and isinstance(there, dict) and list(here) == list(there):
        for key in here:
            yield from _unequal(here[key], there[key], f"{pointer}/{escape(key)}")
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for index, pair in enumerate(zip(here, there, strict=True)):
            yield from _unequal(*pair, f"{pointer}/{index}")
    elif here != there or type(here) is not type(there) or isinstance(here, dict):
        yield pointer, shorten(json.dumps(here)), shorten(json.dumps(there))


def _unclaimed(
    source: Source, claims: list[Claim], examples: list[PublishedExample], page: SourcePage
) -> Iterator[LedgerProblem]:
    """Yield the readings and examples of a source that the ledger lacks."""
    claimed, shown = {claim.at for claim in claims}, {example.at for example in examples}
    file = f"claims/{source.id}.yaml"
    for reading in page.readings:
        if reading.at not in claimed:
            text = f"nothing is claimed of {reading.subject} at {reading.at}, where stands {show_all(reading.facets)}"
            yield LedgerProblem(file, None, source.id, text)
    for answer in page.answers:
        if answer.at not in shown:
            yield LedgerProblem(file, None, source.id, f"the example at {answer.at} is not among the examples: add it")


def _rows(source: Source, claims: list[Claim], rows: Mapping[str, str]) -> Iterator[LedgerProblem]:
    """Check claims against rows: the row has anchor and literals, and claims cover every name in the row."""
    for claim in claims:
        row = rows.get(claim.at.row)
        texts = [unknown("row", claim.at.row, rows)] if row is None else _stands(claim, row)
        yield from (LedgerProblem(claim.file, claim.line, claim.id, text) for text in texts)
    same_words: dict[tuple[str, str], Claim] = {}
    for claim in claims:
        first = same_words.setdefault((rows.get(claim.at.row, ""), claim.anchor), claim)
        if _literals(first) != _literals(claim):
            text = f"rests on the same words as {first.id} and says something else"
            yield LedgerProblem(claim.file, claim.line, claim.id, text)
    for key, row in rows.items():
        there = [claim for claim in claims if rows.get(claim.at.row) == row]
        said = {claim.subject.rpartition(".")[2] for claim in there}
        for values in (values for claim in there for values in _literals(claim).values()):
            said |= {word for value in values for word in (value, *value.split(", "))}
        missing = [name for name in names_in_row(row) if not {name, name.rpartition(".")[2]} & said]
        if missing or not there:
            text = f"nothing is claimed of {', '.join(missing) or 'anything'} in the row of {key}"
            yield LedgerProblem(f"claims/{source.id}.yaml", None, source.id, text)


def _literals(claim: Claim) -> dict[str, tuple[str, ...]]:
    """Return the facets whose values must occur literally in the source, as tuples of text."""
    return {
        facet: tuple(str(item) for item in value) if isinstance(value, tuple) else (str(value),)
        for facet, value in claim.says.items()
        if facet in LITERAL | HISTORY
    }
