"""`vla record`: what is written, what is never written, and what stays when something goes wrong."""

from __future__ import annotations

import base64
import os
import signal
import socketserver
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
import yaml

from tests.conftest import ROOT, Run, credentials
from video_log_analyzer.cassettes import cassette as cassette_module
from video_log_analyzer.cassettes import leaks
from video_log_analyzer.cassettes.cassette import Cassette, Interaction, Label
from video_log_analyzer.cassettes.recording import write
from video_log_analyzer.targets import Target

CREDENTIALS = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "the-secret-that-must-not-be-seen"}


def test_recording_twice_gives_the_same_bytes(vla: Run, tmp_path: Path) -> None:
    for folder in ("first", "second"):
        done = vla("record", "rooms-pages", "participant", "--output", folder)
        assert done.returncode == 0, done.stderr
    for name in ("rooms-pages.yaml", "participant.yaml"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


def test_head_says_what_it_is(vla: Run, tmp_path: Path) -> None:
    done = vla("record", "rooms", "--output", "made")
    assert "the embedded emulator (no evidence about the live API)" in done.stdout
    assert "recorded made/rooms.yaml: 1 answers; replaced: 1 RQ, 2 callback, 3 name" in done.stdout
    head = yaml.safe_load((tmp_path / "made" / "rooms.yaml").read_text(encoding="utf-8"))["recorded"]
    assert head["target"] == "emulator"
    assert head["synthetic"] == "made by the emulator of this project: no evidence about the live API"
    assert (head["document"], head["scenario"], head["scrubbing"]) == ("0.1.0", "rooms", "allow-list 1")
    assert set(head["tools"]) == {"vcrpy", "httpx", "video-log-analyzer-client", "video-log-analyzer"}


def test_another_target_is_synthetic_and_keeps_nothing_of_its_own(vla: Run, tmp_path: Path, target: Target) -> None:
    """An emulator with data that nobody invented for us: account, address, secret and sample names are gone."""
    given = credentials(target)
    done = vla(
        "record", "rooms", "participant", "not-found", "--target", target.url, "--output", "made", environment=given
    )
    assert done.returncode == 0, done.stderr
    pair = f"{target.credentials.username}:{target.credentials.password}"
    secrets = {
        "address": target.url.removeprefix("http://"),
        "secret": target.credentials.password,
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

    status, body, wait = 200, b"{}", 0.0

    def do_GET(self) -> None:
        time.sleep(self.wait)
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
def serving(**how: object) -> Iterator[str]:
    handler = type("Handler", (_Handler,), how)
    with _Server(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


ERROR = b'{"code": 20003, "message": "No", "more_info": "https://www.twilio.com/docs/errors/20003", "status": 401}'

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
        (200, b'{"rooms": 5}', "cannot be recorded"),
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


def test_an_interrupted_recording_leaves_the_old_one(tmp_path: Path) -> None:
    old = tmp_path / "rooms.yaml"
    old.write_text("what was there", encoding="utf-8")
    with serving(wait=30.0) as url:
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
        assert child.stdout is not None
        time.sleep(3)
        child.send_signal(signal.SIGINT)
        _, said = child.communicate(timeout=60)
    assert child.returncode == 130
    assert said.endswith("vla record: interrupted\n")
    assert list(tmp_path.iterdir()) == [old]
    assert old.read_text(encoding="utf-8") == "what was there"


def test_what_the_live_api_said_is_not_replaced(vla: Run, tmp_path: Path) -> None:
    write_live(tmp_path / "rooms.yaml", "2026-11-20")
    done = vla("record", "rooms", "--output", ".")
    assert done.returncode == 2
    assert "rooms.yaml: was recorded from the live API, which is worth more" in done.stderr


def write_live(path: Path, day: str) -> None:
    label = Label("live", day, "2026-01-15T12:00:00Z", "0.1.0", path.stem, "allow-list 1", {})
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
        (("rooms", "--output", "/proc/nowhere"), "cannot be written"),
    ):
        done = vla("record", *arguments)
        assert (done.returncode, len(done.stderr.splitlines())) == (2, 1), done.stderr
        assert said in done.stderr
