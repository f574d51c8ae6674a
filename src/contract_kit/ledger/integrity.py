"""Check that the ledger is consistent: ids, references and facets are valid, and a decision settles every conflict."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from difflib import get_close_matches

from contract_kit.ledger.conflicts import Conflict, conflicts, enum_statuses
from contract_kit.ledger.facets import CHOICES, HISTORY, KNOWN, OBSERVED, READ, Facets
from contract_kit.ledger.model import (
    ASSUMED,
    HISTORY_NOTATION,
    OBSERVATION,
    ROWS_NOTATION,
    SETTLED,
    Claim,
    Decision,
    Ledger,
    PublishedExample,
    Source,
)
from contract_kit.ledger.problem import LedgerProblem, unknown

DECISIONS = "decisions.yaml"


def problems(ledger: Ledger, operations: Collection[str], notations: Collection[str]) -> list[LedgerProblem]:
    """Return every problem with the ledger's entries and the references between them.

    Args:
        ledger: The ledger.
        operations: The document's operationIds: ``["list_items", "fetch_item"]``.
        notations: The notations that can be read, besides that of a history.
    """
    found = [*_duplicates(ledger), *_sources(ledger, {*notations, HISTORY_NOTATION, ROWS_NOTATION, OBSERVATION})]
    for claim in ledger.claims:
        found += [LedgerProblem(claim.file, claim.line, claim.id, text) for text in _claim(ledger, claim)]
    for example in ledger.examples:
        found += [
            LedgerProblem(example.file, example.line, example.id, text)
            for text in _example(ledger, example, operations)
        ]
    for decision in ledger.decisions:
        found += [LedgerProblem(DECISIONS, decision.line, decision.id, text) for text in _decision(ledger, decision)]
    return [*found, *_unsettled(ledger)]


def _duplicates(ledger: Ledger) -> Iterator[LedgerProblem]:
    seen: dict[str, str] = {}
    entries: list[tuple[str, str, int]] = [("sources.yaml", source.id, source.line) for source in ledger.sources]
    entries += [(claim.file, claim.id, claim.line) for claim in ledger.claims]
    entries += [(example.file, example.id, example.line) for example in ledger.examples]
    entries += [(DECISIONS, decision.id, decision.line) for decision in ledger.decisions]
    for file, entry_id, line in entries:
        if entry_id in seen:
            yield LedgerProblem(
                file, line, entry_id, f"this id stands already at {seen[entry_id]}: ids are unique in the ledger"
            )
        seen.setdefault(entry_id, f"{file}:{line}")


def _sources(ledger: Ledger, notations: Collection[str]) -> Iterator[LedgerProblem]:
    claimed = {claim.source for claim in ledger.claims}
    letters: dict[str, str] = {}
    for source in ledger.sources:
        if source.id not in claimed:
            text = f"has no claims: write claims/{source.id}.yaml"
            yield LedgerProblem("sources.yaml", source.line, source.id, text)
        if letters.setdefault(source.letter, source.id) != source.id:
            text = f"has the letter {source.letter!r} of {letters[source.letter]}: choose another"
            yield LedgerProblem("sources.yaml", source.line, source.id, text)
        if source.notation not in notations:
            text = unknown("notation", source.notation, notations)
            yield LedgerProblem("sources.yaml", source.line, source.id, text)
        if not (source.has_rows or source.is_observation) and not (source.file and source.sha256):
            yield LedgerProblem("sources.yaml", source.line, source.id, "has no 'file' and 'sha256': give both")
        for text in _derived(ledger, source):
            yield LedgerProblem("sources.yaml", source.line, source.id, text)


def _derived(ledger: Ledger, source: Source) -> Iterator[str]:
    """Check what a source was made from."""
    path = [source.id]
    while (above := ledger.source[path[-1]].derived_from) is not None:
        if above not in ledger.source:
            yield unknown("source", above, ledger.source) + f" in derived_from of {path[-1]}"
            return
        if above in path:
            if above == source.id:
                yield f"is derived from itself: {' ← '.join([*path, above])}; one of them must have been first"
            return
        path.append(above)


def _anchored(ledger: Ledger, entry: Claim | PublishedExample, begins: str) -> Iterator[str]:
    """Check what claims and examples share; ``begins`` is the expected id after the source's letter."""
    source = ledger.source.get(entry.source)
    if source is None:
        yield unknown("source", entry.source, ledger.source)
    elif not f"{entry.id}.".startswith(f"{source.letter}.{begins}."):
        yield f"an id begins with its source's letter and what it is about: {source.letter}.{begins}"
    if source and (source.has_rows or source.is_observation) != bool(entry.at.row):
        forms = {HISTORY_NOTATION: "{date: …}", ROWS_NOTATION: "{row: …}", OBSERVATION: "{request: …}"}
        yield f"'at' must be {forms.get(source.notation, '{lines: …}')} in claims of {source.id}"
    if len(entry.anchor.split()) > 5:
        yield f"the anchor has {len(entry.anchor.split())} words: at most five may be copied from a source"


def _claim(ledger: Ledger, claim: Claim) -> Iterator[str]:
    yield from _anchored(ledger, claim, claim.subject)
    source = ledger.source.get(claim.source)
    for facet, value in claim.says.items():
        if facet not in KNOWN:
            yield unknown("facet", facet, KNOWN)
        elif facet in READ and claim.at.row:
            yield f"{facet} is not for rows: use {', '.join(sorted(HISTORY))}"
        if source and (facet == OBSERVED) != source.is_observation:
            yield f"{facet} is not for {source.id}: an observation says '{OBSERVED}', and nothing else does"
        if value == ():
            yield f"{facet} is an empty list: give its values, or leave it out"
    if not claim.says:
        yield "says nothing: give at least one facet"


