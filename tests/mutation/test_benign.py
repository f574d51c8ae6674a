"""Each benign variation changes something, and nothing that the document forbids."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace

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
from contract_kit.targets import Target
from video_log_analyzer.kit import KIT

CONTRACT = contract.load(KIT)
BENIGN = [each for each in mutations_of(CONTRACT) if each.kind == "benign"]
ROOMS = "/v1/Video/Rooms"
WINDOW = "CreatedAfter=2026-01-01T00:00:00Z"
UNPACK: dict[str, Callable[[bytes], bytes]] = {"gzip": gzip.decompress, "deflate": zlib.decompress}


@pytest.fixture(scope="module")
def service() -> Iterator[Target]:
    with EmbeddedEmulator(KIT, ["--rooms", "400"]) as emulator:
        yield emulator.target


@pytest.fixture(scope="module")
def asked(service: Target) -> list[ProxyRequest]:
    """A few requests of each operation, some of them wrong."""
    first = answered(service, [], [asking(service, f"{ROOMS}?{WINDOW}&PageSize=1000")])[0]
    rooms = first.document()["rooms"]
    room = max(rooms, key=lambda each: each["unique_participants"])
    participants = f"{ROOMS}/{room['room_sid']}/Participants"
    person = answered(service, [], [asking(service, participants)])[0].document()["participants"][0]
    targets = [
        *(f"{ROOMS}?{WINDOW}&PageSize={size}" for size in (5, 1000)),
        *(f"{ROOMS}?RoomType=go&{WINDOW}", f"{ROOMS}?RoomName=nobody", ROOMS, f"{ROOMS}/{room['room_sid']}"),
        *(participants, f"{participants}?PageSize=2", f"{participants}/{person['participant_sid']}"),
        *(f"{ROOMS}?PageSize=0", f"{ROOMS}/RM{'0' * 32}", f"{ROOMS}?PageToken=nobodys"),
        *(f"{ROOMS}/{each['room_sid']}" for each in rooms[::100]),
    ]
    stranger = replace(asking(service, ROOMS), headers=())
    return [*(asking(service, target) for target in targets), stranger]


def asking(service: Target, target: str) -> ProxyRequest:
    path, _, query = target.partition("?")
    given = header(KIT.authentication, service.credentials)
    assert given is not None
    return ProxyRequest("GET", path, query, (given, ("Accept-Encoding", "gzip, deflate")))


def answered(service: Target, planted: list[Mutation], requests: list[ProxyRequest]) -> list[ProxyAnswer]:
    with MutationProxy(CONTRACT, service, planted) as proxy:
        return [proxy.exchange(request) for request in requests]


@pytest.fixture(scope="module")
def plain(service: Target, asked: list[ProxyRequest]) -> list[ProxyAnswer]:
    return answered(service, [], asked)


@pytest.mark.parametrize("variation", BENIGN, ids=lambda each: each.name)
def test_variation_shows_and_is_allowed(
    service: Target, asked: list[ProxyRequest], plain: list[ProxyAnswer], variation: Mutation
) -> None:
    assert variation.allowed
    changed = answered(service, [variation], asked)
    assert changed != plain, "it changes nothing"
    conformance = Conformance(CONTRACT.document)
    for request, answer in zip(asked, changed, strict=True):
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


def test_there_are_forty_and_they_do_not_disagree(service: Target, asked: list[ProxyRequest]) -> None:
    """All at once, the answers still conform."""
    assert len(BENIGN) >= 40
    conformance = Conformance(CONTRACT.document)
    for request, answer in zip(asked, answered(service, BENIGN, asked), strict=True):
        found = conformance.findings(observed(request, answer))
        assert [each for each in found if each.severity is not Severity.NOTICE] == []


def test_a_fault_is_not_allowed(service: Target, asked: list[ProxyRequest]) -> None:
    """What holds the variations to the document sees a fault among them."""
    fault = mutations_of(CONTRACT).find(["missing-field:fetch_room.room_name"])
    conformance = Conformance(CONTRACT.document)
    found = [
        each
        for request, answer in zip(asked, answered(service, [*fault, *BENIGN], asked), strict=True)
        for each in conformance.findings(observed(request, answer))
        if each.severity is not Severity.NOTICE
    ]
    assert {each.operation for each in found} == {"fetch_room"}


def test_scene_begins_anew(service: Target, asked: list[ProxyRequest]) -> None:
    """What a mutation remembers ends when others are planted."""
    seen: list[int] = []

    def count(answer: ProxyAnswer, _: ProxyRequest, scene: Scene) -> ProxyAnswer:
        scene.memory["count"] = scene.memory.get("count", 0) + 1
        seen.append(scene.memory["count"])
        return answer

    counting = Mutation("counting", "benign", "test", "counts", answer=count)
    with MutationProxy(CONTRACT, service, [counting]) as proxy:
        proxy.exchange(asked[0])
        proxy.exchange(asked[0])
        proxy.plant([counting])
        proxy.exchange(asked[0])
    assert seen == [1, 2, 1]
