#!/usr/bin/env python3
"""Record the cassettes of contract_tests/ anew; the arguments are those of `vla record`."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from video_log_analyzer.__main__ import main as vla

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Record in the checkout, wherever it is called from; the exit status is the value."""
    os.chdir(ROOT)
    return vla(["record", *sys.argv[1:]])


if __name__ == "__main__":
    sys.exit(main())
