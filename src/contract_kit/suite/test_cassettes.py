"""Cassettes: the recordings still conform to the document, and the client still reads them, without a network."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract_kit import kits
from contract_kit.cassettes import cassette as cassette_module
from contract_kit.cassettes.cassette import Cassette
from contract_kit.cassettes.replay import replay
from contract_kit.check.conformance import Conformance
from contract_kit.check.session import Session
from contract_kit.contract import Contract
from contract_kit.suite.plugin import RUN

ORDER = 60
pytestmark = pytest.mark.share(0)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Add one variant for each of the kit's cassettes."""
    if "file" in metafunc.fixturenames:
        folder = kits.load_kit(metafunc.config.stash[RUN].kit).cassettes
        files = sorted(folder.glob("*.yaml")) if folder is not None else []
        metafunc.parametrize("file", files or [None], ids=lambda path: path.stem if path else "none")


@pytest.fixture
def cassette(file: Path | None) -> Cassette:
    """One cassette."""
    if file is None:
        pytest.skip("not run: the kit has no recordings")
    return cassette_module.load(file)


def test_recorded_answers_conform(session: Session, contract: Contract, cassette: Cassette) -> None:
    """Recorded responses still conform to the document."""
    if not cassette.label.counts_for(session.target):
        pytest.skip("recorded from an emulator: no evidence about the live API")
    conformance = Conformance(contract.document)
    recorded = list(cassette.answers(contract.document, session.masker))
    assert recorded, f"{cassette.path.name} holds no answer"
    for answer in recorded:
        session.add(conformance.findings(answer))


def test_client_replays(contract: Contract, cassette: Cassette) -> None:
    """The recorded scenario runs again without a network."""
    left = replay(cassette, contract)
    uris = ", ".join(each.uri for each in left)
    assert not left, f"{cassette.path.name}: not asked for again: {uris}"
