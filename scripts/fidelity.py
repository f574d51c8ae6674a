#!/usr/bin/env python3
"""Write docs/fidelity.md from the cassettes; with --check, only check that it is up to date. Exit status: 0, 1 or 2."""

from __future__ import annotations

import sys
from pathlib import Path

try:
    from contract_kit import contract
    from contract_kit.cassettes import cassette, fidelity
    from contract_kit.errors import ContractKitError
    from video_log_analyzer.kit import KIT
except ModuleNotFoundError as missing:
    print(
        f"fidelity: {missing.name} is not installed: run scripts/check once, which sets up .venv, "
        "then .venv/bin/python scripts/fidelity.py",
        file=sys.stderr,
    )
    sys.exit(2)

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "fidelity.md"
CASSETTES = ROOT / "contract_tests" / "cassettes"
MADE_BY = "Made by `scripts/fidelity.py` from `contract_tests/cassettes/`."


def main(arguments: list[str]) -> int:
    """Write or compare the page; return the exit status."""
    if arguments not in ([], ["--check"]):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        text = fidelity.table(fidelity.confirmations(cassette.load_all(CASSETTES), contract.load(KIT)), MADE_BY)
    except ContractKitError as error:
        print(f"fidelity: {error}", file=sys.stderr)
        return error.exit_status
    if not arguments:
        PAGE.write_text(text, encoding="utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text(encoding="utf-8") == text:
        return 0
    print("docs/fidelity.md is not what the cassettes make: run scripts/fidelity.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
