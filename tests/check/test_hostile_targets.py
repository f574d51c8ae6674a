"""Targets that answer anything at all: a verdict and whole reports, never a traceback, a hang or a secret."""

from __future__ import annotations

import base64
import contextlib
import gzip
import html
import itertools
import json
import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from contract_kit.cassettes import leaks
from contract_kit.embedded import EmbeddedEmulator
from contract_kit.targets import Target
from tests.check.hostile_proxy import changing
from tests.check.raw_service import response, serving
from tests.conftest import Run, credentials
from tests.real_clients.tls_proxy import standing_in_for
from video_log_analyzer.kit import KIT

REPORTS = {"report.json", "junit.xml", "report.html", "summary.md"}
SEEDS = range(int(os.environ.get("HOSTILE_SEEDS", "1")))


def require_whole(done: object, folder: Path) -> dict[str, object]:
    """Require a verdict, all reports, and no traceback; returns the report."""
    text = done.stdout + done.stderr  # type: ignore[attr-defined]
    assert done.returncode in {0, 1, 3}, text  # type: ignore[attr-defined]
    assert "Traceback" not in text
    assert "Error" not in done.stderr, done.stderr  # type: ignore[attr-defined]
    written = folder / "build" / "vla"
    assert {file.name for file in written.iterdir()} == REPORTS
    report: dict[str, object] = json.loads((written / "report.json").read_text())
    checks = report["checks"]
    assert isinstance(checks, list)
    assert [each for each in checks if each["outcome"] == "error"] == []
    return report


def bytes_changed(seed: int) -> Callable[[bytes, int], Iterator[bytes]]:
    """Change a few bytes of two answers in three; the first are left alone, so that there is something to check."""

    def change(whole: bytes, number: int) -> Iterator[bytes]:
        draw = random.Random(seed * 1_000_003 + number)
        if number < 3 or draw.random() < 0.33:
            yield whole
            return
        changed, end = bytearray(whole), whole.find(b"\r\n\r\n") + 4
        for _ in range(draw.choice([1, 1, 2, 5, 40])):
            # Half of the changes are in the head, which is much shorter.
            place = draw.randrange(end if draw.random() < 0.5 else len(changed))
            match draw.randrange(4):
                case 0:
                    changed[place] = draw.randrange(256)
                case 1:
                    del changed[place : place + draw.choice([1, 2, 8, 100])]
                case 2:
                    changed[place:place] = draw.randbytes(draw.choice([1, 2, 8]))
                case _:
                    changed[place:place] = changed[place : place + draw.choice([1, 8, 100])]
            if len(changed) < 2:
                break
            end = min(end, len(changed))
        yield bytes(changed)

    return change


@pytest.mark.parametrize("seed", SEEDS)
def test_whatever_bytes_change_there_is_a_verdict(vla: Run, tmp_path: Path, target: Target, seed: int) -> None:
    with changing(target.url, bytes_changed(seed)) as url:
        limits = ("--profile", "quick", "--max-requests", "120", "--deadline", "30")
        done = vla("check", "--target", url, *limits, environment=credentials(target))
    require_whole(done, tmp_path)


def spellings(secret: str) -> list[str]:
    """How a target may send a secret back."""
    plain = secret.encode()
    return [
        secret,
        secret.swapcase(),
        base64.b64encode(plain).decode(),
        base64.b64encode(b"x" + plain).decode(),
        base64.b64encode(gzip.compress(plain, mtime=0)).decode(),
        "".join(f"%{byte:02x}" for byte in plain),
        "".join(f"&#{byte};" for byte in plain),
        "".join(f"\\u00{byte:02x}" for byte in plain),
        quote(base64.b64encode(plain).decode() + "=="),
    ]


