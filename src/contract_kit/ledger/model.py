"""The ledger: claims of the published sources, and the decisions where they differ.

::

    openapi/sources.yaml           Source            a published page, its date, its sha256
    openapi/claims/<source>.yaml   Claim             what it says about one subject, and where
                                   PublishedExample  a response that it publishes
    openapi/decisions.yaml         Decision          what the document says if claims conflict or are missing

`load` reads the folder ``openapi/``; `integrity` checks the references between entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from contract_kit import yaml_file
from contract_kit.ledger.entry import Entry, entries, whole
from contract_kit.ledger.facets import Facets, flatten

HISTORY_NOTATION = "dated-rows"
ROWS_NOTATION = "numbered-rows"
OBSERVATION = "observation"
SETTLED, ASSUMED = "settled", "assumed"
STATUSES = (SETTLED, ASSUMED)
THIS_API, BY_ANALOGY, NO_WITNESS = "this API", "by analogy", "no witness"
STANDINGS = (THIS_API, BY_ANALOGY, NO_WITNESS)
UNKNOWN_ADDRESS = "unknown"


@dataclass(frozen=True)
class Source:
    """A published source. Ids of its claims begin with ``letter``; ``since`` and ``until`` limit its possible date.

    Attributes:
        address: Where it is published, or ``unknown``.
        standing: ``this API`` if it speaks of these operations; ``by analogy`` if of a sibling surface, such as events;
            ``no witness`` if it shows what a consumer sends, not what is answered. Only the first can settle.
        derived_from: The source that it was made from, such as a rendering from a description: both count once.
    """

    id: str
    letter: str
    what: str
    address: str
    standing: str
    derived_from: str | None
    notation: str
    file: str | None
    sha256: str | None
    since: str
    until: str | None
    known_by: str
    covers: str
    line: int

    @property
    def is_history(self) -> bool:
        """Whether it is a history of changes: then it supports decisions, but cannot conflict with other claims."""
        return self.notation == HISTORY_NOTATION

    @property
    def has_rows(self) -> bool:
        """Whether it is no file of its own, but rows of the project's collection of facts."""
        return self.notation in {HISTORY_NOTATION, ROWS_NOTATION}

    @property
    def is_observation(self) -> bool:
        """Whether nobody published it: it is what answers of the service showed. It has no file."""
        return self.notation == OBSERVATION

    @property
    def is_voice(self) -> bool:
        """Whether its claims can conflict with those of others; an answer shows what there is, and no more."""
        return self.standing == THIS_API and not (self.is_history or self.is_observation)


@dataclass(frozen=True)
class Passage:
    """A location in a source: lines (from 1), with a path inside a line of JSON; a row by date or number; a request."""

    first: int
    last: int
    path: str = ""
    row: str = ""

    def __str__(self) -> str:
        """Return ``row 2024-04-18``, ``lines 75-79`` or ``line 512 $.properties.status``."""
        if self.row:
            return f"row {self.row}"
        lines = f"line {self.first}" if self.first == self.last else f"lines {self.first}-{self.last}"
        return f"{lines} {self.path}".rstrip()


@dataclass(frozen=True)
class Claim:
    """A claim of one source about one subject: ``L.Item.status`` says ``enum: (open, …)`` at lines 163-167."""

    id: str
    source: str
    subject: str
    says: Facets
    at: Passage
    anchor: str
    file: str
    line: int


@dataclass(frozen=True)
class Deviation:
    """A known deviation of an example from the document: JSON pointer, schema keyword, and the decision about it."""

    at: str
    keyword: str
    decision: str


@dataclass(frozen=True)
class PublishedExample:
    """A response that a source publishes; ``body`` keeps the order of its keys."""

    id: str
    source: str
    operation: str
    status: int
    at: Passage
    anchor: str
    body: Any
    deviations: tuple[Deviation, ...]
    file: str
    line: int


