"""Files that are written as a whole or not at all: whatever ends us, a reader sees the old one or the new one."""

from __future__ import annotations

import os
import secrets
import shutil
from contextlib import suppress
from pathlib import Path

from contract_kit.errors import FileError


def write(path: Path, content: bytes, remedy: str) -> None:
    """Put ``content`` in the place of ``path``, whose folder is made where it is missing; a link stays one.

    Args:
        path: The file.
        content: All of it.
        remedy: What to do where it cannot be written: ``name another with --journal``.

    Raises:
        FileError: it cannot be written; the old one is still there.
    """
    goal = _reached(path, remedy)
    try:
        made = _beside(goal)
        try:
            with made.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if goal.exists():
                shutil.copymode(goal, made)
            made.replace(goal)
        finally:
            # Only what was not moved to its place is still there.
            with suppress(OSError):
                made.unlink()
    except OSError as error:
        raise _refused(path, error, remedy) from None


def require_writable(path: Path, remedy: str) -> None:
    """Try whether ``write`` could do its work, before something is done that would be lost; all else as there."""
    goal = _reached(path, remedy)
    try:
        if goal.is_dir():
            raise IsADirectoryError(0, "is a folder")
        _beside(goal).unlink()
    except OSError as error:
        raise _refused(path, error, remedy) from None


def _reached(path: Path, remedy: str) -> Path:
    """Where the file really is, or will be; its folder is there."""
    try:
        goal = path.resolve()
        goal.parent.mkdir(parents=True, exist_ok=True)
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise FileError(path.parent, f"cannot be made ({reason}): {remedy}") from None
    return goal


def _beside(path: Path) -> Path:
    """A new, empty file in the same folder, with the rights of any other new file."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    made.touch(exist_ok=False)
    return made


def _refused(path: Path, error: OSError, remedy: str) -> FileError:
    return FileError(path, f"cannot be written ({error.strerror or type(error).__name__}): {remedy}")
