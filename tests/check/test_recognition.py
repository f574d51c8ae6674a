"""A target that is not this API at all is said to be so, once, with what shows it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.conftest import Run
from tests.recordings.examples import PARTICIPANT, PARTICIPANT_PAGE, ROOM, ROOM_PAGE

CREDENTIALS = {"TWILIO_ACCOUNT_SID": "AC" + "0" * 32, "TWILIO_AUTH_TOKEN": "t" * 32}
Answer = tuple[int, str, str]


def website(path: str) -> Answer:
    return 404, "text/html; charset=utf-8", "<h1>Not Found</h1>"


def shop(path: str) -> Answer:
    return 200, "application/json", json.dumps({"items": [{"sku": 1}], "total": 1})


def front_page(path: str) -> Answer:
    """A site that shows the same page for every path."""
    return 200, "text/html", "<!doctype html><div id=app></div>"


def mock(path: str) -> Answer:
    """What a mock made from the document answers: its examples, whatever is asked for."""
    example = [ROOM_PAGE, ROOM, PARTICIPANT_PAGE, PARTICIPANT][len(path.split("?")[0].split("/")) - 4]
    return 200, "application/json", json.dumps(example)


@contextmanager
def serving(answer: object) -> Iterator[str]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, media_type, body = answer(self.path)  # type: ignore[operator]
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("answer", "sign"),
    [
        (website, "GET /v1/Video/Rooms gives 404, text/html"),
        (front_page, "GET /v1/Video/Rooms gives 200, text/html"),
        (shop, "JSON without any key of the document"),
        (mock, "wrong credentials get status 200"),
    ],
    ids=["website", "front page", "another API", "mock"],
)
def test_another_service_is_recognised(vla: Run, tmp_path: Path, answer: object, sign: str) -> None:
    with serving(answer) as url:
        done = vla("check", "--target", url, cwd=tmp_path, environment=CREDENTIALS)
    assert done.returncode == 3, done.stdout + done.stderr
    assert f"{url} is not the Video Log Analyzer API: " in done.stdout
    assert sign in done.stdout
    report = json.loads((tmp_path / "build" / "vla" / "report.json").read_text())
    assert report["findings"] == []
    assert len(report["blind_spots"]) == 1