@dataclass(frozen=True)
class Clause:
    """One thing that a decision says, and what a question to the service may be answered with.

    Attributes:
        name: What it is about: ``what a bound does to the window``.
        answers: The answers that a sensible service might give, ours first, each with what would follow from it; empty
            if no question can be asked.
        needs: What has to be there for it to be seen, or why nothing can be asked; ``""`` if it can always be.
    """

    name: str
    answers: Mapping[str, str]
    needs: str


@dataclass(frozen=True)
class Decision:
    """A decision on what the document says about ``subjects``: it follows some claims and overrules others.

    ``probe`` says what a question to the service would show; where none can decide, ``no_probe`` says why.
    """

    id: str
    title: str
    subjects: tuple[str, ...]
    supports: tuple[str, ...]
    overrules: tuple[str, ...]
    text: str
    chooses: Facets
    chooses_for: Mapping[str, Facets]
    why: str
    probe: tuple[Clause, ...]
    no_probe: str | None
    status: str
    line: int

    def chosen(self, subject: str) -> Facets:
        """Return the facets that it chooses for a subject; a value of None means that the document omits the facet."""
        return {**self.chooses, **self.chooses_for.get(subject, {})} if subject in self.subjects else {}


@dataclass(frozen=True)
class Ledger:
    """The entries of the folder, in the order of its files. File names are relative to the folder."""

    sources: tuple[Source, ...]
    claims: tuple[Claim, ...]
    examples: tuple[PublishedExample, ...]
    decisions: tuple[Decision, ...]

    @cached_property
    def source(self) -> Mapping[str, Source]:
        """Sources by id."""
        return {source.id: source for source in self.sources}

    @cached_property
    def subjects(self) -> Mapping[str, tuple[Claim, ...]]:
        """Every subject that a claim or decision names, with its claims, including those of the vendor's history."""
        found: dict[str, list[Claim]] = {}
        for claim in self.claims:
            found.setdefault(claim.subject, []).append(claim)
        for decision in self.decisions:
            for subject in decision.subjects:
                found.setdefault(subject, [])
        return {subject: tuple(claims) for subject, claims in found.items()}

    def voices(self, subject: str) -> tuple[Claim, ...]:
        """Return the claims that describe the subject: all except those of the history."""
        return tuple(
            claim
            for claim in self.subjects.get(subject, ())
            if claim.source in self.source and self.source[claim.source].is_voice
        )

    def origin(self, source: str) -> str:
        """Return the source that a source goes back to: itself, unless it was made from another."""
        seen: list[str] = []
        while source in self.source and source not in seen:
            seen.append(source)
            above = self.source[source].derived_from
            if above is None:
                break
            source = above
        return source

    def origins(self, cited: Iterable[str]) -> frozenset[str]:
        """Return the independent sources of claims and examples of this API: those with one origin count once."""
        by_id = {claim.id: claim.source for claim in self.claims}
        by_id |= {example.id: example.source for example in self.examples}
        sources = {by_id[each] for each in cited if each in by_id}
        return frozenset(
            self.origin(each) for each in sources if each in self.source and self.source[each].standing == THIS_API
        )


def load(folder: Path) -> Ledger:
    """Read the ledger in ``folder`` (``openapi/`` of the checkout).

    Raises:
        FileError: a file is missing or an entry malformed; the message has the file, the line and what is allowed.
    """
    sources = tuple(_source(entry) for entry in entries(yaml_file.load(folder / "sources.yaml")))
    claims: list[Claim] = []
    examples: list[PublishedExample] = []
    for path in sorted((folder / "claims").glob("*.yaml")):
        name = f"claims/{path.name}"
        page = whole(yaml_file.load(path)).only("source", "claims", "examples")
        source = page.text("source")
        claims += [_claim(entry, source, name) for entry in page.entries("claims")]
        examples += [_example(entry, source, name) for entry in page.entries("examples")]
    decisions = tuple(_decision(entry) for entry in entries(yaml_file.load(folder / "decisions.yaml")))
    return Ledger(sources, tuple(claims), tuple(examples), decisions)


