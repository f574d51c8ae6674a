"""The worlds that the emulator can live in: those of the ledger. That each does what it says, `tests/settle` shows."""

from __future__ import annotations

import pytest

from contract_kit.errors import UsageError
from contract_kit.ledger import model
from tests.conftest import ROOT, Run
from video_log_analyzer.emulator.worlds import WORLDS


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