def _example(ledger: Ledger, example: PublishedExample, operations: Collection[str]) -> Iterator[str]:
    yield from _anchored(ledger, example, example.operation)
    if example.operation not in operations:
        yield unknown("operation", example.operation, operations)
    decisions = [decision.id for decision in ledger.decisions]
    for deviation in example.deviations:
        if deviation.decision not in decisions:
            yield unknown("decision", deviation.decision, decisions) + f" in the deviation at {deviation.at}"


def _decision(ledger: Ledger, decision: Decision) -> Iterator[str]:
    claims = {claim.id: claim for claim in ledger.claims}
    examples = {example.id for example in ledger.examples}
    if not decision.subjects:
        yield "names no subject"
    claimed = {claim.subject for claim in ledger.claims}
    for subject in decision.subjects:
        # A decision may name a subject without claims, but one that nearly equals a claimed subject is a typo.
        if subject not in claimed and (near := get_close_matches(subject, claimed, n=1, cutoff=0.9)):
            yield f"names the subject {subject}, of which nothing is claimed: is {near[0]} meant?"
    for cited in (*decision.supports, *decision.overrules):
        if cited not in claims and cited not in examples:
            yield unknown("claim", cited, {*claims, *examples})
        elif cited in claims and claims[cited].subject not in decision.subjects:
            yield f"cites {cited}, a claim about {claims[cited].subject}: add that subject, or drop the claim"
    if decision.status == SETTLED and decision.supports and not ledger.origins(decision.supports):
        yield "is settled by sources none of which speaks of this API: an analogy makes it more likely, and is no proof"
    yield from _probe(decision)
    for cited in sorted({*decision.supports} & {*decision.overrules}):
        yield f"cites {cited} both for and against"
    yield from _choices(decision.chooses)
    for subject, facets in decision.chooses_for.items():
        yield from (f"{text}, chosen for {subject}" for text in _choices(facets))
    for subject in decision.subjects:
        yield from _values(ledger, decision, subject)


def _probe(decision: Decision) -> Iterator[str]:
    """Check what a question to the service is to show."""
    if decision.status == ASSUMED and not decision.probe and decision.no_probe is None:
        yield "is assumed, and has no probe: say which question would refute it, or none and why"
    names = [name for clause in decision.probe for name in clause.answers]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"has the answer {name} twice: a world is called by it"
    for clause in decision.probe:
        if len(clause.answers) == 1:
            yield f"has one answer to {clause.name!r}: what else might a sensible service answer?"
        if not clause.answers and not clause.needs:
            yield f"has no answers to {clause.name!r}: say in 'needs' why nothing can be asked"


def _choices(facets: Facets) -> Iterator[str]:
    for facet, value in facets.items():
        if facet not in CHOICES:
            yield unknown("facet", facet, CHOICES) + " (a subject must be among the decision's subjects)"
        elif facet in {"enum", "items.enum"} and value not in {"union", None}:
            yield f"{facet} can be chosen as 'union' (then see 'leaves_out') or null, not {value!r}"


def _values(ledger: Ledger, decision: Decision, subject: str) -> Iterator[str]:
    """Check that values which a decision calls internal or leaves out occur in a claim."""
    chosen = decision.chosen(subject)
    given = {
        str(item)
        for claim in ledger.subjects[subject]
        for value in claim.says.values()
        if isinstance(value, tuple)
        for item in value
    }
    for key, known in (("internal", set(enum_statuses(ledger, subject))), ("leaves_out", given)):
        values = chosen.get(key)
        for value in values if isinstance(values, tuple) else ():
            if str(value) not in known:
                yield f"{key}: {value!r} is in no list of {subject}"


def _unsettled(ledger: Ledger) -> Iterator[LedgerProblem]:
    claims = {claim.id: claim for claim in ledger.claims}
    for conflict in conflicts(ledger):
        deciding = [decision for decision in ledger.decisions if conflict.subject in decision.subjects]
        if not deciding:
            first = claims[conflict.values[0][1][0]]
            yield LedgerProblem(
                first.file, first.line, first.id, f"claims conflict, and no decision has the subject: {conflict}"
            )
            continue
        cited = {cited for decision in deciding for cited in (*decision.supports, *decision.overrules)}
        nearest = max(deciding, key=lambda decision: _shared(decision, conflict))
        if missing := sorted(conflict.claims - cited):
            text = f"cites neither for nor against: {', '.join(missing)}, on which claims conflict: {conflict}"
            yield LedgerProblem(DECISIONS, nearest.line, nearest.id, text)
        choices = {
            str(decision.chosen(conflict.subject)[conflict.facet]): decision.id
            for decision in deciding
            if conflict.facet in decision.chosen(conflict.subject)
        }
        if not choices and conflict.facet != "prose_values":
            text = f"does not choose {conflict.facet} for {conflict.subject}, on which claims conflict: {conflict}"
            yield LedgerProblem(DECISIONS, nearest.line, nearest.id, text)
        if len(choices) > 1:
            text = f"{' and '.join(choices.values())} choose different {conflict.facet} for {conflict.subject}"
            yield LedgerProblem(DECISIONS, nearest.line, nearest.id, text)


def _shared(decision: Decision, conflict: Conflict) -> int:
    return len(conflict.claims & {*decision.supports, *decision.overrules})
