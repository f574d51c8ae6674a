"""vla diff at the command line: formats, exit status, and one line for each thing that is wrong."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import resources
from pathlib import Path

import jsonschema
import pytest

from tests.conftest import ROOT
from tests.diff.test_rulings import TEXT, document, of

PROGRAM = (sys.executable, "-m", "contract_kit", "diff")


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "old.json").write_text(json.dumps(document(got=of(a={"enum": ["x"]}))))
    (tmp_path / "new.json").write_text(
        json.dumps(document(got=of(a={"enum": ["x", "y"], "description": "d"}, b=TEXT)), indent=1)
    )
    return tmp_path


def test_text_is_worst_first_and_ends_with_the_verdict(folder: Path) -> None:
    done = run("old.json", "new.json", cwd=folder)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0] == "BREAKING (1)"
    assert "enum `y` came; allows more" in lines[1]
    assert lines[2].strip() == "POST /rooms/{id} · response 200 application/json · /a"
    assert lines[3].strip().startswith("new.json:")
    assert lines[-1] == "old.json → new.json: 1 breaking, 1 compatible; 1 cosmetic (--all shows them)"
    assert "COSMETIC" in run("old.json", "new.json", "--all", cwd=folder).stdout


def test_json_has_all_of_it(folder: Path) -> None:
    report = json.loads(run("old.json", "new.json", "--format", "json", cwd=folder).stdout)
    assert (report["format"], report["verdict"], len(report["changes"])) == (1, "breaking", 3)
    first = report["changes"][0]
    assert first["value"] == first["after"] == "y"
    assert first["places"] == [
        {"operation": "POST /rooms/{id}", "side": "response 200 application/json", "place": "/a"}
    ]
    assert first["new"]["pointer"].endswith("/properties/a/enum")
    assert (folder / "new.json").read_text().splitlines()[first["new"]["line"] - 1].strip().startswith('"enum"')
    assert len(first["id"]) == 12


def test_other_formats(folder: Path) -> None:
    markdown = run("old.json", "new.json", "--format", "markdown", cwd=folder).stdout
    assert "### Breaking\n\n- enum `y` came" in markdown
    github = run("old.json", "new.json", "--format", "github", cwd=folder).stdout
    assert github.startswith("::error file=new.json,line=")


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("old.json", "old.json"), 0),
        (("old.json", "new.json", "--fail-on", "breaking"), 1),
        (("new.json", "old.json", "--only", "/other"), 2),
        (("new.json", "old.json", "--only", "/rooms/*"), 1),
    ],
)
def test_exit_status(folder: Path, arguments: tuple[str, ...], status: int) -> None:
    assert run(*arguments, cwd=folder).returncode == status


def test_rules_are_a_table(tmp_path: Path) -> None:
    assert "| any keyword of a schema | allows less | breaking | compatible |" in run("--rules", cwd=tmp_path).stdout


REF = '{"openapi": "3.1.0", "paths": {"/a": {"get": {"responses": {"200": {"$ref": "%s"}}}}}}'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "wrong.json: no such file"),
        (b"", "wrong.json: is empty"),
        (b"\xff", "wrong.json: is not UTF-8"),
        (b'{"openapi": "3.1.0", "paths": {', "is not JSON: "),
        (b'{"a": 1,\n "a": 2}', "wrong.json:2: the key 'a' stands twice in one object: keep one"),
        (b'{"swagger": "2.0"}', "is Swagger 2.0: only OpenAPI 3.0 and 3.1 are compared"),
        (b'{"openapi": "3.2.0"}', "is OpenAPI 3.2.0: only OpenAPI 3.0 and 3.1 are compared"),
        (b"{}", "is no OpenAPI document: the key `openapi` is missing"),
        (b"[]", "is no OpenAPI document, but a list"),
        (b'{"openapi": "3.1.0", "paths": []}', "paths must be a mapping, found list"),
        ((REF % "#/components/x").encode(), "the reference '#/components/x' leads nowhere"),
        ((REF % "https://example.com/x").encode(), "leads to another machine: save the file beside this one"),
        ((REF % "../x.json").encode(), "leads out of the folder of the document"),
        ((REF % "missing.json").encode(), "leads nowhere: no such file"),
        ((REF % "#/paths/~1a/get/responses/200").encode(), "leads in a circle"),
        (b"[" * 100_000, "wrong.json: "),
    ],
)
def test_what_cannot_be_read_is_one_line(folder: Path, text: bytes | None, said: str) -> None:
    if text is not None:
        (folder / "wrong.json").write_bytes(text)
    done = run("wrong.json", "new.json", cwd=folder)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert said in done.stderr
    assert done.stdout == ""


def test_yaml_is_read_by_its_core_schema(tmp_path: Path) -> None:
    text = """
openapi: 3.1.0
paths:
  /a:
    get:
      responses:
        200:
          description: ''
          content: {application/json: {schema: {enum: [NO, on, 012, 1_000, 2026-11-20]}}}
"""
    (tmp_path / "old.yaml").write_text(text)
    values = ["NO", "on", 12, "1_000", "2026-11-20"]
    content = {"application/json": {"schema": {"enum": values}}}
    new = {
        "openapi": "3.1.0",
        "paths": {"/a": {"get": {"responses": {"200": {"description": "", "content": content}}}}},
    }
    (tmp_path / "new.json").write_text("\ufeff" + json.dumps(new, indent="\t"))
    assert run("old.yaml", "new.json", cwd=tmp_path).stdout == "old.yaml → new.json: no change\n"


def test_files_of_a_folder_and_of_a_revision(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=n", "-c", "user.email=e@example.com"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, check=True, capture_output=True)

    api = tmp_path / "api"
    (api / "schemas").mkdir(parents=True)
    (api / "openapi.json").write_text(json.dumps(document(got={"$ref": "schemas/Room.json"})))
    (api / "schemas" / "Room.json").write_text(json.dumps(of(a=TEXT)))
    git("init", "-q")
    git("add", "-A")
    git("commit", "-qm", "one")
    (api / "schemas" / "Room.json").write_text(json.dumps(of()))
    done = run("HEAD:api/openapi.json", "api/openapi.json", cwd=tmp_path)
    assert done.returncode == 1
    assert "property `a` went" in done.stdout
    missing = run("HEAD:api/nothing.json", "api/openapi.json", cwd=tmp_path)
    assert missing.stderr == "contract-kit diff: HEAD:api/nothing.json: no such file\n"


def test_our_own_document_is_the_same_as_itself(tmp_path: Path) -> None:
    own = ROOT / "openapi" / "video-log-analyzer.yaml"
    assert run(own, own, cwd=tmp_path).stdout.endswith(": no change\n")


SCHEMA = json.loads(resources.files("contract_kit.diff").joinpath("diff.schema.json").read_text(encoding="utf-8"))


def test_json_follows_its_schema(folder: Path) -> None:
    draft = jsonschema.Draft202012Validator
    draft.check_schema(SCHEMA)
    for new in ("old.json", "new.json"):
        report = json.loads(run("old.json", new, "--format", "json", cwd=folder).stdout)
        draft(SCHEMA).validate(report)
    assert not draft(SCHEMA).is_valid({**report, "changes": [{**report["changes"][0], "line": 1}]})
