"""Connections belong to one process and one event loop; what can be set, and what is told."""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import multiprocessing
import os
import threading
import traceback
import warnings
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from video_log_analyzer_client import AsyncClient, Client, RawResponse, Retry, Sent, errors

from tests.client.conftest import ORIGIN, PASSWORD, USERNAME, Service, answer, client_of, example, page_of


class Rooms(BaseHTTPRequestHandler):
    """Answers each fetch with the room that it asks for."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = json.dumps(example("CompletedRoom") | {"room_sid": self.path.rpartition("/")[2]}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Rooms)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def fetched(client: Client, label: str, count: int = 40) -> None:
    """Fetch rooms one after the other, each of which must be the right one."""
    for number in range(count):
        sid = f"RM-{label}-{number}"
        assert client.rooms.fetch(sid).room_sid == sid


async def fetched_at_once(client: AsyncClient, label: str, count: int = 40) -> None:
    async def one(number: int) -> None:
        sid = f"RM-{label}-{number}"
        assert (await client.rooms.fetch(sid)).room_sid == sid

    await asyncio.gather(*map(one, range(count)))


def in_child(work: Any) -> int:
    """Fork, do something in the child, and return the child's process id."""
    pid = os.fork()
    if pid:
        return pid
    status = 1
    try:
        work()
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # of os.fork() beside threads, on newer Pythons
def test_forks_under_load_get_their_own_answers(origin: str) -> None:
    with Client(USERNAME, PASSWORD, base_url=origin, retry=None) as client:
        fetched(client, "master", 1)
        children = [in_child(lambda label=f"child{number}": fetched(client, label)) for number in range(3)]
        fetched(client, "parent")
        assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0, 0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_fork_of_an_asynchronous_client_does_too(origin: str) -> None:
    async def parent() -> None:
        client = AsyncClient(USERNAME, PASSWORD, base_url=origin, retry=None)
        await fetched_at_once(client, "parent", 5)
        # As a pre-forking server does: the client is there before the workers are.
        pid = in_child(lambda: threaded(lambda: asyncio.run(fetched_at_once(client, "child"))))
        await fetched_at_once(client, "parent")
        assert os.waitpid(pid, 0)[1] == 0
        await client.aclose()

    asyncio.run(parent())


