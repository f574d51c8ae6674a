"""A gigabyte of recordings in little memory, HAR and NDJSON."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.recordings.examples import ROOM, ROOM_PAGE, har_entry, text

MEGABYTES = int(os.environ.get("STRESS_RECORDING_MB", "1000"))
PAGE = {**ROOM_PAGE, "rooms": [ROOM] * 50}

# The command in a process of its own; what the system says of ended children is then its peak, in kB.
_MEASURE = """
import resource, subprocess, sys
subprocess.run([sys.executable, "-m", "video_log_analyzer", *sys.argv[1:]])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
"""


def _har(path: Path) -> None:
    entry = json.dumps(har_entry(text(PAGE), url="https://insights.twilio.com/v1/Video/Rooms")).encode()
    foreign = json.dumps(har_entry("x" * 5_000_000, url="https://example.com/video", encoded=True)).encode()
    with path.open("wb") as file:
        file.write(b'{"log": {"version": "1.2", "entries": [' + entry)
        while file.tell() < MEGABYTES * 1_000_000:
            file.write(b"," + b",".join([entry] * 200 + [foreign]))
        file.write(b"]}}")


def _ndjson(path: Path) -> None:
    line = text(ROOM).encode() + b"\n"
    drifted = text({**ROOM, "media_region": "us9"}).encode() + b"\n"
    with path.open("wb") as file:
        while file.tell() < MEGABYTES * 1_000_000:
            file.write(line * 1000 + drifted)


@pytest.mark.parametrize("name", ["browse.har", "rooms.ndjson"])
def test_a_gigabyte_is_validated_in_200_megabytes(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    (_har if name.endswith(".har") else _ndjson)(path)
    measured = subprocess.run(
        [sys.executable, "-c", _MEASURE, "validate", str(path), "--report-dir", str(tmp_path / "reports")],
        capture_output=True,
        text=True,
        check=False,
        timeout=3600,
    )
    peak = int(measured.stderr.splitlines()[-1])
    assert ("CONFORMS" in measured.stdout) or ("media_region" in measured.stdout), measured.stdout + measured.stderr
    assert peak <= 200_000
