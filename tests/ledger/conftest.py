"""Ledgers for the tests: the real one with its sources, and small ones written on the spot."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from textwrap import dedent

import pytest

from contract_kit.ledger import model as ledger
from contract_kit.ledger.model import Ledger

ROOT = Path(__file__).parents[2]
SOURCES = ROOT.parent / "shared" / "sources"

SOURCES_YAML = """\
    - {id: old, letter: O, what: an old page, address: unknown, standing: this API, notation: rendering,
       file: old.txt, sha256: '0',
       as_of: {from: 2022-01-01, to: 2023-01-01, known_by: itself}, covers: rooms}
    - {id: new, letter: N, what: a new page, address: unknown, standing: this API, notation: rendering,
       file: new.txt, sha256: '0',
       as_of: {from: 2025-01-01, known_by: itself}, covers: rooms}
    - {id: history, letter: V, what: what changed, address: unknown, standing: this API,
       notation: dated-rows,
       as_of: {from: 2020-01-01, to: 2026-01-01, known_by: itself}, covers: changes}
    """

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a ledger of three sources (old, new, history) and give its folder; claims and decisions are YAML lists."""

    def write(
        *, old: str = "[]", new: str = "[]", history: str = "[]", decisions: str = "[]", examples: str = ""
    ) -> Path:
        folder = tmp_path / "openapi"
        (folder / "claims").mkdir(parents=True, exist_ok=True)
        (folder / "sources.yaml").write_text(dedent(SOURCES_YAML))
        for source, claims in {"old": old, "new": new, "history": history}.items():
            text = f"source: {source}\nclaims: {_below(claims)}\n"
            text += f"examples: {_below(examples)}\n" if source == "new" and examples else ""
            (folder / "claims" / f"{source}.yaml").write_text(text)
        (folder / "decisions.yaml").write_text(dedent(decisions))
        return folder

    return write


@pytest.fixture(scope="session")
def real() -> Ledger:
    """The ledger of this checkout."""
    return ledger.load(ROOT / "openapi")


@pytest.fixture(scope="session")
def sources() -> Path:
    """The folder of the published sources; they are not part of the repository."""
    if not SOURCES.is_dir():
        pytest.skip(f"the published sources are not at {SOURCES}: no claim was compared with its source")
    return SOURCES


def _below(text: str) -> str:
    text = dedent(text).strip()
    return text if text.startswith("[") else "\n" + text
