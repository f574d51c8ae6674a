"""The recordings: still what the document says, and readable by the client. No network is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_kit.cassettes import cassette as cassette_module
from contract_kit.cassettes.cassette import Cassette
from contract_kit.cassettes.replay import replay
from contract_kit.check.conformance import Conformance
from contract_kit.check.session import Session
from contract_kit.document import Document

pytestmark = pytest.mark.share(0)

FILES = sorted((Path(__file__).parent / "cassettes").glob("*.yaml"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def cassette(request: pytest.FixtureRequest) -> Cassette:
    """One recording."""
    return cassette_module.load(request.param)


def test_recorded_answers_conform(session: Session, document: Document, cassette: Cassette) -> None:
    """What was once recorded is still what the document says."""
    if not cassette.label.counts_for(session.target):
        pytest.skip("recorded from an emulator: no evidence about the live API")
    conformance = Conformance(document)
    recorded = list(cassette.answers(document, session.masker))
    assert recorded, f"{cassette.path.name} holds no answer"
    for answer in recorded:
        session.add(conformance.findings(answer))


def test_client_replays(cassette: Cassette) -> None:
    """The generated client runs the recorded scenario again without a network."""
    left = replay(cassette)
    uris = ", ".join(each.uri for each in left)
    assert not left, f"{cassette.path.name}: not asked for again: {uris}"
