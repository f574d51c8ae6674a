"""The worlds that the emulator can live in: those of the ledger, and each of them does something else."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx
import pytest

from contract_kit.embedded import EmbeddedEmulator
from contract_kit.errors import UsageError
from contract_kit.ledger import model
from tests.conftest import ROOT, Run
from video_log_analyzer.emulator.worlds import WORLDS
from video_log_analyzer.kit import KIT, ROOMS

SEED = ("--seed", "3", "--rooms", "120")


def test_worlds_are_the_other_answers_of_the_ledger() -> None:
    """The emulator never reads the ledger, and has a world for every answer but the decided ones."""
    decisions = model.load(ROOT / "openapi").decisions
    wanted = [
        f"{decision.id}={answer}"
        for decision in decisions
        for clause in decision.probe
        for answer in list(clause.answers)[1:]
    ]
    assert sorted(world.name for world in WORLDS) == sorted(wanted)


def _observed(*worlds: str) -> dict[str, object]:
    """What a client sees that asks about everything that a decision speaks of."""
    options = [option for world in worlds for option in ("--world", world)]
    with EmbeddedEmulator(KIT, [*SEED, *options]) as emulator:
        target = emulator.target
        auth = httpx.BasicAuth(target.credentials.username, target.credentials.secret)
        with httpx.Client(base_url=target.url, auth=auth, timeout=30) as client:
            return _with_times_apart(dict(_answers(client)))


def _with_times_apart(observed: dict[str, object]) -> dict[str, object]:
    """All times as seconds before the newest: a sample is made for the moment in which the emulator starts."""
    text = json.dumps(observed)
    times = {found: datetime.fromisoformat(found) for found in re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)}
    for found, moment in times.items():
        text = text.replace(found, f"{(max(times.values()) - moment).total_seconds():.0f} s before")
    apart: dict[str, object] = json.loads(text)
    return apart


def _answers(client: httpx.Client) -> Iterator[tuple[str, object]]:
    def told(name: str, path: str, **more: object) -> Iterator[tuple[str, object]]:
        answer = client.get(path, **more)  # type: ignore[arg-type]
        body = json.loads(answer.text.replace(str(client.base_url).rstrip("/"), "HOST"))
        if isinstance(body, dict) and "meta" in body:
            # Tokens are signed with a key of each process.
            body["meta"] = {key: value for key, value in body["meta"].items() if key in {"page", "page_size", "key"}}
        names = sorted(name for name in answer.headers if name.startswith(("access", "twilio-request-id", "www")))
        yield name, (answer.status_code, names, body)

    past = quote((datetime.now(UTC) - timedelta(days=30)).strftime("%Y-%m-%dT%H:%M:%SZ"))
    yield from told("default", f"{ROOMS}?PageSize=1000")
    yield from told("all", f"{ROOMS}?PageSize=1000&CreatedAfter={past}")
    rooms = client.get(f"{ROOMS}?PageSize=1000&CreatedAfter={past}").json()["rooms"]
    start = next(room["create_time"] for room in rooms if room["end_time"])
    yield from told("from", f"{ROOMS}?PageSize=1000&CreatedAfter={start}")
    yield from told("before", f"{ROOMS}?PageSize=1000&CreatedAfter={past}&CreatedBefore={start}")
    for number, room in enumerate(rooms[:40]):
        yield from told(f"participants {number}", f"{ROOMS}/{room['room_sid']}/Participants?PageSize=1000")
    yield from told("plain", f"{ROOMS}?CreatedAfter={past}")
    for query in ("PageSize=1001", "PageSize=0", "Page=1", "room_type=go"):
        yield from told(query, f"{ROOMS}?{query}")
    yield from told("unknown path", "/v1/Video/Nothing")
    yield from told("elsewhere", "/v1/Nothing")
    yield from told("slash", f"{ROOMS}/")
    yield from told("malformed", f"{ROOMS}/RM1")
    nobody = base64.b64encode(b"AC0:x").decode()
    yield from told("nobody", "/v1/Nothing", auth=None, headers={"Authorization": f"Basic {nobody}"})
    yield from told("origin", ROOMS, headers={"Origin": "https://example.com"})


@pytest.fixture(scope="module")
def decided() -> dict[str, object]:
    return _observed()


def test_decided_world_is_always_the_same(decided: dict[str, object]) -> None:
    assert _observed() == decided


@pytest.mark.parametrize("name", [world.name for world in WORLDS])
def test_each_world_differs_from_the_decided_one(name: str, decided: dict[str, object]) -> None:
    found = _observed(name)
    assert found.keys() - {"default"}
    assert any(found.get(key) != value for key, value in decided.items())


def test_worlds_are_named_at_the_command_line(vla: Run) -> None:
    listed = vla("emulator", "--list-worlds").stdout
    assert all(world.name in listed for world in WORLDS)
    wrong = vla("emulator", "--world", "D17=in-progres-listed")
    assert wrong.returncode == 2
    assert "--list-worlds" in wrong.stderr


def test_random_world_is_the_same_for_a_seed_and_holds_together() -> None:
    assert WORLDS.chosen(["random:5"]) == WORLDS.chosen(["random:5"])
    drawn = {WORLDS.chosen([f"random:{seed}"]) for seed in range(200)}
    assert len(drawn) > 150
    assert {name for each in drawn for name in each} == {world.name for world in WORLDS}
    assert not any({"D20=no-cors", "D20=cors-for-origins"} <= set(each) for each in drawn)
    with pytest.raises(UsageError, match="random:SEED"):
        WORLDS.chosen(["random:x"])
