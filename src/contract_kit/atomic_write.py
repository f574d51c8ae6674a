"""Write a file atomically: even after a crash, readers find either the old file or the complete new one."""

from __future__ import annotations

import os
import secrets
import shutil
import stat
from contextlib import suppress
from pathlib import Path

from contract_kit.errors import FileError

PRIVATE = 0o600


def write(path: Path, content: bytes, remedy: str, *, private: bool = False) -> None:
    """Replace the file at ``path`` with ``content``. Missing folders are created; a symbolic link stays a link.

    Args:
        path: The file.
        content: The complete new content.
        remedy: Advice for the error message: ``name another with --journal``.
        private: Whether only its owner may read it.

    Raises:
        FileError: the file cannot be written; the old one is unchanged.
    """
    goal = _reached(path, remedy)
    try:
        made = _beside(goal, PRIVATE if private else 0o666)
        try:
            with made.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            if goal.exists() and not private:
                shutil.copymode(goal, made)
            made.replace(goal)
        finally:
            # The temporary file still exists only if replace() failed.
            with suppress(OSError):
                made.unlink()
    except OSError as error:
        raise _refused(path, error, remedy) from None


def require_writable(path: Path, remedy: str) -> None:
    """Raise FileError early if ``write`` would fail, before work is done that would be lost."""
    goal = _reached(path, remedy)
    try:
        if goal.is_dir():
            raise IsADirectoryError(0, "is a folder")
        _beside(goal).unlink()
    except OSError as error:
        raise _refused(path, error, remedy) from None


def _reached(path: Path, remedy: str) -> Path:
    """Return ``path`` with links resolved, and create its folder."""
    try:
        goal = path.resolve()
        goal.parent.mkdir(parents=True, exist_ok=True)
        # As root, a file could be renamed over a device.
        special = goal.exists() and not stat.S_ISREG(mode := goal.stat().st_mode) and not stat.S_ISDIR(mode)
    except (OSError, RuntimeError) as error:  # RuntimeError: symbolic links form a cycle
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise FileError(path.parent, f"cannot be made ({reason}): {remedy}") from None
    if special:
        raise FileError(path, f"is no file but a device or a pipe: {remedy}")
    return goal


def _beside(path: Path, mode: int = 0o666) -> Path:
    """Create an empty temporary file in the same folder, with at most these permissions."""
    made = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    made.touch(mode, exist_ok=False)
    return made


def _refused(path: Path, error: OSError, remedy: str) -> FileError:
    return FileError(path, f"cannot be written ({error.strerror or type(error).__name__}): {remedy}")
