"""The leak scan: each kind, in each form, is found, and nothing that is found is printed in full."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import os
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
import yaml

from contract_kit.cassettes import leaks
from tests.conftest import ROOT

# Put together here, so that this file holds none of them.
DIGITS = "0f1e2d3c4b5a69788796a5b4c3d2e1f0"
PLANTED = {
    "identifier": "RM" + DIGITS,
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


def in_lines(text: str) -> bytes:
    """base64 as MIME has it; the last line is a short one."""
    blob = base64.encodebytes(b"x" * (57 - len(text) % 57 + 5) + b" " + text.encode() + b" ")
    assert len(blob.splitlines()[-1]) < 16
    return blob


def zipped(text: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("first.txt", "nothing")
        opened.writestr("second.txt", text * 3)
    return archive.getvalue()


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
    "base64 in lines": in_lines,
    "base64 in lines, in JSON": lambda text: json.dumps({"a": in_lines(text).decode()}).encode(),
    "base64 in lines, in YAML": lambda text: yaml.dump({"a": {"b": b"\xff" * 30 + text.encode() + b"\n"}}).encode(),
    "a later member of gzip": lambda text: gzip.compress(b"first\n") + gzip.compress(text.encode()),
    "behind gzip": lambda text: gzip.compress(b"first\n") + b"\n" + text.encode(),
    "behind what only looks like gzip": lambda text: b"\x1f\x8b" + text.encode(),
    "gzip within a file": lambda text: b"some head" + gzip.compress(text.encode()),
    "gzip, cut off": lambda text: gzip.compress(text.encode() + b"\n" + os.urandom(1000))[:-100],
    "zlib": lambda text: zlib.compress(text.encode()),
    "bz2": lambda text: bz2.compress(text.encode()),
    "zip": zipped,
    "UTF-16": lambda text: text.encode("utf-16"),
    "UTF-16, big end first": lambda text: text.encode("utf-16-be"),
    "UTF-32": lambda text: text.encode("utf-32"),
    "UTF-16 in base64": lambda text: base64.b64encode(text.encode("utf-16-le")),
    "HTML": lambda text: "".join(f"&#{ord(each)};" for each in text).encode(),
    "hexadecimal escapes": lambda text: "".join(f"\\x{ord(each):02x}" for each in text).encode(),
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("kind", PLANTED)
def test_each_kind_is_found_in_each_form(kind: str, form: str) -> None:
    found = leaks.scan(b"first line\n" + FORMS[form](PLANTED[kind]) + b"\nlast", SECRETS) or leaks.scan(
        FORMS[form](PLANTED[kind]), SECRETS
    )
    assert kind in {leak.kind for leak in found}, found


def test_lines_are_told() -> None:
    text = f"one\ntwo {PLANTED['identifier']}\nthree\n{quote(PLANTED['e-mail'], safe='')}\n"
    assert [(leak.line, leak.kind) for leak in leaks.scan(text.encode())] == [(2, "identifier"), (4, "e-mail")]


def basic(user: str, password: str, encoding: str = "utf-8") -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode(encoding)).decode()


INVENTED_USER = "AC00000000" + "1" * 24


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("identifier", "rm" + DIGITS),
        ("identifier", "ac" + DIGITS),
        ("identifier", "AC" + DIGITS.upper()),
        ("identifier", "SIDRM" + DIGITS),
        ("identifier", "ACCOUNTAC" + DIGITS),
        ("identifier", "1AC" + DIGITS),
        ("identifier", "RM" + DIGITS + "x"),
        ("identifier", "_RM" + DIGITS + "_v2.mp4"),
        ("e-mail", "mailto:" + PLANTED["e-mail"]),
        ("e-mail", "author:" + PLANTED["e-mail"]),
        ("e-mail", "_" + PLANTED["e-mail"] + "_"),
        ("e-mail", PLANTED["e-mail"] + "(at work)"),
        ("e-mail", PLANTED["e-mail"] + ".tar.gz"),
        ("auth-token", "Auth Token: " + DIGITS),
        ("auth-token", "AUTH TOKEN " + DIGITS),
        ("auth-token", f"<AuthToken>{DIGITS}</AuthToken>"),
        ("auth-token", f"auth_token&quot;: &quot;{DIGITS}&quot;"),
        ("auth-token", f'"name": "auth_token", "value": "{DIGITS}"'),
        ("authorization", f'"name":"Authorization","value":"Bearer {DIGITS}{DIGITS}"'),
        ("authorization", "Authorization: Bear" + "er abcdefghijklmnopqrst"),
        ("authorization", f"Bearer {DIGITS}"),
        ("authorization", basic(INVENTED_USER, DIGITS)),
        ("authorization", basic("kim", "pässwort123")),
        ("authorization", basic("kim", "pässwort123", "latin-1")),
        ("authorization", f"curl -u {INVENTED_USER}:{DIGITS}"),
    ],
)
def test_each_kind_is_found_however_it_is_written(kind: str, text: str) -> None:
    assert kind in {leak.kind for leak in leaks.scan(f"first line\n{text}\n".encode())}


HOSTILE: dict[str, bytes] = {
    "spaces behind a word for a secret": b"the secret" + b" " * 20_000 + b"|",
    "quotes behind a word for a secret": b"auth_token" + b"\"' " * 20_000 + b"|",
    "words for a secret": b"auth_token" * 100_000,
    "spaces behind Basic": (b"Basic" + b" " * 20_000 + b"|") * 5,
    "colons of URLs": b"://" + b"a:" * 200_000,
    "dots": b"a@" + b"a." * 200_000,
    "short runs of base64 behind many lines": (b" " * 9 + b"\n") * 400_000
    + b"".join(base64.b64encode(b"some readable text %d" % number) + b"; x\n" for number in range(20_000)),
    "base64 of itself": base64.b64encode(base64.b64encode(base64.b64encode(b"some readable text " * 10_000))),
    "percents in one line": b"x%41y;" * 100_000,
    "openings of zlib": b"x^" * 200_000,
    "openings of gzip": gzip.compress(b"")[:10] * 50_000,
    "a bomb": gzip.compress(gzip.compress(b"\0" * 10_000_000) * 1_000),
    "a number of HTML": b"&#" + b"9" * 10_000 + b";",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_no_content_takes_long(name: str) -> None:
    """Where the effort grows faster than the content, this does not end. What stands behind it is found."""
    found = leaks.scan(HOSTILE[name] + b"\n" + PLANTED["identifier"].encode())
    assert [leak.kind for leak in found] == ["identifier"]


@pytest.mark.parametrize(
    "text",
    [
        "RM00000000" + DIGITS[:24],
        "ACCOUNTAC00000000" + DIGITS[:24],
        "rm00000000" + DIGITS[:24] + " ac00000000" + DIGITS[:24],
        "AC" + "a" * 32,
        "someone@example.com, someone@mail.example.org, a@b.invalid, a@b.test, 7+bot@users.noreply.github.com",
        'Basic realm="Twilio API"',
        "Authorization: Basic " + base64.b64encode(b"AC00000000111111111111111111111111:secret").decode(),
        "sha256: " + DIGITS + DIGITS,
        DIGITS.upper() + DIGITS.upper(),
        "PT0000000000000000000000000000000001 name-0001 https://callback-0001.invalid/",
        "npm install @stoplight/prism-cli@5.14.2",
        "git clone git" + "@github.com:org/repository.git",
        "icon" + "@2x.png",
        "y = W" + "@x.reshape(2)",
        "md5: " + DIGITS,
        "ab" + DIGITS + DIGITS,
        "Q" + "A" * 20 + "4" + "A" * 40,
        "Authorization: Bearer YOUR_TOKEN_HERE",
    ],
)
def test_what_is_invented_passes(text: str) -> None:
    assert leaks.scan(text.encode()) == []


def test_an_allowance_names_its_kind_and_a_reason() -> None:
    text = PLANTED["e-mail"]
    assert not leaks.scan(f"{text}  # leak-scan: allow e-mail (of the maintainers, on purpose)".encode())
    for no_allowance in (
        "leak-scan: allow identifier (of the maintainers)",
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


def names_of(done: subprocess.CompletedProcess[str]) -> list[str]:
    return sorted({line.split(":")[0] for line in done.stdout.splitlines()})


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Empty, of git."""
    git(tmp_path, "init", "--quiet")
    return tmp_path


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True)


