"""``python -m video_log_analyzer`` is ``vla``."""

import sys

from video_log_analyzer.cli import main

sys.exit(main())
