"""A recording of the vendor's host: a stand-in with a certificate of its own shows who counts as live, and who not."""

from __future__ import annotations

import contextlib
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import certifi
import httpx
import pytest
import trustme

from contract_kit import contract
from contract_kit.cassettes.cassette import load
from contract_kit.cassettes.recording import record, write
from contract_kit.cassettes.replay import replay
from contract_kit.cassettes.scenarios import scenarios_of
from contract_kit.errors import InconclusiveError
from contract_kit.targets import Target
from tests.conftest import Run, credentials
from tests.real_clients.tls_proxy import standing_in_for
from video_log_analyzer.kit import KIT

VENDOR_HOST = "insights.twilio.com"

CONTRACT = contract.load("video_log_analyzer.kit:KIT")
SCENARIOS = scenarios_of(CONTRACT)
DOCUMENT = CONTRACT.document


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def authorities(authority: trustme.CA, tmp_path: Path) -> Path:
    """The file of authorities in which the stand-in's is."""
    path = tmp_path / "authorities.pem"
    authority.cert_pem.write_to_path(path)
    return path


@pytest.fixture
def vendor(target: Target, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch) -> Iterator[Target]:
    """The vendor's host, as far as this machine knows: an emulator behind TLS."""

    class Forward(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            headers = {name: str(self.headers[name]) for name in ("Host", "Authorization") if self.headers[name]}
            with httpx.Client(trust_env=False) as http:
                answer = http.get(f"{target.url}{self.path}", headers={**headers, "X-Forwarded-Proto": "https"})
            self.send_response(answer.status_code)
            for name, value in answer.headers.items():
                if name not in {"content-length", "connection", "date"}:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.send_header("X-Customer-Address", "10.1.2.3")
            self.end_headers()
            self.wfile.write(answer.content)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Forward)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(VENDOR_HOST).configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    looked_up = socket.getaddrinfo

    def local(host: Any, *arguments: Any, **options: Any) -> Any:
        return looked_up("127.0.0.1" if host == VENDOR_HOST else host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", local)
    yield Target(f"https://{VENDOR_HOST}:{server.server_address[1]}", target.credentials, live_host=KIT.live_host)
    server.shutdown()
    server.server_close()


def test_a_trusted_host_of_the_vendor_is_live(
    vendor: Target, authorities: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(certifi, "where", lambda: str(authorities))
    for name in ("rooms-pages", "unauthorized"):
        path = tmp_path / f"{name}.yaml"
        write(record(vendor, SCENARIOS[name], CONTRACT).cassette, path)
        found = load(path)
        text = path.read_text(encoding="utf-8")
        assert found.label.is_live
        assert "synthetic" not in text
        assert VENDOR_HOST not in text
        assert "10.1.2.3" not in text
        assert replay(found, CONTRACT) == []
        assert {each.status for each in found.interactions} == ({200} if name == "rooms-pages" else {200, 401})


def test_a_certificate_of_the_environment_makes_nobody_live(
    vendor: Target, authorities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authorities))
    with pytest.raises(InconclusiveError, match="gives no answer"):
        record(vendor, SCENARIOS["rooms"], CONTRACT)


class Tunnel(socketserver.StreamRequestHandler):
    """A proxy that passes on what it cannot read."""

    asked: ClassVar[list[str]] = []

    def handle(self) -> None:
        line = self.rfile.readline().decode()
        self.asked.append(line.split(" HTTP")[0])
        while self.rfile.readline().strip():
            pass
        port = int(line.split()[1].rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as beyond:
            self.wfile.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=pass_on, args=(beyond, self.connection))
            back.start()
            pass_on(self.connection, beyond)
            back.join()


def pass_on(one: socket.socket, other: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
        other.shutdown(socket.SHUT_WR)


def test_proxies_of_the_environment_are_used(
    vendor: Target, authorities: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(certifi, "where", lambda: str(authorities))
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Tunnel) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.server_address[1]}")
        Tunnel.asked.clear()
        recorded = record(vendor, SCENARIOS["rooms-pages"], CONTRACT).cassette
        proxy.shutdown()
    assert recorded.label.is_live
    assert set(Tunnel.asked) == {f"CONNECT {vendor.url.removeprefix('https://')}"}


def test_a_proxy_that_breaks_tls_open_is_not_recorded(
    vendor: Target, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It has a certificate for the vendor's host that only this machine's environment trusts."""
    with standing_in_for(VENDOR_HOST, "http://127.0.0.1:9", tmp_path) as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url)
        monkeypatch.setenv("SSL_CERT_FILE", str(proxy.authority))
        with pytest.raises(InconclusiveError, match="does a proxy break TLS open"):
            record(
                Target(f"https://{VENDOR_HOST}", vendor.credentials, live_host=KIT.live_host),
                SCENARIOS["rooms"],
                CONTRACT,
            )


def test_a_target_that_is_not_ours_is_not_strained(vla: Run, target: Target) -> None:
    """What only an emulator of our own can be made to say is left out, and said to be."""
    done = vla(
        "record", "too-many-requests", "--target", target.url, "--output", "made", environment=credentials(target)
    )
    assert done.returncode == 0, done.stderr
    assert "left out too-many-requests: only the embedded emulator can be made to answer so" in done.stdout