def test_script_scans_the_whole_repository_from_a_folder_in_it(repository: Path) -> None:
    (repository / "folder").mkdir()
    (repository / "build" / "vla").mkdir(parents=True)
    (repository / ".gitignore").write_text("build/\n", encoding="utf-8")
    for name in ("top.txt", "folder/below.txt", "build/vla/report.txt"):
        (repository / name).write_text(PLANTED["identifier"], encoding="utf-8")
    assert names_of(run(cwd=repository)) == ["build/vla/report.txt", "folder/below.txt", "top.txt"]
    assert names_of(run(cwd=repository / "folder")) == ["../build/vla/report.txt", "../top.txt", "below.txt"]


def test_script_scans_what_is_staged(repository: Path) -> None:
    for name in ("changed.txt", "deleted.txt"):
        (repository / name).write_text(PLANTED["identifier"], encoding="utf-8")
    git(repository, "add", ".")
    (repository / "changed.txt").write_text("nothing", encoding="utf-8")
    (repository / "deleted.txt").unlink()
    done = run(cwd=repository)
    assert names_of(done) == ["changed.txt", "deleted.txt"]
    assert done.stdout.count("(staged)") == 2


def test_script_scans_where_a_link_leads(repository: Path) -> None:
    (repository / "link").symlink_to(f"/recordings/{PLANTED['identifier']}")
    assert run(cwd=repository).stdout == "link:1: identifier: RM…(34 characters) (where it links to)\n"


