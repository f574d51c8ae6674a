"""The emulator in a process of its own, as ``vla emulator`` runs it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx

ROOMS = "/v1/Video/Rooms"
PROGRAM = """
import sys
from video_log_analyzer.emulator.server import serve
from video_log_analyzer.emulator.settings import Settings
sys.exit(serve(Settings(**eval(sys.argv[1]))))
"""


class Process:
    """``serve`` in a process of its own, with a temporary folder of its own."""

    def __init__(self, folder: Path, **settings: Any) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, repr({"port": 0, "rooms": 5} | settings)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=os.environ | {"TMPDIR": str(folder)},
        )
        assert self.process.stdout is not None
        self.lines = [self.process.stdout.readline() for _ in range(3)]
        self.values = dict(line.rstrip("\n").split("=", 1) for line in self.lines)

    def get(self, query: str = "") -> httpx.Response:
        auth = (self.values["TWILIO_ACCOUNT_SID"], self.values["TWILIO_AUTH_TOKEN"])
        with httpx.Client(auth=auth, trust_env=False) as client:
            return client.get(self.values["BASE_URL"] + ROOMS + query)

    def children(self) -> list[int]:
        """The process ids of its workers."""
        return list(map(int, Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()))

    def kill(self) -> None:
        """Kill it, and nobody else: what a worker of its that goes on would still say is not waited for."""
        self.process.kill()
        self.process.wait(timeout=60)
        for pipe in (self.process.stdout, self.process.stderr):
            assert pipe is not None
            pipe.close()

    def stop(self, number: int) -> tuple[int, str, str]:
        self.process.send_signal(number)
        output, errors = self.process.communicate(timeout=60)
        return self.process.returncode, output, errors
