"""Results for people and machines: one module a format. They know findings and results, nothing else.

A format is a function from a ``Result`` to the text or the bytes of one file. To add one of this package, write a
module with ``render`` and name it in ``FORMATS``. Any other package adds one by an entry point of the group
``contract_kit.reports``, whose name is that of the file::

    [project.entry-points."contract_kit.reports"]
    "findings.sarif" = "my_package.sarif:render"

Every command that writes reports then writes it, too.
"""

import importlib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

from contract_kit import atomic_write
from contract_kit.errors import UsageError
from contract_kit.findings.results import Result

Renderer = Callable[[Result], str | bytes]

# The name of the file → the module whose ``render`` makes it.
FORMATS = {
    "report.json": "json_report",
    "junit.xml": "junit",
    "report.html": "html_report",
    "summary.md": "job_summary",
}
ENTRY_POINTS = "contract_kit.reports"
_REMEDY = "mend that, or name another folder with --report-dir"


def renderers() -> Iterator[tuple[str, Renderer]]:
    """Every format: the name of its file and what makes it; those of other packages come last.

    Raises:
        UsageError: one of another package cannot be loaded, or its name is that of no new file.
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
    """Write the file of every format into ``folder``, which is made where it is missing.

    Each file is replaced as a whole or not at all.

    Returns:
        The files.

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
    """Try whether ``write`` could do its work, before the run whose result would be lost; raises as there."""
    list(renderers())
    atomic_write.require_writable(folder / next(iter(FORMATS)), _REMEDY)
