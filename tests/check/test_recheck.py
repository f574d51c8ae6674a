"""`vla recheck`: what is asked before anything is sent, and what is made of the answer."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from contract_kit.commands.recheck import RecheckOutcome, judged
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.findings import last_report
from contract_kit.findings.finding import State
from contract_kit.findings.results import Result, TargetResult
from tests.check.reported import CONNECTED, EXPLODED, LIVE, MEASURED, OTHER, RAN, SEEN, TOO_SHORT, cut, leave, report
from tests.conftest import Run, credentials
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import KIT

RECORDED = TargetResult("recording", "", "3 recordings (no evidence about the live API)")
AGAIN = report([], operations=MEASURED[1:], checks=RAN[:1])


def test_it_stands() -> None:
    met = replace(CONNECTED, count=3, state=State.ACCEPTED, note="accepted by Kim")
    outcome, text = judged(CONNECTED, replace(AGAIN, findings=(EXPLODED, met)))
    assert outcome is RecheckOutcome.STANDS
    assert text.splitlines()[0] == (
        f"STANDS: {CONNECTED.fingerprint} undocumented value: list_participants /participants/*/status: "
        "connected (3 times)"
    )
    assert '    evidence  {"status": "connected"}' in text
    assert "    request   GET /v1/Video/Rooms/" in text
    assert "exploded" not in text


def test_it_is_gone() -> None:
    outcome, text = judged(CONNECTED, AGAIN)
    assert outcome is RecheckOutcome.GONE
    assert text.startswith(f"GONE: {CONNECTED.fingerprint} ")
    assert "not met on the live API at https://insights.twilio.com, in 8 requests" in text


def test_another_value_in_its_place_does_not_make_it_stand() -> None:
    outcome, text = judged(CONNECTED, replace(AGAIN, findings=(EXPLODED,)))
    assert outcome is RecheckOutcome.GONE
    assert "the check met 1 other finding" in text


def test_a_quick_run_is_judged_by_the_same_check() -> None:
    assert judged(CONNECTED, replace(AGAIN, profile="quick"))[0] is RecheckOutcome.GONE


@pytest.mark.parametrize(
    ("said", "result"),
    [
        ("did not run", replace(AGAIN, checks=())),
        (
            "the budget is spent",
            replace(AGAIN, checks=(cut(RAN[0], "skipped", "the budget is spent"),)),
        ),
        ("(error): x", replace(AGAIN, checks=(cut(RAN[0], "error", "x"),))),
        ("(passed): 429", replace(AGAIN, checks=(cut(RAN[0], "passed", "429"),))),
        ("never seen with data", replace(AGAIN, operations=(replace(MEASURED[1], with_data=0),))),
        ("says nothing about list_participants", replace(AGAIN, operations=MEASURED[:1])),
        ("nothing was seen at", replace(AGAIN, coverage=(replace(SEEN[0], count=0),))),
    ],
)
def test_what_was_not_looked_for_is_neither(said: str, result: Result) -> None:
    outcome, text = judged(CONNECTED, result)
    assert outcome is RecheckOutcome.INCONCLUSIVE
    assert text.startswith("INCONCLUSIVE: ")
    assert said in text


def test_the_exit_statuses_are_those_of_the_help(vla: Run) -> None:
    told = " ".join(vla("recheck", "--help").stdout.split())
    assert f"{RecheckOutcome.GONE.value} it is gone, {RecheckOutcome.STANDS.value} it stands, 2 usage" in told
    assert f"{RecheckOutcome.INCONCLUSIVE.value} inconclusive" in told


@pytest.mark.parametrize(
    ("arguments", "result", "environment", "said"),
    [
        ([], None, {}, "required: FINGERPRINT"),
        (["abcdef"], None, {}, "there is no report in build/vla: run `vla check` first"),
        (["abcdef"], report([TOO_SHORT]), {}, "has no finding abcdef"),
        (["abcdef"], report([], target=RECORDED), {}, "is about recordings, which cannot be asked again"),
        (["abc"], report([TOO_SHORT]), {}, "'abc' is no fingerprint"),
        ([TOO_SHORT.fingerprint], report([replace(TOO_SHORT, check="")]), {}, "does not say which check met"),
        ([TOO_SHORT.fingerprint], report([TOO_SHORT], target=LIVE), {}, "needs credentials in the environment"),
        ([TOO_SHORT.fingerprint], report([TOO_SHORT], target=OTHER), {"TWILIO_API_KEY": "SK1"}, "only TWILIO_API_KEY"),
        ([TOO_SHORT.fingerprint, "--target", "example.com"], report([TOO_SHORT]), {}, "is not an http or https URL"),
        (["abcdef", "--config", "nowhere.toml"], report([TOO_SHORT]), {}, "nowhere.toml: no such file"),
    ],
    ids=[
        "nothing",
        "no report",
        "unknown",
        "recordings",
        "short",
        "no check",
        "no credentials",
        "half",
        "no URL",
        "no settings",
    ],
)
def test_wrong_usage_is_one_clear_line(
    vla: Run, tmp_path: Path, arguments: list[str], result: Result | None, environment: dict[str, str], said: str
) -> None:
    if result is not None:
        leave(tmp_path, result)
    done = vla("recheck", *arguments, environment=environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr


def test_a_finding_stands_until_its_fault_is_gone(vla: Run, tmp_path: Path) -> None:
    with EmbeddedEmulator(KIT) as emulator, EmulatorControl(emulator.target.url) as control:
        environment = credentials(emulator.target)
        control.set_faults("unknown-created-method")
        bounds = ("--target", emulator.target.url, "--no-send-invalid", "--rate", "1000", "--max-requests", "8")
        assert vla("check", *bounds, environment=environment).returncode == 1
        (finding, *_) = last_report.load(tmp_path / "build" / "vla", "vla").findings
        done = vla("recheck", finding.fingerprint, environment=environment)
        assert done.returncode == 1, done.stdout + done.stderr
        assert done.stdout.startswith(f"STANDS: {finding.fingerprint} undocumented value")
        control.set_faults()
        done = vla("recheck", finding.fingerprint, environment=environment)
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.startswith(f"GONE: {finding.fingerprint} undocumented value")
