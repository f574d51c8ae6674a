"""Run a module that ends when its parent does, even if that is killed: ``python -m contract_kit.lifeline -m MODULE …``.

The parent holds the writing end of standard input and never writes, so its end is the end of that pipe.
"""

from __future__ import annotations

import os
import runpy
import subprocess
import sys
import threading
from collections.abc import Sequence

# For Popen, with its pipe as standard input. -P: a module in the current folder must not shadow an installed one.
STDIN = subprocess.PIPE


def command(arguments: Sequence[str]) -> list[str]:
    """The command that runs Python with ``arguments``, which begin with ``-m`` or a file, on a lifeline."""
    return [sys.executable, "-P", "-m", "contract_kit.lifeline", *arguments]


def _end_with_parent() -> None:
    while os.read(0, 1024):
        pass
    os._exit(1)


def main() -> None:
    """Run what the arguments say."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    if sys.argv[1] == "-m":
        del sys.argv[:2]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        del sys.argv[0]
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main()