def echoes(text: str) -> list[Callable[[str, str], tuple[str, str]]]:
    """Ways to put a text into the head and the body of an answer."""
    quoted = json.dumps(text)
    header = text.replace("\\", "")
    return [
        lambda head, body: (re.sub(r"^HTTP/1.1 (\d+).*", rf"HTTP/1.1 \1 {header}", head, count=1), body),
        lambda head, body: (f"{head}\r\nX-Echo: {header}", body),
        lambda head, body: (f"{head}\r\n{re.sub('[^A-Za-z0-9]', '', text)}: x", body),
        lambda head, body: (re.sub(r"(?i)content-type: .*", f"Content-Type: application/{header}", head), body),
        lambda head, body: (re.sub(r"(?i)content-type: .*", f"Content-Type: text/html; charset={header}", head), body),
        lambda head, body: (head, body.replace('"room_name"', quoted).replace('"message"', quoted)),
        lambda head, body: (head, re.sub(r'("(?:room_type|status|codecs|media_region)": ?)"[a-z_]*"', "", body)),
        lambda head, body: (head, re.sub(r'"(go|group|completed|us1|VP8)"', lambda _: quoted, body)),
        lambda head, body: (head, re.sub(r'("room_name": ?)"[^"]*"', lambda found: found[1] + quoted, body)),
        lambda head, body: (head, re.sub(r'("message": ?)"[^"]*"', lambda found: found[1] + quoted, body)),
        lambda head, body: (head, re.sub(r'(_url": ?"[^"?]*)', lambda found: f"{found[1]}/{quoted[1:-1]}", body)),
        lambda head, body: (head, re.sub(r'(_url": ?"[^"?]*\?)', lambda found: f"{found[1]}{quoted[1:-1]}=1&", body)),
        lambda head, body: (head, re.sub(r'(_url": ?"[^"]*)', lambda found: f"{found[1]}#{quoted[1:-1]}", body)),
        lambda head, body: (head, re.sub(r'_url": ?"http://[^/"]*', f'_url": "http://{header}.example', body)),
        lambda head, body: (f"{header} 200 OK", body),
        lambda head, body: (f"{head}\r\n{header}", body),
        lambda head, body: (f"{head}\r\nTransfer-Encoding: chunked", f"{header}\r\n{body}"),
        lambda head, body: (f"{head}\r\nContent-Encoding: {header}", body),
        lambda head, body: (f"{head}\r\nRetry-After: {header}", body),
        lambda head, body: (f"HTTP/1.1 302 Found\r\nLocation: http://{header}/", ""),
        lambda head, body: (head, html.escape(text)),
        lambda head, body: (head, f'{{"{text}": "{text}", "{text}": 1}}'),
    ]


def echoing(secrets: Mapping[str, str]) -> Callable[[bytes, int], Iterator[bytes]]:
    """Put a secret into three answers in four, each time in another spelling and place."""
    texts = [text for each in zip(*map(spellings, secrets.values()), strict=True) for text in each]
    ways = [way for text in texts for way in echoes(text)]
    random.Random(1).shuffle(ways)

    def change(whole: bytes, number: int) -> Iterator[bytes]:
        if number < 3 or number % 4 == 0:
            yield whole
            return
        head, _, body = whole.decode("latin-1").partition("\r\n\r\n")
        head, body = ways[number % len(ways)](re.sub(r"(?i)\r\ncontent-length: .*", "", head), body)
        yield f"{head}\r\n\r\n{body}".encode("latin-1", "replace")

    return change


@contextmanager
def kept(folder: Path) -> Iterator[dict[str, bytes]]:
    """All that is written below a folder meanwhile, by name of the file and number of its version."""
    found: dict[str, bytes] = {}
    ended = threading.Event()

    def look() -> None:
        for number in itertools.count():
            with contextlib.suppress(OSError):  # a file or folder may be gone by now
                for file in folder.rglob("*"):
                    if file.is_file() and (content := file.read_bytes()) not in found.values():
                        found[f"{file.name} {number}"] = content
            if ended.wait(0.02):
                return

    looking = threading.Thread(target=look)
    looking.start()
    try:
        yield found
    finally:
        ended.set()
        looking.join()


