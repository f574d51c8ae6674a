"""`vla record`: what is written, what is never written, and what stays when something goes wrong."""

from __future__ import annotations

import base64
import json
import os
import re
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import ClassVar

import httpx
import pytest
import yaml

from contract_kit import contract
from contract_kit.cassettes import cassette as cassette_module
from contract_kit.cassettes import leaks
from contract_kit.cassettes.cassette import Cassette, Interaction, Label
from contract_kit.cassettes.recording import write
from contract_kit.cassettes.replay import replay
from contract_kit.cassettes.scrubbing import PROFILE
from contract_kit.targets import Target, parse_url
from tests.conftest import ROOT, Run, credentials
from video_log_analyzer.kit import KIT

CONTRACT = contract.load("video_log_analyzer.kit:KIT")

CREDENTIALS = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "the-secret-that-must-not-be-seen"}


def test_recording_twice_gives_the_same_bytes(vla: Run, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        done = vla("record", "rooms-pages", "participant", "--output", folder)
        assert done.returncode == 0, done.stderr
    # But for the day, if midnight is between them.
    day = re.compile(r"recorded_at: .*")
    for name in ("rooms-pages.yaml", "participant.yaml"):
        first, second = (day.sub("", (tmp_path / folder / name).read_text()) for folder in ("first", "second"))
        assert first == second


def test_head_says_what_it_is(vla: Run, tmp_path: Path) -> None:
    done = vla("record", "rooms", "--output", "made")
    assert "the embedded emulator (no evidence about the live API)" in done.stdout
    assert "recorded made/rooms.yaml: 1 answers; replaced: 1 RQ, 2 callback, 3 name" in done.stdout
    head = yaml.safe_load((tmp_path / "made" / "rooms.yaml").read_text(encoding="utf-8"))["recorded"]
    assert head["target"] == "emulator"
    assert head["synthetic"] == "made by the emulator of this project: no evidence about the live API"
    assert (head["document"], head["scenario"], head["scrubbing"]) == ("0.1.0", "rooms", PROFILE)
    assert set(head["tools"]) == {"vcrpy", "httpx", "video-log-analyzer-client", "contract-kit"}


def test_another_target_is_synthetic_and_keeps_nothing_of_its_own(vla: Run, tmp_path: Path, target: Target) -> None:
    """An emulator with data that nobody invented for us: account, address, secret and sample names are gone."""
    given = credentials(target)
    done = vla(
        "record", "rooms", "participant", "not-found", "--target", target.url, "--output", "made", environment=given
    )
    assert done.returncode == 0, done.stderr
    pair = f"{target.credentials.username}:{target.credentials.secret}"
    secrets = {
        "address": target.url.removeprefix("http://"),
        "secret": target.credentials.secret,
        "header": base64.b64encode(pair.encode()).decode(),
    }
    for path in (tmp_path / "made").iterdir():
        assert leaks.scan(path.read_bytes(), secrets) == []
        assert cassette_module.load(path).label.target == "emulator"
        assert "example.com" not in path.read_text(encoding="utf-8")
    assert sorted(path.name for path in (tmp_path / "made").iterdir()) == [
        "not-found.yaml",
        "participant.yaml",
        "rooms.yaml",
    ]


class _Handler(BaseHTTPRequestHandler):
    """Answers as it is told to."""

    status, body = 200, b"{}"

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(self.body)))
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False


@contextmanager
def serving(kind: type[_Handler] = _Handler, **how: object) -> Iterator[str]:
    handler = type("Handler", (kind,), how)
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


ERROR = b'{"code": 20003, "message": "No", "more_info": "https://www.twilio.com/docs/errors/20003", "status": 401}'

# A number that JSON allows and no reader of it can hold.
HUGE = (
    cassette_module.load(ROOT / "contract_tests" / "cassettes" / "rooms.yaml")
    .interactions[0]
    .body.replace('"duration_sec": 1500', '"duration_sec": 1e400')
    .encode()
)

