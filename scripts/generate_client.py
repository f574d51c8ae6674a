#!/usr/bin/env python3
"""Generate generated_client/ from the document; with --check, only check that it is up to date.

Exit status: 0 generated or up to date, 1 not up to date, 2 generation failed.
"""

from __future__ import annotations

import argparse
import contextlib
import filecmp
import io
import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCUMENT = ROOT / "openapi" / "video-log-analyzer.yaml"
SETTINGS = ROOT / "openapi" / "client"
CLIENT = ROOT / "generated_client"

# Files that running, installing or checking the client leaves in its folder; they are not generated.
NOT_OUTPUT = {"__pycache__", ".mypy_cache", ".ruff_cache", ".pytest_cache", "build", "dist"}


class GenerationError(Exception):
    """The client could not be generated; the message says why and what to do."""


def main() -> int:
    """Parse the command line, generate or compare the client, and return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 and name each file that differs")
    parser.add_argument("--document", type=Path, default=DOCUMENT, help="default: openapi/video-log-analyzer.yaml")
    parser.add_argument("--output", type=Path, default=CLIENT, help="default: generated_client/")
    arguments = parser.parse_args()
    output: Path = arguments.output.resolve()
    try:
        require_pinned_tools()
        # In the same folder as the output, so that a rename can replace it; a copy could stop half-way.
        with tempfile.TemporaryDirectory(prefix=".generating-", dir=output.parent) as scratch:
            made = Path(scratch) / "client"
            generate(arguments.document, made)
            if arguments.check:
                return report(differences(made, output), output)
            verify(arguments.document, made)
            replace(output, made, Path(scratch))
    except GenerationError as error:
        print(f"generate_client: {error}", file=sys.stderr)
        return 2
    print(f"{output.name}/ is what {arguments.document.name} makes")
    return 0


def require_pinned_tools() -> None:
    """Raise GenerationError unless the tools are installed in exactly the versions that pyproject.toml pins."""
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["dependency-groups"]
    for pin in groups["generate"]:
        name, is_pinned, version = pin.partition("==")
        if not is_pinned:
            continue  # It verifies the output, and does not shape it.
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = "none"
        if found != version:
            raise GenerationError(
                f"{name} {version} shapes the output, found {found}: "
                f"run `tox run -e generate`, or `pip install {' '.join(groups['generate'])}` first"
            )


def generate(document: Path, output: Path) -> None:
    """Run the generator on ``document`` and write a complete distribution to ``output``, which must not exist."""
    # Imported here, because its own imports need the pinned versions.
    import client_project

    if not document.is_file():
        raise GenerationError(f"{document}: no such file")
    # The generator's hooks must call the `ruff` of this interpreter, whose version was checked.
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        problems = client_project.build(document, SETTINGS, output)
    if problems:
        raise GenerationError("\n".join([f"{document.name} makes no client:", *problems]))


def verify(document: Path, made: Path) -> None:
    """Type-check a client and use it on each example of the document; raise GenerationError for what it cannot do."""
    package = next(path.parent for path in made.glob("*/client.py"))
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    here = Path(__file__).parent
    checks = (
        [sys.executable, "-m", "compileall", "-q", str(package)],
        [sys.executable, "-B", str(here / "client_verification.py"), str(package), str(document.resolve())],
        [sys.executable, "-m", "mypy", "--strict", "--no-incremental", "--config-file", os.devnull, str(package)],
    )
    for command in checks:
        done = subprocess.run(command, cwd=made, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            said = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
            said = [line for line in said if os.devnull not in line]  # mypy's word about its empty settings
            raise GenerationError("\n".join([f"{document.name} makes a client that does not work:", *said[-20:]]))
    for cache in made.rglob("__pycache__"):
        shutil.rmtree(cache)


def files(folder: Path) -> Iterator[str]:
    """Yield the generated files below ``folder``, as sorted relative paths."""
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_file() and not NOT_OUTPUT & set(relative.parts) and not re.search(r"\.egg-info/", str(relative)):
            yield relative.as_posix()


def differences(expected: Path, found: Path) -> list[str]:
    """Return a line for each file that is missing, left over or different in ``found``."""
    wanted, present = set(files(expected)), set(files(found))
    lines = [f"missing: {name}" for name in wanted - present]
    lines += [f"left over: {name}" for name in present - wanted]
    _, changed, unreadable = filecmp.cmpfiles(expected, found, sorted(wanted & present), shallow=False)
    lines += [f"differs: {name}" for name in changed + unreadable]
    return sorted(lines, key=lambda line: line.partition(": ")[2])


def report(lines: list[str], output: Path) -> int:
    """Print the differences and their remedy; return the exit status."""
    if not lines:
        print(f"{output.name}/ is up to date")
        return 0
    for line in lines:
        print(f"{output.name}/ {line}")
    print(
        f"{output.name}/ is not what openapi/ generates ({len(lines)} files): "
        "run `tox run -e generate` (scripts/generate_client.py) and commit the result"
    )
    return 1


def replace(output: Path, made: Path, scratch: Path) -> None:
    """Replace ``output`` by ``made``; if that fails, restore the old folder."""
    old = scratch / "old"
    if output.exists():
        output.rename(old)
    try:
        made.rename(output)
    except OSError:
        if old.exists():
            old.rename(output)
        raise


if __name__ == "__main__":
    sys.exit(main())
