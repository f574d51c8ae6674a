#!/usr/bin/env python3
"""Look for credentials, real-looking SIDs and e-mail addresses in every file of the repository and in every report.

Without arguments: what git has or would add, and build/vla where it exists. With arguments: those files and folders.
Nothing that is found is printed in full. Exit status: 0 nothing found, 1 something, 2 a path that cannot be read.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from video_log_analyzer.cassettes import leaks  # noqa: E402  the path above makes it work without an installation

REPORTS = Path("build/vla")


def main(arguments: list[str]) -> int:
    """Scan; the exit status is the value."""
    if any(argument.startswith("-") for argument in arguments):
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    try:
        files = [file for name in arguments for file in _below(Path(name))] if arguments else _repository()
        secrets = leaks.secrets_of(os.environ)
        found = 0
        for file in files:
            for leak in leaks.scan(file.read_bytes(), secrets):
                found += 1
                print(f"{file}:{leak.line}: {leak.kind}: {leak.hint}")
    except OSError as error:
        print(f"leak_scan: {error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"leak_scan: {error.stderr.decode().strip()}: name the files to scan", file=sys.stderr)
        return 2
    if found:
        print(
            f"leak_scan: {found} found in {len(files)} files: take them out, and replace what was real. What is meant "
            "to be there needs `leak-scan: allow KIND (reason)` on its line",
            file=sys.stderr,
        )
    return 1 if found else 0


def _repository() -> list[Path]:
    """What git has or would add, and the reports."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, check=True).stdout.decode().split("\0")
    files = [Path(name) for name in names if name]
    return [file for file in files if file.is_file()] + (_below(REPORTS) if REPORTS.is_dir() else [])


def _below(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(file for file in path.rglob("*") if file.is_file() and ".git" not in file.parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
