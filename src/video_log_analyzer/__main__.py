"""``vla``, which is also ``python -m video_log_analyzer``."""

import sys

from contract_kit import cli


def main() -> int:
    """Run the command line with this API's kit; the exit status is the value."""
    return cli.main(kit="video_log_analyzer.kit:KIT")


if __name__ == "__main__":
    sys.exit(main())
