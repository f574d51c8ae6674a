"""report.json: the whole result for machines, as report.schema.json beside this module describes it."""

from __future__ import annotations

import json

from contract_kit.findings.results import Result


def render(result: Result) -> bytes:
    """The file, in UTF-8."""
    text = json.dumps(result.to_dict(), ensure_ascii=False, indent=2) + "\n"
    # Half a surrogate pair, which a JSON answer may hold, has no UTF-8; its escape is what JSON writes as well.
    return text.encode("utf-8", errors="backslashreplace")