def test_a_target_that_echoes_credentials_does_not_get_them_written(vla: Run, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    with EmbeddedEmulator(KIT) as emulator, kept(temporary) as files:
        target = emulator.target
        assert target.other is not None
        environment = {
            **credentials(target),
            "VLA_OTHER_ACCOUNT_SID": target.other.username,
            "VLA_OTHER_AUTH_TOKEN": target.other.secret,
            "VLA_MASK_KEY": "a key that nobody else has, 8fe2",
        }
        secrets = {name: environment[name] for name in environment if name != "VLA_OTHER_ACCOUNT_SID"}
        with changing(target.url, echoing(secrets)) as url:
            limits = ("--profile", "quick", "--max-requests", "300", "--deadline", "60", "--coverage")
            surroundings = {**environment, "TMPDIR": str(temporary), "GITHUB_ACTIONS": "true"}
            done = vla("check", "--target", url, *limits, environment=surroundings)
    report = require_whole(done, tmp_path)
    assert isinstance(report["findings"], list)
    assert len(report["findings"]) > 20
    written = {"standard output": done.stdout.encode(), "standard error": done.stderr.encode(), **files}
    for file in (tmp_path / "build" / "vla").iterdir():
        written[file.name] = file.read_bytes()
    assert len(written) >= 8
    lowered = {name: value.lower() for name, value in secrets.items()}
    for name, content in written.items():
        found = [*leaks.scan(content, secrets), *leaks.scan(content.lower(), lowered)]
        assert [leak for leak in found if leak.kind == "credential"] == [], name


def test_what_is_no_http_is_not_quoted(vla: Run, target: Target) -> None:
    for start in (b"", b"HTTP/1.1 ", b"HTTP/1.1 200 OK\r\n"):
        with serving(lambda _, sent=start: [sent + b"unheard-of\r\n\r\n"]) as url:  # type: ignore[misc]
            done = vla("check", "--target", url, environment=credentials(target))
        assert done.returncode == 3, done.stdout + done.stderr
        assert "gives no HTTP answer (an answer that is not HTTP, or is cut off)" in done.stdout
        assert "unheard-of" not in done.stdout + done.stderr


ODD_HEADERS = [
    ("Retry-After", "²"),
    ("Retry-After", "1²"),
    ("Retry-After", "9" * 400),
    ("Date", "Fri, 31 Dec 9999 23:59:59 -2359"),
    ("Content-Type", 'application/json; charset="²'),
    ("Link", "<http://[::1/v1>; rel=next"),
    ("Content-Encoding", "²"),
    ("Allow", "²" * 3000),
    ("WWW-Authenticate", "²" * 3000),
]
ODD_URLS = ["http://[::1/v1", "http://host:port/", "//", "", "\u0000", "http://\u2100.example/", "?" * 100_000]


def test_odd_headers_and_urls_do_not_blind_the_check(vla: Run, tmp_path: Path, target: Target) -> None:
    def change(whole: bytes, number: int) -> Iterator[bytes]:
        name, value = ODD_HEADERS[number % len(ODD_HEADERS)]
        line = f"\r\n{name}: {value}".encode()
        head, _, body = re.sub(rb"(?i)\r\n%s: [^\r]*" % name.encode(), b"", whole).partition(b"\r\n\r\n")
        if name == "Retry-After" and number % 5 == 0:
            head = head.replace(b"HTTP/1.1 200 OK", b"HTTP/1.1 503 Service Unavailable")
        if number % 3 == 0:
            url = json.dumps(ODD_URLS[number % len(ODD_URLS)]).encode()
            head = re.sub(rb"(?i)\r\ncontent-length: [^\r]*", b"", head)
            body = re.sub(rb'(?<="next_page_url":)( ?)"[^"]*"', lambda _: url, body)
        yield head + line + b"\r\n\r\n" + body

    with changing(target.url, change) as url:
        limits = ("--profile", "quick", "--max-requests", "300", "--deadline", "60")
        done = vla("check", "--target", url, *limits, environment=credentials(target))
    require_whole(done, tmp_path)


def test_the_deadline_ends_whatever_the_target_does(vla: Run, tmp_path: Path, target: Target) -> None:
    def change(whole: bytes, number: int) -> Iterator[bytes]:
        yield whole if number < 8 else b"HTTP/1.1 200 OK\r\n"
        while number >= 8:
            time.sleep(0.05)
            yield b"X: y\r\n"

    with changing(target.url, change) as url:
        done = vla("check", "--target", url, "--deadline", "6", environment=credentials(target))
    report = require_whole(done, tmp_path)
    assert any("the deadline of 6 s has passed" in spot for spot in report["blind_spots"])  # type: ignore[attr-defined]


def test_an_impostor_gets_no_credentials(vla: Run, tmp_path: Path, target: Target) -> None:
    """It has a certificate for the vendor's host that only this machine's environment trusts."""
    asked: list[bytes] = []

    def answer(head: bytes) -> list[bytes]:
        asked.append(head)
        return [response(b"{}")]

    with serving(answer) as url, standing_in_for("insights.twilio.com", url, tmp_path) as proxy:
        environment = {**credentials(target), "HTTPS_PROXY": proxy.url, "NO_PROXY": ""}
        trusting = dict.fromkeys(["SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"], str(proxy.authority))
        done = vla("check", "--target", "https://insights.twilio.com", environment={**environment, **trusting})
    assert done.returncode == 3, done.stdout + done.stderr
    assert "its certificate is of no trusted authority, or of another host" in done.stdout
    assert asked == []
