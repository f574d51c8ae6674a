"""The report as annotations of GitHub Actions, on the lines of the new document."""

from __future__ import annotations

from contract_kit.diff import Diff
from contract_kit.diff.impact import Impact
from contract_kit.diff.text import place, verdict

_LEVELS = {Impact.BREAKING: "error", Impact.COMPATIBLE: "notice", Impact.COSMETIC: "notice"}


def written(diff: Diff, *, with_cosmetic: bool) -> str:
    """The report as text, with a line end."""
    lines = []
    for change in diff.changes:
        if change.impact is Impact.COSMETIC and not with_cosmetic:
            continue
        new = change.difference.new
        where = f"file={_property(str(new.file.path))},line={diff.line(new)},title={_property(str(change.impact))}"
        places = "\n".join(place(each) for each in change.reached[:10])
        lines.append(f"::{_LEVELS[change.impact]} {where}::{_data(f'{change.sentence}{chr(10)}{places}')}")
    return "\n".join([*lines, _data(verdict(diff))]) + "\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
