"""Results for people and machines: one module a format. They know findings and results, nothing else."""

from pathlib import Path

from contract_kit import atomic_write
from contract_kit.findings.results import Result
from contract_kit.reports import html_report, job_summary, json_report, junit

_REMEDY = "mend that, or name another folder with --report-dir"


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
    for name, content in contents.items():
        atomic_write.write(folder / name, content, _REMEDY)
    return [folder / name for name in contents]


def require_writable(folder: Path) -> None:
    """Try whether ``write`` could do its work, before the run whose result would be lost; raises as there."""
    atomic_write.require_writable(folder / "report.json", _REMEDY)
