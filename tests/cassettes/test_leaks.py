"""The leak scan: each kind, in each form, is found, and nothing that is found is printed in full."""

from __future__ import annotations

import base64
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import ROOT
from video_log_analyzer.cassettes import leaks

# Put together here, so that this file holds none of them.
DIGITS = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PLANTED = {
    "SID": "RM" + DIGITS,
    "e-mail": "kim" + "@" + "corp-a.com",
    "authorization": "Authorization: Basic " + base64.b64encode(f"SK{DIGITS}:{DIGITS}".encode()).decode(),
    "auth-token": "auth_" + f'token = "{DIGITS}"',
    "credential": "value-of-a-variable",
}
SECRETS = {"TWILIO_AUTH_TOKEN": PLANTED["credential"]}


def in_longer_base64(text: str) -> str:
    """Not at a boundary of three bytes, and broken into lines."""
    blob = base64.b64encode(b"some bytes \xff\xfe before, " + text.encode() + b" and some behind it").decode()
    return "\n".join(blob[start : start + 76] for start in range(0, len(blob), 76))


FORMS: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "percent-encoded": lambda text: quote(text, safe="").encode(),
    "percent-encoded whole": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()).encode(),
    "in a URL": lambda text: f"https://host.invalid/a%2F{quote(text, safe='')}%2Fb".encode(),
    "JSON escapes": lambda text: "".join(f"\\u{ord(each):04x}" for each in text).encode(),
    "in JSON": lambda text: json.dumps({"a": f"line\n{text}\n"}).encode(),
    "base64": lambda text: base64.b64encode(text.encode()),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(b"\xfb\xff" + text.encode()),
    "inside longer base64": lambda text: in_longer_base64(text).encode(),
    "gzip": lambda text: gzip.compress(text.encode()),
    "gzip in base64": lambda text: base64.b64encode(gzip.compress(text.encode())),
    "base64 in gzip": lambda text: gzip.compress(base64.b64encode(text.encode())),
    "base64, percent-encoded": lambda text: quote(base64.b64encode(text.encode()).decode(), safe="").encode(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_in_each_form(kind: str, form: str) -> None:
    found = leaks.scan(b"first line\n" + FORMS[form](PLANTED[kind]) + b"\nlast", SECRETS) or leaks.scan(
        FORMS[form](PLANTED[kind]), SECRETS
    )
    assert kind in {leak.kind for leak in found}, found


def test_lines_are_told() -> None:
    text = f"one\ntwo {PLANTED['SID']}\nthree\n{quote(PLANTED['e-mail'], safe='')}\n"
    assert [(leak.line, leak.kind) for leak in leaks.scan(text.encode())] == [(2, "SID"), (4, "e-mail")]


@pytest.mark.parametrize(
    "text",
    [
        "RM00000000" + DIGITS[:24],
        "AC" + "a" * 32,
        "someone@example.com, someone@mail.example.org, a@b.invalid, a@b.test, 7+bot@users.noreply.github.com",
        'Basic realm="Twilio API"',
        "Authorization: Basic " + base64.b64encode(b"AC00000000111111111111111111111111:secret").decode(),
        "sha256: " + DIGITS + DIGITS,
        DIGITS.upper() + DIGITS.upper(),
        "PT0000000000000000000000000000000001 name-0001 https://callback-0001.invalid/",
        "npm install @stoplight/prism-cli@5.14.2",
    ],
)
def test_what_is_invented_passes(text: str) -> None:
    assert leaks.scan(text.encode()) == []


def test_an_allowance_names_its_kind_and_a_reason() -> None:
    text = PLANTED["e-mail"]
    assert not leaks.scan(f"{text}  # leak-scan: allow e-mail (of the maintainers, on purpose)".encode())
    for no_allowance in (
        "leak-scan: allow SID (of the maintainers)",
        "leak-scan: allow e-mail",
        "leak-scan: allow e-mail ()",
    ):
        assert leaks.scan(f"{text}  # {no_allowance}".encode())
    assert leaks.scan(f"{text}\n# leak-scan: allow e-mail (on another line)".encode())


def run(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess[str]:
    """The script by the plain Python, as a hook runs it: without what is installed."""
    return subprocess.run(
        [sys.executable, "-S", "-E", str(ROOT / "scripts" / "leak_scan.py"), *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_script_finds_what_is_planted_and_prints_none_of_it(tmp_path: Path) -> None:
    for kind, text in PLANTED.items():
        (tmp_path / kind).write_text(f"\n{text}\n", encoding="utf-8")
    done = run(str(tmp_path), TWILIO_AUTH_TOKEN=PLANTED["credential"])
    assert done.returncode == 1
    for kind, text in PLANTED.items():
        assert f"{kind}:2: {kind}: " in done.stdout
        assert text.split()[-1].strip('"') not in done.stdout + done.stderr
    assert DIGITS not in done.stdout + done.stderr


def test_script_says_what_it_cannot_read(tmp_path: Path) -> None:
    done = run(str(tmp_path / "missing"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "missing: No such file or directory" in done.stderr
    assert run(cwd=tmp_path).returncode == 2
