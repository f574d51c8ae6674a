"""The client as others get it: a wheel, in an environment that has nothing else. ``tox run -e client-wheel``."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from contract_kit.targets import Target
from tests.conftest import ROOT, credentials

pytestmark = pytest.mark.skipif(
    "CLIENT_WHEEL" not in os.environ, reason="builds and installs wheels: run `tox run -e client-wheel`"
)
SCRIPT = """
import sys
from video_log_analyzer_client import Client, errors
with Client.from_env(base_url=sys.argv[1]) as client:
    rooms = list(client.rooms.iterate(limit=3))
    print(len(rooms), client.rooms.fetch(rooms[0].room_sid) == rooms[0])
"""


def run(*command: str | Path, **environment: str) -> str:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "TWILIO_"))}
    done = subprocess.run(
        list(map(str, command)), env=clean | environment, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_wheel_is_whole_and_works_alone(tmp_path: Path, target: Target) -> None:
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check")
    run(*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", tmp_path, ROOT / "generated_client")
    (wheel,) = tmp_path.glob("*.whl")
    source = ROOT / "generated_client"
    expected = {
        path.relative_to(source).as_posix()
        for path in (source / "video_log_analyzer_client").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    packed = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    assert packed == expected
    assert "video_log_analyzer_client/py.typed" in packed

    environment = tmp_path / "environment"
    run(sys.executable, "-m", "venv", environment)
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    run(python, "-m", "pip", "--disable-pip-version-check", "install", "--quiet", wheel)
    listed = run(python, "-m", "pip", "--disable-pip-version-check", "list", "--format", "freeze")
    installed = {line.partition("==")[0] for line in listed.split()} - {"pip", "setuptools"}
    # httpx and msgspec, and what httpx needs.
    own = {"video-log-analyzer-client", "httpx", "msgspec"}
    assert installed - {"anyio", "certifi", "h11", "httpcore", "idna", "sniffio", "typing_extensions"} == own
    assert run(python, "-P", "-c", SCRIPT, target.url, **credentials(target)) == "3 True\n"
