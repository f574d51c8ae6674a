#!/usr/bin/env python3
"""Record the cassettes of contract_tests/ anew; the arguments are those of `vla record`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

try:
    from contract_kit import cli
except ModuleNotFoundError as missing:
    print(
        f"record_cassettes: {missing.name} is not installed: run scripts/check once, which sets up .venv, "
        "then .venv/bin/python scripts/record_cassettes.py",
        file=sys.stderr,
    )
    sys.exit(2)

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Record in the checkout, wherever it is called from; the exit status is the value."""
    os.chdir(ROOT)
    return cli.main(["record", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
