"""Reports for people and machines, one module per format. They depend only on findings and results.

A format is a function from a ``Result`` to the text or bytes of one file. To add a format to this package, write a
module with ``render`` and name it in ``FORMATS``. Another package adds one with an entry point of the group
``contract_kit.reports``, named like the file::

    [project.entry-points."contract_kit.reports"]
    "findings.sarif" = "my_package.sarif:render"

Every command that writes reports then also writes this file.
"""

import importlib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from contract_kit import atomic_write
from contract_kit.errors import UsageError
from contract_kit.findings.results import Result

Renderer = Callable[[Result], str | bytes]

# File name → the module whose ``render`` creates it.
FORMATS = {
    "report.json": "json_report",
    "junit.xml": "junit",
    "report.html": "html_report",
    "summary.md": "job_summary",
}
ENTRY_POINTS = "contract_kit.reports"
_REMEDY = "mend that, or name another folder with --report-dir"


def renderers() -> Iterator[tuple[str, Renderer]]:
    """Yield every format's file name and renderer; those of other packages come last.

    Raises:
        UsageError: a format of another package cannot be loaded, or its file name is taken or invalid.
    """
    for name, module in FORMATS.items():
        yield name, importlib.import_module(f"{__name__}.{module}").render
    for entry in metadata.entry_points(group=ENTRY_POINTS):
        if entry.name in FORMATS or Path(entry.name).name != entry.name:
            raise UsageError(f"the report {entry.name!r} of {entry.value} is no new file: it needs another name")
        try:
            renderer = entry.load()
        except (ImportError, AttributeError) as error:
            raise UsageError(f"the report {entry.name!r} cannot be loaded from {entry.value}: {error}") from None
        yield entry.name, renderer


def write(result: Result, folder: Path) -> list[Path]:
    """Write the file of every format into ``folder``, which is created if missing.

    Each file is written atomically.

    Returns:
        The paths of the files.

    Raises:
        FileError: the folder or a file cannot be written.
        UsageError: a format of another package cannot be loaded.
    """
    written = []
    for name, render in renderers():
        content = render(result)
        atomic_write.write(folder / name, content.encode() if isinstance(content, str) else content, _REMEDY)
        written.append(folder / name)
    return written


def require_writable(folder: Path) -> None:
    """Raise as ``write`` would, before the run whose result would be lost."""
    list(renderers())
    atomic_write.require_writable(folder / next(iter(FORMATS)), _REMEDY)
