"""The command ``vla``, also available as ``python -m video_log_analyzer``."""

import sys
from collections.abc import Sequence

from contract_kit import cli
from video_log_analyzer.front import COMMANDS, NAME, PROGRAM


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line with this API's kit; default: with the arguments of the process."""
    return cli.main(arguments, "video_log_analyzer.kit:KIT", (NAME, PROGRAM, COMMANDS))


if __name__ == "__main__":
    sys.exit(main())
