"""The client of any document works, or the document is refused by name, place and remedy."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.client.documents import REFUSED, WORKS, Change, both, made, with_property
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


SCALARS: list[tuple[Any, st.SearchStrategy[Any]]] = [
    ({"type": "string"}, st.text(max_size=5)),
    ({"type": "integer"}, st.integers(-1000, 1000)),
    ({"type": "boolean"}, st.booleans()),
    ({"type": "number"}, st.floats(-100, 100)),
    ({"type": "string", "enum": ["a", "b-c"]}, st.sampled_from(["a", "b-c"])),
    ({"type": "integer", "enum": [1, 2]}, st.sampled_from([1, 2])),
    ({"type": ["string", "null"]}, st.none() | st.text(max_size=5)),
    ({"type": "string", "format": "date"}, st.dates().map(str)),
    ({}, st.none() | st.integers(0, 5)),
]


@st.composite
def schemas(draw: st.DrawFn, depth: int = 2) -> tuple[Any, Any]:
    """A schema and a value of it: scalars, arrays, maps, objects, allOf and branches, one in the other."""
    kind = draw(st.sampled_from(["scalar", "array", "map", "object", "allOf", "or null"] if depth else ["scalar"]))
    if kind == "scalar":
        schema, values = draw(st.sampled_from(SCALARS))
        return schema, draw(values)
    inner, value = draw(schemas(depth=depth - 1))
    if kind == "array":
        return {"type": "array", "items": inner}, draw(st.sampled_from([[], [value], [value, value]]))
    if kind == "map":
        return {"type": "object", "additionalProperties": inner}, draw(st.sampled_from([{}, {"k": value}]))
    if kind == "or null":
        return {"anyOf": [inner, {"type": "null"}]}, draw(st.sampled_from([None, value]))
    other, another = draw(schemas(depth=depth - 1))
    parts = [{"type": "object", "properties": {"a": inner}}, {"type": "object", "properties": {"b": other}}]
    values = {"a": value, "b": another}
    if kind == "allOf":
        return {"allOf": parts}, values
    return {"type": "object", "required": ["a"], "properties": {"a": inner, "b": other}}, values


@ALL
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(schemas(), min_size=4, max_size=8))
def test_whatever_is_put_together_works(parts: list[tuple[Any, Any]]) -> None:
    change = both(*(with_property(schema, value, f"part{number}") for number, (schema, value) in enumerate(parts)))
    with TemporaryDirectory() as folder:
        works(change, Path(folder))


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
