"""The house as ARCHITECTURE.md draws it: an engine that knows no API, a name that means one thing, a public surface."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

import contract_kit
import video_log_analyzer
from tests.conftest import ROOT

SOURCE = ROOT / "src"
ENGINE = SOURCE / "contract_kit"

# Whole words of this API, and the prefixes of its identifiers and tokens.
WORDS = re.compile(
    r"\b(?:rooms?|participants?|twilio|insights|video|vla|sids?|PageToken|PageSize|RoomSid|ParticipantSid|codecs?)\b",
    re.IGNORECASE,
)
PREFIXES = re.compile(r"\b(?:AC|SK|RM|PA|RQ|PT)(?:[0-9a-f]|…)")


def engine_files() -> Iterator[Path]:
    """Everything of the engine that people wrote."""
    yield from (path for path in sorted(ENGINE.rglob("*")) if path.suffix in {".py", ".json", ".css", ".ini"})


def test_engine_knows_no_word_of_this_api() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in engine_files()
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if WORDS.search(line) or PREFIXES.search(line)
    ]
    assert not found, (
        "the engine must not know this API: take it from the kit, or choose another example\n" + "\n".join(found)
    )


def classes(folder: Path) -> Iterator[tuple[str, str]]:
    """The public classes of the modules below a folder, each with its module."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, str(path.relative_to(ROOT))


def test_a_class_name_means_one_thing() -> None:
    modules = defaultdict(list)
    for name, module in classes(SOURCE):
        modules[name].append(module)
    twice = {name: found for name, found in modules.items() if len(found) > 1}
    assert not twice, f"rename one of each by what it is: {twice}"


@pytest.mark.parametrize("package", [contract_kit, video_log_analyzer], ids=lambda package: package.__name__)
def test_packages_say_what_is_public(package: object) -> None:
    name = package.__name__  # type: ignore[attr-defined]
    tree = ast.parse((SOURCE / name / "__init__.py").read_text(encoding="utf-8"))
    imported = {
        alias.asname or alias.name
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.module not in {"__future__", "typing"}
        for alias in node.names
    }
    public = set(package.__all__)  # type: ignore[attr-defined]
    assert imported <= public, "what __init__ imports is public: name it in __all__"
    for each in public:
        assert getattr(package, each) is not None
    assert "__version__" in public


def test_every_package_says_what_it_is_for() -> None:
    for package in (contract_kit, video_log_analyzer):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if found.ispkg:
                assert (importlib.import_module(found.name).__doc__ or "").strip(), f"{found.name} has no docstring"
