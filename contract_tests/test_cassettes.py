"""The recordings: still what the document says, readable by the client, and free of secrets. No network is used."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from video_log_analyzer import cassettes
from video_log_analyzer.cassettes import SCENARIOS, Cassette
from video_log_analyzer.checks.answer import Answer
from video_log_analyzer.checks.conformance import Conformance
from video_log_analyzer.checks.session import Session
from video_log_analyzer.document import Document
from video_log_analyzer.masking import Masker

pytestmark = pytest.mark.share(0)

FILES = sorted((Path(__file__).parent / "cassettes").glob("*.yaml"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def cassette(request: pytest.FixtureRequest) -> Cassette:
    """One recording."""
    return cassettes.load(request.param)


@pytest.fixture
def blocked_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """No socket connects, whichever library asks for it."""

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a replay must not use the network")

    for name in ("connect", "connect_ex"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


def answers(cassette: Cassette, document: Document, masker: Masker) -> Iterator[Answer]:
    """What was recorded, as answers of the operations that their paths belong to."""
    for interaction in cassette.interactions:
        request: dict[str, Any] = interaction["request"]
        response: dict[str, Any] = interaction["response"]
        operation = document.operation_at(request["uri"].removeprefix(cassettes.SYNTHETIC_ORIGIN).partition("?")[0])
        assert operation is not None, f"{cassette.path.name}: {request['uri']} is of no operation"
        headers = {name.lower(): ", ".join(values) for name, values in response["headers"].items()}
        body = response["body"]["string"]
        yield Answer(
            operation.name,
            request["method"],
            request["uri"],
            response["status"]["code"],
            headers,
            body if isinstance(body, bytes) else body.encode(),
            masker,
        )


def test_recorded_answers_conform(session: Session, document: Document, cassette: Cassette) -> None:
    """What was once recorded is still what the document says."""
    conformance, name = Conformance(document), f"cassette {cassette.path.stem}"
    recorded = list(answers(cassette, document, session.masker))
    assert recorded, f"{cassette.path.name} holds no answer"
    for answer in recorded:
        session.add(replace(finding, operation=name) for finding in conformance.findings(answer))


@pytest.mark.usefixtures("blocked_network")
def test_client_replays(cassette: Cassette) -> None:
    """The generated client runs the recorded scenario again without a network."""
    with cassettes.replayed(cassette) as client:
        SCENARIOS[cassette.label["scenario"]](client)


def test_no_credentials_are_recorded(cassette: Cassette) -> None:
    """No recorded request has an Authorization header, or any other."""
    assert not any(interaction["request"]["headers"] for interaction in cassette.interactions)