# A page of rooms whose next page is on another host.
ELSEWHERE = (
    cassette_module.load(ROOT / "contract_tests" / "cassettes" / "rooms-pages.yaml")
    .interactions[1]
    .body.replace("http://emulator.invalid", "http://127.0.0.2:9")
    .encode()
)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, ERROR, "answers 401: it does not accept the credentials"),
        (429, ERROR, "answers 429: try again later"),
        (503, ERROR, "answers 503: try again later"),
        (403, ERROR, "answers 403, which is not what is recorded there (200)"),
        (307, b"", "answers 307, which is not what is recorded there (200)"),
        (200, b'{"rooms": 5}', "cannot be recorded"),
        (200, HUGE, "cannot be recorded"),
        (200, ELSEWHERE, "a page URL leads to another origin"),
    ],
)
def test_a_target_that_cannot_be_recorded_leaves_the_old_one(
    vla: Run, tmp_path: Path, status: int, body: bytes, said: str
) -> None:
    scenario = "rooms-pages" if body == ELSEWHERE else "rooms"
    old = tmp_path / f"{scenario}.yaml"
    old.write_text("what was there", encoding="utf-8")
    with serving(status=status, body=body) as url:
        done = vla("record", scenario, "--target", url, "--output", ".", environment=CREDENTIALS)
    assert (done.returncode, said in done.stderr) == (3, True), done.stderr
    assert "Traceback" not in done.stderr
    assert old.read_text(encoding="utf-8") == "what was there"
    assert list(tmp_path.iterdir()) == [old]


def test_what_no_credentials_open_is_said(vla: Run, tmp_path: Path) -> None:
    """Not that there is nothing to record, which is only because nothing was shown."""
    with serving(status=401, body=ERROR) as url:
        done = vla("record", "room", "--target", url, "--output", ".", environment=CREDENTIALS)
    assert (done.returncode, "it does not accept the credentials" in done.stderr) == (3, True), done.stderr
    assert list(tmp_path.iterdir()) == []


class _Between(_Handler):
    """Passes on what the emulator says, as ``changed`` makes of it."""

    target: Target
    status_of: ClassVar[Mapping[str, int]] = {}

    def changed(self, text: str) -> str:
        return text

    def do_GET(self) -> None:
        with httpx.Client(trust_env=False) as http:
            pair = (self.target.credentials.username, self.target.credentials.secret)
            answer = http.get(f"{self.target.url}{self.path}", auth=pair)
        assert isinstance(self.server, _Server)
        own = f"http://127.0.0.1:{self.server.server_address[1]}"
        self.body = self.changed(answer.text.replace(self.target.url, own)).encode()
        self.status = next((status for part, status in self.status_of.items() if part in self.path), answer.status_code)
        super().do_GET()


@pytest.mark.parametrize("spelled", ["HTTP://127.0.0.1", "http://kim:pw12@127.0.0.1"])
def test_pages_are_replayed_however_their_urls_are_spelled(
    vla: Run, tmp_path: Path, target: Target, spelled: str
) -> None:
    class Between(_Between):
        def changed(self, text: str) -> str:
            return text.replace("http://127.0.0.1", spelled)

    Between.target = target
    with serving(Between) as url:
        done = vla("record", "rooms-pages", "--target", url, "--output", ".", environment=credentials(target))
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "rooms-pages.yaml").read_text(encoding="utf-8")
    assert not re.search("kim|pw12|127.0.0.1|url-0001", text, re.IGNORECASE)
    assert replay(cassette_module.load(tmp_path / "rooms-pages.yaml"), CONTRACT) == []


def test_what_is_refused_in_part_is_no_recording(vla: Run, tmp_path: Path, target: Target) -> None:
    class Between(_Between):
        status_of: ClassVar[Mapping[str, int]] = {"/Rooms/": 401}

    Between.target = target
    with serving(Between) as url:
        done = vla("record", "room", "--target", url, "--output", ".", environment=credentials(target))
    assert (done.returncode, "answers 401, which is not what is recorded there" in done.stderr) == (3, True)
    assert list(tmp_path.iterdir()) == []


def test_a_map_by_sids_is_recorded_without_them(vla: Run, tmp_path: Path, target: Target) -> None:
    key = "PA" + "9a" * 16

    class Between(_Between):
        def changed(self, text: str) -> str:
            body = json.loads(text)
            for row in body["rooms"]:
                row["by_participant"] = {key: {"kim_secretson": 1}}
            return json.dumps(body)

    Between.target = target
    with serving(Between) as url:
        done = vla("record", "rooms", "--target", url, "--output", ".", environment=credentials(target))
    assert done.returncode == 0, done.stderr
    assert "/rooms/*/by_participant/*/* (" in done.stdout
    for said in (done.stdout, (tmp_path / "rooms.yaml").read_text(encoding="utf-8")):
        assert "by_participant" in said
        assert key not in said
        assert "kim" not in said


