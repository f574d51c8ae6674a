"""What the client's tests share: answers that no emulator gives, and the examples of the document."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import httpx
import pytest
import yaml
from video_log_analyzer_client import Client
from video_log_analyzer_client.client import Settings

from tests.conftest import ROOT

ORIGIN = "https://insights.example.com"
USERNAME = "AC" + "0" * 32
Speak = Callable[[socket.socket], None]
PASSWORD = "a-secret-that-nobody-may-see"


@cache
def document() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "openapi" / "video-log-analyzer.yaml").read_text(encoding="utf-8"))
    return found


def example(name: str) -> dict[str, Any]:
    """A copy of an example of the document."""
    found: dict[str, Any] = json.loads(json.dumps(document()["components"]["examples"][name]["value"]))
    return found


@dataclass
class Service:
    """Gives answers in their order, the last one for ever, and keeps the requests."""

    answers: Sequence[httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]]
    requests: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        assert len(self.requests) <= 50, "the client goes on for ever"
        answer = self.answers[min(len(self.requests), len(self.answers)) - 1]
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            # A response can be read once; the last one may be given again.
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return answer(request)


def answer(body: object, status: int = 200, **headers: str) -> httpx.Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, headers={"Content-Type": "application/json", **headers}, content=content)


def client_of(service: Service, settings: Settings | None = None) -> Client:
    """A client of ``service``, which tries once unless told otherwise."""
    given: Settings = {"base_url": ORIGIN, "retry": None, **(settings or {})}
    given["httpx_args"] = {"transport": httpx.MockTransport(service), **(given.get("httpx_args") or {})}
    return Client(USERNAME, PASSWORD, **given)


def page_of(rooms: Sequence[object], next_page_url: str | None = None, key: str = "rooms") -> dict[str, Any]:
    """A page's body."""
    meta = example("RoomPage")["meta"] | {"key": key, "next_page_url": next_page_url}
    return {key: list(rooms), "meta": meta}


@pytest.fixture
def serve() -> Iterator[Callable[[Speak], str]]:
    """Start a server that reads a request and then speaks as it is told."""
    listeners: list[socket.socket] = []

    def start(speak: Speak) -> str:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def work(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.recv(65536)
                    speak(connection)
                except OSError:
                    pass

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=work, args=(connection,), daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.close()


@pytest.fixture
def room() -> dict[str, Any]:
    return example("CompletedRoom")
