"""Find conflicts between the claims about one subject, and what the document must say after the decisions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from contract_kit.ledger.facets import BESIDE_THE_POINT, HISTORY, OBSERVED, SCHEMA, Scalar, Value, comparable, show
from contract_kit.ledger.model import Claim, Ledger
from contract_kit.ledger.problem import shorten

EnumStatus = Literal["current", "withdrawn", "internal", "observed"]


@dataclass(frozen=True)
class Conflict:
    """A facet of a subject on which claims differ: each value (None: absent) with the claims that give it."""

    subject: str
    facet: str
    values: tuple[tuple[Value, tuple[str, ...]], ...]

    @property
    def claims(self) -> frozenset[str]:
        """The ids of all claims in the conflict."""
        return frozenset(claim for _, claims in self.values for claim in claims)

    def __str__(self) -> str:
        """Return ``format of Item.size: int64 (M.Item.size, …); absent (R.Item.size)``."""
        sides = "; ".join(f"{shorten(show(value))} ({', '.join(claims)})" for value, claims in self.values)
        return f"{self.facet} of {self.subject}: {sides}"


def conflicts(ledger: Ledger) -> tuple[Conflict, ...]:
    """Return every conflict between claims, including those that a decision settles."""
    found = []
    for subject in ledger.subjects:
        claims = ledger.voices(subject)
        # What came or is listed in a sentence is no whole list: silence about the rest says nothing.
        facets = dict.fromkeys(facet for claim in claims for facet in claim.says if facet not in HISTORY)
        for facet in facets:
            values = _prose(claims) if facet == "prose_values" else _values(claims, facet)
            if len({comparable(value) for value, _ in values}) > 1:
                found.append(Conflict(subject, facet, values))
    return tuple(found)


def enum_statuses(ledger: Ledger, subject: str) -> dict[str, EnumStatus]:
    """Return each value that the document's enum for ``subject`` must have, with its status.

    ``current``: the newest source with the enum lists it. ``withdrawn``: only older sources do. ``observed``: answers
    showed it, and no source lists it. ``internal``: a decision says so. A decision can leave values out. Only published
    enum lists count, not prose or history.
    """
    lists = [
        (ledger.source[claim.source].since, value)
        for claim in ledger.voices(subject)
        for facet in ("enum", "items.enum")
        if isinstance(value := claim.says.get(facet), tuple)
    ]
    newest = max((since for since, _ in lists), default="")
    statuses: dict[str, EnumStatus] = {}
    for since, values in sorted(lists, key=lambda item: item[0], reverse=True):
        for value in values:
            statuses.setdefault(str(value), "current" if since == newest else "withdrawn")
    for claim in ledger.subjects.get(subject, ()):
        for value in _names(claim.says.get(OBSERVED)):
            statuses.setdefault(value, "observed")
    for decision in ledger.decisions:
        chosen = decision.chosen(subject)
        for value in _names(chosen.get("internal")):
            if value in statuses:
                statuses[value] = "internal"
        for value in _names(chosen.get("leaves_out")):
            statuses.pop(value, None)
    return statuses


def expected(ledger: Ledger, subject: str) -> dict[str, Value]:
    """Return the facets that the document must give ``subject``: those on which claims agree, overridden by decisions.

    The document must not have any other facet.
    """
    claims = ledger.voices(subject)
    facets: dict[str, Value] = {}
    for facet in dict.fromkeys(
        facet for claim in claims for facet in claim.says if facet not in BESIDE_THE_POINT | HISTORY
    ):
        values = _values(claims, facet)
        if len({comparable(value) for value, _ in values}) == 1:
            facets[facet] = values[0][0]
    for decision in ledger.decisions:
        facets |= decision.chosen(subject)
    for facet in ("enum", "items.enum"):
        if facets.get(facet) is not None:
            facets[facet] = tuple(enum_statuses(ledger, subject))
    return {facet: value for facet, value in facets.items() if value is not None and facet not in _ABOUT_ENUMS}


_ABOUT_ENUMS = frozenset({"internal", "leaves_out"})


def _values(claims: tuple[Claim, ...], facet: str) -> tuple[tuple[Value, tuple[str, ...]], ...]:
    """Return the values of a facet, each with the claims that give it; the order of lists is ignored."""
    sides: dict[Value | frozenset[Scalar], tuple[Value, list[str]]] = {}
    if facet in BESIDE_THE_POINT:
        return ()
    for claim in claims:
        # A claim with a type gives the whole schema: it claims that facets it omits are absent.
        if facet in claim.says or (facet in SCHEMA and "type" in claim.says):
            value = claim.says.get(facet)
            sides.setdefault(comparable(value), (value, []))[1].append(claim.id)
    return tuple((value, tuple(ids)) for value, ids in sides.values())


def _prose(claims: tuple[Claim, ...]) -> tuple[tuple[Value, tuple[str, ...]], ...]:
    """Return the value lists of sentences and of published enums, each with the claims that give it."""
    sides: dict[Value | frozenset[Scalar], tuple[Value, list[str]]] = {}
    for claim in claims:
        for facet in ("prose_values", "enum", "items.enum"):
            if isinstance(value := claim.says.get(facet), tuple):
                sides.setdefault(comparable(value), (value, []))[1].append(claim.id)
    return tuple((value, tuple(ids)) for value, ids in sides.values())


def _names(value: Value) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, tuple) else ()
