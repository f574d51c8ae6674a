"""The repository itself: one version, no secrets of a machine, commands that exist, a document that cannot drift."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from contract_kit.ledger import conflicts, model
from tests.conftest import ROOT

TRACKED = subprocess.run(
    ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=False,
).stdout.split()


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_one_version_everywhere() -> None:
    project = tomllib.loads(read("pyproject.toml"))["project"]
    client = tomllib.loads(read("generated_client/pyproject.toml"))["project"]
    document = yaml.safe_load(read("openapi/video-log-analyzer.yaml"))
    package = re.search(r'__version__ = "(.+)"', read("src/contract_kit/__init__.py"))
    assert package is not None
    assert {project["version"], client["version"], document["info"]["version"]} == {package[1]}
    assert f"video-log-analyzer-client=={package[1]}" in project["dependencies"]
    assert f"## {package[1]}" in read("CHANGELOG.md")


@pytest.mark.skipif(not TRACKED, reason="not a git checkout: which files belong to the repository is unknown")
def test_no_file_names_a_folder_of_a_machine() -> None:
    for name in TRACKED:
        path = ROOT / name
        if path.is_file() and path.suffix not in {".png", ".gz", ".xz"}:
            assert not re.search(r"/(?:home|root|Users)/\w", path.read_text(encoding="utf-8")), name


@pytest.mark.skipif(not TRACKED, reason="not a git checkout: which files belong to the repository is unknown")
def test_leak_scan_finds_nothing() -> None:
    """Credentials, real-looking SIDs, e-mail addresses: in no file of the repository, and in no report."""
    done = subprocess.run(
        [sys.executable, "scripts/leak_scan.py"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (0, ""), done.stdout + done.stderr


def test_readme_and_contributing_name_only_what_exists() -> None:
    for name in ("README.md", "CONTRIBUTING.md"):
        text = read(name)
        for path in re.findall(
            r"`((?:scripts|openapi|tests|contract_tests|src|benchmarks|generated_client)/[\w./-]*)`", text
        ):
            assert (ROOT / path).exists(), f"{name} names {path}"
        environments = re.findall(r"tox run -e ([\w-]+)", text)
        for environment in environments:
            assert f"[testenv:{environment}]" in read("tox.ini"), f"{name} names the environment {environment}"
    assert "scripts/check" in read("README.md")
    assert "scripts/test" in read("README.md")


def test_figures_of_the_readme_are_true() -> None:
    ledger = model.load(ROOT / "openapi")
    assumed = sum(decision.status == "assumed" for decision in ledger.decisions)
    deviations = sum(len(example.deviations) for example in ledger.examples)
    text = " ".join(read("README.md").split())
    for figure in (
        f"{assumed} of {len(ledger.decisions)} decisions are `assumed`",
        f"{len(ledger.sources)} sources, {len(ledger.claims)} claims",
        f"{len(conflicts.conflicts(ledger))} conflicts, {len(ledger.decisions)} decisions",
        f"{len(ledger.examples)} published examples whose {deviations} deviations",
    ):
        assert figure in text


def test_workflows_are_valid() -> None:
    workflows = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows"]
    command += [str(path) for path in workflows]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_nightly_publishes_only_what_the_leak_scan_passed() -> None:
    """The scan knows every secret of the workflow, and each step that shows something waits for it."""
    text = (ROOT / ".github" / "workflows" / "nightly.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    steps = jobs["contract"]["steps"]
    scan = next(number for number, step in enumerate(steps) if step.get("id") == "leaks")
    assert "leak_scan.py" in steps[scan]["run"]
    assert set(re.findall(r"secrets\.(\w+)", text)) == set(steps[scan]["env"])
    publishing = [
        number
        for number, step in enumerate(steps)
        if "upload-artifact" in step.get("uses", "") or re.search("GITHUB_(STEP_SUMMARY|OUTPUT)", step.get("run", ""))
    ]
    assert len(publishing) == 2
    for number in publishing:
        assert number > scan
        assert "steps.leaks.outcome == 'success'" in steps[number]["if"]
    # The issues need what one of these steps says.
    assert "needs.contract.outputs.report == 'true'" in jobs["issues"]["if"]


def test_changed_enum_value_turns_everything_red(tmp_path: Path) -> None:
    """Ledger, client and contract check each see it, and each says what to do."""
    names = ("src", "openapi", "contract_tests", "scripts", "generated_client", "pyproject.toml", "LICENSE")
    ignored = shutil.ignore_patterns("__pycache__")
    for name in names:
        source = ROOT / name
        shutil.copytree(source, tmp_path / name, ignore=ignored) if source.is_dir() else shutil.copy(source, tmp_path)
    document = tmp_path / "openapi" / "video-log-analyzer.yaml"
    document.write_text(re.sub(r"\bgll\b", "glx", document.read_text(encoding="utf-8")), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(tmp_path / "src"), str(tmp_path / "generated_client")]),
    }

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )

    ledger = run(
        "-c",
        "from contract_kit import contract; from contract_kit.ledger import basis, model;"
        "from video_log_analyzer.folders import openapi_folder; import json;"
        'opened = contract.load("video_log_analyzer.kit:KIT"); found = model.load(openapi_folder());'
        "print(json.dumps([str(p) for p in basis.document_problems(found, opened.document.file)]))",
    )
    problems = json.loads(ledger.stdout)
    assert any("glx" in problem and "correct the document" in problem for problem in problems), problems

    client = run("scripts/generate_client.py", "--check")
    assert client.returncode == 1, client.stderr
    assert "differs: video_log_analyzer_client/models/media_region.py" in client.stdout
    assert "run `tox run -e generate`" in client.stdout

    check = run("-m", "video_log_analyzer", "check", "--profile", "quick")
    assert check.returncode == 1, check.stdout + check.stderr
    assert "undocumented value  list_rooms /rooms/*/media_region" in check.stdout
    assert "media_region is 'gll'" in check.stdout
    assert "document against ledger" in check.stdout
    assert "remedy    correct the document, or add the claim" in check.stdout


@pytest.mark.parametrize(
    ("command", "status", "said"),
    [
        (["scripts/leak_scan.py", "README.md"], 0, ""),
        (["scripts/sync_issues.py"], 2, "there is no report in build/vla: run `vla check` first"),
        (["scripts/fidelity.py"], 2, "run scripts/check once, which sets up .venv, then .venv/bin/python"),
        (["scripts/generate_client.py"], 2, "tox run -e generate"),
        (["-m", "benchmarks"], 2, "is not installed: run `tox run -e benchmarks"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else None,
)
def test_what_runs_without_an_installation_says_what_it_needs(
    tmp_path: Path, command: list[str], status: int, said: str
) -> None:
    """By a Python that has no packages, in a checkout that has not been set up."""
    for name in ("scripts", "src", "openapi", "benchmarks", "README.md"):
        (tmp_path / name).symlink_to(ROOT / name)
    done = subprocess.run(
        [sys.executable, "-S", "-E", *command], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (done.returncode, len(done.stderr.splitlines())) == (status, bool(said)), done.stderr
    assert said in done.stderr


def test_actions_are_pinned_by_hash(root: Path) -> None:
    """A tag can be moved to other code; the version stands in a comment."""
    used = [
        line.strip()
        for file in sorted((root / ".github" / "workflows").glob("*.yml"))
        for line in file.read_text(encoding="utf-8").splitlines()
        if "uses:" in line
    ]
    assert used
    assert [line for line in used if not re.search(r"uses: [\w./-]+@[0-9a-f]{40} # v\d", line)] == []
