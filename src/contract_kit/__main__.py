"""``python -m contract_kit --kit MODULE:NAME …``."""

import sys

try:
    from contract_kit.cli import main
except KeyboardInterrupt:
    print("contract-kit: interrupted", file=sys.stderr)  # noqa: T201
    sys.exit(130)

sys.exit(main())
