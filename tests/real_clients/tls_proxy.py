"""What lets a client that knows only https://insights.twilio.com reach the emulator: a proxy in the place of that host.

The client is told two things by its environment: to use this proxy, and to trust the throw-away authority that it
brings. All that a client behind it sees is the emulator's, but for TLS.
"""

from __future__ import annotations

import http.client
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

import trustme


@dataclass(frozen=True)
class TlsProxy:
    """``url`` is that of the proxy, for ``HTTP_PROXY``; ``authority`` a PEM file, for ``NODE_EXTRA_CA_CERTS``."""

    url: str
    authority: Path


@contextmanager
def standing_in_for(host: str, origin: str, folder: Path) -> Iterator[TlsProxy]:
    """Run a proxy that sends what is meant for ``host`` to ``origin`` (``http://127.0.0.1:8080``), and nothing else."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(host).configure_cert(context)
    authority.cert_pem.write_to_path(str(folder / "authority.pem"))

    class Handler(_Handler):
        pass

    Handler.host, Handler.context, Handler.upstream = host, context, urlsplit(origin).netloc
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield TlsProxy(f"http://127.0.0.1:{server.server_port}", folder / "authority.pem")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    """One connection of a client: first its CONNECT in the clear, then, within TLS, its requests to the host."""

    protocol_version = "HTTP/1.1"
    host: str
    context: ssl.SSLContext
    upstream: str

    def do_CONNECT(self) -> None:
        if self.path != f"{self.host}:443":
            self.send_error(403, f"this proxy stands in for {self.host} only")
            return
        self.send_response_only(200)
        self.end_headers()
        self.connection = self.context.wrap_socket(self.connection, server_side=True)
        self.rfile = self.connection.makefile("rb")
        self.wfile = self.connection.makefile("wb", buffering=0)
        self.close_connection = False

    def do_GET(self) -> None:
        upstream = http.client.HTTPConnection(self.upstream, timeout=30)
        upstream.putrequest("GET", self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            upstream.putheader(name, value)
        upstream.putheader("X-Forwarded-Proto", "https")
        upstream.endheaders()
        with upstream.getresponse() as response:
            self.send_response_only(response.status, response.reason)
            for name, value in response.getheaders():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(response.read())
        upstream.close()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the base class's
        """Say nothing: what matters, the client says."""
