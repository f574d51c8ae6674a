"""The fidelity table: it is what the cassettes make, and it claims what a live recording shows and nothing else."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from contract_kit import contract
from contract_kit.cassettes.cassette import ORIGINS, Cassette, Label, load, load_all
from contract_kit.cassettes.fidelity import ASPECTS, confirmations, table
from contract_kit.contract import Contract
from tests.conftest import ROOT

FOLDER = ROOT / "contract_tests" / "cassettes"
CONTRACT = contract.load("video_log_analyzer.kit:KIT")
DOCUMENT = CONTRACT.document


def as_live(name: str, day: str = "2026-11-20") -> Cassette:
    """An invented recording of the live API."""
    found = load(FOLDER / f"{name}.yaml")
    emulator, live = ORIGINS["emulator"], ORIGINS["live"]
    interactions = tuple(
        replace(each, uri=each.uri.replace(emulator, live), body=each.body.replace(emulator, live))
        for each in found.interactions
    )
    return Cassette(replace(found.label, target="live", recorded_at=day), interactions, Path(f"{name}.yaml"))


def confirmed(*cassettes: Cassette, over: Contract = CONTRACT) -> set[tuple[str, str, str]]:
    return {(each.operation, each.aspect, each.name) for each in confirmations(cassettes, over) if each.on}


def fidelity(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(root / "scripts" / "fidelity.py"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_pages_are_what_cassettes_and_ledger_make() -> None:
    done = fidelity(ROOT, "--check")
    assert done.returncode == 0, done.stderr


def test_what_was_observed_live_is_in_page_and_readme(tmp_path: Path) -> None:
    """A live recording and a decision that rests on an observation, both invented, in a copy."""
    for name in ("openapi", "scripts", "contract_tests/cassettes"):
        shutil.copytree(ROOT / name, tmp_path / name)
    (tmp_path / "docs").mkdir()
    for name in ("README.md", "docs/fidelity.md"):
        shutil.copy(ROOT / name, tmp_path / name)
    folder = tmp_path / "openapi"
    (folder / "observed").mkdir()
    (folder / "observed" / "answers-2026-11-20-1.yaml").write_text(as_live("rooms-by-type").dump())
    with (folder / "sources.yaml").open("a") as file:
        file.write(
            "- {id: seen, letter: Z, what: answers, address: unknown, standing: this API, notation: observation,\n"
            "   as_of: {from: 2026-11-20, known_by: itself}, covers: one thing}\n"
        )
    (folder / "claims" / "seen.yaml").write_text(
        "source: seen\nclaims:\n- {id: Z.Room.end_reason, subject: Room.end_reason, at: {request: GET /}, "
        "anchor: seen, says: {observed: [x]}}\n"
    )
    decisions = (folder / "decisions.yaml").read_text()
    (folder / "decisions.yaml").write_text(decisions.replace("for: [H.", "for: [Z.Room.end_reason, H.", 1))
    refused = fidelity(tmp_path, "--check")
    assert refused.returncode == 1
    assert refused.stderr.count("run scripts/fidelity.py") == 2
    assert fidelity(tmp_path).returncode == 0
    assert fidelity(tmp_path, "--check").returncode == 0
    assert "1 settled by observation" in (tmp_path / "README.md").read_text()
    assert "2026-11-20" in (tmp_path / "docs" / "fidelity.md").read_text()


def test_what_the_emulator_said_confirms_nothing() -> None:
    synthetic = [each for each in load_all(FOLDER) if not each.label.is_live]
    assert synthetic
    assert confirmed(*synthetic) == set()
    rows = [
        line
        for line in table(confirmations(synthetic, CONTRACT), "Made by hand.").splitlines()
        if line.startswith("| `")
    ]
    assert len(rows) == 4
    assert all(set(row.split(" | ")[1:]) <= {"never", "never |", "–"} for row in rows)


def test_a_live_recording_confirms_what_it_shows_and_no_more() -> None:
    found = confirmed(as_live("rooms-by-type"))
    assert ("list_rooms", "filters", "RoomType") in found
    assert ("list_rooms", "status codes", "200") in found
    assert ("list_rooms", "enum values", "RoomType=peer_to_peer") in found
    assert ("list_rooms", "fields", "/rooms/*/room_name") in found
    assert ("list_rooms", "filters", "Codec") not in found
    assert {operation for operation, _, _ in found} == {"list_rooms"}
    assert not {aspect for _, aspect, _ in found} - set(ASPECTS)
    assert not {name for _, aspect, name in found if aspect == "paging"} & {"PageToken", "a next page", "a last page"}


def test_a_refused_filter_is_not_confirmed() -> None:
    found = confirmed(as_live("invalid"))
    assert ("list_rooms", "errors", "the body of 400") in found
    assert not {name for _, aspect, name in found if aspect == "filters"} & {"RoomType", "Codec"}


def test_an_error_that_is_otherwise_confirms_no_error() -> None:
    live = as_live("unauthorized")
    broken = [
        replace(each, body=json.dumps({"error": "no"})) if each.status == 401 else each for each in live.interactions
    ]
    assert ("list_rooms", "errors", "the body of 401") in confirmed(live)
    assert ("list_rooms", "errors", "the body of 401") not in confirmed(replace(live, interactions=tuple(broken)))


def test_pages_tell_the_oldest_day_and_what_is_missing() -> None:
    text = table(
        confirmations([as_live("rooms-pages", "2026-11-20"), as_live("rooms-by-type", "2026-10-01")], CONTRACT),
        "Made by hand.",
    )
    row = next(line for line in text.splitlines() if line.startswith("| `list_rooms`"))
    assert "2026-10-01" in row
    assert "* `list_rooms`, status codes: `429`" in text
    assert isinstance(load(FOLDER / "rooms.yaml").label, Label)
