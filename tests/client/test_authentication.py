"""Credentials reach the service, and nothing else."""

from __future__ import annotations

import base64
import copy
import logging
import pickle
import subprocess
import sys
import traceback

import httpx
import pytest
from video_log_analyzer_client import AsyncClient, Client, errors

from tests.client.conftest import ORIGIN, PASSWORD, USERNAME, Service, answer, client_of, page_of

ENCODED = base64.b64encode(f"{USERNAME}:{PASSWORD}".encode()).decode()
KEY = {"TWILIO_API_KEY": "SK" + "0" * 32, "TWILIO_API_SECRET": "key-secret"}
ACCOUNT = {"TWILIO_ACCOUNT_SID": USERNAME, "TWILIO_AUTH_TOKEN": "auth-token"}


def sent_by(environment: dict[str, str]) -> str:
    service = Service([answer(page_of([]))])
    client = Client.from_env(environment, base_url=ORIGIN, httpx_args={"transport": httpx.MockTransport(service)})
    client.rooms.list()
    return base64.b64decode(service.requests[0].headers["Authorization"].removeprefix("Basic ")).decode()


def test_credentials_come_from_the_environment() -> None:
    assert sent_by(ACCOUNT) == f"{USERNAME}:auth-token"
    assert sent_by(KEY) == f"SK{'0' * 32}:key-secret"
    assert sent_by(KEY | ACCOUNT) == f"SK{'0' * 32}:key-secret"
    assert sent_by({"TWILIO_API_KEY": "SK1"} | ACCOUNT) == f"{USERNAME}:auth-token"


def test_environment_without_credentials_says_which_are_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"set TWILIO_API_KEY .*\(found only TWILIO_ACCOUNT_SID\)"):
        Client.from_env({"TWILIO_ACCOUNT_SID": USERNAME, "TWILIO_AUTH_TOKEN": ""})
    for name in (*KEY, *ACCOUNT):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(errors.ConfigurationError, match="no credentials"):
        AsyncClient.from_env()


@pytest.mark.parametrize(
    ("base_url", "said"),
    [
        ("insights.example.com", "base_url is 'insights"),
        ("ftp://insights.example.com", "base_url is"),
        ("https://", "base_url is"),
        ("https://insights.example.com/?a=b", "base_url is"),
        ("https://[", "no URL"),
        ("https://a:b@insights.example.com", "holds credentials"),
    ],
)
def test_base_url_that_is_none_is_refused(base_url: str, said: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=said):
        Client(USERNAME, PASSWORD, base_url=base_url)


def test_credentials_that_cannot_be_sent_are_refused() -> None:
    with pytest.raises(errors.ConfigurationError, match="password is empty"):
        Client(USERNAME, "")
    with pytest.raises(errors.ConfigurationError, match="colon") as caught:
        Client(f"{USERNAME}:{PASSWORD}", PASSWORD)
    assert is_hidden(str(caught.value))


def is_hidden(text: str) -> bool:
    return PASSWORD not in text and ENCODED not in text


def test_secret_is_in_no_repr_log_or_exception(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    answers: list[httpx.Response | Exception] = [
        answer(page_of([])),
        answer({}, 401),
        answer(b"<html>"),
        httpx.ConnectError("refused"),
    ]
    service = Service(answers)
    client = client_of(service)
    shown = [repr(client), repr(vars(client)), repr(client.rooms.list().raw)]
    failures: list[errors.ClientError] = []
    for _ in range(3):
        with pytest.raises(errors.ClientError) as caught:
            client.rooms.list()
        failures.append(caught.value)
        shown += traceback.format_exception(caught.value)
        shown += [repr(caught.value), repr(vars(caught.value)), repr(pickle.dumps(caught.value))]
        cause = caught.value.__cause__
        if isinstance(cause, httpx.RequestError):
            shown.append(repr(vars(cause).values()))
    assert [type(each) for each in failures] == [
        errors.AuthenticationError,
        errors.UnreadableResponse,
        errors.ConnectError,
    ]
    assert len(caplog.records) > 0
    assert all(map(is_hidden, [*shown, caplog.text]))
    assert service.requests[0].headers["Authorization"] == f"Basic {ENCODED}"


def test_exception_of_the_transport_lets_the_credentials_go() -> None:
    def failing(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with pytest.raises(errors.TransportError) as caught:
        client_of(Service([failing])).rooms.list()
    cause = caught.value.__cause__
    assert isinstance(cause, httpx.ConnectError)
    assert "authorization" not in cause.request.headers


def test_client_cannot_be_pickled_or_copied() -> None:
    client = Client(USERNAME, PASSWORD)
    for give_away in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds credentials") as caught:
            give_away(client)
        assert is_hidden(str(caught.value))


def test_transport_is_made_on_first_use() -> None:
    script = """
import sys
from video_log_analyzer_client import AsyncClient, Client
clients = Client("user", "secret"), AsyncClient("user", "secret")
clients[0].rooms.participants("RM1").iterate()
assert "httpx" not in sys.modules
clients[0].get_httpx_client()
assert "httpx" in sys.modules
"""
    subprocess.run([sys.executable, "-c", script], check=True)


def test_http2_is_spoken_if_asked_or_the_error_says_what_to_install() -> None:
    client = Client(USERNAME, PASSWORD, http2=True)
    try:
        import h2  # type: ignore[import-not-found,import-untyped,unused-ignore] # noqa: F401
    except ImportError:
        with pytest.raises(errors.ConfigurationError, match=r"httpx\[http2\]"):
            client.get_httpx_client()
    else:
        client.get_httpx_client()


def test_timeouts_are_set_without_asking() -> None:
    assert Client(USERNAME, PASSWORD).get_httpx_client().timeout == httpx.Timeout(30)
    assert Client(USERNAME, PASSWORD, timeout=2).get_httpx_client().timeout == httpx.Timeout(2)
    assert Client(USERNAME, PASSWORD, timeout=None).get_httpx_client().timeout == httpx.Timeout(None)