def test_script_scans_names_and_prints_none_in_full(repository: Path) -> None:
    for name in (f"{PLANTED['identifier']}.json", f"{quote(PLANTED['e-mail'])}.txt", f"auth_token/{DIGITS}"):
        (repository / name).parent.mkdir(exist_ok=True)
        (repository / name).write_text("nothing", encoding="utf-8")
    (repository / f"{PLANTED['credential']}.txt").write_text(PLANTED["identifier"], encoding="utf-8")
    for done in (
        run(cwd=repository, **SECRETS),
        run(".", cwd=repository, **SECRETS),
        run(*(file.name for file in repository.iterdir() if file.name != ".git"), cwd=repository, **SECRETS),
    ):
        assert done.returncode == 1
        for text in (DIGITS, "corp-a", PLANTED["credential"]):
            assert text not in done.stdout + done.stderr
        assert sorted(line.split(": ", 1)[1] for line in done.stdout.splitlines()) == [
            "auth-token in its name: …(32 characters beside a word for a credential)",
            "credential in its name: the value of TWILIO_AUTH_TOKEN",
            "e-mail in its name: k…@…(18 characters)",
            "identifier in its name: RM…(34 characters)",
            "identifier: RM…(34 characters)",
        ]


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="names are text there")
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_script_gets_along_with_any_name(repository: Path, encoding: str) -> None:
    for name in (b"\xff.txt", "ü.txt".encode(), b"line\nfeed.txt"):
        Path(os.fsdecode(bytes(repository) + b"/" + name)).write_text(PLANTED["identifier"], encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "leak_scan.py")],
        cwd=repository,
        env={**os.environ, "PYTHONIOENCODING": encoding},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert len(done.stdout.splitlines()) == 3
    assert b"line\\nfeed.txt:1: identifier: " in done.stdout


def test_script_says_what_it_cannot_read(tmp_path: Path) -> None:
    done = run(str(tmp_path / "missing"))
    assert (done.returncode, done.stdout) == (2, "")
    assert "missing: No such file or directory" in done.stderr
    assert run(cwd=tmp_path).returncode == 2
