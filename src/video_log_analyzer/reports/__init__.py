"""Results for people and machines: one module a format. They know findings and results, nothing else."""

import os
from contextlib import suppress
from pathlib import Path

from video_log_analyzer.errors import FileError
from video_log_analyzer.reports import html_report, job_summary, json_report, junit
from video_log_analyzer.results import Result


def write(result: Result, folder: Path) -> list[Path]:
    """Write report.json, junit.xml, report.html and summary.md into ``folder``, which is made where it is missing.

    Each file is replaced as a whole or not at all.

    Returns:
        The files.

    Raises:
        FileError: the folder or a file cannot be written.
    """
    contents = {
        "report.json": json_report.render(result),
        "junit.xml": junit.render(result).encode(),
        "report.html": html_report.render(result).encode(),
        "summary.md": job_summary.render(result).encode(),
    }
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        problem = f"cannot be made ({_reason(error)}): the reports need a folder; name another with --report-dir"
        raise FileError(folder, problem) from error
    return [_replaced(folder / name, content) for name, content in contents.items()]


def _replaced(path: Path, content: bytes) -> Path:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        problem = f"cannot be written ({_reason(error)}): mend that, or name another folder with --report-dir"
        raise FileError(path, problem) from error
    finally:
        # Only what was not moved to its place is still there.
        with suppress(OSError):
            temporary.unlink()
    return path


def _reason(error: OSError) -> str:
    return error.strerror or type(error).__name__
