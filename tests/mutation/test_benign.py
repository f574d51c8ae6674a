"""Each benign variation changes something, and nothing that the document forbids."""

from __future__ import annotations

import gzip
import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from contract_kit import contract
from contract_kit.check.authorization import header
from contract_kit.check.conformance import Conformance
from contract_kit.check.observed_response import ObservedResponse
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.findings.finding import Severity
from contract_kit.masking import Masker
from contract_kit.mutation.exchange import ProxyAnswer, ProxyRequest, Scene
from contract_kit.mutation.generated import mutations_of
from contract_kit.mutation.mutation import Mutation
from contract_kit.mutation.proxy import MutationProxy
from video_log_analyzer.kit import KIT

CONTRACT = contract.load(KIT)
BENIGN = [each for each in mutations_of(CONTRACT) if each.kind == "benign"]
ROOMS = "/v1/Video/Rooms"
WINDOW = "CreatedAfter=2026-01-01T00:00:00Z"
# Each answer has other identifiers of requests, and tokens that hold the second they were made in.
CHANGING = re.compile("Date|Twilio-Request", re.I)
TOKEN = re.compile(rb"PageToken=[^&\"]*")
# What is seen in these only, and left out above.
UNSEEN = {
    *("benign-upper-case-names", "benign-optional-headers-missing", "benign-identifiers-in-capitals"),
    *("benign-long-tokens", "benign-odd-tokens", "benign-numeric-tokens"),
}
UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "deflate": zlib.decompress}


@pytest.fixture(scope="module")
def proxy() -> Iterator[MutationProxy]:
    """One for all, so that its own URLs are the same in all answers."""
    with EmbeddedEmulator(KIT, ["--rooms", "400"]) as emulator, MutationProxy(CONTRACT, emulator.target) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def asked(proxy: MutationProxy) -> list[ProxyRequest]:
    """A few requests of each operation, some of them wrong."""
    rooms = answered(proxy, [], [asking(proxy, f"{ROOMS}?{WINDOW}&PageSize=1000")])[0].document()["rooms"]
    room = max(rooms, key=lambda each: each["unique_participants"])
    full = [each["room_sid"] for each in rooms if each["unique_participants"] > 8]
    participants = f"{ROOMS}/{room['room_sid']}/Participants"
    person = answered(proxy, [], [asking(proxy, participants)])[0].document()["participants"][0]
    targets = [
        *(f"{ROOMS}?{WINDOW}&PageSize={size}" for size in (5, 1000)),
        *(f"{ROOMS}?RoomType=go&{WINDOW}", f"{ROOMS}?RoomName=nobody", ROOMS, f"{ROOMS}/{room['room_sid']}"),
        *(participants, f"{participants}?PageSize=2", f"{participants}/{person['participant_sid']}"),
        *(f"{ROOMS}/{sid}/Participants" for sid in full[:12]),
        *(f"{ROOMS}?PageSize=0", f"{ROOMS}/RM{'0' * 32}", f"{ROOMS}?PageToken=nobodys"),
    ]
    stranger = replace(asking(proxy, ROOMS), headers=())
    return [*(asking(proxy, target) for target in targets), stranger]


def asking(proxy: MutationProxy, target: str) -> ProxyRequest:
    path, _, query = target.partition("?")
    given = header(KIT.authentication, proxy.target.credentials)
    assert given is not None
    return ProxyRequest("GET", path, query, (given, ("Accept-Encoding", "gzip, deflate")))


def answered(proxy: MutationProxy, planted: list[Mutation], requests: list[ProxyRequest]) -> list[ProxyAnswer]:
    proxy.plant(planted)
    return [proxy.exchange(request) for request in requests]


@pytest.fixture(scope="module")
def plain(proxy: MutationProxy, asked: list[ProxyRequest]) -> list[tuple[int, Any]]:
    return [essence(answer) for answer in answered(proxy, [], asked)]


def essence(answer: ProxyAnswer) -> tuple[int, Any]:
    """An answer without what differs each time it is asked for: the identifiers of requests, and its time."""
    kept = [pair for pair in answer.headers if not CHANGING.match(pair[0])]
    return answer.status, (kept, TOKEN.sub(b"", answer.body), answer.delivery)


@pytest.mark.parametrize("variation", BENIGN, ids=lambda each: each.name)
def test_variation_shows_and_is_allowed(
    proxy: MutationProxy, asked: list[ProxyRequest], plain: list[tuple[int, Any]], variation: Mutation
) -> None:
    assert variation.allowed
    # Some only begin, or end, after some time.
    requests = asked * 15 if variation.name in {"benign-late-room", "benign-very-slow-answers"} else asked
    changed = answered(proxy, [variation], requests)
    assert proxy.shown[variation.name]
    if variation.name not in UNSEEN:
        assert [essence(answer) for answer in changed[: len(asked)]] != plain or changed[-1] != changed[len(asked) - 1]
    conformance = Conformance(CONTRACT.document)
    for request, answer in zip(asked, changed, strict=False):
        found = conformance.findings(observed(request, answer))
        assert [each for each in found if each.severity is not Severity.NOTICE] == []


def observed(request: ProxyRequest, answer: ProxyAnswer) -> ObservedResponse:
    """The answer as a client reads it: fields of one name joined, blanks around values gone, the body unpacked."""
    headers: dict[str, str] = {}
    for name, value in answer.headers:
        known = headers.get(name.lower())
        headers[name.lower()] = value.strip() if known is None else f"{known}, {value.strip()}"
    body = answer.body
    for coding in reversed(headers.pop("content-encoding", "").split(",")):
        with suppress(KeyError):
            body = UNPACK[coding.strip()](body)
    operation = CONTRACT.document.operation_at(request.path)
    assert operation is not None
    return ObservedResponse(operation.name, "GET", request.target, answer.status, headers, body, Masker.of(CONTRACT))


def test_there_are_forty_and_they_do_not_disagree(proxy: MutationProxy, asked: list[ProxyRequest]) -> None:
    """All at once, the answers still conform."""
    assert len(BENIGN) >= 40
    conformance = Conformance(CONTRACT.document)
    for request, answer in zip(asked, answered(proxy, BENIGN, asked), strict=True):
        found = conformance.findings(observed(request, answer))
        assert [each for each in found if each.severity is not Severity.NOTICE] == []


def test_a_fault_is_not_allowed(proxy: MutationProxy, asked: list[ProxyRequest]) -> None:
    """What holds the variations to the document sees a fault among them."""
    fault = mutations_of(CONTRACT).find(["missing-field:list_rooms.rooms.room_name"])
    conformance = Conformance(CONTRACT.document)
    found = [
        each
        for request, answer in zip(asked, answered(proxy, [*fault, *BENIGN], asked), strict=True)
        for each in conformance.findings(observed(request, answer))
        if each.severity is not Severity.NOTICE
    ]
    assert {each.operation for each in found} == {"list_rooms"}


def test_scene_begins_anew(proxy: MutationProxy, asked: list[ProxyRequest]) -> None:
    """What a mutation remembers ends when others are planted."""
    seen: list[int] = []

    def count(answer: ProxyAnswer, _: ProxyRequest, scene: Scene) -> ProxyAnswer:
        scene.memory["count"] = scene.memory.get("count", 0) + 1
        seen.append(scene.memory["count"])
        return answer

    counting = Mutation("counting", "benign", "test", "counts", answer=count)
    answered(proxy, [counting], asked[:2])
    answered(proxy, [counting], asked[:1])
    assert seen == [1, 2, 1]
