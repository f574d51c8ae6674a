"""What `vla check` exits with, and what it says then."""

from __future__ import annotations

import http.server
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from contract_kit.embedded import EmbeddedEmulator
from contract_kit.targets import Target
from tests.conftest import Run, credentials
from video_log_analyzer.kit import KIT

SOMEBODY = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "not-a-token"}


@contextmanager
def server(status: int, body: bytes, content_type: str = "application/json") -> Iterator[str]:
    """A service that answers everything alike."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    service = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=service.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{service.server_port}"
    service.shutdown()
    service.server_close()


def test_embedded_emulator_conforms_whatever_the_folder_and_environment_hold(vla: Run, tmp_path: Path) -> None:
    """One full run, among everything that could configure it."""
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (tmp_path / "conftest.py").write_text("raise RuntimeError('a stray conftest')\n")
    (tmp_path / "schemathesis.toml").write_text("no-such-key = 1\n")
    (tmp_path / "hypothesis.py").write_text("raise RuntimeError('a stray module')\n")
    stray = {
        "PYTEST_ADDOPTS": "--no-such-option",
        "PYTEST_PLUGINS": "no_such_plugin",
        "SCHEMATHESIS_HOOKS": "no.such.hooks",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }
    done = vla("check", environment=stray)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert lines[-1].startswith("CONFORMS: no findings, ")
    assert "no evidence about the live API" in done.stdout
    for operation in ("list_rooms", "fetch_room", "list_participants", "fetch_participant"):
        requests, with_data = next(line.split()[1:3] for line in lines if line.startswith(operation))
        assert int(requests) > 0
        assert int(with_data) > 0
    assert "passed" in done.stderr, "it shows progress"
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix) == [
        "conftest.py",
        "hypothesis.py",
        "pytest.ini",
        "schemathesis.toml",
    ], "it leaves nothing behind"


def test_fault_is_a_finding_with_operation_place_and_value(vla: Run) -> None:
    done = vla("check", "--fault", "unknown-created-method", "--profile", "quick")
    assert done.returncode == 1
    assert "undocumented value  list_rooms /rooms/*/created_method" in done.stdout
    assert "undocumented value, fetch_room /created_method" in done.stdout
    assert "remedy    if the value is meant, add it" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("DOES NOT CONFORM: ")


def test_target_is_checked_with_credentials_of_the_environment(vla: Run, target: Target) -> None:
    done = vla("check", "--target", target.url, "--profile", "quick", environment=credentials(target))
    assert done.returncode == 0, done.stdout + done.stderr
    assert target.credentials.secret not in done.stdout + done.stderr
    assert f"{target.url} (not the vendor's host: no evidence about the live API)" in done.stdout


def test_withdrawn_and_internal_values_are_notices(vla: Run) -> None:
    with EmbeddedEmulator(KIT, ["--legacy-values"]) as emulator:
        given = credentials(emulator.target)
        done = vla("check", "--target", emulator.target.url, "--profile", "quick", environment=given)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "NOTICE  internal value  list_rooms /rooms/*/media_region" in done.stdout
    assert "NOTICE  withdrawn value  list_rooms /rooms/*/status_callback_method" in done.stdout
    assert "notice" in done.stdout.splitlines()[-1]


def test_nothing_to_see_is_inconclusive(vla: Run) -> None:
    with EmbeddedEmulator(KIT, ["--empty"]) as emulator:
        given = credentials(emulator.target)
        done = vla("check", "--target", emulator.target.url, "--profile", "quick", environment=given)
    assert done.returncode == 3, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].startswith("INCONCLUSIVE: list_rooms was never seen with data")


def test_closed_port_is_inconclusive(vla: Run) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        done = vla("check", "--target", url, environment=SOMEBODY)
    assert done.returncode == 3
    assert f"INCONCLUSIVE: {url} cannot be reached" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_refused_credentials_are_inconclusive(vla: Run, target: Target) -> None:
    done = vla("check", "--target", target.url, environment=SOMEBODY)
    assert done.returncode == 3
    assert "answers 401" in done.stdout.splitlines()[-1]
    assert SOMEBODY["TWILIO_AUTH_TOKEN"] not in done.stdout + done.stderr


def test_api_key_wins_over_account(vla: Run, target: Target) -> None:
    """The account's pair would be accepted; the key, which is nobody's, is used and refused."""
    key = {"TWILIO_API_KEY": "SK" + "0" * 32, "TWILIO_API_SECRET": "nobody's"}
    done = vla("check", "--target", target.url, environment={**credentials(target), **key})
    assert done.returncode == 3
    assert "answers 401" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "said"),
    [
        (["--target", "insights.twilio.com"], SOMEBODY, "is not an http or https URL"),
        (["--target", "https://"], SOMEBODY, "is not an http or https URL"),
        (["--target", "http://127.0.0.1:99999"], SOMEBODY, "is not a URL"),
        (["--target", "http://127.0.0.1:8080/v1"], SOMEBODY, "has more than an origin"),
        (["--target", "http://example.com"], SOMEBODY, "would send credentials in the clear"),
        (["--target", "https://me:secret@example.com"], SOMEBODY, "must not hold credentials"),
        (["--target", "http://127.0.0.1:1"], {}, "needs credentials in the environment"),
        (["--target", "http://127.0.0.1:1"], {"TWILIO_API_KEY": "SK1"}, "found only TWILIO_API_KEY"),
        (["--target", "http://127.0.0.1:1"], {**SOMEBODY, "TWILIO_ACCOUNT_SID": "me"}, "begins with AC"),
        (["--target", "http://127.0.0.1:1"], {**SOMEBODY, "TWILIO_AUTH_TOKEN": "a\nb"}, "TWILIO_AUTH_TOKEN has"),
        (["--target"], {}, "expected one argument"),
        (["--tarket", "x"], {}, "unknown option --tarket"),
        (["--fault", "no-such-fault"], {}, "no-such-fault"),
        (["--fault", "x", "--target", "http://127.0.0.1:1"], SOMEBODY, "leave out --target or --fault"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_wrong_usage_is_one_clear_line(vla: Run, arguments: list[str], environment: dict[str, str], said: str) -> None:
    done = vla("check", *arguments, environment=environment)
    assert done.returncode == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert said in done.stderr
    assert "secret" not in done.stderr


@pytest.mark.parametrize("moment", ["passed", "running schemathesis: fuzzing"])
def test_interrupt_reports_what_was_seen(tmp_path: Path, moment: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "video_log_analyzer", "check"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stderr is not None
    for line in process.stderr:
        if line.startswith(moment):
            break
    time.sleep(0.2)
    os.killpg(process.pid, signal.SIGINT)
    output, errors = process.communicate(timeout=60)
    assert process.returncode == 3, output + errors
    assert output.splitlines()[-1].startswith("INCONCLUSIVE: interrupted before the end")
    assert "Traceback" not in output + errors
