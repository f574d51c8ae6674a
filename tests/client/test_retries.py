"""What may pass is tried again, as long and as often as was said; the emulator's transient failures go unnoticed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest
from video_log_analyzer_client import AsyncClient, Client, Retry, errors
from video_log_analyzer_client.retries import seconds_after

from contract_kit.embedded import EmbeddedEmulator
from tests.client.conftest import ORIGIN, PASSWORD, USERNAME, Service, answer, client_of, page_of
from video_log_analyzer.emulator.faults import FAULTS
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import KIT

QUICK = Retry(first_pause=0.01, longest_pause=0.02)
GOOD = answer(page_of([]))
# What is only slow is nothing to try again for.
TRANSIENT_FAILURES = sorted(
    fault.name
    for fault in FAULTS
    if fault.kind == "transient failure" and not fault.name.startswith(("latency", "slow"))
)


@pytest.mark.parametrize("passing", [answer({}, 429), answer({}, 500), answer({}, 503), httpx.ConnectError("refused")])
def test_what_passes_is_tried_again(passing: httpx.Response | Exception) -> None:
    service = Service([passing, passing, GOOD])
    assert client_of(service, {"retry": QUICK}).rooms.list().rooms == []
    assert len(service.requests) == 3


@pytest.mark.parametrize("failure", [httpx.ReadError("reset"), httpx.ReadTimeout(""), httpx.RemoteProtocolError("cut")])
def test_tries_are_counted_and_end(failure: Exception) -> None:
    service = Service([failure])
    with pytest.raises(errors.TransportError, match=r"4 tries") as caught:
        client_of(service, {"retry": QUICK}).rooms.list()
    assert caught.value.attempts == len(service.requests) == QUICK.attempts


@pytest.mark.parametrize("status", [200, 201, 302, 400, 401, 404, 418])
def test_what_does_not_pass_is_not_tried_again(status: int) -> None:
    service = Service([answer(page_of([]), status)])
    with contextlib.nullcontext() if status == 200 else pytest.raises(errors.ApiError):
        client_of(service, {"retry": QUICK}).rooms.list()
    assert len(service.requests) == 1


def test_one_argument_turns_it_off() -> None:
    for trouble in (answer({}, 503), httpx.ConnectError("refused")):
        service = Service([trouble])
        with pytest.raises((errors.ServerError, errors.TransportError)):
            client_of(service, {"retry": None}).rooms.list()
        assert len(service.requests) == 1


def test_retry_after_is_kept_to() -> None:
    service = Service([answer({}, 429, **{"Retry-After": "1"}), GOOD])
    started = time.monotonic()
    client_of(service, {"retry": QUICK}).rooms.list()
    assert time.monotonic() - started >= 1


@pytest.mark.parametrize(
    "wanted",
    ["61", "3600", format_datetime(datetime.now(UTC) + timedelta(days=1), usegmt=True)],
    ids=["61", "3600", "date"],
)
def test_longer_wait_than_allowed_is_an_error_at_once(wanted: str) -> None:
    service = Service([answer({}, 429, **{"Retry-After": wanted}), GOOD])
    with pytest.raises(errors.RateLimited) as caught:
        client_of(service, {"retry": Retry()}).rooms.list()
    assert caught.value.retry_after is not None
    assert caught.value.retry_after > 60
    assert len(service.requests) == 1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("0", 0), ("120", 120), (" 1.5 ", 1.5), ("-1", None), ("soon", None), ("", None), (None, None), ("1e9", None)],
)
def test_retry_after_in_seconds(header: str | None, seconds: float | None) -> None:
    assert seconds_after(header) == seconds


def test_retry_after_as_a_date() -> None:
    found = seconds_after(format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True))
    assert found is not None
    assert 30 < found <= 90
    assert seconds_after("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert seconds_after("Wed, 21 Oct 99999 07:28:00 GMT") is None


def test_pauses_grow_to_a_bound_are_drawn_and_end() -> None:
    policy = Retry(attempts=20, first_pause=1, longest_pause=8, total_seconds=60)
    drawn = {attempt: [policy.pause(attempt, 0) for _ in range(200)] for attempt in (1, 2, 3, 4, 10)}
    for attempt, longest in ((1, 1), (2, 2), (3, 4), (4, 8), (10, 8)):
        found = [each for each in drawn[attempt] if each is not None]
        assert len(set(found)) > 100
        assert longest / 2 <= min(found) <= max(found) <= longest
    assert policy.pause(20, 0) is None
    assert policy.pause(1, 59.9) is None
    assert policy.pause(1, 0, retry_after=30) is not None
    assert policy.pause(1, 31, retry_after=30) is None


@pytest.mark.parametrize("wrong", [{"attempts": 0}, {"total_seconds": -1}, {"first_pause": -0.1}])
def test_policy_that_makes_no_sense_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="attempt"):
        Retry(**wrong)  # type: ignore[arg-type]


def test_asynchronous_client_tries_again_too() -> None:
    service = Service([httpx.ReadError("reset"), answer({}, 503), GOOD])

    async def call() -> int:
        arguments = {"transport": httpx.MockTransport(service)}
        async with AsyncClient(USERNAME, PASSWORD, base_url=ORIGIN, retry=QUICK, httpx_args=arguments) as client:
            return len((await client.rooms.list()).rooms)

    assert asyncio.run(call()) == 0
    assert len(service.requests) == 3


@pytest.fixture(scope="module")
def emulator() -> Iterator[EmbeddedEmulator]:
    with EmbeddedEmulator(KIT) as process:
        yield process


@pytest.mark.parametrize("fault", TRANSIENT_FAILURES)
def test_transient_failures_are_not_noticed(emulator: EmbeddedEmulator, fault: str) -> None:
    target = emulator.target
    after = datetime.now(UTC) - timedelta(days=6)
    retry = Retry(first_pause=0.01, longest_pause=0.1)
    credentials = target.credentials
    with (
        EmulatorControl(target.url) as control,
        Client(credentials.username, credentials.secret, base_url=target.url, retry=retry) as client,
    ):
        control.set_faults(fault)
        try:
            names = [room.room_sid for room in client.rooms.iterate(created_after=after, page_size=5)]
        finally:
            control.set_faults()
        assert len(names) > 80
        assert len(set(names)) == len(names)
