"""The report as JSON; ``diff.schema.json`` describes it."""

from __future__ import annotations

import json
from typing import Any

from contract_kit.diff import FORMAT, Diff
from contract_kit.diff.changes import Change
from contract_kit.diff.source import Place


def written(diff: Diff, *, with_cosmetic: bool) -> str:
    """The report as text, with a line end; cosmetic changes are always in it."""
    del with_cosmetic
    report = {
        "format": FORMAT,
        "old": diff.old,
        "new": diff.new,
        "verdict": diff.verdict or "none",
        "changes": [_change(each, diff) for each in diff.changes],
        "remarks": list(diff.remarks),
    }
    return json.dumps(report, indent=2, ensure_ascii=False, default=str) + "\n"


def _change(change: Change, diff: Diff) -> dict[str, Any]:
    what = change.difference
    return {
        "id": change.id,
        "impact": change.impact,
        "facet": what.facet,
        "change": what.change,
        "value": what.value,
        "before": what.before,
        "after": what.after,
        "places": [{"operation": each.operation, "side": each.side, "place": each.place} for each in change.reached],
        "old": _place(what.old, diff),
        "new": _place(what.new, diff),
        "sentence": change.sentence,
    }


def _place(place: Place, diff: Diff) -> dict[str, Any]:
    return {"file": str(place.file.path), "pointer": place.pointer, "line": diff.line(place)}
