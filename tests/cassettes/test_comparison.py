"""The emulator, loaded with what a cassette shows, answers as was recorded; where it does not, that is listed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from contract_kit import contract
from contract_kit.cassettes.cassette import Cassette, load, load_all
from contract_kit.cassettes.recording import embedded
from contract_kit.targets import Target
from tests.conftest import ROOT, Run
from video_log_analyzer.comparison import differences
from video_log_analyzer.kit import KIT

FOLDER = ROOT / "contract_tests" / "cassettes"
CASSETTES = load_all(FOLDER)
CONTRACT = contract.load("video_log_analyzer.kit:KIT")
DOCUMENT = CONTRACT.document


@pytest.fixture(scope="module")
def emulator() -> Iterator[Target]:
    with embedded(KIT) as target:
        yield target


@pytest.mark.parametrize("cassette", CASSETTES, ids=lambda each: each.path.stem)
def test_the_emulator_answers_alike(emulator: Target, cassette: Cassette) -> None:
    found = differences(cassette, emulator, CONTRACT)
    assert not found, "\n".join(map(str, found))


def test_what_differs_is_listed(emulator: Target) -> None:
    """Recordings of a service that is unlike the emulator: each way shows."""
    pages = load(FOLDER / "rooms-pages.yaml")

    def changed(old: str, new: str) -> list[str]:
        interactions = [replace(each, body=each.body.replace(old, new)) for each in pages.interactions]
        assert tuple(interactions) != pages.interactions
        return [str(each) for each in differences(replace(pages, interactions=tuple(interactions)), emulator, CONTRACT)]

    assert any(
        "/rooms/*/spare: recorded integer" in each for each in changed('"room_type"', '"spare": 1,\n"room_type"')
    )
    assert any("/rooms/*/room_type: recorded no such key" in each for each in changed('"room_type"', '"kind"'))
    assert any("/meta/page: recorded string" in each for each in changed('"page": 1', '"page": "1"'))
    assert any(
        "/meta/page_size: recorded 3, the emulator has 2" in each
        for each in changed('"page_size": 2', '"page_size": 3')
    )


def test_another_status_and_other_rows_are_listed(emulator: Target) -> None:
    by_type = load(FOLDER / "rooms-by-type.yaml")
    first, second, *others = by_type.interactions
    found = differences(
        replace(by_type, interactions=(first, replace(second, status=404), *others)), emulator, CONTRACT
    )
    assert [(each.what, each.recorded, each.emulated) for each in found] == [("status", "404", "200")]
    # One filter's answer under another's request: as if the filter meant something else.
    third, fourth, *others = others
    found = differences(
        replace(by_type, interactions=(first, second, replace(third, body=fourth.body))), emulator, CONTRACT
    )
    assert "rows" in {each.what for each in found}


def test_the_command_lists_what_differs(vla: Run, tmp_path: Path) -> None:
    """Of a recording that somebody made of another service, here with a field that the emulator does not have."""
    rooms = load(FOLDER / "rooms.yaml")
    interactions = [
        replace(each, body=each.body.replace('"room_type"', '"spare": 1, "room_type"')) for each in rooms.interactions
    ]
    for name, recorded in (("rooms", rooms), ("spare", replace(rooms, interactions=tuple(interactions)))):
        (tmp_path / f"{name}.yaml").write_text(recorded.dump(), encoding="utf-8")
    done = vla("record", "--compare", "--output", ".")
    assert done.returncode == 1, done.stderr
    assert f"rooms.yaml of {rooms.label}: alike" in done.stdout
    assert f"spare.yaml of {rooms.label}: 1 difference\n" in done.stdout
    assert "/rooms/*/spare: recorded integer, the emulator has no such key" in done.stdout
    (tmp_path / "spare.yaml").unlink()
    assert vla("record", "--compare", "--output", ".").returncode == 0
    assert "no cassettes in none" in vla("record", "--compare", "--output", "none").stderr
