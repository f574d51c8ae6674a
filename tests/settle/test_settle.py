"""vla settle as a person runs it: emulators in every world, services of no world, and what is written."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx
import pytest

from contract_kit import contract
from contract_kit.api import Credentials
from contract_kit.cassettes import cassette
from contract_kit.cassettes.fidelity import confirmations
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.ledger import model
from contract_kit.redaction import Redactor
from contract_kit.settle import pages
from contract_kit.settle.asking import Asker
from contract_kit.settle.covering import ShownParts
from contract_kit.settle.questions import NONE_OF_THEM, Verdict
from contract_kit.settle.rehearsal import rehearse
from contract_kit.settle.settling import Settlement, probes_of, settle
from contract_kit.targets import Target
from tests.conftest import ROOT, Run, credentials
from video_log_analyzer.emulator.worlds import WORLDS
from video_log_analyzer.emulator_client import EmulatorControl
from video_log_analyzer.kit import KIT

CONTRACT = contract.load(KIT)
NOBODY = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "a-secret-of-24-characters"}


def answers(settlement: Settlement) -> dict[tuple[str, str], tuple[str, str]]:
    return {
        (each.question.decision, each.question.clause.name): (str(each.verdict), each.answer)
        for each in settlement.conclusions
    }


def test_decided_world_is_confirmed_as_far_as_it_can_be_seen() -> None:
    (found,) = rehearse(CONTRACT, 1, seed=1, worlds=[])
    assert found.settlement.sent <= 300
    left = {each.question.clause.name: each for each in found.settlement.conclusions if each.verdict != "confirmed"}
    assert {each.verdict for each in left.values()} == {Verdict.NOT_SEEN}
    unanswerable = {
        clause.name for each in model.load(ROOT / "openapi").decisions for clause in each.probe if not clause.answers
    }
    # Of what a GET can show, at least nine of ten.
    assert len(left.keys() - unanswerable) <= (len(found.settlement.conclusions) - len(unanswerable)) // 10


def _one_of_each_decision() -> list[list[str]]:
    """Worlds that have all other answers, in each at most one of a decision."""
    of_decisions: dict[str, list[str]] = {}
    for world in WORLDS:
        of_decisions.setdefault(world.family, []).append(world.name)
    most = max(map(len, of_decisions.values()))
    return [[names[number] for names in of_decisions.values() if number < len(names)] for number in range(most)]


def _refuted(worlds: list[str]) -> set[str]:
    if "D17=completed-only-with-bounds" in worlds:
        # Where no room in progress is in either list, nobody can know of one.
        worlds = [*worlds, "D17=in-progress-listed"]
    (found,) = rehearse(CONTRACT, 1, seed=16, worlds=worlds)
    refuted = {
        f"{each.question.decision}={each.answer}"
        for each in found.settlement.conclusions
        if each.verdict in {Verdict.REFUTED, Verdict.UNDECIDED}
    }
    assert refuted <= set(worlds)
    assert found.wrong == ()
    return refuted


def test_each_other_answer_is_found_and_nothing_else_is() -> None:
    found = set[str]().union(*map(_refuted, _one_of_each_decision()))
    # Some hide others: who has no properties shows none of their keys.
    for world in sorted({world.name for world in WORLDS} - found):
        assert _refuted([world]) == {world}


def test_random_worlds_are_never_told_wrong() -> None:
    for found in rehearse(CONTRACT, 2, seed=41):
        assert [(each.question, each.answer, each.said) for each in found.wrong] == [], (found.seed, found.worlds)
        assert [(each.question.key, each.said) for each in found.missed] == [], (found.seed, found.worlds)


Change = Callable[[str, int, dict[str, str], Any], tuple[int, dict[str, str], Any]]


@contextmanager
def changed(target: Target, change: Change) -> Iterator[Target]:
    """A service that answers as another one, and otherwise."""
    inner = httpx.Client(base_url=target.url, timeout=30)
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            given = {name: value for name, value in self.headers.items() if name.lower() in {"authorization", "host"}}
            answer = inner.get(self.path, headers=given)
            headers = {k: v for k, v in answer.headers.items() if k not in {"content-length", "content-encoding"}}
            status, headers, body = change(self.path, answer.status_code, headers, answer.json())
            content = json.dumps(body).encode()
            self.send_response_only(status)
            for name, value in {**headers, "content-length": str(len(content))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield Target(f"http://127.0.0.1:{server.server_address[1]}", target.credentials)
    finally:
        server.shutdown()
        server.server_close()
        inner.close()


def settled(change: Change, **options: Any) -> Settlement:
    with (
        EmbeddedEmulator(KIT, ["--seed", "5", "--rooms", "60"]) as emulator,
        changed(emulator.target, change) as target,
        Asker(target, CONTRACT, per_second=None, **options) as asker,
    ):
        return settle(CONTRACT, asker)


def test_service_of_no_world_is_none_of_them() -> None:
    def change(path: str, status: int, headers: dict[str, str], body: Any) -> tuple[int, dict[str, str], Any]:
        if "meta" in body and "PageSize" not in path:
            body["meta"]["page_size"] = 37
        if status == 404:
            status = 410
        if "PageSize=0" in path or "PageSize=1001" in path or "PageSize=5000" in path:
            status = 422
        for room in body.get("rooms", ()):
            room["links"] = {"self": room["url"]}
            room["concurrent_participants"] = "many"
        return status, headers, body

    found = answers(settled(change))
    for decision, clause in (
        ("D18", "the default"), ("D18", "above the maximum"), ("D18", "below one"), ("D22", "an unknown path"),
        ("D22", "a malformed SID"), ("D11", "what links has"), ("D26", "concurrent participants"),
    ):  # fmt: skip
        assert found[decision, clause] == ("refuted", NONE_OF_THEM)


def test_answers_that_contradict_each_other_are_undecided() -> None:
    count = [0]

    def change(path: str, status: int, headers: dict[str, str], body: Any) -> tuple[int, dict[str, str], Any]:
        if re.search(r"PageSize=(1001|5000)", path):
            count[0] += 1
            return (400, headers, body) if count[0] % 2 else (422, headers, body)
        return status, headers, body

    assert answers(settled(change))["D18", "above the maximum"][0] == "undecided"


def test_one_odd_row_settles_nothing() -> None:
    def change(path: str, status: int, headers: dict[str, str], body: Any) -> tuple[int, dict[str, str], Any]:
        if "CreatedAfter" in path and body.get("rooms"):
            body["rooms"][-1]["links"]["recordings"] = "x"
        return status, headers, body

    verdict, _ = answers(settled(change))["D11", "what links has"]
    assert verdict == "undecided"


def test_budget_is_kept_and_what_was_learnt_too() -> None:
    found = settled(lambda _path, *rest: rest, budget=15)
    assert found.sent == 15
    assert any("the budget of 15 requests was spent" in each for each in found.remarks)
    assert answers(found)["D17", "what a bound does to the window"] == ("confirmed", "bounds-replace-window")
    assert answers(found)["D6", "an ordinary leave"][0] == "not seen"


def told(emulator: EmbeddedEmulator) -> dict[str, str]:
    return credentials(emulator.target)


def test_what_is_written_says_whose_it_is_and_has_nothing_personal(vla: Run, tmp_path: Path) -> None:
    room, participant = "RM" + "5f" * 16, "PA" + "6e" * 16
    with EmbeddedEmulator(KIT, ["--rooms", "20"]) as emulator, EmulatorControl(emulator.target.url) as control:
        control.put_room(room, room_name="Kim's kitchen", status_callback="https://kim.example/")
        odd = {"participant_identity": "Kim Miller", "edge_location": "Kim's cellar"}
        control.put_participant(room, participant, allow_unknown=True, **odd)
        secrets = [room, participant, "Kim", "kim.example", emulator.target.credentials.secret]
        target = emulator.target.url
        done = vla("settle", "--target", target, "--output", tmp_path / "out", environment=told(emulator))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "undecided  D33, edge locations" in done.stdout
    assert "no evidence about the live API" in done.stdout
    files = {path.name: path.read_text() for path in (tmp_path / "out").iterdir()}
    (answered,) = files.keys() - {"settle.json", "settle.md", "settle.html"}
    for name, text in files.items():
        assert [each for each in secrets if each in text] == [], name
    report = json.loads(files["settle.json"])
    assert report["live"] is False
    assert report["whole"] is True
    assert report["decisions"]["D31"] == "confirmed"
    decisions = model.load(ROOT / "openapi").decisions
    assert {each["decision"] for each in report["clauses"]} == {each.id for each in decisions if each.probe}
    assert "This is not the live API" in files["settle.md"]
    assert "## What would have deceived the questions" in files["settle.md"]
    assert files["settle.html"].startswith("<!doctype html>")
    opened = re.findall(r"<(table|ul|tr|li|td|th|h1|h2|p)>", files["settle.html"])
    closed = re.findall(r"</(table|ul|tr|li|td|th|h1|h2|p)>", files["settle.html"])
    assert sorted(opened) == sorted(closed)
    assert {"table", "ul", "th", "td", "li"} <= set(opened)
    assert "---" not in files["settle.html"]
    kept = cassette.load(tmp_path / "out" / answered)
    assert kept.label.target == "emulator"
    assert {each.method for each in kept.interactions} == {"GET"}
    assert len(kept.interactions) == report["requests"] == len(report["asked"])


def test_answers_of_the_live_api_fill_the_fidelity_table(vla: Run, tmp_path: Path) -> None:
    """The same answers with the label of the live API, which no emulator gives."""
    assert vla("settle", "--output", tmp_path).returncode == 0
    (file,) = tmp_path.glob("answers-*.yaml")
    kept = cassette.load(file)
    assert not any(each.on for each in confirmations([kept], CONTRACT))
    live = replace(kept, label=replace(kept.label, target="live"))
    confirmed = {(each.operation, each.aspect, each.name) for each in confirmations([live], CONTRACT) if each.on}
    assert ("list_rooms", "errors", "the body of 400") in confirmed
    assert ("list_rooms", "enum values", "RoomType=go") in confirmed
    assert ("fetch_participant", "fields", "/participant_sid") in confirmed


def test_what_a_probe_showed_before_the_service_failed_counts() -> None:
    def change(path: str, status: int, headers: dict[str, str], body: Any) -> tuple[int, dict[str, str], Any]:
        if "PageSize=0" in path:
            raise ConnectionError  # no answer
        return status, headers, body

    found = settled(change)
    assert any("gives no answer" in each for each in found.remarks)
    assert not found.is_whole
    assert "page sizes and pages" not in found.learnt.finished
    verdicts = answers(found)
    assert verdicts["D18", "the default"] == ("confirmed", "fifty-by-default")
    assert verdicts["D18", "below one"][0] == "not seen"
    # Others are asked all the same.
    assert verdicts["D31", "an unknown parameter"] == ("confirmed", "unknown-ignored")


def test_interrupted_rehearsal_ends_and_counts_no_world_in_part(tmp_path: Path) -> None:
    """The service of this seed makes settle wait for a quarter of a minute."""
    command = [sys.executable, "-m", "video_log_analyzer", "settle", "--rehearse", "2", "--seed", "41080"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    time.sleep(5)
    running.send_signal(signal.SIGINT)
    said, complained = running.communicate(timeout=120)
    assert running.returncode == 3, complained
    assert "Traceback" not in complained
    assert said.startswith("0 worlds: 0 clauses settled, 0 wrong, 0 missed")


def test_run_that_ended_early_is_gone_on_with(vla: Run, tmp_path: Path) -> None:
    with EmbeddedEmulator(KIT) as emulator:
        ask = ("settle", "--target", emulator.target.url, "--output", tmp_path)
        early = vla(*ask, "--requests", "20", environment=told(emulator))
        assert "go on with the same command and --resume" in early.stdout
        first = json.loads((tmp_path / "settle.json").read_text())
        assert first["requests"] == 20
        assert first["whole"] is False
        done = vla(*ask, "--resume", environment=told(emulator))
        assert done.returncode == 0, done.stdout + done.stderr
        second = json.loads((tmp_path / "settle.json").read_text())
        assert second["whole"] is True
        assert 20 < second["requests"] <= 300
        # What the first run finished is not asked again, and counts.
        assert second["asked"][0]["number"] == 21
        assert second["learnt"]["finished"][: len(first["learnt"]["finished"])] == first["learnt"]["finished"]
        verdicts = {(each["decision"], each["clause"]): each["verdict"] for each in second["clauses"]}
        seen = [each for each in first["clauses"] if each["verdict"] == "confirmed"]
        assert len(seen) > 3
        assert {verdicts[each["decision"], each["clause"]] for each in seen} == {"confirmed"}
        assert len(list(tmp_path.glob("answers-*.yaml"))) == 2
        again = vla(*ask, "--resume", environment=told(emulator))
    assert again.returncode == 2
    assert "holds no run that ended early" in again.stderr


def test_run_of_another_service_is_not_gone_on_with(vla: Run, tmp_path: Path) -> None:
    assert vla("settle", "--output", tmp_path, "--requests", "12").returncode == 0
    with EmbeddedEmulator(KIT) as emulator:
        done = vla(
            "settle", "--target", emulator.target.url, "--output", tmp_path, "--resume", environment=told(emulator)
        )
    assert done.returncode == 2
    assert "holds a run of the embedded emulator" in done.stderr


def test_interrupted_run_keeps_what_it_learnt(tmp_path: Path) -> None:
    """Interrupted when the file of what the first probe showed is there."""
    command = [sys.executable, "-m", "video_log_analyzer", "settle", "--output", str(tmp_path)]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=tmp_path)
    while not (tmp_path / "settle.json").exists() and running.poll() is None:
        time.sleep(0.02)
    running.send_signal(signal.SIGINT)
    said, complained = running.communicate(timeout=60)
    report = json.loads((tmp_path / "settle.json").read_text())
    assert report["clauses"][0]["clause"]
    assert any(each["verdict"] == "confirmed" for each in report["clauses"])
    assert "Traceback" not in said + complained
    # A busy machine may have been too late to interrupt it.
    assert (running.returncode, report["whole"]) in {(3, False), (0, True)}


def test_what_is_in_no_list_is_told(tmp_path: Path) -> None:
    shown = ShownParts(CONTRACT)

    def change(path: str, status: int, headers: dict[str, str], body: Any) -> tuple[int, dict[str, str], Any]:
        for room in body.get("rooms", ()):
            room["media_region"] = "zz1"
            room["Kim Miller's key"] = 1
        return status, headers, body

    found = settled(change)
    shown.take(found.answers)
    pages.write(found, shown, tmp_path, {}, Redactor())
    text = (tmp_path / "settle.md").read_text()
    assert "* list_rooms, /rooms/*/media_region: undocumented value, zz1" in text
    assert "Kim" not in text
    news = json.loads((tmp_path / "settle.json").read_text())["news"]
    assert {"operation": "list_rooms", "kind": "undocumented value", "location": "/rooms/*/media_region",
            "value": "zz1"} in news  # fmt: skip


def test_what_changed_since_the_last_time_is_told(vla: Run, tmp_path: Path) -> None:
    assert vla("settle", "--output", tmp_path).returncode == 0
    with EmbeddedEmulator(KIT, ["--world", "D31=unknown-refused"]) as emulator:
        done = vla("settle", "--target", emulator.target.url, "--output", tmp_path, environment=told(emulator))
    assert done.returncode == 1
    assert "D31, an unknown parameter: unknown-ignored then, unknown-refused now" in done.stdout
    assert "unknown-ignored then" in (tmp_path / "settle.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--requests", "301"), 2, "--requests 301: expected 1 to 300"),
        (("--rehearse", "0"), 2, "--rehearse 0: at least 1"),
        (("--target", "ftp://x"), 2, "is not an http or https URL"),
        (("--target", "http://127.0.0.1:1"), 3, "gives no answer"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    arguments: tuple[str, ...], status: int, said: str, vla: Run, tmp_path: Path
) -> None:
    done = vla("settle", *arguments, "--output", tmp_path / "out", environment=NOBODY)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


def test_wrong_credentials_are_one_line(vla: Run, tmp_path: Path) -> None:
    with EmbeddedEmulator(KIT) as emulator:
        done = vla("settle", "--target", emulator.target.url, "--output", tmp_path / "out", environment=NOBODY)
    assert done.returncode == 3
    assert "does not accept the credentials" in done.stderr
    assert NOBODY["TWILIO_AUTH_TOKEN"] not in done.stdout + done.stderr


def test_result_of_another_program_is_not_overwritten(vla: Run, tmp_path: Path) -> None:
    (tmp_path / "settle.json").write_text("mine")
    done = vla("settle", "--output", tmp_path)
    assert done.returncode == 2
    assert "is no result of settle" in done.stderr
    assert (tmp_path / "settle.json").read_text() == "mine"


def test_plan_names_every_question_and_sends_nothing(vla: Run) -> None:
    done = vla("settle", "--plan")
    assert done.returncode == 0
    for each in model.load(ROOT / "openapi").decisions:
        for clause in each.probe:
            assert f"{each.id}: {clause.name}" in done.stdout
    assert not re.search(r"\b(POST|PUT|PATCH|DELETE|HEAD|OPTIONS)\b", done.stdout)


def test_probes_ask_what_the_ledger_names_and_fit_into_the_budget() -> None:
    """The kit's probes and the ledger's are the same, but for clauses that no GET can show."""
    with Asker(Target(KIT.example_target, Credentials("", "")), CONTRACT) as asker:
        probes = probes_of(KIT)(asker, CONTRACT)
    decisions = model.load(ROOT / "openapi").decisions
    wanted = {(each.id, clause.name) for each in decisions for clause in each.probe if clause.answers}
    assert {pair for probe in probes for pair in probe.clauses} == wanted
    assert sum(probe.cost for probe in probes) <= 300


def test_each_probe_sends_no_more_than_its_plan_says(target: Target) -> None:
    with Asker(target, CONTRACT, per_second=None) as asker:
        for probe in probes_of(KIT)(asker, CONTRACT):
            before = asker.sent
            assert list(probe.ask())
            assert asker.sent - before <= probe.cost, probe.name
