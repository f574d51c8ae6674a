"""Which assumption a finding contradicts: the kind tells the facet, the basis its subject."""

from __future__ import annotations

import re
from collections.abc import Mapping

from contract_kit.document import Document
from contract_kit.findings.finding import Finding, Kind
from contract_kit.ledger.model import ASSUMED, Decision, Ledger

ANYWHERE = "Api"
"""The subject ``Api.<facet>`` is that of a decision about a facet of everything: ``Api.required``."""

FACETS: Mapping[Kind, frozenset[str]] = {
    Kind.MISSING_FIELD: frozenset({"required"}),
    Kind.WRONG_TYPE: frozenset({"type", "nullable"}),
    Kind.NULL: frozenset({"nullable"}),
    Kind.UNDOCUMENTED_VALUE: frozenset({"enum", "items.enum", "type"}),
    Kind.WITHDRAWN_VALUE: frozenset({"enum", "items.enum"}),
    Kind.INTERNAL_VALUE: frozenset({"enum", "items.enum"}),
    Kind.OBSERVED_VALUE: frozenset({"enum", "items.enum"}),
    Kind.UNDOCUMENTED_FIELD: frozenset({"type", "keys"}),
    Kind.FORMAT: frozenset({"format"}),
    Kind.PATTERN: frozenset({"pattern"}),
    Kind.BOUND: frozenset({"minimum", "maximum", "min_length", "max_length"}),
    Kind.MISSING_HEADER: frozenset({"required"}),
    # What these judge is no facet of one subject: a law, which names its decision itself.
    Kind.STATUS: frozenset({"statuses"}),
    Kind.ERROR_SHAPE: frozenset({"type", "required", "keys"}),
    Kind.CONTENT_TYPE: frozenset({"content_type"}),
    Kind.METHOD: frozenset({"method"}),
    Kind.VALIDATION: frozenset({"bound", "default"}),
    Kind.PAGING: frozenset({"bound", "default"}),
    Kind.FILTER: frozenset({"bound"}),
    Kind.CONSISTENCY: frozenset({"meaning"}),
    Kind.AUTHENTICATION: frozenset({"scheme"}),
    # These say nothing of a facet.
    Kind.MALFORMED_BODY: frozenset(),
    Kind.SERVER_FAILURE: frozenset(),
    Kind.CLIENT: frozenset(),
    Kind.DOCUMENT: frozenset(),
}
"""The facets of which a finding of each kind says that they are otherwise."""


def assumption(finding: Finding, ledger: Ledger, document: Document) -> str:
    """Return the id of the assumed decision that a finding contradicts; ``""`` if it contradicts none.

    That is the finding's own basis; or the decision that chooses one of the finding's facets for its subject, or has
    the subject and chooses no facet at all for it; or the one about this facet everywhere.
    """
    facets = FACETS[finding.kind]
    if not facets:
        return ""
    assumed = [each for each in ledger.decisions if each.status == ASSUMED]
    basis = _basis(finding, document)
    for each in assumed:
        if basis == each.id or _is_about(each, basis, facets):
            return each.id
    everywhere = {f"{ANYWHERE}.{facet}" for facet in facets} if basis and basis not in _ids(ledger) else set()
    return next((each.id for each in assumed if not everywhere.isdisjoint(each.subjects)), "")


def _is_about(decision: Decision, subject: str, facets: frozenset[str]) -> bool:
    if subject not in decision.subjects:
        return False
    chosen = decision.chosen(subject)
    return not chosen or not facets.isdisjoint(chosen)


def _basis(finding: Finding, document: Document) -> str:
    """The finding's basis; where it has none, that of the parameter that it is about."""
    found = re.fullmatch(r"(?:query|path):(\w+)(?: .*)?", finding.location)
    if finding.basis not in {"", "inferred"} or found is None:
        return finding.basis
    known = [each for each in document.operations if each.name == finding.operation]
    return str(known[0].parameters.get(found[1], {}).get("x-basis", "")) if known else ""


def _ids(ledger: Ledger) -> set[str]:
    return {each.id for each in ledger.decisions}