@pytest.mark.parametrize("url", ["http://127.0.0.1:80", "HTTP://127.0.0.1", "http://127.0.0.1/"])
def test_a_target_is_spelled_as_clients_do(url: str) -> None:
    assert parse_url(url, KIT) == "http://127.0.0.1"
    assert parse_url("https://insights.twilio.com:443", KIT) == "https://insights.twilio.com"
    assert parse_url("http://127.0.0.1:443", KIT) == "http://127.0.0.1:443"


def test_an_interrupted_recording_leaves_the_old_one(tmp_path: Path) -> None:
    old = tmp_path / "rooms.yaml"
    old.write_text("what was there", encoding="utf-8")
    asked, ended = threading.Event(), threading.Event()

    class Silent(_Handler):
        def do_GET(self) -> None:
            asked.set()
            ended.wait()

    with serving(Silent) as url:
        command = [
            sys.executable,
            "-m",
            "video_log_analyzer",
            "record",
            "rooms",
            "--target",
            url,
            "--output",
            str(tmp_path),
        ]
        child = subprocess.Popen(
            command, env={**os.environ, **CREDENTIALS}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert asked.wait(60)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
        ended.set()
    assert child.returncode == 130
    assert said.endswith("vla record: interrupted\n")
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_text(encoding="utf-8") == "what was there"


def test_what_the_live_api_said_is_not_replaced(vla: Run, tmp_path: Path) -> None:
    write_live(tmp_path / "rooms.yaml", "2026-11-20")
    done = vla("record", "rooms", "--output", ".")
    assert done.returncode == 2
    assert "rooms.yaml: was recorded from the live API, which is worth more" in done.stderr


@pytest.mark.parametrize("option", [(), ("--stale",)])
@pytest.mark.parametrize("damage", [("code: 200", "code: 201"), ("digest:", "digest: ["), ("target: live\n", "")])
def test_nor_is_what_is_left_of_it(vla: Run, tmp_path: Path, option: tuple[str, ...], damage: tuple[str, str]) -> None:
    path = tmp_path / "rooms.yaml"
    write_live(path, "2026-11-20")
    text = path.read_text(encoding="utf-8").replace(*damage)
    path.write_text(text, encoding="utf-8")
    done = vla("record", "rooms", *option, "--output", ".")
    assert done.returncode == 2
    assert "rooms.yaml: was recorded from the live API, which is worth more" in done.stderr
    assert path.read_text(encoding="utf-8") == text


def write_live(path: Path, day: str) -> None:
    label = Label("live", day, "2026-01-15T12:00:00Z", "0.1.0", path.stem, PROFILE, {})
    write(Cassette(label, (Interaction("GET", "https://live.invalid/v1/Video/Rooms", 200, {}, "{}"),)), path)


def test_stale_ones_are_told_and_renewed(vla: Run, tmp_path: Path) -> None:
    assert vla("record", "rooms", "room", "--output", ".").returncode == 0
    assert vla("record", "--stale", "rooms", "room", "--output", ".").stdout == "nothing is stale\n"
    assert vla("record", "--check-age", "--output", ".").returncode == 0
    outdated = cassette_module.load(tmp_path / "room.yaml")
    label = Label(**{**vars(outdated.label), "document": "0.0.9"})
    write(Cassette(label, outdated.interactions), tmp_path / "room.yaml")
    write_live(tmp_path / "rooms-pages.yaml", "2020-01-01")
    told = vla("record", "--check-age", "--output", ".")
    assert told.returncode == 1
    assert "notice: room.yaml: recorded with version 0.0.9 of the document" in told.stdout
    assert "error: rooms-pages.yaml: recorded " in told.stdout
    renewed = vla("record", "--stale", "room", "rooms", "rooms-pages", "--output", ".")
    assert "recorded room.yaml" in renewed.stdout
    assert "recorded rooms" not in renewed.stdout
    assert "left alone rooms-pages.yaml" in renewed.stdout


def test_usage_errors_are_one_line(vla: Run) -> None:
    for arguments, said in (
        (("rooms-by-typ",), "no scenario 'rooms-by-typ'"),
        (("--target", "insights.twilio.com"), "is not an http or https URL"),
        (("--target", "https://insights.twilio.com"), "needs credentials in the environment"),
        (("--check-age", "--output", "nowhere"), "no cassettes in nowhere"),
        (("rooms", "--output", "/proc/nowhere"), "give another folder with --output"),
    ):
        done = vla("record", *arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert said in done.stderr
