"""Of a table of documents: how many our generator and the stock one make a client of that works.

The table is that of the client's tests, so it has nothing in it that ours cannot do; it says what ours adds.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from benchmarks.results import Measurement
from benchmarks.run import Run
from tests.client.documents import WORKS, made

_ROOT = Path(__file__).parent.parent
# Reads the example of each success into a model, and writes it again; prints how far it came.
_USE = """
import importlib, json, pkgutil, re, sys

folder, document, name = sys.argv[1:]
sys.path.insert(0, folder)
package = importlib.import_module(name)
for each in pkgutil.walk_packages(package.__path__, name + "."):
    if not each.name.endswith("pytest_plugin"):
        importlib.import_module(each.name)
print("imports")
models = importlib.import_module(name + ".models")
document = json.load(open(document))
for item in document["paths"].values():
    for method, operation in item.items():
        if method == "parameters":
            continue
        answer = next(each for status, each in operation["responses"].items() if status.startswith("2"))
        content = answer.get("content", {}).get("application/json")
        if content is None or "example" not in content:
            continue
        component = content["schema"]["$ref"].rpartition("/")[2]
        model = getattr(models, component)
        written = json.loads(json.dumps(model.from_dict(content["example"]).to_dict()))
        assert {**content["example"], **written} == written, (content["example"], written)
print("works")
"""


def against_stock(run: Run) -> list[Measurement]:
    """How many documents come how far, with each generator."""
    run.peers["openapi-python-client"] = version("openapi-python-client")
    reached: dict[str, dict[str, int]] = {"ours": {}, "stock": {}}
    for number, (name, change) in enumerate(WORKS.items(), start=1):
        folder = run.folder / f"generation-{number}"
        folder.mkdir()
        document = folder / "document.json"
        document.write_text(json.dumps(made(change)), encoding="utf-8")
        for side, steps in reached.items():
            for step in _steps(side, folder, document):
                steps[step] = steps.get(step, 0) + 1
        run.say(f"{number} of {len(WORKS)} documents, {name}: {reached}")
    return [
        Measurement(f"of {len(WORKS)} documents, {side}: {step}", steps.get(step, 0), "")
        for side, steps in reached.items()
        for step in ("made without a warning", "imports", "works", "passes mypy --strict")
    ]


def _steps(side: str, folder: Path, document: Path) -> list[str]:
    output = folder / side
    if side == "ours":
        command = [sys.executable, str(_ROOT / "scripts" / "generate_client.py")]
        command += ["--document", str(document), "--output", str(output)]
        parent, name = output, "video_log_analyzer_client"
    else:
        command = [sys.executable, "-m", "openapi_python_client", "generate", "--meta", "none", "--fail-on-warning"]
        command += ["--path", str(document), "--output-path", str(output)]
        parent, name = folder, "stock"
    # Both format what they make with ruff.
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
    }
    steps = []
    if subprocess.run(command, cwd=folder, env=environment, capture_output=True, check=False).returncode == 0:
        steps.append("made without a warning")
    if not (parent / name).is_dir():
        return steps
    use = [sys.executable, "-c", _USE, str(parent), str(document), name]
    steps += subprocess.run(use, capture_output=True, text=True, check=False).stdout.split()
    check = [sys.executable, "-m", "mypy", "--strict", "--no-incremental", str(parent / name)]
    if subprocess.run(check, cwd=folder, capture_output=True, check=False).returncode == 0:
        steps.append("passes mypy --strict")
    return steps
