"""Each answer that is none has its exception, of one tree, the same for lists as for what is fetched."""

from __future__ import annotations

import inspect
import pickle
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from video_log_analyzer_client import Client, errors
from video_log_analyzer_client.api.rooms import list_rooms

from tests.client.conftest import Service, answer, client_of, example

CALLS: dict[str, Callable[[Client], object]] = {
    "list_rooms": lambda client: client.rooms.list(),
    "fetch_room": lambda client: client.rooms.fetch("RM1"),
    "list_participants": lambda client: list(client.rooms.participants("RM1").iterate()),
    "fetch_participant": lambda client: client.rooms.participants("RM1").fetch("PA1"),
}


@pytest.mark.parametrize("operation", CALLS)
@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.InvalidRequest),
        (401, errors.AuthenticationError),
        (403, errors.AuthenticationError),
        (404, errors.NotFound),
        (429, errors.RateLimited),
        (500, errors.ServerError),
        (503, errors.ServerError),
        (599, errors.ServerError),
        (201, errors.ApiError),
        (204, errors.ApiError),
        (302, errors.Redirected),
        (405, errors.ApiError),
        (418, errors.ApiError),
        (799, errors.ApiError),
    ],
)
def test_status_has_its_exception_in_lists_and_fetches(
    operation: str, status: int, kind: type[errors.ApiError]
) -> None:
    body = example("UnknownRoom") | {"status": status}
    headers = {"Twilio-Request-Id": "RQ" + "0" * 32, "Retry-After": "7"}
    with pytest.raises(errors.ApiError) as caught:
        CALLS[operation](client_of(Service([answer(body, status, **headers)])))
    error = caught.value
    assert type(error) is kind
    assert (error.operation, error.status, error.code) == (operation, status, body["code"])
    assert (error.message, error.more_info) == (body["message"], body["more_info"])
    assert (error.request_id, error.retry_after) == ("RQ" + "0" * 32, 7)
    copied = pickle.loads(pickle.dumps(error))
    assert type(copied) is kind
    assert vars(copied) == vars(error)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"<html>Bad gateway</html>", None, "no message, but 24 bytes of application/json"),
        (b"", None, "no message, but 0 bytes of application/json"),
        (b"[1, 2]", None, "no message, but 6 bytes of application/json"),
        ({"code": "20404", "message": "Not here"}, None, "Not here"),
        ({"code": 20404, "message": None}, 20404, "no message, but 32 bytes of application/json"),
    ],
)
def test_error_whose_body_is_odd_is_an_error_all_the_same(body: object, code: int | None, message: str) -> None:
    client = client_of(Service([answer(body, 502)]))
    with pytest.raises(errors.ServerError) as caught:
        client.rooms.list()
    assert (caught.value.code, caught.value.message) == (code, message)
    assert list_rooms.sync(client=client) is None
    assert list_rooms.sync_detailed(client=client).status_code == 502


@pytest.mark.parametrize(
    "failure",
    [
        httpx.ConnectError("refused"),
        httpx.ReadTimeout(""),
        httpx.RemoteProtocolError("peer closed connection without sending complete message body"),
        httpx.DecodingError("bad gzip"),
        httpx.UnsupportedProtocol("x"),
    ],
)
def test_no_answer_is_a_typed_error_with_its_cause(failure: httpx.HTTPError) -> None:
    with pytest.raises(errors.TransportError, match="list_rooms: ") as caught:
        client_of(Service([failure])).rooms.list()
    assert caught.value.kind == type(failure).__name__
    assert caught.value.attempts == 1
    assert caught.value.__cause__ is failure
    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_body_that_was_not_compressed_as_it_says_is_a_typed_error() -> None:
    def garbled(_request: httpx.Request) -> httpx.Response:
        stream = httpx.ByteStream(b"no gzip at all")
        return httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=stream)

    with pytest.raises(errors.TransportError, match="DecodingError"):
        client_of(Service([garbled])).rooms.list()


def test_tree_is_drawn_as_it_is() -> None:
    drawn = inspect.getdoc(errors) or ""
    classes: dict[str, Any] = {
        name: each
        for name, each in vars(errors).items()
        if inspect.isclass(each) and issubclass(each, errors.ClientError)
    }
    for name in classes:
        assert f" {name} " in drawn.replace("\n", " ") + " ", name
    assert issubclass(errors.ConfigurationError, ValueError)
    assert issubclass(errors.InvalidArgument, ValueError)
