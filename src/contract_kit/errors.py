"""Every exception that this package raises on purpose.

::

    ContractKitError                    what a person can mend; the command line prints it as one line
    ├── UsageError              a wrong option, credential or URL                      exit status 2
    │   └── FileError           a file that is missing or not what it should be        exit status 2
    └── InconclusiveError       nothing could be seen, so nothing can be said          exit status 3

A message says where, what was found, what is allowed and what to do next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class ContractKitError(Exception):
    """Base of all: ``str(error)`` is one line for a person, ``exit_status`` what the command line exits with."""

    exit_status = 2


class UsageError(ContractKitError):
    """An option, credential or URL that cannot be used as given."""


class FileError(UsageError):
    """A file that cannot be read, or whose content is not what it must be.

    ``str(error)`` begins with the file and, if known, the line: ``openapi/decisions.yaml:12: …``.
    """

    def __init__(self, path: Path, problem: str, line: int | None = None) -> None:
        self.path = path
        self.line = line
        self.problem = problem
        super().__init__(f"{path}{f':{line}' if line else ''}: {problem}")


class InconclusiveError(ContractKitError):
    """The target could not be seen (unreachable, all 401, no data): neither conforming nor not."""

    exit_status = 3
