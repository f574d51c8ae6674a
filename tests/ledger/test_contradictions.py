"""Which assumption a finding contradicts."""

from __future__ import annotations

import pytest

from contract_kit import document
from contract_kit.findings.finding import Finding, Kind
from contract_kit.ledger.contradictions import FACETS, assumption
from contract_kit.ledger.facets import KNOWN
from contract_kit.ledger.model import Ledger
from video_log_analyzer.kit import KIT

DOCUMENT = document.load(KIT.document)


def test_each_kind_has_a_row() -> None:
    assert FACETS.keys() == set(Kind)
    assert set[str]().union(*FACETS.values()) <= KNOWN


@pytest.mark.parametrize(
    ("kind", "location", "basis", "wanted"),
    [
        (Kind.FILTER, "query:CreatedAfter", "D17", "D17"),
        (Kind.CONSISTENCY, "/rooms/*/end_time", "D9", ""),
        # The decision chooses the facet, or no facet at all, for the subject.
        (Kind.UNDOCUMENTED_VALUE, "/end_reason", "Participant.end_reason", "D6"),
        (Kind.NULL, "/participant_sid", "Participant.participant_sid", "D21"),
        (Kind.WRONG_TYPE, "/error_code", "Participant.error_code", "D14"),
        (Kind.MISSING_HEADER, "header:Access-Control-Allow-Origin", "Header.Access-Control-Allow-Origin", "D20"),
        # It chooses others.
        (Kind.FORMAT, "/end_reason", "Participant.end_reason", ""),
        (Kind.FORMAT, "/participant_sid", "Participant.participant_sid", ""),
        # A decision about a facet of everything.
        (Kind.MISSING_FIELD, "/rooms/*/end_time", "Room", "D15"),
        # A settled decision is no assumption.
        (Kind.UNDOCUMENTED_VALUE, "/rooms/*/media_region", "Room.media_region", ""),
        (Kind.MISSING_FIELD, "/rooms/*/end_time", "", ""),
        (Kind.SERVER_FAILURE, "status", "D17", ""),
        # Where a law names nothing, the parameter does.
        (Kind.VALIDATION, "query:Page", "inferred", "D18"),
        (Kind.VALIDATION, "query:RoomName", "inferred", ""),
    ],
)
def test_kind_and_basis_tell_the_assumption(kind: Kind, location: str, basis: str, wanted: str, real: Ledger) -> None:
    assert assumption(Finding(kind, "list_rooms", location, "x", "y", basis), real, DOCUMENT) == wanted
