"""The emulator and its peers as child processes that answer before they are measured and are gone afterwards."""

from __future__ import annotations

import base64
import io
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx

from benchmarks.load import Order

HOST = "127.0.0.1"
DOCUMENT = Path(__file__).parent.parent / "openapi" / "video-log-analyzer.yaml"
ROOMS_PATH = "/v1/Video/Rooms"
_START_SECONDS = 60
_AWS_ACCOUNT = "123456789012"  # moto's own


class MissingPeerError(Exception):
    """A peer is not installed; the text says how to get it."""


class Server:
    """A process that listens on ``port``; entering waits until it answers, leaving ends it and its children.

    Args:
        command: Without the port, which ``port_option`` gives.
        headers: What each request to it carries.
    """

    def __init__(self, command: Sequence[str], headers: Mapping[str, str], path: str, *, port_option: str) -> None:
        self.port = _free_port()
        self.path = path
        self.headers = dict(headers)
        self._command = [*command, port_option, str(self.port)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc_value: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The origin."""
        return f"http://{HOST}:{self.port}"

    def start(self) -> float:
        """Start the process; return the seconds until its first complete answer with status 200."""
        self._log = tempfile.TemporaryFile()  # noqa: SIM115  open for as long as the process runs
        started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log, start_new_session=True
        )
        try:
            self._get_ready(started + _START_SECONDS)
            self._wait_for_an_answer(started + _START_SECONDS)
        except BaseException:
            self.stop()
            raise
        return time.perf_counter() - started

    def stop(self) -> None:
        """End the process group."""
        try:
            os.killpg(self._process.pid, signal.SIGTERM)
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        except ProcessLookupError:
            self._process.wait()
        self._log.close()

    def get(self, path: str) -> httpx.Response:
        """Answer of one GET with the server's headers; raises httpx.HTTPStatusError for an error."""
        return httpx.get(self.url + path, headers=self.headers, timeout=60).raise_for_status()

    def order(self, path: str, *, connections: int, seconds: float) -> Order:
        """Return an order to load this server with GETs of ``path``."""
        lines = [f"GET {path} HTTP/1.1", f"Host: {HOST}:{self.port}", "Accept: application/json"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return Order(HOST, self.port, "\r\n".join([*lines, "", ""]), connections, seconds)

    def memory(self) -> dict[str, float]:
        """Return what the process holds resident now and held at most, in MB (10⁶ bytes); Linux only."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        values = dict(line.split(":", 1) for line in status.splitlines())
        return {key: int(values[key].split()[0]) * 1024 / 1e6 for key in ("VmRSS", "VmHWM")}

    def said(self) -> str:
        """What the process has written so far."""
        return os.pread(self._log.fileno(), 1 << 16, 0).decode("utf-8", "replace")

    def _get_ready(self, deadline: float) -> None:
        """Wait for what is needed to ask."""

    def _wait_for_an_answer(self, deadline: float) -> None:
        """Ask with plain sockets, each millisecond until one is taken: an HTTP library's start would count, too."""
        lines = [f"GET {self.path} HTTP/1.1", f"Host: {HOST}:{self.port}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        request = "\r\n".join([*lines, "", ""]).encode()
        while time.perf_counter() < deadline:
            self._require_alive()
            try:
                with socket.create_connection((HOST, self.port), timeout=_START_SECONDS) as connection:
                    connection.sendall(request)
                    if connection.makefile("rb").read().startswith(b"HTTP/1.1 200 "):
                        return
            except OSError:
                pass
            time.sleep(0.001)
        raise RuntimeError(f"{self._command[0]} did not answer with 200 in {_START_SECONDS} s: {self.said()}")

    def _require_alive(self) -> None:
        if self._process.poll() is not None:
            raise RuntimeError(f"{self._command[0]} ended with {self._process.returncode}: {self.said()}")


class Emulator(Server):
    """``vla emulator`` as a user starts it; asks with the credentials that it prints."""

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-P", "-m", "video_log_analyzer", "emulator", *options]
        super().__init__(command, {}, ROOMS_PATH, port_option="--port")

    def _get_ready(self, deadline: float) -> None:
        while self.said().count("\n") < 3 and time.perf_counter() < deadline:
            self._require_alive()
            time.sleep(0.001)
        said = dict(line.split("=", 1) for line in self.said().splitlines() if "=" in line)
        self.account_sid = said["TWILIO_ACCOUNT_SID"]
        self.headers = _basic(self.account_sid, said["TWILIO_AUTH_TOKEN"])


class Prism(Server):
    """Prism's mock of ``document``, without its log."""

    def __init__(self, command: str | None, document: Path = DOCUMENT) -> None:
        self.program = _find(
            command, "prism", "npm install --prefix build/benchmarks @stoplight/prism-cli, and name it with --prism"
        )
        start = [self.program, "mock", "-v", "silent", "-h", HOST, str(document)]
        super().__init__(start, _basic("AC" + "0" * 32, "secret"), ROOMS_PATH, port_option="-p")

    def version(self) -> str:
        """Prism's version and that of Node.js, such as ``5.14.2 on v20.20.2``."""
        prism, node = (
            subprocess.check_output([program, "--version"], text=True).strip() for program in (self.program, "node")
        )
        return f"{prism} on {node}"


class Moto(Server):
    """moto's server, asked as AWS Lambda: of its JSON lists the one whose rows are most like rooms (24 keys)."""

    LIST_PATH = "/2015-03-31/functions/?MaxItems=50"

    def __init__(self, command: str | None) -> None:
        self.program = _find(
            command, "moto_server", "pip install 'moto[server]', and name it with --moto unless it is on the PATH"
        )
        super().__init__([self.program, "-H", HOST], _aws("lambda"), self.LIST_PATH, port_option="-p")

    def version(self) -> str:
        """moto's version."""
        # The console script stands beside the interpreter that moto is installed for.
        python = str(Path(self.program).parent / "python")
        code = "from importlib.metadata import version; print(version('moto'))"
        return subprocess.check_output([python, "-c", code], text=True).strip()

    def add_functions(self, count: int) -> None:
        """Give it ``count`` functions to list."""
        package = io.BytesIO()
        with zipfile.ZipFile(package, "w") as archive:
            archive.writestr("handler.py", "")
        with httpx.Client(base_url=self.url, timeout=60) as client:
            role = {"Action": "CreateRole", "RoleName": "role", "AssumeRolePolicyDocument": "{}", "Path": "/"}
            client.post("/", headers=_aws("iam"), data={**role, "Version": "2010-05-08"}).raise_for_status()
            for number in range(count):
                client.post(
                    "/2015-03-31/functions",
                    headers=_aws("lambda"),
                    json={
                        "FunctionName": f"function-{number:03}",
                        "Runtime": "python3.13",
                        "Role": f"arn:aws:iam::{_AWS_ACCOUNT}:role/role",
                        "Handler": "handler.main",
                        "Code": {"ZipFile": base64.b64encode(package.getvalue()).decode()},
                    },
                ).raise_for_status()


def _find(command: str | None, name: str, remedy: str) -> str:
    found = shutil.which(command or name)
    if found is None:
        raise MissingPeerError(f"{command or name} not found: {remedy}")
    return found


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def _basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def _aws(service: str) -> dict[str, str]:
    """A header that moto routes by; it checks no signature."""
    credential = f"Credential=AKIA/20260101/us-east-1/{service}/aws4_request"
    return {"Authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}
