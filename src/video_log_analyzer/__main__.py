"""``python -m video_log_analyzer`` is ``vla``."""

import sys

from contract_kit.cli import main

sys.exit(main())
