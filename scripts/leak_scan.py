#!/usr/bin/env python3
"""Look for credentials, real-looking SIDs and e-mail addresses in every file of the repository and in every report.

Without arguments, scan all files of the current repository that git has or would add, different staged versions, and
build/vla if it exists. With arguments, scan those files and folders. Leaks are never printed in full.
Exit status: 0 if nothing was found, 1 if something was found, 2 if a path cannot be read.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from contract_kit.cassettes import leaks  # noqa: E402  the path above makes it work without an installation

REPORTS = Path("build/vla")
# The environment variables whose values must not occur in any file.
SECRETS = re.compile(r"(?:TWILIO|VLA)_\w*(?:TOKEN|SECRET|KEY|SID|PASSWORD)\w*")
_SUBMODULE = "160000"


@dataclass(frozen=True)
class Content:
    """Content to scan.

    Attributes:
        path: Its path, for messages.
        data: Its bytes.
        named: The part of the path that is also scanned: without the folders above the given one.
        note: A note for messages: `` (staged)``.
    """

    path: Path
    data: bytes
    named: Path
    note: str = ""


def main(arguments: list[str]) -> int:
    """Scan, print the leaks, and return the exit status."""
    for stream in (sys.stdout, sys.stderr):
        # A file name that the terminal cannot encode must not end the scan.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if any(argument.startswith("-") for argument in arguments):
        print(__doc__)
        return 0 if arguments in (["-h"], ["--help"]) else 2
    secrets = leaks.secrets_of(os.environ, SECRETS)
    found, paths = 0, set[Path]()
    try:
        for content in _named(arguments) if arguments else _repository():
            lines = [
                f":{leak.line}: {leak.kind}: {leak.hint}{content.note}" for leak in leaks.scan(content.data, secrets)
            ]
            if content.named not in paths:
                paths.add(content.named)
                named = leaks.scan(os.fsencode(content.named), secrets)
                lines = [f": {leak.kind} in its name: {leak.hint}" for leak in named] + lines
            for line in lines:
                print(leaks.shown(content.path, secrets) + line)
            found += len(lines)
    except OSError as error:
        shown = leaks.shown(Path(os.fsdecode(error.filename or "?")), secrets)
        print(f"leak_scan: {shown}: {error.strerror}", file=sys.stderr)
        return 2
    except subprocess.CalledProcessError as error:
        print(f"leak_scan: {error.stderr.decode(errors='replace').strip()}: name the files to scan", file=sys.stderr)
        return 2
    if found:
        print(
            f"leak_scan: {found} found in {len(paths)} files: take them out, and replace what was real. What is meant "
            "to be there needs `leak-scan: allow KIND (reason)` on its line",
            file=sys.stderr,
        )
    return 1 if found else 0


def _named(arguments: list[str]) -> Iterator[Content]:
    for argument in arguments:
        path = Path(argument)
        for file in _below(path):
            yield from _contents(file, Path(path.name) / file.relative_to(path))


def _repository() -> Iterator[Content]:
    """Yield the files that git has or would add, different staged versions, and the reports, from any subfolder."""
    root = Path(os.fsdecode(_git(Path.cwd(), "rev-parse", "--show-toplevel").removesuffix(b"\n")))
    listed = _git(root, "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = {Path(os.fsdecode(name)): None for name in listed.split(b"\0") if name}
    if (root / REPORTS).is_dir():
        names |= {file.relative_to(root): None for file in _below(root / REPORTS)}
    for name in names:
        path = root / name
        if path.is_symlink() or path.is_file():
            yield from _contents(Path(os.path.relpath(path)), name)
    yield from _staged(root)


def _contents(path: Path, named: Path) -> Iterator[Content]:
    if path.is_symlink():
        # For a symbolic link, git stores its target path.
        yield Content(path, os.fsencode(path.readlink()), named, " (where it links to)")
    if not path.is_symlink() or path.is_file():
        yield Content(path, path.read_bytes(), named)


def _staged(root: Path) -> Iterator[Content]:
    """Yield staged versions of files that were changed or deleted after staging."""
    changed = set(_git(root, "diff", "--name-only", "-z", "--no-relative", "--no-ext-diff").split(b"\0"))
    for entry in _git(root, "ls-files", "--stage", "-z").split(b"\0"):
        head, _, name = entry.partition(b"\t")
        if name in changed and name:
            mode, blob, _ = head.decode().split()
            if mode != _SUBMODULE:
                named = Path(os.fsdecode(name))
                data = _git(root, "cat-file", "blob", blob)
                yield Content(Path(os.path.relpath(root / named)), data, named, " (staged)")


def _git(folder: Path, *arguments: str) -> bytes:
    return subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True).stdout


def _below(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return sorted(
        file
        for file in path.rglob("*")
        if (file.is_file() or file.is_symlink()) and ".git" not in file.relative_to(path).parts
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
