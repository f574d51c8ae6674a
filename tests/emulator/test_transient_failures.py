"""A transient failure is felt, and ends within a few retries."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import httpx
import pytest

from video_log_analyzer.emulator.faults import FAULTS

if TYPE_CHECKING:
    from tests.emulator.conftest import Emulator

ROOMS = "/v1/Video/Rooms"
REFUSALS = {
    "bad-gateway": 502,
    "gateway-timeout": 504,
    "internal-errors": 500,
    "rate-limited": 429,
    "rate-limited-silently": 429,
    "unavailable": 503,
}
DROPS = {
    "connection-closed": httpx.RemoteProtocolError,
    "connection-reset": httpx.ReadError,
    "truncated-body": httpx.RemoteProtocolError,
}
SLOW = {"latency": 0.05, "latency-spikes": 1.5, "slow-body": 0.3, "slow-headers": 0.4}
KEEP_ALIVE_LOST = "keep-alive-lost"


@contextmanager
def planted(emulator: Emulator, name: str) -> Iterator[None]:
    FAULTS.apply(emulator.app, (name,))
    try:
        yield
    finally:
        FAULTS.apply(emulator.app, ())


def test_each_has_its_place_in_this_file() -> None:
    names = {fault.name for fault in FAULTS if fault.kind == "transient failure"}
    assert names == {*REFUSALS, *DROPS, *SLOW, KEEP_ALIVE_LOST}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_burst_refuses_two_requests_in_a_row(emulator: Emulator, name: str) -> None:
    with planted(emulator, name):
        responses = [emulator.get(PageSize=1) for _ in range(81 if name == "rate-limited" else 21)]
    refused = [index for index, response in enumerate(responses) if response.status_code != 200]
    assert len(refused) == 4
    assert refused[1] == refused[0] + 1
    assert refused[2] > refused[1] + 5
    for index in refused:
        assert responses[index].status_code == REFUSALS[name]
        assert ("retry-after" in responses[index].headers) == (name == "rate-limited")
    assert emulator.get(PageSize=1).status_code == 200


@pytest.mark.parametrize("name", DROPS)
def test_a_connection_drops_twice_in_a_row(emulator: Emulator, name: str) -> None:
    outcomes: list[type[Exception] | None] = []
    with planted(emulator, name):
        for _ in range(21):
            try:
                assert emulator.get(PageSize=1).status_code == 200
            except httpx.TransportError as error:
                outcomes.append(type(error))
            else:
                outcomes.append(None)
    failed = [None] * 8 + [DROPS[name]] * 2
    assert outcomes == [*failed, *failed, None]
    assert emulator.get(PageSize=1).status_code == 200


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_answer_is_late_and_whole(emulator: Emulator, name: str) -> None:
    usual = emulator.document(PageSize=50)
    with planted(emulator, name):
        durations = []
        for _ in range(10):
            started = time.monotonic()
            assert emulator.document(PageSize=50) == usual
            durations.append(time.monotonic() - started)
    assert max(durations) >= SLOW[name]
    if name != "latency":
        # At least half of them are not late, also on a busy machine.
        assert sorted(durations)[4] < SLOW[name]


def test_the_head_of_an_answer_arrives_in_pieces(emulator: Emulator) -> None:
    with planted(emulator, "slow-headers"):
        answers = [emulator.get(PageSize=1) for _ in range(10)]
    assert answers[-1].headers["connection"] == "close"
    assert answers[-1].headers["twilio-request-id"].startswith("RQ")


def test_a_connection_that_was_to_be_kept_is_closed(emulator: Emulator) -> None:
    with planted(emulator, KEEP_ALIVE_LOST):
        ports = []
        for _ in range(4):
            with emulator.client.stream("GET", ROOMS, params={"PageSize": 1}) as response:
                assert "connection" not in response.headers
                ports.append(response.extensions["network_stream"].get_extra_info("client_addr")[1])
                response.read()
            time.sleep(0.02)
    assert ports[0] == ports[1] == ports[2] != ports[3]
