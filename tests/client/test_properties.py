"""What holds of every answer: data of the document is read without loss, and nothing at all is a crash."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from video_log_analyzer_client import errors, models
from video_log_analyzer_client.types import Answer

from tests.client import strategies
from tests.client.conftest import ORIGIN, Service, client_of

SLOWLY = settings(
    max_examples=int(os.environ.get("CLIENT_EXAMPLES", "30")), deadline=None, suppress_health_check=list(HealthCheck)
)
BODIES = ["RoomPage", "ParticipantPage", "Room", "Participant", "Error"]


def alike(sent: Any, read: Any) -> bool:
    """Whether two JSON values are equal: instants to the microsecond, integral numbers as integers."""
    if isinstance(sent, dict):
        return (
            isinstance(read, dict) and sent.keys() == read.keys() and all(alike(sent[key], read[key]) for key in sent)
        )
    if isinstance(sent, list):
        return isinstance(read, list) and len(sent) == len(read) and all(map(alike, sent, read))
    one, other = strategies.instant(sent), strategies.instant(read)
    if one is not None and other is not None:
        return abs(one - other) * 1_000_000 <= 1
    return bool(sent == read) and (not isinstance(sent, Decimal) or type(read) is int)


def has_unholdable_time(value: Any) -> bool:
    if isinstance(value, (dict, list)):
        return any(map(has_unholdable_time, value.values() if isinstance(value, dict) else value))
    if not isinstance(value, str) or not strategies._TIME.fullmatch(value):
        return False
    return strategies.instant(value) is None


@pytest.mark.parametrize("name", BODIES)
@SLOWLY
@given(data=st.data())
def test_any_answer_of_the_document_round_trips(name: str, data: st.DataObject) -> None:
    content = json.dumps(data.draw(strategies.body(name))).encode()
    # What is on the wire, digit by digit: a float may be written as another number.
    sent = json.loads(content, parse_float=Decimal)
    kind = getattr(models, name)
    if has_unholdable_time(sent):
        with pytest.raises(errors.UnreadableResponse) as caught:
            kind.from_json(content)
        assert "date-time" in caught.value.expected
        assert caught.value.body == content
        return
    read = kind.from_json(content)
    written = read.to_dict()
    assert alike(sent, written)
    assert alike(written, json.loads(read.to_json()))
    assert type(read).from_json(read.to_json()) == read


@pytest.mark.parametrize("name", ["RoomPage", "ParticipantPage", "Room", "Participant"])
@SLOWLY
@given(data=st.data())
def test_any_mutation_gives_a_result_or_a_typed_error(name: str, data: st.DataObject) -> None:
    content = data.draw(strategies.mutated(name))
    status = data.draw(st.sampled_from([200, 200, 200, 200, 201, 204, 302, 404, 418, 429, 500, 599]))
    headers = data.draw(
        st.dictionaries(
            st.sampled_from(["Retry-After", "Content-Type", "Location", "Twilio-Request-Id"]),
            st.text(st.characters(min_codepoint=32, max_codepoint=126)),
        )
    )
    service = Service([httpx.Response(status, headers=headers, content=content)])
    client = client_of(service)
    calls: dict[str, Callable[[], Answer]] = {
        "Room": lambda: client.rooms.fetch("RM1"),
        "Participant": lambda: client.rooms.participants("RM1").fetch("PA1"),
        "RoomPage": lambda: next(client.rooms.pages()),
        "ParticipantPage": lambda: next(client.rooms.participants("RM1").pages()),
    }
    with contextlib.suppress(errors.ClientError):
        result = calls[name]()
        assert result.raw.content == content
        result.to_dict()
        result.to_json()
        result.raw.deviations()
    assert {request.url.host for request in service.requests} <= {httpx.URL(ORIGIN).host}


@given(st.text())
@example("http://[")
@example("x/")
@example("https://insights.example.com:x/")
@example("//insights.example.com/v1\n")
@SLOWLY
def test_any_next_page_url_is_followed_or_a_typed_error(url: str) -> None:
    page = {"rooms": [], "meta": {"key": "rooms", "url": "", "first_page_url": "", "page": 0, "page_size": 1}}
    page["meta"] = {**page["meta"], "next_page_url": url, "previous_page_url": None}  # type: ignore[dict-item]
    service = Service([httpx.Response(200, content=json.dumps(page).encode())])
    with contextlib.suppress(errors.PagingError, errors.TransportError):
        list(client_of(service).rooms.pages())
    assert {request.url.host for request in service.requests} == {httpx.URL(ORIGIN).host}
