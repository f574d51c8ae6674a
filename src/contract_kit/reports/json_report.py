"""report.json: the complete result for machines; its schema is report.schema.json in this folder."""

from __future__ import annotations

import json

from contract_kit.findings.results import Result


def render(result: Result) -> bytes:
    """Return the file's content in UTF-8."""
    text = json.dumps(result.to_dict(), ensure_ascii=False, indent=2) + "\n"
    # A JSON response may hold a lone surrogate, which UTF-8 cannot encode; this writes the escape that JSON uses.
    return text.encode("utf-8", errors="backslashreplace")
