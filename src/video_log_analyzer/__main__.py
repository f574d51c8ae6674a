"""The command ``vla``, also available as ``python -m video_log_analyzer``."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run the command line with this API's kit; default: with the arguments of the process."""
    try:
        # Imported here, so that Ctrl-C during the imports is one line, too.
        from contract_kit import cli
        from video_log_analyzer.front import COMMANDS, NAME, PROGRAM
    except KeyboardInterrupt:
        print("vla: interrupted", file=sys.stderr)  # noqa: T201
        return 130
    return cli.main(arguments, "video_log_analyzer.kit:KIT", (NAME, PROGRAM, COMMANDS))


if __name__ == "__main__":
    sys.exit(main())
