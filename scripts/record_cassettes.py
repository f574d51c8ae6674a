#!/usr/bin/env python3
"""Record the cassettes of contract_tests/ anew, from the emulator over real HTTP."""

from __future__ import annotations

import sys
from pathlib import Path

from video_log_analyzer import cassettes, document
from video_log_analyzer.embedded import EmbeddedEmulator
from video_log_analyzer.errors import VlaError

FOLDER = Path(__file__).resolve().parent.parent / "contract_tests" / "cassettes"


def main() -> int:
    """Record every scenario; the exit status is the value."""
    try:
        version = document.load().version
        with EmbeddedEmulator(["--seed", "7"]) as emulator:
            for scenario in cassettes.SCENARIOS:
                cassettes.record(emulator.target, scenario, version, FOLDER / f"{scenario}.yaml")
                print(f"recorded {scenario} (synthetic: what the emulator says)")
    except VlaError as error:
        print(f"record_cassettes: {error}", file=sys.stderr)
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
