"""The check in each world: no finding where the document allows it, else one, and expected where it is named."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from contract_kit.embedded import EmbeddedEmulator
from contract_kit.findings.results import Result
from tests.conftest import Run, credentials
from video_log_analyzer.emulator.worlds import WORLDS
from video_log_analyzer.kit import KIT

# What no answer shows, or the document allows.
ALLOWED = {
    "D6=reason-always": "the enum has the reason",
    "D17=bounds-within-window": "rooms that are not listed cannot be known of",
    "D17=completed-only-with-bounds": "rooms that are not listed cannot be known of",
    "D22=path-first": "nobody asks for an unknown path without credentials",
    "D28=no-request-id": "the header may be missing",
    "D30=go-two-days": "rooms that are not listed cannot be known of",
    "D31=unknown-refused": "a parameter that nobody published is not sent",
}
# The check knows what the emulator that it starts itself holds, and so what lists leave out.
KNOWN = {"D17=bounds-within-window", "D17=completed-only-with-bounds"}
# Of those that would hide others, or be hidden, the list that they are in.
APART = {"D25=status-lags": 2, "D15=untold-objects-absent": 3}


def together() -> list[list[str]]:
    """Each world in one list, in each list at most one of a decision."""
    lists: list[list[str]] = []
    for world in WORLDS:
        number = sum(world.family == each.partition("=")[0] for names in lists for each in names)
        number = APART.get(world.name, number)
        lists += [[] for _ in range(number + 1 - len(lists))]
        lists[number].append(world.name)
    return lists


def checked(vla: Run, folder: Path, worlds: list[str], *named: str) -> tuple[int, list[str]]:
    """The exit status, and the assumption that each group contradicts."""
    with EmbeddedEmulator(KIT, [part for each in worlds for part in ("--world", each)]) as emulator:
        target = emulator.target
        told = [part for each in named for part in ("--world", each)]
        done = vla(
            *("check", "--target", target.url, "--profile", "quick", *told), environment=credentials(target)
        )  # fmt: skip
    assert "Traceback" not in done.stderr
    result = Result.from_dict(json.loads((folder / "build" / "vla" / "report.json").read_text()))
    return done.returncode, sorted(group.root.assumption for group in result.groups)


@pytest.mark.parametrize("worlds", together(), ids=lambda worlds: f"{worlds[0]}, {len(worlds) - 1} more")
def test_each_other_answer_is_one_finding_and_expected_where_it_is_named(
    vla: Run, tmp_path: Path, worlds: list[str]
) -> None:
    if len(worlds) == 1 and "WORLDS" not in os.environ:
        pytest.skip("takes some seconds each: run `tox run -e worlds`")
    status, contradicted = checked(vla, tmp_path, worlds, *worlds)
    assert status == 0
    assert contradicted == sorted(each.partition("=")[0] for each in worlds if each not in ALLOWED)


def test_what_is_not_named_is_not_expected(vla: Run, tmp_path: Path) -> None:
    worlds = ["D18=too-large-clamped", "D19=no-challenge"]
    status, contradicted = checked(vla, tmp_path, worlds, "D19=no-challenge")
    assert (status, contradicted) == (1, ["D18", "D19"])


@pytest.mark.skipif("WORLDS" not in os.environ, reason="takes minutes: run `tox run -e worlds`")
@pytest.mark.parametrize("world", [each.name for each in WORLDS])
@pytest.mark.parametrize("profile", ["quick", "full"])
def test_each_alone(vla: Run, tmp_path: Path, world: str, profile: str) -> None:
    if world == "D30=go-two-days":
        pytest.xfail("go rooms that are known and not listed contradict D17, which is not the decision that is named")
    done = vla("check", "--profile", profile, "--world", world)
    assert done.returncode == 0, done.stdout
    result = Result.from_dict(json.loads((tmp_path / "build" / "vla" / "report.json").read_text()))
    assert len(result.groups) == int(world not in ALLOWED or world in KNOWN)


def test_unknown_world_is_one_line(vla: Run) -> None:
    done = vla("check", "--world", "D18=too-lage")
    assert done.returncode == 2
    assert "world 'D18=too-lage': unknown; --list-worlds names all of them" in done.stderr