def _source(entry: Entry) -> Source:
    entry.only(
        *(
            "id",
            "letter",
            "what",
            "address",
            "standing",
            "derived_from",
            "notation",
            "file",
            "sha256",
            "as_of",
            "covers",
        )
    )
    as_of = entry.entry("as_of").only("from", "to", "known_by")
    return Source(
        id=entry.text("id"),
        letter=entry.text("letter"),
        what=entry.text("what"),
        address=entry.text("address"),
        standing=_one_of(entry, "standing", STANDINGS),
        derived_from=entry.optional_text("derived_from"),
        notation=entry.text("notation"),
        file=entry.optional_text("file"),
        sha256=entry.optional_text("sha256"),
        since=as_of.text("from"),
        until=as_of.optional_text("to"),
        known_by=as_of.text("known_by"),
        covers=entry.text("covers"),
        line=entry.line,
    )


def _claim(entry: Entry, source: str, file: str) -> Claim:
    entry.only("id", "subject", "says", "at", "anchor")
    return Claim(
        id=entry.text("id"),
        source=source,
        subject=entry.text("subject"),
        says=entry.facets("says"),
        at=_passage(entry),
        anchor=entry.text("anchor"),
        file=file,
        line=entry.line,
    )


def _example(entry: Entry, source: str, file: str) -> PublishedExample:
    entry.only("id", "operation", "status", "at", "anchor", "body", "deviations")
    return PublishedExample(
        id=entry.text("id"),
        source=source,
        operation=entry.text("operation"),
        status=entry.get("status", int, "an HTTP status"),
        at=_passage(entry),
        anchor=entry.text("anchor"),
        body=entry.get("body", dict, "the JSON object"),
        deviations=tuple(
            Deviation(deviation.text("at"), deviation.text("keyword"), deviation.text("decision"))
            for deviation in entry.entries("deviations")
        ),
        file=file,
        line=entry.line,
    )


def _passage(entry: Entry) -> Passage:
    at = entry.entry("at").only("lines", "path", "date", "row", "request")
    for key in ("date", "row", "request"):
        if key in at.data:
            return Passage(0, 0, row=at.text(key))
    lines = str(at.get("lines", (int, str), "a line (512) or lines (75-79)"))
    match = re.fullmatch(r"([1-9]\d*)(?:-([1-9]\d*))?", lines)
    if match is None or (match[2] and int(match[2]) < int(match[1])):
        at.fail("lines", f"'lines' is {lines!r}, not a line (512) or lines (75-79)")
    return Passage(int(match[1]), int(match[2] or match[1]), at.optional_text("path") or "")


def _one_of(entry: Entry, key: str, known: Sequence[str]) -> str:
    if (text := entry.text(key)) not in known:
        entry.fail(key, f"unknown {key} {text!r} (known: {', '.join(known)})")
    return text


def _decision(entry: Entry) -> Decision:
    entry.only("id", "title", "subjects", "for", "against", "decision", "chooses", "why", "probe", "status")
    status = _one_of(entry, "status", STATUSES)
    subjects = entry.texts("subjects")
    chooses = entry.entry("chooses") if "chooses" in entry.data else Entry(entry.file, entry.pointer, {}, entry.name)
    is_asked = not isinstance(entry.data.get("probe"), dict)
    return Decision(
        id=entry.text("id"),
        title=entry.text("title"),
        subjects=subjects,
        supports=entry.texts("for"),
        overrules=entry.texts("against"),
        text=entry.text("decision"),
        chooses=flatten({key: value for key, value in chooses.data.items() if key not in subjects}),
        chooses_for={subject: chooses.facets(subject) for subject in subjects if subject in chooses.data},
        why=entry.text("why"),
        probe=tuple(_clause(each) for each in entry.entries("probe")) if is_asked else (),
        no_probe=None if is_asked else entry.entry("probe").only("none").text("none"),
        status=status,
        line=entry.line,
    )


def _clause(entry: Entry) -> Clause:
    entry.only("clause", "answers", "needs")
    answers = entry.entry("answers") if "answers" in entry.data else None
    return Clause(
        name=entry.text("clause"),
        answers={name: answers.text(name) for name in answers.data} if answers else {},
        needs=entry.optional_text("needs") or "",
    )
