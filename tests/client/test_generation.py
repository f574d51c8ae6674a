"""scripts/generate_client.py: the client is what the document makes, and nothing is lost when it cannot be made."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

ONE_OPERATION = """
openapi: 3.1.0
info: {title: Rooms, version: 0.1.0}
paths:
  /rooms/{sid}:
    get:
      operationId: fetch_room
      summary: Fetch
      tags: [Rooms]
      parameters: [{name: sid, in: path, required: true, schema: {type: string}}]
      responses:
        '200': {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
        '404': {description: no, content: {application/json: {schema: {$ref: '#/components/schemas/Room'}}}}
components:
  schemas:
    Room: {type: object, description: One., required: [name], properties: {name: {type: string}}}
"""


def generate(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "generate_client.py"), *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """A copy of generated_client/."""
    ignored = shutil.ignore_patterns("__pycache__", "*.egg-info")
    return shutil.copytree(ROOT / "generated_client", tmp_path / "generated_client", ignore=ignored)


def test_client_is_up_to_date() -> None:
    done = generate("--check")
    assert (done.returncode, done.stdout) == (0, "generated_client/ is up to date\n")


def test_client_says_of_each_value_what_is_known_of_it(client: Path, tmp_path: Path) -> None:
    text = (ROOT / "openapi" / "video-log-analyzer.yaml").read_text(encoding="utf-8")
    document = tmp_path / "document.yaml"
    document.write_text(text.replace("        gll: current\n", "        gll: observed\n"), encoding="utf-8")
    done = generate("--document", document, "--output", client)
    assert done.returncode == 0, done.stderr
    written = (client / "video_log_analyzer_client" / "models" / "media_region.py").read_text(encoding="utf-8")
    assert 'GLL = "gll"\n    """Seen in answers; no published list has it."""' in written
    assert 'OUTSIDE = "outside"\n    """Internal."""' in written


def test_each_difference_is_named_with_its_remedy(client: Path) -> None:
    package = client / "video_log_analyzer_client"
    (package / "errors.py").unlink()
    (package / "left_over.py").touch()
    (package / "models" / "room.py").write_text("changed\n")
    done = generate("--check", "--output", client)
    assert done.returncode == 1
    assert done.stdout.splitlines()[:3] == [
        "generated_client/ missing: video_log_analyzer_client/errors.py",
        "generated_client/ left over: video_log_analyzer_client/left_over.py",
        "generated_client/ differs: video_log_analyzer_client/models/room.py",
    ]
    assert "run `tox run -e generate`" in done.stdout
    assert generate("--output", client).returncode == 0
    assert generate("--check", "--output", client).returncode == 0
    assert not (package / "left_over.py").exists()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "no such file"),
        ("openapi: [", "makes no client"),
        ("[]", "makes no client"),
        ("openapi: 3.2.0\ninfo: {}\n", "makes no client"),
        (ONE_OPERATION, "#/servers: names no server: give one"),
        (
            ONE_OPERATION.replace("{$ref: '#/components/schemas/Room'}", "{type: array, items: {}}"),
            "a body that is no object with properties: give one",
        ),
    ],
)
def test_document_that_makes_no_client_leaves_the_old_one(
    client: Path, tmp_path: Path, text: str | None, said: str
) -> None:
    document = tmp_path / "document.yaml"
    if text is not None:
        document.write_text(text)
    done = generate("--document", document, "--output", client)
    assert done.returncode == 2
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert generate("--check", "--output", client).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        ["generated_client", *(["document.yaml"] if text is not None else [])]
    )
