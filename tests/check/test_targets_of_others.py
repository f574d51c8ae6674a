"""What `vla check` asks of a target that is not ours, and what it lets be seen of its data."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_kit.embedded import EmbeddedEmulator
from contract_kit.targets import Target
from tests.conftest import Run, credentials
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import KIT

OPERATIONS = {"list_rooms", "fetch_room", "list_participants", "fetch_participant"}


@pytest.fixture
def service() -> Iterator[Target]:
    """An emulator of one test's own."""
    with EmbeddedEmulator(KIT) as emulator:
        yield emulator.target


@pytest.fixture
def control(service: Target) -> Iterator[EmulatorControl]:
    """Its control API."""
    with EmulatorControl(service.url) as control:
        yield control


def report(folder: Path) -> dict[str, Any]:
    """The last report."""
    data: dict[str, Any] = json.loads((folder / "build" / "vla" / "report.json").read_text())
    return data


def tunnelled(vla: Run, service: Target, *arguments: str, **environment: str) -> Any:
    """Check a target on this machine as if it led to somebody else's."""
    given = {**credentials(service), **environment}
    return vla("check", "--target", service.url, "--no-send-invalid", "--rate", "1000", *arguments, environment=given)


def test_smallest_budget_still_sees_every_operation(
    vla: Run, tmp_path: Path, service: Target, control: EmulatorControl
) -> None:
    done = tunnelled(vla, service, "--max-requests", "4")
    # Too little was judged to call it conforming.
    assert done.returncode == 3, done.stdout + done.stderr
    assert "the budget cut" in done.stdout
    found = report(tmp_path)
    assert {each["name"] for each in found["operations"] if each["with_data"] == 1} == OPERATIONS
    assert sum(each["requests"] for each in found["operations"]) == 4
    assert sum(count for name, count in control.counters().items() if name.startswith("answers_")) == 4
    assert any("the budget of 4 requests" in remark for remark in found["remarks"])
    assert not any(check["outcome"] == "skipped" and not check["reason"] for check in found["checks"])


def test_too_small_a_budget_is_inconclusive(vla: Run, service: Target) -> None:
    done = tunnelled(vla, service, "--max-requests", "3")
    assert done.returncode == 3
    assert "fetch_participant was never seen with data (not reached)" in done.stdout.splitlines()[-1]


def test_budget_is_spread_over_checks(vla: Run, tmp_path: Path, service: Target) -> None:
    done = tunnelled(vla, service, "--max-requests", "60")
    assert done.returncode == 0, done.stdout + done.stderr
    found = report(tmp_path)
    asked = {check["id"].partition("::")[0] for check in found["checks"] if check["requests"]}
    assert {"test_survey.py", "test_paging.py", "test_filters.py", "test_refusals.py", "test_protocol.py"} <= asked
    assert sum(each["requests"] for each in found["operations"]) <= 60


def test_target_that_is_not_ours_is_only_read(vla: Run, service: Target, control: EmulatorControl) -> None:
    """Another method than GET would be answered with 405."""
    done = tunnelled(vla, service, "--max-requests", "300")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "answers_405" not in control.counters()


def test_deadline_ends_the_run_with_a_report(vla: Run, tmp_path: Path, service: Target) -> None:
    done = tunnelled(vla, service, "--deadline", "2", "--max-requests", "5000", "--profile", "full")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "the deadline of 2 s has passed" in done.stdout.splitlines()[-1]
    assert report(tmp_path)["verdict"]["exit_status"] == 3


def test_retry_after_is_waited_for(vla: Run, tmp_path: Path, service: Target, control: EmulatorControl) -> None:
    control.set_limit(service.credentials.username, requests=8, seconds=1)
    done = tunnelled(vla, service, "--max-requests", "40")
    assert done.returncode == 0, done.stdout + done.stderr
    assert any("429" in remark for remark in report(tmp_path)["remarks"])


def test_lasting_429_is_inconclusive(vla: Run, service: Target, control: EmulatorControl) -> None:
    control.set_limit(service.credentials.username, requests=1, seconds=3600)
    done = tunnelled(vla, service)
    assert done.returncode == 3, done.stdout + done.stderr
    assert "429" in done.stdout.splitlines()[-1]


def personal(service: Target) -> set[str]:
    """Everything in the emulator's data that nobody else may see."""
    values: set[str] = set()
    with EmulatorControl(service.url) as control, control.dump() as lines:
        for line in b"".join(lines).splitlines():
            record = json.loads(line)
            for name, value in _texts(record):
                if name.endswith("_sid") or name in {"room_name", "participant_identity", "status_callback"}:
                    values.add(value)
    return {value for value in values if len(value) > 3}


def _texts(node: object, name: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(node, dict):
        for key, below in node.items():
            yield from _texts(below, key)
    elif isinstance(node, list):
        for below in node:
            yield from _texts(below, name)
    elif isinstance(node, str):
        yield name, node


def test_nothing_personal_is_written(vla: Run, tmp_path: Path, service: Target, control: EmulatorControl) -> None:
    control.set_faults(
        "extra-room-key", "room-name-prefix", "list-differs-from-detail", "foreign-origin", "unknown-room-region"
    )
    done = tunnelled(vla, service, "--max-requests", "600", "--profile", "quick")
    assert done.returncode == 1, done.stdout + done.stderr
    kinds = {finding["kind"] for finding in report(tmp_path)["findings"]}
    assert {"undocumented field", "filter", "consistency", "undocumented value"} <= kinds
    written = done.stdout + done.stderr
    for file in (tmp_path / "build" / "vla").iterdir():
        written += file.read_text()
    secrets = {service.credentials.secret, service.credentials.username}
    assert sorted(value for value in personal(service) | secrets if value in written) == []


def test_same_key_masks_alike(vla: Run, tmp_path: Path, service: Target, control: EmulatorControl) -> None:
    control.set_faults("malformed-room-sid")

    def evidence(**environment: str) -> list[str]:
        tunnelled(vla, service, "--max-requests", "8", "--profile", "quick", **environment)
        found = report(tmp_path)["findings"]
        return [example["evidence"] for finding in found for example in finding["examples"]]

    assert evidence(VLA_MASK_KEY="one") == evidence(VLA_MASK_KEY="one") != evidence() != evidence()
    assert "random key of this run" in report(tmp_path)["masking"]


def test_fail_on_decides_what_fails(vla: Run) -> None:
    with EmbeddedEmulator(KIT, ["--legacy-values"]) as emulator:
        done = tunnelled(vla, emulator.target, "--max-requests", "8", "--fail-on", "notice")
        assert done.returncode == 1, done.stdout + done.stderr
        done = tunnelled(vla, emulator.target, "--max-requests", "100")
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--max-requests", "0"], "--max-requests: '0': allowed is a whole number from 1"),
        (["--max-requests", "many"], "--max-requests: 'many': allowed is a whole number from 1"),
        (["--rate", "0"], "--rate: '0': allowed is a number above 0"),
        (["--deadline", "-1"], "--deadline: '-1': allowed is a number above 0"),
        (["--profile", "slow"], "--profile: 'slow': allowed is one of quick, full"),
        (["--fail-on", "never"], "--fail-on: 'never': allowed is one of breaking, drift, notice"),
    ],
)
def test_bounds_that_are_none_are_refused(vla: Run, arguments: list[str], said: str) -> None:
    done = vla("check", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1
