#!/usr/bin/env python3
"""Record the cassettes of contract_tests/ anew; the arguments are those of `vla record`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from contract_kit import cli

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Record in the checkout, wherever it is called from; the exit status is the value."""
    os.chdir(ROOT)
    return cli.main(["record", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
