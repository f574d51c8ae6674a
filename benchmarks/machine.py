"""What may be told of the machine: enough to judge the figures, nothing that names it."""

from __future__ import annotations

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path


def facts() -> dict[str, object]:
    """Return the facts as they are now; ``load_average`` is that of the minute before the benchmark."""
    return {
        "cores": os.cpu_count(),
        "processor": _first_value("/proc/cpuinfo", "model name"),
        "memory": _first_value("/proc/meminfo", "MemTotal"),
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: version(name) for name in ("uvicorn", "uvloop", "httptools")},
        "load_average": round(os.getloadavg()[0], 2),
    }


def _first_value(path: str, key: str) -> str | None:
    """Return the value of the first line ``key : value`` of a file in /proc, None where there is none."""
    if not Path(path).exists():
        return None
    found = (line.split(":", 1)[1].strip() for line in Path(path).read_text().splitlines() if line.startswith(key))
    return next(found, None)
