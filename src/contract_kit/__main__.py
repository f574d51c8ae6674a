"""``python -m contract_kit --kit MODULE:NAME …``."""

import sys

from contract_kit.cli import main

sys.exit(main())