def threaded(work: Any) -> None:
    """A new thread has no running event loop, which the child of a fork seems to have."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if failures:
        raise failures[0]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_multiprocessing(origin: str, method: str) -> None:
    with Client(USERNAME, PASSWORD, base_url=origin, retry=None) as client:
        fetched(client, "parent", 1)
        context: Any = multiprocessing.get_context(method)
        arguments = (client, "worker") if method == "fork" else (origin, "worker")
        workers = [
            context.Process(target=fetched if method == "fork" else fetched_from, args=arguments) for _ in range(2)
        ]
        for worker in workers:
            worker.start()
        fetched(client, "parent")
        for worker in workers:
            worker.join()
        assert [worker.exitcode for worker in workers] == [0, 0]


def fetched_from(origin: str, label: str) -> None:
    with Client(USERNAME, PASSWORD, base_url=origin, retry=None) as client:
        fetched(client, label)


def test_second_event_loop_has_its_own_connections(origin: str) -> None:
    client = AsyncClient(USERNAME, PASSWORD, base_url=origin, retry=None)
    for label in ("first", "second"):
        asyncio.run(fetched_at_once(client, label, 3))
    asyncio.run(client.aclose())


def test_answer_about_another_room_is_an_error() -> None:
    service = Service([answer(example("CompletedRoom"))])
    with pytest.raises(errors.WrongAnswer, match="room_sid RM1 was asked for, and the answer is about RM") as caught:
        client_of(service).rooms.fetch("RM1")
    assert caught.value.asked == "RM1"


def test_options_hold_for_one_client_and_share_its_connections() -> None:
    service = Service([answer({}, 503), answer(page_of([]))])
    client = client_of(service, {"headers": {"X-Team": "video"}})
    patient = client.with_options(retry=Retry(first_pause=0), headers={"X-Trace": "1"}, timeout=7)
    assert patient.rooms.list().rooms == []
    assert service.requests[1].headers["X-Team"] == "video"
    assert service.requests[1].headers["X-Trace"] == "1"
    assert service.requests[1].extensions["timeout"]["read"] == 7
    assert patient.get_httpx_client() is client.get_httpx_client()
    client.rooms.list()
    assert "X-Trace" not in service.requests[2].headers
    patient.close()
    with pytest.raises(errors.ConfigurationError, match="closed"):
        client.rooms.list()


def test_hooks_see_each_try() -> None:
    service = Service([answer({}, 503), answer(page_of([]), 200, **{"Twilio-Request-Id": "RQ1"})])
    sent: list[Sent] = []
    got: list[RawResponse] = []

    def trace(request: Sent) -> None:
        assert "Authorization" not in request.headers
        request.headers["X-Try"] = str(len(sent))
        sent.append(request)

    client_of(service, {"on_request": trace, "on_response": got.append, "retry": Retry(first_pause=0)}).rooms.list()
    assert [each.operation for each in sent] == ["list_rooms", "list_rooms"]
    assert [each.status_code for each in got] == [503, 200]
    assert [each.headers["X-Try"] for each in service.requests] == ["0", "1"]


def test_log_has_tries_and_nothing_personal(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="video_log_analyzer_client")
    service = Service([answer({}, 503), answer(example("CompletedRoom") | {"room_sid": "RM-private"})])
    client_of(service, {"retry": Retry(first_pause=0)}).rooms.fetch("RM-private")
    told = [each.getMessage() for each in caplog.records if each.name.startswith("video_log_analyzer_client")]
    assert [each.partition(",")[0] for each in told] == [
        "fetch_room: try 1: status 503",
        "fetch_room: tried again in 0.00 s",
        "fetch_room: try 2: status 200",
    ]
    assert "RM-private" not in str(told)


def test_user_agent_names_python_and_the_application() -> None:
    service = Service([answer(page_of([]))])
    client_of(service, {"app_info": "billing/1.4"}).rooms.list()
    agent = service.requests[0].headers["User-Agent"]
    assert agent.startswith("video-log-analyzer-client/")
    assert " python/3." in agent
    assert agent.endswith(" billing/1.4")
    with pytest.raises(errors.ConfigurationError, match="app_info"):
        client_of(service, {"app_info": "x\r\nX-Evil: 1"})


@pytest.mark.parametrize(
    "url", ["https://proxy.example", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:1"]
)
def test_address_comes_from_the_environment(url: str) -> None:
    environment = {"TWILIO_API_KEY": "SK1", "TWILIO_API_SECRET": "s", "VIDEO_INSIGHTS_BASE_URL": url}
    assert Client.from_env(environment).base_url == url
    assert Client.from_env(environment, base_url=ORIGIN).base_url == ORIGIN


@pytest.mark.parametrize("url", ["http://proxy.example", "http://127.evil.example@x", "ftp://localhost", "no URL"])
def test_address_of_the_environment_that_is_not_safe_is_refused(url: str) -> None:
    environment = {"TWILIO_API_KEY": "SK1", "TWILIO_API_SECRET": "s", "VIDEO_INSIGHTS_BASE_URL": url}
    with pytest.raises(errors.ConfigurationError):
        Client.from_env(environment)


def test_argument_that_leads_the_credentials_away_is_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="httpx_args has base_url"):
        Client(USERNAME, PASSWORD, httpx_args={"base_url": "https://evil.example"})


@pytest.mark.parametrize("wrong", ["secret\n", " secret", "se\ncret", "secret\0"])
def test_secret_with_a_line_end_is_refused_and_not_shown(wrong: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="password has blanks") as caught:
        Client(USERNAME, wrong)
    assert "secret" not in str(caught.value)


def test_client_that_was_never_closed_is_told(origin: str) -> None:
    def leave(*, closed: bool) -> list[str]:
        gc.collect()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            client = Client(USERNAME, PASSWORD, base_url=origin, retry=None)
            client.rooms.fetch("RM1")
            if closed:
                client.close()
            del client
            gc.collect()
        told = [str(each.message) for each in caught]
        return [each for each in told if "never closed" in each and origin in each]

    assert len(leave(closed=False)) == 1
    assert leave(closed=True) == []


def test_no_certificates_are_read_for_plain_http(origin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("certificates are read")

    monkeypatch.setattr("ssl.SSLContext.load_verify_locations", refuse)
    with Client(USERNAME, PASSWORD, base_url=origin, retry=None) as client:
        fetched(client, "plain", 1)
    with pytest.raises(AssertionError, match="certificates are read"):
        Client(USERNAME, PASSWORD).get_httpx_client()


@pytest.mark.parametrize("kind", [list, set, tuple, iter])
def test_empty_choice_is_refused(kind: Any) -> None:
    service = Service([answer(page_of([]))])
    with pytest.raises(errors.InvalidArgument, match="room_type is empty, which would choose everything"):
        client_of(service).rooms.list(room_type=kind([]))
    assert service.requests == []


def test_closed_loop_is_one_of_our_errors() -> None:
    def closed(_request: httpx.Request) -> httpx.Response:
        raise RuntimeError("Event loop is closed")

    async def ask() -> None:
        arguments = {"transport": httpx.MockTransport(closed)}
        async with AsyncClient(USERNAME, PASSWORD, base_url=ORIGIN, httpx_args=arguments) as client:
            await client.rooms.list()

    with pytest.raises(errors.ConfigurationError, match="Event loop is closed"):
        asyncio.run(ask())
