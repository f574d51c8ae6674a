"""The client of any document works, or the document is refused by name, place and remedy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.client.documents import REFUSED, WORKS, Change, made
from tests.client.test_generation import generate

# Each takes three seconds; here are those with most in them.
FEW = (
    "map of objects",
    "contain each other",
    "allOf",
    "enum values that differ in punctuation",
    "operation of its own",
)
ALL = pytest.mark.skipif("ANY_DOCUMENT" not in os.environ, reason="takes minutes: run `tox run -e any-document`")

USE = """
import inspect, json, sys
import httpx
sys.path.insert(0, sys.argv[1])
import video_log_analyzer_client as package
from importlib import import_module
document = json.load(open(sys.argv[2]))
used = 0
for path, item in document["paths"].items():
    operation = item["get"]
    example = operation["responses"]["200"]["content"]["application/json"]["example"]
    asked = []
    def answer(request):
        asked.append(request)
        return httpx.Response(200, json=example)
    with package.Client("AC1", "secret", httpx_args={"transport": httpx.MockTransport(answer)}) as client:
        tag = operation["tags"][0].lower()
        module = import_module(f"video_log_analyzer_client.api.{tag}.{operation['operationId']}")
        parameters = inspect.signature(module.sync).parameters
        names = [name for name, each in parameters.items() if each.default is each.empty and name != "client"]
        keywords = [name for name in names if parameters[name].kind is inspect.Parameter.KEYWORD_ONLY]
        positional = [example.get(name, "x") for name in names if name not in keywords]
        read = module.sync(*positional, client=client, **dict.fromkeys(keywords, "x"))
    written = json.loads(json.dumps(read.to_dict()))
    assert {**example, **written} == written, (example, written)
    assert asked[0].url.path.startswith("/") and "{" not in asked[0].url.path
    used += 1
assert used == len(document["paths"])
"""


def written(change: Change, folder: Path) -> Path:
    document = folder / "document.json"
    document.write_text(json.dumps(made(change)))
    return document


@pytest.mark.parametrize("name", FEW)
def test_document_makes_a_client_that_works(name: str, tmp_path: Path) -> None:
    works(WORKS[name], tmp_path)


@ALL
@pytest.mark.parametrize("name", [name for name in WORKS if name not in FEW])
def test_every_document_that_should_makes_a_client_that_works(name: str, tmp_path: Path) -> None:
    works(WORKS[name], tmp_path)


def works(change: Change, folder: Path) -> None:
    document = written(change, folder)
    done = generate("--document", document, "--output", folder / "client")
    assert (done.returncode, done.stderr) == (0, "")
    use = subprocess.run(
        [sys.executable, "-c", USE, str(folder / "client"), str(document)],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert use.returncode == 0, use.stderr


@pytest.mark.parametrize("name", REFUSED)
def test_document_is_refused_by_name_place_and_remedy(name: str, tmp_path: Path) -> None:
    change, said = REFUSED[name]
    kept = tmp_path / "client" / "kept.py"
    kept.parent.mkdir()
    kept.touch()
    done = generate("--document", written(change, tmp_path), "--output", kept.parent)
    assert done.returncode == 2, done.stdout
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(kept.parent.iterdir()) == [kept]
