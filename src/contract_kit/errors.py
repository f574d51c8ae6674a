"""Every exception that this package raises on purpose.

::

    ContractKitError            an error the user can fix; the command line prints it on one line
    ├── UsageError              a wrong option, credential or URL                      exit status 2
    │   └── FileError           a file that is missing or invalid                      exit status 2
    └── InconclusiveError       the target gave too little to judge it                 exit status 3

A message says where, what was found, what is allowed and what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ContractKitError(Exception):
    """The base class: ``str(error)`` is a one-line message, ``exit_status`` the exit status of the command line."""

    exit_status = 2


class UsageError(ContractKitError):
    """An option, credential or URL is invalid."""


class FileError(UsageError):
    """A file cannot be read, or its content is invalid.

    ``str(error)`` begins with the file and, if known, the line: ``openapi/decisions.yaml:12: …``.
    """

    def __init__(self, path: Path, problem: str, line: int | None = None) -> None:
        self.path = path
        self.line = line
        self.problem = problem
        super().__init__(f"{path}{f':{line}' if line else ''}: {problem}")


class InconclusiveError(ContractKitError):
    """The target could not be judged: it was unreachable, answered 401 throughout, or had no data."""

    exit_status = 3
