"""The lending library on a port of this machine."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qsl

from tests.other_api.library import TOKENS, Answer, Call, Exchange, Fault, problem


class LendingLibrary(ThreadingHTTPServer):
    """Serves for as long as it is the context; ``faults`` may be replaced at any time.

    >>> with LendingLibrary([FAULTS["row_repeated"]]) as library:
    ...     httpx.get(f"{library.url}/api/members", headers={"Authorization": f"Bearer {library.token}"})
    """

    request_queue_size = 64

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.faults = tuple(faults)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.token, self.other_token = TOKENS

    def __enter__(self) -> LendingLibrary:
        Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self.server_close()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a caller who hung up."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one piece
    disable_nagle_algorithm = True
    timeout = 60
    server: LendingLibrary

    def __getattr__(self, name: str) -> Callable[[], None]:
        """Take every method, known or not, through the same door."""
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (its name in the base class)
        """Be quiet."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what is no proper HTTP as the API refuses everything else, and hang up."""
        self.close_connection = True
        self._send(problem(code, message or "This is not understood."))

    def _answer(self) -> None:
        self._skip_body()
        self._send(Exchange(self._call(), self.server.faults).answer())

    def _call(self) -> Call:
        path, _, query = self.path.partition("?")
        token = re.fullmatch(r"bearer +(\S+)", self.headers.get("Authorization", ""), re.IGNORECASE)
        host = self.headers.get("Host", "")
        return Call(
            method=self.command,
            path=path,
            query=tuple(parse_qsl(query, keep_blank_values=True)),
            token=token[1] if token else None,
            origin=f"http://{host}" if re.fullmatch(r"[\w.:\[\]-]+", host, re.ASCII) else self.server.url,
        )

    def _skip_body(self) -> None:
        """Read a body that nobody asked for, so that the next request starts where it should."""
        try:
            if self.headers.get("Transfer-Encoding"):
                while size := int(self.rfile.readline(32), 16):
                    self.rfile.read(size + 2)
                self.rfile.readline(32)
            else:
                self.rfile.read(max(0, int(self.headers.get("Content-Length", "0"))))
        except ValueError:
            self.close_connection = True

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(answer.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
